package xmppside

import (
	"context"
	"math/rand/v2"
	"net"
	"strings"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"isthmus/xmppside/jid"
	"isthmus/xmppside/stanza"
)

// A Handler takes what the stream brings. The reader runs only between StreamUp's
// return and StreamDown; none of them waits for a stanza to be sent.
type Handler interface {
	HandleStanza(s *stanza.Stanza)
	StreamUp()
	StreamDown(err error)
}

// Config is how to reach the XMPP server.
type Config struct {
	Address string  // host:port of its component listener
	Domain  jid.JID // ours
	Secret  string

	QueueBytes   int           // of outgoing stanzas, before senders wait
	MaxStanza    int           // bytes of a stanza that leaves
	Limits       stanza.Limits // of a stanza that comes in
	WriteTimeout time.Duration
	PingAfter    time.Duration // of silence, before the server is asked
	PingTimeout  time.Duration // for its answer
	DialTimeout  time.Duration // for connection and handshake

	// Refuse makes the answer to a stanza that could not be read, of which there is the
	// head at least; nil: Stanza.Refuse. It waits for nobody.
	Refuse func(s *stanza.Stanza, err *stanza.Error) *stanza.Stanza

	// Wrote is called after each write to the server with the number of bytes, by nobody
	// else at the same time; nil: nothing is.
	Wrote func(n int)

	// Dial replaces the dialler, for tests; nil: TCP.
	Dial func(ctx context.Context, address string) (net.Conn, error)
}

// A Component is the gateway's one stream to its XMPP server.
type Component struct {
	config Config
	log    zerolog.Logger
	conn   atomic.Pointer[conn] // nil while there is no stream
	asks   asks
}

// New makes a component; Run connects it.
func New(config Config, log zerolog.Logger) *Component {
	return &Component{config: config, log: log, asks: newAsks()}
}

// Up says whether there is a stream.
func (c *Component) Up() bool { return c.conn.Load() != nil }

// Send sends a stanza. It waits while too much is waiting to be written; false says that
// there is no stream, or that it ended meanwhile. What no server takes (no from, one of
// another domain, no to, too large) is dropped and logged; of a result that is too large
// an error is left.
func (c *Component) Send(s *stanza.Stanza) bool { return c.give(s, (*conn).put) }

// Offer is Send that does not wait: false says as well that too much is waiting.
func (c *Component) Offer(s *stanza.Stanza) bool { return c.give(s, (*conn).offer) }

// give hands a stanza to a stream's queue by put.
func (c *Component) give(s *stanza.Stanza, put func(*conn, func([]byte) []byte) error) bool {
	conn := c.conn.Load()
	if conn == nil {
		return false
	}
	if s.To.IsZero() || !strings.EqualFold(s.From.Domain(), c.config.Domain.Domain()) {
		c.log.Error().Stringer("kind", s.Kind).Str("type", s.Type).Msg("stanza without an address, or from elsewhere, not sent")
		return true
	}
	var tooLong int
	err := put(conn, func(b []byte) []byte {
		n := len(b)
		b = s.Append(b)
		if len(b)-n > c.config.MaxStanza {
			tooLong = len(b) - n
			return b[:n]
		}
		return b
	})
	if tooLong > 0 {
		c.log.Error().Stringer("kind", s.Kind).Int("bytes", tooLong).Msg("stanza over the limit not sent")
		if s.Kind == stanza.IQ && s.Type == "result" { // whoever asked is told at least that
			refusal := *s
			refusal.Type, refusal.Children = "error", []*stanza.Element{tooLarge.Element()}
			return c.give(&refusal, put)
		}
	}
	return err == nil
}

// tooLarge is what an answer over the limit becomes.
var tooLarge = &stanza.Error{Type: stanza.Cancel, Condition: stanza.ResourceConstraint, Text: "The answer is too large to be sent."}

// Abort ends the stream, if there is one, without waiting for what is not written yet.
// Unless Run's ctx is done, Run connects again.
func (c *Component) Abort() {
	if conn := c.conn.Load(); conn != nil {
		conn.abort(errClosing)
	}
}

// Run keeps the stream up until ctx is done, and hands what it brings to h. It
// tries again for ever, whatever the error is: a server that refuses us now may be
// configured a minute later. What goes wrong is said once, until a stream is up.
func (c *Component) Run(ctx context.Context, h Handler) {
	wait := backoff{least: time.Second, most: time.Minute}
	said := map[string]bool{}
	for ctx.Err() == nil {
		began := time.Now()
		up, err := c.stream(ctx, h)
		if ctx.Err() != nil {
			return
		}
		if up || len(said) > 100 {
			clear(said)
		}
		if up && time.Since(began) > time.Minute {
			wait.reset()
		}
		pause := wait.next()
		if condition(err) == notAuthorized {
			// quick tries only fill the server's log
			pause = time.Minute + time.Duration(rand.Int64N(int64(15*time.Second)))
		}
		level, text := zerolog.WarnLevel, explain(err, c.config)
		if said[text] {
			level = zerolog.DebugLevel
		}
		said[text] = true
		c.log.WithLevel(level).Str("address", c.config.Address).Stringer("retry_in", pause.Round(time.Second/10)).Msg(text)
		select {
		case <-time.After(pause):
		case <-ctx.Done():
		}
	}
}

// backoff is how long to wait between tries: longer each time, and never the same
// for two who were cut off together.
type backoff struct {
	least, most time.Duration
	last        time.Duration
}

func (b *backoff) reset() { b.last = 0 }

func (b *backoff) next() time.Duration {
	b.last = min(max(2*b.last, b.least), b.most)
	return b.last/2 + time.Duration(rand.Int64N(int64(b.last/2)+1))
}
