package xmppside

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"
	"mellium.im/xmpp"
	"mellium.im/xmpp/component"
	mellium "mellium.im/xmpp/jid"
	"mellium.im/xmpp/stream"

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

// Busy says whether who sends now would wait.
func (c *Component) Busy() bool {
	conn := c.conn.Load()
	return conn != nil && conn.full()
}

// Send sends a stanza. It waits while too much is waiting to be written; without a
// stream it drops. What no server takes (no from, no to, too large) is dropped and
// logged.
func (c *Component) Send(s *stanza.Stanza) {
	conn := c.conn.Load()
	if conn == nil {
		return
	}
	if s.From.IsZero() || s.To.IsZero() {
		c.log.Error().Stringer("kind", s.Kind).Str("type", s.Type).Msg("stanza without an address not sent")
		return
	}
	var tooLong int
	conn.put(func(b []byte) []byte {
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
	}
}

// Run keeps the stream up until ctx is done, and hands what it brings to h. It
// tries again for ever, whatever the error is: a server that refuses us now may be
// configured a minute later.
func (c *Component) Run(ctx context.Context, h Handler) {
	wait := backoff{least: time.Second, most: time.Minute}
	var said string
	for ctx.Err() == nil {
		began := time.Now()
		err := c.stream(ctx, h)
		if ctx.Err() != nil {
			return
		}
		if time.Since(began) > time.Minute {
			wait.reset()
		}
		pause := wait.next()
		if refused(err) {
			pause = time.Minute + time.Duration(rand.Int64N(int64(15*time.Second)))
		}
		level := zerolog.WarnLevel
		if text := explain(err, c.config); text != said {
			said = text
			c.log.WithLevel(level).Dur("retry_in", pause).Msg(text)
		} else {
			c.log.Debug().Dur("retry_in", pause).Msg(text)
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
		}
	}
}

// refused says whether the secret is wrong: quick tries only fill the server's log.
func refused(err error) bool {
	var se stream.Error
	return errors.As(err, &se) && se.Err == stream.NotAuthorized.Err
}

// explain words an error for the operator.
func explain(err error, config Config) string {
	var se stream.Error
	switch {
	case refused(err):
		return fmt.Sprintf("the XMPP server refuses the secret of the component %s", config.Domain)
	case errors.As(err, &se) && se.Err == stream.HostUnknown.Err:
		return fmt.Sprintf("the XMPP server has no component %s configured", config.Domain)
	case errors.As(err, &se) && se.Err == stream.Conflict.Err:
		return fmt.Sprintf("another connection holds the component %s", config.Domain)
	case err == nil:
		return "the XMPP server has closed the stream"
	}
	return "no stream to the XMPP server: " + err.Error()
}

// stream is one stream, from the dial to the end.
func (c *Component) stream(ctx context.Context, h Handler) error {
	session, conn, err := c.connect(ctx)
	if err != nil {
		return err
	}
	defer func() {
		conn.abort(errClosing)
		<-conn.done
	}()
	c.conn.Store(conn)
	c.log.Info().Str("address", c.config.Address).Msg("connected to the XMPP server")
	h.StreamUp()
	stopped := context.AfterFunc(ctx, func() { c.end(session, conn) })
	watched := make(chan struct{})
	over := make(chan struct{})
	go func() { defer close(watched); c.watch(conn, over) }()

	err = c.read(conn, h)
	close(over)
	<-watched
	stopped()
	c.conn.Store(nil)
	c.asks.fail()
	h.StreamDown(err)
	return err
}

// end says goodbye: what was sent is written, then the stream's end, and the
// server has a moment to answer.
func (c *Component) end(session *xmpp.Session, conn *conn) {
	session.Close()
	conn.finish()
	conn.Conn.SetReadDeadline(time.Now().Add(2 * time.Second))
}

// connect dials and shakes hands.
func (c *Component) connect(ctx context.Context) (*xmpp.Session, *conn, error) {
	ctx, cancel := context.WithTimeout(ctx, c.config.DialTimeout)
	defer cancel()
	dial := c.config.Dial
	if dial == nil {
		dial = func(ctx context.Context, address string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "tcp", address)
		}
	}
	nc, err := dial(ctx, c.config.Address)
	if err != nil {
		return nil, nil, err
	}
	domain, err := mellium.New("", c.config.Domain.Domain(), "")
	if err != nil {
		nc.Close()
		return nil, nil, err
	}
	conn := newConn(nc, c.config.QueueBytes, c.config.WriteTimeout)
	go conn.write()
	// COMPAT mellium: its context does not end a read that waits.
	stop := context.AfterFunc(ctx, func() { conn.abort(ctx.Err()) })
	session, err := component.NewSession(context.Background(), domain, []byte(c.config.Secret), conn)
	if !stop() && err == nil {
		err = ctx.Err()
	}
	if err != nil {
		if ctx.Err() != nil {
			err = fmt.Errorf("handshake: %w", ctx.Err())
		}
		conn.abort(err)
		<-conn.done
		return nil, nil, err
	}
	return session, conn, nil
}

// read takes stanzas off the stream until it ends; nil: the server ended it.
func (c *Component) read(conn *conn, h Handler) error {
	r := stanza.NewReader(conn.Reader, component.NSAccept, c.config.Limits)
	for {
		s, err := r.Next()
		var refused *stanza.Refused
		switch {
		case errors.As(err, &refused):
			c.refuse(refused)
		case err != nil:
			return err
		case s.Kind == stanza.IQ && (s.Type == "result" || s.Type == "error"):
			c.asks.answer(s)
		default:
			h.HandleStanza(s)
		}
	}
}

// refuse answers what could not be read, if it may be answered at all.
func (c *Component) refuse(r *stanza.Refused) {
	s := r.Stanza
	if s == nil || s.Type == "error" || s.Type == "result" || s.From.IsZero() || s.Kind == 0 {
		return
	}
	answer := s.Refuse(r.Err)
	if answer.From.IsZero() {
		answer.From = c.config.Domain
	}
	if !c.Busy() { // the reader waits for nobody
		c.Send(answer)
	}
}

// watch asks the server whether it is still there, once it has been silent.
func (c *Component) watch(conn *conn, over <-chan struct{}) {
	if c.config.PingAfter <= 0 {
		<-over
		return
	}
	timer := time.NewTimer(c.config.PingAfter)
	defer timer.Stop()
	asked := false
	for {
		select {
		case <-over:
			return
		case <-timer.C:
		}
		silent := time.Since(time.Unix(0, conn.heard.Load()))
		switch {
		case silent < c.config.PingAfter:
			asked = false
			timer.Reset(c.config.PingAfter - silent)
		case asked:
			conn.abort(errors.New("the XMPP server has stopped answering"))
			<-over
			return
		default:
			asked = true
			c.ping(conn)
			timer.Reset(c.config.PingTimeout)
		}
	}
}

// ping is to ourselves, by way of the server: whatever it answers, it lives.
// XEP-0199
func (c *Component) ping(conn *conn) {
	if conn.full() {
		return // it is not reading: its silence is answer enough
	}
	conn.send(&stanza.Stanza{
		Kind: stanza.IQ, Type: "get", ID: "isthmus-watch", From: c.config.Domain, To: c.config.Domain,
		Children: []*stanza.Element{stanza.E("urn:xmpp:ping", "ping")},
	})
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
