//go:build linux

package realtest

import (
	"bufio"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"time"

	"isthmus/xmppside/jid"
	"isthmus/xmppside/stanza"
)

const nsClient = "jabber:client"

// A stream reads what a server sends, by encoding/xml: what the gateway writes is so
// judged by a reader that is not the gateway's own.
type stream struct {
	in  *bufio.Reader
	xml *xml.Decoder
}

// login opens the stream, authenticates (RFC 6120 §6, PLAIN) and binds the resource.
func (c *XMPPClient) login(user, resource string) (*stream, error) {
	_ = c.conn.SetReadDeadline(time.Now().Add(Patience))
	s := &stream{in: bufio.NewReader(c.log.of(c.conn))}
	if err := s.open(c); err != nil {
		return nil, err
	}
	token := base64.StdEncoding.EncodeToString([]byte("\x00" + user + "\x00" + user))
	c.Send(fmt.Sprintf(`<auth xmlns="urn:ietf:params:xml:ns:xmpp-sasl" mechanism="PLAIN">%s</auth>`, token))
	if err := s.expect("success"); err != nil {
		return nil, err
	}
	if err := s.open(c); err != nil {
		return nil, err
	}
	c.Send(fmt.Sprintf(`<iq type="set" id="bind"><bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"><resource>%s</resource></bind></iq>`, Escape(resource)))
	answer, err := s.next()
	if err != nil {
		return nil, err
	}
	const nsBind = "urn:ietf:params:xml:ns:xmpp-bind"
	if c.JID, err = jid.Parse(answer.Child(nsBind, "bind").Child(nsBind, "jid").Text()); err != nil {
		return nil, fmt.Errorf("bind: %w", err)
	}
	_ = c.conn.SetReadDeadline(time.Time{})
	return s, nil
}

// open opens a stream, also the second after authentication, and waits for features.
func (s *stream) open(c *XMPPClient) error {
	s.xml = xml.NewDecoder(s.in) // reads no byte ahead, as in is an io.ByteReader
	c.Send(fmt.Sprintf(`<?xml version="1.0"?><stream:stream to="%s" version="1.0" xmlns="%s" xmlns:stream="http://etherx.jabber.org/streams">`, Domain, nsClient))
	for {
		token, err := s.xml.Token()
		if err != nil {
			return err
		}
		if start, ok := token.(xml.StartElement); ok {
			if start.Name.Local != "stream" {
				return fmt.Errorf("not a stream: %s", start.Name.Local)
			}
			return s.expect("features")
		}
	}
}

// expect reads an element that has to have this name.
func (s *stream) expect(local string) error {
	e, err := s.next()
	if err == nil && e.Local != local {
		err = fmt.Errorf("%s instead of %s", e.Local, local)
	}
	return err
}

// next reads the next element of the stream.
func (s *stream) next() (*stanza.Element, error) {
	for {
		token, err := s.xml.Token()
		if err != nil {
			return nil, err
		}
		switch token := token.(type) {
		case xml.StartElement:
			return s.element(token)
		case xml.EndElement:
			return nil, io.EOF
		}
	}
}

// element reads an element to its end.
func (s *stream) element(start xml.StartElement) (*stanza.Element, error) {
	e := &stanza.Element{Space: space(start.Name.Space), Local: start.Name.Local}
	for _, a := range start.Attr {
		if a.Name.Local != "xmlns" && a.Name.Space != "xmlns" {
			e.Attrs = append(e.Attrs, stanza.Attr{Space: a.Name.Space, Name: a.Name.Local, Value: a.Value})
		}
	}
	for {
		token, err := s.xml.Token()
		if err != nil {
			return nil, err
		}
		switch token := token.(type) {
		case xml.StartElement:
			child, err := s.element(token)
			if err != nil {
				return nil, err
			}
			e.Nodes = append(e.Nodes, stanza.Node{Element: child})
		case xml.CharData:
			e.Nodes = append(e.Nodes, stanza.Node{Text: string(token)})
		case xml.EndElement:
			return e, nil
		}
	}
}

// space is a namespace as Element has it.
func space(ns string) string {
	if ns == nsClient {
		return ""
	}
	return ns
}

// readAll hands on every stanza until the stream ends, and says why it did.
func (s *stream) readAll(take func(*stanza.Stanza)) error {
	for {
		e, err := s.next()
		if err != nil {
			return err
		}
		if e.Local == "error" {
			for _, condition := range e.Children() {
				return errors.New("stream error: " + condition.Local)
			}
		}
		st, err := toStanza(e)
		if err != nil {
			return err
		}
		take(st)
	}
}

// toStanza takes the attributes of a stanza apart.
func toStanza(e *stanza.Element) (*stanza.Stanza, error) {
	kinds := map[string]stanza.Kind{"message": stanza.Message, "presence": stanza.Presence, "iq": stanza.IQ}
	s := &stanza.Stanza{
		Kind: kinds[e.Local], Type: e.Attr("type"), ID: e.Attr("id"), Lang: e.Lang(), Children: e.Children(),
	}
	if s.Kind == 0 || e.Space != "" {
		return nil, fmt.Errorf("not a stanza: %s %s", e.Space, e.Local)
	}
	for name, to := range map[string]*jid.JID{"from": &s.From, "to": &s.To} {
		if value := e.Attr(name); value != "" {
			var err error
			if *to, err = jid.Parse(value); err != nil {
				return nil, fmt.Errorf("%s %q: %w", name, value, err)
			}
		}
	}
	return s, nil
}
