//go:build e2e && linux

package realtest

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"isthmus/xmppside/stanza"
)

// What the gateway logs of its stream.
const (
	streamUp   = "connected to the XMPP server"
	streamDown = "retry_in"
)

// cut breaks the stream, and returns when the gateway knows.
func (w *world) cut() {
	w.t.Helper()
	before := w.gateway.logged(w.t, streamDown)
	w.stream.Block()
	w.gateway.awaitLog(w.t, streamDown, before+1)
}

// awaitAbsent pings a component until the server says that it is not there. What it
// is sent while it goes may stay without any answer.
func (c *XMPPClient) awaitAbsent(domain string) {
	c.t.Helper()
	asked := map[string]bool{}
	refused := func(s *stanza.Stanza) bool { return s.Type == "error" && asked[s.ID] }
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(Patience); time.Now().Before(deadline); <-tick.C {
		id := c.newID()
		asked[id] = true
		c.Send(fmt.Sprintf(`<iq type="get" to="%s" id="%s"><ping xmlns="%s"/></iq>`, domain, id, nsPing))
		if len(c.heard.take(math.MaxInt, refused)) > 0 {
			return
		}
	}
	c.t.Fatalf("%s is still there", domain)
}

// loseStream: the component's stream alone breaks while the clients stay. Once it is
// back they are told what they missed, once; who has gone meanwhile is taken out.
func loseStream(t *testing.T, w *world) {
	dave, erin := w.plain("dave"), w.plain("erin")
	alice, bob, carol := w.member("alice", "desk"), w.member("bob", "desk"), w.member("carol", "desk")
	for _, c := range []*XMPPClient{alice, bob, carol} {
		w.announce(c)
	}
	for nick, c := range map[string]*XMPPClient{"alice": alice, "bob": bob} {
		w.meet(c, nick, dave)
	}
	dave.Sync()

	w.cut()
	alice.awaitAbsent(Component)
	lost := alice.Say(w.room, "into the void")
	alice.Expect("her words back", bounced(lost))
	carol.Logout()
	dave.Say(w.channel, "one")
	erin.Quit()
	frank := w.plain("frank")
	dave.Send("MODE " + w.channel + " +v " + frank.Nick)
	dave.Send("TOPIC " + w.channel + " :while you were out")
	dave.Say(w.channel, "two")
	dave.Sync()
	never(t, "news", alice.heard.first(0), isPresence(w.room))

	w.stream.Unblock()
	for nick, c := range map[string]*XMPPClient{"alice": alice, "bob": bob} {
		w.answer(c, nsPing, "")
		c.Expect("the new subject", subject(w.in(dave.Nick), "while you were out"))
		c.Expect("carol to be out", all(Presence("unavailable", w.in("carol")), codes()))
		w.caughtUp(c, nick, dave, erin.Nick, frank.Nick)
	}
	dave.Expect("carol to go", By("carol", "PART", w.channel))
	dave.Never("anybody else go", func(l IRCLine) bool {
		return (l.Command == "PART" || l.Command == "QUIT") && l.Nick() != erin.Nick
	})
	dave.Never("what went into the void", By("alice", "PRIVMSG", w.channel, "into the void"))
}

// caughtUp looks at what somebody has been told after the stream was lost.
func (w *world) caughtUp(c *XMPPClient, nick string, d *IRCClient, gone, came string) {
	w.t.Helper()
	got := append(c.Sync(w.room), w.meet(c, nick, d)...)
	once(w.t, gone+" going", got, isPresence(w.in(gone)))
	once(w.t, came+" coming", got, all(isPresence(w.in(came)), standing("participant", "member")))
	never(w.t, "news of who stayed", got, isPresence(w.in(d.Nick)))
	never(w.t, "news of oneself", got, isPresence(w.in(nick)))
	for _, word := range []string{"one", "two"} {
		s := once(w.t, "the word "+word, got, Body("groupchat", w.in(d.Nick), word))
		if !isDelayed(s) {
			w.t.Errorf("%q does not say that it is old", word)
		}
	}
}

// loseXMPP: the XMPP server dies, and starts again. The IRC connections stay; who comes
// back gets everything, and who does not is taken out: carol by what was said to her.
func loseXMPP(t *testing.T, w *world) {
	dave := w.plain("dave")
	alice, carol := w.member("alice", "desk"), w.member("carol", "desk")
	for nick, c := range map[string]*XMPPClient{"alice": alice, "carol": carol} {
		w.meet(c, nick, dave)
		dave.Expect(nick, By(nick, "JOIN", w.channel))
	}
	// Where nothing is said, nothing bounces: a ping in vain has to be enough.
	quiet, bob := w.channel+"q", w.xmpp.Login(t, "bob", "desk")
	dave.Join(quiet, "")
	bob.JoinRoom(quiet+"%test@"+Component, "bob", "")
	w.announce(bob)
	down := w.gateway.logged(t, streamDown)
	w.stream.Block() // so that alice is there first
	w.xmpp.Kill(t)
	w.gateway.awaitLog(t, streamDown, down+1)
	dave.Say(w.channel, "meanwhile")
	dave.Never("anybody go", func(l IRCLine) bool { return l.Command == "PART" || l.Command == "QUIT" })

	w.xmpp.Start(t)
	alice, got := w.comeBack("alice", dave)
	once(t, "what was said meanwhile", got, all(Body("groupchat", w.in(dave.Nick), "meanwhile"), isDelayed))
	dave.Expect("bob to go", By("bob", "PART", quiet))
	dave.Expect("carol to go", By("carol", "PART", w.channel))
	w.meet(alice, "alice", dave)
	w.undisturbed(dave, "alice")
}

// restartXMPP: the XMPP server stops as it should, and so takes its users out of the
// room; it starts again, and who comes back has the old connection to IRC.
func restartXMPP(t *testing.T, w *world) {
	dave := w.plain("dave")
	alice, bob := w.member("alice", "desk"), w.member("bob", "desk")
	down := w.gateway.logged(t, streamDown)
	w.xmpp.Stop(t)
	alice.ExpectEnd()
	bob.ExpectEnd()
	w.gateway.awaitLog(t, streamDown, down+1)
	dave.Say(w.channel, "meanwhile")
	w.xmpp.Start(t)
	alice, _ = w.comeBack("alice", dave)
	dave.Expect("bob to go", By("bob", "PART", w.channel))
	w.meet(alice, "alice", dave)
	w.undisturbed(dave, "alice")
}

// comeBack logs in after a restart, enters the room again, and gets everything once.
func (w *world) comeBack(account string, d *IRCClient) (c *XMPPClient, got []*stanza.Stanza) {
	w.t.Helper()
	c = w.xmpp.Login(w.t, account, "desk")
	w.stream.Unblock()
	c.AwaitComponent(Component)
	got = c.JoinRoom(w.room, account, "")
	once(w.t, d.Nick, got, Presence("", w.in(d.Nick)))
	once(w.t, "oneself", got, all(Presence("", w.in(account)), codes("110")))
	once(w.t, "the subject", got, isSubject)
	return c, got
}

// undisturbed looks at what an IRC user has seen of a restart: nobody lost the
// connection to IRC, and only one of the gateway's users is in the channel.
func (w *world) undisturbed(d *IRCClient, nick string) {
	w.t.Helper()
	d.Never("anybody quit", Is("QUIT"))
	d.Never("a change of nick", Is("NICK"))
	d.Sync()
	d.Send("NAMES " + w.channel)
	names := strings.Fields(strings.NewReplacer("@", "", "~", "").Replace(d.Expect("the names", Is("353")).Param(3)))
	slices.Sort(names)
	if !slices.Equal(names, []string{nick, d.Nick}) {
		w.t.Errorf("in the channel are %q", names)
	}
}

// stop: everybody is sent away by 332, and on IRC quits.
func stop(t *testing.T, w *world) {
	dave := w.plain("dave")
	desk, phone, bob := w.member("alice", "desk"), w.member("alice", "phone"), w.member("bob", "desk")
	w.stopped()
	for nick, cs := range map[string][]*XMPPClient{"alice": {desk, phone}, "bob": {bob}} {
		for _, c := range cs {
			c.Expect("to be sent away", all(Presence("unavailable", w.in(nick)), codes("110", "332")))
		}
		quit := dave.Expect(nick+" to go", By(nick, "QUIT"))
		if reason := quit.Param(0); reason != "Quit: " && !strings.Contains(reason, "The gateway is stopping") {
			t.Errorf("%s goes by %q", nick, quit.Param(0))
		}
	}
}

// stopped stops the gateway, which has to end well, and within its bounds, and has it
// start again at the end.
func (w *world) stopped() {
	w.t.Helper()
	if status := w.gateway.Stop(w.t); status != 0 {
		w.t.Errorf("exit status %d", status)
	}
	w.t.Cleanup(func() { w.gateway.Start(w.t) })
}

// freeze has a server do nothing until the returned function is called.
func (w *world) freeze(p *Process) (thaw func()) {
	w.t.Helper()
	p.Signal(w.t, syscall.SIGSTOP)
	frozen := true
	thaw = func() {
		if frozen {
			p.Signal(w.t, syscall.SIGCONT)
			frozen = false
		}
	}
	w.t.Cleanup(thaw)
	return thaw
}

// stopPastIRC: an IRC server that does nothing does not hold up the goodbyes.
func stopPastIRC(t *testing.T, w *world) {
	dave, alice := w.plain("dave"), w.member("alice", "desk")
	thaw := w.freeze(w.irc.Process)
	w.stopped()
	alice.Expect("to be sent away", all(Presence("unavailable", w.in("alice")), codes("110", "332")))
	thaw()
	dave.Expect("alice to go", By("alice", "QUIT"))
}

// stopPastXMPP: nor does an XMPP server that does not read, and IRC is told.
func stopPastXMPP(t *testing.T, w *world) {
	w.gateway.Stop(t)
	w.gateway.write(t, "isthmus.toml", w.config(t, w.xmpp.Component)) // a relay would read
	w.gateway.Start(t)
	w.awaitGateway()
	dave := w.plain("dave")
	for i := range 8 { // so that what she is sent is more than any buffer takes
		w.member("alice", strconv.Itoa(i))
	}
	dave.Expect("alice", By("alice", "JOIN"))
	thaw := w.freeze(w.xmpp.Process)
	w.flood()
	w.stopped()
	dave.Expect("alice to go", By("alice", "QUIT"))
	thaw()
}

// flood has much said in the channel, no faster than its server lets anybody.
func (w *world) flood() {
	w.t.Helper()
	text := strings.Repeat("a flood ", 50)
	for i := range 6 {
		c := w.plain("noise" + strconv.Itoa(i))
		for range 40 {
			for range 12 {
				c.Say(w.channel, text)
			}
			c.Sync()
		}
	}
}

// refuseSecret: the XMPP server is not there, then knows another secret, and at last
// ours. The gateway, started once, tries until it gets in, slowly while it is refused.
func refuseSecret(t *testing.T, program string, kind XMPPKind) {
	x, s := kind.Start(t), StartNgIRCd(t, IRCOptions{})
	x.Stop(t)
	gateway := StartGateway(t, program, fmt.Sprintf(`
[component]
address = %q
domain = %q
secret = "another secret"
[log]
level = "debug"
[[network]]
name = "test"
addresses = [%q]
tls_ca_file = %q
`, x.Component, Component, s.TLSAddr, s.CAFile))
	const absent, refused = "no stream to the XMPP server: ", "refuses the secret of the component " + Component
	gateway.awaitLog(t, absent, 1)
	x.Start(t)
	gateway.awaitLog(t, refused, 1)
	if pause := gateway.retryIn(t, refused); pause < time.Minute {
		t.Errorf("after a refusal it waits for %v only", pause)
	}
	x.learn(t, "another secret")
	x.Restart(t)
	gateway.awaitLogFor(t, 90*time.Second, streamUp, 1)
	if n := strings.Count(gateway.Log(t), refused); n != 1 {
		t.Errorf("it is said %d times that the secret is refused", n)
	}
	dave, alice := s.Connect(t, "dave"), x.Login(t, "alice", "desk")
	dave.Join("#lounge", "")
	alice.JoinRoom("#lounge%test@"+Component, "alice", "")
	dave.Expect("alice", By("alice", "JOIN"))
}

// learn gives the server another secret for the component, as from its next start.
func (s *XMPPServer) learn(t testing.TB, secret string) {
	t.Helper()
	for _, name := range []string{"prosody.cfg.lua", "ejabberd.yml"} {
		if text, err := os.ReadFile(filepath.Join(s.Dir, name)); err == nil {
			s.write(t, name, strings.ReplaceAll(string(text), Secret, secret))
		}
	}
}

// retryIn is the pause that the program has announced with a text.
func (p *Process) retryIn(t testing.TB, text string) time.Duration {
	t.Helper()
	for line := range strings.Lines(p.Log(t)) {
		if !strings.Contains(line, text) {
			continue
		}
		_, rest, _ := strings.Cut(line, `"retry_in":"`)
		pause, _, _ := strings.Cut(rest, `"`)
		d, err := time.ParseDuration(pause)
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		return d
	}
	t.Fatalf("%s has not logged %q", p.Name, text)
	return 0
}
