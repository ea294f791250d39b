// Package soak holds the tests of what a whole gateway outlasts: clients that send
// senseless stanzas, IRC servers that send arbitrary bytes, floods, and peers that do
// not read. It has no code of its own beside its tests.
//
// The gateway is the program's own assembly, between an XMPP server (package xmppd),
// an IRC server (package ircd) and a second IRC server that obeys no protocol, over
// net.Pipe inside a bubble of testing/synctest: time passes only when everybody waits.
// What comes is drawn from generators with fixed seeds, so that a failure repeats.
//
// What is held: a canary, a client and an IRC user who have nothing to do
// with it, go on talking both ways; each request is answered exactly once; nothing that
// the gateway sends makes the XMPP server, which is as strict as both real ones
// together, end the stream, nor surprises a client that takes it at its word (package
// strict); once the visitors have left, the live heap is within a tenth of what it was
// and the goroutines are as many.
//
// All state belongs to the test that made it; a rig's is guarded by its mutex, for
// servers call it. The tests import cmd/assemble, the packages beside this one and the
// vocabulary; this file imports nothing.
package soak
