package gateway

import (
	"isthmus/mapping"
	"isthmus/xmppside/iq"
	"isthmus/xmppside/stanza"
)

// A query is who asks, and what about.
type query struct {
	user   *user
	at     mapping.Address
	listed *mapping.ListedChannel // what a list tells of a room that we are not in; nil: nothing
	glance mapping.Glimpse        // what the network tells of that room besides
}

// Where IQs are answered.
var (
	everywhere = []iq.Place{iq.Gateway, iq.Network, iq.Room, iq.Occupant, iq.Nick}
	ours       = []iq.Place{iq.Gateway, iq.Network, iq.Room}
	people     = []iq.Place{iq.Occupant, iq.Nick}
)

// topics are all that the gateway answers: each says what it takes, and what disco#info
// says of it.
var topics = []func(*iq.Mux[query]){
	discoTopic, browseTopic, searchTopic, pingTopic, versionTopic, timeTopic, lastTopic, adminTopic, ownerTopic, roomTopic, commandsTopic,
	registerTopic, featuresTopic,
	identityTopic, whoisTopic,
}

func newMux() *iq.Mux[query] {
	m := iq.NewMux[query]()
	for _, topic := range topics {
		topic(m)
	}
	return m
}

// place is where an address is for the mux.
func place(at mapping.Address) iq.Place {
	switch {
	case at.Kind == mapping.Network:
		return iq.Network
	case at.Kind == mapping.Channel && at.Occupant == "":
		return iq.Room
	case at.Kind == mapping.Channel:
		return iq.Occupant
	case at.Kind == mapping.Gateway:
		return iq.Gateway
	}
	return iq.Nick
}

// iq answers an IQ, or has it answered.
func (u *user) iq(s *stanza.Stanza, at mapping.Address) {
	if s.Type != "get" && s.Type != "set" { // RFC 6120 §8.2.3
		u.refuse(s, badRequest("A request is of the type get or set."))
		return
	}
	q, r := query{user: u, at: at}, iq.NewRequest(s, u.send, mapping.InLanguage)
	switch err := q.unknown(); {
	case at.Kind == mapping.Mask:
		r.Fail(notFound("That is a mask, and nobody in particular."))
	case at.Kind == mapping.Network && err != nil:
		r.Fail(err)
	default:
		u.hub.mux.Serve(q, place(at), r)
	}
}

// unknown says that a question is about a network that there is not.
func (q query) unknown() *stanza.Error {
	if q.at.Kind == mapping.Gateway || q.user.known(q.at.Network) != nil {
		return nil
	}
	if _, ok := q.user.config.Network(q.at.Network); ok {
		return nil
	}
	return notFound(unknownNetwork, q.at.Network)
}

// person is whom an IQ to an occupant or to nick%network is about.
func (q query) person(r *iq.Request) (*uplink, string, *stanza.Error) {
	if q.at.Kind == mapping.Channel {
		room, o := q.user.occupancy(r.IQ, q.at)
		if o == nil {
			return nil, "", notIn()
		}
		nick := q.at.Occupant
		if nick == o.asked && mapping.Resource(nick) == o.join.To.Resource() && nick != room.nick() {
			if _, in := room.up.view.Member(room.channel, nick); !in {
				nick = room.nick() // the client goes by the nick that it asked for
			}
		}
		if _, in := room.up.view.Member(room.channel, nick); !in {
			return nil, "", notFound("Nobody of that nick is in the room.")
		}
		return room.up, nick, nil
	}
	up := q.user.known(q.at.Network)
	if up == nil || up.view == nil {
		return nil, "", &stanza.Error{Type: stanza.Cancel, Condition: stanza.RecipientUnavailable, Text: "You are not connected to %s.", Args: []string{q.at.Network}}
	}
	return up, q.at.Name, nil
}
