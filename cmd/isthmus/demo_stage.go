package main

import (
	"context"
	"crypto/rand"
	"errors"
	"net"
	"sync"
	"time"

	"isthmus/cmd/assemble"
	"isthmus/config"
	"isthmus/gateway/gatewaytest/ircd"
	"isthmus/gateway/gatewaytest/xmppd"
	"isthmus/gateway/store"

	"github.com/rs/zerolog"
)

// Names on the stage, and ports that people can remember.
const (
	demoHost    = "localhost"
	demoDomain  = "irc.localhost"
	demoNetwork = "demo"
	demoChannel = "#isthmus"
	demoRoom    = demoChannel + "%" + demoNetwork + "@" + demoDomain

	demoLoopback = "127.0.0.1"
	demoIRCPort  = "16667"
	demoXMPPPort = "15222"
)

// A stage is an XMPP server, an IRC server and the gateway between them, all on
// loopback. openStage makes one, and close must end it.
type stage struct {
	irc      *ircd.Server
	xmpp     *xmppd.Server
	ircAddr  string // host:port
	xmppAddr string // host:port for clients
	journal  journal

	serving sync.WaitGroup // the IRC server's listener
	stop    context.CancelFunc
	ended   chan error // what the gateway ended with; nil before it was started
}

// openStage starts everything and returns when the gateway has reached its XMPP
// server. known says whether the ports for clients should be those that people can
// remember, where they are free.
func openStage(known bool) (*stage, error) {
	ircPort, xmppPort := "0", "0"
	if known {
		ircPort, xmppPort = demoIRCPort, demoXMPPPort
	}
	var l listeners
	component, xmpp, irc := l.open("0"), l.open(xmppPort), l.open(ircPort)
	if l.err != nil {
		l.close()
		return nil, l.err
	}
	secret := rand.Text()
	s := &stage{
		irc: ircd.New(ircd.Config{
			Name: "irc.demo", Network: "Demo", Caps: ircd.AllCaps(),
			MOTD: []string{"An IRC server for trying Isthmus. Join " + demoChannel + "."},
		}),
		xmpp: xmppd.New(xmppd.Config{
			Host: demoHost, Component: demoDomain, Secret: secret, Plain: true, Contact: true,
			Accounts: map[string]string{"alice": "alice", "bob": "bob", "carol": "carol"},
		}),
		ircAddr: irc.Addr().String(), xmppAddr: xmpp.Addr().String(),
	}
	s.serving.Go(func() { _ = s.irc.Serve(irc) }) // ends in close
	s.xmpp.ServeComponent(component)
	s.xmpp.ServeClients(xmpp)
	if err := s.startGateway(demoConfig(component.Addr().String(), s.ircAddr, secret)); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

// demoConfig is the gateway's configuration, as a file would say it: the XMPP server,
// a network, and no pacing, which is there to spare other people's networks.
func demoConfig(component, irc, secret string) *config.Config {
	c := config.Default()
	c.Component.Address, c.Component.Domain, c.Component.Secret = component, demoDomain, config.NewSecret(secret)
	c.Gateway.StopTimeout = time.Second
	c.IRC.TLS, c.IRC.ConnectInterval, c.IRC.Rate, c.IRC.Burst = false, 0, 20, 40
	c.Networks = []config.Network{{Name: demoNetwork, Addresses: []string{irc}, IRC: c.IRC}}
	return c
}

// startGateway runs the gateway and waits until its stream is up.
func (s *stage) startGateway(c *config.Config) error {
	if err := c.Validate(); err != nil {
		return err
	}
	log := zerolog.New(&s.journal).Level(zerolog.InfoLevel)
	gw, err := assemble.New(c, assemble.Options{Version: programVersion(), Documents: store.NewNotebook()}, log)
	if err != nil {
		return err
	}
	connected := s.journal.next(logConnected)
	ctx, stop := context.WithCancel(context.Background())
	s.stop, s.ended = stop, make(chan error, 1)
	go func() { s.ended <- gw.Run(ctx) }() // ends in close
	select {
	case <-connected:
		return nil
	case <-time.After(demoPatience):
		return errors.New("the gateway does not reach its XMPP server")
	}
}

// close has the gateway say goodbye to everybody, then ends the servers, and returns
// when nothing of the stage runs any more.
func (s *stage) close() (err error) {
	if s.stop != nil {
		s.stop()
		err = <-s.ended
	}
	s.xmpp.Close()
	_ = s.irc.Close() // has no error to tell
	s.serving.Wait()
	return err
}

// listeners are sockets on loopback. After the first error no more are opened.
type listeners struct {
	all []net.Listener
	err error
}

// open listens on a port, or on any if that one is taken.
func (l *listeners) open(port string) net.Listener {
	if l.err != nil {
		return nil
	}
	n, err := net.Listen("tcp", net.JoinHostPort(demoLoopback, port))
	if err != nil && port != "0" {
		n, err = net.Listen("tcp", net.JoinHostPort(demoLoopback, "0"))
	}
	if err != nil {
		l.err = err
		return nil
	}
	l.all = append(l.all, n)
	return n
}

func (l *listeners) close() {
	for _, n := range l.all {
		_ = n.Close()
	}
}
