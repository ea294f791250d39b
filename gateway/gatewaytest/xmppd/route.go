package xmppd

import (
	"strconv"
	"strings"

	"isthmus/xmppside/stanza"
)

// fromClient takes a stanza of a client's. What it returns ends the stream.
func (s *Server) fromClient(c *session, el *stanza.Element) error {
	if c == nil || c.user.session(c.jid) != c {
		return nil // it was replaced, and its stream is about to end
	}
	st, err := toStanza(el)
	if _, fatal := err.(*streamError); fatal {
		return err
	}
	if from := el.Attr("from"); from != "" && from != c.jid.String() && from != c.user.jid.String() {
		return &streamError{"invalid-from", from}
	}
	st.From = c.jid
	switch {
	case err != nil:
		s.refuse(st, stanza.Modify, stanza.JIDMalformed, err.Error())
	case st.Kind == stanza.Presence:
		s.presenceFrom(c, st)
	case st.To.IsZero():
		st.To = c.user.jid
		s.route(st)
	default:
		s.route(st)
	}
	return nil
}

// route delivers a stanza to whom it is for. RFC 6120 §10, RFC 6121 §8.
func (s *Server) route(st *stanza.Stanza) {
	switch domain := strings.ToLower(st.To.Domain()); {
	case domain == s.config.Component:
		s.toComponent(st)
	case domain != s.config.Host:
		if !s.config.Played {
			s.refuse(st, stanza.Cancel, stanza.RemoteServerNotFound, "there are no other servers")
		}
	case st.To.Local() == "":
		s.toServer(st)
	case s.user(st.To) == nil:
		s.toNobody(st)
	case st.Kind == stanza.Presence:
		s.presenceTo(s.user(st.To), st)
	case st.Kind == stanza.IQ:
		s.iqTo(s.user(st.To), st)
	default:
		s.messageTo(s.user(st.To), st)
	}
}

// messageTo delivers a message. RFC 6121 §8.5; what the text leaves open is done
// as Prosody does it without mod_offline.
func (s *Server) messageTo(u *user, st *stanza.Stanza) {
	if c := u.session(st.To); c != nil {
		c.deliver(st)
		return
	}
	switch st.Type {
	case "error":
	case "groupchat":
		s.refuse(st, stanza.Cancel, stanza.ServiceUnavailable, "")
	case "headline":
		for _, c := range u.available() {
			if c.priority() >= 0 {
				c.deliver(st)
			}
		}
	default:
		top := u.top()
		for _, c := range top {
			c.deliver(st)
		}
		if len(top) == 0 {
			s.refuse(st, stanza.Cancel, stanza.ServiceUnavailable, "")
		}
	}
}

// iqTo delivers an IQ to a resource, or answers it for the account.
func (s *Server) iqTo(u *user, st *stanza.Stanza) {
	switch c := u.session(st.To); {
	case c != nil:
		c.deliver(st)
	case !st.To.IsBare():
		s.refuse(st, stanza.Cancel, stanza.ServiceUnavailable, "")
	case st.Type == "get" || st.Type == "set":
		s.answer(st, s.account(u, st))
	}
}

// toNobody is for accounts that do not exist.
func (s *Server) toNobody(st *stanza.Stanza) {
	switch {
	case st.Kind == stanza.Presence && (st.Type == "subscribe" || st.Type == "probe"):
		s.route(&stanza.Stanza{Kind: stanza.Presence, Type: "unsubscribed", From: st.To.Bare(), To: st.From.Bare()})
	case st.Kind != stanza.Presence:
		s.refuse(st, stanza.Cancel, stanza.ServiceUnavailable, "")
	}
}

// refuse sends an error back, unless st is one itself or an answer. RFC 6120 §8.3.1.
func (s *Server) refuse(st *stanza.Stanza, typ stanza.ErrorType, condition stanza.Condition, text string) {
	answer := st.Type == "result" && st.Kind == stanza.IQ
	away := st.Kind == stanza.Presence && st.Type != ""
	if st.Type != "error" && !answer && !away && !st.From.IsZero() {
		s.answer(st, refusal(st, typ, condition, text))
	}
}

// answer sends an answer to st back to where st came from.
func (s *Server) answer(st, answer *stanza.Stanza) {
	if u := s.user(st.From); u != nil {
		if c := u.session(st.From); c != nil {
			c.deliver(answer)
		}
		return
	}
	s.route(answer)
}

func refusal(st *stanza.Stanza, typ stanza.ErrorType, condition stanza.Condition, text string) *stanza.Stanza {
	return st.Refuse(&stanza.Error{Type: typ, Condition: condition, Text: text})
}

func result(st *stanza.Stanza, payload ...*stanza.Element) *stanza.Stanza {
	r := st.Reply("result")
	r.Children = payload
	return r
}

// domainOf is the domain of an address, however malformed the rest is.
func domainOf(address string) string {
	bare, _, _ := strings.Cut(address, "/")
	if at := strings.LastIndexByte(bare, '@'); at >= 0 {
		bare = bare[at+1:]
	}
	return strings.ToLower(bare)
}

// write is a stanza as it is sent.
func write(st *stanza.Stanza) string { return string(st.Append(nil)) }

func itoa(n int) string { return strconv.Itoa(n) }
