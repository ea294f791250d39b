package xmppd

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"sync"
	"time"
)

// A certificate is made when it is first asked for. Any goroutine may ask.
type certificate struct {
	once sync.Once
	tls  tls.Certificate
	err  error
}

func (c *certificate) get(host string) (tls.Certificate, error) {
	c.once.Do(func() { c.tls, c.err = selfSign(host) })
	return c.tls, c.err
}

// selfSign makes a certificate for host and for the loopback addresses that is
// valid for a month.
func selfSign(host string) (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(now.UnixNano()),
		Subject:               pkix.Name{CommonName: host},
		NotBefore:             now.Add(-time.Hour),
		NotAfter:              now.AddDate(0, 1, 0),
		DNSNames:              []string{host},
		IPAddresses:           []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
		IsCA:                  true, // so that a client can be told to trust it
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, err
}

// Certificate is the server's own, in PEM, for clients that want to be told whom
// to trust.
func (s *Server) Certificate() ([]byte, error) {
	cert, err := s.cert.get(s.config.Host)
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Certificate[0]}), nil
}

// startTLS goes over to TLS. RFC 6120 §5.4.
func (s *Server) startTLS(l *link) error {
	cert, err := s.cert.get(s.config.Host)
	if err != nil {
		l.say("<failure xmlns='" + nsTLS + "'/>")
		return err
	}
	if err := l.say("<proceed xmlns='" + nsTLS + "'/>"); err != nil {
		return err
	}
	conn := tls.Server(l.conn, &tls.Config{Certificates: []tls.Certificate{cert}})
	l.replace(conn)
	return conn.Handshake()
}
