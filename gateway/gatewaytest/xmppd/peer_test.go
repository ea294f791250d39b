package xmppd

import (
	"bufio"
	"crypto/sha1"
	"crypto/tls"
	"encoding/base64"
	"encoding/hex"
	"net"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A peer is the other end of a connection to the server.
type peer struct {
	t    *testing.T
	conn net.Conn
	dec  *decoder
	id   string // of the stream
}

func start(t *testing.T, c Config) *Server {
	c.Host, c.Component, c.Secret = "localhost", "irc.localhost", "secret"
	if c.Accounts == nil {
		c.Accounts = map[string]string{"alice": "a", "bob": "b"}
	}
	s := New(c)
	t.Cleanup(s.Close)
	return s
}

func connect(t *testing.T, serve func(net.Conn)) *peer {
	ours, theirs := net.Pipe()
	t.Cleanup(func() { ours.Close() })
	ours.SetDeadline(time.Now().Add(10 * time.Second))
	serve(theirs)
	return &peer{t: t, conn: ours}
}

func (p *peer) write(text string) {
	p.t.Helper()
	if _, err := p.conn.Write([]byte(text)); err != nil {
		p.t.Fatalf("write %q: %v", text, err)
	}
}

// open sends a stream header and reads the server's.
func (p *peer) open(ns, to string) {
	p.t.Helper()
	p.write("<stream:stream xmlns='" + ns + "' xmlns:stream='" + nsStream + "' to='" + to + "' version='1.0'>")
	p.dec = newDecoder(bufio.NewReader(p.conn), 1<<20)
	head, err := p.dec.header()
	if err != nil {
		p.t.Fatal(err)
	}
	p.id = head.Attr("id")
}

// next is the next element as text; an end of any sort is "END".
func (p *peer) next() string {
	_, raw, err := p.dec.next()
	if err != nil {
		return "END"
	}
	return raw
}

func (p *peer) expect(parts ...string) string {
	p.t.Helper()
	got := p.next()
	for _, part := range parts {
		if !strings.Contains(got, part) {
			p.t.Fatalf("got %s, without %s", got, part)
		}
	}
	return got
}

// shake logs a component in.
func (p *peer) shake(secret string) {
	p.t.Helper()
	p.open(nsComponent, "irc.localhost")
	sum := sha1.Sum([]byte(p.id + secret))
	p.write("<handshake>" + hex.EncodeToString(sum[:]) + "</handshake>")
}

func join(t *testing.T, s *Server) *peer {
	t.Helper()
	p := connect(t, s.ServeComponentConn)
	p.shake("secret")
	p.expect("<handshake")
	return p
}

// client logs in through TLS and binds.
func client(t *testing.T, s *Server, name, password, resource string) *peer {
	t.Helper()
	p := connect(t, s.ServeClientConn)
	p.open(nsClient, "localhost")
	p.expect("starttls", "required")
	p.startTLS()
	p.expect("PLAIN")
	p.plain(name, password)
	p.expect("success")
	p.open(nsClient, "localhost")
	p.expect("bind")
	p.write("<iq type='set' id='b'><bind xmlns='" + nsBind + "'><resource>" + resource + "</resource></bind></iq>")
	p.expect(name + "@localhost/" + resource)
	return p
}

func (p *peer) startTLS() {
	p.t.Helper()
	p.write("<starttls xmlns='" + nsTLS + "'/>")
	p.expect("proceed")
	p.conn = tls.Client(p.conn, &tls.Config{InsecureSkipVerify: true})
	p.open(nsClient, "localhost")
}

func (p *peer) plain(name, password string) {
	p.write("<auth xmlns='" + nsSASL + "' mechanism='PLAIN'>" +
		base64.StdEncoding.EncodeToString([]byte("\x00"+name+"\x00"+password)) + "</auth>")
}

// available sends presence and waits until it comes back.
func (p *peer) available() {
	p.t.Helper()
	p.write("<presence/>")
	p.expect("<presence")
}
