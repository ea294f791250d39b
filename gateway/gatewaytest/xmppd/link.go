package xmppd

import (
	"bufio"
	"net"
	"sync"
	"time"
)

const (
	maxQueue = 64 << 20        // bytes that may wait for a peer that does not read
	goodbye  = 1 * time.Second // that the last words may take
)

// A link is one connection. Its reader negotiates and writes by itself until the
// server's goroutine attaches it; from then on all that is sent goes through a
// queue, which nobody waits for.
type link struct {
	in     *bufio.Reader
	secure bool

	attached bool     // the server's goroutine's
	session  *session // its, too: of a client that bound a resource

	mu     sync.Mutex
	conn   net.Conn
	queue  []byte
	ending bool
	wake   chan struct{}
}

func newLink(conn net.Conn) *link {
	return &link{conn: conn, in: bufio.NewReaderSize(conn, 4096), wake: make(chan struct{}, 1)}
}

// say writes at once. It belongs to the reader, before the link is attached.
func (l *link) say(text string) error {
	_, err := l.conn.Write([]byte(text))
	return err
}

// send queues text. A peer that lets too much wait is cut off.
func (l *link) send(text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ending {
		return
	}
	l.queue = append(l.queue, text...)
	if len(l.queue) > maxQueue {
		l.ending, l.queue = true, nil
		l.conn.Close()
	}
	l.signal()
}

// end queues last words and closes the link behind them.
func (l *link) end(text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ending {
		return
	}
	l.ending = true
	l.queue = append(l.queue, text...)
	l.conn.SetWriteDeadline(time.Now().Add(goodbye))
	l.signal()
}

// cut closes the link without a word.
func (l *link) cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ending, l.queue = true, nil
	l.conn.Close()
	l.signal()
}

// replace puts another connection, TLS, in the place of the first.
func (l *link) replace(conn net.Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.conn = conn
	l.in = bufio.NewReaderSize(conn, 4096)
	l.secure = true
}

func (l *link) signal() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// write is the writer's goroutine. It ends with the link.
func (l *link) write() {
	defer l.conn.Close()
	for range l.wake {
		l.mu.Lock()
		out, last := l.queue, l.ending
		l.queue = nil
		l.mu.Unlock()
		if len(out) > 0 {
			if _, err := l.conn.Write(out); err != nil {
				l.cut()
				return
			}
		}
		if last {
			return
		}
	}
}
