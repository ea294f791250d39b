package xmppd

import (
	"crypto/rand"
	"crypto/sha1"
	"crypto/subtle"
	"encoding/hex"
	"io"

	"isthmus/xmppside/stanza"
)

const (
	maxComponentStanza = 512 << 10 // Prosody's component_stanza_size_limit
	maxClientStanza    = 256 << 10 // Prosody's c2s_stanza_size_limit
	maxAnyStanza       = 64 << 20  // where a server has no limit
)

// readComponent is the reader's goroutine of a component. XEP-0114 §3.
func (s *Server) readComponent(l *link) error {
	limit := maxComponentStanza
	if s.config.Quirk == Ejabberd {
		limit = maxAnyStanza
	}
	d := newDecoder(l.in, limit)
	d.lenient = s.config.Quirk == Ejabberd
	if err := s.handshake(l, d); err != nil {
		return err
	}
	for {
		el, raw, err := d.next()
		if err != nil {
			return err
		}
		s.do(func() {
			s.tap("<", raw)
			err = s.fromComponent(el)
		})
		if err != nil {
			return err
		}
	}
}

// handshake lets a component in.
func (s *Server) handshake(l *link, d *decoder) error {
	head, err := d.header()
	if err != nil {
		return err
	}
	id := rand.Text()
	err = l.say("<?xml version='1.0'?><stream:stream xmlns='" + nsComponent + "' xmlns:stream='" + nsStream +
		"' from='" + escape(head.Attr("to")) + "' id='" + id + "'>")
	switch {
	case err != nil:
		return err
	case d.content != nsComponent:
		return &streamError{"invalid-namespace", "this is the port for components"}
	case head.Attr("to") != s.config.Component && s.config.Quirk != Ejabberd:
		return &streamError{"host-unknown", head.Attr("to") + " does not match any configured external components"}
	}
	el, _, err := d.next()
	if err != nil {
		return err
	}
	sum := sha1.Sum([]byte(id + s.config.Secret))
	right := []byte(hex.EncodeToString(sum[:]))
	if el.Local != "handshake" || el.Space != "" || head.Attr("to") != s.config.Component ||
		subtle.ConstantTimeCompare(right, []byte(el.Text())) == 0 {
		return &streamError{"not-authorized", "Given token does not match calculated token"}
	}
	if !s.do(func() { err = s.welcome(l) }) {
		return io.EOF
	}
	return err
}

// welcome makes l the component. Where there is one already, Prosody refuses the
// second; ejabberd takes both, and here the later one gets what is sent.
func (s *Server) welcome(l *link) error {
	if s.component != nil && s.config.Quirk != Ejabberd {
		return &streamError{"conflict", "Component already connected"}
	}
	if s.component != nil {
		s.component.end("</stream:stream>")
	}
	s.component = l
	s.attach(l)
	l.send("<handshake/>")
	return nil
}

// fromComponent takes a stanza of the gateway's. What it returns ends the stream.
func (s *Server) fromComponent(el *stanza.Element) error {
	foreign := el.Space == nsClient
	if foreign {
		el.Space = ""
		clientToContent(el)
	}
	severe := s.config.Quirk != Prosody
	switch {
	case el.Attr("from") == "" && severe:
		return &streamError{"improper-addressing", "no from"}
	case el.Attr("to") == "" && severe:
		return &streamError{"improper-addressing", "no to"}
	case el.Attr("from") != "" && domainOf(el.Attr("from")) != s.config.Component:
		return &streamError{"invalid-from", el.Attr("from")}
	}
	st, err := toStanza(el)
	if _, fatal := err.(*streamError); fatal {
		return err
	}
	if st.From.IsZero() {
		st.From = s.gateway
	}
	switch {
	case err != nil && s.config.Quirk == Ejabberd:
		s.refuse(st, stanza.Modify, stanza.BadRequest, err.Error())
	case err != nil:
		s.refuse(st, stanza.Modify, stanza.JIDMalformed, err.Error())
	case st.To.IsZero():
		s.refuse(st, stanza.Modify, stanza.BadRequest, "no to")
	case foreign && s.config.Quirk != Ejabberd:
		s.refuse(st, stanza.Cancel, stanza.ServiceUnavailable, "")
	default:
		s.route(st)
	}
	return nil
}

// clientToContent takes the children out of jabber:client, too.
func clientToContent(el *stanza.Element) {
	for _, c := range el.Children() {
		if c.Space == nsClient {
			c.Space = ""
			clientToContent(c)
		}
	}
}
