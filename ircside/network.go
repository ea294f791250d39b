package ircside

import (
	"context"
	"crypto/tls"
	"net"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"isthmus/ircside/irc"
)

// A Network is how to reach an IRC network. It is shared by all its sessions and
// not changed once it is made.
type Network struct {
	Addresses []string    // host:port, tried in turn
	TLS       *tls.Config // nil: plain text; ServerName is set per address
	Charset   irc.Charset
	Public    bool   // only public addresses are dialled: users name the hosts
	Bind      string // IP address to connect from; "": the system chooses

	Rate  rate.Limit // lines a second
	Burst int        // lines at once
	// Gate paces connections to this network; nil: it does not. It is shared by all
	// sessions, for the network counts by host.
	Gate *rate.Limiter

	ConnectTimeout  time.Duration // for one address, TLS included
	RegisterTimeout time.Duration // from the connection to the end of the MOTD
	WriteTimeout    time.Duration // for one write

	// Dial replaces the dialler, for tests and for proxies; nil: TCP.
	Dial func(ctx context.Context, address string) (net.Conn, error)

	trying atomic.Int32 // connections being made
	spoke  atomic.Bool  // TLS, once
}
