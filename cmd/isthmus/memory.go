package main

import (
	"os"
	"runtime"
	"runtime/debug"
)

// gcPercent is how much the heap may grow between two collections. Most of a
// gateway's heap is what it knows of channels, which lives long and is looked at
// fast, so it is memory that an operator runs out of first, not time.
const gcPercent = 50

// ballast counts as heap but is never touched, so that it takes no memory: a small
// gateway collects seldom, and a large one hardly notices it. Collections of a heap of
// a few MiB, some hundred a second, took a third of the time under load.
var ballast []byte

// ballastSize is in bytes.
const ballastSize = 24 << 20

// tuneMemory sets both, unless the environment says otherwise (GOGC). It is for the end of
// the start, and clears away what that has left, some of which outlives one collection: it
// would let the heap grow as if it were needed.
func tuneMemory() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
		ballast = make([]byte, ballastSize)
		runtime.KeepAlive(&ballast)
	}
	runtime.GC()
	runtime.GC()
}
