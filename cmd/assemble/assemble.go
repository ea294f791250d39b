// Package assemble puts the gateway together: the domain, the two shells, and the
// configuration that says how. The program and its tests run the same assembly;
// they differ in how connections are made.
//
// A Gateway's networks are shared by all sessions; the mutex round them is held for
// a look-up only. The package imports everything below cmd.
package assemble

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"os"
	"reflect"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/time/rate"

	"isthmus/config"
	"isthmus/gateway"
	"isthmus/ircside"
	"isthmus/ircside/irc"
	"isthmus/xmppside"
	"isthmus/xmppside/jid"
	"isthmus/xmppside/stanza"
)

// A Net is how connections are made. What is nil is TCP.
type Net struct {
	XMPP, IRC func(ctx context.Context, address string) (net.Conn, error)
}

// A Gateway is all of it, ready to run.
type Gateway struct {
	config    atomic.Pointer[config.Config] // in force
	net       Net
	log       zerolog.Logger
	hub       *gateway.Hub
	component *xmppside.Component

	mu       sync.Mutex // guards networks
	networks map[string]*network
}

// maxOpen is how many networks of users' choice (gateway.open_networks) are known at a
// time before those without a session are forgotten, and the pace of connections to
// them with them.
const maxOpen = 1000

// A network is an ircside.Network and what it was made of.
type network struct {
	from     config.Network
	net      *ircside.Network
	sessions int // under way; counted if users chose the host
}

// Options are what is told besides the configuration.
type Options struct {
	Net     Net
	Version string
	// Documents are what outlives the process; nil: nothing does. They are used until
	// Run has returned.
	Documents gateway.Documents
	// Wrote is called after each write to the XMPP server with the number of bytes, by
	// nobody else at the same time; nil: nothing is.
	Wrote func(n int)
	// KeepPanics lets a panic end the process, as tests want it.
	KeepPanics bool
}

// New puts a gateway together. It connects nowhere yet.
func New(c *config.Config, o Options, log zerolog.Logger) (*Gateway, error) {
	domain, err := jid.New("", c.Component.Domain, "")
	if err != nil {
		return nil, fmt.Errorf("component.domain: %w", err)
	}
	g := &Gateway{net: o.Net, log: log, networks: map[string]*network{}}
	g.config.Store(c)
	limits := stanza.DefaultLimits
	limits.Bytes = c.Component.MaxStanza
	g.component = xmppside.New(xmppside.Config{
		Address: c.Component.Address, Domain: domain, Secret: c.Component.Secret.Reveal(),
		QueueBytes: c.Component.QueueBytes, MaxStanza: c.Component.MaxStanza, Limits: limits,
		WriteTimeout: c.Component.WriteTimeout, PingAfter: c.Component.PingInterval,
		PingTimeout: c.Component.PingTimeout, DialTimeout: 30 * time.Second, Refuse: gateway.Unread, Dial: o.Net.XMPP, Wrote: o.Wrote,
	}, log)
	g.hub, err = gateway.NewHub(gateway.Options{
		XMPP: g.component, Open: g.open, Log: log, Config: c, Version: o.Version, KeepPanics: o.KeepPanics,
		Documents: o.Documents,
	})
	return g, err
}

// Reload takes over what may change while the gateway runs.
func (g *Gateway) Reload(c *config.Config) {
	g.config.Store(c)
	g.hub.Reload(c)
}

// lastWrite is how long what is left to write has, if stop_timeout is over by then.
const lastWrite = time.Second

// Run serves until ctx is done, then sends everybody away, within stop_timeout and
// lastWrite at the most: not even an XMPP server that does not read holds it up. Nor
// does a store that does not answer, by more than half a second.
func (g *Gateway) Run(ctx context.Context) error {
	stream, end := context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan struct{})
	go func() { defer close(ended); g.component.Run(stream, g.hub) }()
	<-ctx.Done()
	limit, cancel := context.WithTimeout(stream, g.config.Load().Gateway.StopTimeout)
	defer cancel()
	g.hub.Stop(limit)
	end()
	deadline, _ := limit.Deadline()
	select {
	case <-ended:
		return nil
	case <-time.After(max(time.Until(deadline), lastWrite)):
	}
	g.component.Abort()
	<-ended
	return nil
}

// open opens a seat on a network.
func (g *Gateway) open(n config.Network, id irc.Identity, log zerolog.Logger, sink func([]irc.Event)) (gateway.Seat, error) {
	way, err := g.network(n)
	if err != nil {
		return nil, err
	}
	if !n.PublicOnly {
		return way.net.Open(id, log, sink), nil
	}
	return way.net.Open(id, log, func(events []irc.Event) {
		sink(events)
		if _, over := events[len(events)-1].(irc.Closed); over {
			g.mu.Lock()
			defer g.mu.Unlock()
			way.sessions--
		}
	}), nil
}

// forget makes room for networks of users' choice.
func (g *Gateway) forget() {
	if len(g.networks) < maxOpen {
		return
	}
	for name, n := range g.networks {
		if n.from.PublicOnly && n.sessions == 0 {
			delete(g.networks, name)
		}
	}
}

// network is how a network is reached, for one session more: made once, and again when
// it is configured otherwise. The pace of connections goes on, for the network counts
// them by host.
func (g *Gateway) network(n config.Network) (*network, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	old := g.networks[n.Name]
	if old != nil && reflect.DeepEqual(old.from, n) {
		old.sessions++
		return old, nil
	}
	charset, err := irc.NewCharset(n.Encoding, n.FallbackCharset)
	if err != nil {
		return nil, err
	}
	way := &ircside.Network{
		Addresses: n.Addresses, Charset: charset, Public: n.PublicOnly,
		Rate: rate.Limit(n.Rate), Burst: n.Burst, ConnectTimeout: n.ConnectTimeout,
		RegisterTimeout: n.RegisterTimeout, WriteTimeout: n.WriteTimeout, Dial: g.net.IRC, Bind: n.Bind,
	}
	if n.TLS {
		if way.TLS, err = secure(n); err != nil {
			return nil, err
		}
	}
	if n.ConnectInterval > 0 {
		way.Gate = rate.NewLimiter(rate.Every(n.ConnectInterval), n.ConnectBurst)
		if old != nil && old.net.Gate != nil {
			way.Gate = old.net.Gate
			way.Gate.SetLimit(rate.Every(n.ConnectInterval))
			way.Gate.SetBurst(n.ConnectBurst)
		}
	}
	g.forget()
	made := &network{from: n, net: way, sessions: 1}
	g.networks[n.Name] = made
	return made, nil
}

// secure is the TLS configuration of a network.
func secure(n config.Network) (*tls.Config, error) {
	t := &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: !n.TLSVerify} // the operator's choice
	if n.TLSCAFile == "" {
		return t, nil
	}
	pem, err := os.ReadFile(n.TLSCAFile)
	if err != nil {
		return nil, err
	}
	t.RootCAs = x509.NewCertPool()
	if !t.RootCAs.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s holds no certificate", n.TLSCAFile)
	}
	return t, nil
}
