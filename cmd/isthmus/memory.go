package main

import (
	"os"
	"runtime/debug"
)

// gcPercent is how much the heap may grow between two collections. Most of a
// gateway's heap is what it knows of channels, which lives long and is looked at
// fast, so it is memory that an operator runs out of first, not time.
const gcPercent = 50

// tuneMemory sets it, unless the environment says otherwise (GOGC).
func tuneMemory() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
}
