package gateway

import (
	"slices"

	"isthmus/ircside/irc"
	"isthmus/mapping"
	"isthmus/xmppside/iq"
	"isthmus/xmppside/jid"
	"isthmus/xmppside/muc"
)

func identityTopic(m *iq.Mux[query]) {
	m.Feature(mapping.NSOccupantID, iq.Gateway, iq.Network, iq.Room) // XEP-0421 §4: of all rooms
	m.Feature(mapping.NSHats, iq.Gateway, iq.Network, iq.Room)       // XEP-0317 §2
}

// occupantIDs makes the ids of the room's occupants: the same for all users in it.
func (r *room) occupantIDs() mapping.OccupantIDs {
	if r.ids == (mapping.OccupantIDs{}) && r.up.view != nil {
		r.ids = mapping.NewOccupantIDs(r.up.user.hub.occupantKey, r.up.name, r.up.view.Support().Fold(r.channel))
	}
	return r.ids
}

// occupantID is somebody's id in the room.
func (r *room) occupantID(p irc.Person) string { return r.idOf(p.Stay) }

// maxVoices is how many ids a room remembers.
const maxVoices = 64

// idOf is the id of a stay. Those of who speaks are remembered: a conversation is of a few,
// and what is kept of it has their ids once.
func (r *room) idOf(stay uint64) string {
	id, ok := r.voices[stay]
	if ok {
		return id
	}
	if id = r.occupantIDs().ID(stay); id == "" {
		return ""
	}
	if r.voices == nil || len(r.voices) >= maxVoices {
		r.voices = map[uint64]string{}
	}
	r.voices[stay] = id
	return id
}

// known is the id of somebody who is perhaps not in sight, as a service that speaks from
// outside: the one that they would have in the room. "" if nothing but a nick is known.
func (r *room) known(p irc.Person) string {
	if seen, ok := r.up.view.Person(p.Nick); ok {
		return r.occupantID(seen)
	}
	return r.occupantIDs().ID(mapping.StayOf(r.up.user.hub.occupantKey, r.up.name, p))
}

// speaker is the id of who said something: there always is one.
func (r *room) speaker(p irc.Person) string {
	stay, seen := r.up.view.Stay(p)
	if !seen {
		if id := r.known(p); id != "" {
			return id
		}
	}
	if stay == 0 {
		return r.occupantIDs().ID(lot())
	}
	return r.idOf(stay)
}

// gone sends an occupant away.
func (r *room) gone(o *occupant, reason string, codes ...muc.Status) []mapping.Shown {
	shown := mapping.Farewell(o.class(), r.nickOf(o), reason, codes...)
	if view := r.up.view; view != nil && !o.old {
		for i := range shown {
			if occupant := mapping.OccupantID(r.occupantID(view.Self())); occupant != nil {
				shown[i].Children = append(shown[i].Children, occupant)
			}
		}
	}
	return shown
}

// onlooker says whose addresses the room tells: everybody's where the gateway publishes
// them, and then our own users' are the real ones; else a moderator is told pseudonyms.
// Everybody is told their own, as they know it: Converse.js finds by it who it is itself,
// and what it may do. XEP-0045 §13.3
func (r *room) onlooker(sc mapping.Scene) mapping.Onlooker {
	hub, network := r.up.user.hub, r.up.name
	own, self := r.up.user.jid, r.up.view.Self().ID
	published := r.publishes()
	moderator := r.isModerator(sc, r.self())
	return func(p irc.Person) jid.JID {
		if p.ID == self {
			return own
		}
		if published {
			if real := hub.ours(network, p.Stay); !real.IsZero() {
				return real
			}
		}
		if published || moderator {
			return hub.scheme.Pseudonym(network, p)
		}
		return jid.JID{}
	}
}

// publishes says whether everybody is told everybody's address.
func (r *room) publishes() bool { return r.up.user.config.Gateway.PublishJIDs }

// self is who we are in the channel; nobody if we are not in it.
func (r *room) self() irc.Member {
	m, _ := r.up.view.Member(r.channel, r.up.view.Self().Nick)
	return m
}

func (r *room) isModerator(sc mapping.Scene, m irc.Member) bool {
	role, _ := mapping.Standing(m, sc.Channel, sc.Support, sc.Roles)
	return role == muc.Moderator
}

// show shows what an event changed, each change in its room. shown are those who have
// been shown already as they are by now.
func (up *uplink) show(ev irc.Event, changes []irc.Change, shown map[string]bool) {
	for _, r := range up.affected(ev, changes) {
		if r.turned() {
			changes = r.retold(changes, shown)
		}
	}
	for _, c := range changes {
		if r, ok := up.rooms.Get(c.Channel); ok {
			r.change(c)
		}
	}
}

// affected are the rooms in which an event may have changed what we are.
func (up *uplink) affected(ev irc.Event, changes []irc.Change) (rooms []*room) {
	switch ev.(type) {
	case irc.Supports, irc.Registered: // a rank may be worth something else
		return up.list()
	}
	for _, c := range changes {
		if r, ok := up.rooms.Get(c.Channel); ok && c.Self {
			rooms = append(rooms, r)
		}
	}
	return rooms
}

// turned says whether we have become a moderator, who is told addresses, or are one no
// more; it is asked once for each event.
func (r *room) turned() bool {
	was := r.sees
	r.sees = r.up.view != nil && !r.publishes() && r.isModerator(r.scene(), r.self())
	return was != r.sees
}

// retold are changes and, last, all others in the room, who look otherwise to us now.
// Who is but another than before is among those; who comes, goes or takes another nick is
// shown by that.
func (r *room) retold(changes []irc.Change, shown map[string]bool) []irc.Change {
	fold := r.up.view.Support().Fold
	here := func(c irc.Change) bool { return fold(c.Channel) == fold(r.channel) }
	moves := map[uint64]bool{}
	for _, c := range changes {
		if here(c) && (c.Before.Nick != c.After.Nick || r.unaddressed(c.After)) {
			moves[c.After.ID] = true
		}
	}
	changes = slices.DeleteFunc(slices.Clone(changes), func(c irc.Change) bool {
		return here(c) && !c.Self && !moves[c.After.ID] && !c.After.IsNobody()
	})
	for c := range r.up.view.Each(r.channel) {
		if !c.Self && !moves[c.After.ID] && !shown[c.After.Nick] && !r.unaddressed(c.After) {
			c.Before = c.After
			changes = append(changes, c)
		}
	}
	return changes
}

// unaddressed says that nobody is told somebody's address, for none can hold the nick.
func (r *room) unaddressed(m irc.Member) bool {
	return r.up.user.hub.scheme.Pseudonym(r.up.name, m.Person).IsZero()
}
