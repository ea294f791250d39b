package gateway

import (
	"isthmus/mapping"
	"isthmus/xmppside/muc"
	"isthmus/xmppside/stanza"
)

// lostTrack takes a presence without the muc <x/> of somebody who is not in.
func (u *user) lostTrack(s *stanza.Stanza, at mapping.Address) {
	if at.Occupant == "" {
		u.refuseJoin(s, &stanza.Error{Type: stanza.Modify, Condition: stanza.JIDMalformed, Text: "Say which nick you want: room@service/nick."})
		return
	}
	if o := u.joining(s, at); o != nil { // and this was sent after its join
		o.show = showing(s)
		o.client.note(s)
		return
	}
	u.climb(s, at)
}

// sendAway tells a client that it is not in a room that it believes to be in.
// XEP-0045 §7.2.18
func (u *user) sendAway(s *stanza.Stanza, at mapping.Address) {
	gone := mapping.Gone(mapping.Class{Lang: mapping.Language(s.Lang)}, at.Occupant, "You are not in this room: join it again.", muc.StatusKicked, muc.StatusTechnical)
	u.deliver(&stanza.Stanza{Kind: stanza.Presence, Type: "unavailable", From: s.To, To: s.From, Children: gone.Children})
}

// joining finds a client that waits to enter the room that it writes to.
func (u *user) joining(s *stanza.Stanza, at mapping.Address) *occupant {
	up := u.known(at.Network)
	if up == nil {
		return nil
	}
	r, ok := up.rooms.Get(at.Name)
	if !ok {
		return nil
	}
	return find(r.queue, s.From, s.To)
}

// update is a presence of an occupant: away or back, or another nick.
func (u *user) update(s *stanza.Stanza, at mapping.Address, r *room, o *occupant) {
	was := o.show
	o.show = showing(s)
	o.client.note(s)
	wanted := at.Occupant != "" && at.Occupant != r.nick()
	if wanted && o.show != was && (at.Occupant == o.asked || r.stays(at.Occupant)) {
		wanted = false // a client that ignores 210 says by its old nick that it is away
	}
	if wanted {
		r.rename(o, s, at.Occupant)
	}
	r.up.updateAway()
}

// probe answers a presence probe from what is known. RFC 6121 §4.3
func (u *user) probe(s *stanza.Stanza, at mapping.Address) {
	r, o := u.occupancy(s, at)
	if o == nil || at.Occupant == "" {
		u.contactPresence(s, at)
		return
	}
	for c := range r.up.view.Each(r.channel) {
		if mapping.Resource(c.After.Nick) == mapping.Resource(at.Occupant) {
			r.send(o, mapping.Presence(r.scene(), o.class(), c))
		}
	}
}
