package soak

import (
	"bufio"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
)

// A wild server lets everybody in and into every channel, answers pings, and sends
// besides whatever it is told to. It takes one client at a time.
type wild struct {
	t    *testing.T
	gate *gate // what clients say is read through it

	mu     sync.Mutex // guards what follows
	conn   net.Conn   // nil: nobody is there
	out    chan string
	nick   string
	seen   map[string]int // lines got since the last forget
	bad    []string       // lines that no client should send
	visits int            // connections so far
}

func newWild(t *testing.T) *wild { return &wild{t: t, gate: newGate(), seen: map[string]int{}} }

// serve takes a client, in the place of the one before.
func (w *wild) serve(conn net.Conn) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.conn, w.out, w.nick = conn, make(chan string, 4096), ""
	w.visits++
	go w.write(conn, w.out) // ends when read has
	go w.read(conn, w.out)  // ends with the connection
}

func (w *wild) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.conn != nil {
		w.conn.Close()
	}
}

func (w *wild) write(conn net.Conn, out chan string) {
	for text := range out {
		conn.Write([]byte(text)) // a failure ends the reader
	}
}

func (w *wild) read(conn net.Conn, out chan string) {
	defer close(out)
	defer conn.Close()
	in := bufio.NewReader(gated{conn, w.gate})
	for {
		line, err := in.ReadString('\n')
		w.mu.Lock()
		if err != nil {
			if w.conn == conn {
				w.conn, w.out = nil, nil
			}
			w.mu.Unlock()
			return
		}
		w.take(line, out)
		w.mu.Unlock()
	}
}

// take answers a line.
func (w *wild) take(line string, out chan string) {
	text, whole := strings.CutSuffix(line, "\r\n")
	body := text
	if strings.HasPrefix(text, "@") {
		_, body, _ = strings.Cut(text, " ")
	}
	if !whole || strings.ContainsAny(text, "\r\x00") || len(body) > 510 || strings.TrimSpace(body) == "" {
		w.bad = append(w.bad, fmt.Sprintf("%q", line))
	}
	w.seen[text]++
	words := strings.Fields(body)
	if len(words) < 2 {
		return
	}
	say := func(format string, args ...any) { out <- fmt.Sprintf(format+"\r\n", args...) }
	switch words[0] {
	case "NICK":
		if w.nick != "" && w.nick != words[1] {
			say(":%s!u@h NICK %s", w.nick, words[1])
		}
		w.nick = words[1]
	case "USER":
		say(":wild 001 %s :Welcome", w.nick)
		say(":wild 005 %s CHANTYPES=# PREFIX=(ov)@+ NICKLEN=30 :are supported", w.nick)
		say(":wild 422 %s :No MOTD", w.nick)
	case "PING":
		say(":wild PONG wild %s", words[1])
	case "JOIN":
		say(":%s!u@h JOIN %s", w.nick, words[1])
		say(":wild 353 %s = %s :%s @wally", w.nick, words[1], w.nick)
		say(":wild 366 %s %s :End", w.nick, words[1])
	case "QUIT":
		say("ERROR :Closing Link")
	}
}

// send sends text to the client; false: there is none.
func (w *wild) send(text string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.conn == nil || w.nick == "" {
		return false
	}
	select {
	case w.out <- text:
		return true
	default:
		return false // it reads nothing
	}
}

// heard says how often a line came, and forgets all lines.
func (w *wild) heard(line string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := w.seen[line]
	w.seen = map[string]int{}
	return n
}

// called is the client's nick, as it last asked for one.
func (w *wild) called() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.nick
}

// visited is how many connections there have been.
func (w *wild) visited() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.visits
}

func (w *wild) complaints() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.bad
}
