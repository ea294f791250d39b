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
// once it is seen that those do not suffice, that work comes in bursts, or that hardly
// anything has happened, for nobody knows what comes next.
//
// Nearly all that a gateway does ends with a write to the XMPP server, so it is looked
// then, and one that has nothing to do does not wake for it. A burst is seen by much
// gathering for one write; what begins the first is done by as many as there were.

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
	// long is how much is written at once when a burst has come, in bytes: dozens of stanzas.
	long = 8 << 10
	// lull is how long after a burst the next is expected.
	lull = time.Second
)

// A governor decides how many processors run goroutines.
type governor struct {
	all   int           // that there may be
	given int           // that there are
	since time.Duration // how long it has been adding up
	used  time.Duration // of processors meanwhile
	even  time.Duration // how long there has been no burst
}

// look is told how much time has passed since the last look, how much time of processors
// was used in it and whether a burst was seen. It says how many processors there are to be
// from now on.
func (g *governor) look(passed, used time.Duration, burst bool) int {
	g.since += passed
	g.used += used
	g.even += passed
	if burst {
		g.even = 0
	}
	switch few := g.given < g.all; {
	case g.even < lull:
		g.give(g.all)
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
func (g *governor) give(n int) { g.given, g.since, g.used = n, 0, 0 }

// busy is how many processors were in use on average.
func busy(used, passed time.Duration) float64 {
	return used.Seconds() / max(passed.Seconds(), 1e-9)
}

// tuneProcessors returns what does as the governor says, to be called whenever something
// has been written, with the number of bytes, by one goroutine at a time; nil if the
// environment says how many processors there are to be (GOMAXPROCS), or if there is but one.
func tuneProcessors() func(wrote int) {
	all := runtime.GOMAXPROCS(0)
	if os.Getenv("GOMAXPROCS") != "" || all == 1 {
		return nil
	}
	g := governor{all: all, given: all, even: lull}
	then, before, burst := time.Now(), processorTime(), false
	return func(wrote int) {
		burst = burst || wrote >= long
		now := time.Now()
		if now.Sub(then) < glance && !(burst && g.given < g.all) {
			return
		}
		if g.given == g.all { // how many those are is for the machine and its cgroup to say
			g.all = runtime.GOMAXPROCS(0)
			g.given = g.all
		}
		was, used := g.given, processorTime()
		switch given := g.look(now.Sub(then), used-before, burst); given {
		case was:
		case g.all:
			runtime.SetDefaultGOMAXPROCS()
		default:
			runtime.GOMAXPROCS(given)
		}
		then, before, burst = now, used, false
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
