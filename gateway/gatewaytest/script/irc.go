package script

import (
	"bufio"
	"net"
	"regexp"
	"strings"
	"sync"
)

// A wire is an IRC connection of the gateway's that is listened in to.
type wire struct {
	net.Conn
	mu   *sync.Mutex // the record's; guards what follows
	lost func()      // told of the end

	nick       string // as it is, or was last asked for
	registered bool
	closed     bool
	sent       []sentLine
	out, in    string // lines that are not whole yet
}

type sentLine struct {
	text  string
	early bool // before the registration was over
}

var label = regexp.MustCompile(`^(@(?:[^ ]*;)?)label=[^; ]*`)

// Write implements net.Conn.
func (w *wire) Write(p []byte) (int, error) {
	w.mu.Lock()
	w.out = lines(w.out+string(p), func(line string) {
		w.sent = append(w.sent, sentLine{line, !w.registered})
		if nick, ok := strings.CutPrefix(line, "NICK "); ok && !w.registered {
			w.nick = strings.TrimPrefix(nick, ":")
		}
	})
	w.mu.Unlock()
	return w.Conn.Write(p)
}

// Read implements net.Conn.
func (w *wire) Read(p []byte) (int, error) {
	n, err := w.Conn.Read(p)
	w.mu.Lock()
	defer w.mu.Unlock()
	if err != nil && !w.closed {
		w.closed = true
		w.lost()
	}
	w.in = lines(w.in+string(p[:n]), w.received)
	return n, err
}

// received follows the nick that the server gives.
func (w *wire) received(line string) {
	if strings.HasPrefix(line, "@") {
		_, line, _ = strings.Cut(line, " ")
	}
	source, rest, _ := strings.Cut(line, " ")
	nick, _, _ := strings.Cut(strings.TrimPrefix(source, ":"), "!")
	words := strings.Fields(rest)
	switch {
	case len(words) < 2:
	case words[0] == "001":
		w.nick, w.registered = words[1], true
	case words[0] == "NICK" && nick == w.nick && w.registered:
		w.nick = strings.TrimPrefix(words[1], ":")
	}
}

// take gives the lines that were sent since the last time.
func (w *wire) take(registration bool) []string {
	var out []string
	for _, l := range w.sent {
		if !l.early || registration {
			out = append(out, w.nick+"> "+label.ReplaceAllString(l.text, "${1}label"))
		}
	}
	w.sent = nil
	return out
}

// lines gives the whole lines of text to each, and returns the rest.
func lines(text string, each func(line string)) string {
	for {
		line, rest, ok := strings.Cut(text, "\n")
		if !ok {
			return text
		}
		each(strings.TrimSuffix(line, "\r"))
		text = rest
	}
}

// A user is somebody on IRC whose lines the script has.
type user struct{ conn net.Conn }

// user is the IRC user of that nick, who comes if need be.
func (r *runner) user(nick string) *user {
	if u := r.users[nick]; u != nil {
		return u
	}
	ours, theirs := net.Pipe()
	u := &user{ours}
	r.users[nick] = u
	go r.irc.ServeConn(theirs) // ends with the connection
	go u.read(nick, r.record)  // likewise
	u.say("NICK " + nick)
	u.say("USER " + nick + " 0 * :" + nick)
	r.settle()
	return u
}

func (u *user) say(line string) error {
	_, err := u.conn.Write([]byte(line + "\r\n"))
	return err
}

func (u *user) read(nick string, record *record) {
	in := bufio.NewScanner(u.conn)
	for welcomed := false; in.Scan(); {
		words := strings.Fields(in.Text())
		switch {
		case len(words) < 2:
		case words[0] == "PING":
			u.say("PONG " + words[1])
		case welcomed:
			record.user(nick, in.Text())
		default:
			welcomed = words[1] == "376" || words[1] == "422"
		}
	}
}
