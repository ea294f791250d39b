package ircd

import (
	"bufio"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"
)

// A Client is a scripted user on IRC: it says what it is told to, answers PING, and
// keeps the lines that it got until Expect takes them. Its methods are safe from
// any goroutine.
type Client struct {
	nc      net.Conn
	arrived chan struct{} // holds one: there are new lines, or the end
	done    chan struct{} // closed when the connection has ended

	sending sync.Mutex // one line at a time
	mu      sync.Mutex
	lines   []string
	err     error // why the connection ended
}

// Dial registers under a nick over a connection, which the Client owns from then on.
// It does not wait: the first thing to Expect is 001. Close must end it.
func Dial(nc net.Conn, nick string) *Client {
	c := &Client{nc: nc, arrived: make(chan struct{}, 1), done: make(chan struct{})}
	go c.read() // ends with the connection
	_ = c.Send("NICK " + nick)
	_ = c.Send("USER " + nick + " 0 * :" + nick)
	return c
}

// read keeps the lines that come.
func (c *Client) read() {
	defer close(c.done)
	r := bufio.NewReader(c.nc)
	for {
		text, err := r.ReadString('\n')
		if text = strings.TrimRight(text, "\r\n"); text != "" && !c.pong(text) {
			c.mu.Lock()
			c.lines = append(c.lines, text)
			c.mu.Unlock()
		}
		if err != nil {
			c.mu.Lock()
			c.err = err
			c.mu.Unlock()
		}
		select {
		case c.arrived <- struct{}{}:
		default:
		}
		if err != nil {
			return
		}
	}
}

// pong answers a PING.
func (c *Client) pong(text string) bool {
	l, _ := parse(text)
	if l.command != "PING" {
		return false
	}
	_ = c.Send("PONG :" + l.param(0))
	return true
}

// Send says a line, given without its end.
func (c *Client) Send(line string) error {
	c.sending.Lock()
	defer c.sending.Unlock()
	_, err := c.nc.Write([]byte(line + "\r\n"))
	return err
}

// Expect waits for a line that matches and returns it; it and all lines before it are
// used up. Lines that came before Expect was called count. The error tells the end of
// the connection or of the timeout, and then no line is used up. One goroutine at a time
// may wait.
func (c *Client) Expect(match func(line string) bool, timeout time.Duration) (string, error) {
	timer := time.NewTimer(timeout)
	defer timer.Stop()
	for seen := 0; ; {
		c.mu.Lock()
		for ; seen < len(c.lines); seen++ {
			if text := c.lines[seen]; match(text) {
				c.lines = c.lines[seen+1:]
				c.mu.Unlock()
				return text, nil
			}
		}
		err := c.err
		c.mu.Unlock()
		if err != nil {
			return "", fmt.Errorf("ircd: waiting for a line: %w", err)
		}
		select {
		case <-c.arrived:
		case <-timer.C:
			return "", fmt.Errorf("ircd: no such line among %d in %v", seen, timeout)
		}
	}
}

// Containing matches lines that hold all the parts.
func Containing(parts ...string) func(line string) bool {
	return func(line string) bool {
		for _, p := range parts {
			if !strings.Contains(line, p) {
				return false
			}
		}
		return true
	}
}

// Close ends the connection and the Client.
func (c *Client) Close() error {
	err := c.nc.Close()
	<-c.done
	return err
}
