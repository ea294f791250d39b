package gateway

import (
	"slices"
	"time"

	"isthmus/ircside/irc"
	"isthmus/mapping"
	"isthmus/xmppside/iq"
	"isthmus/xmppside/muc"
	"isthmus/xmppside/stanza"
)

const (
	// maxVisits is how many requests of people who have not entered wait for a channel.
	maxVisits = 8
	// visitTime is how long we stay in a channel for somebody who has looked at its
	// configuration, or made it by that, so that they can change it, and enter.
	visitTime = 5 * time.Minute
)

// A visit is a request about a channel that its sender has not entered: we do so on
// their behalf, and leave again if nobody enters meanwhile. XEP-0007 §2
type visit struct {
	request *iq.Request
	do      func(*room)
}

// owned has do called with the room that a request of its owner is about, once we are
// in the channel, know its modes, and are an operator of it; else the request is
// refused. XEP-0045 §10.
func (q query) owned(request *iq.Request, do func(*room)) {
	u := q.user
	r, o := u.occupancy(request.IQ, q.at)
	switch {
	case o != nil && !r.open():
		request.Fail(timedOut("The connection to the network is lost at the moment."))
	case o != nil:
		r.asOperator(request, do)
	default:
		u.visit(q.at, visit{request, do})
	}
}

// visit goes to a channel for the sake of a request.
func (u *user) visit(at mapping.Address, v visit) {
	if err := u.tooManyRooms(at); err != nil {
		v.request.Fail(err)
		return
	}
	up, err := u.uplink(at.Network, u.defaultNick())
	if err != nil {
		v.request.Fail(u.stanzaError(err, mapping.ForAdmin, ""))
		return
	}
	r := up.room(at.Name)
	switch {
	case r.open():
		r.asOperator(v.request, v.do)
		return
	case len(r.visits) >= maxVisits:
		v.request.Fail(u.stanzaError(errBusy, mapping.ForAdmin, ""))
		return
	}
	waiting := &v
	r.visits = append(r.visits, waiting)
	u.after(u.config.Gateway.JoinTimeout, func() { up.overstayed(waiting) })
	if up.state == linkUp {
		r.join()
	}
}

// overstayed refuses a visit that has waited for too long, whatever room it is in by
// now. A JOIN that is under way has a deadline of its own.
func (up *uplink) overstayed(v *visit) {
	for _, r := range up.list() {
		switch i := slices.Index(r.visits, v); {
		case i < 0:
		case r.asked && up.state == linkUp:
			up.user.after(up.user.config.Gateway.JoinTimeout, func() { up.overstayed(v) })
		default:
			r.visits = slices.Delete(r.visits, i, i+1)
			v.request.Fail(timedOut("The network has not let you in in time."))
			r.end()
		}
	}
}

// receive lets those do what they came for who wait for the channel.
func (r *room) receive() {
	visits := r.visits
	r.visits = nil
	for _, v := range visits {
		r.keep()
		r.asOperator(v.request, v.do)
	}
}

// turnAway refuses those who wait for a channel that does not take us, and stays for
// nobody.
func (r *room) turnAway(err error) {
	visits := r.visits
	r.visits = nil
	r.unkeep()
	for _, v := range visits {
		v.request.Fail(r.up.joinError(err))
	}
}

// keep has us stay in the channel for a while, though nobody has entered.
func (r *room) keep() {
	r.unkeep()
	var running *timer
	running = r.up.user.after(visitTime, func() {
		if r.kept == running {
			r.kept = nil
			r.part("")
		}
	})
	r.kept = running
}

func (r *room) unkeep() {
	if r.kept != nil {
		r.kept.stop()
		r.kept = nil
	}
}

// wanted says whether somebody is in, or waits, or has us stay.
func (r *room) wanted() bool {
	return len(r.members) > 0 || len(r.queue) > 0 || len(r.visits) > 0 || r.kept != nil
}

// asOperator has do called once the channel's modes are known, if we are an operator.
func (r *room) asOperator(request *iq.Request, do func(*room)) {
	check := func() {
		switch {
		case !r.open():
			request.Fail(timedOut("The connection to the network is lost at the moment."))
		case !r.isOperator():
			request.Fail(notOperator())
		default:
			do(r)
			return
		}
		if len(r.members) == 0 {
			r.unkeep()
			r.part("")
		}
	}
	if r.modes != "" {
		check()
		return
	}
	r.up.ask(irc.GetModes{Channel: r.channel}, func(*question) { check() })
}

// isOperator says whether our rank lets us change the channel, as far as can be seen:
// the network has the last word.
func (r *room) isOperator() bool {
	m, in := r.up.view.Member(r.channel, r.nick())
	if !in {
		return false
	}
	scene := r.scene()
	role, _ := mapping.Standing(m, scene.Channel, scene.Support, scene.Roles)
	return role == muc.Moderator
}

func notOperator() *stanza.Error {
	return &stanza.Error{Type: stanza.Auth, Condition: stanza.Forbidden, Text: "Only operators of the channel may do that. Ask one of them."}
}
