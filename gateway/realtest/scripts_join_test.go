//go:build e2e && linux

package realtest

import (
	"strings"
	"testing"

	"isthmus/xmppside/stanza"
)

// scriptJoin: who is there, oneself last, then the subject. XEP-0045 §7.1
func scriptJoin(t *testing.T, p *pair) {
	dave, erin := p.founder("dave"), p.plain("erin")
	erin.Join(p.channel, "")
	dave.Send("MODE " + p.channel + " +v " + erin.Nick)
	dave.Send("TOPIC " + p.channel + " :tea: at four")
	dave.Sync()

	alice := p.jabber("alice")
	got := alice.JoinRoom(p.room, alice.nick, "")
	want := map[string]seen{
		p.in(dave.Nick):  all(standing("moderator", p.ircd.op), codes()),
		p.in(erin.Nick):  all(standing("participant", "member"), codes()),
		p.in(alice.nick): all(standing("participant", "none"), codes("110")),
	}
	if len(got) != 4 {
		t.Fatalf("%d stanzas, want three presences and the subject", len(got))
	}
	for _, s := range got[:3] {
		if ok := want[s.From.String()]; s.Kind != stanza.Presence || s.Type != "" || ok == nil || !ok(s) {
			t.Errorf("%v is shown wrongly, or twice", s.From)
		}
		delete(want, s.From.String())
	}
	if self := got[2]; self.From.String() != p.in(alice.nick) || self.ID != alice.lastID() {
		t.Errorf("the last presence is %s of %v, want our own with the id of the join", self.ID, self.From)
	}
	if !subject(p.in(dave.Nick), "tea: at four")(got[3]) {
		t.Errorf("no subject by dave at the end: %+v", got[3])
	}

	erin.Expect("alice", By(alice.nick, "JOIN", p.channel))
	join := dave.Expect("alice", By(alice.nick, "JOIN", p.channel))
	if strings.Contains(join.From, Domain) {
		t.Errorf("her address is seen: %s", join.From)
	}
	dave.Send("WHOIS " + alice.nick)
	if whois := dave.Expect("who alice is", Is("311", "*", alice.nick)); whois.Param(5) != alice.nick {
		t.Errorf("real name %q", whois.Param(5))
	}
}

// scriptTwo: two Jabber users in one channel see and hear each other, once.
func scriptTwo(t *testing.T, p *pair) {
	dave, alice := p.founder("dave"), p.member("alice")
	bob := p.jabber("bob")
	for _, s := range bob.JoinRoom(p.room, bob.nick, "") {
		if s.From.String() == p.in(alice.nick) && !standing("participant", "none")(s) {
			t.Errorf("bob sees alice wrongly")
		}
	}
	alice.Expect("bob", all(Presence("", p.in(bob.nick)), standing("participant", "none"), codes()))
	dave.Expect("alice", By(alice.nick, "JOIN", p.channel))
	dave.Expect("bob", By(bob.nick, "JOIN", p.channel))

	id := alice.Say(p.room, "hello bob")
	if s := alice.Expect("her own words", Body("groupchat", p.in(alice.nick), "hello bob")); s.ID != id {
		t.Errorf("her words come back as %s, not %s", s.ID, id)
	}
	bob.Expect("her words", Body("groupchat", p.in(alice.nick), "hello bob"))
	dave.Expect("her words", By(alice.nick, "PRIVMSG", p.channel, "hello bob"))
	bob.Say(p.room, "hello alice")
	alice.Expect("his words", Body("groupchat", p.in(bob.nick), "hello alice"))
	p.meet(alice, dave)
	p.meet(bob, dave)
	again := func(s *stanza.Stanza) bool { text, _ := s.Body(); return strings.HasPrefix(text, "hello") }
	alice.Never("words twice", p.room, all(again, exactly(p.in(alice.nick))))
	bob.Never("words twice", p.room, all(again, exactly(p.in(alice.nick))))

	bob.Leave(p.room, bob.nick)
	alice.Expect("bob to go", Presence("unavailable", p.in(bob.nick)))
	dave.Expect("bob to go", By(bob.nick, "PART", p.channel))
}

// scriptResource: a second resource is behind the same nick; the nick leaves with
// the last of them.
func scriptResource(t *testing.T, p *pair) {
	dave, desk := p.founder("dave"), p.member("alice")
	dave.Expect("alice", By(desk.nick, "JOIN"))
	phone := p.resource(desk.nick, "phone")
	got := phone.JoinRoom(p.room, desk.nick, "")
	if len(got) != 3 || got[0].From.String() != p.in(dave.Nick) || got[1].From.String() != p.in(desk.nick) || !codes("110")(got[1]) {
		t.Errorf("the phone's join is not the whole join: %+v", got)
	}
	tablet := p.resource(desk.nick, "tablet")
	got = tablet.JoinRoom(p.room, p.name("other"), "")
	if self := got[len(got)-2]; self.From.String() != p.in(desk.nick) || !codes("110", "210")(self) {
		t.Errorf("a wish for another nick is answered by %v", self.From)
	}
	dave.Say(p.channel, "to all of you")
	for _, c := range []*guest{desk, phone, tablet} {
		c.Expect("dave's words", Body("groupchat", p.in(dave.Nick), "to all of you"))
	}
	phone.Say(p.room, "from the phone")
	for _, c := range []*guest{desk, phone, tablet} {
		c.Expect("the phone's words", Body("groupchat", p.in(desk.nick), "from the phone"))
	}
	dave.Expect("the phone's words", By(desk.nick, "PRIVMSG", p.channel, "from the phone"))
	phone.Leave(p.room, desk.nick)
	desk.Leave(p.room, desk.nick)
	p.meet(tablet, dave)
	dave.Never("another join", Is("JOIN"))
	dave.Never("a change of nick", Is("NICK"))
	dave.Never("a part", Is("PART"))
	tablet.Never("anybody leave", p.room, Presence("unavailable", p.room))
	tablet.Leave(p.room, desk.nick)
	dave.Expect("alice to go", By(desk.nick, "PART", p.channel))
}

// scriptNearest: a nick that IRC cannot have becomes the nearest that it can, and 210
// tells so. How long one may be is not known before the welcome: 9 is always taken.
func scriptNearest(t *testing.T, p *pair) {
	dave := p.founder("dave")
	long := "n" + p.tag + strings.Repeat("n", p.irc.NickLen)
	short := long[:9]
	if p.ircd.cuts {
		short = long[:p.irc.NickLen]
	}
	for account, c := range map[string]struct{ asked, nick string }{
		"eve": {"Zoé" + p.tag, "Zoe" + p.tag},
		"ina": {"i n" + p.tag, "i_n" + p.tag},
		"kai": {"☃k" + p.tag, "_k" + p.tag},
		"len": {long, short},
	} {
		g := p.jabber(account)
		got := g.JoinRoom(p.room, c.asked, "")
		self := got[len(got)-2]
		nick := self.From.Resource()
		if !codes("110", "210")(self) {
			t.Errorf("%q is not told to be another nick: %+v", c.asked, self)
		}
		if nick != c.nick {
			t.Errorf("%q comes in as %q, want %q", c.asked, nick, c.nick)
		}
		dave.Expect(nick, By(nick, "JOIN", p.channel))
		g.nick = nick
		p.meet(g, dave)
	}
}

// scriptCrowd: a channel of 300 is shown once and whole.
func scriptCrowd(t *testing.T, p *pair) {
	p.channel = crowdChannel
	p.room = p.address(crowdChannel)
	dave, alice := p.plain("dave"), p.jabber("alice")
	dave.Join(crowdChannel, "")
	got := alice.JoinRoom(p.room, alice.nick, "")
	shown := map[string]*stanza.Stanza{}
	for _, s := range got[:len(got)-1] {
		if s.Kind != stanza.Presence || s.Type != "" {
			continue // somebody else's words or going
		}
		if shown[s.From.Resource()] != nil {
			t.Errorf("%v is shown twice", s.From)
		}
		shown[s.From.Resource()] = s
	}
	for i := range crowdSize {
		s := shown[crowdNick(i)]
		switch {
		case s == nil:
			t.Fatalf("%s is not shown", crowdNick(i))
		case i == 0 && !standing("moderator", p.ircd.op)(s), i > 0 && !standing("participant", "none")(s):
			t.Errorf("%s is shown with a wrong role", crowdNick(i))
		}
	}
	if s := shown[dave.Nick]; s == nil {
		t.Error("dave is not shown")
	}
	if s := shown[alice.nick]; s == nil || !HasCode(s, "110") {
		t.Error("she herself is not shown")
	}
	alice.Expect("who is away", all(Presence("", p.in(crowdNick(crowdSize-1))), show("away")))
	dave.Expect("alice", By(alice.nick, "JOIN", crowdChannel))
	p.meet(alice, dave)
	alice.Leave(p.room, alice.nick)
	dave.Expect("alice to go", By(alice.nick, "PART", crowdChannel))
}

// scriptQuit: leaving, being cut off, and an IRC user's QUIT; the connection ends
// with the last room.
func scriptQuit(t *testing.T, p *pair) {
	dave, alice, bob := p.founder("dave"), p.member("alice"), p.member("bob")
	erin := p.plain("erin")
	erin.Join(p.channel, "")
	erin.Send("QUIT :good night")
	gone := alice.Expect("erin to quit", all(Presence("unavailable", p.in(erin.Nick)), standing("none", "none"), codes()))
	if status := gone.Child("", "status").Text(); !strings.Contains(status, "good night") && !p.ircd.curt {
		t.Errorf("her last words are %q", status)
	}
	bob.Send("<presence type='unavailable'><status>supper</status></presence>")
	dave.Expect("bob to go", By(bob.nick, "PART", p.channel))
	alice.Expect("bob to go", Presence("unavailable", p.in(bob.nick)))
	alice.Send(`<presence type="unavailable" to="` + Escape(p.in(alice.nick)) + `"><status>bye all</status></presence>`)
	alice.Expect("to be out", all(Presence("unavailable", p.in(alice.nick)), codes("110"), standing("none", "none")))
	if part := dave.Expect("alice to go", By(alice.nick, "PART", p.channel)); part.Param(1) != "bye all" && !p.ircd.curt {
		t.Errorf("her last words are %q", part.Param(1))
	}
	dave.awaitOffline(alice.nick)
	dave.awaitOffline(bob.nick)
}
