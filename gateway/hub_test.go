package gateway

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"isthmus/ircside/irc"
	"isthmus/xmppside/stanza"
)

// A writer that stands still does not stop the reader: wishes are turned away.
func TestFullMailbox(t *testing.T) {
	inBubble(t, func(t *testing.T, p *play) {
		p.play(t, join("ann@x/d", "j"))
		p.to("ann@x/d")
		_, all := p.stall()
		want := p.fill(t, "ann@x/d")
		p.play(t, say("ann@x/d", "more"), join("ann@x/m", "j2"),
			"<presence from='ann@x/old' to='#c%net@gw/old' id='j3'/>",
			"<iq from='ann@x/d' to='gw' type='get' id='q'><ping xmlns='urn:xmpp:ping'/></iq>",
			"<iq from='ann@x/d' to='gw' type='result' id='r'/>",
			"<message from='ann@x/never' to='#c%net@gw' type='error'/>",
			"<presence from='ann@x/never' to='#c%net@gw/x' type='unavailable'/>")
		same(t, "d", p.to("ann@x/d"), "message error more wait/resource-constraint", "iq error q wait/resource-constraint")
		same(t, "m", p.to("ann@x/m"), "presence error j2 wait/resource-constraint x")
		same(t, "old", p.to("ann@x/old"), "presence error j3 wait/resource-constraint x")
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

// Who leaves a room and was never here is nobody that anything is done for.
func TestDepartureOfAStranger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		docs := newNotebook()
		docs.docs[docKey{KindSession, "ann@x"}] = `{"stays":[]}`
		p := start(t, docs)
		defer p.end(t)
		for full, want := range map[string]int{"zoe@x/d": 0, "ann@x/d": 1} {
			p.HandleStanza(parse(t, leave(full)))
			if n := len(p.everybody()); n != want {
				t.Errorf("%s: %d users", full, n)
			}
			synctest.Wait()
		}
	})
}

// What is kept of stanzas does not keep all that they held.
func TestStanzasAreNotKept(t *testing.T) {
	const rooms, large = 50, 200 << 10
	inBubble(t, func(t *testing.T, p *play) {
		memory := func() int {
			runtime.GC()
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			return int(m.HeapAlloc)
		}
		rest := "<filler xmlns='urn:x'>" + strings.Repeat("x", large) + "</filler>"
		words := "<filler xmlns='urn:x'>" + strings.Repeat("x", maxWeight-1000) + "</filler>"
		before := memory()
		for i := range rooms {
			p.play(t, fmt.Sprintf("<presence from='ann@x/d' to='#%d%%net@gw/ann' id='j%d' xml:lang='de'><x xmlns='http://jabber.org/protocol/muc'><password>key</password></x>"+
				"<show>away</show><status>at lunch</status>%s</presence>", i, i, rest))
			if i < maxErrands {
				p.play(t, fmt.Sprintf("<message from='ann@x/d' to='net@gw'><body>key #x%d key</body>%s</message>", i, words),
					fmt.Sprintf("<iq from='ann@x/d' to='#%d%%net@gw' type='set' id='c' xml:lang='de'><command xmlns='http://jabber.org/protocol/commands' node='allow'>%s</command></iq>", i, rest))
			}
		}
		p.to("ann@x/d")
		if grown := memory() - before; grown > rooms*large/10 {
			t.Errorf("%d KiB are kept", grown>>10)
		}
		if u := p.everybody()[0]; u.roomCount() != rooms || len(u.errands) != maxErrands || len(u.keys) != maxErrands {
			t.Error(u.roomCount(), len(u.errands), len(u.keys))
		}
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

// Whom a reload denies is sent away, and has nothing to say but that it leaves.
func TestDeny(t *testing.T) {
	inBubble(t, func(t *testing.T, p *play) {
		p.play(t, join("ann@x/d", "a"), join("bob@x/d", "b"))
		p.to("ann@x/d")
		c := *p.config.Load()
		c.Gateway.Deny = []string{"ann@x"}
		p.Reload(&c)
		synctest.Wait()
		same(t, "away", p.to("ann@x/d"), "presence unavailable 110 333")
		same(t, "on IRC", p.said("ann"), "JOIN", "PART", "QUIT")
		same(t, "bob", p.said("bob"), "JOIN")
		p.play(t, leave("ann@x/d"), join("ann@x/d", "a2"))
		same(t, "again", p.to("ann@x/d"), "presence error a2 auth/forbidden x")
		if n := len(p.everybody()); n != 1 {
			t.Error(n, "users")
		}
	})
}

// Who sees real addresses from now on, or does not, is told to all who are in a room.
func TestAnonymityChanges(t *testing.T) {
	inBubble(t, func(t *testing.T, p *play) {
		p.play(t, join("ann@x/d", "a"))
		p.to("ann@x/d")
		for _, on := range []bool{true, true, false} {
			c := *p.config.Load()
			c.Gateway.PublishJIDs = on
			p.Reload(&c)
			synctest.Wait()
		}
		same(t, "told", p.to("ann@x/d"), "message groupchat 172", "message groupchat 173")
	})
}

// Departures that somebody makes up do not fill the memory.
func TestDeparturesAreBounded(t *testing.T) {
	inBubble(t, func(t *testing.T, p *play) {
		p.play(t, join("ann@x/d", "j"))
		_, all := p.stall()
		want := p.fill(t, "ann@x/d")
		p.play(t, leave("ann@x/d"))
		for i := range maxDeparted + 10 {
			p.HandleStanza(parse(t, leave(fmt.Sprint("ann@x/", i))))
		}
		u := p.everybody()[0]
		if n := len(u.departed); n != maxDeparted {
			t.Error(n, "departures")
		}
		all()
		synctest.Wait()
		same(t, "on IRC", p.said("ann"), slices.Concat([]string{"JOIN"}, want, []string{"PART"})...)
	})
}

// Who is in the middle of a form, or has a key kept, does not hold up a stop.
func TestStopWaitsForNoForm(t *testing.T) {
	inBubble(t, func(t *testing.T, p *play) {
		p.play(t, "<iq from='ann@x/d' to='net@gw' type='set' id='f'><command xmlns='http://jabber.org/protocol/commands' node='key'/></iq>",
			"<message from='bob@x/d' to='net@gw'><body>key #c secret</body></message>")
		same(t, "ann", p.to("ann@x/d"), "iq result f")
		if got := p.to("bob@x/d"); len(got) != 1 || !strings.HasSuffix(got[0], "The key is kept for an hour.") {
			t.Error(got)
		}
		began := time.Now()
		limit, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		p.Stop(limit)
		if took := time.Since(began); took > 0 {
			t.Error("it took", took)
		}
	})
}

// Who waits to be let in when a panic ends their user is told that they are not.
func TestPanicRefusesWhoWaits(t *testing.T) {
	inBubble(t, func(t *testing.T, p *play) {
		if err := p.set("net", "#c", require("urn:a")); err != nil {
			t.Fatal(err)
		}
		p.play(t, "<presence from='ann@x/d' to='#d%net@gw/ann' id='j'><x xmlns='http://jabber.org/protocol/muc'/></presence>",
			join("ann@x/m", "j2"), "<presence from='ann@x/old' to='#e%net@gw/ann' id='j3'/>")
		p.to("ann@x/d")
		p.play(t, "<message from='ann@x/d' to='#d%net@gw' type='groupchat'><body>panic</body></message>")
		same(t, "d", p.to("ann@x/d"), "presence unavailable 110 333")
		same(t, "m", p.to("ann@x/m"), "presence error j2 cancel/internal-server-error x")
		same(t, "old", p.to("ann@x/old"), "presence error j3 cancel/internal-server-error x")
	})
}
