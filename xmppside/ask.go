package xmppside

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"isthmus/xmppside/jid"
	"isthmus/xmppside/stanza"
)

// asks are our own IQs that wait for an answer. Both sides of a question count:
// an answer from somebody who was not asked is none.
type asks struct {
	prefix string
	mu     sync.Mutex // guards what follows
	n      uint64
	open   map[string]question
}

type question struct {
	to     jid.JID
	answer func(*stanza.Stanza)
	timer  *time.Timer
}

func newAsks() asks {
	return asks{prefix: fmt.Sprintf("q%x-", rand.Uint32()), open: map[string]question{}}
}

// Ask sends an IQ and gives its answer to answer exactly once, on a goroutine of
// the component's; nil stands for silence until the deadline and for a lost stream.
// It gives the IQ an id of its own.
func (c *Component) Ask(iq *stanza.Stanza, deadline time.Duration, answer func(*stanza.Stanza)) {
	a := &c.asks
	a.mu.Lock()
	a.n++
	iq.ID = fmt.Sprintf("%s%d", a.prefix, a.n)
	id := iq.ID
	a.open[id] = question{iq.To, answer, time.AfterFunc(deadline, func() {
		if q, ok := a.take(id); ok {
			q.answer(nil)
		}
	})}
	a.mu.Unlock()
	if !c.Up() {
		if q, ok := a.take(id); ok {
			q.timer.Stop()
			go q.answer(nil)
		}
		return
	}
	c.Send(iq)
}

func (a *asks) take(id string) (question, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	q, ok := a.open[id]
	delete(a.open, id)
	return q, ok
}

// answer finds who asked; an answer that nobody waits for is dropped.
func (a *asks) answer(s *stanza.Stanza) {
	a.mu.Lock()
	q, ok := a.open[s.ID]
	if ok = ok && q.to == s.From; ok {
		delete(a.open, s.ID)
	}
	a.mu.Unlock()
	if ok {
		q.timer.Stop()
		q.answer(s)
	}
}

// fail answers all that is open: the stream is gone.
func (a *asks) fail() {
	a.mu.Lock()
	open := a.open
	a.open = map[string]question{}
	a.mu.Unlock()
	for _, q := range open {
		q.timer.Stop()
		q.answer(nil)
	}
}
