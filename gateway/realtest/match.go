//go:build linux

package realtest

import (
	"html"

	"isthmus/xmppside/stanza"
)

// The namespaces of XEP-0045.
const (
	nsMUC     = "http://jabber.org/protocol/muc"
	nsMUCUser = nsMUC + "#user"
)

// Escape makes text fit for XML, in attributes too.
func Escape(text string) string { return html.EscapeString(text) }

// Body matches a message of some type with a body, from an address: a full one, or
// a bare one for any resource.
func Body(typ, from, body string) func(*stanza.Stanza) bool {
	return func(s *stanza.Stanza) bool {
		text, ok := s.Body()
		return s.Kind == stanza.Message && s.Type == typ && ok && text == body && isFrom(s, from)
	}
}

// Presence matches a presence of some type ("" is available) from an address: a
// full one, or a bare one for any resource.
func Presence(typ, from string) func(*stanza.Stanza) bool {
	return func(s *stanza.Stanza) bool { return s.Kind == stanza.Presence && s.Type == typ && isFrom(s, from) }
}

// HasCode says whether a room put a status code into a stanza. XEP-0045 §15.6.
func HasCode(s *stanza.Stanza, code string) bool {
	for _, e := range s.Child(nsMUCUser, "x").Children() {
		if e.Local == "status" && e.Attr("code") == code {
			return true
		}
	}
	return false
}

// Item is the muc#user item of a stanza; nil if it has none.
func Item(s *stanza.Stanza) *stanza.Element { return s.Child(nsMUCUser, "x").Child(nsMUCUser, "item") }

func isFrom(s *stanza.Stanza, from string) bool {
	return s.From.String() == from || s.From.Bare().String() == from
}

// isSubject tells the message that ends a join. XEP-0045 §7.2.15.
func isSubject(s *stanza.Stanza) bool {
	_, subject := s.Subject()
	_, body := s.Body()
	return s.Kind == stanza.Message && s.Type == "groupchat" && subject && !body
}

// isRefusal tells the error that answers a join.
func isRefusal(s *stanza.Stanza, id string) bool {
	return s.Kind == stanza.Presence && s.Type == "error" && s.ID == id
}
