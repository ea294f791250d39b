//go:build linux

package realtest

import (
	"crypto/x509"
	"testing"
)

// OperPassword is the password of the operator oper, whom every IRC server has.
const OperPassword = "oper-password"

// IRCOptions say how an IRC server is set up. The zero value is for scripts: it
// throttles nobody.
type IRCOptions struct {
	Throttled bool // flood control and penalties as by default
	NickLen   int  // 0 is the program's own: 30, 9 and 15
	Services  bool // it is for services to link to; InspIRCd only
}

// An IRCServer is a running IRC server. Its network has no services, and its
// channels no registration, unless it is started for them (see Services).
type IRCServer struct {
	*Process
	ServerName string
	Addr       string // host:port in the clear
	TLSAddr    string // host:port for TLS
	CAFile     string // PEM of the authority behind its certificate
	Roots      *x509.CertPool
	NickLen    int
	link       string // host:port for other servers; InspIRCd only
}

// An IRCKind is a program that serves IRC.
type IRCKind struct {
	Name  string
	Start func(testing.TB, IRCOptions) *IRCServer
}

// IRCKinds are the IRC servers that the gateway is tested against.
func IRCKinds() []IRCKind {
	return []IRCKind{{"inspircd", StartInspIRCd}, {"ngircd", StartNgIRCd}, {"ircd-hybrid", StartHybrid}}
}

// newIRCServer is one with its certificate, on free ports.
func newIRCServer(t testing.TB, kind, serverName string, nickLen int) (s *IRCServer, port []int) {
	t.Helper()
	port = ports(t, 3)
	s = &IRCServer{
		Process:    &Process{Name: kind, Dir: newDir(t, kind)},
		ServerName: serverName, Addr: loopback(port[0]), TLSAddr: loopback(port[1]), NickLen: nickLen,
	}
	s.CAFile = s.Dir + "/ca.pem"
	s.Roots = s.certify(t)
	s.ready = []string{s.Addr, s.TLSAddr}
	return s, port
}
