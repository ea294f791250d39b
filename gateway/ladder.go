package gateway

import (
	"slices"
	"time"

	"isthmus/config"
	"isthmus/mapping"
	"isthmus/xmppside/jid"
	"isthmus/xmppside/muc"
	"isthmus/xmppside/stanza"
)

// A presence without the muc <x/> from a client that is not in the room is one of two
// things: an update of a modern client that has lost track, which wants to be told so
// (XEP-0045 §7.2.18), or the entry of an old client, which knows no other (groupchat
// 1.0). The ladder tells them apart, from what is cheap to know to what has to be asked:
// the operator's choice, whether the client was in the room a while ago, what it says
// that it can do.

const (
	ladderTime = 3 * time.Second // for a client to say what it can do
	maxParked  = 20              // clients of a user that are asked at a time
	maxBehind  = 50              // stanzas of each that wait for the answer
)

// parked is a presence that is being looked into, and what its client has sent since.
type parked struct {
	client   *client
	presence *stanza.Stanza
	at       mapping.Address
	behind   []*stanza.Stanza
}

// groupchat10 is whether old clients may enter a room.
func (u *user) groupchat10(at mapping.Address) config.OldRule {
	if rule := u.settings(at.Network, at.Name).Groupchat10; rule != "" {
		return config.OldRule(rule)
	}
	if n, ok := u.config.Network(at.Network); ok {
		return n.Groupchat10
	}
	return u.config.IRC.Groupchat10
}

// climb begins to find out what a presence without <x/> is.
func (u *user) climb(s *stanza.Stanza, at mapping.Address) {
	switch {
	case u.groupchat10(at) == config.OldOff, u.knowsRooms(s.From):
		u.sendAway(s, at)
	case u.wasOccupant(s.From, s.To):
		u.sendAway(s, at)
		u.leftItself(s.From, s.To) // it is told now: who comes like this again means it
	case len(u.parked) >= maxParked:
		u.refuseJoin(s, tooMuch())
	default:
		p := &parked{presence: s, at: at, client: u.client(s.From)}
		p.client.note(s)
		u.parked[s.From] = p
		u.learn(p.client, s.To.Bare(), ladderTime, func() {
			if u.parked[s.From] == p {
				u.unpark(p, func() { u.decide(p) })
			}
		})
	}
}

// knowsRooms says whether a client has asked to enter a room, and is in it: it does not
// enter another without asking.
func (u *user) knowsRooms(full jid.JID) bool {
	if u.clients[full] == nil {
		return false
	}
	for _, up := range u.uplinks {
		for _, r := range up.rooms.All() {
			for _, o := range slices.Concat(r.members, r.queue) {
				if o.client.jid == full && !o.old {
					return true
				}
			}
		}
	}
	return false
}

// decide lets a client in, or tells it that it is not. One that announces capabilities
// which cannot be found out is no old client, for those have none to announce.
func (u *user) decide(p *parked) {
	c, rule := p.client, u.groupchat10(p.at)
	found := c.features.Known() && c.verified
	switch {
	case rule == config.OldOff, u.down,
		c.features.Has(muc.NS), !c.caps.IsZero() && !found && rule != config.OldOn:
		u.tellOut(p)
	default:
		u.enterOld(p.presence, p.at)
	}
}

// tellOut tells a client once that it is not in the room, whatever it has said of itself
// there since: a second time it might take for the answer to its return.
func (u *user) tellOut(p *parked) {
	u.sendAway(p.presence, p.at)
	p.behind = slices.DeleteFunc(p.behind, func(s *stanza.Stanza) bool {
		return s.Kind == stanza.Presence && s.Type == "" && s.To.Bare() == p.presence.To.Bare()
	})
}

// waits says whether a stanza has been put behind what its client has sent before.
func (u *user) waits(s *stanza.Stanza) bool {
	p := u.parked[s.From]
	switch {
	case p == nil || s.Kind == stanza.IQ || s.Type == "error":
		return false
	case s.Kind == stanza.Presence && s.Type == "unavailable" && s.To.Bare() == p.presence.To.Bare() && len(p.behind) == 0:
		u.unpark(p, func() { u.leaveEarly(p.presence, p.at) })
		return true
	case s.Child(muc.NS, "x") != nil: // it knows how to ask: it has lost track
		u.unpark(p, func() {
			if s.To.Bare() != p.presence.To.Bare() {
				u.tellOut(p)
			}
		})
		return u.waits(s)
	case len(p.behind) < maxBehind:
		p.behind = append(p.behind, s)
		return true
	case !isDeparture(s):
		u.refuse(s, tooMuch())
		return true
	}
	return u.leaveBehind(s, p)
}

// leaveBehind is a client that leaves a room when it has more to take in than is kept:
// what it has sent there before is refused. It says whether that was all there was to do.
func (u *user) leaveBehind(s *stanza.Stanza, p *parked) bool {
	room := s.To.Bare()
	there := func(other *stanza.Stanza) bool { return other.To.Bare() == room }
	list := p.behind
	p.behind = slices.DeleteFunc(slices.Clone(list), there)
	u.refuseBehind(slices.DeleteFunc(list, func(other *stanza.Stanza) bool { return !there(other) }), tooMuch())
	if room != p.presence.To.Bare() {
		return false
	}
	u.unpark(p, func() { u.leaveEarly(p.presence, p.at) })
	return true
}

// leaveEarly is for a client that goes before what it has sent has let it in.
func (u *user) leaveEarly(entry *stanza.Stanza, at mapping.Address) {
	gone := mapping.Gone(mapping.Class{}, at.Occupant, "")
	u.deliver(&stanza.Stanza{Kind: stanza.Presence, Type: "unavailable", From: entry.To, To: entry.From, Children: gone.Children})
}

// unpark does what came of a presence, and then takes in what waited behind it. That may
// have another of the kind among it: the rest waits for that.
func (u *user) unpark(p *parked, do func()) {
	delete(u.parked, p.presence.From)
	do()
	p.client.drop()
	for _, s := range p.behind {
		u.stanza(s)
	}
}

// refuseParked refuses whoever is being looked into.
func (u *user) refuseParked(err error) {
	list := u.parked
	u.parked = map[jid.JID]*parked{}
	for _, p := range list {
		p.client.drop()
		u.refuseJoin(p.presence, err)
		u.refuseBehind(p.behind, err)
	}
}

func (u *user) refuseBehind(list []*stanza.Stanza, err error) {
	for _, s := range list {
		if s.Kind == stanza.Presence && s.Type == "" {
			u.refuseJoin(s, err)
		} else {
			u.refuse(s, err)
		}
	}
}

// early keeps what an old client says before it is in, and says that it does: a bot that
// has to tell one thing enters, tells it and leaves, and waits for nothing in between.
func (u *user) early(s *stanza.Stanza, at mapping.Address) bool {
	leaves := s.Kind == stanza.Presence && s.Type == "unavailable"
	if at.Kind != mapping.Channel || s.Type == "error" || s.Kind != stanza.Message && !leaves {
		return false
	}
	o := u.joining(s, at)
	switch {
	case o == nil || !o.old || leaves && len(o.early) == 0:
		return false
	case len(o.early) < maxBehind:
		o.early = append(o.early, s)
		return true
	case leaves:
		return false
	}
	u.refuse(s, tooMuch())
	return true
}

// catchEarly takes in what those have sent before they were in who are in by now.
func (u *user) catchEarly() {
	for len(u.admitted) > 0 {
		o := u.admitted[0]
		u.admitted = u.admitted[1:]
		list := o.early
		o.early = nil
		for _, s := range list {
			u.stanza(s)
		}
	}
}

// refuseEarly refuses it, for they do not come in.
func (u *user) refuseEarly(o *occupant, err error) {
	for _, s := range o.early {
		u.refuse(s, err)
	}
	o.early = nil
}

func tooMuch() *stanza.Error {
	return &stanza.Error{Type: stanza.Wait, Condition: stanza.ResourceConstraint, Text: "Too much at once. Try again in a while."}
}
