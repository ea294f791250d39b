package ircside

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/time/rate"

	"isthmus/ircside/irc"
)

const (
	maxQueued = 512 // lines that may wait for the pace of one session
	maxWishes = 64  // commands that may wait for its loop
	maxBatch  = 64  // lines handed over at a time
)

// ErrBusy says that a session has more to send than it may keep.
var ErrBusy = errors.New("too much is waiting to be sent to the network")

// A Session is one connection to one IRC network, from dialling to its end.
type Session struct {
	net    *Network
	log    zerolog.Logger
	sink   func([]irc.Event)
	wishes chan wish
	cancel context.CancelFunc
	ctx    context.Context
	queued atomic.Int32

	// The loop's own.
	core   *irc.Core
	conn   net.Conn
	budget *rate.Limiter
	queue  []irc.Line // paced; urgent lines never wait
	out    []byte
	armed  time.Time // when the timer fires
}

type wish struct {
	cmd irc.Command
	ref irc.Ref
}

// Open starts a session and returns at once. What becomes of it arrives at sink,
// in order, ending with exactly one irc.Closed.
func (n *Network) Open(id irc.Identity, log zerolog.Logger, sink func([]irc.Event)) *Session {
	ctx, cancel := context.WithCancel(context.Background())
	s := &Session{
		net: n, log: log, sink: sink, wishes: make(chan wish, maxWishes), ctx: ctx, cancel: cancel,
		budget: rate.NewLimiter(n.Rate, max(1, n.Burst)),
	}
	go s.run(id)
	return s
}

// Do asks for a command. It never waits: ErrBusy.
func (s *Session) Do(cmd irc.Command, ref irc.Ref) error {
	if _, quit := cmd.(irc.QuitCmd); !quit && s.queued.Load() > maxQueued {
		return ErrBusy
	}
	select {
	case s.wishes <- wish{cmd, ref}:
		return nil
	default:
		return ErrBusy
	}
}

// Close says QUIT and ends the session, at the latest when the server has had the
// time of a write to take it.
func (s *Session) Close(reason string) {
	if s.Do(irc.QuitCmd{Reason: reason}, 0) != nil {
		s.cancel()
	}
}

// Abort ends the session without a word.
func (s *Session) Abort() { s.cancel() }

// run is the loop, from dialling to the last event.
func (s *Session) run(id irc.Identity) {
	defer s.cancel()
	conn, err := s.dial()
	s.core = irc.NewCore(id, time.Now())
	if err != nil {
		s.end(err)
		return
	}
	s.conn = conn
	defer conn.Close()
	stop := context.AfterFunc(s.ctx, func() { conn.Close() })
	defer stop()

	lines := make(chan []irc.Line)
	failed := make(chan *irc.CloseError, 1)
	go read(s.ctx, conn, s.net.Charset, s.log, lines, failed)
	s.end(s.loop(lines, failed))
}

// loop turns until the session has to end, and says why.
func (s *Session) loop(lines <-chan []irc.Line, failed <-chan *irc.CloseError) *irc.CloseError {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	deadline := time.Now().Add(s.net.RegisterTimeout)
	registered, quitting := false, false
	for {
		now := time.Now()
		send, events := s.core.Take()
		if err := s.flush(send, now); err != nil {
			s.tell(events)
			return &irc.CloseError{Reason: irc.CloseLost, Text: "cannot write: " + err.Error()}
		}
		registered = s.tell(events) || registered
		if dead := s.core.Dead(); dead != nil {
			return dead
		}
		if !registered && now.After(deadline) {
			return &irc.CloseError{Reason: irc.CloseUnregister, Text: "the network did not let us in in time"}
		}
		s.arm(timer, now, registered, deadline)
		select {
		case batch := <-lines:
			now = time.Now()
			for _, l := range batch {
				s.core.Recv(l, now)
			}
		case w := <-s.wishes:
			quitting = s.do(w) || quitting
		case err := <-failed:
			return err
		case <-s.ctx.Done():
			return &irc.CloseError{Reason: irc.CloseLost, Text: "no longer wanted"}
		case <-timer.C:
			s.armed = time.Time{}
			s.core.Tick(time.Now())
		}
		if quitting {
			quitting = false
			s.conn.SetReadDeadline(time.Now().Add(2 * time.Second))
		}
	}
}

// do hands a wish to the core; true: it was a QUIT.
func (s *Session) do(w wish) bool {
	s.core.Do(w.cmd, w.ref, time.Now())
	_, quit := w.cmd.(irc.QuitCmd)
	return quit
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

// end tells the last event.
func (s *Session) end(err *irc.CloseError) {
	s.core.Close(err)
	_, events := s.core.Take()
	s.tell(events)
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

// logged says what of a line may be written down: never what proves who one is.
func logged(command string, params []string) string {
	switch command {
	case "PASS", "AUTHENTICATE", "OPER", "WEBIRC":
		return command + " (secret)"
	case "PRIVMSG", "NOTICE":
		if len(params) > 0 && strings.HasSuffix(strings.ToLower(params[0]), "serv") {
			return command + " " + params[0] + " (secret)"
		}
	}
	return command + " " + strings.Join(params, " ")
}
