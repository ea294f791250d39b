package xmppside

import (
	"bufio"
	"errors"
	"net"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// What senders get once the stream is being ended, and who does not wait when the
// queue is full.
var (
	errClosing = errors.New("the stream is being closed")
	errFull    = errors.New("too much is waiting to be written")
)

// maxHandshake is how much a server may say before it lets us in, in bytes: to
// encoding/xml nothing is too long.
const maxHandshake = 64 << 10

// dense is how soon after another a write is part of a crowd.
const dense = 200 * time.Microsecond

// A conn is the connection under the session. It reads through a buffer of ours,
// byte by byte where encoding/xml wants it so, which therefore buffers nothing
// itself. It writes what has gathered by the piece, on a goroutine of its own; who
// writes waits only while more than max bytes have gathered.
type conn struct {
	net.Conn
	*bufio.Reader
	began   time.Time
	heard   atomic.Int64  // when something was read last, in nanoseconds since it began
	early   int           // bytes that the handshake has taken
	told    func(int)     // by the writer, after each write
	timeout time.Duration // without any progress in writing
	max     int

	mu         sync.Mutex // guards what follows
	wake, room sync.Cond
	queue      queue
	err        error
	closing    bool          // no stanza is taken any more
	ended      bool          // nor anything else
	wrote      time.Time     // when something was written last
	last       time.Time     // when the rest must have been written
	done       chan struct{} // the writer has ended
}

func newConn(nc net.Conn, max int, timeout time.Duration) *conn {
	c := &conn{Conn: nc, began: time.Now(), timeout: timeout, max: max, told: func(int) {}, done: make(chan struct{})}
	c.Reader = bufio.NewReaderSize(reader{c}, 1<<16)
	c.wake.L, c.room.L = &c.mu, &c.mu
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
		r.c.heard.Store(int64(time.Since(r.c.began)))
	}
	return n, err
}

// silent is how long nothing has been read.
func (c *conn) silent() time.Duration { return time.Since(c.began) - time.Duration(c.heard.Load()) }

// Read is there for net.Conn; mellium reads by the byte.
func (c *conn) Read(p []byte) (int, error) { return c.Reader.Read(p) }

// ReadByte serves the handshake. What follows is read from the Reader itself.
func (c *conn) ReadByte() (byte, error) {
	if c.early++; c.early > maxHandshake {
		return 0, errors.New("the server says too much in the handshake")
	}
	return c.Reader.ReadByte()
}

// Write queues bytes for the session, which says the handshake and the stream's end.
// It never waits.
func (c *conn) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.err != nil:
		return 0, c.err
	case c.ended:
		return 0, errClosing
	}
	c.queue.add(func(b []byte) []byte { return append(b, p...) })
	c.wake.Signal()
	return len(p), nil
}

// put lets something append to the queue, whole stanzas only. It waits for room.
func (c *conn) put(write func([]byte) []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.queue.size > c.max && c.err == nil && !c.closing {
		c.room.Wait()
	}
	return c.add(write)
}

// offer is put that never waits: without room it errs.
func (c *conn) offer(write func([]byte) []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.queue.size > c.max {
		return errFull
	}
	return c.add(write)
}

func (c *conn) add(write func([]byte) []byte) error {
	switch {
	case c.err != nil:
		return c.err
	case c.closing:
		return errClosing
	case c.queue.size == 0:
		c.wake.Signal()
	}
	c.queue.add(write)
	return nil
}

// write is the writer. It ends with the first error, or once all is written after
// the end.
func (c *conn) write() {
	defer close(c.done)
	c.mu.Lock()
	defer c.mu.Unlock()
	for {
		for c.queue.size == 0 && !c.ended && c.err == nil {
			c.wake.Wait()
			c.gather()
		}
		if c.queue.size == 0 || c.err != nil {
			return
		}
		b := c.queue.take()
		c.room.Broadcast()
		c.flush(b)
		c.queue.giveBack(b)
	}
}

// gather lets those go first who are about to write as well, if there are likely to be
// any: each write takes as long as dozens of stanzas.
func (c *conn) gather() {
	if time.Since(c.wrote) < dense {
		c.mu.Unlock()
		runtime.Gosched()
		c.mu.Lock()
	}
}

// flush writes b, without the lock. A server that takes it slowly has a deadline for
// each piece that it takes.
func (c *conn) flush(b []byte) {
	for len(b) > 0 && c.err == nil {
		deadline := time.Now().Add(c.timeout)
		if c.closing && c.last.Before(deadline) {
			deadline = c.last
		}
		c.Conn.SetWriteDeadline(deadline)
		c.mu.Unlock()
		n, err := c.Conn.Write(b)
		c.told(n)
		c.mu.Lock()
		c.wrote = time.Now()
		b = b[n:]
		slow := n > 0 && errors.Is(err, os.ErrDeadlineExceeded)
		if err != nil && !slow {
			c.failed(err)
		}
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

// abort ends both sides at once. It returns the error that did so first.
func (c *conn) abort(err error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.failed(err)
	return c.err
}

// finish takes no more stanzas, has bye write the last words, and lets the writer
// write all that, within some time. It waits for nothing.
func (c *conn) finish(bye func() error, within time.Duration) {
	c.mu.Lock()
	c.closing, c.last = true, time.Now().Add(within)
	c.Conn.SetWriteDeadline(c.last)
	c.room.Broadcast()
	c.mu.Unlock()
	_ = bye() // fails only when the connection has, which the reader tells

	c.mu.Lock()
	c.ended = true
	c.wake.Signal()
	c.mu.Unlock()
}
