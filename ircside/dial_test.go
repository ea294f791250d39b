package ircside

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"math/big"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/time/rate"

	"isthmus/ircside/irc"
)

// authority is a CA, and a certificate of it for a name.
func authority(t *testing.T, name string) (*x509.CertPool, tls.Certificate) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := func(n int64) *x509.Certificate {
		return &x509.Certificate{
			SerialNumber: big.NewInt(n), Subject: pkix.Name{SerialNumber: strconv.FormatInt(n, 10)}, DNSNames: []string{name},
			IsCA: n == 1, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
			NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		}
	}
	sign := func(n int64) []byte {
		der, err := x509.CreateCertificate(rand.Reader, template(n), template(1), &key.PublicKey, key)
		if err != nil {
			t.Fatal(err)
		}
		return der
	}
	ca, err := x509.ParseCertificate(sign(1))
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(ca)
	return pool, tls.Certificate{Certificate: [][]byte{sign(2)}, PrivateKey: key}
}

// serveTLS accepts connections until the listener is closed: asked gets the name that
// each was made for, served the first bytes that came through.
func serveTLS(t *testing.T, cert tls.Certificate) (listener net.Listener, asked, served chan string) {
	t.Helper()
	asked, served = make(chan string, 9), make(chan string, 9)
	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{
		Certificates: []tls.Certificate{cert},
		GetConfigForClient: func(h *tls.ClientHelloInfo) (*tls.Config, error) {
			asked <- h.ServerName
			return nil, nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	go func() { // ends with the listener
		defer close(served)
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			b := make([]byte, 8)
			n, _ := conn.Read(b)
			served <- string(b[:n])
			conn.Close()
		}
	}()
	return listener, asked, served
}

// Over loopback TCP: the name is told (SNI) and checked, each address's own.
func TestTLS(t *testing.T) {
	pool, cert := authority(t, "localhost")
	listener, asked, served := serveTLS(t, cert)
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	run := func(pool *x509.CertPool, hosts ...string) *irc.CloseError {
		n := &Network{
			TLS: &tls.Config{RootCAs: pool}, ConnectTimeout: 10 * time.Second,
			RegisterTimeout: 10 * time.Second, WriteTimeout: 10 * time.Second, Rate: 1,
		}
		for _, h := range hosts {
			n.Addresses = append(n.Addresses, net.JoinHostPort(h, port))
		}
		closed := make(chan *irc.CloseError)
		n.Open(testIdentity, zerolog.Nop(), func(events []irc.Event) {
			if c, ok := events[len(events)-1].(irc.Closed); ok {
				closed <- c.Err
			}
		})
		return <-closed
	}
	if err := run(pool, "127.0.0.1"); err.Reason != irc.CloseTLS || <-served != "" {
		t.Errorf("a certificate for another name: %d %v", err.Reason, err)
	}
	if err := run(x509.NewCertPool(), "localhost"); err.Reason != irc.CloseTLS || <-served != "" {
		t.Errorf("nobody's certificate: %d %v", err.Reason, err)
	}
	if err := run(pool, "127.0.0.1", "localhost"); err.Reason != irc.CloseUnregister || <-served != "" || <-served != "CAP LS 3" {
		t.Errorf("the second address: %d %v", err.Reason, err)
	}
	listener.Close()
	<-served
	for _, want := range []string{"", "localhost", "", "localhost"} {
		if name := <-asked; name != want {
			t.Errorf("asked for %q, want %q", name, want)
		}
	}
	if err := run(pool, "localhost"); err.Reason != irc.CloseRefused {
		t.Errorf("nobody listens: %d %v", err.Reason, err)
	}
}

// What a failed connection means, and that nobody is told our addresses.
func TestFailure(t *testing.T) {
	ours := &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 40000}
	dial := func(err error) error { return &net.OpError{Op: "dial", Net: "tcp", Source: ours, Err: err} }
	hello := func(err error) error { return &handshakeError{err} }
	for name, c := range map[string]struct {
		err    error
		speaks bool
		reason irc.CloseReason
		text   string
	}{
		"refused":          {dial(os.NewSyscallError("connect", syscall.ECONNREFUSED)), true, irc.CloseRefused, "connection refused"},
		"no such host":     {dial(&net.DNSError{Err: "no such host", Server: "192.0.2.1:53", IsNotFound: true}), true, irc.CloseDNS, "no such host"},
		"no resolver":      {dial(&net.DNSError{Err: "server misbehaving", Server: "192.0.2.1:53"}), true, irc.CloseRefused, "server misbehaving"},
		"EOF, stranger":    {hello(io.EOF), false, irc.CloseRefused, "it closed the connection before the TLS handshake: does that port speak TLS?"},
		"reset, stranger":  {hello(dial(syscall.ECONNRESET)), false, irc.CloseRefused, "it closed the connection before the TLS handshake: does that port speak TLS?"},
		"EOF, speaks":      {hello(io.EOF), true, irc.CloseThrottled, "it closed the connection before the TLS handshake"},
		"reset, speaks":    {hello(dial(syscall.ECONNRESET)), true, irc.CloseThrottled, "it closed the connection before the TLS handshake"},
		"certificate":      {hello(&tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}), true, irc.CloseTLS, "x509: certificate signed by unknown authority"},
		"plain text":       {hello(tls.RecordHeaderError{Msg: "x"}), true, irc.CloseRefused, "it does not seem to speak TLS there; check the port and `tls`"},
		"silence":          {hello(context.DeadlineExceeded), true, irc.CloseRefused, "it does not seem to speak TLS there; check the port and `tls`"},
		"no version of it": {hello(&net.OpError{Op: "remote error", Err: errors.New("tls: protocol version not supported")}), true, irc.CloseRefused, "TLS: tls: protocol version not supported"},
	} {
		t.Run(name, func(t *testing.T) {
			got := failure("host:6697", c.err, c.speaks)
			if want := "cannot connect to host:6697: " + c.text; got.Reason != c.reason || got.Text != want {
				t.Errorf("got %d %q, want %d %q", got.Reason, got.Text, c.reason, want)
			}
		})
	}
	if got := lost(&net.OpError{Op: "read", Source: ours, Addr: ours, Err: os.NewSyscallError("read", syscall.ECONNRESET)}).Text; got != "the connection was lost: connection reset by peer" {
		t.Errorf("lost: %q", got)
	}
}

// A server that hangs up in the handshake throttles only if it has spoken TLS before, or
// shakes hands with another session meanwhile.
func TestHangUpInHandshake(t *testing.T) {
	hangUp := func(theirs net.Conn, _ tls.Certificate) {
		theirs.Read(make([]byte, 4096))
		theirs.Close()
	}
	for name, c := range map[string]struct {
		first  func(theirs net.Conn, cert tls.Certificate) // what the server does to the first connection
		reason irc.CloseReason
	}{
		"never": {hangUp, irc.CloseRefused},
		"spoke": {func(theirs net.Conn, cert tls.Certificate) {
			tls.Server(theirs, &tls.Config{Certificates: []tls.Certificate{cert}}).Handshake()
		}, irc.CloseThrottled},
		"at once": {func(net.Conn, tls.Certificate) {}, irc.CloseThrottled},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				pool, cert := authority(t, "irc.test")
				n := &Network{Addresses: []string{"irc.test:6697"}, TLS: &tls.Config{RootCAs: pool}, ConnectTimeout: time.Minute, RegisterTimeout: time.Minute, WriteTimeout: time.Minute}
				do := c.first
				n.Dial = func(context.Context, string) (net.Conn, error) {
					ours, theirs := net.Pipe()
					go do(theirs, cert)
					return ours, nil
				}
				closed := make(chan *irc.CloseError, 2)
				sink := func(events []irc.Event) {
					if end, ok := events[len(events)-1].(irc.Closed); ok {
						closed <- end.Err
					}
				}
				first := n.Open(testIdentity, zerolog.Nop(), sink)
				synctest.Wait()
				do = hangUp
				if name == "never" {
					<-closed
				}
				n.Open(testIdentity, zerolog.Nop(), sink)
				if err := <-closed; err.Reason != c.reason {
					t.Errorf("got %d %v, want %d", err.Reason, err, c.reason)
				}
				first.Abort()
				synctest.Wait()
			})
		})
	}
}

// The end of a session does not wait for a peer that does not read, though TLS would
// like to say goodbye to it.
func TestAbortTLS(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pool, cert := authority(t, "irc.test")
		f := open(t, func(n *Network, _ *irc.Identity) {
			n.TLS = &tls.Config{RootCAs: pool}
		})
		server := tls.Server(f.peer, &tls.Config{Certificates: []tls.Certificate{cert}})
		if err := server.Handshake(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewReader(server)
		for range 3 {
			if _, err := lines.ReadString('\n'); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait() // it is said: only the goodbye would find nobody who reads
		began := time.Now()
		f.s.Abort()
		f.wantClosed(0, began, 0, "")
	})
}

// Addresses are tried in turn, each with its own time, and what failed last is told.
func TestAddresses(t *testing.T) {
	unknown := &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "c", IsNotFound: true}}
	for name, c := range map[string]struct {
		errs  map[string]error // by address; nil connects
		want  []string
		after time.Duration
		err   irc.CloseReason
		text  string
	}{
		"the first":      {map[string]error{}, []string{"a:1"}, 0, 0, ""},
		"the second":     {map[string]error{"a:1": errors.New("refused")}, []string{"a:1", "b:2"}, 0, 0, ""},
		"after silence":  {map[string]error{"a:1": context.DeadlineExceeded, "b:2": unknown}, []string{"a:1", "b:2", "c:3"}, 10 * time.Second, 0, ""},
		"none":           {map[string]error{"a:1": unknown, "b:2": unknown, "c:3": errors.New("refused")}, []string{"a:1", "b:2", "c:3"}, 0, irc.CloseRefused, "c:3"},
		"none, by name":  {map[string]error{"a:1": errors.New("x"), "b:2": errors.New("y"), "c:3": unknown}, []string{"a:1", "b:2", "c:3"}, 0, irc.CloseDNS, "no such host"},
		"none, silently": {map[string]error{"a:1": context.DeadlineExceeded, "b:2": context.DeadlineExceeded, "c:3": context.DeadlineExceeded}, []string{"a:1", "b:2", "c:3"}, 30 * time.Second, irc.CloseRefused, "deadline"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				var tried []string
				f := open(t, func(n *Network, _ *irc.Identity) {
					n.Addresses = []string{"a:1", "b:2", "c:3"}
					pipe := n.Dial
					n.Dial = func(ctx context.Context, address string) (net.Conn, error) {
						tried = append(tried, address)
						err := c.errs[address]
						if err == context.DeadlineExceeded {
							<-ctx.Done()
							err = ctx.Err()
						}
						if err != nil {
							return nil, err
						}
						return pipe(ctx, address)
					}
				})
				time.Sleep(c.after)
				synctest.Wait()
				if c.text == "" {
					f.s.Abort()
				}
				f.wantClosed(c.after, began, c.err, c.text)
				if !slices.Equal(tried, c.want) || count[irc.Connecting](f) != len(c.want) {
					t.Errorf("tried %q, want %q; %v", tried, c.want, f.events)
				}
			})
		})
	}
}

// All sessions of a network go through one gate, and who no longer wants to does not
// hold it up.
func TestGate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		times := make(chan time.Duration, 6)
		gate := rate.NewLimiter(rate.Every(2*time.Second), 2)
		var all []*fixture
		for range 6 {
			all = append(all, open(t, func(n *Network, _ *irc.Identity) {
				n.Gate = gate
				n.Dial = func(context.Context, string) (net.Conn, error) {
					times <- time.Since(began)
					return nil, errors.New("no")
				}
			}))
		}
		all[5].s.Abort()
		time.Sleep(time.Minute)
		synctest.Wait()
		close(times)
		var dialled []time.Duration
		for d := range times {
			dialled = append(dialled, d)
		}
		s := time.Second
		if want := []time.Duration{0, 0, 2 * s, 4 * s, 6 * s}; !slices.Equal(dialled, want) {
			t.Errorf("dialled at %v, want %v", dialled, want)
		}
		if first, ok := all[2].events[0].(irc.Connecting); !ok || !strings.Contains(first.Text, "waiting") {
			t.Errorf("who waits is not told so: %v", all[2].events)
		}
		for _, f := range all {
			f.closed()
		}
	})
}

// What a name of a stranger's choice may lead to.
func TestPublicOnly(t *testing.T) {
	public := []string{"8.8.8.8", "1.1.1.1", "100.63.255.255", "100.128.0.0", "172.32.0.1", "192.167.1.1", "2001:4860:4860::8888", "2606:4700::1111", "::ffff:8.8.8.8"}
	private := []string{
		"127.0.0.1", "127.255.0.1", "::1", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.0.1",
		"100.64.0.1", "100.127.255.255", "169.254.169.254", "fe80::1", "fe80::1%eth0", "0.0.0.0", "0.1.2.3", "::", "224.0.0.1",
		"239.255.255.255", "255.255.255.255", "240.0.0.1", "192.0.0.8", "198.18.0.1", "198.19.255.255", "ff02::1", "fc00::1", "fd12:3456::1",
		"fec0::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:100.64.0.1", "::127.0.0.1",
		"64:ff9b::10.0.0.1", "64:ff9b:1::1", "2002:7f00:1::", "2001::1",
	}
	for _, ip := range public {
		if err := publicOnly("tcp", net.JoinHostPort(ip, "6697"), nil); err != nil {
			t.Errorf("%s: %v", ip, err)
		}
	}
	for _, ip := range private {
		if err := publicOnly("tcp", net.JoinHostPort(ip, "6697"), nil); !errors.Is(err, errPrivate) {
			t.Errorf("%s: got %v, want errPrivate", ip, err)
		}
	}
	if publicOnly("tcp", "localhost:1", nil) == nil || publicOnly("unix", "/tmp/x", nil) == nil {
		t.Error("what is no address was let through")
	}
}

// The check is where the name has been resolved already.
func TestPublicOnlyByName(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	n := &Network{Public: true, ConnectTimeout: 10 * time.Second}
	conn, err := n.connect(t.Context(), "localhost:"+port)
	if conn != nil || !errors.Is(err, errPrivate) {
		t.Errorf("got %v, want errPrivate", err)
	}
	n.Public = false
	if conn, err = n.connect(t.Context(), "localhost:"+port); err != nil {
		t.Fatal(err)
	}
	conn.Close()
}

// The address to connect from is what the server sees.
func TestBind(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	n := &Network{ConnectTimeout: time.Minute, Bind: "127.0.0.7"}
	conn, err := n.connect(t.Context(), l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if host, _, _ := net.SplitHostPort(conn.LocalAddr().String()); host != "127.0.0.7" {
		t.Errorf("connected from %s", host)
	}
}
