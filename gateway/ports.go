package gateway

import (
	"time"

	"github.com/rs/zerolog"

	"isthmus/config"
	"isthmus/ircside/irc"
	"isthmus/xmppside/stanza"
)

// A Seat is one nick on one IRC network. Its methods never wait.
type Seat interface {
	// Do asks for a command. Each command with a ref ends with one irc.Done of it,
	// or with irc.Closed; an error says that it was not even taken.
	Do(cmd irc.Command, ref irc.Ref) error
	// Close says QUIT.
	Close(reason string)
	// Abort ends it without a word.
	Abort()
}

// Open opens a seat and returns at once. What becomes of it arrives at sink, in
// order, ending with exactly one irc.Closed. sink may wait.
type Open func(n config.Network, id irc.Identity, log zerolog.Logger, sink func([]irc.Event)) (Seat, error)

// XMPP is the way out to the XMPP network.
type XMPP interface {
	// Send waits for room. It drops, and says false, if there is no stream.
	Send(s *stanza.Stanza) bool
	// Ask gives the answer to an IQ exactly once, on a goroutine of its own; nil is
	// silence.
	Ask(iq *stanza.Stanza, deadline time.Duration, answer func(*stanza.Stanza))
	// Offer is Send that does not wait: false says as well that it would.
	Offer(s *stanza.Stanza) bool
}
