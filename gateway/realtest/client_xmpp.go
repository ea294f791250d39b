//go:build linux

package realtest

import (
	"fmt"
	"net"
	"strconv"
	"testing"
	"time"

	"isthmus/xmppside/jid"
	"isthmus/xmppside/stanza"
)

// An XMPPClient is a user's client with its own resource. It answers nothing of
// itself, not even a ping. Its methods belong to the goroutine of its test.
type XMPPClient struct {
	JID jid.JID

	t     testing.TB
	conn  net.Conn
	log   *transcript
	heard *queue[*stanza.Stanza]
	ids   int
}

// Login logs an account in and sends its presence.
func (s *XMPPServer) Login(t testing.TB, user, resource string) *XMPPClient {
	t.Helper()
	c := DialXMPP(t, s.C2S, user, resource)
	c.Send("<presence/>")
	return c
}

// DialXMPP logs an account in at an address, such as a relay's; it is not available
// until it sends presence.
func DialXMPP(t testing.TB, address, user, resource string) *XMPPClient {
	t.Helper()
	conn, err := net.DialTimeout("tcp", address, Patience)
	if err != nil {
		t.Fatal(err)
	}
	who := user + "@" + Domain + "/" + resource
	c := &XMPPClient{t: t, conn: conn, log: newTranscript(t, who), heard: newQueue[*stanza.Stanza]()}
	done := make(chan struct{})
	t.Cleanup(func() {
		_ = conn.Close()
		<-done
	})
	s, err := c.login(user, resource)
	if err != nil {
		close(done)
		t.Fatalf("%s cannot log in: %v", who, err)
	}
	go func() {
		defer close(done)
		c.heard.end(s.readAll(c.heard.push))
	}()
	return c
}

// Send sends XML as it is. A failure shows as the end of the connection.
func (c *XMPPClient) Send(xml string) {
	c.log.note("> ", xml)
	_ = c.conn.SetWriteDeadline(time.Now().Add(Patience))
	_, _ = c.conn.Write([]byte(xml))
}

// Expect waits for the first stanza that matches and takes it; those before it stay.
func (c *XMPPClient) Expect(what string, match func(*stanza.Stanza) bool) *stanza.Stanza {
	c.t.Helper()
	i, err := c.heard.find(match)
	if err != nil {
		c.t.Fatalf("%v expects %s: %v", c.JID, what, err)
	}
	return c.heard.take(i+1, match)[0]
}

// IQ sends a request and returns its answer, which may be an error.
func (c *XMPPClient) IQ(typ, to, payload string) *stanza.Stanza {
	c.t.Helper()
	id := c.newID()
	c.Send(fmt.Sprintf(`<iq type="%s" to="%s" id="%s">%s</iq>`, typ, Escape(to), id, payload))
	return c.Expect("an answer to "+id, answerTo(id))
}

// newID is an id that this client has not used.
func (c *XMPPClient) newID() string {
	c.ids++
	return "id-" + strconv.Itoa(c.ids)
}

func answerTo(id string) func(*stanza.Stanza) bool {
	return func(s *stanza.Stanza) bool {
		return s.Kind == stanza.IQ && s.ID == id && (s.Type == "result" || s.Type == "error")
	}
}

// ping asks somebody for a sign and waits for it, or for an error. Everything that
// came before it are the first n stanzas of the queue.
func (c *XMPPClient) ping(to string) (n int) {
	c.t.Helper()
	id := c.newID()
	c.Send(fmt.Sprintf(`<iq type="get" to="%s" id="%s"><ping xmlns="urn:xmpp:ping"/></iq>`, Escape(to), id))
	n, err := c.heard.find(answerTo(id))
	if err != nil {
		c.t.Fatalf("%v pings %s: %v", c.JID, to, err)
	}
	c.heard.take(n+1, answerTo(id))
	return n
}

// Sync waits until whoever has the address to has handled all that was sent to it
// before, and takes every stanza that came until then.
func (c *XMPPClient) Sync(to string) []*stanza.Stanza {
	c.t.Helper()
	return c.heard.take(c.ping(to), func(*stanza.Stanza) bool { return true })
}

// Never says that no stanza matches among those that came before the answer of
// whoever has the address to. It takes none.
func (c *XMPPClient) Never(what, to string, match func(*stanza.Stanza) bool) {
	c.t.Helper()
	for _, s := range c.heard.first(c.ping(to)) {
		if match(s) {
			c.t.Fatalf("%v should not get %s: %+v", c.JID, what, s)
		}
	}
}

// AwaitComponent pings a component until it answers.
func (c *XMPPClient) AwaitComponent(domain string) {
	c.t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(Patience); time.Now().Before(deadline); <-tick.C {
		if c.IQ("get", domain, `<ping xmlns="urn:xmpp:ping"/>`).Type == "result" {
			return
		}
	}
	c.t.Fatalf("%s does not answer", domain)
}

// Enter asks to enter a room, with a password if it is not "", and returns the id
// of the request. It does not wait for the answer. XEP-0045 §7.2.
func (c *XMPPClient) Enter(room, nick, password string) (id string) {
	id = c.newID()
	if password != "" {
		password = "<password>" + Escape(password) + "</password>"
	}
	c.Send(fmt.Sprintf(`<presence to="%s" id="%s"><x xmlns="%s">%s</x></presence>`, Escape(room+"/"+nick), id, nsMUC, password))
	return id
}

// JoinRoom enters a room and takes all that comes from it up to the subject, which
// ends a join. A refusal fails the test.
func (c *XMPPClient) JoinRoom(room, nick, password string) []*stanza.Stanza {
	c.t.Helper()
	id := c.Enter(room, nick, password)
	ours := func(s *stanza.Stanza) bool { return s.From.Bare().String() == room }
	n, err := c.heard.find(func(s *stanza.Stanza) bool { return ours(s) && (isSubject(s) || isRefusal(s, id)) })
	if err != nil {
		c.t.Fatalf("%v joins %s: %v", c.JID, room, err)
	}
	all := c.heard.take(n+1, ours)
	if e := all[len(all)-1].Error(); e != nil {
		c.t.Fatalf("%v joins %s: %v", c.JID, room, e)
	}
	return all
}

// Refused enters a room that is expected not to let us in, and returns why.
func (c *XMPPClient) Refused(room, nick, password string) *stanza.Error {
	c.t.Helper()
	id := c.Enter(room, nick, password)
	return c.Expect("a refusal from "+room, func(s *stanza.Stanza) bool { return isRefusal(s, id) }).Error()
}

// Say sends a message to a room and returns its id.
func (c *XMPPClient) Say(room, body string) (id string) { return c.Message("groupchat", room, body) }

// Message sends a message of some type and returns its id.
func (c *XMPPClient) Message(typ, to, body string) (id string) {
	id = c.newID()
	c.Send(fmt.Sprintf(`<message type="%s" to="%s" id="%s"><body>%s</body></message>`, typ, Escape(to), id, Escape(body)))
	return id
}

// Leave leaves a room and waits until it says that we are out. XEP-0045 §7.14.
func (c *XMPPClient) Leave(room, nick string) *stanza.Stanza {
	c.t.Helper()
	c.Send(fmt.Sprintf(`<presence to="%s" type="unavailable"/>`, Escape(room+"/"+nick)))
	return c.Expect("to be out of "+room, func(s *stanza.Stanza) bool {
		return s.Type == "unavailable" && s.From.Bare().String() == room && HasCode(s, "110")
	})
}

// ExpectEnd waits until the server has closed the connection.
func (c *XMPPClient) ExpectEnd() {
	c.t.Helper()
	expectEnd(c.t, c.JID.String(), c.heard)
}

// Logout ends the stream and waits for the server to do so too.
func (c *XMPPClient) Logout() {
	c.t.Helper()
	c.Send("</stream:stream>")
	c.ExpectEnd()
	_ = c.conn.Close()
}

// Drop closes the connection without a word.
func (c *XMPPClient) Drop() { _ = c.conn.Close() }
