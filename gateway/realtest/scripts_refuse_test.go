//go:build e2e && linux

package realtest

import (
	"slices"
	"strings"
	"testing"

	"isthmus/xmppside/stanza"
)

// visitor is a Jabber user in a channel of their own: their connection stays while
// they are refused elsewhere.
func (p *pair) visitor(name string) *guest {
	p.t.Helper()
	g := p.jabber(name)
	lobby := p.address(p.name("#lobby"))
	g.JoinRoom(lobby, g.nick, "")
	return g
}

// refused has somebody knock in vain: the error has the id of the join, and the muc
// element by which clients tell what it is about.
func (g *guest) refused(password string, typ stanza.ErrorType, condition stanza.Condition) {
	g.t.Helper()
	id := g.Enter(g.p.room, g.nick, password)
	answer := g.Expect("to be refused", func(s *stanza.Stanza) bool { return isRefusal(s, id) })
	failed(g.p.t, answer, typ, condition)
	if answer.Child(nsMUC, "x") == nil {
		g.t.Errorf("a refusal without the element of MUC")
	}
	if from := answer.From.String(); from != g.p.in(g.nick) {
		g.t.Errorf("a refusal from %s", from)
	}
}

// scriptKey: the password of a room is the key of the channel.
func scriptKey(t *testing.T, p *pair) {
	dave, alice := p.founder("dave"), p.visitor("alice")
	dave.Send("MODE " + p.channel + " +k sesame")
	dave.Sync()
	alice.refused("", stanza.Auth, stanza.NotAuthorized)
	alice.refused("open", stanza.Auth, stanza.NotAuthorized)
	dave.Never("alice", By(alice.nick, "JOIN"))
	alice.JoinRoom(p.room, alice.nick, "sesame")
	dave.Expect("alice", By(alice.nick, "JOIN", p.channel))
	p.meet(alice, dave)
}

// scriptBan: a ban keeps out, until it is lifted.
func scriptBan(t *testing.T, p *pair) {
	dave, alice := p.founder("dave"), p.visitor("alice")
	dave.Send("MODE " + p.channel + " +b " + alice.nick + "!*@*")
	dave.Sync()
	alice.refused("", stanza.Auth, stanza.Forbidden)
	dave.Never("alice", By(alice.nick, "JOIN"))
	dave.Send("MODE " + p.channel + " -b " + alice.nick + "!*@*")
	dave.Sync()
	alice.JoinRoom(p.room, alice.nick, "")
	dave.Expect("alice", By(alice.nick, "JOIN", p.channel))
	p.meet(alice, dave)
}

// scriptInvite: a channel for the invited; an invitation arrives and lets in.
func scriptInvite(t *testing.T, p *pair) {
	dave, alice := p.founder("dave"), p.visitor("alice")
	dave.Send("MODE " + p.channel + " +i")
	dave.Sync()
	alice.refused("", stanza.Auth, stanza.RegistrationRequired)
	dave.Never("alice", By(alice.nick, "JOIN"))
	dave.Send("INVITE " + alice.nick + " " + p.channel)
	invite := alice.Expect("to be invited", func(s *stanza.Stanza) bool {
		return s.Kind == stanza.Message && s.From.String() == p.room && s.Child(nsMUCUser, "x").Child(nsMUCUser, "invite") != nil
	})
	if by := invite.Child(nsMUCUser, "x").Child(nsMUCUser, "invite").Attr("from"); by != p.private(dave.Nick) {
		t.Errorf("invited by %q", by)
	}
	alice.JoinRoom(p.room, alice.nick, "")
	dave.Expect("alice", By(alice.nick, "JOIN", p.channel))
	p.meet(alice, dave)

	bob, lobby := p.visitor("bob"), p.address(p.name("#lobby"))
	alice.Send(`<message to="` + Escape(lobby) + `"><x xmlns="` + nsMUCUser + `"><invite to="` + Escape(p.private(dave.Nick)) + `"/></x></message>`)
	dave.Expect("to be invited", By(alice.nick, "INVITE", dave.Nick, p.name("#lobby")))
	alice.Send(`<message to="` + Escape(p.room) + `"><x xmlns="` + nsMUCUser + `"><invite to="` + Escape(p.private(p.name("nobody"))) + `"/></x></message>`)
	alice.Expect("that there is nobody", all(bounced(""), exactly(p.room)))
	bob.refused("", stanza.Auth, stanza.RegistrationRequired)
}

// scriptFull: a full channel, until there is room.
func scriptFull(t *testing.T, p *pair) {
	dave, alice := p.founder("dave"), p.visitor("alice")
	dave.Send("MODE " + p.channel + " +l 1")
	dave.Sync()
	alice.refused("", stanza.Wait, stanza.ServiceUnavailable)
	dave.Never("alice", By(alice.nick, "JOIN"))
	dave.Send("MODE " + p.channel + " +l 5")
	dave.Sync()
	alice.JoinRoom(p.room, alice.nick, "")
	dave.Expect("alice", By(alice.nick, "JOIN", p.channel))
	p.meet(alice, dave)
}

// scriptBadName: a channel that the network cannot have.
func scriptBadName(t *testing.T, p *pair) {
	alice := p.visitor("alice")
	name := p.channel
	for len(name) < 300 {
		name += "x"
	}
	p.room = p.address(name)
	id := alice.Enter(p.room, alice.nick, "")
	answer := alice.Expect("to be refused", func(s *stanza.Stanza) bool { return isRefusal(s, id) })
	failed(t, answer, stanza.Modify, stanza.JIDMalformed)
}

// scriptForward: a full channel that sends those who come to another one. The network has
// put us there by then: we leave it again. Only InspIRCd forwards, by +L and +l, and from
// the channels that its configuration forbids.
func scriptForward(t *testing.T, p *pair) {
	dave, alice := p.founder("dave"), p.visitor("alice")
	other := p.name("#other")
	dave.Join(other, "")
	dave.Send("MODE " + p.channel + " +lL 1 " + other)
	if forwards := dave.Sync(); !slices.ContainsFunc(forwards, By(dave.Nick, "MODE", p.channel, "+lL")) {
		if p.network == "inspircd" {
			t.Fatalf("InspIRCd does not forward: %v", forwards)
		}
		t.Logf("%s knows no forwarding: the channel is full, and no more", p.network)
		alice.refused("", stanza.Wait, stanza.ServiceUnavailable)
		return
	}
	id := alice.Enter(p.room, alice.nick, "")
	answer := alice.Expect("to be sent elsewhere", func(s *stanza.Stanza) bool { return isRefusal(s, id) })
	failed(t, answer, stanza.Cancel, stanza.Gone)
	if uri := answer.Error().URI; !strings.HasPrefix(uri, "xmpp:%23other") || !strings.HasSuffix(uri, "?join") {
		t.Errorf("sent to %q", uri)
	}
	dave.Expect("alice in the other one", By(alice.nick, "JOIN", other))
	dave.Expect("her going", By(alice.nick, "PART", other))
	alice.JoinRoom(p.address(other), alice.nick, "")
	dave.Expect("alice", By(alice.nick, "JOIN", other))

	dave.Join("#elsewhere", "")
	id = alice.Enter(p.address("#denied"), alice.nick, "")
	answer = alice.Expect("to be sent away from what is forbidden", func(s *stanza.Stanza) bool { return isRefusal(s, id) })
	failed(t, answer, stanza.Cancel, stanza.Gone)
	if uri := answer.Error().URI; !strings.HasPrefix(uri, "xmpp:%23elsewhere") || !strings.HasSuffix(uri, "?join") {
		t.Errorf("sent to %q", uri)
	}
	dave.Expect("alice there", By(alice.nick, "JOIN", "#elsewhere"))
	dave.Expect("her going there", By(alice.nick, "PART", "#elsewhere"))
}
