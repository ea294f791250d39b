// Package ircside is the shell round package irc: sockets, clocks and goroutines
// of IRC sessions.
//
// A [Session] has two goroutines. The reader owns the receiving side of the
// socket and parses lines; it ends when the socket does. The loop owns the
// [irc.Core], the pacing, the timers and the sending side; it closes the socket,
// waits for the reader, tells the last event, [irc.Closed], and ends.
//
// Who waits: the loop waits for its sink (the resident's mailbox), so a full
// resident makes TCP push back on its own IRC server. Nobody waits for the loop:
// [Session.Do] refuses with [ErrBusy]. Commands wait for the pace before the core
// gets them, so that their deadlines begin when they can be said.
//
// The package imports irc and nothing else of ours.
package ircside
