package ircside

import (
	"slices"
	"time"

	"isthmus/ircside/irc"
)

// turn waits until the pace of the network's connections allows another one.
func (s *Session) turn() error {
	g := s.net.Gate
	if g == nil {
		return nil
	}
	if g.Tokens() < 1 {
		s.sink([]irc.Event{irc.Connecting{Text: "waiting: the network takes only so many connections at a time"}})
	}
	return g.Wait(s.dial)
}

// enqueue puts a line in front of or into the paced queue.
func (s *Session) enqueue(o irc.Outgoing) {
	if o.Urgent {
		s.print(o.Line)
		return
	}
	s.queue = append(s.queue, o.Line)
}

// flush writes what may be written now: all that is urgent, and of the queue what
// the pace allows.
func (s *Session) flush(send []irc.Outgoing, now time.Time) error {
	for _, o := range send {
		s.enqueue(o)
	}
	clear(send) // of a password nothing is left behind
	n := 0
	for n < len(s.queue) && s.budget.AllowN(now, 1) {
		s.print(s.queue[n])
		n++
	}
	if n > 0 {
		s.queue = slices.Delete(s.queue, 0, n)
	}
	if len(s.out) == 0 {
		return nil
	}
	return s.write()
}

// pause is how long until the pace allows another line.
func (s *Session) pause(now time.Time) time.Duration {
	r := s.budget.ReserveN(now, 1)
	defer r.CancelAt(now)
	return r.DelayFrom(now)
}

func (s *Session) write() error {
	deadline := time.Now().Add(s.net.WriteTimeout)
	if !s.until.IsZero() && s.until.Before(deadline) {
		deadline = s.until
	}
	s.conn.SetWriteDeadline(deadline)
	_, err := s.conn.Write(s.out)
	s.out = s.out[:0]
	if cap(s.out) > 1<<16 {
		s.out = nil
	}
	return err
}

// print adds a line to what is written next. One that cannot be printed is left
// out and logged: the core has validated all that people can word.
func (s *Session) print(l irc.Line) {
	if e := s.log.Trace(); e.Enabled() {
		e.Str("line", logged(l)).Msg("to irc")
	}
	out, err := s.texts.EncodeLine(l).Append(s.out, s.core.Support().LineLen)
	if err != nil {
		s.log.Warn().Err(err).Str("command", l.Command).Msg("line not sent")
		return
	}
	s.out = out
}
