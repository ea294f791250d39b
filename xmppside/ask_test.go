package xmppside

import (
	"fmt"
	"regexp"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"isthmus/xmppside/jid"
	"isthmus/xmppside/stanza"
)

// ask asks alice, and notes the answer.
func (b *bench) ask(name string, deadline time.Duration) {
	iq := &stanza.Stanza{Kind: stanza.IQ, Type: "get", ID: "ours", From: room, To: alice}
	b.c.Ask(iq, deadline, b.answered(name))
}

func (b *bench) answered(name string) func(*stanza.Stanza) {
	return func(s *stanza.Stanza) {
		if s == nil {
			b.note("%s: nothing", name)
			return
		}
		b.note("%s: %s", name, s.Type)
	}
}

var id = regexp.MustCompile(`id='([^']*)'`)

// asked is the id of the question that the server got last.
func (l *link) asked() string {
	l.b.t.Helper()
	got, _ := l.took()
	all := id.FindAllStringSubmatch(got, -1)
	if len(all) == 0 || all[len(all)-1][1] == "ours" {
		l.b.t.Fatalf("no question: %s", got)
	}
	return all[len(all)-1][1]
}

func (l *link) answer(typ, id string, from jid.JID) {
	l.say(fmt.Sprintf("<iq type='%s' id='%s' from='%s' to='%s'/>", typ, id, from, room))
}

// A question is answered exactly once, by whom it was put to or by nobody.
func TestAsk(t *testing.T) {
	const down = "down false"
	for _, c := range []struct {
		name string
		do   func(*bench, *link)
		want []string // what is told besides "up true"
	}{
		{"result", func(b *bench, l *link) {
			b.ask("a", time.Minute)
			id := l.asked()
			l.answer("result", id, alice)
			l.answer("result", id, alice)
			l.answer("error", id, alice)
		}, []string{"a: result"}},
		{"error", func(b *bench, l *link) {
			b.ask("a", time.Minute)
			l.answer("error", l.asked(), alice)
		}, []string{"a: error"}},
		{"by somebody else", func(b *bench, l *link) {
			b.ask("a", time.Minute)
			id := l.asked()
			l.answer("result", id, jid.MustParse("mallory@host.test/desk"))
			l.answer("result", id, alice.Bare())
			l.answer("result", id, gateway)
			b.wantTold("up true")
			l.answer("result", id, alice)
		}, []string{"a: result"}},
		{"a question with its id", func(b *bench, l *link) {
			b.ask("a", time.Minute)
			id := l.asked()
			l.answer("get", id, alice)
			l.answer("result", id, alice)
		}, []string{"iq q1", "a: result"}},
		{"too late", func(b *bench, l *link) {
			b.ask("a", 30*time.Second)
			id := l.asked()
			time.Sleep(30 * time.Second)
			synctest.Wait()
			l.answer("result", id, alice)
		}, []string{"a: nothing"}},
		{"out of order", func(b *bench, l *link) {
			b.ask("a", time.Minute)
			first := l.asked()
			b.ask("b", time.Minute)
			l.answer("result", l.asked(), alice)
			l.answer("error", first, alice)
		}, []string{"b: result", "a: error"}},
		{"stream lost, which is told first", func(b *bench, l *link) {
			b.ask("a", time.Minute)
			l.asked()
			l.Close()
		}, []string{down, "a: nothing"}},
		{"no stream", func(b *bench, l *link) {
			l.Close()
			synctest.Wait()
			b.ask("a", time.Minute)
		}, []string{down, "a: nothing"}},
		{"asked in an answer", func(b *bench, l *link) {
			iq := &stanza.Stanza{Kind: stanza.IQ, Type: "get", From: room, To: alice}
			b.c.Ask(iq, time.Minute, func(s *stanza.Stanza) {
				b.answered("a")(s)
				b.ask("b", time.Minute)
			})
			l.answer("result", l.asked(), alice)
			l.answer("result", l.asked(), alice)
		}, []string{"a: result", "b: result"}},
		{"asked in no answer", func(b *bench, l *link) {
			iq := &stanza.Stanza{Kind: stanza.IQ, Type: "get", From: room, To: alice}
			b.c.Ask(iq, time.Minute, func(s *stanza.Stanza) {
				b.answered("a")(s)
				b.ask("b", time.Minute)
			})
			l.asked()
			l.Close()
			synctest.Wait()
		}, []string{"a: nothing", "b: nothing", down}},
		{"nobody to ask", func(b *bench, l *link) {
			b.c.Ask(&stanza.Stanza{Kind: stanza.IQ, Type: "get", From: room}, time.Second, b.answered("a"))
			time.Sleep(time.Second)
		}, []string{"a: nothing"}},
		{"nobody asked", func(b *bench, l *link) { l.answer("result", "q", alice) }, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := start(t, nil)
				b.c.asks.prefix = "q"
				c.do(b, b.up("").read())
				got := b.told()[1:]
				if c.name == "asked in no answer" { // by another goroutine: in whatever order
					slices.Sort(got)
				}
				if fmt.Sprint(got) != fmt.Sprint(c.want) {
					t.Errorf("told %q, want %q", got, c.want)
				}
				if n := len(b.c.asks.open); n != 0 {
					t.Errorf("%d questions are still open", n)
				}
				b.stop()
			})
		})
	}
}

// A question is put on the reader's goroutine and answered there, and the handler may
// ask from wherever it is called.
func TestAskFromHandler(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, func(b *bench, _ *Config) {
			b.onUp = func() { b.ask("up", time.Minute) }
			b.onStanza = func(*stanza.Stanza) { b.ask("stanza", time.Minute) }
			b.onDown = func() { b.ask("down", time.Minute) }
		})
		l := b.up("").read()
		l.answer("result", l.asked(), alice)
		l.answer("get", "q", alice)
		l.answer("result", l.asked(), alice)
		b.stop()
		b.wantTold("up true", "up: result", "iq q", "stanza: result", "down false", "down: nothing")
	})
}
