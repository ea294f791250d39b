package ircside

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"slices"
	"syscall"

	"isthmus/ircside/irc"
)

// connect waits for its turn and tries the addresses one after the other. Of several
// failures the last is told.
func (s *Session) connect() (net.Conn, *irc.CloseError) {
	if g := s.net.Gate; g != nil {
		if g.Tokens() < 1 {
			s.sink([]irc.Event{irc.Connecting{Text: "waiting: the network takes only so many connections at a time"}})
		}
		if err := g.Wait(s.dial); err != nil {
			return nil, &irc.CloseError{Reason: irc.CloseRefused, Text: "waiting for a connection: " + err.Error()}
		}
	}
	failed := &irc.CloseError{Reason: irc.CloseDNS, Text: "no address is configured for this network"}
	for _, address := range s.net.Addresses {
		if s.dial.Err() != nil {
			break
		}
		s.sink([]irc.Event{irc.Connecting{Text: "connecting to " + address}})
		conn, err := s.net.connect(s.dial, address)
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
		if ip := net.ParseIP(n.Bind); ip != nil {
			d.LocalAddr = &net.TCPAddr{IP: ip}
		}
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

// special are the networks that netip does not tell from public ones: this network,
// shared (RFC 6598), of protocols, benchmarks and the future; of IPv6, what carries
// an IPv4 address inside (RFC 4291, RFC 6052, RFC 8215, RFC 4380, RFC 3056) and the
// old site-local ones. RFC 6890 §2.2.
var special = prefixes(
	"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "198.18.0.0/15", "240.0.0.0/4",
	"::/96", "64:ff9b::/96", "64:ff9b:1::/48", "2001::/32", "2002::/16", "fec0::/10",
)

func prefixes(all ...string) (out []netip.Prefix) {
	for _, p := range all {
		out = append(out, netip.MustParsePrefix(p))
	}
	return out
}

// publicOnly sees the address that the name was resolved to, so that no name can
// lead round the check.
func publicOnly(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	ip := at.Addr().Unmap().WithZone("")
	if !ip.IsGlobalUnicast() || ip.IsPrivate() ||
		slices.ContainsFunc(special, func(p netip.Prefix) bool { return p.Contains(ip) }) {
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
	case errors.As(err, &handshake) && (errors.Is(err, io.EOF) || errors.Is(err, syscall.ECONNRESET)):
		out.Reason = irc.CloseThrottled // a server cannot say more to who comes too often
	case errors.As(err, &handshake):
		out.Reason = irc.CloseTLS
	}
	return out
}
