package gateway

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"isthmus/ircside/irc"
	"isthmus/xmppside/jid"
)

// was asks a user's resident, on its own goroutine, whether a client was in #c.
func (p *play) was(t *testing.T, full string) bool {
	t.Helper()
	client, room := jid.MustParse(full), jid.MustParse("#c%net@gw")
	p.HandleStanza(parse(t, "<iq from='"+full+"' to='#c%net@gw' type='result' id='wake'/>"))
	synctest.Wait() // who has nothing to stay for is gone by then
	for _, u := range p.everybody() {
		if u.jid == client.Bare() {
			answer := make(chan bool)
			u.post(mail{call: func() { answer <- u.wasOccupant(client, room) }})
			return <-answer
		}
	}
	u := newUser(p.Hub, client.Bare()) // who is not here is asked as at the start
	return u.wasOccupant(client, room)
}

func (p *play) expect(t *testing.T, when string, want map[string]bool) {
	t.Helper()
	for full, was := range want {
		if got := p.was(t, full); got != was {
			t.Errorf("%s: %s was in: %v", when, full, got)
		}
	}
}

// Who leaves is forgotten, who is sent away is not, by the next process neither.
func TestWasOccupant(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		docs := newNotebook()
		p := start(t, docs)
		p.play(t, join("ann@x/desk", "1"), join("ann@x/gone", "2"), join("bob@x/d", "3"))
		p.expect(t, "in", map[string]bool{"ann@x/desk": true, "ann@x/gone": true, "bob@x/d": true, "ann@x/never": false, "eve@x/d": false})
		p.play(t, leave("ann@x/gone"))
		p.network.seats[0].sink([]irc.Event{irc.Closed{Err: &irc.CloseError{Reason: irc.CloseBanned}}})
		synctest.Wait()
		left := map[string]bool{"ann@x/desk": true, "ann@x/gone": false, "bob@x/d": true}
		p.expect(t, "out", left)
		p.end(t)

		p = start(t, docs)
		p.expect(t, "after a restart", left)
		p.play(t, leave("bob@x/d"))
		left["bob@x/d"] = false
		p.expect(t, "who leaves now", left)
		p.end(t)
		if got := docs.has(KindSession, "bob@x"); got != "" {
			t.Errorf("there is still %s", got)
		}

		p = start(t, docs)
		time.Sleep(23 * time.Hour)
		p.expect(t, "after 23 hours", left)
		time.Sleep(time.Hour)
		p.expect(t, "after 24 hours", map[string]bool{"ann@x/desk": false})
		p.end(t)
	})
}

// A crash leaves what is true as of some hours ago at the most.
func TestSessionAfterCrash(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		docs := newNotebook()
		p := start(t, docs)
		p.play(t, join("ann@x/d", "1"))
		time.Sleep(48 * time.Hour)
		docs.set(true, nil) // what the goodbyes would save is lost
		p.end(t)
		docs.set(false, nil)
		p = start(t, docs)
		p.expect(t, "after a crash", map[string]bool{"ann@x/d": true})
		p.end(t)
	})
}

// It is remembered without a store too, as long as the user is here; not at all if
// the operator says so.
func TestSessionWithoutStore(t *testing.T) {
	inBubble(t, func(t *testing.T, p *play) {
		p.play(t, "<message from='ann@x/d' to='net@gw'><body>connect</body></message>", join("ann@x/d", "1"))
		p.HandleStanza(parse(t, "<message from='ann@x/d' to='#c%net@gw' type='error'><error type='cancel'><gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>"))
		p.expect(t, "gone", map[string]bool{"ann@x/d": true})
		c := *p.config.Load()
		c.Gateway.RememberOccupants = 0
		p.Reload(&c)
		p.expect(t, "nothing is remembered", map[string]bool{"ann@x/d": false})
	})
}

func TestSessionIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		docs := newNotebook()
		p := start(t, docs)
		u := newUser(p.Hub, jid.MustParse("ann@x"))
		long := strings.Repeat("x", 1000)
		at := func(i int) *occupant {
			return &occupant{client: &client{jid: jid.MustParse(fmt.Sprintf("ann@x/%d%s", i, long)), user: u}, at: jid.MustParse(long + "%net@gw")}
		}
		for i := range maxStays + 10 {
			u.entered(at(i))
			u.sentAway(at(i))
			time.Sleep(time.Millisecond)
		}
		last := at(maxStays + 9)
		if len(u.session.stays) != maxStays || u.wasOccupant(at(0).client.jid, last.at) || !u.wasOccupant(last.client.jid, last.at) {
			t.Errorf("%d stays", len(u.session.stays))
		}
		for i := range maxStays {
			u.entered(at(i))
		}
		u.entered(last)
		if len(u.session.stays) != maxStays || u.wasOccupant(last.client.jid, last.at) {
			t.Errorf("%d stays of those who are in", len(u.session.stays))
		}
		u.saveSession()
		p.end(t)
		if n := len(docs.has(KindSession, "ann@x")); n > MaxDocument || n < MaxDocument/4 {
			t.Errorf("a document of %d bytes", n)
		}
		for _, damaged := range []string{"?", `{"stays":[{"client":"@","room":"r"}]}`, "[]"} {
			docs.docs[docKey{KindSession, "ann@x"}] = damaged
			if u := newUser(start(t, docs).Hub, u.jid); u.wasOccupant(last.client.jid, last.at) {
				t.Errorf("%s says so", damaged)
			}
		}
	})
}
