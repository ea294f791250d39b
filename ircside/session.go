package ircside

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/time/rate"

	"isthmus/ircside/irc"
)

const (
	maxWishes = 512             // commands that may wait for the pace of one session
	maxBatch  = 16              // lines handed over at a time
	goodbye   = 2 * time.Second // that a server has to take a QUIT and close
	lastWords = time.Second     // that are waited for of a server that takes no more
)

// ErrBusy says that a session has more to send than it may keep.
var ErrBusy = errors.New("too much is waiting to be sent to the network")

// A Session is one connection to one IRC network, from dialling to its end.
type Session struct {
	net    *Network
	texts  irc.Charsets
	log    zerolog.Logger
	sink   func([]irc.Event)
	wishes wishes
	quit   chan string // the first QUIT's reason
	ctx    context.Context
	cancel context.CancelFunc
	dial   context.Context // of ctx: over as soon as nobody wants a connection
	giveUp context.CancelFunc

	// The loop's own.
	core   *irc.Core
	conn   net.Conn
	budget *rate.Limiter
	queue  []irc.Line // paced; urgent lines never wait
	out    []byte
	armed  time.Time // when the timer fires
	until  time.Time // when a QUIT's time is over; zero: none was said
}

// Open starts a session and returns at once. What becomes of it arrives at sink,
// in order, ending with exactly one irc.Closed; by then the socket is closed.
func (n *Network) Open(id irc.Identity, log zerolog.Logger, sink func([]irc.Event)) *Session {
	s := &Session{
		net: n, texts: irc.Charsets{Network: n.Charset, Channel: id.Charset}, log: log, sink: sink, wishes: newWishes(), quit: make(chan string, 1),
		budget: rate.NewLimiter(n.Rate, max(1, n.Burst)),
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.dial, s.giveUp = context.WithCancel(s.ctx)
	go s.run(id)
	return s
}

// Do asks for a command. It never waits: ErrBusy. A QUIT is a Close.
func (s *Session) Do(cmd irc.Command, ref irc.Ref) error {
	if q, ok := cmd.(irc.QuitCmd); ok {
		s.Close(q.Reason)
		return nil
	}
	return s.wishes.add(wish{cmd, ref})
}

// Close says QUIT before all that waits, and ends the session: at once while it is
// still connecting, else when the server closes, at the latest 2 s after it could
// be said. irc.Closed has no error then.
func (s *Session) Close(reason string) {
	select {
	case s.quit <- reason:
	default: // one was said already
	}
	s.giveUp()
}

// Abort ends the session without a word. irc.Closed has no error then, unless the
// server had said its last word.
func (s *Session) Abort() { s.cancel() }

// run is the loop, from dialling to the last event.
func (s *Session) run(id irc.Identity) {
	defer s.cancel()
	conn, err := s.connect()
	s.core = irc.NewCore(id, time.Now())
	switch {
	case s.dial.Err() != nil: // nobody wants it any more
		err = nil
		if conn != nil {
			conn.Close()
		}
	case err == nil:
		err = s.serve(conn)
	}
	s.core.Close(err)
	_, events := s.core.Take()
	s.tell(events)
}

// serve runs the session over its connection, and returns when that is closed and
// the reader has ended. Nil: it was aborted.
func (s *Session) serve(conn net.Conn) *irc.CloseError {
	s.conn = conn
	hung := make(chan struct{})
	stop := context.AfterFunc(s.ctx, func() { hangUp(conn); close(hung) })
	lines := make(chan []irc.Line)
	failed := make(chan *irc.CloseError, 1)
	var reader sync.WaitGroup
	reader.Go(func() { read(s.ctx, conn, s.texts, s.log, lines, failed) })

	err := s.loop(lines, failed)
	if s.ctx.Err() != nil {
		err = nil
	}
	s.cancel()
	if stop() {
		hangUp(conn)
	} else {
		<-hung // who comes back with the same nick does so after that
	}
	reader.Wait()
	return err
}

// hangUp closes a connection without a word of TLS, which might have to wait for a
// peer that does not read.
func hangUp(conn net.Conn) {
	if secure, ok := conn.(*tls.Conn); ok {
		secure.NetConn().Close()
	}
	conn.Close()
}

// loop turns until the session has to end, and says why.
func (s *Session) loop(lines <-chan []irc.Line, failed <-chan *irc.CloseError) *irc.CloseError {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	deadline := time.Now().Add(s.net.RegisterTimeout)
	for registered := false; ; {
		now := time.Now()
		send, events := s.core.Take()
		err := s.flush(send, now)
		registered = s.tell(events) || registered
		if err != nil {
			if why := s.listen(lines, failed); why != nil && why.Text == closed {
				return why // and so it takes nothing any more
			}
			return &irc.CloseError{Reason: irc.CloseLost, Text: "cannot write: " + cause(err).Error()}
		}
		if dead := s.core.Dead(); dead != nil {
			return dead
		}
		if !registered && now.After(deadline) {
			return &irc.CloseError{Reason: irc.CloseUnregister, Text: "the network did not let us in in time"}
		}
		s.arm(timer, now, registered, deadline)
		wished, quit := s.wishes.some, s.quit
		if len(s.queue) > 0 {
			wished = nil // the core counts the time of a command from when it gets it
		}
		if !s.until.IsZero() {
			wished, quit = nil, nil
		}
		select {
		case batch := <-lines:
			s.recv(batch)
		case <-wished:
			s.do()
		case reason := <-quit:
			s.sayQuit(reason)
		case err := <-failed:
			return err
		case <-s.ctx.Done():
			return nil
		case <-timer.C:
			s.armed = time.Time{}
			s.tick(lines)
		}
	}
}

// recv hands lines to the core.
func (s *Session) recv(batch []irc.Line) {
	now := time.Now()
	for _, l := range batch {
		s.core.Recv(l, now)
	}
}

// do hands the next wish to the core, and those behind it that the pace allows as
// well: they go out in one write.
func (s *Session) do() {
	now := time.Now()
	for _, w := range s.wishes.take(max(1, int(min(s.budget.TokensAt(now), maxWishes)))) {
		s.core.Do(w.cmd, w.ref, now)
	}
}

// sayQuit says QUIT, and nothing behind it.
func (s *Session) sayQuit(reason string) {
	now := time.Now()
	s.until = now.Add(goodbye)
	s.conn.SetReadDeadline(s.until)
	s.queue = nil
	s.core.Do(irc.QuitCmd{Reason: oneLine.Replace(reason)}, 0, now)
}

var oneLine = strings.NewReplacer("\r", " ", "\n", " ", "\x00", " ")

// tick lets deadlines pass; but what has come while the sink had us wait is no
// silence.
func (s *Session) tick(lines <-chan []irc.Line) {
	select {
	case batch := <-lines:
		s.recv(batch)
	default:
	}
	s.core.Tick(time.Now())
}

// listen takes what a server said that takes no more: its ERROR tells whether to
// try again. It returns how reading ended; nil: by us.
func (s *Session) listen(lines <-chan []irc.Line, failed <-chan *irc.CloseError) *irc.CloseError {
	s.conn.SetReadDeadline(time.Now().Add(lastWords))
	for {
		select {
		case batch := <-lines:
			s.recv(batch)
		case why := <-failed:
			return why
		case <-s.ctx.Done():
			return nil
		}
	}
}

// tell hands events to the sink, which may wait; true: we are registered.
func (s *Session) tell(events []irc.Event) (registered bool) {
	if len(events) == 0 {
		return false
	}
	for _, ev := range events {
		if _, ok := ev.(irc.Registered); ok {
			registered = true
		}
	}
	s.sink(events)
	return registered
}

// arm sets the timer to whatever comes first; it is left alone when it fires
// sooner, for a timer that fires early costs less than one set at each line.
func (s *Session) arm(timer *time.Timer, now time.Time, registered bool, deadline time.Time) {
	next := s.core.Next()
	if !registered && (next.IsZero() || deadline.Before(next)) {
		next = deadline.Add(time.Millisecond)
	}
	if len(s.queue) > 0 {
		if paced := now.Add(s.pause(now)); next.IsZero() || paced.Before(next) {
			next = paced
		}
	}
	if next.IsZero() || !s.armed.IsZero() && !next.Before(s.armed) {
		return
	}
	s.armed = next
	timer.Reset(max(0, next.Sub(now)))
}
