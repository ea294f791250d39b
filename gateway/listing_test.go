package gateway

import (
	"fmt"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"isthmus/ircside/irc"
	"isthmus/xmppside/rsm"
	"isthmus/xmppside/stanza"
)

func items(who, id, set string) string {
	return fmt.Sprintf("<iq from='%s' to='net@gw' type='get' id='%s'><query xmlns='http://jabber.org/protocol/disco#items'>%s</query></iq>", who, id, set)
}

// answer takes the one stanza that was sent to somebody.
func (p *play) answer(t *testing.T, to string) *stanza.Stanza {
	t.Helper()
	p.outlet.mu.Lock()
	defer p.outlet.mu.Unlock()
	var found *stanza.Stanza
	for i, s := range p.sent {
		if s.To.String() == to && s.Kind == stanza.IQ && s.Type != "get" {
			if found != nil {
				t.Fatal("answered twice:", to)
			}
			found, p.sent[i] = s, &stanza.Stanza{}
		}
	}
	if found == nil {
		t.Fatal("no answer:", to)
	}
	return found
}

// lists counts the LISTs that somebody was asked for.
func (p *play) lists() (n int) {
	p.network.mu.Lock()
	defer p.network.mu.Unlock()
	for _, s := range p.seats {
		n += strings.Count(strings.Join(s.lines, " "), "LIST")
	}
	return n
}

// However many ask at a time, the network is asked once. Whose mailbox is full when the
// list is there is answered when their time is over.
func TestListIsShared(t *testing.T) {
	inBubble(t, func(t *testing.T, p *play) {
		p.network.list = []irc.Listed{{Channel: "#a", Users: 1}, {Channel: "#b", Users: 2}}
		p.slow = make(chan bool)
		const users = 50
		who := func(i int) string { return fmt.Sprintf("u%d@x/d", i) }
		for i := range users {
			p.play(t, join(who(i), "j"))
		}
		for i := range users {
			p.play(t, items(who(i), "q", ""))
		}
		p.HandleStanza(parse(t, say(who(7), "w")))
		_, all := p.stall()
		p.fill(t, who(7))
		close(p.slow)
		synctest.Wait()
		all()
		synctest.Wait()
		time.Sleep(61 * time.Second)
		for i := range users {
			if s := p.answer(t, who(i)); s.Type != "result" || len(s.Children[0].Children()) != 3 {
				t.Errorf("%s: %s, %d items", who(i), s.Type, len(s.Children[0].Children()))
			}
		}
		if n := p.lists(); n != 1 {
			t.Error(n, "lists")
		}
		if u := p.everybody()[0]; len(u.lists) != 0 {
			t.Error("somebody waits still")
		}
	})
}

// When the one goes over whose link the list comes, another of those who wait takes it.
func TestListSurvivesItsTaker(t *testing.T) {
	for name, end := range map[string]string{"leaves": leave("ann@x/d"), "panics": say("ann@x/d", "panic")} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, p *play) {
				p.network.list = []irc.Listed{{Channel: "#a", Users: 1}}
				p.slow = make(chan bool)
				p.play(t, join("ann@x/d", "j"), join("bob@x/d", "j"))
				p.play(t, items("ann@x/d", "q", ""))
				p.play(t, items("bob@x/d", "q", ""), end)
				time.Sleep(10 * time.Second) // the linger
				close(p.slow)
				synctest.Wait()
				if s := p.answer(t, "bob@x/d"); s.Type != "result" || len(s.Children[0].Children()) != 2 {
					t.Errorf("bob is answered by %s", s.Children[0].Append(nil))
				}
				p.answer(t, "ann@x/d")
			})
		})
	}
}

// Of 100,000 channels, some with names that are none, so many are kept as may be; who
// pages through them gets each once, and they are looked through once.
func TestBrowseManyChannels(t *testing.T) {
	inBubble(t, func(t *testing.T, p *play) {
		for i := range 100000 {
			p.network.list = append(p.network.list, irc.Listed{Channel: fmt.Sprintf("#%d", i), Users: i % 7, Topic: strings.Repeat("x", i%400)},
				irc.Listed{Channel: "#\x01\x02" + fmt.Sprint(i)}, irc.Listed{Channel: "#a b"})
		}
		p.play(t, join("ann@x/d", "j"))
		began := time.Now()
		real := realNow()
		p.play(t, items("ann@x/d", "first", "<set xmlns='"+rsm.NS+"'><max>0</max></set>"))
		p.answer(t, "ann@x/d")
		taken := realNow() - real
		real = realNow()
		seen := map[string]bool{}
		after, pages := "", 0
		for {
			p.play(t, items("ann@x/d", "q", "<set xmlns='"+rsm.NS+"'><max>50</max><after>"+after+"</after></set>"))
			query := p.answer(t, "ann@x/d").Children[0]
			set := query.Child(rsm.NS, "set")
			list := query.Children()
			if len(list) == 1 {
				break
			}
			pages++
			for _, e := range list[:len(list)-1] {
				if seen[e.Attr("jid")] {
					t.Fatal("twice:", e.Attr("jid"))
				}
				seen[e.Attr("jid")] = true
			}
			after = set.Child(rsm.NS, "last").Text()
			if c := set.Child(rsm.NS, "count"); c.Text() != "65537" {
				t.Fatal(c.Text())
			}
		}
		if u := p.everybody()[0]; len(seen) != maxListed+1 || len(u.finds) != 1 || p.lists() != 1 { // with #c, which she is in
			t.Error(len(seen), "channels,", len(u.finds), "searches,", p.lists(), "lists")
		}
		t.Logf("listed in %v, %d pages in %v; %v of the bubble's time", taken, pages, realNow()-real, time.Since(began))
	})
}

// What listings keep is bounded, whoever asks for what.
func TestListingsAreBounded(t *testing.T) {
	ls := listings{}
	for i := range 3 * maxLists {
		ls.of(fmt.Sprint(i)).tried = time.Unix(int64(i), 0)
	}
	if len(ls) != maxLists || ls[fmt.Sprint(3*maxLists-1)] == nil {
		t.Error(len(ls))
	}
}

// A user asks for so many lists at a time.
func TestListWaitsAreBounded(t *testing.T) {
	inBubble(t, func(t *testing.T, p *play) {
		p.slow = make(chan bool)
		p.play(t, "<message from='ann@x/d' to='net@gw' type='chat'><body>connect</body></message>")
		p.to("ann@x/d")
		for i := range maxListWaits + 1 {
			p.play(t, items("ann@x/d", fmt.Sprint("q", i), ""))
		}
		same(t, "ann", p.to("ann@x/d"), fmt.Sprintf("iq error q%d wait/resource-constraint", maxListWaits))
		time.Sleep(61 * time.Second)
		if got := p.to("ann@x/d"); len(got) != maxListWaits || !strings.HasPrefix(got[0], "iq error q") {
			t.Error(len(got), got[0])
		}
		close(p.slow)
		synctest.Wait()
	})
}

// realNow is a clock that runs in bubbles as well, in seconds of the processor.
func realNow() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// A wait that has ended takes nobody's place, though the take that it was for goes on.
func TestListWaitsEnd(t *testing.T) {
	inBubble(t, func(t *testing.T, p *play) {
		waiting := func() int {
			p.Hub.mu.Lock()
			defer p.Hub.mu.Unlock()
			return len(p.Hub.lists["net"].waiting)
		}
		p.slow = make(chan bool)
		p.play(t, join("ann@x/d", "j"), join("bob@x/d", "j"))
		p.play(t, items("ann@x/d", "q", ""))
		p.play(t, items("bob@x/d", "q1", ""), items("bob@x/d", "q2", ""))
		if n := waiting(); n != 3 {
			t.Fatal(n, "wait")
		}
		p.play(t, say("bob@x/d", "panic"))
		if n := waiting(); n != 1 {
			t.Error(n, "wait when bob has ended")
		}
		time.Sleep(61 * time.Second)
		if n := waiting(); n != 0 {
			t.Error(n, "wait when their time is over")
		}
		p.play(t, items("ann@x/d", "again", ""))
		if n := waiting(); n != 1 || p.lists() != 1 {
			t.Error(n, "wait for", p.lists(), "lists")
		}
		close(p.slow)
		synctest.Wait()
		if got := p.to("ann@x/d"); got[len(got)-1] != "iq result again" {
			t.Errorf("ann is answered by %q", got)
		}
	})
}
