package gateway

import (
	"bufio"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"isthmus/config"
	"isthmus/ircside/irc"
	"isthmus/xmppside/jid"
	"isthmus/xmppside/stanza"
)

// A wire is both ports of a hub: it writes down what is sent, on either side.
type wire struct {
	core  *irc.Core
	lines []byte
	xml   []byte
	sent  int // stanzas
	asked int // questions to clients, which are not answered
}

func (w *wire) Send(s *stanza.Stanza) bool {
	w.sent++
	w.xml = s.Append(w.xml[:0])
	return true
}
func (w *wire) Offer(s *stanza.Stanza) bool                             { return w.Send(s) }
func (w *wire) Ask(*stanza.Stanza, time.Duration, func(*stanza.Stanza)) { w.asked++ }
func (w *wire) Close(string)                                            {}
func (w *wire) Abort()                                                  {}
func (w *wire) Do(cmd irc.Command, ref irc.Ref) error                   { w.core.Do(cmd, ref, time.Now()); return nil }
func (w *wire) open(config.Network, irc.Identity, zerolog.Logger, func([]irc.Event)) (Seat, error) {
	w.core = irc.NewCore(irc.Identity{Nick: "ann", User: "ann", Realname: "ann"}, time.Now())
	return w, nil
}

// A bench is a user in a channel of so many others, without its goroutine.
type bench struct {
	*wire
	user *user
	up   *uplink
}

// newBench makes one whose network has those capabilities, and lets the user in by so
// many clients.
func newBench(b testing.TB, caps string, others, clients int) *bench {
	c := config.Default()
	c.Component.Domain = "gw"
	c.Networks = []config.Network{{Name: "net", Addresses: []string{"irc.test:6667"}, IRC: c.IRC}}
	w := &wire{}
	hub, err := NewHub(Options{XMPP: w, Open: w.open, Log: zerolog.Nop(), Config: c})
	if err != nil {
		b.Fatal(err)
	}
	bare, _ := jid.Parse("ann@x")
	x := &bench{wire: w, user: newUser(hub, bare)}
	x.join(b, 0)
	x.up = x.user.uplinks["net"]
	x.recv(b, ":s CAP * LS :"+caps, ":s CAP * ACK :"+caps, ":s 001 ann :hi",
		":s 005 ann CHANTYPES=# PREFIX=(ov)@+ CASEMAPPING=rfc1459 NICKLEN=30 :are", ":s 422 ann :no MOTD", ":ann!ann@host JOIN #c")
	var names strings.Builder
	for i := range others {
		fmt.Fprintf(&names, "nick%d ", i)
		if names.Len() > 400 || i == others-1 {
			x.recv(b, ":s 353 ann = #c :ann "+names.String())
			names.Reset()
		}
	}
	x.recv(b, ":s 366 ann #c :end")
	for i := range clients - 1 {
		x.join(b, i+1)
	}
	if r, ok := x.up.rooms.Get("#c"); !ok || len(r.members) != clients {
		b.Fatal("not in the room")
	}
	x.flush()
	return x
}

// recv takes in lines of the network as a session does.
func (x *bench) recv(b testing.TB, lines ...string) {
	for _, text := range lines {
		l, err := irc.ParseLine([]byte(text))
		if err != nil {
			b.Fatal(err)
		}
		x.core.Recv(l, time.Now())
		x.flush()
	}
}

// flush hands over what the core has to send and to tell.
func (x *bench) flush() {
	send, tell := x.core.Take()
	x.lines = x.lines[:0]
	for _, o := range send {
		x.lines, _ = o.Line.Append(x.lines, 512)
	}
	if len(tell) > 0 {
		x.user.take(mail{events: &eventMail{x.up, x.up.turn, tell}})
	}
}

// join has a client enter the room.
func (x *bench) join(b testing.TB, client int) {
	x.stanza(b, fmt.Sprintf(`<presence from="ann@x/%d" to="#c%%net@gw/ann" id="j"><x xmlns="http://jabber.org/protocol/muc"><history maxstanzas="0"/></x></presence>`, client))
}

func (x *bench) stanza(b testing.TB, raw string) {
	s, err := stanza.NewReader(bufio.NewReader(strings.NewReader(raw)), stanza.Client, stanza.Limits{}).Next()
	if err != nil {
		b.Fatal(err)
	}
	x.user.take(mail{stanza: s})
	x.flush()
}

// BenchmarkLineToStanza is words from IRC, to one client and to three.
func BenchmarkLineToStanza(b *testing.B) {
	for _, clients := range []int{1, 3} {
		b.Run(fmt.Sprint(clients), func(b *testing.B) {
			x := newBench(b, "server-time message-tags", 100, clients)
			line := []byte("@msgid=abcdefgh;time=2001-02-03T04:05:06.789Z :nick7!user@host.example PRIVMSG #c :Good morning, how are you all today?")
			before := x.sent
			b.ReportAllocs()
			for b.Loop() {
				l, _ := irc.ParseLine(line)
				x.core.Recv(l, time.Now())
				x.flush()
			}
			if x.sent-before != clients*b.N {
				b.Errorf("%d stanzas", x.sent-before)
			}
		})
	}
}

// BenchmarkStanzaToLine is words for IRC, on a network that tells nothing of those
// that it took, and on one that echoes them.
func BenchmarkStanzaToLine(b *testing.B) {
	const raw = `<message from="ann@x/0" to="#c%net@gw" type="groupchat" id="m"><body>Good morning, how are you all today?</body></message>`
	for _, caps := range []string{"none", "echo-message"} {
		b.Run(caps, func(b *testing.B) {
			x := newBench(b, strings.TrimPrefix(caps, "none"), 100, 1)
			s, err := stanza.NewReader(bufio.NewReader(strings.NewReader(raw)), stanza.Client, stanza.Limits{}).Next()
			if err != nil {
				b.Fatal(err)
			}
			echo := []byte(":ann!ann@host PRIVMSG #c :Good morning, how are you all today?")
			before := x.sent
			b.ReportAllocs()
			for b.Loop() {
				x.user.take(mail{stanza: s})
				x.flush()
				if caps != "none" {
					l, _ := irc.ParseLine(echo)
					x.core.Recv(l, time.Now())
					x.flush()
				}
			}
			if x.sent-before != b.N {
				b.Errorf("%d stanzas", x.sent-before)
			}
		})
	}
}

// BenchmarkWelcome is a client entering a channel of 5,000 that another is in.
func BenchmarkWelcome(b *testing.B) {
	const others = 5000
	x := newBench(b, "", others, 2)
	before := x.sent
	b.ReportAllocs()
	for b.Loop() {
		x.join(b, 1)
	}
	if x.sent-before != (others+2)*b.N {
		b.Errorf("%d stanzas for %d welcomes", x.sent-before, b.N)
	}
}
