package xmppd

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"io"
	"strings"

	"isthmus/xmppside/jid"
	"isthmus/xmppside/stanza"
)

// The namespaces of a client's negotiation. RFC 6120 §5 to §7.
const (
	nsTLS     = "urn:ietf:params:xml:ns:xmpp-tls"
	nsSASL    = "urn:ietf:params:xml:ns:xmpp-sasl"
	nsBind    = "urn:ietf:params:xml:ns:xmpp-bind"
	nsSession = "urn:ietf:params:xml:ns:xmpp-session"
)

const maxAttempts = 3 // wrong passwords on one stream

// readClient is the reader's goroutine of a client.
func (s *Server) readClient(l *link) error {
	name, err := s.login(l)
	if err != nil {
		return err
	}
	d, err := s.open(l, "<bind xmlns='"+nsBind+"'/><session xmlns='"+nsSession+"'><optional/></session>")
	if err != nil {
		return err
	}
	if err := s.bind(l, d, name); err != nil {
		return err
	}
	for {
		el, _, err := d.next()
		if err != nil {
			return err
		}
		s.do(func() { err = s.fromClient(l.session, el) })
		if err != nil {
			return err
		}
	}
}

// open answers a stream's header and offers features. RFC 6120 §4.3.
func (s *Server) open(l *link, features string) (*decoder, error) {
	d := newDecoder(l.in, maxClientStanza)
	head, err := d.header()
	if err != nil {
		return nil, err
	}
	err = l.say("<?xml version='1.0'?><stream:stream xmlns='" + nsClient + "' xmlns:stream='" + nsStream + "' from='" +
		escape(s.config.Host) + "' id='" + rand.Text() + "' version='1.0' xml:lang='en'>")
	switch {
	case err != nil:
		return nil, err
	case d.content != nsClient:
		return nil, &streamError{"invalid-namespace", "this is the port for clients"}
	case !strings.EqualFold(head.Attr("to"), s.config.Host):
		return nil, &streamError{"host-unknown", "this server is " + s.config.Host}
	case !strings.HasPrefix(head.Attr("version"), "1."):
		return nil, &streamError{"unsupported-version", "version 1.0 is needed"}
	}
	return d, l.say("<stream:features>" + features + "</stream:features>")
}

// login takes a client through TLS and SASL and returns the account's name.
func (s *Server) login(l *link) (string, error) {
	d, err := s.open(l, s.authFeatures(l))
	for tries := 0; err == nil; {
		var el *stanza.Element
		if el, _, err = d.next(); err != nil {
			break
		}
		switch {
		case el.Space == nsTLS && el.Local == "starttls" && !l.secure:
			if err = s.startTLS(l); err == nil {
				d, err = s.open(l, s.authFeatures(l))
			}
		case el.Space == nsSASL && el.Local == "auth":
			name, failure := s.authenticate(l, d, el)
			if failure == "" {
				return name, l.say("<success xmlns='" + nsSASL + "'/>")
			}
			if tries++; tries > maxAttempts {
				return "", &streamError{"policy-violation", "too many attempts"}
			}
			err = l.say("<failure xmlns='" + nsSASL + "'><" + failure + "/></failure>")
		case el.Space == nsSASL && el.Local == "abort":
			err = l.say("<failure xmlns='" + nsSASL + "'><aborted/></failure>")
		default:
			err = &streamError{"not-authorized", "log in first"}
		}
	}
	return "", err
}

func (s *Server) authFeatures(l *link) string {
	var features string
	if !l.secure {
		features = "<starttls xmlns='" + nsTLS + "'>"
		if !s.config.Plain {
			features += "<required/>"
		}
		features += "</starttls>"
	}
	if l.secure || s.config.Plain {
		features += "<mechanisms xmlns='" + nsSASL + "'><mechanism>PLAIN</mechanism></mechanisms>"
	}
	return features
}

// authenticate is SASL PLAIN, RFC 4616. failure is a condition of RFC 6120 §6.5;
// "" is success.
func (s *Server) authenticate(l *link, d *decoder, el *stanza.Element) (name, failure string) {
	switch {
	case !l.secure && !s.config.Plain:
		return "", "encryption-required"
	case el.Attr("mechanism") != "PLAIN":
		return "", "invalid-mechanism"
	}
	text := el.Text()
	if text == "" { // no initial response: ask for it
		if err := l.say("<challenge xmlns='" + nsSASL + "'/>"); err != nil {
			return "", "temporary-auth-failure"
		}
		answer, _, err := d.next()
		if err != nil || answer.Local != "response" {
			return "", "aborted"
		}
		text = answer.Text()
	}
	plain, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return "", "incorrect-encoding"
	}
	parts := strings.Split(string(plain), "\x00")
	if len(parts) != 3 {
		return "", "malformed-request"
	}
	name = strings.ToLower(parts[1])
	password, known := s.config.Accounts[name]
	if subtle.ConstantTimeCompare([]byte(password), []byte(parts[2])) == 0 || !known {
		return "", "not-authorized"
	}
	if authz := parts[0]; authz != "" && !strings.EqualFold(authz, name+"@"+s.config.Host) {
		return "", "invalid-authzid"
	}
	return name, ""
}

// bind waits for the client to bind a resource. RFC 6120 §7.
func (s *Server) bind(l *link, d *decoder, name string) error {
	for {
		el, _, err := d.next()
		if err != nil {
			return err
		}
		request := el.Child(nsBind, "bind")
		if el.Local != "iq" || el.Attr("type") != "set" || request == nil {
			return &streamError{"not-authorized", "bind a resource first"}
		}
		resource := request.Child(nsBind, "resource").Text()
		if resource == "" {
			resource = rand.Text()
		}
		full, err := jid.New(name, s.config.Host, resource)
		if err != nil {
			if err := l.say("<iq type='error' id='" + escape(el.Attr("id")) + "'><error type='modify'><bad-request xmlns='" +
				stanza.Stanzas + "'/></error></iq>"); err != nil {
				return err
			}
			continue
		}
		if !s.do(func() { s.come(l, full, el.Attr("id")) }) {
			return io.EOF
		}
		return nil
	}
}
