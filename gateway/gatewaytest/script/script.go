// Package script runs golden transcripts: conversations of Jabber and IRC users with
// a whole gateway, between an XMPP server (package xmppd) and an IRC server (package
// ircd), over net.Pipe.
//
// A script is text, a directive a line. After each of them everything is left to come
// to rest, and what the gateway said is written below it; lines of that kind in the
// script itself are dropped, so that a transcript is a script again.
//
//	config KEY = VALUE      a line of the configuration, at the top
//	ircd caps=all nicklen=9 what kind of IRC server it is, at the top
//	show bob                what bob sees is written down from now on
//	xmpp> <presence …/>     raw XML on the component's stream; $1 is an id from below
//	bob: JOIN #c            bob, an IRC user who comes when first named, sends a line
//	irc ann> LINE           the IRC server sends ann, whoever that is, a raw line
//	wait 5m                 time passes
//	reload KEY = VALUE      the gateway is given a configuration that differs by a line
//	stop                    the gateway is told to end
//
// and what the servers do of their own accord: see directives.go. Below a directive
// stand, one wire after the other, for no order holds across wires,
//
//	xmpp< <presence …/>     a stanza of the gateway's, in the order of each client's
//	ann> JOIN #c            a line that the gateway sent as ann
//	bob< LINE               a line that bob saw
//
// Identifiers that the gateway makes are written $1, $2, …, and the value of a label
// tag is left out. What the gateway sends before it is registered is not shown, unless
// the script says "show registration".
//
// Nor are occupant-id and hats, which all presences and messages of rooms have, unless it
// says "show identity"; a presence that brings news of those alone looks like the one
// before it.
//
// Everything that is said passes through the strict client (package strict) and the
// strict IRC server; what they find is a problem, whatever the script is about.
//
// The package does not import testing: it is told by a function how to wait until
// all is at rest (synctest.Wait), and time is what package time says.
package script

import (
	"context"
	"fmt"
	"net"
	"strings"
	"time"

	"isthmus/gateway/gatewaytest/ircd"
	"isthmus/gateway/gatewaytest/xmppd"
)

// A Dial makes a connection, as net.Dialer's DialContext does without the network.
type Dial func(ctx context.Context, address string) (net.Conn, error)

// A Gateway is what scripts talk to. Run runs it until its context ends and everybody
// has been told, Reload gives it another configuration in TOML.
type Gateway struct {
	Run    func() error
	Reload func(configTOML string) error
}

// A Factory puts a gateway together from a configuration in TOML.
type Factory func(ctx context.Context, configTOML string, dialXMPP, dialIRC Dial) (Gateway, error)

// endLimit is how long a gateway may take to end.
const endLimit = time.Minute

// Run runs a script and returns it with what came out, and what is wrong, if anything
// is. settle waits until everything is idle; it, and Run, are called in one bubble.
func Run(script string, gateway Factory, settle func()) (transcript string, problems []string) {
	header, steps := parse(script)
	r := newRunner(script, header, settle)
	running := r.start(header, gateway)
	var out strings.Builder
	for _, s := range steps {
		out.WriteString(s.text + "\n")
		if running && s.verb != "" {
			r.step(s, &out)
		}
	}
	r.end()
	return out.String(), r.problems
}

// newRunner has the servers ready.
func newRunner(script string, header *header, settle func()) *runner {
	r := &runner{settle: settle, ended: make(chan error, 1), users: map[string]*user{}}
	r.record = newRecord(script)
	r.problems = header.problems
	r.irc = ircd.New(header.ircd)
	r.xmpp = xmppd.New(xmppd.Config{Host: xmppHost, Component: gatewayHost, Secret: secret, Played: true})
	r.xmpp.Tap(r.record.tap)
	return r
}

// start starts the gateway; false: it could not be made.
func (r *runner) start(header *header, gateway Factory) bool {
	ctx, cancel := context.WithCancel(context.Background())
	r.cancel = cancel
	g, err := gateway(ctx, header.config(), r.dialXMPP, r.dialIRC)
	r.header, r.gateway = header, g
	if err != nil {
		r.problem(0, "the gateway could not be made: "+err.Error())
		r.ended <- nil
		return false
	}
	go func() { r.ended <- g.Run() }() // ends with ctx; end waits for it
	r.settle()
	if !r.xmpp.Connected() {
		r.problem(0, "the gateway did not connect")
	}
	return true
}

// The names of things in scripts. Users are elsewhere, as u@x: they are played.
const (
	xmppHost    = "localhost"
	gatewayHost = "gw"
	secret      = "secret"
)

// A runner is a script under way. It belongs to the goroutine of Run.
type runner struct {
	settle   func()
	xmpp     *xmppd.Server
	irc      *ircd.Server
	record   *record
	users    map[string]*user // IRC users of the script
	header   *header
	gateway  Gateway
	cancel   context.CancelFunc
	ended    chan error // what the gateway's run returned
	stopped  bool
	problems []string
	sieve    func(net.Conn) net.Conn // between the gateway and the IRC server; nil: none
}

func (r *runner) problem(line int, text string) {
	r.problems = append(r.problems, fmt.Sprintf("line %d: %s", line, text))
}

// step does what a directive says, and writes down what came of it.
func (r *runner) step(s step, out *strings.Builder) {
	if err := r.do(s); err != nil {
		r.problem(s.line, err.Error())
	}
	r.settle()
	lines, problems := r.record.flush()
	for _, line := range lines {
		out.WriteString(line + "\n")
	}
	for _, p := range problems {
		r.problem(s.line, p)
	}
}

// end stops everything and asks the strict ones what they think.
func (r *runner) end() {
	for _, p := range r.record.pending() {
		r.problem(0, "at the end: "+p)
	}
	r.stop()
	_, problems := r.record.flush()
	for _, p := range append(problems, r.irc.Violations()...) {
		r.problem(0, p)
	}
	r.xmpp.Close()
	for _, u := range r.users {
		u.conn.Close()
	}
	r.irc.Close()
}

// stop tells the gateway to end and waits until it has.
func (r *runner) stop() {
	if r.stopped {
		return
	}
	r.stopped = true
	r.cancel()
	late := time.NewTimer(endLimit)
	defer late.Stop()
	select {
	case err := <-r.ended:
		if err != nil && err != context.Canceled {
			r.problem(0, "the gateway ended: "+err.Error())
		}
	case <-late.C:
		r.problem(0, fmt.Sprintf("the gateway did not end within %v", endLimit))
	}
	r.settle()
}

// dialXMPP connects the gateway to the XMPP server.
func (r *runner) dialXMPP(_ context.Context, address string) (net.Conn, error) {
	if r.record.isDown("xmpp") {
		return nil, refused(address)
	}
	ours, theirs := net.Pipe()
	r.xmpp.ServeComponentConn(theirs)
	return ours, nil
}

// dialIRC connects the gateway to the IRC server, by a conn that is listened in to.
func (r *runner) dialIRC(_ context.Context, address string) (net.Conn, error) {
	if r.record.isDown("irc") {
		return nil, refused(address)
	}
	ours, theirs := net.Pipe()
	gone := make(chan struct{})
	go func() { r.irc.ServeConnStrict(theirs); close(gone) }() // ends with the connection
	ours = &parting{ours, gone}
	if r.sieve != nil {
		ours = r.sieve(ours)
	}
	return r.record.wiretap(ours), nil
}

// A parting is a connection that is closed when the server has seen it: who comes back
// finds nobody with their nick.
type parting struct {
	net.Conn
	gone <-chan struct{} // closed when the server has ended its side
}

// Close implements net.Conn.
func (p *parting) Close() error {
	err := p.Conn.Close()
	<-p.gone
	return err
}

func refused(address string) error {
	return &net.OpError{Op: "dial", Net: "tcp", Err: fmt.Errorf("%s: connection refused", address)}
}
