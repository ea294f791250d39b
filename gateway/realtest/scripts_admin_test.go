//go:build e2e && linux

package realtest

import (
	"fmt"
	"testing"

	"isthmus/xmppside/stanza"
)

// scriptModes: the channel's modes are roles and affiliations.
func scriptModes(t *testing.T, p *pair) {
	dave, alice := p.founder("dave"), p.member("alice")
	erin := p.plain("erin")
	erin.Join(p.channel, "")
	alice.Expect("erin", Presence("", p.in(erin.Nick)))
	self, other := Presence("", p.in(alice.nick)), Presence("", p.in(erin.Nick))
	mode := func(change string) { dave.Send("MODE " + p.channel + " " + change) }
	addresses := func(told bool) { // to moderators alone: XEP-0045 §13.3
		t.Helper()
		for _, nick := range []string{dave.Nick, erin.Nick} {
			alice.Expect("an address to be told or not", all(Presence("", p.in(nick)), func(s *stanza.Stanza) bool {
				return Item(s).Attr("jid") != "" == told
			}))
		}
	}

	mode("+o " + alice.nick)
	alice.Expect("to be operator", all(self, standing("moderator", p.ircd.op), codes("110")))
	addresses(true)
	mode("-o " + alice.nick)
	alice.Expect("to be nothing", all(self, standing("participant", "none"), codes("110")))
	addresses(false)
	mode("+v " + alice.nick)
	alice.Expect("to have voice", all(self, standing("participant", "member"), codes("110")))
	mode("-v " + alice.nick)
	alice.Expect("to be nothing", all(self, standing("participant", "none"), codes("110")))
	mode("+vo " + erin.Nick + " " + erin.Nick)
	alice.Expect("erin operator", all(other, standing("moderator", p.ircd.op)))
	mode("-ov " + erin.Nick + " " + erin.Nick)
	alice.Expect("erin nothing", all(other, standing("participant", "none")))
	p.meet(alice, dave)
	alice.Never("more presences than changes", p.room, Presence("", p.room))

	mode("+m")
	alice.Expect("to be a visitor", all(self, standing("visitor", "none"), codes("110")))
	alice.Expect("erin a visitor", all(other, standing("visitor", "none")))
	id := alice.Say(p.room, "may I?")
	failed(t, alice.Expect("not to be heard", bounced(id)), stanza.Auth, stanza.Forbidden)
	dave.Never("alice's words", By(alice.nick, "PRIVMSG", p.channel, "may I?"))
	mode("-m")
	alice.Expect("to be a participant", all(self, standing("participant", "none"), codes("110")))
	alice.Expect("erin a participant", all(other, standing("participant", "none")))
	p.meet(alice, dave)
}

// scriptAdmin: an IQ for roles and affiliations is MODE, answered once, and seen.
func scriptAdmin(t *testing.T, p *pair) {
	dave, alice, bob := p.founder("dave"), p.member("alice"), p.member("bob")
	erin := p.plain("erin")
	erin.Join(p.channel, "")
	alice.Expect("erin", Presence("", p.in(erin.Nick)))
	item := func(nick, what string) string { return fmt.Sprintf(`<item nick="%s" %s/>`, nick, what) }
	failed(t, alice.admin(item(erin.Nick, `role="moderator"`)), stanza.Auth, stanza.Forbidden)
	dave.Send("MODE " + p.channel + " +o " + alice.nick)
	alice.Expect("to be operator", standing("moderator", p.ircd.op))
	dave.Sync()

	tests := []struct{ what, mode, role, affiliation string }{
		{`role="moderator"`, "+o", "moderator", p.ircd.op},
		{`role="participant"`, "-o", "participant", "none"},
		{`affiliation="member"`, "+v", "participant", "member"},
		{`affiliation="none"`, "-v", "participant", "none"},
	}
	for _, tt := range tests {
		for _, nick := range []string{erin.Nick, bob.nick} {
			done(t, alice.admin(item(nick, tt.what)))
			dave.Expect(tt.mode, By(alice.nick, "MODE", p.channel, tt.mode, nick))
			for _, g := range []*guest{alice, bob} {
				g.Expect(tt.what, all(Presence("", p.in(nick)), standing(tt.role, tt.affiliation)))
			}
		}
	}
	done(t, alice.admin(item(erin.Nick, `role="participant"`))) // which she has
	p.meet(alice, dave)
	dave.Never("a MODE that changes nothing", By(alice.nick, "MODE"))

	done(t, alice.admin(item(erin.Nick, `affiliation="member"`)+item(bob.nick, `affiliation="member"`)))
	dave.Expect("both in one line", By(alice.nick, "MODE", p.channel, "+vv", erin.Nick, bob.nick))
	list := alice.IQ("get", p.room, `<query xmlns="http://jabber.org/protocol/muc#admin"><item affiliation="member"/></query>`)
	if n := len(list.Child("http://jabber.org/protocol/muc#admin", "query").Children()); n != 2 {
		t.Errorf("%d members are listed, want erin and bob", n)
	}
	failed(t, alice.admin(item(p.name("nobody"), `role="moderator"`)), stanza.Cancel, stanza.ItemNotFound)
	p.meet(bob, dave)
}

// scriptOutcast: a ban by IQ bans and kicks, is on the list, and is lifted.
func scriptOutcast(t *testing.T, p *pair) {
	const query = `<query xmlns="http://jabber.org/protocol/muc#admin">%s</query>`
	dave, alice := p.founder("dave"), p.member("alice")
	erin := p.plain("erin")
	erin.Join(p.channel, "")
	alice.Expect("erin", Presence("", p.in(erin.Nick)))
	dave.Send("MODE " + p.channel + " +o " + alice.nick)
	alice.Expect("to be operator", standing("moderator", p.ircd.op))
	done(t, alice.admin(fmt.Sprintf(`<item nick="%s" affiliation="outcast"><reason>enough</reason></item>`, erin.Nick)))
	mask := dave.Expect("the ban", By(alice.nick, "MODE", p.channel, "+b")).Param(2)
	erin.Expect("her kick", By(alice.nick, "KICK", p.channel, erin.Nick, "enough"))
	alice.Expect("erin's ban", all(Presence("unavailable", p.in(erin.Nick)), codes("301"), standing("none", "outcast")))
	p.meet(alice, dave)
	dave.Never("anybody else's kick", func(l IRCLine) bool { return l.Command == "KICK" && l.Param(1) != erin.Nick })
	erin.Send("JOIN " + p.channel)
	erin.Expect("to be banned", Is("474", "*", p.channel))

	list := alice.IQ("get", p.room, fmt.Sprintf(query, `<item affiliation="outcast"/>`))
	items := list.Child("http://jabber.org/protocol/muc#admin", "query").Children()
	if len(items) != 1 || items[0].Attr("affiliation") != "outcast" {
		t.Fatalf("the list of outcasts: %+v, %v", items, list.Error())
	}
	done(t, alice.admin(fmt.Sprintf(`<item jid="%s" affiliation="none"/>`, Escape(items[0].Attr("jid")))))
	dave.Expect("the ban lifted", By(alice.nick, "MODE", p.channel, "-b", mask))
	erin.Join(p.channel, "")
	alice.Expect("erin again", all(Presence("", p.in(erin.Nick)), standing("participant", "none")))
}

// scriptSubject: the subject both ways, and who may not set it.
func scriptSubject(t *testing.T, p *pair) {
	dave, alice := p.founder("dave"), p.member("alice")
	dave.Send("MODE " + p.channel + " +t")
	dave.Send("TOPIC " + p.channel + " :by dave")
	alice.Expect("dave's subject", subject(p.in(dave.Nick), "by dave"))
	set := func(text string) (id string) {
		id = alice.newID()
		alice.Send(fmt.Sprintf(`<message type="groupchat" to="%s" id="%s"><subject>%s</subject></message>`, Escape(p.room), id, text))
		return id
	}
	failed(t, alice.Expect("not to be let", bounced(set("by alice"))), stanza.Auth, stanza.Forbidden)
	dave.Send("MODE " + p.channel + " +o " + alice.nick)
	alice.Expect("to be operator", standing("moderator", p.ircd.op))
	set("by alice: é &lt;b&gt;")
	dave.Expect("alice's topic", By(alice.nick, "TOPIC", p.channel, "by alice: é <b>"))
	alice.Expect("her subject", subject(p.in(alice.nick), "by alice: é <b>"))
	dave.Send("TOPIC " + p.channel + " :")
	alice.Expect("no subject", subject(p.in(dave.Nick), ""))
	p.meet(alice, dave)
	alice.Never("a subject twice", p.room, isSubject)
}

// scriptQuiet: who is made a visitor of a room that is not moderated is silenced by a
// mask, where the network has that, and speaks again as a participant.
func scriptQuiet(t *testing.T, p *pair) {
	dave, alice, bob := p.founder("dave"), p.member("alice"), p.member("bob")
	dave.Send("MODE " + p.channel + " +o " + alice.nick)
	alice.Expect("to be operator", standing("moderator", p.ircd.op))
	item := func(role string) string { return fmt.Sprintf(`<item nick="%s" role="%s"/>`, bob.nick, role) }
	answer := alice.admin(item("visitor"))
	if !p.ircd.quiets {
		failed(t, answer, stanza.Cancel, stanza.NotAllowed)
		return
	}
	done(t, answer)
	mask := dave.Expect("the mask", By(alice.nick, "MODE", p.channel, "+b")).Param(2)
	for _, g := range []*guest{alice, bob} {
		g.Expect("bob a visitor", all(Presence("", p.in(bob.nick)), standing("visitor", "none")))
	}
	id := bob.Say(p.room, "may I?")
	failed(t, bob.Expect("not to be heard", bounced(id)), stanza.Auth, stanza.Forbidden)
	dave.Never("bob's words", By(bob.nick, "PRIVMSG", p.channel, "may I?"))
	done(t, alice.admin(item("participant")))
	dave.Expect("the mask gone", By(alice.nick, "MODE", p.channel, "-b", mask))
	bob.Expect("to be a participant", all(Presence("", p.in(bob.nick)), standing("participant", "none")))
	p.meet(bob, dave)
}

// scriptSilenced: who is banned while in the channel may not speak there, and learns by
// that to be a visitor.
func scriptSilenced(t *testing.T, p *pair) {
	dave, bob := p.founder("dave"), p.member("bob")
	mask := bob.nick + "!*@*"
	dave.Send("MODE " + p.channel + " +b " + mask)
	dave.Expect("the ban", By(dave.Nick, "MODE", p.channel, "+b", mask))
	id := bob.Say(p.room, "may I?")
	failed(t, bob.Expect("not to be heard", bounced(id)), stanza.Auth, stanza.Forbidden)
	bob.Expect("to be a visitor", all(Presence("", p.in(bob.nick)), standing("visitor", "none")))
	dave.Never("bob's words", By(bob.nick, "PRIVMSG", p.channel, "may I?"))
	dave.Send("MODE " + p.channel + " -b " + mask)
	bob.Expect("to be a participant", all(Presence("", p.in(bob.nick)), standing("participant", "none")))
	p.meet(bob, dave)
}

// scriptMembers: who is a member of a channel that lets in only those who are invited comes
// back uninvited, and not any more when that is over; on either side.
func scriptMembers(t *testing.T, p *pair) {
	dave, alice, bob, erin := p.founder("dave"), p.member("alice"), p.visitor("bob"), p.plain("erin")
	const query = `<query xmlns="http://jabber.org/protocol/muc#admin"><item affiliation="member"/></query>`
	dave.Send("MODE " + p.channel + " +io " + alice.nick)
	alice.Expect("to be operator", all(Presence("", p.in(alice.nick)), standing("moderator", p.ircd.op)))
	set := func(address, affiliation string) {
		t.Helper()
		done(t, alice.admin(fmt.Sprintf(`<item jid="%s" affiliation="%s"/>`, Escape(address), affiliation)))
	}
	listed := func(want int) {
		t.Helper()
		list := alice.IQ("get", p.room, query)
		items := list.Child("http://jabber.org/protocol/muc#admin", "query").Children()
		if len(items) != want {
			t.Errorf("%d members are listed, want %d: %+v, %v", len(items), want, items, list.Error())
		}
	}

	// Somebody on IRC, who is not in.
	erin.Send("JOIN " + p.channel)
	erin.Expect("not to be let in", Is("473", "*", p.channel))
	set(p.private(erin.Nick), "member")
	mask := dave.Expect("her membership", By(alice.nick, "MODE", p.channel, "+I")).Param(2)
	erin.Expect("to be invited", By(alice.nick, "INVITE", erin.Nick, p.channel))
	for range 2 { // once by the invitation
		erin.Join(p.channel, "")
		alice.Expect("erin a member", all(Presence("", p.in(erin.Nick)), standing("participant", "member")))
		erin.Send("PART " + p.channel)
		alice.Expect("erin gone", Presence("unavailable", p.in(erin.Nick)))
	}
	listed(1)
	erin.Join(p.channel, "")
	alice.Expect("erin again", Presence("", p.in(erin.Nick)))
	done(t, alice.admin(fmt.Sprintf(`<item nick="%s" affiliation="none"/>`, erin.Nick)))
	dave.Expect("the end of it", By(alice.nick, "MODE", p.channel, "-I", mask))
	alice.Expect("erin nothing", all(Presence("", p.in(erin.Nick)), standing("participant", "none")))
	listed(0)
	erin.Send("PART " + p.channel)
	alice.Expect("erin gone", Presence("unavailable", p.in(erin.Nick)))
	erin.Send("JOIN " + p.channel)
	erin.Expect("not to be let in", Is("473", "*", p.channel))

	// Somebody on Jabber.
	own := bob.JID.Bare().String()
	set(own, "member")
	bob.Expect("to be invited", mediated("invite", p.room, alice.JID.Bare().String(), ""))
	for range 2 {
		bob.JoinRoom(p.room, bob.nick, "")
		alice.Expect("bob a member", all(Presence("", p.in(bob.nick)), standing("participant", "member")))
		bob.Send(fmt.Sprintf(`<presence type="unavailable" to="%s"/>`, Escape(p.in(bob.nick))))
		alice.Expect("bob gone", Presence("unavailable", p.in(bob.nick)))
	}
	set(own, "none")
	listed(0)
	bob.refused("", stanza.Auth, stanza.RegistrationRequired)
}
