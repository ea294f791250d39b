package ircside

import (
	"slices"
	"sync"

	"isthmus/ircside/irc"
)

// wishes are the commands that wait for the loop. Most sessions never have any, so
// they are no channel of the size that some need.
type wishes struct {
	some chan struct{} // holds one while there are any
	mu   sync.Mutex    // guards what follows
	list []wish
}

type wish struct {
	cmd irc.Command
	ref irc.Ref
}

func newWishes() wishes { return wishes{some: make(chan struct{}, 1)} }

// add never waits: ErrBusy.
func (w *wishes) add(one wish) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.list) >= maxWishes {
		return ErrBusy
	}
	w.list = append(w.list, one)
	w.stir()
	return nil
}

// take takes the first n, or what there is. Who calls it has received from some.
func (w *wishes) take(n int) []wish {
	w.mu.Lock()
	defer w.mu.Unlock()
	if n >= len(w.list) {
		all := w.list
		w.list = nil
		return all
	}
	first := slices.Clone(w.list[:n])
	w.list = slices.Delete(w.list, 0, n)
	w.stir()
	return first
}

func (w *wishes) stir() {
	select {
	case w.some <- struct{}{}:
	default:
	}
}
