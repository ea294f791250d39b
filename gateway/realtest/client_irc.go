//go:build linux

package realtest

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"
)

// An IRCLine is a line from an IRC server, split but not judged.
type IRCLine struct {
	Raw     string
	Tags    string // without the @
	From    string // without the colon
	Command string
	Params  []string
}

// Nick is the nickname in From, or the server's name.
func (l IRCLine) Nick() string {
	nick, _, _ := strings.Cut(l.From, "!")
	return nick
}

// Param is a parameter from 0; "" if there are fewer.
func (l IRCLine) Param(i int) string {
	if i < len(l.Params) {
		return l.Params[i]
	}
	return ""
}

// Is matches a command and its first parameters; a parameter "*" matches any.
func Is(command string, params ...string) func(IRCLine) bool {
	return func(l IRCLine) bool {
		if l.Command != command || len(l.Params) < len(params) {
			return false
		}
		for i, p := range params {
			if p != "*" && p != l.Params[i] {
				return false
			}
		}
		return true
	}
}

// By is Is, from a certain nick.
func By(nick, command string, params ...string) func(IRCLine) bool {
	is := Is(command, params...)
	return func(l IRCLine) bool { return l.Nick() == nick && is(l) }
}

// parseIRC splits a line by the message format of RFC 1459 §2.3.1 and IRCv3 message-tags.
func parseIRC(raw string) IRCLine {
	l := IRCLine{Raw: raw}
	rest := raw
	if tags, ok := strings.CutPrefix(rest, "@"); ok {
		l.Tags, rest, _ = strings.Cut(tags, " ")
	}
	if from, ok := strings.CutPrefix(rest, ":"); ok {
		l.From, rest, _ = strings.Cut(from, " ")
	}
	rest, last, hasLast := strings.Cut(rest, " :")
	words := strings.Fields(rest)
	if len(words) > 0 {
		l.Command, l.Params = words[0], words[1:]
	}
	if hasLast {
		l.Params = append(l.Params, last)
	}
	return l
}

// An IRCClient is a user on an IRC server. It answers pings; everything else waits
// to be asked for. Its methods belong to the goroutine of its test.
type IRCClient struct {
	Nick string // as it registered

	t     testing.TB
	conn  net.Conn
	log   *transcript
	heard *queue[IRCLine]
	syncs int
}

// Connect registers a user over an unencrypted connection.
func (s *IRCServer) Connect(t testing.TB, nick string) *IRCClient {
	t.Helper()
	return s.ConnectMany(t, nick)[0]
}

// ConnectMany registers several users at once.
func (s *IRCServer) ConnectMany(t testing.TB, nicks ...string) []*IRCClient {
	t.Helper()
	var clients []*IRCClient
	for _, nick := range nicks {
		clients = append(clients, DialIRC(t, s.Addr, nil, nick))
	}
	for _, c := range clients {
		c.registered()
	}
	return clients
}

// ConnectTLS registers a user over TLS; the certificate is verified.
func (s *IRCServer) ConnectTLS(t testing.TB, nick string) *IRCClient {
	t.Helper()
	c := DialIRC(t, s.TLSAddr, &tls.Config{RootCAs: s.Roots, ServerName: "localhost"}, nick)
	c.registered()
	return c
}

// DialIRC begins to register a user at an address, such as a relay's; without
// secure it does so without TLS. It does not wait for the answer.
func DialIRC(t testing.TB, address string, secure *tls.Config, nick string) *IRCClient {
	t.Helper()
	conn, err := net.DialTimeout("tcp", address, Patience)
	if err != nil {
		t.Fatal(err)
	}
	if secure != nil {
		conn = tls.Client(conn, secure)
	}
	c := &IRCClient{Nick: nick, t: t, conn: conn, log: newTranscript(t, nick), heard: newQueue[IRCLine]()}
	done := make(chan struct{})
	go func() {
		defer close(done)
		c.read()
	}()
	t.Cleanup(func() {
		_ = conn.Close()
		<-done
	})
	c.Send("NICK " + nick)
	c.Send("USER " + nick + " 0 * :" + nick)
	return c
}

func (c *IRCClient) registered() {
	c.t.Helper()
	c.Expect("the end of the welcome", func(l IRCLine) bool { return l.Command == "376" || l.Command == "422" })
	c.Sync()
}

// read is the goroutine that owns the reading side; it ends with the connection.
func (c *IRCClient) read() {
	in := bufio.NewReader(c.conn)
	for {
		raw, err := in.ReadString('\n')
		if err != nil {
			c.heard.end(err)
			return
		}
		line := parseIRC(strings.TrimRight(raw, "\r\n"))
		c.log.note("< ", line.Raw)
		if line.Command == "PING" {
			c.Send("PONG :" + line.Param(0))
		} else {
			c.heard.push(line)
		}
	}
}

// Send sends one line. A failure shows as the end of the connection.
func (c *IRCClient) Send(line string) {
	c.log.note("> ", line)
	_ = c.conn.SetWriteDeadline(time.Now().Add(Patience))
	_, _ = c.conn.Write([]byte(line + "\r\n"))
}

// Expect waits for the first line that matches and takes it; those before it stay.
func (c *IRCClient) Expect(what string, match func(IRCLine) bool) IRCLine {
	c.t.Helper()
	i, err := c.heard.find(match)
	if err != nil {
		c.t.Fatalf("%s expects %s: %v", c.Nick, what, err)
	}
	return c.heard.take(i+1, match)[0]
}

// Await sends a line again and again until the server answers as it should.
func (c *IRCClient) Await(line string, match func(IRCLine) bool) {
	c.t.Helper()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(Patience); time.Now().Before(deadline); <-tick.C {
		c.Send(line)
		for _, l := range c.Sync() {
			if match(l) {
				return
			}
		}
	}
	c.t.Fatalf("%s gets no answer to %s", c.Nick, line)
}

// ping asks the server for a sign and waits for it. Everything that it had sent by
// then are the first n lines of the queue.
func (c *IRCClient) ping() (n int) {
	c.t.Helper()
	c.syncs++
	token := fmt.Sprintf("sync-%d", c.syncs)
	c.Send("PING :" + token)
	pong := Is("PONG", "*", token)
	n, err := c.heard.find(pong)
	if err != nil {
		c.t.Fatalf("%s pings: %v", c.Nick, err)
	}
	c.heard.take(n+1, pong)
	return n
}

// Sync waits until the server has handled all that was sent, and takes every line
// that came until then.
func (c *IRCClient) Sync() []IRCLine {
	c.t.Helper()
	return c.heard.take(c.ping(), func(IRCLine) bool { return true })
}

// Never says that no line matches among those that the server has sent so far. It
// takes none.
func (c *IRCClient) Never(what string, match func(IRCLine) bool) {
	c.t.Helper()
	for _, line := range c.heard.first(c.ping()) {
		if match(line) {
			c.t.Fatalf("%s should not get %s: %s", c.Nick, what, line.Raw)
		}
	}
}

// Join joins a channel, with a key if it is not "", waits for the end of the names
// and takes all lines until then. A refusal fails the test.
func (c *IRCClient) Join(channel, key string) []IRCLine {
	c.t.Helper()
	c.Send("JOIN " + channel + " " + key)
	lines := c.Sync()
	for _, line := range lines {
		if line.Command == "366" {
			return lines
		}
	}
	c.t.Fatalf("%s cannot join %s: %v", c.Nick, channel, lines)
	return nil
}

// Say sends a message to a channel or a nick.
func (c *IRCClient) Say(target, text string) { c.Send("PRIVMSG " + target + " :" + text) }

// Oper makes the user an operator of the server.
func (c *IRCClient) Oper() {
	c.t.Helper()
	c.Send("OPER oper " + OperPassword)
	c.Expect("to be operator", Is("381"))
}

// ExpectEnd waits until the server has closed the connection.
func (c *IRCClient) ExpectEnd() {
	c.t.Helper()
	expectEnd(c.t, c.Nick, c.heard)
}

// Quit leaves the network and waits for the server to close the connection.
func (c *IRCClient) Quit() {
	c.t.Helper()
	c.Send("QUIT :bye")
	c.ExpectEnd()
	_ = c.conn.Close()
}

// Drop closes the connection without a word.
func (c *IRCClient) Drop() { _ = c.conn.Close() }
