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
// an error takes one; or gone, while it is cut. Clients are alive if it says so.
type outlet struct {
	mu         sync.Mutex
	sent       []*stanza.Stanza
	tokens     atomic.Pointer[chan bool]
	cut, alive atomic.Bool
	answers    func(*stanza.Stanza) *stanza.Stanza // to questions; nil: none
}

func (o *outlet) Send(s *stanza.Stanza) bool {
	if tokens := o.tokens.Load(); tokens != nil && s.Type != "error" {
		<-*tokens
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.cut.Load() {
		return false
	}
	o.sent = append(o.sent, s)
	return true
}
func (o *outlet) Offer(s *stanza.Stanza) bool { return o.Send(s) }
func (o *outlet) Ask(iq *stanza.Stanza, _ time.Duration, answer func(*stanza.Stanza)) {
	if o.answers != nil {
		if a := o.answers(iq); a != nil {
			go answer(a)
		}
		return
	}
	if o.alive.Load() {
		go answer(&stanza.Stanza{Kind: stanza.IQ, Type: "result"})
	}
}

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
	list  []irc.Listed
	slow  chan bool // LIST is answered when it is closed; nil: at once
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
	case irc.List:
		s.lines = append(s.lines, "LIST")
		go func() {
			if s.slow != nil {
				<-s.slow
			}
			for i := range s.list {
				c := s.list[i]
				c.Ref = ref
				s.sink([]irc.Event{c})
			}
			s.sink([]irc.Event{irc.Done{Ref: ref}})
		}()
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

// A notebook is a store in memory. It may fail, or wait until ctx is done.
type notebook struct {
	mu          sync.Mutex
	docs        map[docKey]string
	saves, most int // transactions, documents in one
	loads       int
	fail        error
	stuck       bool
}

func newNotebook() *notebook { return &notebook{docs: map[docKey]string{}} }

// do has f run on the documents, or says why not.
func (n *notebook) do(ctx context.Context, f func()) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	switch {
	case n.stuck:
		n.mu.Unlock()
		<-ctx.Done()
		n.mu.Lock()
		return ctx.Err()
	case n.fail != nil:
		return n.fail
	}
	f()
	return nil
}

func (n *notebook) Load(ctx context.Context, kind Kind, key string) (text []byte, err error) {
	err = n.do(ctx, func() {
		n.loads++
		if doc, ok := n.docs[docKey{kind, key}]; ok {
			text = []byte(doc)
		}
	})
	return text, err
}

func (n *notebook) Save(ctx context.Context, docs ...Document) error {
	return n.do(ctx, func() {
		n.saves, n.most = n.saves+1, max(n.most, len(docs))
		for _, d := range docs {
			n.docs[docKey{d.Kind, d.Key}] = string(d.Text)
		}
	})
}

func (n *notebook) Delete(ctx context.Context, kind Kind, key string) error {
	return n.do(ctx, func() { delete(n.docs, docKey{kind, key}) })
}

func (n *notebook) Keys(ctx context.Context, kind Kind) (keys []string, err error) {
	err = n.do(ctx, func() {
		for k := range n.docs {
			if k.kind == kind {
				keys = append(keys, k.key)
			}
		}
		slices.Sort(keys)
	})
	return keys, err
}

func (n *notebook) Expire(ctx context.Context, _ Kind, _ time.Time) error {
	return n.do(ctx, func() {})
}

// has is a document, "" if there is none.
func (n *notebook) has(kind Kind, key string) string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.docs[docKey{kind, key}]
}

// set changes how it behaves.
func (n *notebook) set(stuck bool, fail error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.stuck, n.fail = stuck, fail
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
		p := start(t, nil)
		defer p.end(t)
		test(t, p)
	})
}

// start makes a hub that keeps what it keeps in docs.
func start(t *testing.T, docs Documents) *play {
	t.Helper()
	c := config.Default()
	c.Component.Domain = "gw"
	c.Networks = []config.Network{{Name: "net", Addresses: []string{"irc.test:6667"}, IRC: c.IRC}}
	p := &play{outlet: &outlet{}, network: &network{}}
	hub, err := NewHub(Options{XMPP: p.outlet, Open: p.network.open, Log: zerolog.Nop(), Config: c, Documents: docs})
	if err != nil {
		t.Fatal(err)
	}
	p.Hub = hub
	return p
}

func (p *play) end(t *testing.T) {
	p.network.mu.Lock()
	p.deaf = false
	p.network.mu.Unlock()
	p.Stop(t.Context())
	synctest.Wait()
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
