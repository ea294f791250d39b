package main

import (
	"os"
	"runtime"
	"sync"
	"syscall"
	"time"
)

// Work that comes in drops, as conversation does, is done cheapest by few processors: each
// goroutine that becomes ready has the runtime wake an idle one, which mostly finds that
// the work is done by then. With 2,000 messages a second that was a fifth to a quarter of
// what they cost. So there are about twice as many as are busy; all of them while nothing
// happens, for nobody knows what comes next, and all of them again as soon as those that
// there are do not suffice.

const (
	// glance is how often it is looked whether few processors suffice.
	glance = 20 * time.Millisecond
	// calm is how long a load must have been what it is for processors to be taken away.
	calm = time.Second
	// rest is how long nothing must have happened for all of them to be given back, which
	// need no glances.
	rest = 200 * time.Millisecond
	// idle is how many processors are busy at most when nothing happens.
	idle = 0.01
	// crowded is how much of the processors may be busy before all are wanted.
	crowded = 0.75
)

// A governor decides how many processors run goroutines.
type governor struct {
	all   int           // that there may be
	given int           // that there are
	since time.Duration // how long it has been adding up
	used  time.Duration // of processors meanwhile
	still time.Duration // how long nothing has happened
}

// pause is when it wants to look again.
func (g *governor) pause() time.Duration {
	if g.given < g.all {
		return glance
	}
	return calm
}

// look is told how much time has passed since the last look and how much time of
// processors was used in it, and says how many there are to be from now on.
func (g *governor) look(passed, used time.Duration) int {
	g.since += passed
	g.used += used
	if g.still += passed; busy(used, passed) > idle {
		g.still = 0
	}
	few := g.given < g.all
	switch {
	case few && (g.still >= rest || busy(used, passed) > crowded*float64(g.given)):
		*g = governor{all: g.all, given: g.all}
	case g.since >= calm:
		load := busy(g.used, g.since)
		*g = governor{all: g.all, given: g.all}
		if load > idle {
			g.given = min(g.all, 1+int(2*load))
		}
	}
	return g.given
}

// busy is how many processors were in use on average.
func busy(used, passed time.Duration) float64 {
	return used.Seconds() / max(passed.Seconds(), 1e-9)
}

// tuneProcessors does what the governor says until stop is called, unless the environment
// says how many there are to be (GOMAXPROCS).
func tuneProcessors() (stop func()) {
	if os.Getenv("GOMAXPROCS") != "" {
		return func() {}
	}
	done := make(chan struct{})
	var governing sync.WaitGroup
	governing.Go(func() { govern(done) })
	return func() {
		close(done)
		governing.Wait()
	}
}

// govern is the goroutine of tuneProcessors. How many processors there may be, which is for
// the machine and its cgroup to say, is seen whenever all of them are in use.
func govern(done <-chan struct{}) {
	defer runtime.SetDefaultGOMAXPROCS()
	var g governor
	timer := time.NewTimer(0)
	defer timer.Stop()
	for then, before := time.Now(), processorTime(); ; {
		if g.given == g.all {
			g.all = runtime.GOMAXPROCS(0)
			g.given = g.all
		}
		timer.Reset(g.pause())
		select {
		case <-timer.C:
		case <-done:
			return
		}
		now, used, was := time.Now(), processorTime(), g.given
		if given := g.look(now.Sub(then), used-before); given == g.all && was < given {
			runtime.SetDefaultGOMAXPROCS()
		} else if given != was {
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
