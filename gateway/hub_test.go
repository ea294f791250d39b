package gateway

import (
	"bufio"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"isthmus/config"
	"isthmus/ircside/irc"
	"isthmus/xmppside/muc"
	"isthmus/xmppside/stanza"
)

// An outlet is an XMPP server that may be slow: while tokens is set, each stanza but
// an error takes one.
type outlet struct {
	mu     sync.Mutex
	sent   []*stanza.Stanza
	tokens atomic.Pointer[chan bool]
}

func (o *outlet) Send(s *stanza.Stanza) {
	if tokens := o.tokens.Load(); tokens != nil && s.Type != "error" {
		<-*tokens
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.sent = append(o.sent, s)
}
func (o *outlet) Busy() bool                                              { return false }
func (o *outlet) Ask(*stanza.Stanza, time.Duration, func(*stanza.Stanza)) {}

// stall has the outlet wait; what it returns lets so many stanzas through, or all.
func (o *outlet) stall() (pass func(n int), all func()) {
	tokens := make(chan bool)
	o.tokens.Store(&tokens)
	return func(n int) {
			for range n {
				tokens <- true
			}
		}, func() {
			o.tokens.Store(nil)
			close(tokens)
		}
}

// to takes what was sent to somebody, a line each: type, id and what matters inside.
func (o *outlet) to(full string) (out []string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.sent = slices.DeleteFunc(o.sent, func(s *stanza.Stanza) bool {
		if s.To.String() != full {
			return false
		}
		words := []string{s.Kind.String(), s.Type, s.ID}
		if err := s.Error(); err != nil {
			words = append(words, string(err.Type)+"/"+string(err.Condition))
		}
		for _, e := range s.Child(muc.NSUser, "x").Children() {
			if e.Local == "status" {
				words = append(words, e.Attr("code"))
			}
		}
		if s.Child(muc.NS, "x") != nil {
			words = append(words, "x")
		}
		if body, ok := s.Body(); ok {
			words = append(words, body)
		}
		out = append(out, strings.Join(strings.Fields(strings.Join(words, " ")), " "))
		return true
	})
	return out
}

// A network is an IRC network that does as it is told.
type network struct {
	mu    sync.Mutex
	seats []*seat
	fails []irc.Event // instead of letting anybody in
	deaf  bool        // QUIT is not heard
}

func (n *network) open(_ config.Network, id irc.Identity, _ zerolog.Logger, sink func([]irc.Event)) (Seat, error) {
	s := &seat{network: n, nick: id.Nick, sink: sink}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.seats = append(n.seats, s)
	events := n.fails
	if events == nil {
		events = []irc.Event{irc.Registered{Nick: id.Nick, Support: irc.DefaultSupport()}}
	}
	go sink(events)
	return s, nil
}

// said takes what a nick's seats were asked for.
func (n *network) said(nick string) (out []string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, s := range n.seats {
		if s.nick == nick {
			out = append(out, s.lines...)
			s.lines = nil
		}
	}
	return out
}

type seat struct {
	*network
	nick  string
	sink  func([]irc.Event)
	lines []string
	ended bool
}

func (s *seat) Do(cmd irc.Command, ref irc.Ref) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch cmd := cmd.(type) {
	case irc.Join:
		s.lines = append(s.lines, "JOIN")
		go s.sink([]irc.Event{
			irc.Joined{Ref: ref, Channel: cmd.Channel, Members: []irc.Member{{Person: irc.Person{Nick: s.nick}}}},
			irc.Done{Ref: ref},
		})
	case irc.Part:
		s.lines = append(s.lines, "PART")
	case irc.Say:
		if cmd.Lines[0] == "panic" {
			panic("on the network")
		}
		s.lines = append(s.lines, cmd.Lines[0])
	}
	return nil
}

func (s *seat) Close(string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lines = append(s.lines, "QUIT")
	if !s.deaf {
		s.end()
	}
}

func (s *seat) Abort() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lines = append(s.lines, "ABORT")
	s.end()
}

func (s *seat) end() {
	if !s.ended {
		s.ended = true
		go s.sink([]irc.Event{irc.Closed{}})
	}
}

// A play is a hub between the two.
type play struct {
	*Hub
	*outlet
	*network
}

// inBubble runs a test with a hub that recovers from panics; who is still there at
// the end is sent away, and no goroutine may stay.
func inBubble(t *testing.T, test func(t *testing.T, p *play)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		c := config.Default()
		c.Component.Domain = "gw"
		c.Networks = []config.Network{{Name: "net", Addresses: []string{"irc.test:6667"}, IRC: c.IRC}}
		p := &play{outlet: &outlet{}, network: &network{}}
		hub, err := NewHub(Options{XMPP: p.outlet, Open: p.network.open, Log: zerolog.Nop(), Config: c})
		if err != nil {
			t.Fatal(err)
		}
		p.Hub = hub
		test(t, p)
		p.network.mu.Lock()
		p.deaf = false
		p.network.mu.Unlock()
		p.Stop(t.Context())
		synctest.Wait()
	})
}

// play has the hub take stanzas in, and everything come to rest.
func (p *play) play(t *testing.T, stanzas ...string) {
	t.Helper()
	for _, raw := range stanzas {
		p.HandleStanza(parse(t, raw))
	}
	synctest.Wait()
}

func parse(t *testing.T, raw string) *stanza.Stanza {
	t.Helper()
	s, err := stanza.NewReader(bufio.NewReader(strings.NewReader(raw)), stanza.Client, stanza.Limits{}).Next()
	if err != nil {
		t.Fatal(raw, err)
	}
	return s
}

func same(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\ngot  %q\nwant %q", what, got, want)
	}
}

func join(who, id string) string {
	nick, _, _ := strings.Cut(who, "@")
	return fmt.Sprintf("<presence from='%s' to='#c%%net@gw/%s' id='%s'><x xmlns='http://jabber.org/protocol/muc'/></presence>", who, nick, id)
}

func leave(who string) string {
	return fmt.Sprintf("<presence from='%s' to='#c%%net@gw/x' type='unavailable'/>", who)
}

func say(who, id string) string {
	return fmt.Sprintf("<message from='%s' to='#c%%net@gw' type='groupchat' id='%s'><body>%[2]s</body></message>", who, id)
}

// fill has a user's goroutine wait for the stalled outlet, and its mailbox be full.
func (p *play) fill(t *testing.T, who string) (want []string) {
	t.Helper()
	for i := range mailbox + 1 {
		p.play(t, say(who, fmt.Sprint("w", i)))
		want = append(want, fmt.Sprint("w", i))
	}
	return want
}

// A writer that stands still does not stop the reader: wishes are turned away.
func TestFullMailbox(t *testing.T) {
	inBubble(t, func(t *testing.T, p *play) {
		p.play(t, join("ann@x/d", "j"))
		p.to("ann@x/d")
		_, all := p.stall()
		want := p.fill(t, "ann@x/d")
		p.play(t, say("ann@x/d", "more"), join("ann@x/m", "j2"),
			"<iq from='ann@x/d' to='gw' type='get' id='q'><ping xmlns='urn:xmpp:ping'/></iq>",
			"<iq from='ann@x/d' to='gw' type='result' id='r'/>",
			"<message from='ann@x/never' to='#c%net@gw' type='error'/>",
			"<presence from='ann@x/never' to='#c%net@gw/x' type='unavailable'/>")
		same(t, "d", p.to("ann@x/d"), "message error more wait/resource-constraint", "iq error q wait/resource-constraint")
		same(t, "m", p.to("ann@x/m"), "presence error j2 wait/resource-constraint x")
		all()
		synctest.Wait()
		same(t, "on IRC", p.said("ann"), append([]string{"JOIN"}, want...)...)
	})
}

// A departure that finds the mailbox full is not lost, and comes after all that was
// said before it.
func TestDepartureIsKept(t *testing.T) {
	for name, departure := range map[string]string{
		"unavailable": leave("ann@x/d"),
		"bounce":      "<message from='ann@x/d' to='#c%net@gw' type='error'><error type='cancel'><gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>",
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, p *play) {
				p.play(t, join("ann@x/d", "j"))
				_, all := p.stall()
				want := p.fill(t, "ann@x/d")
				p.play(t, departure, departure)
				all()
				synctest.Wait()
				same(t, "on IRC", p.said("ann"), slices.Concat([]string{"JOIN"}, want, []string{"PART"})...)
			})
		})
	}
}

// Who comes back before the departure was taken in is in.
func TestReturnAfterDeparture(t *testing.T) {
	inBubble(t, func(t *testing.T, p *play) {
		p.play(t, join("ann@x/d", "j"))
		pass, all := p.stall()
		want := p.fill(t, "ann@x/d")
		p.play(t, leave("ann@x/d"))
		pass(10)
		p.play(t, join("ann@x/d", "j2"), say("ann@x/d", "back"))
		p.play(t, leave("ann@x/d"), join("ann@x/d", "j3"))
		all()
		synctest.Wait()
		// "back" is said by somebody who only waits to come in, and is refused.
		same(t, "on IRC", p.said("ann"), slices.Concat([]string{"JOIN"}, want, []string{"PART", "JOIN"})...)
		if u := p.everybody()[0]; len(u.clients) != 1 || len(u.departed) != 0 {
			t.Error(len(u.clients), "clients,", len(u.departed), "departures")
		}
	})
}

// A panic ends the user whose goroutine it was: its clients are sent away and what
// waited is refused, others notice nothing.
func TestPanic(t *testing.T) {
	inBubble(t, func(t *testing.T, p *play) {
		p.play(t, join("ann@x/d", "a"), join("bob@x/d", "b"))
		p.play(t, join("ann@x/m", "a2"))
		p.to("ann@x/d")
		p.to("ann@x/m")
		p.to("bob@x/d")
		_, all := p.stall()
		p.play(t, say("ann@x/d", "one"), say("ann@x/d", "panic"),
			"<iq from='ann@x/m' to='gw' type='get' id='q'><ping xmlns='urn:xmpp:ping'/></iq>")
		all()
		synctest.Wait()
		same(t, "d", p.to("ann@x/d"), "message groupchat one one", "presence unavailable 110 333")
		same(t, "m", p.to("ann@x/m"), "message groupchat one one", "presence unavailable 110 333", "iq error q cancel/internal-server-error")
		same(t, "ann on IRC", p.said("ann"), "JOIN", "one", "ABORT")

		p.play(t, say("bob@x/d", "still here"))
		same(t, "bob", p.to("bob@x/d"), "message groupchat still here still here")
		p.play(t, join("ann@x/d", "again"))
		same(t, "ann again", p.to("ann@x/d"), "presence again 110", "message groupchat")
	})
}

// Stopping takes no longer than it may, whoever does not answer.
func TestStop(t *testing.T) {
	inBubble(t, func(t *testing.T, p *play) {
		p.deaf = true
		p.play(t, join("ann@x/d", "a"), join("bob@x/d", "b"))
		p.to("ann@x/d")
		began := time.Now()
		limit, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		stopped := make(chan bool)
		go func() { p.Stop(limit); close(stopped) }()
		synctest.Wait()
		p.play(t, join("ann@x/d", "late"), join("zoe@x/d", "late"))
		same(t, "ann", p.to("ann@x/d"), "presence unavailable 110 332", "presence error late wait/service-unavailable x")
		same(t, "zoe", p.to("zoe@x/d"), "presence error late wait/service-unavailable x")
		<-stopped
		if took := time.Since(began); took != 10*time.Second {
			t.Error("it took", took)
		}
		synctest.Wait()
		same(t, "ann on IRC", p.said("ann"), "JOIN", "QUIT", "ABORT")
		if left := p.everybody(); len(left) > 0 {
			t.Error("left:", len(left))
		}
	})
}

// A network that lets nobody in: the join says why, and no link stays.
func TestNoWayIn(t *testing.T) {
	closed := func(r irc.CloseReason) []irc.Event {
		return []irc.Event{irc.Closed{Err: &irc.CloseError{Reason: r, Text: "because"}}}
	}
	refused := func(numeric int) []irc.Event {
		return append([]irc.Event{irc.Fault{Numeric: numeric, Text: "no"}}, closed(irc.CloseUnregister)...)
	}
	tests := []struct {
		name   string
		events []irc.Event
		want   string
	}{
		{"lost", closed(irc.CloseLost), "wait/remote-server-timeout"},
		{"silent", closed(irc.CloseSilent), "wait/remote-server-timeout"},
		{"DNS", closed(irc.CloseDNS), "cancel/remote-server-not-found"},
		{"refused", closed(irc.CloseRefused), "wait/remote-server-timeout"},
		{"TLS", closed(irc.CloseTLS), "modify/not-acceptable"},
		{"banned", closed(irc.CloseBanned), "auth/forbidden"},
		{"password", closed(irc.ClosePassword), "auth/not-authorized"},
		{"shutdown", closed(irc.CloseShutdown), "wait/remote-server-timeout"},
		{"not let in", closed(irc.CloseUnregister), "wait/remote-server-timeout"},
		{"no IRC", closed(irc.CloseProtocol), "cancel/remote-server-not-found"},
		{"bad nick", refused(432), "modify/not-acceptable"},
		{"nick in use", refused(433), "cancel/conflict"},
		{"nick collision", refused(436), "cancel/conflict"},
		{"nick held back", refused(437), "wait/resource-constraint"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, p *play) {
				p.fails = tt.events
				p.play(t, join("ann@x/d", "j"))
				same(t, "answer", p.to("ann@x/d"), "presence error j "+tt.want+" x")
				if left := p.everybody(); len(left) > 0 {
					t.Error("the user stays")
				}
			})
		})
	}
}

// What a lost stream keeps is bounded.
func TestOwed(t *testing.T) {
	u := &user{down: true}
	for range maxOwed {
		if !u.owe(&stanza.Stanza{}) {
			t.Fatal("not kept")
		}
	}
	if u.owe(&stanza.Stanza{}) {
		t.Error("too much is kept")
	}
}
