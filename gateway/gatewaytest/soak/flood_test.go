package soak

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"isthmus/xmppside/stanza"
)

// A client that says more than its network lets it: what waits is bounded, what is
// turned away is turned away with an error, and the network's pings are answered as if
// nothing were the matter.
func TestFlood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, 1, 8)
		defer r.stop()
		c := r.canary()
		answers, busy := make([]uint8, many), 0 // guarded by the rig's mutex
		const flooder, room = "flooder@x/f", "#flood%wild@gw"
		r.listen(func(s *stanza.Stanza) {
			c.hear(s)
			if n, err := strconv.Atoi(s.ID); err == nil && s.To.String() == flooder {
				answers[n]++
				if e := s.Error(); e != nil && e.Condition == stanza.ResourceConstraint {
					busy++
				}
			}
		})
		r.send(join(flooder, room, "flooder"))
		pass(time.Minute)
		r.settled()
		r.trust()
		var first footing
		for n := 0; n < many; {
			for range 10 {
				var batch strings.Builder
				for range 100 {
					batch.WriteString(say(flooder, room, strconv.Itoa(n), "words and more words"))
					n++
				}
				r.xmpp.Inject(batch.String())
				synctest.Wait()
			}
			r.wild.send(fmt.Sprintf("PING :now%d\r\n", n))
			synctest.Wait()
			if r.wild.heard(fmt.Sprintf("PONG now%d", n)) != 1 {
				t.Fatalf("no PONG after %d messages", n)
			}
			pass(2 * time.Second) // in which the canary may say a line, too
			switch c.sing(); n {
			case many / 10:
				first = measure()
			case many:
				if last := measure(); last.heap > first.heap+first.heap/10 {
					t.Errorf("the flood has piled up: %d bytes, then %d", first.heap, last.heap)
				}
			}
		}
		pass(time.Hour) // what waits goes out at its pace
		r.mu.Lock()
		defer r.mu.Unlock()
		for n, times := range answers {
			if times != 1 {
				t.Fatalf("message %d was answered %d times", n, times)
			}
		}
		if busy == 0 || len(r.broken) > 0 {
			t.Error(busy, r.broken)
		}
		t.Logf("%d of %d messages turned away", busy, many)
	})
}

const (
	shouted = 50   // users who hear
	shouts  = 1000 // lines, each
	wishes  = 20_000
)

// An XMPP server that stops reading for a while and goes on writing. The gateway goes
// on reading, turns away what it cannot take, and when the server reads again it gets
// everything that was shouted, in order for each client. Architecture §6.
func TestXMPPServerStalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, unpaced, unpaced)
		defer r.stop()
		heard := map[string][]string{} // guarded by the rig's mutex
		r.listen(func(s *stanza.Stanza) {
			if body, ok := s.Body(); ok && s.From.Resource() == "crier" {
				heard[s.To.String()] = append(heard[s.To.String()], body)
			}
		})
		var rooms []string
		for i := range shouted {
			rooms = append(rooms, fmt.Sprintf("#s%d", i))
			r.send(join(fmt.Sprintf("u%d@x/r", i), rooms[i]+"%net@gw", fmt.Sprintf("u%d", i)))
		}
		crier := r.person("crier", rooms...)
		r.trust()
		r.gate.shut()
		for n := range shouts {
			for _, room := range rooms {
				crier.say("PRIVMSG %s :line %d", room, n)
			}
		}
		for n := 0; n < wishes; n += 100 {
			var batch []string
			for i := range 100 {
				u := (n + i) % shouted
				batch = append(batch, fmt.Sprintf("<message from='u%d@x/r' to='%s%%net@gw' type='groupchat' id='w%d'><body>wish</body></message>", u, rooms[u], n+i))
			}
			if !r.xmpp.Inject(strings.Join(batch, "")) {
				t.Fatal("the gateway is not connected")
			}
		}
		pass(20 * time.Second)
		r.gate.unlock()
		pass(time.Minute)
		r.mu.Lock()
		defer r.mu.Unlock()
		for i := range shouted {
			got := heard[fmt.Sprintf("u%d@x/r", i)]
			if len(got) != shouts {
				t.Fatalf("u%d heard %d lines", i, len(got))
			}
			for n, line := range got {
				if line != fmt.Sprintf("line %d", n) {
					t.Fatalf("u%d heard %q for line %d", i, line, n)
				}
			}
		}
		if len(r.broken) > 0 {
			t.Error(r.broken)
		}
	})
}

// An IRC server that stops reading is its user's trouble alone: the canary sings, and
// the user is told when the connection has been given up.
func TestIRCServerStalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, unpaced, unpaced)
		defer r.stop()
		c := r.canary()
		r.listen(c.hear)
		const stuck, room = "stuck@x/s", "#stuck%wild@gw"
		r.send(join(stuck, room, "stuck"))
		pass(time.Minute)
		r.wild.gate.shut()
		for n := range 1000 {
			r.send(say(stuck, room, fmt.Sprint("s", n), strings.Repeat("words ", 50)))
			if n%100 == 0 {
				c.sing()
			}
		}
		visits := r.wild.visited()
		pass(time.Minute)
		c.sing()
		r.wild.gate.unlock()
		pass(5 * time.Minute)
		c.sing()
		if now := r.wild.visited(); now != visits+1 {
			t.Errorf("the stuck connection was made anew %d times", now-visits)
		}
		r.send(say(stuck, room, "again", "after all"))
		if r.wild.heard("PRIVMSG #stuck :after all") != 1 {
			t.Error("the user cannot speak after the reconnect")
		}
		r.settled()
	})
}
