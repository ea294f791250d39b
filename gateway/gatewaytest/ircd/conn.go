package ircd

import (
	"bufio"
	"errors"
	"net"
	"sync"
	"time"
)

const (
	// SendQ is how many bytes may wait for a client that does not read, before it is
	// disconnected as real ircds do.
	SendQ = 4 << 20

	// linger is how long a connection that is to end may take to read the rest.
	linger = time.Second
)

// read hands the client's lines to the server, one at a time, until the connection
// fails.
func (s *Server) read(c *client) {
	r := bufio.NewReaderSize(c.out.nc, maxTags+maxBody)
	for {
		b, err := r.ReadSlice('\n')
		text, long := string(b), false
		for errors.Is(err, bufio.ErrBufferFull) {
			long = true
			_, err = r.ReadSlice('\n')
		}
		if err != nil {
			return
		}
		if !s.do(func() { s.receive(c, text, long) }) {
			return
		}
	}
}

// An outbox writes what is put into it, so that nobody but its goroutine waits for the
// peer.
type outbox struct {
	nc   net.Conn
	wake chan struct{} // holds one: there is something to look at

	mu       sync.Mutex
	waiting  []byte
	finished bool
}

func newOutbox(nc net.Conn) *outbox {
	return &outbox{nc: nc, wake: make(chan struct{}, 1)}
}

// put queues text; false if too much waits already.
func (o *outbox) put(text string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.finished {
		return true
	}
	if len(o.waiting)+len(text) > SendQ {
		return false
	}
	o.waiting = append(o.waiting, text...)
	o.stir()
	return true
}

// finish closes the connection once the queue is written.
func (o *outbox) finish() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.finished = true
	_ = o.nc.SetWriteDeadline(time.Now().Add(linger))
	o.stir()
}

// abort closes the connection at once.
func (o *outbox) abort() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.finished, o.waiting = true, nil
	_ = o.nc.Close()
	o.stir()
}

func (o *outbox) stir() {
	select {
	case o.wake <- struct{}{}:
	default:
	}
}

// write runs until the connection fails or is finished. [Server.serve] starts it, and
// ends it by abort.
func (o *outbox) write() {
	for range o.wake {
		o.mu.Lock()
		b, finished := o.waiting, o.finished
		o.waiting = nil
		o.mu.Unlock()
		if len(b) > 0 {
			if _, err := o.nc.Write(b); err != nil {
				_ = o.nc.Close()
				return
			}
		}
		if finished {
			o.hangUp()
			return
		}
	}
}

// hangUp closes so that the peer still gets what was written: a TCP socket that is
// closed with unread input takes it back.
func (o *outbox) hangUp() {
	half, ok := o.nc.(interface{ CloseWrite() error })
	if !ok || half.CloseWrite() != nil {
		_ = o.nc.Close()
		return
	}
	_ = o.nc.SetReadDeadline(time.Now().Add(linger)) // read drains until then
}

// hostOf is what people see as the client's host.
func hostOf(nc net.Conn) string {
	host, _, err := net.SplitHostPort(nc.RemoteAddr().String())
	if err != nil {
		return "localhost" // net.Pipe
	}
	if host[:min(1, len(host))] == ":" {
		host = "0" + host // else it would be a trailing parameter
	}
	return host
}
