package gateway

import (
	"slices"

	"isthmus/xmppside/stanza"
)

// held is a message that waits for the link.
type held struct {
	room  *room
	o     *occupant
	s     *stanza.Stanza
	timer *timer
}

// hold keeps a message until the link is back, within bounds.
func (r *room) hold(o *occupant, s *stanza.Stanza) {
	g := r.up.user.config.Gateway
	waiting := 0
	for _, other := range r.up.list() {
		waiting += len(other.held)
	}
	if waiting >= g.HoldWords || g.HoldTime <= 0 {
		r.up.user.refuse(s, timedOut("The connection to the network is lost, and too much is waiting for it already."))
		return
	}
	h := &held{room: r, o: o, s: s}
	h.timer = r.up.user.after(g.HoldTime, func() {
		if i := slices.Index(h.room.held, h); i >= 0 {
			h.room.held = slices.Delete(h.room.held, i, i+1)
			h.room.up.user.refuse(s, timedOut("The connection to the network was lost, and has not come back in time."))
		}
	})
	r.held = append(r.held, h)
}

// release says what was held, in order.
func (r *room) release() {
	list := r.held
	r.held = nil
	for _, h := range list {
		h.timer.stop()
		r.say(h.o, h.s)
	}
}

// dropHeld answers what was held and will not be said.
func (r *room) dropHeld(err error) {
	list := r.held
	r.held = nil
	for _, h := range list {
		h.timer.stop()
		r.up.user.refuse(h.s, err)
	}
}
