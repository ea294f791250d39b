package xmppd

import (
	"maps"
	"slices"
	"strings"

	"isthmus/xmppside/jid"
	"isthmus/xmppside/stanza"
)

// presenceFrom takes a presence that a client sent. RFC 6121 §3 and §4.
func (s *Server) presenceFrom(c *session, st *stanza.Stanza) {
	switch st.Type {
	case "subscribe", "subscribed", "unsubscribe", "unsubscribed":
		if !st.To.IsZero() {
			s.subscriptionFrom(c.user, st)
		}
	case "", "unavailable":
		switch {
		case !st.To.IsZero():
			if st.Type == "" {
				c.directed[st.To] = true
			} else {
				delete(c.directed, st.To)
			}
			s.route(st)
		case st.Type == "":
			s.available(c, st)
		default:
			s.unavailable(c, st)
		}
	case "probe", "error":
		if !st.To.IsZero() {
			s.route(st)
		}
	}
}

// available is a client's broadcast: to its contacts and to the user's other
// resources. The first one has the contacts probed. RFC 6121 §4.2, §4.4.
func (s *Server) available(c *session, st *stanza.Stanza) {
	first := c.presence == nil
	c.presence = st
	s.broadcast(c, st)
	if !first {
		return
	}
	for _, other := range c.user.available() {
		if other != c {
			c.deliver(to(other.presence, c.jid))
		}
	}
	for _, j := range c.user.contacts() {
		if c.user.roster[j].to {
			s.route(&stanza.Stanza{Kind: stanza.Presence, Type: "probe", From: c.jid, To: j})
		}
	}
	for _, waiting := range c.user.awaiting {
		c.deliver(waiting)
	}
}

// unavailable tells the contacts, and everybody who was sent directed presence.
// RFC 6121 §4.5, §4.6.
func (s *Server) unavailable(c *session, st *stanza.Stanza) {
	if c.presence != nil {
		s.broadcast(c, st)
		c.presence = nil
	}
	for _, j := range slices.SortedFunc(maps.Keys(c.directed), order) {
		if k := c.user.roster[j]; k == nil || !k.from {
			s.route(to(st, j))
		}
	}
	clear(c.directed)
}

func (s *Server) broadcast(c *session, st *stanza.Stanza) {
	for _, other := range c.user.available() {
		other.deliver(to(st, other.jid))
	}
	for _, j := range c.user.contacts() {
		if c.user.roster[j].from {
			s.route(to(st, j))
		}
	}
}

// presenceTo delivers a presence to an account here.
func (s *Server) presenceTo(u *user, st *stanza.Stanza) {
	switch st.Type {
	case "probe":
		s.probed(u, st)
	case "subscribe", "subscribed", "unsubscribe", "unsubscribed":
		s.subscriptionTo(u, st)
	default:
		if c := u.session(st.To); c != nil {
			c.deliver(st)
		} else if st.To.IsBare() {
			for _, c := range u.available() {
				c.deliver(st)
			}
		}
	}
}

// probed answers a probe. RFC 6121 §4.3.2.
func (s *Server) probed(u *user, st *stanza.Stanza) {
	k := u.roster[st.From.Bare()]
	for _, c := range u.sessions {
		known := c.directed[st.From] || c.directed[st.From.Bare()]
		if c.presence != nil && (known || k != nil && k.from) {
			s.route(to(c.presence, st.From))
		} else if known {
			s.route(&stanza.Stanza{Kind: stanza.Presence, From: c.jid, To: st.From})
		}
	}
	if k == nil || !k.from {
		s.route(&stanza.Stanza{Kind: stanza.Presence, Type: "unsubscribed", From: u.jid, To: st.From.Bare()})
	} else if len(u.available()) == 0 {
		s.route(&stanza.Stanza{Kind: stanza.Presence, Type: "unavailable", From: u.jid, To: st.From})
	}
}

// to is a copy of st for somebody.
func to(st *stanza.Stanza, j jid.JID) *stanza.Stanza {
	out := *st
	out.To = j
	return &out
}

func order(a, b jid.JID) int { return strings.Compare(a.String(), b.String()) }
