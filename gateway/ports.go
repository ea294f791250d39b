package gateway

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/rs/zerolog"

	"isthmus/config"
	"isthmus/ircside/irc"
	"isthmus/xmppside/stanza"
)

// A Seat is one nick on one IRC network. Its methods never wait.
type Seat interface {
	// Do asks for a command. Each command with a ref ends with one irc.Done of it or
	// with irc.Closed; an irc.Say with OnlyRefusals may have neither. An error says that it
	// was not even taken.
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

// A Kind says what a document is about, and what its key is.
type Kind string

// Kinds of documents.
const (
	KindChannel  Kind = "channel"  // settings of a channel, by its network and name
	KindFeatures Kind = "features" // what clients can do, by the hash of it
	KindSession  Kind = "session"  // a user's session, by the bare JID
	KindSecret   Kind = "secret"   // the gateway's own secrets, by what they are for
)

// A Document is a small thing that is kept whole: text in UTF-8 without NUL, JSON by
// custom. Each has one writer.
type Document struct {
	Kind Kind
	Key  string
	Text []byte
}

// Bounds of a document, in bytes. The longest bare JID is a key: PostgreSQL has no room
// for more than 2704 bytes in its index.
const (
	MaxKey      = 2560
	MaxDocument = 1 << 20
)

// A DocumentError is a document that no store keeps.
type DocumentError struct {
	Kind   Kind
	Reason string
}

// Error names the kind and the reason, and nothing of what is inside.
func (e *DocumentError) Error() string { return "document of kind " + string(e.Kind) + ": " + e.Reason }

// CheckKey is nil, or says as a *DocumentError why nothing has such a key.
func CheckKey(kind Kind, key string) error {
	switch {
	case kind == "" || len(kind) > 16:
		return &DocumentError{kind, "there is no such kind"}
	case key == "" || len(key) > MaxKey:
		return &DocumentError{kind, "the key is empty or too long"}
	case !utf8.ValidString(key) || strings.Contains(key, "\x00"):
		return &DocumentError{kind, "the key is no text"}
	}
	return nil
}

// Check is nil, or says as a *DocumentError why d is kept nowhere.
func (d Document) Check() error {
	if err := CheckKey(d.Kind, d.Key); err != nil {
		return err
	}
	switch {
	case len(d.Text) == 0 || len(d.Text) > MaxDocument:
		return &DocumentError{d.Kind, "it is empty or too long"}
	case !utf8.Valid(d.Text) || strings.Contains(string(d.Text), "\x00"):
		return &DocumentError{d.Kind, "it is no text"}
	}
	return nil
}

// Documents keeps documents. All methods wait, for as long as ctx lets them, and may
// be called by several goroutines. What is malformed is refused with a *DocumentError.
type Documents interface {
	// Load gives a document's text; nil without an error: there is none.
	Load(ctx context.Context, kind Kind, key string) ([]byte, error)
	// Save puts documents in the place of those with their keys: all of them or none.
	Save(ctx context.Context, docs ...Document) error
	// Delete forgets a document, if there is one.
	Delete(ctx context.Context, kind Kind, key string) error
	// Keys lists those of a kind, in order.
	Keys(ctx context.Context, kind Kind) ([]string, error)
	// Expire forgets what of a kind was not saved since then.
	Expire(ctx context.Context, kind Kind, before time.Time) error
}
