//go:build e2e && linux

package realtest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"isthmus/xmppside/stanza"
)

// loseClient: a client whose connection breaks is gone on IRC, but for the resource
// that stays.
func loseClient(t *testing.T, w *world) {
	dave, bob := w.plain("dave"), w.member("bob", "desk")
	desk, phone := w.member("alice", "desk"), w.member("alice", "phone")
	dave.Expect("alice", By("alice", "JOIN"))
	phone.Drop()
	w.meet(desk, "alice", dave)
	dave.Never("alice go", By("alice", "PART"))
	never(t, "alice's going", bob.Sync(w.room), Presence("unavailable", w.in("alice")))
	desk.Drop()
	dave.Expect("alice to go", By("alice", "PART", w.channel))
	bob.Expect("alice to go", all(Presence("unavailable", w.in("alice")), codes()))
	w.meet(bob, "bob", dave)
}

// findNobody: a join of a network where nobody listens is answered, and not by waiting.
func findNobody(t *testing.T, w *world) {
	alice := w.xmpp.Login(t, "alice", "desk")
	w.refusal(alice, "dead", stanza.Wait, stanza.RemoteServerTimeout, "refused")
}

// distrust: a certificate that does not hold is named as the reason, and IRC has seen
// nobody.
func distrust(t *testing.T, w *world) {
	dave, alice := w.plain("dave"), w.xmpp.Login(t, "alice", "desk")
	w.refusal(alice, "forged", stanza.Modify, stanza.NotAcceptable, "certificate")
	dave.Never("alice", By("alice", "JOIN"))
}

// refusal joins the script's channel on a network that cannot be reached.
func (w *world) refusal(c *XMPPClient, network string, typ stanza.ErrorType, condition stanza.Condition, text string) {
	w.t.Helper()
	e := c.Refused(w.channel+"%"+network+"@"+Component, "alice", "")
	if e.Type != typ || e.Condition != condition || !strings.Contains(e.Text, text) {
		w.t.Errorf("refused by %s, %s, %q; want %s, %s and a word of %q", e.Type, e.Condition, e.Text, typ, condition, text)
	}
}

// tryNext: where nobody listens at the first address, the second serves.
func tryNext(t *testing.T, w *world) {
	dave, carol := w.plain("dave"), w.xmpp.Login(t, "carol", "desk")
	room := w.channel + "%second@" + Component
	carol.JoinRoom(room, "second", "")
	dave.Expect("carol", By("second", "JOIN"))
	dave.Say(w.channel, "second to none")
	carol.Expect("dave's words", Body("groupchat", room+"/"+dave.Nick, "second to none"))
	carol.Leave(room, "second")
	dave.Expect("carol to go", By("second", "PART"))
}

// split: those behind a netsplit go in one burst and come back with the link, once
// each; the gateway's users stay.
func split(t *testing.T, w *world) {
	leaf := StartLeaf(t, w.irc, IRCOptions{})
	oper := w.irc.Connect(t, "oper")
	oper.Oper()
	dave := w.plain("dave")
	erin, frank := leaf.Connect(t, "erin"), leaf.Connect(t, "frank")
	alice, bob := w.member("alice", "desk"), w.member("bob", "desk")
	dave.Expect("alice", By("alice", "JOIN"))
	for _, c := range []*IRCClient{erin, frank} {
		c.Join(w.channel, "")
		alice.Expect(c.Nick, Presence("", w.in(c.Nick)))
		bob.Expect(c.Nick, Presence("", w.in(c.Nick)))
	}
	dave.Send("MODE " + w.channel + " +v " + erin.Nick)
	voiced := all(Presence("", w.in("erin")), standing("participant", "member"))
	alice.Expect("erin's voice", voiced)
	bob.Expect("erin's voice", voiced)

	oper.Send("SQUIT " + leafName + " :a storm")
	erin.Expect("alice to be split off", By("alice", "QUIT"))
	for _, c := range []*XMPPClient{alice, bob} {
		w.expectBurst(c, "erin", "frank")
	}
	leaf.AwaitLink(t)
	erin.Expect("alice again", By("alice", "JOIN", w.channel))
	for nick, c := range map[string]*XMPPClient{"alice": alice, "bob": bob} {
		for _, back := range []string{"erin", "frank"} {
			s := c.Expect(back+" again", Presence("", w.in(back)))
			if back == "erin" && !voiced(s) {
				c.Expect("erin's voice", voiced)
			}
		}
		got := w.meet(c, nick, dave)
		never(t, "another presence", got, isPresence(w.room))
	}
	dave.Never("a gateway user go", By("alice", "QUIT"))
	dave.Never("a gateway user come again", By("alice", "JOIN"))
	frank.Say(w.channel, "what a storm")
	alice.Expect("words from behind", Body("groupchat", w.in("frank"), "what a storm"))
	alice.Say(w.room, "welcome back")
	erin.Expect("alice's words", By("alice", "PRIVMSG", w.channel, "welcome back"))
}

// expectBurst waits for these nicks to go by 333, each once and with nothing between.
func (w *world) expectBurst(c *XMPPClient, nicks ...string) {
	w.t.Helper()
	gone := all(Presence("unavailable", w.room), codes("333"))
	last := 0
	for _, nick := range nicks {
		n, err := c.heard.find(all(gone, exactly(w.in(nick))))
		if err != nil {
			w.t.Fatalf("%v expects %s to be split off: %v", c.JID, nick, err)
		}
		last = max(last, n)
	}
	got := c.heard.take(last+1, isPresence(w.room))
	for _, nick := range nicks {
		once(w.t, nick+" in the burst", got[max(0, len(got)-len(nicks)):], all(gone, exactly(w.in(nick))))
	}
}

// loseIRC: when the IRC server dies nobody in the room is told of leaving. Words wait
// for it; when it is back, they arrive in order, and only differences are told.
func loseIRC(t *testing.T, w *world) {
	dave, erin := w.plain("dave"), w.plain("erin")
	alice, bob := w.member("alice", "desk"), w.member("bob", "desk")
	w.meet(alice, "alice", dave)
	w.meet(bob, "bob", dave)
	const lost = "connection to the network lost"
	before := w.gateway.logged(t, lost)
	w.irc.Kill(t)
	w.link.Block() // so that dave is there first when it returns
	w.gateway.awaitLog(t, lost, before+2)
	said := []string{"first", "second", "third", "fourth"}
	var ids []string
	for _, word := range said {
		ids = append(ids, alice.Say(w.room, word))
	}
	never(t, "anybody leave", alice.Sync(w.room), isPresence(w.room))
	never(t, "anybody leave", bob.Sync(w.room), isPresence(w.room))

	w.irc.Start(t)
	again := w.irc.Connect(t, dave.Nick)
	again.Join(w.channel, "")
	w.link.Unblock()
	for _, nick := range []string{"alice", "bob"} {
		again.Expect(nick, By(nick, "JOIN", w.channel))
	}
	var heard []string
	for range said {
		heard = append(heard, again.Expect("alice's words", By("alice", "PRIVMSG", w.channel)).Param(1))
	}
	if !slices.Equal(heard, said) {
		t.Errorf("what waited arrives as %q", heard)
	}
	for i, word := range said {
		if s := alice.Expect("her own words", Body("groupchat", w.in("alice"), word)); s.ID != ids[i] {
			t.Errorf("%q comes back as %s, not %s", word, s.ID, ids[i])
		}
	}
	w.onlyDifferences(alice, "alice", "bob", again, erin.Nick)
	w.onlyDifferences(bob, "bob", "alice", again, erin.Nick)

	back := w.irc.Connect(t, erin.Nick)
	back.Join(w.channel, "")
	again.Send("MODE " + w.channel + " +v " + erin.Nick)
	for _, c := range []*XMPPClient{alice, bob} {
		c.Expect("erin again", all(Presence("", w.in(erin.Nick)), standing("participant", "none"), codes()))
		c.Expect("her voice", all(Presence("", w.in(erin.Nick)), standing("participant", "member")))
	}
	back.Say(w.channel, "so am I")
	alice.Expect("erin's words", Body("groupchat", w.in(erin.Nick), "so am I"))
	bob.Expect("erin's words", Body("groupchat", w.in(erin.Nick), "so am I"))
}

// onlyDifferences looks at what somebody has been told after a reconnect: that gone
// did not come back, perhaps that the other one came later, and nothing else.
func (w *world) onlyDifferences(c *XMPPClient, nick, other string, d *IRCClient, gone string) {
	w.t.Helper()
	got := w.meet(c, nick, d)
	once(w.t, gone+" going", got, Presence("unavailable", w.in(gone)))
	never(w.t, gone+" here", got, Presence("", w.in(gone)))
	never(w.t, "news of who stayed", got, isPresence(w.in(d.Nick)))
	never(w.t, "news of oneself", got, isPresence(w.in(nick)))
	never(w.t, "a subject", got, isSubject)
	out, in := which(got, Presence("unavailable", w.in(other))), which(got, Presence("", w.in(other)))
	if len(out) != len(in) || len(out) > 1 {
		w.t.Errorf("%s is shown going %d times and coming %d times", other, len(out), len(in))
	}
}

// throttle: an ircd that takes one connection a second of each address, and says so
// only without TLS. Ten users join at once by either, and all come in.
func throttle(t *testing.T, program string, kind XMPPKind) {
	x, s := kind.Start(t), StartHybrid(t, IRCOptions{Throttled: true})
	gateway := StartGateway(t, program, fmt.Sprintf(`
[component]
address = %[1]q
domain = %[2]q
secret = %[3]q
[log]
level = "debug"
[irc]
connect_interval = "1200ms"
connect_burst = 3
[[network]]
name = "secure"
addresses = [%[4]q]
tls_ca_file = %[5]q
bind_address = "127.0.0.2"
[[network]]
name = "plain"
addresses = [%[6]q]
tls = false
bind_address = "127.0.0.3"
`, x.Component, Component, Secret, s.TLSAddr, s.CAFile, s.Addr))
	dave := s.connectSlowly(t, "dave")
	dave.Join("#crowd", "")
	x.Login(t, "alice", "desk").AwaitComponent(Component)
	type join struct {
		*XMPPClient
		room, nick, id string
	}
	var joins []join
	for i := range 10 {
		account := fmt.Sprintf("guest%d", i)
		x.register(t, account)
		c := x.Login(t, account, "desk")
		for _, network := range []string{"secure", "plain"} {
			room, nick := "#crowd%"+network+"@"+Component, fmt.Sprintf("%s%d", network, i)
			joins = append(joins, join{c, room, nick, c.Enter(room, nick, "")})
		}
	}
	for _, j := range joins {
		answer := j.Expect("to be in", all(isPresence(j.room), func(s *stanza.Stanza) bool { return s.ID == j.id }))
		if answer.Type != "" || answer.From.String() != j.room+"/"+j.nick || !codes("110")(answer) {
			t.Errorf("%s is answered by %+v", j.nick, answer)
		}
		dave.Expect(j.nick, By(j.nick, "JOIN", "#crowd"))
	}
	for _, j := range joins {
		for _, other := range joins {
			if other != j {
				j.Expect("all others", Presence("", j.room+"/"+other.nick))
			}
		}
	}
	for _, sign := range []string{"too fast", "cannot connect to " + s.TLSAddr} {
		if gateway.logged(t, sign) == 0 {
			t.Errorf("nobody has been throttled: there is no %q", sign)
		}
	}
}

// connectSlowly registers a user where connections from one address may not follow
// each other fast.
func (s *IRCServer) connectSlowly(t *testing.T, nick string) *IRCClient {
	t.Helper()
	tick := time.NewTicker(1500 * time.Millisecond)
	defer tick.Stop()
	for range 10 {
		c := DialIRC(t, s.Addr, nil, nick)
		if _, err := c.heard.find(Is("001")); err == nil {
			c.registered()
			return c
		}
		<-tick.C
	}
	t.Fatalf("%s does not let %s in", s.Name, nick)
	return nil
}
