//go:build e2e && linux

package realtest

import (
	"fmt"
	"testing"

	"isthmus/xmppside/stanza"
)

// scriptNick: changes of nick both ways. A nick is the network's: all rooms follow.
func scriptNick(t *testing.T, p *pair) {
	dave, alice := p.founder("dave"), p.member("alice")
	lobby := p.address(p.name("#lobby"))
	alice.JoinRoom(lobby, alice.nick, "")
	anna := p.name("anna")
	alice.Send(fmt.Sprintf(`<presence to="%s" id="nick"/>`, Escape(p.in(anna))))
	for _, room := range []string{p.room, lobby} {
		old := alice.Expect("her old nick to go", all(Presence("unavailable", room+"/"+alice.nick), codes("110", "303")))
		if next := Item(old).Attr("nick"); next != anna {
			t.Errorf("in %s her next nick is %q", room, next)
		}
		alice.Expect("her new nick", all(Presence("", room+"/"+anna), codes("110")))
	}
	dave.Expect("alice to be anna", By(alice.nick, "NICK", anna))
	alice.nick = anna
	p.meet(alice, dave)

	davy := p.name("davy")
	dave.Send("NICK " + davy)
	old := alice.Expect("dave to be davy", all(Presence("unavailable", p.in(dave.Nick)), codes("303")))
	if next := Item(old).Attr("nick"); next != davy {
		t.Errorf("his next nick is %q", next)
	}
	alice.Expect("davy", all(Presence("", p.in(davy)), codes(), standing("moderator", p.ircd.op)))
	dave.Nick = davy
	p.meet(alice, dave)
}

// scriptBadNick: nicks that the network refuses, on joining and later.
func scriptBadNick(t *testing.T, p *pair) {
	dave, alice := p.founder("dave"), p.member("alice")
	refuse := func(nick string, typ stanza.ErrorType, condition stanza.Condition) {
		t.Helper()
		alice.Send(fmt.Sprintf(`<presence to="%s" id="to-%s"/>`, Escape(p.in(nick)), nick))
		failed(t, alice.Expect("a refusal", func(s *stanza.Stanza) bool { return isRefusal(s, "to-"+nick) }), typ, condition)
		p.meet(alice, dave)
		dave.Never("a change of nick", Is("NICK"))
		alice.Never("a change of nick", p.room, func(s *stanza.Stanza) bool { return HasCode(s, "303") })
	}
	refuse(dave.Nick, stanza.Cancel, stanza.Conflict)

	bob := p.jabber("bob")
	got := bob.JoinRoom(p.room, dave.Nick, "")
	self := got[len(got)-2]
	if !codes("110", "210")(self) || self.From.Resource() == dave.Nick {
		t.Errorf("who asks for dave's nick is %v", self.From)
	}
	dave.Expect("bob", By(self.From.Resource(), "JOIN", p.channel))

	if p.ircd.reserve == "" {
		return // its 432 is for what is too long alone: see scriptNearest
	}
	root, kept := p.plain("root"), p.name("kept")
	root.Oper()
	root.Send(fmt.Sprintf(p.ircd.reserve, kept))
	root.Sync()
	refuse(kept, stanza.Modify, stanza.NotAcceptable)
	carl := p.jabber("carl")
	got = carl.JoinRoom(p.room, kept, "")
	self = got[len(got)-2]
	if !codes("110", "210")(self) || self.From.Resource() == kept {
		t.Errorf("who asks for a reserved nick is %v", self.From)
	}
	dave.Expect("carl", By(self.From.Resource(), "JOIN", p.channel))
}

// scriptKick: kicks both ways. XEP-0045 §8.2
func scriptKick(t *testing.T, p *pair) {
	dave, alice, bob := p.founder("dave"), p.member("alice"), p.member("bob")
	erin := p.plain("erin")
	erin.Join(p.channel, "")
	dave.Send("KICK " + p.channel + " " + bob.nick + " :that will do")
	for _, g := range []*guest{bob, alice} {
		want := codes("307")
		if g == bob {
			want = codes("110", "307")
		}
		kick := g.Expect("bob's kick", all(Presence("unavailable", p.in(bob.nick)), want, standing("none", "none")))
		actor, reason := Item(kick).Child(nsMUCUser, "actor"), Item(kick).Child(nsMUCUser, "reason")
		if actor.Attr("nick") != dave.Nick || reason.Text() != "that will do" {
			t.Errorf("kicked by %q for %q", actor.Attr("nick"), reason.Text())
		}
	}
	dave.Expect("the kick", By(dave.Nick, "KICK", p.channel, bob.nick))
	id := bob.Say(p.room, "still here?")
	failed(t, bob.Expect("not to be in", bounced(id)), stanza.Modify, stanza.NotAcceptable)
	dave.Never("bob's words", By(bob.nick, "PRIVMSG"))

	const kick = `<item nick="%s" role="none"><reason>and &lt;you&gt;</reason></item>`
	failed(t, alice.admin(fmt.Sprintf(kick, erin.Nick)), stanza.Auth, stanza.Forbidden)
	dave.Send("MODE " + p.channel + " +o " + alice.nick)
	alice.Expect("to be operator", standing("moderator", p.ircd.op))
	done(t, alice.admin(fmt.Sprintf(kick, erin.Nick)))
	alice.Expect("erin's kick", all(Presence("unavailable", p.in(erin.Nick)), codes("307")))
	erin.Expect("her kick", By(alice.nick, "KICK", p.channel, erin.Nick, "and <you>"))
	failed(t, alice.admin(fmt.Sprintf(kick, erin.Nick)), stanza.Cancel, stanza.ItemNotFound)

	bob.JoinRoom(p.room, bob.nick, "")
	dave.Expect("bob again", By(bob.nick, "JOIN", p.channel))
}

// scriptAway: who is away is seen to be, both ways, as far as the network tells.
func scriptAway(t *testing.T, p *pair) {
	dave := p.founder("dave")
	dave.Send("AWAY :asleep")
	dave.Sync()
	alice := p.member("alice")
	alice.Expect("dave away", all(Presence("", p.in(dave.Nick)), show("away")))
	alice.Message("chat", p.in(dave.Nick), "are you there?")
	dave.Expect("alice's words", By(alice.nick, "PRIVMSG", dave.Nick, "are you there?"))
	alice.Expect("that he is away", Body("chat", p.in(dave.Nick), "[away] asleep"))
	alice.Message("chat", p.in(dave.Nick), "hello?")
	dave.Expect("alice's words", By(alice.nick, "PRIVMSG", dave.Nick, "hello?"))
	p.meet(alice, dave)
	alice.Never("to be told again", p.room, Body("chat", p.in(dave.Nick), "[away] asleep"))
	if p.ircd.awayNotify {
		dave.Send("AWAY")
		alice.Expect("dave back", all(Presence("", p.in(dave.Nick)), show(""), standing("moderator", p.ircd.op)))
		dave.Send("AWAY :gone")
		alice.Expect("dave away again", all(Presence("", p.in(dave.Nick)), show("away"), func(s *stanza.Stanza) bool {
			return s.Child("", "status").Text() == "gone"
		}))
	}

	presence := func(g *guest, show string) {
		g.Send(fmt.Sprintf(`<presence to="%s">%s</presence>`, Escape(p.in(alice.nick)), show))
		g.Sync(p.room)
	}
	phone := p.resource(alice.nick, "phone")
	phone.JoinRoom(p.room, alice.nick, "")
	presence(alice, `<show>away</show><status>lunch</status>`)
	p.meet(alice, dave)
	dave.Say(alice.nick, "are you?")
	alice.Expect("dave's words", Body("chat", p.in(dave.Nick), "are you?"))
	dave.Never("her to be away while her phone is not", Is("301"))
	presence(phone, `<show>xa</show><status>lunch</status>`)
	p.meet(phone, dave)
	dave.Say(alice.nick, "and now?")
	if text := dave.Expect("her to be away", Is("301", dave.Nick, alice.nick)).Param(2); text != "lunch" {
		t.Errorf("she is away for %q", text)
	}
	presence(alice, ``)
	p.meet(alice, dave)
	dave.Say(alice.nick, "back?")
	dave.Never("her to be away", Is("301"))
}
