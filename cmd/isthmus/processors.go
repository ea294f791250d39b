package main

import (
	"os"
	"runtime"
	"syscall"
	"time"
)

// Work that comes in drops, as conversation does, is done cheapest by few processors: each
// goroutine that becomes ready has the runtime wake an idle one, which mostly finds that
// the work is done by then. With 2,000 messages a second that was a fifth to a quarter of
// what they cost. So there are about twice as many as were busy of late; and all of them
// once it is seen that those do not suffice, or that hardly anything has happened, for
// nobody knows what comes next.
//
// Nearly all that a gateway does ends with a write to the XMPP server, so it is looked
// then, and one that has nothing to do does not wake for it. What begins a burst is done by
// as many as there were.

const (
	// glance is how long after a look the next is worth while.
	glance = 20 * time.Millisecond
	// calm is how long a load must have been what it is for processors to be taken away.
	calm = 200 * time.Millisecond
	// idle is how many processors are busy at most when nothing happens.
	idle = 0.01
	// crowded is how much of the processors may be busy before all are wanted: not much more
	// than half, for others on the machine may take the rest.
	crowded = 0.6
)

// A governor decides how many processors run goroutines.
type governor struct {
	all   int           // that there may be
	given int           // that there are
	since time.Duration // how long it has been adding up
	used  time.Duration // of processors meanwhile
}

// look is told how much time has passed since the last look and how much time of
// processors was used in it, and says how many there are to be from now on.
func (g *governor) look(passed, used time.Duration) int {
	g.since += passed
	g.used += used
	switch few := g.given < g.all; {
	case few && busy(used, passed) > crowded*float64(g.given):
		g.give(g.all)
	case g.since < calm:
	case busy(g.used, g.since) > idle:
		g.give(min(g.all, 1+int(2*busy(g.used, g.since))))
	default:
		g.give(g.all)
	}
	return g.given
}

// give begins to add up anew.
func (g *governor) give(n int) { *g = governor{all: g.all, given: n} }

// busy is how many processors were in use on average.
func busy(used, passed time.Duration) float64 {
	return used.Seconds() / max(passed.Seconds(), 1e-9)
}

// tuneProcessors returns what does as the governor says, to be called whenever something
// has been done, by one goroutine at a time; nil if the environment says how many
// processors there are to be (GOMAXPROCS), or if there is but one.
func tuneProcessors() func() {
	all := runtime.GOMAXPROCS(0)
	if os.Getenv("GOMAXPROCS") != "" || all == 1 {
		return nil
	}
	g := governor{all: all, given: all}
	then, before := time.Now(), processorTime()
	return func() {
		now := time.Now()
		if now.Sub(then) < glance {
			return
		}
		if g.given == g.all { // how many those are is for the machine and its cgroup to say
			g.all = runtime.GOMAXPROCS(0)
			g.given = g.all
		}
		was, used := g.given, processorTime()
		switch given := g.look(now.Sub(then), used-before); given {
		case was:
		case g.all:
			runtime.SetDefaultGOMAXPROCS()
		default:
			runtime.GOMAXPROCS(given)
		}
		then, before = now, used
	}
}

// processorTime is what the program has used, 0 if the system does not tell.
func processorTime() time.Duration {
	var use syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &use) != nil {
		return 0
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}
