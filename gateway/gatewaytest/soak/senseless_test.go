package soak

import (
	"fmt"
	"maps"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"isthmus/xmppside/stanza"
)

// many is how many stanzas, and how many lines, there are.
const many = 100_000

// Ordinary users, who stay: all sit in a channel of their own, some where visitors
// come as well.
const sitters, exposed = 64, 6

// Senseless stanzas and arbitrary lines in one run: the gateway goes on serving, and is
// as large afterwards as it was before.
func TestSenseless(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		defer debug.SetGCPercent(debug.SetGCPercent(800)) // it is the time of the tests that counts
		r := start(t, unpaced, unpaced)
		defer r.stop()
		c := r.canary()
		bob := r.person("bob", channels...)
		bill := r.person("bill", "#soak", "#busy")
		sit := func() { // to those who sit already it is all told again
			r.send(join(canaryJID, canaryRoom, "canary"))
			for i := range sitters {
				sat := fmt.Sprintf("sat%d", i)
				r.send(join(sat+"@x/chair", "#quiet%net@gw", sat))
				if i < exposed {
					r.send(join(sat+"@x/chair", channels[i%3]+"%net@gw", sat))
				}
			}
		}
		sit()
		settle := func() footing {
			pass(2 * time.Hour)  // what is kept for a time is forgotten
			for i := range 110 { // what is kept for those who join is as large as ever
				for _, ch := range channels {
					bob.say("PRIVMSG %s :ordinary words, number %d", ch, i)
				}
				c.sing()
			}
			r.settled()
			r.forget()
			sit()
			pass(2 * time.Minute)
			bob.heard("")
			bill.heard("")
			r.wild.heard("")
			return measure()
		}
		babble(r, c, newBabbler(0), many/20) // what is made once and kept
		before := settle()
		babble(r, c, newBabbler(1), many)
		between := settle()
		shout(r, c, newNoise(1))
		after := settle()
		for _, f := range []struct {
			when string
			footing
		}{{"before", before}, {"after the stanzas", between}, {"after the lines", after}} {
			t.Logf("%s: %d bytes of live heap, %d goroutines", f.when, f.heap, f.goroutines)
			if f.heap > before.heap+before.heap/10 || f.goroutines != before.goroutines {
				t.Error("which is more than is due to chance")
			}
		}
		t.Logf("%d stanzas from the gateway", r.got)
		runtime.KeepAlive(r)
	})
}

// babble sends the senseless stanzas, and then all who sent them go.
func babble(r *rig, c *canary, b *babbler, turns int) {
	r.listen(func(s *stanza.Stanza) { c.hear(s); b.hear(s) })
	defer r.listen(c.hear)
	for sung := 0; b.turn < turns; {
		r.send(r.locked(b.round)...)
		if b.turn/1000 > sung {
			sung = b.turn / 1000
			c.sing()
			pass(5 * time.Second)
		}
	}
	for part := range slices.Chunk(b.goodbyes(), 100) { // a user's mailbox takes as many
		r.send(part...)
	}
}

// A victim is a client in some of the wild server's channels, who enters again
// whenever it is told that it is out.
type victim struct {
	rig *rig
	out map[string]bool // guarded by the rig's mutex
}

const victimJID = "victim@x/v"

func (v *victim) hear(s *stanza.Stanza) {
	xml := string(s.Append(nil))
	left := s.Type == "unavailable" && strings.Contains(xml, "'110'") && !strings.Contains(xml, "'303'")
	if gone := s.Kind == stanza.Presence && (s.Type == "error" || left); gone && s.To.String() == victimJID {
		v.out[s.From.Bare().String()] = true
	}
}

func (v *victim) enter() {
	v.rig.mu.Lock()
	rooms := slices.Sorted(maps.Keys(v.out))
	clear(v.out)
	v.rig.mu.Unlock()
	for _, room := range rooms {
		v.rig.send(join(victimJID, room, "victim"))
	}
}

// shout has the wild server send its lines, and lose its connections in between.
func shout(r *rig, c *canary, n *noise) {
	rooms := []string{"#a%wild@gw", "#b%wild@gw", "#c[]%wild@gw", "#ä%wild@gw"}
	v := &victim{r, map[string]bool{}}
	for _, room := range rooms {
		v.out[room] = true
	}
	r.listen(func(s *stanza.Stanza) { c.hear(s); v.hear(s) })
	defer r.listen(c.hear)
	for sung := 0; n.turn < many; {
		v.enter()
		if n.fickle = n.turn > many/2; n.fickle {
			r.believe(false)
		}
		var lines strings.Builder
		for range 100 {
			lines.WriteString(n.line(r.wild.called()))
		}
		for tries := 0; !r.wild.send(lines.String()); tries++ {
			if tries == 100 {
				r.t.Fatal("the victim does not come back")
			}
			pass(10 * time.Second)
			v.enter()
		}
		synctest.Wait()
		if n.IntN(20) == 0 {
			r.wild.close()
		}
		if n.turn/1000 > sung {
			sung = n.turn / 1000
			c.sing()
			pass(time.Second)
		}
	}
	r.t.Logf("the victim connected %d times", r.wild.visited())
	for _, room := range rooms {
		r.send(leave(victimJID, room))
	}
}
