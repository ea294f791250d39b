package ircside

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"
	"go.uber.org/goleak"
	"golang.org/x/time/rate"

	"isthmus/ircside/irc"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A fixture is a session, and the scripted server at the other end of its pipe.
type fixture struct {
	t    *testing.T
	s    *Session
	peer net.Conn // once the session has dialled
	hold chan struct{}

	mu     sync.Mutex
	events []irc.Event
	lines  []string // what the server was told
	ended  time.Time
}

// testNetwork dials one address by a pipe, whose other end goes to conns.
func testNetwork(conns chan<- net.Conn) *Network {
	return &Network{
		Addresses: []string{"irc.test:6667"}, Rate: 1, Burst: 4,
		ConnectTimeout: 10 * time.Second, RegisterTimeout: time.Minute, WriteTimeout: 20 * time.Second,
		Dial: func(context.Context, string) (net.Conn, error) {
			ours, theirs := net.Pipe()
			conns <- theirs
			return ours, nil
		},
	}
}

var testIdentity = irc.Identity{Nick: "ann", User: "u", Realname: "ann", PingAfter: 2 * time.Minute, PingTimeout: time.Minute}

// open starts a session in a bubble; change may be nil.
func open(t *testing.T, change func(*Network, *irc.Identity), logs ...zerolog.Logger) *fixture {
	t.Helper()
	conns := make(chan net.Conn, 9)
	n, id := testNetwork(conns), testIdentity
	if change != nil {
		change(n, &id)
	}
	log := zerolog.Nop()
	if len(logs) > 0 {
		log = logs[0]
	}
	f := &fixture{t: t}
	f.s = n.Open(id, log, f.sink)
	synctest.Wait()
	select {
	case f.peer = <-conns:
	default:
	}
	return f
}

// sink notes events, and waits while somebody holds it.
func (f *fixture) sink(events []irc.Event) {
	f.mu.Lock()
	f.events = append(f.events, events...)
	for _, ev := range events {
		if _, ok := ev.(irc.Closed); ok {
			f.ended = time.Now()
		}
	}
	hold := f.hold
	f.mu.Unlock()
	if hold != nil {
		<-hold
	}
}

// block makes the sink wait until release.
func (f *fixture) block() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.hold = make(chan struct{})
}

func (f *fixture) release() {
	f.mu.Lock()
	defer f.mu.Unlock()
	close(f.hold)
	f.hold = nil
}

// read has the server take what it is told from now on.
func (f *fixture) read() *fixture {
	go func() {
		r := bufio.NewReader(f.peer)
		for {
			line, err := r.ReadString('\n')
			f.mu.Lock()
			if line != "" {
				f.lines = append(f.lines, strings.TrimRight(line, "\r\n"))
			}
			f.mu.Unlock()
			if err != nil {
				return
			}
		}
	}()
	synctest.Wait()
	return f
}

// say has the server say lines, and lets the session do with them what it does.
func (f *fixture) say(lines ...string) {
	for _, l := range lines {
		fmt.Fprintf(f.peer, "%s\r\n", l)
	}
	synctest.Wait()
}

// register lets the session in, and forgets what was said until then.
func (f *fixture) register() *fixture {
	f.read()
	f.say(":s 001 ann :welcome", ":s 422 ann :no MOTD")
	f.told()
	if n := count[irc.Registered](f); n != 1 {
		f.t.Fatalf("registered %d times: %v", n, f.events)
	}
	return f
}

// told is what the server was told since it was last asked for.
func (f *fixture) told() []string {
	synctest.Wait()
	f.mu.Lock()
	defer f.mu.Unlock()
	lines := f.lines
	f.lines = nil
	return lines
}

func (f *fixture) wantTold(want ...string) {
	f.t.Helper()
	if got := f.told(); !slices.Equal(got, want) {
		f.t.Errorf("the server was told %q, want %q", got, want)
	}
}

func count[E irc.Event](f *fixture) (n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, ev := range f.events {
		if _, ok := ev.(E); ok {
			n++
		}
	}
	return n
}

// closed is the last event; it fails the test unless that is the only irc.Closed and
// the socket is closed.
func (f *fixture) closed() *irc.CloseError {
	f.t.Helper()
	synctest.Wait()
	if n := count[irc.Closed](f); n != 1 {
		f.t.Fatalf("%d irc.Closed in %v", n, f.events)
	}
	if f.peer != nil {
		f.peer.SetReadDeadline(time.Now())
		for err := error(nil); err == nil; {
			if _, err = f.peer.Read(make([]byte, 4096)); isTimeout(err) {
				f.t.Error("the socket is open behind irc.Closed")
			}
		}
	}
	last, ok := f.events[len(f.events)-1].(irc.Closed)
	if !ok {
		f.t.Fatalf("irc.Closed is not the last of %v", f.events)
	}
	return last.Err
}

func isTimeout(err error) bool {
	var e net.Error
	return errors.As(err, &e) && e.Timeout()
}

// wantClosed checks why and when the session ended; "" is no error.
func (f *fixture) wantClosed(after time.Duration, since time.Time, reason irc.CloseReason, text string) {
	f.t.Helper()
	err := f.closed()
	if got := f.ended.Sub(since); got != after {
		f.t.Errorf("ended after %v, want %v", got, after)
	}
	switch {
	case (err == nil) != (text == ""):
		f.t.Errorf("ended with %v, want %q", err, text)
	case err != nil && (err.Reason != reason || !strings.Contains(err.Text, text)):
		f.t.Errorf("ended with %d %v, want %d %q", err.Reason, err, reason, text)
	}
}

// fast is a network without any pace.
func fast(n *Network, _ *irc.Identity) { n.Rate, n.Burst = rate.Inf, 1 }
