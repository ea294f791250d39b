package xmppside

import (
	"bytes"
	"context"
	"crypto/sha1"
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

	"isthmus/xmppside/jid"
	"isthmus/xmppside/stanza"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	gateway = jid.MustParse("irc.test")
	alice   = jid.MustParse("alice@host.test/desk")
	room    = jid.MustParse("#c%net@irc.test/bob")
)

// A bench is a component in a bubble, and the XMPP server's end of its pipes.
type bench struct {
	t      *testing.T
	c      *Component
	conns  chan net.Conn // the server's ends, as they were dialled
	cancel context.CancelFunc
	ended  chan struct{}

	// onStanza, onUp and onDown may be set before anything happens.
	onStanza     func(*stanza.Stanza)
	onUp, onDown func()

	mu      sync.Mutex
	dials   []time.Time
	dialErr error
	notes   []string     // what the handler was told
	log     bytes.Buffer // at level warn
}

// Write takes the log.
func (b *bench) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.log.Write(p)
}

// logged is the log so far.
func (b *bench) logged() string {
	synctest.Wait()
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.log.String()
}

func testConfig(b *bench) Config {
	return Config{
		Address: "xmpp.test:5347", Domain: gateway, Secret: "secret",
		QueueBytes: 4096, MaxStanza: 2048, Limits: stanza.Limits{Bytes: 8192},
		WriteTimeout: 10 * time.Second, PingAfter: time.Minute, PingTimeout: 20 * time.Second, DialTimeout: 30 * time.Second,
		Dial: func(context.Context, string) (net.Conn, error) {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.dials = append(b.dials, time.Now())
			if b.dialErr != nil {
				return nil, b.dialErr
			}
			ours, theirs := net.Pipe()
			b.conns <- theirs
			return ours, nil
		},
	}
}

// start runs a component; change may be nil.
func start(t *testing.T, change func(*bench, *Config)) *bench {
	b := &bench{t: t, conns: make(chan net.Conn, 10_000), ended: make(chan struct{})}
	config := testConfig(b)
	if change != nil {
		change(b, &config)
	}
	b.c = New(config, zerolog.New(b).Level(zerolog.WarnLevel))
	var ctx context.Context
	ctx, b.cancel = context.WithCancel(context.Background())
	go func() { defer close(b.ended); b.c.Run(ctx, b) }()
	synctest.Wait()
	return b
}

// stop ends the component, however long that takes.
func (b *bench) stop() {
	b.cancel()
	<-b.ended
}

func (b *bench) note(format string, args ...any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.notes = append(b.notes, fmt.Sprintf(format, args...))
}

// told is what the handler was told so far.
func (b *bench) told() []string {
	synctest.Wait()
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.notes)
}

func (b *bench) wantTold(want ...string) {
	b.t.Helper()
	if got := b.told(); !slices.Equal(got, want) {
		b.t.Errorf("the handler was told %q, want %q", got, want)
	}
}

func (b *bench) HandleStanza(s *stanza.Stanza) {
	b.note("%s %s", s.Kind, s.ID)
	if b.onStanza != nil {
		b.onStanza(s)
	}
}

func (b *bench) StreamUp() {
	b.note("up %v", b.c.Up())
	if b.onUp != nil {
		b.onUp()
	}
}

func (b *bench) StreamDown(err error) {
	b.note("down %v", b.c.Up())
	if b.onDown != nil {
		b.onDown()
	}
}

// A link is the server's end of one connection.
type link struct {
	net.Conn
	b *bench

	mu     sync.Mutex
	got    []byte
	writes int
	err    error
}

// accept is the connection that the component has made.
func (b *bench) accept() *link {
	b.t.Helper()
	synctest.Wait()
	select {
	case c := <-b.conns:
		return &link{Conn: c, b: b}
	default:
		b.t.Fatal("the component has not dialled")
		return nil
	}
}

const header = "<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' " +
	"xmlns:stream='http://etherx.jabber.org/streams' from='irc.test' id='4&amp;2'>"

// up accepts a connection and lets it in, with more in the same segment as the
// handshake; it reads nothing behind that.
func (b *bench) up(more string) *link {
	b.t.Helper()
	l := b.accept()
	l.until("to='irc.test'>")
	l.say(header)
	l.until(fmt.Sprintf("<handshake>%x</handshake>", sha1.Sum([]byte("4&2secret"))))
	l.say("<handshake/>" + more)
	if !b.c.Up() {
		b.t.Fatalf("not up: %s", b.logged())
	}
	return l
}

// until reads up to some text.
func (l *link) until(text string) {
	l.b.t.Helper()
	var got []byte
	for p := make([]byte, 1); !strings.HasSuffix(string(got), text); got = append(got, p...) {
		if _, err := l.Conn.Read(p); err != nil {
			l.b.t.Fatalf("%v behind %s, want %s", err, got, text)
		}
	}
}

func (l *link) say(text string) {
	if _, err := l.Conn.Write([]byte(text)); err != nil {
		l.b.t.Errorf("cannot say %.100s: %v", text, err)
	}
	synctest.Wait()
}

// read has the server read from now on.
func (l *link) read() *link {
	go func() {
		p := make([]byte, 1<<20)
		for {
			n, err := l.Conn.Read(p)
			l.mu.Lock()
			l.got, l.err = append(l.got, p[:n]...), err
			l.writes++
			l.mu.Unlock()
			if err != nil {
				return
			}
		}
	}()
	synctest.Wait()
	return l
}

// took is what was read since it was last asked for, and in how many writes.
func (l *link) took() (string, int) {
	synctest.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	got, n := string(l.got), l.writes
	l.got, l.writes = nil, 0
	return got, n
}

func (l *link) wantTook(want string) {
	l.b.t.Helper()
	if got, _ := l.took(); got != want {
		l.b.t.Errorf("the server was told %s, want %s", got, want)
	}
}

func (l *link) isClosed() bool {
	synctest.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.err != nil
}

// message is a stanza to alice, of about size bytes.
func message(id string, size int) *stanza.Stanza {
	return &stanza.Stanza{
		Kind: stanza.Message, ID: id, From: room, To: alice,
		Children: []*stanza.Element{stanza.T("", "body", strings.Repeat("x", max(0, size-90)))},
	}
}

func text(s *stanza.Stanza) string { return string(s.Append(nil)) }
