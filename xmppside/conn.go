package xmppside

import (
	"bufio"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"isthmus/xmppside/stanza"
)

// errClosing is what senders get once the stream is being ended.
var errClosing = errors.New("the stream is being closed")

// A conn is the connection under the session. It reads through a buffer of ours,
// byte by byte where encoding/xml wants it so, which therefore buffers nothing
// itself. It writes what has gathered in one go, on a goroutine of its own; who
// writes waits only while more than max bytes have gathered.
type conn struct {
	net.Conn
	*bufio.Reader
	heard   atomic.Int64 // when something was read last, in Unix nanoseconds
	timeout time.Duration
	max     int

	mu         sync.Mutex // guards what follows
	wake, room sync.Cond
	buf, spare []byte
	err        error
	closing    bool
	done       chan struct{} // the writer has ended
}

func newConn(nc net.Conn, max int, timeout time.Duration) *conn {
	c := &conn{Conn: nc, timeout: timeout, max: max, done: make(chan struct{})}
	c.Reader = bufio.NewReaderSize(reader{c}, 1<<16)
	c.wake.L, c.room.L = &c.mu, &c.mu
	c.heard.Store(time.Now().UnixNano())
	if tcp, ok := nc.(*net.TCPConn); ok {
		tcp.SetNoDelay(true)
	}
	return c
}

// reader is the socket's receiving side; it notes that the server lives.
type reader struct{ c *conn }

func (r reader) Read(p []byte) (int, error) {
	n, err := r.c.Conn.Read(p)
	if n > 0 {
		r.c.heard.Store(time.Now().UnixNano())
	}
	return n, err
}

// Read reads through the buffer.
func (c *conn) Read(p []byte) (int, error) { return c.Reader.Read(p) }

// Write queues bytes, for the handshake and the stream's end.
func (c *conn) Write(p []byte) (int, error) {
	err := c.put(func(b []byte) []byte { return append(b, p...) })
	if err != nil {
		return 0, err
	}
	return len(p), nil
}

// send queues a stanza.
func (c *conn) send(s *stanza.Stanza) error { return c.put(s.Append) }

// put lets something append to the queue, whole stanzas only. It waits for room.
func (c *conn) put(write func([]byte) []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for len(c.buf) > c.max && c.err == nil {
		c.room.Wait()
	}
	if c.err != nil {
		return c.err
	}
	if c.closing {
		return errClosing
	}
	if len(c.buf) == 0 {
		c.wake.Signal()
	}
	c.buf = write(c.buf)
	return nil
}

// full says whether who writes now would wait.
func (c *conn) full() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.buf) > c.max
}

// write is the writer. It ends with the first error, or once all is written after
// close.
func (c *conn) write() {
	defer close(c.done)
	c.mu.Lock()
	defer c.mu.Unlock()
	for {
		for len(c.buf) == 0 && !c.closing && c.err == nil {
			c.wake.Wait()
		}
		if len(c.buf) == 0 || c.err != nil {
			return
		}
		b := c.buf
		c.buf = c.spare[:0]
		c.mu.Unlock()
		c.Conn.SetWriteDeadline(time.Now().Add(c.timeout))
		_, err := c.Conn.Write(b)
		c.mu.Lock()
		if cap(b) > 4*c.max {
			b = nil // a burst is over
		}
		c.spare = b
		if err != nil {
			c.failed(err)
		}
		c.room.Broadcast()
	}
}

// failed notes why nothing can be written any more, and ends the reader too.
func (c *conn) failed(err error) {
	if c.err == nil {
		c.err = err
		c.Conn.Close()
	}
	c.room.Broadcast()
	c.wake.Signal()
}

// abort ends both sides at once.
func (c *conn) abort(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.failed(err)
}

// finish lets what has gathered be written, and takes no more.
func (c *conn) finish() {
	c.mu.Lock()
	c.closing = true
	c.wake.Signal()
	c.mu.Unlock()
}
