package irc

import "math/rand/v2"

// newRandom is the same for the same seed, on every machine.
func newRandom(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 1)) }
