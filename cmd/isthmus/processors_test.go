package main

import (
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
	seconds := func(n int, l look) (out []look) {
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
		{"nothing happens", 8, 8, seconds(3, look{calm, 9 * ms, 8})},
		{"some conversation", 8, 8, []look{{calm, 200 * ms, 1}}},
		{"twice what is busy", 8, 8, []look{{calm, 1600 * ms, 4}}},
		{"never more than there are", 2, 2, []look{{calm, 1900 * ms, 2}}},
		{"one is all there is", 1, 1, []look{{calm, 200 * ms, 1}, {calm, 999 * ms, 1}}},
		{"a load comes", 8, 1, []look{{glance, 14 * ms, 1}, {glance, 16 * ms, 8}}},
		{"more than the few are", 8, 4, []look{{glance, 59 * ms, 4}, {glance, 61 * ms, 8}}},
		{"it goes on", 8, 1, append(seconds(49, look{glance, 5 * ms, 1}), look{glance, 5 * ms, 1})},
		{"it grows", 8, 1, append(seconds(49, look{glance, 12 * ms, 1}), look{glance, 12 * ms, 2})},
		{"it is over", 8, 1, append(seconds(9, look{glance, 0, 1}), look{glance, 0, 8})},
		{"it pauses", 8, 1, append(seconds(9, look{glance, 0, 1}), look{glance, ms, 1}, look{glance, 0, 1})},
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

func TestGovernorPause(t *testing.T) {
	few, all := governor{all: 2, given: 1}, governor{all: 2, given: 2}
	if few.pause() != glance || all.pause() != calm {
		t.Error("it looks seldom with few processors, or often with all")
	}
}

// In the bubble the clock runs as fast as it can, so that a second of it is all work.
func TestTuneProcessors(t *testing.T) {
	runtime.SetDefaultGOMAXPROCS()
	all := runtime.GOMAXPROCS(0)
	t.Setenv("GOMAXPROCS", "")
	synctest.Test(t, func(t *testing.T) {
		stop := tuneProcessors()
		time.Sleep(10 * calm)
		stop()
	})
	if now := runtime.GOMAXPROCS(0); now != all {
		t.Errorf("%d processors are left, want %d", now, all)
	}
}

func TestProcessorTime(t *testing.T) {
	before := processorTime()
	for deadline := time.Now().Add(30 * time.Second); processorTime() == before; {
		if time.Now().After(deadline) {
			t.Fatal("the time that the program has used stands still")
		}
	}
}
