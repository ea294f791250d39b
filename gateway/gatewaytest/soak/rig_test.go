package soak

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"isthmus/cmd/assemble"
	"isthmus/config"
	"isthmus/gateway/gatewaytest/ircd"
	"isthmus/gateway/gatewaytest/strict"
	"isthmus/gateway/gatewaytest/xmppd"
	"isthmus/gateway/store"
	"isthmus/xmppside/stanza"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// The configuration: "net" is an IRC server as it should be, "wild" one that is not.
const settings = `
component.address = "xmpp.test:5347"
component.domain = "gw"
component.secret = "secret"
component.queue_bytes = 262144
log.level = "error"
[irc]
tls = false
connect_interval = "0s"
rate = %g
burst = %d
[[network]]
name = "net"
addresses = ["irc.test:6667"]
[[network]]
name = "wild"
addresses = ["wild.test:6667"]
`

// unpaced is a pace that never makes anybody wait.
const unpaced = 1e6

// A rig is a gateway between its servers.
type rig struct {
	t    *testing.T
	xmpp *xmppd.Server
	irc  *ircd.Server
	wild *wild
	gate *gate // of the component's connection
	stop func()

	mu      sync.Mutex // guards what follows
	tape    *tape
	checker *strict.Checker // nil: what the gateway says is taken as it is
	owed    map[request]*debt
	odd     map[request]bool // what the strict client would not send, nor be answered
	hear    func(*stanza.Stanza)
	lenient bool     // the wild server may contradict itself, and so need not be believed
	got     int      // stanzas from the gateway
	broken  []string // errors with which the component's stream was closed
}

// A request is who asked, and the id.
type request struct{ from, id string }

// A debt is how many answers a request still has coming; below 0 are too many.
type debt struct {
	answers int
	what    string
}

// start runs a gateway that sends so many lines a second to IRC. It is stopped at the
// test's end, and what it owes then or has done wrong fails the test.
func start(t *testing.T, rate float64, burst int) *rig {
	r := &rig{t: t, gate: newGate(), wild: newWild(t), hear: func(*stanza.Stanza) {}}
	r.forget()
	r.irc = ircd.New(ircd.Config{Caps: ircd.AllCaps(), CaseMapping: "ascii"})
	r.xmpp = xmppd.New(xmppd.Config{Host: "localhost", Component: "gw", Secret: "secret", Played: true})
	r.xmpp.Tap(r.tap)
	file := filepath.Join(t.TempDir(), "isthmus.toml")
	if err := os.WriteFile(file, fmt.Appendf(nil, settings, rate, burst), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	log := zerolog.Nop()
	if os.Getenv("ISTHMUS_TRACE") != "" {
		log = zerolog.New(os.Stderr)
	}
	g, err := assemble.New(c, assemble.Options{
		Net: assemble.Net{XMPP: r.dialXMPP, IRC: r.dialIRC}, Version: "test", KeepPanics: true,
		Documents: store.NewNotebook(),
	}, log)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- g.Run(ctx) }() // until stop
	r.stop = func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		r.xmpp.Close()
		r.irc.Close()
		r.wild.close()
	}
	synctest.Wait()
	return r
}

func (r *rig) dialXMPP(context.Context, string) (net.Conn, error) {
	ours, theirs := net.Pipe()
	r.xmpp.ServeComponentConn(gated{theirs, r.gate})
	return ours, nil
}

func (r *rig) dialIRC(_ context.Context, address string) (net.Conn, error) {
	ours, theirs := net.Pipe()
	if strings.HasPrefix(address, "wild.") {
		r.wild.serve(theirs)
	} else {
		go r.irc.ServeConnStrict(theirs) // ends with the connection
	}
	return ours, nil
}

// pass lets time pass.
func pass(d time.Duration) { <-time.After(d) }

// forget begins a new account of who owes what.
func (r *rig) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.checker, r.owed, r.odd, r.tape = strict.New(), map[request]*debt{}, map[request]bool{}, newTape()
	r.checker.LinkLost() // these networks lose people all the time
}

// trust has nobody judge what the gateway says from now on, which takes half the time.
func (r *rig) trust() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.checker = nil
}

// listen has f hear what the gateway sends. It runs under the rig's mutex.
func (r *rig) listen(f func(*stanza.Stanza)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.hear = f
}

// locked calls f under the mutex, as what listens is called.
func (r *rig) locked(f func() []string) []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return f()
}

// believe says whether what is told of the wild server's channels must make sense.
func (r *rig) believe(wild bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lenient = !wild
}

// tap hears the component's stream.
func (r *rig) tap(dir, raw string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case dir == ">" && strings.HasPrefix(raw, "<stream:error"):
		r.broken = append(r.broken, raw)
	case dir == "<":
		s, err := r.tape.parse(raw)
		if err != nil {
			r.broken = append(r.broken, err.Error()+": "+raw)
			return
		}
		r.heard(s)
	}
}

func (r *rig) heard(s *stanza.Stanza) {
	at := request{s.To.String(), s.ID}
	room := s.From.Resource() == "" || strings.HasPrefix(s.From.Local(), "#")
	switch {
	case s.To.Domain() == "gw":
		return // the gateway asks whether its stream is alive
	case s.Kind == stanza.IQ && (s.Type == "result" || s.Type == "error"):
		r.debt(at, "what nobody asked: "+s.ID).answers--
	}
	if _, body := s.Body(); strings.HasSuffix(s.From.Local(), "%wild") && (r.lenient || body && s.Type == "groupchat") {
		room = false // IRC servers let people speak who are not in the channel
	}
	if r.checker != nil && room && (s.Type != "error" || !r.odd[at]) {
		r.checker.FromGateway(s)
	}
	r.got++
	r.hear(s)
}

// debt is what a request is owed. The mutex is held.
func (r *rig) debt(at request, what string) *debt {
	if r.owed[at] == nil {
		r.owed[at] = &debt{what: what}
	}
	return r.owed[at]
}

// A tape is read by a reader of stanzas, one at a time.
type tape struct {
	text  strings.Reader
	input *stanza.Reader
}

func newTape() *tape {
	t := &tape{}
	const all = 1 << 30
	limits := stanza.Limits{Bytes: all, Depth: all, Attrs: all, Elements: all}
	t.input = stanza.NewReader(bufio.NewReader(&t.text), stanza.Accept, limits)
	return t
}

// parse reads a stanza of any size.
func (t *tape) parse(raw string) (*stanza.Stanza, error) {
	t.text.Reset(raw)
	return t.input.Next()
}

// send has clients send stanzas, one after the other, and lets all come to rest.
func (r *rig) send(raws ...string) {
	for _, raw := range raws {
		r.account(raw)
	}
	if !r.xmpp.Inject(strings.Join(raws, "")) {
		r.t.Fatal("the gateway is not connected", r.broken)
	}
	synctest.Wait()
}

// account notes what a stanza that is about to be sent makes the gateway owe. An IQ of
// no known type is owed an error. RFC 6120 §8.2.3
func (r *rig) account(raw string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s, err := r.tape.parse(raw)
	var refused *stanza.Refused
	if errors.As(err, &refused) {
		s = refused.Stanza // an address that is none, which a client may well write to
	} else if err != nil {
		r.t.Fatalf("the test sends what is no stanza: %v: %.200s", err, raw)
	}
	at := request{s.From.String(), s.ID}
	ours := s.To.IsZero() || strings.EqualFold(s.To.Domain(), "gw") // nobody else's requests can be answered
	if ours && s.Kind == stanza.IQ && s.Type != "result" && s.Type != "error" {
		r.debt(at, raw).answers++
	}
	presence := s.Kind == stanza.Presence && s.Type != "unavailable" && (s.Type != "" || s.To.Resource() == "")
	if err != nil || presence {
		r.odd[at] = true
	}
	if err == nil && r.checker != nil {
		r.checker.ToGateway(s)
	}
}

// settled reports what is owed or was done wrong. Time has passed since the last stanza,
// more than the gateway may take for any answer.
func (r *rig) settled() {
	r.t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	wrong := func(what string, list []string) {
		if len(list) > 0 {
			r.t.Errorf("%s: %d, the first:\n%s", what, len(list), strings.Join(list[:min(len(list), 20)], "\n"))
		}
	}
	var owed []string
	for _, d := range r.owed {
		if d.answers != 0 {
			owed = append(owed, fmt.Sprintf("%+d answers owed to %.300s", d.answers, d.what))
		}
	}
	wrong("requests not answered once", owed)
	wrong("the strict client", r.checker.Violations())
	wrong("the strict XMPP server", r.broken)
	wrong("the strict IRC server", r.irc.Violations())
	wrong("what the wild server was sent", r.wild.complaints())
}

// A footing is what the process holds on to.
type footing struct {
	heap       uint64 // bytes
	goroutines int
}

func measure() footing {
	synctest.Wait()
	runtime.GC()
	runtime.GC() // what the first found in pools
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return footing{m.HeapAlloc, runtime.NumGoroutine()}
}

// A gate makes whoever reads through it wait while it is shut.
type gate struct {
	mu   sync.Mutex
	open chan struct{} // closed while the gate is open
}

func newGate() *gate {
	g := &gate{open: make(chan struct{})}
	close(g.open)
	return g
}

func (g *gate) shut() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.open = make(chan struct{})
}

func (g *gate) unlock() {
	g.mu.Lock()
	defer g.mu.Unlock()
	close(g.open)
}

func (g *gate) pass() {
	g.mu.Lock()
	open := g.open
	g.mu.Unlock()
	<-open
}

// gated is a connection that is read from through a gate.
type gated struct {
	net.Conn
	gate *gate
}

// Read implements net.Conn.
func (g gated) Read(p []byte) (int, error) {
	g.gate.pass()
	return g.Conn.Read(p)
}
