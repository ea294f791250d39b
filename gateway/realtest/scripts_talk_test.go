//go:build e2e && linux

package realtest

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"isthmus/xmppside/stanza"
)

// scriptTalk: words both ways, once, as they were; of several lines, and what only
// looks like XML or IRC.
func scriptTalk(t *testing.T, p *pair) {
	dave, alice := p.founder("dave"), p.member("alice")
	for _, text := range []string{"plain", ": colon", "<b>&amp;</b> 'q' \"q\"", "日本語 é 😀", "\\o/ {}|[]~"} {
		id := alice.Say(p.room, text)
		dave.Expect("her words", By(alice.nick, "PRIVMSG", p.channel, text))
		s := alice.Expect("her own words", Body("groupchat", p.in(alice.nick), text))
		if s.ID != id || s.Child("urn:xmpp:sid:0", "stanza-id").Attr("by") != p.room {
			t.Errorf("the reflection of %q has id %q", text, s.ID)
		}
		dave.Say(p.channel, text)
		alice.Expect("dave's words", Body("groupchat", p.in(dave.Nick), text))
	}
	alice.Say(p.room, "one\ntwo\n\nthree")
	for _, line := range []string{"one", "two", "three"} {
		dave.Expect("a line", By(alice.nick, "PRIVMSG", p.channel, line))
	}
	alice.Expect("all lines", Body("groupchat", p.in(alice.nick), "one\ntwo\n\nthree"))
	dave.Say(p.channel, "\x0304red\x03 \x02bold\x02 caf\xe9")
	alice.Expect("no codes", Body("groupchat", p.in(dave.Nick), "red bold café"))
	dave.Send("NOTICE " + p.channel + " :note")
	alice.Expect("a notice", func(s *stanza.Stanza) bool {
		text, _ := s.Body()
		return s.Type == "groupchat" && s.From.String() == p.in(dave.Nick) && strings.Contains(text, "note")
	})
	p.meet(alice, dave)
	alice.Never("anything twice", p.room, func(s *stanza.Stanza) bool { _, ok := s.Body(); return ok })
	dave.Never("anything twice", Is("PRIVMSG"))
}

// scriptMe: "/me" is ACTION.
func scriptMe(t *testing.T, p *pair) {
	dave, alice := p.founder("dave"), p.member("alice")
	alice.Say(p.room, "/me waves")
	dave.Expect("alice wave", By(alice.nick, "PRIVMSG", p.channel, "\x01ACTION waves\x01"))
	alice.Expect("herself wave", Body("groupchat", p.in(alice.nick), "/me waves"))
	dave.Say(p.channel, "\x01ACTION nods\x01")
	alice.Expect("dave nod", Body("groupchat", p.in(dave.Nick), "/me nods"))
	alice.Message("chat", p.in(dave.Nick), "/me winks")
	dave.Expect("alice wink", By(alice.nick, "PRIVMSG", dave.Nick, "\x01ACTION winks\x01"))
	dave.Say(alice.nick, "\x01ACTION grins\x01")
	alice.Expect("dave grin", Body("chat", p.in(dave.Nick), "/me grins"))
}

// scriptFormat: formatting goes both ways to those who can see it, and words alone where
// the channel has no colours.
func scriptFormat(t *testing.T, p *pair) {
	const xhtml = "http://jabber.org/protocol/xhtml-im"
	dave, alice := p.founder("dave"), p.member("alice")
	alice.able(xhtml)
	p.meet(alice, dave) // her answer is taken in
	speak := func(body, html string) {
		alice.sends(`<body>` + body + `</body><html xmlns="` + xhtml + `"><body xmlns="http://www.w3.org/1999/xhtml">` + html + `</body></html>`)
	}
	speak("so be it&#10;so", "<b>so <i>be</i> it<br/>so</b>")
	dave.Expect("her words", By(alice.nick, "PRIVMSG", p.channel, "\x02so \x1dbe\x1d it\x02"))
	dave.Expect("and more", By(alice.nick, "PRIVMSG", p.channel, "\x02so\x02"))
	dave.Say(p.channel, "so \x02be\x02 it")
	if s := alice.Expect("his words", Body("groupchat", p.in(dave.Nick), "so be it")); s.Child(xhtml, "html") == nil {
		t.Errorf("his words look like nothing: %v", s.Children)
	}
	for _, mode := range p.ircd.colourless {
		dave.Send(fmt.Sprintf("MODE %s +%c", p.channel, mode))
		dave.Expect("the mode", By(dave.Nick, "MODE", p.channel))
		p.meet(alice, dave)
		speak("so it is", "so it <b>is</b>")
		dave.Expect("words alone", By(alice.nick, "PRIVMSG", p.channel, "so it is"))
		dave.Send(fmt.Sprintf("MODE %s -%c", p.channel, mode))
		dave.Expect("no mode", By(dave.Nick, "MODE", p.channel))
	}
}

// scriptLong: 3,000 characters arrive whole, in lines that fit, and come back once.
func scriptLong(t *testing.T, p *pair) {
	dave, alice := p.founder("dave"), p.member("alice")
	var b strings.Builder
	for i := 0; utf8.RuneCountInString(b.String()) < 2990; i++ {
		fmt.Fprintf(&b, "wörd%d ", i)
	}
	text := strings.TrimSpace(b.String())
	text += strings.Repeat("é", 3000-utf8.RuneCountInString(text))
	id := alice.Say(p.room, text)
	reflection := alice.Expect("her own words", Body("groupchat", p.in(alice.nick), text))
	if reflection.ID != id {
		t.Errorf("they come back as %s, not %s", reflection.ID, id)
	}
	p.meet(alice, dave)
	var got []string
	for _, l := range dave.Sync() {
		if !By(alice.nick, "PRIVMSG", p.channel)(l) {
			continue
		}
		line := l.Raw
		if l.Tags != "" {
			_, line, _ = strings.Cut(line, " ")
		}
		if len(line)+2 > 512 || !utf8.ValidString(line) {
			t.Errorf("a line of %d bytes: %s", len(line)+2, line)
		}
		got = append(got, l.Param(1))
	}
	if whole := strings.Join(got, " "); whole != text {
		t.Errorf("%d lines arrive: %s", len(got), whole)
	}
	alice.Never("it again", p.room, func(s *stanza.Stanza) bool { body, _ := s.Body(); return strings.HasPrefix(body, "wörd") })
}

// scriptPrivate: private messages by both addresses, both ways, once.
func scriptPrivate(t *testing.T, p *pair) {
	dave, alice := p.founder("dave"), p.member("alice")
	phone := p.resource(alice.nick, "phone")
	phone.JoinRoom(p.room, alice.nick, "")
	occupant, direct := p.in(dave.Nick), p.private(dave.Nick)
	hasX := func(s *stanza.Stanza) bool { return s.Child(nsMUCUser, "x") != nil }

	dave.Say(alice.nick, "out of the blue")
	alice.Expect("dave's words", all(Body("chat", direct, "out of the blue"), exactly(direct)))
	alice.Message("chat", occupant, "by your seat")
	dave.Expect("alice's words", By(alice.nick, "PRIVMSG", dave.Nick, "by your seat"))
	dave.Say(alice.nick, "to your seat")
	for _, g := range []*guest{alice, phone} {
		g.Expect("dave's answer", all(Body("chat", occupant, "to your seat"), hasX))
	}
	alice.Message("chat", direct, "by your name")
	dave.Expect("alice's words", By(alice.nick, "PRIVMSG", dave.Nick, "by your name"))
	dave.Say(alice.nick, "to your name")
	alice.Expect("dave's answer", all(Body("chat", direct, "to your name"), exactly(direct)))
	p.meet(alice, dave)
	doubled := func(s *stanza.Stanza) bool {
		text, _ := s.Body()
		return s.Type == "chat" && s.To == alice.JID && (strings.HasPrefix(text, "to your") || strings.HasPrefix(text, "by your"))
	}
	alice.Never("a private message twice", p.room, doubled)
	dave.Never("a private message twice", By(alice.nick, "PRIVMSG", dave.Nick))
	id := alice.Message("chat", p.private(p.name("nobody")), "anybody?")
	failed(t, alice.Expect("that there is nobody", bounced(id)), stanza.Cancel, stanza.ItemNotFound)

	bob := p.jabber("bob") // who is not connected yet
	bob.Message("chat", direct, "may I?")
	dave.Expect("bob's words", By(bob.nick, "PRIVMSG", dave.Nick, "may I?"))
	dave.Say(bob.nick, "you may")
	bob.Expect("dave's answer", Body("chat", direct, "you may"))
	bob.Never("more than the answer", Component, func(s *stanza.Stanza) bool { return s.Kind == stanza.Message })
}

// scriptNonASCII: channels with other letters, and in capitals. A client is answered
// from the address that reached the gateway: Prosody folds it, ejabberd does not.
func scriptNonASCII(t *testing.T, p *pair) {
	for name, nick := range map[string]string{"#日本語" + p.tag: "alice", "#Straße" + p.tag: "bob", "#É" + p.tag: "carol", "#Caps" + p.tag: "dan"} {
		folded := name
		if p.xmpp.Name == "prosody" {
			folded = strings.ReplaceAll(strings.ToLower(name), "ß", "ss")
		}
		p.room = p.address(folded)
		erin := p.plain("e" + nick[:1])
		p.channel = folded
		erin.Join(p.channel, "")
		g := p.jabber(nick)
		g.Enter(p.address(name), g.nick, "")
		g.Expect("erin", all(exactly(p.in(erin.Nick)), standing("moderator", p.ircd.op)))
		g.Expect("herself", all(exactly(p.in(g.nick)), codes("110")))
		g.Expect("the subject", isSubject)
		erin.Expect(nick, By(g.nick, "JOIN", p.channel))
		p.meet(g, erin)
		g.Send(fmt.Sprintf(`<presence type="unavailable" to="%s"/>`, Escape(p.address(name)+"/"+g.nick)))
		g.Expect("to be out", all(exactly(p.in(g.nick)), Presence("unavailable", p.room), codes("110")))
		erin.Expect(nick+" to go", By(g.nick, "PART", p.channel))
	}
}

// scriptPace: at the default pace a server that throttles takes all, in order, and
// throws nobody out.
func scriptPace(t *testing.T, p *pair) {
	p.network, p.irc = p.paced, p.slow
	p.room = p.address(p.channel)
	dave := p.irc.connectSlowly(t, p.name("dave"))
	dave.Join(p.channel, "")
	alice := p.member("alice")
	var lines []string
	for i := range 14 {
		lines = append(lines, fmt.Sprint("line ", i))
	}
	alice.Say(p.room, strings.Join(lines, "\n"))
	for _, line := range lines {
		dave.Expect(line, By(alice.nick, "PRIVMSG", p.channel, line))
	}
	alice.Expect("her own words", Body("groupchat", p.in(alice.nick), strings.Join(lines, "\n")))
	p.meet(alice, dave)
	dave.Never("alice to go", By(alice.nick, "QUIT"))
}

// scriptRank: what is said to the operators alone reaches them and nobody else, both ways;
// who is none is refused where the network lets only operators say it.
func scriptRank(t *testing.T, p *pair) {
	dave, alice := p.founder("dave"), p.member("alice")
	erin := p.plain("erin")
	erin.Join(p.channel, "")
	ranked := p.address(`\40` + p.channel)
	switch id := alice.Message("chat", ranked, "I am none of you"); {
	case !p.ircd.ranks:
		failed(t, alice.Expect("it to be nobody", bounced(id)), stanza.Cancel, stanza.ItemNotFound)
		return
	case p.ircd.rankOnly:
		failed(t, alice.Expect("not to be let", bounced(id)), stanza.Auth, stanza.Forbidden)
	}
	dave.Send("MODE " + p.channel + " +o " + alice.nick)
	alice.Expect("to be operator", standing("moderator", p.ircd.op))
	alice.Message("chat", ranked, "only you")
	dave.Expect("alice's words", By(alice.nick, "PRIVMSG", "@"+p.channel, "only you"))
	dave.Say("@"+p.channel, "and you")
	alice.Expect("dave's words", Body("groupchat", p.in(dave.Nick), "[@] and you"))
	p.meet(alice, dave)
	erin.Send("PING :here")
	erin.Expect("all that comes before", Is("PONG"))
	erin.Never("what operators say among themselves", func(l IRCLine) bool { return l.Command == "PRIVMSG" && strings.HasPrefix(l.Param(0), "@") })
}
