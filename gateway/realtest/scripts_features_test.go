//go:build e2e && linux

package realtest

import (
	"fmt"
	"strings"
	"testing"

	"isthmus/xmppside/stanza"
)

// able answers what the gateway asks a client that it can do.
func (g *guest) able(features ...string) {
	g.t.Helper()
	q := g.Expect("to be asked what it can do", func(s *stanza.Stanza) bool {
		return s.Kind == stanza.IQ && s.Type == "get" && s.Child(nsInfo, "query") != nil
	})
	var list strings.Builder
	for _, f := range features {
		fmt.Fprintf(&list, `<feature var="%s"/>`, f)
	}
	g.Send(fmt.Sprintf(`<iq type="result" to="%s" id="%s"><query xmlns="%s"><identity category="client" type="pc"/>%s</query></iq>`,
		Escape(q.From.String()), q.ID, nsInfo, list.String()))
}

// sends sends a message to the script's room and returns its id.
func (g *guest) sends(content string) string {
	id := g.newID()
	g.Send(fmt.Sprintf(`<message type="groupchat" to="%s" id="%s">%s</message>`, Escape(g.p.room), id, content))
	return id
}

// holds matches a message of the room that holds an element.
func holds(space, local string) seen {
	return func(s *stanza.Stanza) bool { return s.Kind == stanza.Message && s.Child(space, local) != nil }
}

// scriptFeatures: what a message holds besides words reaches other Jabber users, and no
// user of IRC; a room requires features, and sends away who lacks them.
func scriptFeatures(t *testing.T, p *pair) {
	const xhtml, reactions, poll = "http://jabber.org/protocol/xhtml-im", "urn:xmpp:reactions:0", "urn:example:poll"
	dave, alice := p.founder("dave"), p.member("alice")
	alice.able(xhtml, reactions)
	bob := p.member("bob")
	bob.able(xhtml, reactions, poll)
	dave.Expect("bob", By(bob.nick, "JOIN", p.channel))
	p.meet(bob, dave) // bob's answer is taken in

	id := alice.sends(`<body>so be it</body><html xmlns="` + xhtml + `"><body xmlns="http://www.w3.org/1999/xhtml">so <b>be</b> it</body></html>`)
	if s := bob.Expect("her words", Body("groupchat", p.in(alice.nick), "so be it")); s.ID != id || s.Child(xhtml, "html") == nil {
		t.Errorf("they come as %s, not %s, and with %v", s.ID, id, s.Children)
	}
	dave.Expect("her words", By(alice.nick, "PRIVMSG", p.channel, "so \x02be\x02 it"))
	alice.sends(`<reactions xmlns="` + reactions + `" id="x"><reaction>:-)</reaction></reactions>`)
	bob.Expect("her reaction", holds(reactions, "reactions"))
	alice.Expect("her own reaction", holds(reactions, "reactions"))
	p.meet(alice, dave)
	dave.Never("a reaction", Is("PRIVMSG"))

	dave.Send("MODE " + p.channel + " +o " + bob.nick)
	bob.Expect("to be an operator", all(Presence("", p.in(bob.nick)), standing("moderator", p.ircd.op)))
	bob.Message("chat", p.network+"@"+Component, "require "+p.channel+" "+poll)
	bob.Expect("the room to have changed", all(func(s *stanza.Stanza) bool { return s.Kind == stanza.Message }, codes("104")))
	alice.Expect("to be sent away", all(Presence("unavailable", p.in(alice.nick)), codes("110", "307")))
	dave.Expect("alice to go", By(alice.nick, "PART", p.channel))

	carol := p.jabber("carol")
	entry := carol.Enter(p.room, carol.nick, "")
	carol.able(xhtml)
	refusal := carol.Expect("to be refused", func(s *stanza.Stanza) bool { return isRefusal(s, entry) })
	failed(t, refusal, stanza.Modify, stanza.NotAcceptable)
	if app := refusal.Error().App; app == nil || app.Child(app.Space, "feature").Attr("var") != poll {
		t.Errorf("what is missing is not told: %+v", app)
	}
	p.meet(bob, dave)
	dave.Never("carol", By(carol.nick, "JOIN", p.channel))
	id = bob.sends(`<body>secret</body><encrypted xmlns="urn:xmpp:omemo:2"/>`)
	failed(t, bob.Expect("to be refused", bounced(id)), stanza.Modify, stanza.NotAcceptable)
}
