package ircside

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"syscall"

	"isthmus/ircside/irc"
)

// dial waits for its turn and tries the addresses one after the other. Of several
// failures the last is told.
func (s *Session) dial() (net.Conn, *irc.CloseError) {
	if g := s.net.Gate; g != nil {
		if g.Tokens() < 1 {
			s.sink([]irc.Event{irc.Connecting{Text: "waiting: the network takes only so many connections at a time"}})
		}
		if err := g.Wait(s.ctx); err != nil {
			return nil, &irc.CloseError{Reason: irc.CloseLost, Text: "no longer wanted"}
		}
	}
	failed := &irc.CloseError{Reason: irc.CloseDNS, Text: "no address is configured for this network"}
	for _, address := range s.net.Addresses {
		if s.ctx.Err() != nil {
			break
		}
		s.sink([]irc.Event{irc.Connecting{Text: "connecting to " + address}})
		conn, err := s.net.connect(s.ctx, address)
		if err == nil {
			return conn, nil
		}
		s.log.Debug().Str("address", address).Err(err).Msg("cannot connect")
		failed = failure(address, err)
	}
	return nil, failed
}

// connect makes one connection, TLS included.
func (n *Network) connect(ctx context.Context, address string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, n.ConnectTimeout)
	defer cancel()
	dial := n.Dial
	if dial == nil {
		d := &net.Dialer{} // happy eyeballs are its default
		if n.Public {
			d.Control = publicOnly
		}
		dial = func(ctx context.Context, address string) (net.Conn, error) {
			return d.DialContext(ctx, "tcp", address)
		}
	}
	conn, err := dial(ctx, address)
	if err != nil || n.TLS == nil {
		return conn, err
	}
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		conn.Close()
		return nil, err
	}
	config := n.TLS.Clone()
	config.ServerName = host
	secure := tls.Client(conn, config)
	if err := secure.HandshakeContext(ctx); err != nil {
		conn.Close()
		return nil, &handshakeError{err}
	}
	return secure, nil
}

type handshakeError struct{ err error }

func (e *handshakeError) Error() string { return "TLS: " + e.err.Error() }
func (e *handshakeError) Unwrap() error { return e.err }

// errPrivate refuses what a stranger must not make the gateway connect to.
var errPrivate = errors.New("not a public address")

// publicOnly sees the address that the name was resolved to, so that no name can
// lead round the check.
func publicOnly(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	ip := at.Addr().Unmap()
	shared := netip.MustParsePrefix("100.64.0.0/10") // RFC 6598
	if !ip.IsGlobalUnicast() || ip.IsPrivate() || shared.Contains(ip) {
		return errPrivate
	}
	return nil
}

// failure says what a failed connection means.
func failure(address string, err error) *irc.CloseError {
	out := &irc.CloseError{Reason: irc.CloseRefused, Text: fmt.Sprintf("cannot connect to %s: %v", address, err)}
	var dns *net.DNSError
	var handshake *handshakeError
	switch {
	case errors.As(err, &dns):
		out.Reason = irc.CloseDNS
	case errors.As(err, &handshake):
		out.Reason = irc.CloseTLS
	}
	return out
}
