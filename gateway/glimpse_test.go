package gateway

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"isthmus/ircside/irc"
	"isthmus/mapping"
)

// A mute takes commands, and nothing comes of them.
type mute struct{ asked []string }

func (m *mute) Do(cmd irc.Command, _ irc.Ref) error {
	m.asked = append(m.asked, fmt.Sprint(cmd))
	return nil
}
func (m *mute) Close(string) {}
func (m *mute) Abort()       {}

// Only so many channels are asked about, each once in a while, and only so many wait.
func TestGlimpsesAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u := &user{timers: map[*timer]struct{}{}, mail: make(chan mail, 100)}
		seat := &mute{}
		up := &uplink{user: u, state: linkUp, seat: seat, view: irc.NewView("ann", irc.DefaultSupport()), questions: map[irc.Ref]*question{}}
		for i := range 3 * maxGlimpses {
			up.glance(fmt.Sprintf("#c%d", i%(2*maxGlimpses)))
		}
		if len(seat.asked) != maxGlimpses || len(up.glimpses) != maxGlimpses {
			t.Errorf("asked %d times: %v", len(seat.asked), seat.asked)
		}
		g, told := up.glance("#C0"), 0
		for range 2 * maxGlances {
			g.then(func(mapping.Glimpse) { told++ })
		}
		if told != maxGlances {
			t.Errorf("%d were told at once", told)
		}
		up.glimpsed(irc.MadeAt{Channel: "#c0", At: time.Unix(1, 0)})
		for _, g := range up.glimpses {
			g.end()
		}
		if told != 2*maxGlances {
			t.Errorf("%d were told", told)
		}
		time.Sleep(glimpseTime)
		for range maxGlimpses * 2 { // each has two timers
			(<-u.mail).call()
		}
		if len(up.glimpses) != 0 {
			t.Errorf("%d are remembered", len(up.glimpses))
		}
		if up.glance("#c0"); len(seat.asked) != maxGlimpses+1 {
			t.Errorf("asked %d times", len(seat.asked))
		}
		for timer := range u.timers {
			timer.stop()
		}
	})
}
