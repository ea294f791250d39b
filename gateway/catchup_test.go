package gateway

import (
	"slices"
	"testing"
	"testing/synctest"

	"isthmus/ircside/irc"
)

// What is said and done between the end of the stream and the word of it is told once
// the stream is back.
func TestBeforeStreamDown(t *testing.T) {
	say := func(words ...string) (events []irc.Event) {
		for _, w := range words {
			events = append(events, irc.Text{From: irc.Person{Nick: "bob"}, Target: "#c", ID: w, Body: w})
		}
		return events
	}
	for _, c := range []struct {
		name   string
		events []irc.Event
		want   []string
	}{
		{"words", say("one", "two"), []string{"message groupchat one one", "message groupchat two two"}},
		{"the subject", []irc.Event{irc.Topic{Channel: "#c", Text: "new", By: "bob", Changed: true}}, []string{"message groupchat"}},
		{"our own going", append(say("one"), irc.Went{Channel: "#c", Nick: "ann", Kick: true, By: "bob"}),
			[]string{"presence unavailable 110 307"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, p *play) {
				p.play(t, join("ann@x/d", "a"))
				p.outlet.alive.Store(true)
				p.to("ann@x/d")
				p.outlet.cut.Store(true)
				p.network.seats[0].sink(c.events)
				synctest.Wait()
				p.StreamDown(nil)
				synctest.Wait()
				p.outlet.cut.Store(false)
				p.StreamUp()
				synctest.Wait()
				if got := p.to("ann@x/d"); !slices.Equal(got, c.want) {
					t.Errorf("told %q, want %q", got, c.want)
				}
			})
		})
	}
}
