// Package irc is the vocabulary of IRC and the state of one IRC session, with no
// IO in it.
//
// A session is a [Core]: lines and commands go in, lines and events come out.
//
//	core.Recv(line, now)     // a line that the server sent
//	core.Do(cmd, ref, now)   // a wish of the gateway's
//	core.Tick(now)           // time has passed: deadlines
//	send, tell := core.Take()
//
// Whoever owns the Core (ircside's session loop) writes what send holds to the
// server, in order, and hands tell to the gateway, in order.
//
// The gateway keeps a [View] for each session: all that one seat sees, the people
// and the channels that it is in. [View.Apply] takes every event in and says what
// differs by now as a list of [Change].
//
// Nothing here locks, starts a goroutine or reads the clock. A Core belongs to the
// session loop, a View to the resident that made it; events, commands, Support and
// Line are values that nobody changes once they are made.
//
// The package imports the IRC codec gopkg.in/irc.v4, charsets from golang.org/x/text
// and nothing else of ours.
package irc
