package xmppd

import (
	"slices"
	"strconv"

	"isthmus/xmppside/jid"
	"isthmus/xmppside/stanza"
)

// A user is an account.
type user struct {
	jid      jid.JID // bare
	sessions []*session
	roster   map[jid.JID]*contact
	private  map[private]*stanza.Element // vCard and private storage
	awaiting []*stanza.Stanza            // subscription requests nobody saw yet
}

// private names an element that is kept for a user.
type private struct{ space, local string }

// A session is a client that bound a resource.
type session struct {
	*link
	user     *user
	jid      jid.JID // full
	presence *stanza.Stanza
	directed map[jid.JID]bool // who was sent directed presence, full or bare
}

func (s *Server) newUser(name string) *user {
	bare, err := jid.New(name, s.config.Host, "")
	if err != nil {
		panic("xmppd: account " + name + ": " + err.Error())
	}
	u := &user{jid: bare, roster: map[jid.JID]*contact{}, private: map[private]*stanza.Element{}}
	if s.config.Contact {
		u.roster[s.gateway] = &contact{name: "IRC", to: true, from: true}
	}
	return u
}

// come binds a resource. A client that has it already makes room, as on Prosody.
func (s *Server) come(l *link, full jid.JID, id string) {
	u := s.users[full.Local()]
	if old := u.session(full); old != nil {
		old.end((&streamError{"conflict", "Replaced by new connection"}).String())
		s.gone(old)
	}
	l.session = &session{link: l, user: u, jid: full, directed: map[jid.JID]bool{}}
	u.sessions = append(u.sessions, l.session)
	s.attach(l)
	l.session.deliver(&stanza.Stanza{Kind: stanza.IQ, Type: "result", ID: id, To: full, Children: []*stanza.Element{
		stanza.E(nsBind, "bind", stanza.T(nsBind, "jid", full.String())),
	}})
}

// gone takes a session away and tells everybody who believes it to be there.
func (s *Server) gone(c *session) {
	if !slices.Contains(c.user.sessions, c) {
		return
	}
	c.user.sessions = slices.DeleteFunc(c.user.sessions, func(o *session) bool { return o == c })
	s.unavailable(c, &stanza.Stanza{Kind: stanza.Presence, Type: "unavailable", From: c.jid})
}

// deliver sends a stanza to the client.
func (c *session) deliver(st *stanza.Stanza) { c.send(write(st)) }

func (u *user) session(full jid.JID) *session {
	for _, c := range u.sessions {
		if c.jid == full {
			return c
		}
	}
	return nil
}

// available are the sessions that sent presence.
func (u *user) available() []*session {
	var out []*session
	for _, c := range u.sessions {
		if c.presence != nil {
			out = append(out, c)
		}
	}
	return out
}

// top are the available sessions of the highest priority that is not negative.
func (u *user) top() []*session {
	best := 0
	var out []*session
	for _, c := range u.available() {
		switch p := c.priority(); {
		case p > best:
			best, out = p, []*session{c}
		case p == best:
			out = append(out, c)
		}
	}
	return out
}

func (c *session) priority() int {
	text := find(c.presence, "", "priority").Text()
	n, _ := strconv.Atoi(text)
	return n
}

func find(st *stanza.Stanza, space, local string) *stanza.Element {
	if st == nil {
		return nil
	}
	return st.Child(space, local)
}

// user is the account that a bare or full address belongs to; nil if there is none.
func (s *Server) user(j jid.JID) *user {
	if j.Domain() != s.config.Host {
		return nil
	}
	return s.users[j.Local()]
}
