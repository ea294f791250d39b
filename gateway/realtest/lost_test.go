//go:build e2e && linux

package realtest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"isthmus/xmppside/stanza"
)

// losses are what every pair has to live through, one after the other: each of them
// disturbs everybody. Some are for InspIRCd only.
var losses = []struct {
	name string
	insp bool
	run  func(*testing.T, *world)
}{
	{"client gone", false, loseClient},
	{"nobody there", false, findNobody},
	{"certificate", false, distrust},
	{"second address", false, tryNext},
	{"netsplit", true, split},
	{"stream cut", false, loseStream},
	{"IRC server killed", false, loseIRC},
	{"XMPP server killed", false, loseXMPP},
	{"XMPP server restarted", false, restartXMPP},
	{"gateway stopped", false, stop},
	{"gateway stopped, IRC server silent", false, stopPastIRC},
	{"gateway stopped, XMPP server silent", true, stopPastXMPP},
}

// TestLosses takes away what the gateway lives on. Every pair has servers and
// a gateway of its own.
func TestLosses(t *testing.T) {
	t.Parallel()
	program := Build(t)
	for _, x := range XMPPKinds() {
		for _, i := range IRCKinds() {
			t.Run(x.Name+"-"+i.Name, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t, program, x, i)
				for _, loss := range losses {
					if loss.insp && i.Name != "inspircd" {
						continue
					}
					if !t.Run(loss.name, func(t *testing.T) { w.play(t, loss.run) }) {
						break // the world may be broken
					}
				}
			})
		}
		t.Run(x.Name+" refuses", func(t *testing.T) {
			t.Parallel()
			refuseSecret(t, program, x)
		})
		t.Run(x.Name+"-ircd-hybrid throttles", func(t *testing.T) {
			t.Parallel()
			throttle(t, program, x)
		})
	}
}

// A world is a pair of servers and a gateway that one script at a time may break. It
// leaves them running.
type world struct {
	t       *testing.T
	xmpp    *XMPPServer
	irc     *IRCServer
	gateway *Process
	stream  *Relay // between the gateway and the XMPP server
	link    *Relay // between the gateway and the IRC server
	scripts int
	channel string // is the script's own: "#c7"
	room    string // "#c7%test@irc.localhost"
}

func newWorld(t *testing.T, program string, x XMPPKind, i IRCKind) *world {
	w := &world{t: t, xmpp: x.Start(t), irc: i.Start(t, IRCOptions{})}
	w.stream, w.link = NewRelay(t, w.xmpp.Component), NewRelay(t, w.irc.TLSAddr)
	w.gateway = StartGateway(t, program, w.config(t, w.stream.Addr))
	return w
}

// nobodyThere is where nobody listens: a port that is not given out to others.
const nobodyThere = "127.0.0.1:1"

// config is that of a gateway behind an XMPP server at an address. It has the IRC
// server as network test, and in ways that do not work.
func (w *world) config(t *testing.T, address string) string {
	other := &Process{Dir: newDir(t, "authority")}
	other.certify(t)
	return fmt.Sprintf(`
[component]
address = %[1]q
domain = %[2]q
secret = %[3]q
queue_bytes = 262144
[log]
level = "trace"
[gateway]
linger = "30s"
stop_timeout = "4s"
[irc]
rate = 10000.0
burst = 10000
connect_interval = "0s"
tls_ca_file = %[4]q
[[network]]
name = "test"
addresses = [%[5]q]
[[network]]
name = "dead"
addresses = [%[6]q]
[[network]]
name = "forged"
addresses = [%[7]q]
tls_ca_file = "%[8]s/ca.pem"
[[network]]
name = "second"
addresses = [%[6]q, %[7]q]
`, address, Component, Secret, w.irc.CAFile, w.link.Addr, nobodyThere, w.irc.TLSAddr, other.Dir)
}

// play runs a script, in a channel of its own.
func (w *world) play(t *testing.T, script func(*testing.T, *world)) {
	w.t = t
	w.scripts++
	w.channel = "#c" + strconv.Itoa(w.scripts)
	w.room = w.channel + "%test@" + Component
	w.awaitGateway()
	t.Cleanup(func() {
		w.stream.Unblock()
		w.link.Unblock()
		if t.Failed() {
			t.Logf("the gateway:\n%s", tail([]byte(w.gateway.Log(t)), 24<<10))
		}
	})
	script(t, w)
}

// awaitGateway waits until the XMPP server and the gateway have each other.
func (w *world) awaitGateway() {
	w.t.Helper()
	watch := w.xmpp.Login(w.t, "carol", "watch")
	watch.AwaitComponent(Component)
	watch.Logout()
}

// in is an occupant's address in the script's room.
func (w *world) in(nick string) string { return w.room + "/" + nick }

// member is a client that is in the script's room by the name of its account.
func (w *world) member(account, resource string) *XMPPClient {
	w.t.Helper()
	c := w.xmpp.Login(w.t, account, resource)
	got := c.JoinRoom(w.room, account, "")
	if self := got[len(got)-2]; !all(codes("110"), Presence("", w.in(account)))(self) {
		w.t.Fatalf("%s is %v in the room", account, self.From)
	}
	return c
}

// plain is an IRC user in the script's channel. No script has the nick of another.
func (w *world) plain(name string) *IRCClient {
	w.t.Helper()
	c := w.irc.Connect(w.t, name+strconv.Itoa(w.scripts))
	c.Join(w.channel, "")
	return c
}

// meet has all that is under way between a client and an IRC user arrive, both ways,
// and gives what the client has been told by its room until then.
func (w *world) meet(c *XMPPClient, nick string, d *IRCClient) []*stanza.Stanza {
	w.t.Helper()
	c.ids++
	word := fmt.Sprintf("meet %d", c.ids)
	d.Say(w.channel, word)
	c.Expect("a last word", Body("groupchat", w.in(d.Nick), word))
	c.Say(w.room, "and "+word)
	d.Expect("a last word", By(nick, "PRIVMSG", w.channel, "and "+word))
	c.Expect("its reflection", Body("groupchat", w.in(nick), "and "+word))
	return slices.DeleteFunc(c.Sync(w.room), func(s *stanza.Stanza) bool { return s.From.Bare().String() != w.room })
}

// answer answers the next request of a kind that comes from a room.
func (w *world) answer(c *XMPPClient, space, payload string) {
	w.t.Helper()
	s := c.Expect("a request for "+space, func(s *stanza.Stanza) bool {
		return s.Kind == stanza.IQ && s.Type == "get" && s.From.Domain() == Component &&
			len(s.Children) > 0 && s.Children[0].Space == space
	})
	c.Send(fmt.Sprintf(`<iq type="result" to="%s" id="%s">%s</iq>`, Escape(s.From.String()), Escape(s.ID), payload))
}

const nsPing = "urn:xmpp:ping"

// announce has a client say that it answers pings.
func (w *world) announce(c *XMPPClient) {
	w.t.Helper()
	const info = "http://jabber.org/protocol/disco#info"
	w.answer(c, info, `<query xmlns="`+info+`"><feature var="`+nsPing+`"/></query>`)
	c.Sync(Component)
}

// which takes those that match out of a list.
func which(list []*stanza.Stanza, match seen) (out []*stanza.Stanza) {
	for _, s := range list {
		if match(s) {
			out = append(out, s)
		}
	}
	return out
}

// once fails unless exactly one of a list matches.
func once(t *testing.T, what string, list []*stanza.Stanza, match seen) *stanza.Stanza {
	t.Helper()
	found := which(list, match)
	if len(found) != 1 {
		t.Fatalf("%s comes %d times, not once", what, len(found))
	}
	return found[0]
}

// never fails if one of a list matches.
func never(t *testing.T, what string, list []*stanza.Stanza, match seen) {
	t.Helper()
	for _, s := range which(list, match) {
		t.Fatalf("there should not be %s: %+v", what, s)
	}
}

// isPresence matches presences of any type from an address.
func isPresence(from string) seen {
	return func(s *stanza.Stanza) bool { return s.Kind == stanza.Presence && isFrom(s, from) }
}

// isDelayed matches what says that it is old. XEP-0203
func isDelayed(s *stanza.Stanza) bool { return s.Child("urn:xmpp:delay", "delay") != nil }

// logged is how often the program has logged a text so far.
func (p *Process) logged(t testing.TB, text string) int {
	t.Helper()
	return strings.Count(p.Log(t), text)
}

// awaitLog waits until the program has logged a text so many times.
func (p *Process) awaitLog(t testing.TB, text string, times int) {
	t.Helper()
	p.awaitLogFor(t, Patience, text, times)
}

// awaitLogFor is awaitLog with a limit of its own.
func (p *Process) awaitLogFor(t testing.TB, limit time.Duration, text string, times int) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(limit); time.Now().Before(deadline); <-tick.C {
		if p.logged(t, text) >= times {
			return
		}
	}
	t.Fatalf("%s has logged %q %d times, not %d", p.Name, text, p.logged(t, text), times)
}
