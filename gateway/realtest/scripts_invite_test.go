//go:build e2e && linux

package realtest

import (
	"fmt"
	"testing"

	"isthmus/xmppside/form"
	"isthmus/xmppside/stanza"
)

// invite has somebody ask an address into the script's room.
func (g *guest) invite(to, reason string) {
	g.Send(fmt.Sprintf(`<message to="%s" id="%s"><x xmlns="%s"><invite to="%s"><reason>%s</reason></invite></x></message>`,
		Escape(g.p.room), g.newID(), nsMUCUser, Escape(to), reason))
}

// decline says that somebody does not come.
func (g *guest) decline(room, to, reason string) {
	g.Send(fmt.Sprintf(`<message to="%s" id="%s"><x xmlns="%s"><decline to="%s"><reason>%s</reason></decline></x></message>`,
		Escape(room), g.newID(), nsMUCUser, Escape(to), reason))
}

// mediated matches an invitation, or the refusal of one, that a room passes on.
func mediated(name, room, from, reason string) seen {
	return func(s *stanza.Stanza) bool {
		e := s.Child(nsMUCUser, "x").Child(nsMUCUser, name)
		return s.Kind == stanza.Message && s.From.String() == room && e != nil &&
			e.Attr("from") == from && e.Child(nsMUCUser, "reason").Text() == reason
	}
}

// scriptInviteBoth: invitations both ways, and what comes back.
func scriptInviteBoth(t *testing.T, p *pair) {
	dave, alice, bob, carol := p.founder("dave"), p.member("alice"), p.visitor("bob"), p.jabber("carol")
	own := func(g *guest) string { return g.JID.Bare().String() }

	alice.invite(own(bob), "come")
	bob.Expect("to be invited", mediated("invite", p.room, own(alice), "come"))
	bob.Never("a second invitation", p.address(p.name("#lobby")), mediated("invite", p.room, p.private(alice.nick), ""))
	bob.decline(p.room, own(alice), "no time")
	alice.Expect("that bob does not come", mediated("decline", p.room, own(bob), "no time"))
	alice.invite(own(carol), "you too")
	carol.Expect("to be invited", mediated("invite", p.room, own(alice), "you too"))

	dave.Send("MODE " + p.channel + " +io " + alice.nick)
	alice.Expect("to be operator", all(Presence("", p.in(alice.nick)), standing("moderator", p.ircd.op)))
	alice.invite(own(bob), "")
	bob.Expect("to be invited", mediated("invite", p.room, own(alice), ""))
	bob.JoinRoom(p.room, bob.nick, "")
	alice.invite(own(carol), "")
	carol.Expect("to be invited, and on the list", mediated("invite", p.room, own(alice), ""))
	carol.JoinRoom(p.room, carol.nick, "")

	erin := p.plain("erin")
	alice.Send(fmt.Sprintf(`<message to="%s"><x xmlns="jabber:x:conference" jid="%s" reason="for you"/></message>`,
		Escape(p.private(erin.Nick)), Escape(p.room)))
	erin.Expect("to be invited", By(alice.nick, "INVITE", erin.Nick, p.channel))
	erin.Expect("why", By(alice.nick, "NOTICE", erin.Nick, p.channel+": for you"))
	other := p.name("#e")
	erin.Join(other, "")
	erin.Send("INVITE " + alice.nick + " " + other)
	alice.Expect("to be invited", mediated("invite", p.address(other), p.private(erin.Nick), ""))
	alice.decline(p.address(other), p.private(erin.Nick), "no time")
	erin.Expect("that alice does not come", By(alice.nick, "NOTICE", erin.Nick, "declines the invitation to "+other+": no time"))
}

// asked matches a form of the room's that somebody is to answer.
func asked(room, formType, field, value string) seen {
	return func(s *stanza.Stanza) bool {
		f := form.Parse(s.Child(form.NS, "x"))
		return s.Kind == stanza.Message && s.From.String() == room && f != nil &&
			f.FormType() == formType && f.Value(field) == value
	}
}

// submit sends a form to the script's room.
func (g *guest) submit(formType string, fields ...string) {
	f := form.Of(form.Submit, formType)
	for i := 0; i+1 < len(fields); i += 2 {
		f.Add(form.Field{Var: fields[i], Values: []string{fields[i+1]}})
	}
	g.Send(fmt.Sprintf(`<message to="%s" id="%s">%s</message>`, Escape(g.p.room), g.newID(), f.Element().Append(nil)))
}

// scriptKnock: who is not invited asks to be, and who runs the channel is asked, on
// either side.
func scriptKnock(t *testing.T, p *pair) {
	dave, alice, bob, erin := p.founder("dave"), p.member("alice"), p.visitor("bob"), p.plain("erin")
	other := p.name("#d")
	dave.Join(other, "")
	dave.Send("MODE " + other + " +i")
	dave.Sync()
	const fields = `<query xmlns="jabber:iq:register"><x xmlns="jabber:x:data" type="submit"><field var="FORM_TYPE">` +
		`<value>http://jabber.org/protocol/muc#register</value></field><field var="irc#reason"><value>it is me</value></field></x></query>`
	answer := bob.IQ("set", p.address(other), fields)
	if !p.ircd.knock {
		failed(t, answer, stanza.Cancel, stanza.FeatureNotImplemented)
		return
	}
	done(t, answer)
	dave.Expect("bob's knock", func(l IRCLine) bool {
		return l.Command == "710" || l.Command == "NOTICE" && l.Nick() == p.irc.ServerName && l.Param(0) == "%"+other
	})
	dave.Send("INVITE " + bob.nick + " " + other)
	bob.Expect("to be invited", mediated("invite", p.address(other), p.private(dave.Nick), ""))
	bob.JoinRoom(p.address(other), bob.nick, "")
	failed(t, alice.IQ("set", p.address(p.name("#none")), fields), stanza.Cancel, stanza.ItemNotFound)

	dave.Send("MODE " + p.channel + " +io " + alice.nick)
	alice.Expect("to be operator", all(Presence("", p.in(alice.nick)), standing("moderator", p.ircd.op)))
	erin.Send("KNOCK " + p.channel + " :please")
	alice.Expect("to be asked", asked(p.room, nsMUC+"#register", "muc#register_roomnick", erin.Nick))
	alice.submit(nsMUC+"#register", "muc#register_roomnick", erin.Nick, "muc#register_allow", "true")
	erin.Expect("to be invited", By(alice.nick, "INVITE", erin.Nick, p.channel))
	erin.Join(p.channel, "")
	alice.Expect("erin", Presence("", p.in(erin.Nick)))
}

// scriptVoice: who may not speak asks to, and is let.
func scriptVoice(t *testing.T, p *pair) {
	dave, alice, bob := p.founder("dave"), p.member("alice"), p.member("bob")
	dave.Send("MODE " + p.channel + " +mo " + alice.nick)
	alice.Expect("to be operator", all(Presence("", p.in(alice.nick)), standing("moderator", p.ircd.op)))
	alice.Expect("bob silent", all(Presence("", p.in(bob.nick)), standing("visitor", "none")))
	bob.Expect("to be silent", all(Presence("", p.in(bob.nick)), standing("visitor", "none")))
	bob.Expect("alice operator", all(Presence("", p.in(alice.nick)), standing("moderator", p.ircd.op)))
	bob.submit(nsMUC+"#request", "muc#role", "participant")
	dave.Expect("bob's wish", By(bob.nick, "NOTICE", dave.Nick))
	alice.Expect("to be asked", asked(p.room, nsMUC+"#request", "muc#roomnick", bob.nick))
	alice.submit(nsMUC+"#request", "muc#role", "participant", "muc#roomnick", bob.nick, "muc#request_allow", "true")
	dave.Expect("voice for bob", By(alice.nick, "MODE", p.channel, "+v", bob.nick))
	bob.Expect("to have voice", all(Presence("", p.in(bob.nick)), standing("participant", "member")))
	p.meet(bob, dave)
}
