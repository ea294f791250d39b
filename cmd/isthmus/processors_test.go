package main

import (
	"os"
	"runtime"
	"testing"
	"testing/synctest"
	"time"
)

func TestGovernor(t *testing.T) {
	const ms = time.Millisecond
	type look struct {
		passed, used time.Duration
		given        int
		burst        bool
	}
	often := func(n int, l look) (out []look) {
		for range n {
			out = append(out, l)
		}
		return out
	}
	for _, test := range []struct {
		name       string
		all, given int
		looks      []look
	}{
		{"nothing happens", 8, 8, often(3, look{calm, calm / 101, 8, false})},
		{"some conversation", 8, 8, append(often(9, look{glance, 4 * ms, 8, false}), look{glance, 4 * ms, 1, false})},
		{"twice what is busy", 8, 8, []look{{calm, 8 * calm / 5, 4, false}}},
		{"never more than there are", 2, 2, []look{{calm, 19 * calm / 10, 2, false}}},
		{"a load comes", 8, 1, []look{{glance, 11 * ms, 1, false}, {glance, 13 * ms, 8, false}}},
		{"more than the few are", 8, 4, []look{{glance, 47 * ms, 4, false}, {glance, 49 * ms, 8, false}}},
		{"it goes on", 8, 1, often(20, look{glance, 5 * ms, 1, false})},
		{"it grows", 8, 1, append(often(9, look{glance, 11 * ms, 1, false}), look{glance, 11 * ms, 2, false})},
		{"it is over", 8, 1, []look{{time.Minute, 5 * ms, 8, false}}},
		{"a load does not count when it is over", 8, 1, []look{{glance, 20 * ms, 8, false}, {calm, 0, 8, false}}},
		{"a burst", 8, 1, []look{{ms, ms / 9, 8, true}}},
		{"bursts that are not much", 8, 1, append(append(often(2, look{lull - ms, 50 * ms, 8, true}), often(10, look{lull / 10, 5 * ms, 8, false})...),
			look{lull / 10, 5 * ms, 1, false})},
		{"the clock stands still", 8, 1, []look{{0, 0, 1, false}, {0, ms, 8, false}}},
	} {
		g := governor{all: test.all, given: test.given, even: lull}
		for i, l := range test.looks {
			if got := g.look(l.passed, l.used, l.burst); got != l.given || g.given != got {
				t.Errorf("%s, look %d: %d processors, want %d", test.name, i, got, l.given)
			}
		}
	}
}

// While there is a little to do few processors are left, and when nothing is done for a
// while or much at once, all are given back. In the bubble only the work takes time.
func TestTuneProcessors(t *testing.T) {
	runtime.SetDefaultGOMAXPROCS()
	defer runtime.SetDefaultGOMAXPROCS()
	t.Setenv("GOMAXPROCS", "2")
	if tuneProcessors() != nil {
		t.Error("the environment says how many, and is not heard")
	}
	os.Unsetenv("GOMAXPROCS")
	all := runtime.GOMAXPROCS(0)
	synctest.Test(t, func(t *testing.T) {
		beat := tuneProcessors()
		if all == 1 {
			if beat != nil {
				t.Error("there is nothing to decide about one")
			}
			return
		}
		few := func() {
			t.Helper()
			for range 60 {
				for begun := processorTime(); processorTime() < begun+2*time.Millisecond; {
				}
				time.Sleep(25 * time.Millisecond)
				beat(100)
			}
			if now := runtime.GOMAXPROCS(0); now >= all {
				t.Errorf("a little to do: %d of %d processors", now, all)
			}
		}
		every := func(why string) {
			t.Helper()
			if now := runtime.GOMAXPROCS(0); now != all {
				t.Errorf("%s: %d of %d processors", why, now, all)
			}
		}
		few()
		beat(long)
		every("a burst")
		few()
		time.Sleep(time.Minute)
		beat(100)
		every("nothing to do")
	})
}
