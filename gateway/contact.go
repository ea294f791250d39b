package gateway

import (
	"isthmus/mapping"
	"isthmus/xmppside/jid"
	"isthmus/xmppside/stanza"
)

// contactPresence is a presence to the gateway, a network or somebody on one, as
// from a roster. The gateway and its networks can be subscribed to: a network is
// online while its user is connected to it. RFC 6121 §3, §4
func (u *user) contactPresence(s *stanza.Stanza, at mapping.Address) {
	bare := s.To.Bare()
	service := at.Kind == mapping.Gateway || at.Kind == mapping.Network
	switch s.Type {
	case "subscribe":
		if !service {
			u.sendPresence(bare, "unsubscribed")
			return
		}
		u.sendPresence(bare, "subscribed")
		u.watch(bare, at)
	case "unsubscribe":
		delete(u.watchers, bare)
		u.sendPresence(bare, "unsubscribed")
	case "", "probe":
		if service {
			u.watch(bare, at)
		} else {
			u.sendPresence(bare, "unavailable")
		}
	case "unavailable":
		delete(u.watchers, bare)
	}
}

// watch tells how an address stands now, and from now on.
func (u *user) watch(bare jid.JID, at mapping.Address) {
	u.watchers[bare] = true
	if at.Kind == mapping.Network {
		if up := u.known(at.Network); up == nil || up.state != linkUp {
			u.sendPresence(bare, "unavailable")
			return
		}
	}
	u.sendPresence(bare, "")
}

func (u *user) sendPresence(from jid.JID, typ string) {
	u.send(&stanza.Stanza{Kind: stanza.Presence, Type: typ, From: from, To: u.jid})
}

// networkPresence tells whoever watches how an uplink stands.
func (u *user) networkPresence(up *uplink) {
	from, err := u.hub.scheme.JID(mapping.Address{Kind: mapping.Network, Network: up.name})
	if err != nil || !u.watchers[from] {
		return
	}
	typ := "unavailable"
	if up.state == linkUp && u.uplinks[up.name] == up {
		typ = ""
	}
	u.sendPresence(from, typ)
}

// watchersOffline tells whoever watches that the gateway stops.
func (u *user) watchersOffline() {
	for from := range u.watchers {
		u.sendPresence(from, "unavailable")
	}
}
