//go:build linux

package realtest

import (
	"io"
	"net"
	"sync"
	"testing"
)

// A Relay passes the bytes of TCP connections on to another address, until it is
// told to cut them: so a stream ends while both its ends live.
type Relay struct {
	Addr string // host:port to connect to

	target  string
	listen  net.Listener
	mu      sync.Mutex
	conns   map[net.Conn]bool // both ends of each connection
	blocked bool
	running sync.WaitGroup
}

// NewRelay starts a relay to an address; it ends with the test.
func NewRelay(t testing.TB, target string) *Relay {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &Relay{Addr: l.Addr().String(), target: target, listen: l, conns: map[net.Conn]bool{}}
	r.running.Go(r.accept)
	t.Cleanup(func() {
		_ = l.Close()
		r.Block()
		r.running.Wait()
	})
	return r
}

// Cut closes all connections, on both sides. New ones are taken.
func (r *Relay) Cut() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for conn := range r.conns {
		_ = conn.Close()
	}
}

// Block is Cut, and closes new connections at once until Unblock.
func (r *Relay) Block() {
	r.mu.Lock()
	r.blocked = true
	r.mu.Unlock()
	r.Cut()
}

// Unblock takes new connections again.
func (r *Relay) Unblock() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.blocked = false
}

func (r *Relay) accept() {
	for {
		conn, err := r.listen.Accept()
		if err != nil {
			return // closed
		}
		r.running.Go(func() { r.pass(conn) })
	}
}

// pass serves one connection.
func (r *Relay) pass(client net.Conn) {
	defer r.forget(client)
	if !r.keep(client) {
		return
	}
	server, err := net.DialTimeout("tcp", r.target, Patience)
	if err != nil {
		return
	}
	defer r.forget(server)
	if !r.keep(server) {
		return
	}
	r.running.Go(func() { copyAll(server, client) })
	copyAll(client, server)
}

// copyAll copies until either side ends, and then ends both.
func copyAll(to, from net.Conn) {
	_, _ = io.Copy(to, from)
	_ = to.Close()
	_ = from.Close()
}

// keep notes a connection to be cut; false if it is not to live at all.
func (r *Relay) keep(conn net.Conn) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.blocked {
		r.conns[conn] = true
	}
	return !r.blocked
}

func (r *Relay) forget(conn net.Conn) {
	_ = conn.Close()
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.conns, conn)
}
