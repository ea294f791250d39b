package xmppd

import "isthmus/xmppside/stanza"

// The namespaces of what the server answers itself.
const (
	nsInfo    = "http://jabber.org/protocol/disco#info"
	nsItems   = "http://jabber.org/protocol/disco#items"
	nsPing    = "urn:xmpp:ping"
	nsVersion = "jabber:iq:version"
	nsVCard   = "vcard-temp"
	nsPrivate = "jabber:iq:private"
)

// toServer answers what is for the server itself.
func (s *Server) toServer(st *stanza.Stanza) {
	if st.Kind != stanza.IQ {
		if st.Kind == stanza.Message {
			s.refuse(st, stanza.Cancel, stanza.ServiceUnavailable, "")
		}
		return
	}
	if st.Type != "get" && st.Type != "set" {
		return
	}
	s.answer(st, s.service(st))
}

// service answers an IQ to the server.
func (s *Server) service(st *stanza.Stanza) *stanza.Stanza {
	switch {
	case st.Child(nsPing, "ping") != nil, st.Child(nsSession, "session") != nil:
		return result(st)
	case st.Child(nsInfo, "query") != nil:
		return result(st, info("server", "im", "Isthmus test server", nsInfo, nsItems, nsPing, nsVersion, nsVCard))
	case st.Child(nsItems, "query") != nil:
		return result(st, stanza.E(nsItems, "query",
			stanza.E(nsItems, "item").Set("jid", s.config.Component).Set("name", "IRC")))
	case st.Child(nsVersion, "query") != nil:
		return result(st, stanza.E(nsVersion, "query",
			stanza.T(nsVersion, "name", "xmppd"), stanza.T(nsVersion, "version", "1")))
	}
	return refusal(st, stanza.Cancel, stanza.ServiceUnavailable, "")
}

// account answers an IQ on behalf of an account: what its own clients ask, and the
// little that everybody may know.
func (s *Server) account(u *user, st *stanza.Stanza) *stanza.Stanza {
	if len(st.Children) == 0 {
		return refusal(st, stanza.Modify, stanza.BadRequest, "no payload")
	}
	payload := st.Children[0]
	if st.From.Bare() == u.jid {
		switch payload.Space {
		case nsRoster:
			return s.rosterIQ(u, st, payload)
		case nsVCard:
			return u.keep(st, payload, payload)
		case nsPrivate:
			if inner := payload.Children(); len(inner) == 1 {
				return u.keep(st, payload, inner[0])
			}
			return refusal(st, stanza.Modify, stanza.BadRequest, "one element at a time")
		case nsPing, nsSession:
			return result(st)
		}
	}
	switch {
	case payload.Space == nsInfo && st.Type == "get" && u.tells(st):
		return result(st, info("account", "registered", "", nsInfo, nsItems))
	case payload.Space == nsItems && st.Type == "get" && u.tells(st):
		return result(st, stanza.E(nsItems, "query"))
	case payload.Space == nsVCard && st.Type == "get" && u.private[private{nsVCard, "vCard"}] != nil:
		return result(st, u.private[private{nsVCard, "vCard"}])
	}
	return refusal(st, stanza.Cancel, stanza.ServiceUnavailable, "")
}

// tells says whether who sent st may know that the account exists.
func (u *user) tells(st *stanza.Stanza) bool {
	k := u.roster[st.From.Bare()]
	return st.From.Bare() == u.jid || k != nil && k.from
}

// keep is XEP-0049 and the owner's half of XEP-0054: el is stored, or what was
// stored under its name comes back, inside of payload where el is.
func (u *user) keep(st *stanza.Stanza, payload, el *stanza.Element) *stanza.Stanza {
	name := private{el.Space, el.Local}
	if st.Type == "set" {
		u.private[name] = el
		return result(st)
	}
	if kept := u.private[name]; kept != nil {
		el = kept
	} else {
		el = stanza.E(el.Space, el.Local)
	}
	if payload.Space == nsPrivate {
		el = stanza.E(nsPrivate, "query", el)
	}
	return result(st, el)
}

func info(category, typ, name string, features ...string) *stanza.Element {
	q := stanza.E(nsInfo, "query", stanza.E(nsInfo, "identity").
		Set("category", category).Set("type", typ).Set("name", name))
	for _, f := range features {
		q.Add(stanza.E(nsInfo, "feature").Set("var", f))
	}
	return q
}
