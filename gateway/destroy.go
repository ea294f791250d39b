package gateway

import (
	"errors"
	"time"

	"isthmus/ircside/irc"
	"isthmus/mapping"
	"isthmus/xmppside/iq"
	"isthmus/xmppside/muc"
	"isthmus/xmppside/stanza"
)

const (
	// maxCleared is how many people are kicked out of a channel that is destroyed.
	maxCleared = 100
	// doomTime is how long a kick is believed to be the end of a room after the one
	// who kicks has said that it is, and kickTime how much longer for each of the kicks.
	doomTime = 2 * time.Minute
	kickTime = 5 * time.Second
)

// A clearing is a room being destroyed.
type clearing struct {
	request *iq.Request
	wish    muc.Destroy
	people  []string     // who is still to be kicked
	locked  bool         // +i is ours
	dropped bool         // services have forgotten the channel
	told    bool         // other users of the gateway know of it
	silent  []irc.Change // kicks that our occupants have not been shown
}

// A doom is what another user of the gateway has said of a channel: whom they kick is
// told that the room is destroyed.
type doom struct {
	by    string // their nick
	wish  muc.Destroy
	until time.Time
}

// destroy ends a channel: its registration with services, if it has one, then the stay
// of all who are in. XEP-0045 §10.9.
//
// Services come first, though a registration that is gone does not come back: they refuse
// most often, for only founders may drop a channel, and nobody takes a kick back either.
// Nor is the channel closed before, which services that lock its modes would not let
// happen, and which everybody would often see come to nothing. We are an operator, as owned
// has seen to; if sending people away fails all the same, the answer says that the
// registration is gone.
func (r *room) destroy(request *iq.Request, wish muc.Destroy) {
	switch {
	case r.clearing != nil:
		request.Fail(&stanza.Error{Type: stanza.Wait, Condition: stanza.ResourceConstraint, Text: "The room is being destroyed already."})
		return
	case r.up.view.Size(r.channel) > maxCleared:
		request.Fail(notAllowed("There are too many people in the channel to send them all away."))
		return
	}
	r.clearing = &clearing{request: request, wish: wish}
	r.drop(func(err error) {
		if err != nil {
			r.spare(err)
			return
		}
		r.lock()
	})
}

// drop has services forget the channel. They are asked even if the network does not mark
// it as registered, for not all services do; but then it is no matter if nobody
// understands their answer.
func (r *room) drop(then func(error)) {
	ch, _ := r.up.view.Channel(r.channel)
	s := r.up.view.Support()
	unmarked := mapping.KnowsRegistered(s) && !mapping.IsRegistered(ch, s)
	r.up.chanServ("DROP", r.channel, "", func(_ string, err error) {
		var se *stanza.Error
		unclear := errors.As(err, &se) && (se.Condition == stanza.UndefinedCondition || se.Condition == stanza.RemoteServerTimeout)
		r.clearing.dropped = err == nil
		if err == errUnregistered || unclear && unmarked && r.open() {
			err = nil
		}
		then(err)
	})
}

// spare gives it up, and shows who has been kicked all the same.
func (r *room) spare(err error) {
	c := r.clearing
	r.clearing = nil
	if c.told {
		r.up.user.foretell(r, nil)
	}
	if c.locked && r.open() {
		r.up.do(irc.SetModes{Channel: r.channel, Changes: []irc.ModeChange{{Mode: 'i', Kind: irc.FlagMode}}})
	}
	for _, change := range c.silent {
		r.change(change)
	}
	told := *r.up.user.stanzaError(err, mapping.ForAdmin, r.up.ircd())
	if c.dropped {
		told.Lead = "The channel is no longer registered, but not everybody has been sent away."
	}
	c.request.Fail(&told)
}

// lock lets nobody in any more, so that who is kicked stays out.
func (r *room) lock() {
	if !r.open() {
		r.spare(timedOut("The connection to the network was lost before it answered."))
		return
	}
	ch, _ := r.up.view.Channel(r.channel)
	for c := range r.up.view.Each(r.channel) {
		if !c.Self {
			r.clearing.people = append(r.clearing.people, c.After.Nick)
		}
	}
	if len(r.clearing.people) == 0 {
		r.clear()
		return
	}
	if ch.Has('i') {
		r.warn()
		return
	}
	r.clearing.locked = true
	r.up.ask(irc.SetModes{Channel: r.channel, Changes: []irc.ModeChange{{Add: true, Mode: 'i', Kind: irc.FlagMode}}}, func(q *question) {
		if err := q.err(); err != nil {
			r.clearing.locked = false
			r.spare(err)
			return
		}
		r.warn()
	})
}

// warn lets other users of the gateway know before they are kicked.
func (r *room) warn() {
	c := r.clearing
	c.told = true
	r.up.user.foretell(r, &doom{r.nick(), c.wish, time.Now().Add(doomTime + time.Duration(len(c.people))*kickTime)})
	r.clear()
}

// clear kicks one after the other, then leaves.
func (r *room) clear() {
	c := r.clearing
	if len(c.people) == 0 {
		r.clearing = nil
		r.dissolve(c.wish)
		c.request.Result()
		return
	}
	nick := c.people[0]
	c.people = c.people[1:]
	if _, in := r.up.view.Member(r.channel, nick); !in && r.open() {
		r.clear()
		return
	}
	r.up.ask(irc.Kick{Channel: r.channel, Nick: nick, Reason: r.farewell(c.wish)}, func(q *question) {
		err := q.err()
		if f, ok := err.(irc.Fault); ok && (f.Numeric == 401 || f.Numeric == 441) {
			err = nil
		}
		if err != nil {
			r.spare(err)
			return
		}
		r.clear()
	})
}

// farewell is the reason of a kick: why, and where to go instead.
func (r *room) farewell(wish muc.Destroy) string {
	reason := mapping.Line(wish.Reason)
	if wish.Other.IsZero() {
		return reason
	}
	where := wish.Other.String()
	if at, err := r.up.user.hub.scheme.Parse(wish.Other); err == nil && at.Kind == mapping.Channel && r.up.user.known(at.Network) == r.up {
		where = at.Name
	}
	if reason == "" {
		return "Go to " + where
	}
	return reason + " (go to " + where + ")"
}

// dissolve tells all who are in that the room is no more, and leaves the channel.
func (r *room) dissolve(wish muc.Destroy) {
	r.tellDestroyed(wish)
	r.refuseWaiting(&stanza.Error{Type: stanza.Cancel, Condition: stanza.Gone, Text: "The room has been destroyed."})
	r.part(mapping.Line(wish.Reason))
}

func (r *room) tellDestroyed(wish muc.Destroy) {
	for len(r.members) > 0 {
		o := r.members[len(r.members)-1]
		r.remove(o)
		shown := mapping.Destroyed(r.nickOf(o), wish)
		if id := mapping.OccupantID(r.occupantID(r.up.view.Self())); id != nil && !o.old {
			shown.Children = append(shown.Children, id)
		}
		r.send(o, []mapping.Shown{shown})
	}
}

// silently says whether a change is a kick of ours that ends the room, which goes
// without saying. XEP-0045 §10.9.
func (r *room) silently(c irc.Change) bool {
	if r.clearing == nil || c.Self || !isKick(c.Cause) || c.Actor != r.nick() {
		return false
	}
	r.clearing.silent = append(r.clearing.silent, c)
	return true
}

// isKick says whether somebody was kicked for no fault of theirs: +i comes before the
// kicks that end a room.
func isKick(c irc.Cause) bool {
	return c == irc.CauseKick || c == irc.CauseClosed || c == irc.CauseUnlisted
}

// foretell lets other users of the gateway know that they will be kicked, and why, or,
// by nil, that they will not. It waits for nobody: who is not told sees a kick.
func (u *user) foretell(r *room, d *doom) {
	network, channel := r.up.name, r.channel
	for _, other := range u.hub.others(u, channelKeyOf(network, channel)) {
		other.tryPost(mail{call: func() { other.foretold(network, channel, d) }})
	}
}

// foretold takes that in. Nobody changes a doom.
func (u *user) foretold(network, channel string, d *doom) {
	if up := u.known(network); up != nil {
		if r, ok := up.rooms.Get(channel); ok {
			r.doom = d
		}
	}
}

// destroyed says whether a change is our being kicked by who said that the room ends,
// and tells it as that.
func (r *room) destroyed(c irc.Change) bool {
	d := r.doom
	if d == nil || !c.Self || !c.After.IsNobody() || !isKick(c.Cause) || c.Actor != d.by || time.Now().After(d.until) {
		return false
	}
	r.tellDestroyed(d.wish)
	r.left()
	return true
}
