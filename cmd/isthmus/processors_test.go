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
		{"nothing happens", 8, 8, often(3, look{calm, calm / 101, 8})},
		{"some conversation", 8, 8, append(often(9, look{glance, 4 * ms, 8}), look{glance, 4 * ms, 1})},
		{"twice what is busy", 8, 8, []look{{calm, 8 * calm / 5, 4}}},
		{"never more than there are", 2, 2, []look{{calm, 19 * calm / 10, 2}}},
		{"a load comes", 8, 1, []look{{glance, 11 * ms, 1}, {glance, 13 * ms, 8}}},
		{"more than the few are", 8, 4, []look{{glance, 47 * ms, 4}, {glance, 49 * ms, 8}}},
		{"it goes on", 8, 1, often(20, look{glance, 5 * ms, 1})},
		{"it grows", 8, 1, append(often(9, look{glance, 11 * ms, 1}), look{glance, 11 * ms, 2})},
		{"it is over", 8, 1, []look{{time.Minute, 5 * ms, 8}}},
		{"a load does not count when it is over", 8, 1, []look{{glance, 20 * ms, 8}, {calm, 0, 8}}},
		{"the clock stands still", 8, 1, []look{{0, 0, 1}, {0, ms, 8}}},
	} {
		g := governor{all: test.all, given: test.given}
		for i, l := range test.looks {
			if got := g.look(l.passed, l.used); got != l.given || g.given != got {
				t.Errorf("%s, look %d: %d processors, want %d", test.name, i, got, l.given)
			}
		}
	}
}

// While there is a little to do few processors are left, and when nothing is done for a
// while, all are given back. In the bubble only the work takes time.
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
		for range 60 {
			for begun := processorTime(); processorTime() < begun+2*time.Millisecond; {
			}
			time.Sleep(25 * time.Millisecond)
			beat()
		}
		if now := runtime.GOMAXPROCS(0); now >= all {
			t.Errorf("a little to do: %d of %d processors", now, all)
		}
		time.Sleep(time.Minute)
		beat()
		if now := runtime.GOMAXPROCS(0); now != all {
			t.Errorf("nothing to do: %d of %d processors", now, all)
		}
	})
}
