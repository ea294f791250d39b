package ircside

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"slices"
	"syscall"

	"isthmus/ircside/irc"
)

// connect waits for its turn and tries the addresses one after the other. Of several
// failures the last is told.
func (s *Session) connect() (net.Conn, *irc.CloseError) {
	if err := s.turn(); err != nil {
		return nil, &irc.CloseError{Reason: irc.CloseRefused, Text: "waiting for a connection: " + err.Error()}
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
		failed = failure(address, err, s.net.spoke.Load() || s.net.trying.Load() > 0)
	}
	return nil, failed
}

// connect makes one connection, TLS included.
func (n *Network) connect(ctx context.Context, address string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, n.ConnectTimeout)
	defer cancel()
	n.trying.Add(1)
	defer n.trying.Add(-1)
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
	n.spoke.Store(true)
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

// failure says what a failed connection means, to people who are not to learn our own
// addresses from it. A server that throttles cannot say so before TLS: it hangs up, as
// a port does that speaks no TLS; speaks says that the network has spoken TLS before,
// or may be about to, with another session.
func failure(address string, err error, speaks bool) *irc.CloseError {
	out := &irc.CloseError{Reason: irc.CloseRefused}
	what := cause(err).Error()
	var dns *net.DNSError
	var handshake *handshakeError
	var certificate *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	switch {
	case errors.As(err, &dns):
		if dns.IsNotFound {
			out.Reason = irc.CloseDNS
		}
	case !errors.As(err, &handshake):
	case errors.Is(err, io.EOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		what = "it closed the connection before the TLS handshake: does that port speak TLS?"
		if speaks {
			out.Reason, what = irc.CloseThrottled, "it closed the connection before the TLS handshake"
		}
	case errors.As(err, &certificate):
		out.Reason = irc.CloseTLS
	case errors.As(err, &record), errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded):
		what = "it does not seem to speak TLS there; check the port and `tls`"
	default:
		what = "TLS: " + what
	}
	out.Text = "cannot connect to " + address + ": " + what
	return out
}

// cause is the innermost error: those round it name sockets and resolvers of ours.
func cause(err error) error {
	for {
		if dns, ok := err.(*net.DNSError); ok {
			return errors.New(dns.Err)
		}
		inner := errors.Unwrap(err)
		if inner == nil {
			return err
		}
		err = inner
	}
}
