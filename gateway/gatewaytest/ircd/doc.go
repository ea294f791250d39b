// Package ircd is a small, strict IRC server: the network that transcripts, random
// tests and the demo join the gateway to, and that people may join with a client of
// their own.
//
// It behaves as the ircds in the field do, as far as clients can see: registration
// with capabilities, channels with modes and lists, WHO and WHOX, labels, batches,
// message tags, netsplits. What real networks do of their own accord (a kill, a
// lost socket, a split, silence) the methods of [Server] bring about.
//
// Connections that are strict are watched: each line that no client should send is
// noted, see [Server.Violations]. The codec here is the package's own on purpose, so
// that the gateway's is checked against another one.
//
// One goroutine owns all state and is never blocked by a peer: each connection has a
// reader, whose lines it takes one at a time, and a writer with a queue that may grow
// to [SendQ] bytes. So it runs over net.Pipe in a bubble of testing/synctest, where
// all that it says is determined by what it was told: message ids count m1, m2, …,
// and whatever has no order of its own is sorted. Server, its channels and its
// clients belong to that goroutine; all exported methods are safe from any other.
//
// It imports the standard library alone, and not testing.
package ircd
