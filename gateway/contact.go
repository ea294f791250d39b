package gateway

import (
	"maps"
	"slices"
	"strings"

	"isthmus/mapping"
	"isthmus/xmppside/jid"
	"isthmus/xmppside/stanza"
)

// watchers are the addresses of ours that a user wants to know about, and the clients
// for whose sake; a bare address stands for those that are not known.
type watchers map[jid.JID]map[jid.JID]bool

const (
	maxWatched  = 100 // addresses of one user's
	maxWatching = 20  // clients for one of them
)

// add has a client know about one of our addresses.
func (w watchers) add(ours, client jid.JID) {
	clients := w[ours]
	if clients == nil {
		if len(w) >= maxWatched {
			return
		}
		clients = map[jid.JID]bool{}
		w[ours] = clients
	}
	if len(clients) < maxWatching {
		clients[client] = true
	}
	if !client.IsBare() {
		delete(clients, client.Bare())
	}
}

// remove is the other way round; the last client takes the address along, and so does
// the user.
func (w watchers) remove(ours, client jid.JID) {
	if delete(w[ours], client); client.IsBare() || len(w[ours]) == 0 {
		delete(w, ours)
	}
}

// inOrder are the addresses that are watched.
func (w watchers) inOrder() []jid.JID {
	return slices.SortedFunc(maps.Keys(w), func(a, b jid.JID) int { return strings.Compare(a.String(), b.String()) })
}

// contactPresence is a presence to the gateway, a network or somebody on one, as
// from a roster. The gateway and its networks can be subscribed to: a network is
// online while its user is connected to it. RFC 6121 §3, §4
func (u *user) contactPresence(s *stanza.Stanza, at mapping.Address) {
	bare := s.To.Bare()
	service := (at.Kind == mapping.Gateway || at.Kind == mapping.Network) && query{user: u, at: at}.unknown() == nil
	switch s.Type {
	case "subscribe":
		if !service {
			u.sendPresence(bare, "unsubscribed")
			return
		}
		u.sendPresence(bare, "subscribed")
		u.watch(s.From, bare, at)
	case "unsubscribe":
		u.watchers.remove(bare, u.jid)
		u.sendPresence(bare, "unsubscribed")
	case "", "probe":
		if service {
			u.watch(s.From, bare, at)
		} else {
			u.send(&stanza.Stanza{Kind: stanza.Presence, Type: "unavailable", From: bare, To: s.From})
		}
	case "unavailable":
		u.watchers.remove(bare, s.From)
	}
}

// watch tells how an address stands now, and from now on.
func (u *user) watch(client, ours jid.JID, at mapping.Address) {
	u.watchers.add(ours, client)
	if at.Kind == mapping.Network {
		if up := u.known(at.Network); up == nil || up.state != linkUp {
			u.sendPresence(ours, "unavailable")
			return
		}
	}
	u.sendPresence(ours, "")
}

func (u *user) sendPresence(from jid.JID, typ string) {
	u.send(&stanza.Stanza{Kind: stanza.Presence, Type: typ, From: from, To: u.jid})
}

// networkPresence tells whoever watches how an uplink stands. A network may be watched
// by several of its addresses.
func (u *user) networkPresence(up *uplink) {
	typ := "unavailable"
	if up.state == linkUp && u.uplinks[up.name] == up {
		typ = ""
	}
	for _, ours := range u.watchers.inOrder() {
		if at, err := u.hub.scheme.Parse(ours); err == nil && at.Kind == mapping.Network && u.network(at.Network) == up.name {
			u.sendPresence(ours, typ)
		}
	}
}

// network is the name of a network, which an address may call by that of a host.
func (u *user) network(name string) string {
	if n, ok := u.config.Network(name); ok {
		return n.Name
	}
	return name
}

// watchersOffline tells whoever watches that the gateway stops.
func (u *user) watchersOffline() {
	for _, ours := range u.watchers.inOrder() {
		u.sendPresence(ours, "unavailable")
	}
}
