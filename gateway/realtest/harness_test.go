//go:build e2e && linux

package realtest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"isthmus/xmppside/stanza"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestXMPPServers(t *testing.T) {
	for _, kind := range XMPPKinds() {
		t.Run(kind.Name, func(t *testing.T) {
			s := kind.Start(t)
			t.Run("message", func(t *testing.T) { testMessage(t, s) })
			t.Run("room", func(t *testing.T) { testRoom(t, s) })
			t.Run("component away", func(t *testing.T) { testAway(t, s) })
			t.Run("restart", func(t *testing.T) {
				carol := s.Login(t, "carol", "desk")
				s.Restart(t)
				carol.ExpectEnd()
				testMessage(t, s)
			})
			t.Run("killed", func(t *testing.T) {
				s.Kill(t)
				s.Start(t)
				testMessage(t, s)
			})
		})
	}
}

// testMessage passes a message between two accounts.
func testMessage(t *testing.T, s *XMPPServer) {
	alice, bob := s.Login(t, "alice", "desk"), s.Login(t, "bob", "desk")
	bob.Sync(Domain)
	alice.Message("chat", bob.JID.String(), "hello <&> \"bob\" é")
	bob.Expect("alice's words", Body("chat", alice.JID.String(), "hello <&> \"bob\" é"))
	alice.Never("her own words", Domain, Body("chat", alice.JID.String(), "hello <&> \"bob\" é"))
	alice.Logout()
	bob.Logout()
}

// testRoom has two accounts in a room of the server's own.
func testRoom(t *testing.T, s *XMPPServer) {
	const room = "lounge@" + Rooms
	alice, bob := s.Login(t, "alice", "desk"), s.Login(t, "bob", "desk")
	alice.JoinRoom(room, "ann", "")
	// A new room is locked until it has been configured. XEP-0045 §10.1.2.
	unlock := alice.IQ("set", room, `<query xmlns="http://jabber.org/protocol/muc#owner"><x xmlns="jabber:x:data" type="submit"/></query>`)
	if unlock.Type != "result" {
		t.Fatalf("configuration: %+v", unlock)
	}
	all := bob.JoinRoom(room, "rob", "")
	ann := slices.IndexFunc(all, Presence("", room+"/ann"))
	self := slices.IndexFunc(all, func(s *stanza.Stanza) bool { return HasCode(s, "110") })
	if ann < 0 || self < ann || Item(all[ann]).Attr("role") == "" {
		t.Errorf("ann came as number %d, we as %d", ann, self)
	}
	alice.Expect("bob", Presence("", room+"/rob"))
	bob.Say(room, "hi all")
	alice.Expect("bob's words", Body("groupchat", room+"/rob", "hi all"))
	if e := s.Login(t, "carol", "desk").Refused(room, "ann", ""); e.Condition != stanza.Conflict {
		t.Errorf("a nick that is taken: %v", e)
	}
	bob.Leave(room, "rob")
	alice.Expect("bob to go", Presence("unavailable", room+"/rob"))
	alice.Leave(room, "ann")
}

// testAway asks the component that is not there.
func testAway(t *testing.T, s *XMPPServer) {
	answer := s.Login(t, "alice", "desk").IQ("get", Component, `<ping xmlns="urn:xmpp:ping"/>`)
	if answer.Type != "error" {
		t.Errorf("nobody is there, yet it answers %+v", answer)
	}
}

func TestIRCServers(t *testing.T) {
	for _, kind := range IRCKinds() {
		t.Run(kind.Name, func(t *testing.T) {
			s := kind.Start(t, IRCOptions{})
			t.Run("channel", func(t *testing.T) { testChannel(t, s) })
			t.Run("operator", func(t *testing.T) { s.Connect(t, "root").Oper() })
			t.Run("length of nicks", func(t *testing.T) {
				c := DialIRC(t, s.Addr, nil, strings.Repeat("n", s.NickLen))
				want := fmt.Sprintf("NICKLEN=%d", s.NickLen)
				c.Expect(want, func(l IRCLine) bool { return l.Command == "005" && slices.Contains(l.Params, want) })
			})
			t.Run("many", func(t *testing.T) { testMany(t, s) })
			t.Run("restart", func(t *testing.T) {
				dave := s.Connect(t, "dave")
				s.Restart(t)
				dave.ExpectEnd()
				testChannel(t, s)
			})
		})
	}
}

// testChannel has two users in a channel, one of them over TLS.
func testChannel(t *testing.T, s *IRCServer) {
	dave, erin := s.Connect(t, "dave"), s.ConnectTLS(t, "erin")
	dave.Join("#lounge", "")
	erin.Join("#lounge", "")
	dave.Expect("erin", By("erin", "JOIN"))
	dave.Say("#lounge", "hello: all")
	erin.Expect("dave's words", By("dave", "PRIVMSG", "#lounge", "hello: all"))
	dave.Never("his own words", By("dave", "PRIVMSG"))
	erin.Quit()
	dave.Expect("erin to go", By("erin", "QUIT"))
	dave.Quit()
}

// testMany fills a channel, and is not slowed down.
func testMany(t *testing.T, s *IRCServer) {
	var nicks []string
	for i := range 100 {
		nicks = append(nicks, fmt.Sprintf("n%d", i))
	}
	watch := s.Connect(t, "watch")
	watch.Join("#crowd", "")
	for _, c := range s.ConnectMany(t, nicks...) {
		c.Join("#crowd", "")
		for i := range 20 {
			c.Say("#crowd", fmt.Sprint("word ", i))
		}
	}
	for _, nick := range nicks {
		watch.Expect("the last word of "+nick, By(nick, "PRIVMSG", "#crowd", "word 19"))
	}
}

func TestNetsplit(t *testing.T) {
	hub := StartInspIRCd(t, IRCOptions{})
	leaf := StartLeaf(t, hub, IRCOptions{})
	dave := hub.Connect(t, "dave")
	dave.Join("#split", "")
	for range 2 {
		erin := leaf.Connect(t, "erin")
		erin.Join("#split", "")
		dave.Expect("erin", By("erin", "JOIN"))
		leaf.Kill(t)
		quit := dave.Expect("erin to be split off", By("erin", "QUIT"))
		if want := hubName + " " + leafName; quit.Param(0) != want && quit.Param(0) != "*.net *.split" {
			t.Errorf("reason %q, not %q", quit.Param(0), want)
		}
		leaf.Start(t)
		leaf.AwaitLink(t)
	}
}

func TestRelay(t *testing.T) {
	s := StartInspIRCd(t, IRCOptions{})
	relay := NewRelay(t, s.Addr)
	watch := s.Connect(t, "watch")
	watch.Join("#relay", "")
	dave := DialIRC(t, relay.Addr, nil, "dave")
	dave.registered()
	dave.Join("#relay", "")
	watch.Expect("dave", By("dave", "JOIN"))
	relay.Block()
	dave.ExpectEnd()
	watch.Expect("dave to go", By("dave", "QUIT"))
	DialIRC(t, relay.Addr, nil, "erin").ExpectEnd()
	relay.Unblock()
	frank := DialIRC(t, relay.Addr, nil, "frank")
	frank.registered()
	relay.Cut()
	frank.ExpectEnd()
}

func TestExitStatus(t *testing.T) {
	p := &Process{Name: "sh", Dir: newDir(t, "sh"), argv: []string{"/bin/sh", "-c", "echo bye; exit 7"}}
	p.run(t)
	<-p.ended
	if status, log := p.Stop(t), p.Log(t); status != 7 || log != "bye\n" {
		t.Errorf("status %d, log %q", status, log)
	}
	if status := p.Stop(t); status != -1 {
		t.Errorf("status %d of what does not run", status)
	}
}
