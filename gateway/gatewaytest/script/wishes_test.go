package script

import (
	"bytes"
	"fmt"
	"math"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"isthmus/gateway/gatewaytest/xmppd"
	"isthmus/xmppside/stanza"
)

// A loss is which lines of a network's are lost: from first to last, counted from 1. The
// zero loss is none.
type loss struct{ first, last int }

func (l loss) has(n int) bool { return l.first > 0 && n >= l.first && n <= l.last }

// dark says whether all is lost that comes behind so many lines.
func (l loss) dark(n int) bool { return l.has(n+1) && l.last == forever }

const forever = math.MaxInt

// A sieve is a connection of which some of the lines that come are swallowed. It counts
// them over all connections of a network.
type sieve struct {
	mu      sync.Mutex
	lines   int
	loss    loss
	last    string // what was swallowed last
	lost    int    // how many were
	answers int    // how many of those answer a command by its label
}

func (s *sieve) over(conn net.Conn) net.Conn { return &sieved{Conn: conn, sieve: s} }

// keep says whether a line comes through.
func (s *sieve) keep(line string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lines++
	if !s.loss.has(s.lines) {
		return true
	}
	s.last = line
	s.lost++
	if tags, _, _ := strings.Cut(line, " "); label.MatchString(tags) {
		s.answers++
	}
	return false
}

// sofar is how many lines have come, been lost, and been lost that were answers.
func (s *sieve) sofar() (lines, lost, answers int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lines, s.lost, s.answers
}

type sieved struct {
	net.Conn
	sieve *sieve
	in    bytes.Buffer // what is not a whole line yet
	out   bytes.Buffer
}

// Read implements net.Conn; it is called by one goroutine.
func (s *sieved) Read(p []byte) (int, error) {
	for s.out.Len() == 0 {
		n, err := s.Conn.Read(p)
		s.in.Write(p[:n])
		for {
			line, rest, ok := bytes.Cut(s.in.Bytes(), []byte("\n"))
			if !ok {
				break
			}
			if s.sieve.keep(string(bytes.TrimRight(line, "\r"))) {
				s.out.Write(append(line, '\n'))
			}
			s.in = *bytes.NewBuffer(append([]byte(nil), rest...))
		}
		if err != nil {
			return 0, err
		}
	}
	return s.out.Read(p)
}

// answers are what ann's clients are told, by the wish that they wait for.
type answers struct {
	mu     sync.Mutex
	now    *wish
	done   bool
	failed bool
	counts map[string]int    // results and errors that have an id
	nicks  map[string]string // of ours, by client and room
	asked  []string          // answers of a client to what it is asked
}

// idle says whether a wish wants no answer: to leave a room that the client is not in,
// to be called as it is.
func (a *answers) idle(w wish) bool {
	room, nick, _ := strings.Cut(w.to, "/")
	in := a.nicks[w.client()+" "+room]
	return strings.Contains(w.raw, "'unavailable'") && in == "" || w.raw == "<presence%s/>" && in == nick
}

func (a *answers) hear(dir, raw string) {
	s, err := xmppd.Parse(raw)
	if err != nil || dir == ">" || s.To.Bare().String() != "ann@x" {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	isError := s.Type == "error"
	if isError || s.Kind == stanza.IQ && s.Type == "result" {
		a.counts[s.ID]++
	}
	place := s.To.String() + " " + s.From.Bare().String()
	switch {
	case bySelf(s, wish{}):
		a.nicks[place] = s.From.Resource()
	case byGoing(s, wish{}):
		delete(a.nicks, place)
	case s.To.String() == able && s.Kind == stanza.IQ && s.Type == "get":
		a.asked = append(a.asked, fmt.Sprintf("<iq type='result' from='%s' to='%s' id='%s'>%s</iq>", able, s.From, s.ID, abilities))
	}
	switch {
	case a.now == nil || a.done, !s.To.IsBare() && s.To.String() != a.now.client():
	case isError && s.ID == a.now.id:
		a.done, a.failed = true, true
	case !isError && a.now.ended != nil && a.now.ended(s, *a.now) && (s.Kind != stanza.IQ || s.ID == a.now.id):
		a.done = true
	}
}

func (a *answers) is() (done, failed bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.done, a.failed
}

// expect waits for the answer to w from now on, which comes unless w is idle.
func (a *answers) expect(w wish) (idle bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.now, a.done, a.failed = &w, false, false
	return a.idle(w)
}

// A trial is all wishes in turn.
type trial struct {
	*runner
	*answers
	sieve    *sieve
	labels   bool // the network answers by labels
	outcome  map[string]bool
	missed   map[string]bool // whose answer was lost, and had to become an error
	problems []string
}

// grant makes all wishes in turn, while some of the network's lines are lost, and says
// what was not answered as it should be.
func grant(caps string, l loss) *trial {
	text := wishHeader + "ircd software=UnrealIRCd-6.1.0 isupport=EXTBAN=~,at caps=" + caps + "\n"
	header, _ := parse(text)
	x := &trial{
		runner: newRunner(text, header, synctest.Wait), answers: &answers{counts: map[string]int{}, nicks: map[string]string{}},
		sieve: &sieve{loss: l}, labels: caps == "all", outcome: map[string]bool{}, missed: map[string]bool{},
	}
	x.runner.sieve = x.sieve.over
	x.xmpp.Tap(func(dir, raw string) { x.record.tap(dir, raw); x.hear(dir, raw) })
	x.start(header, assembled)
	for _, w := range wishes() {
		x.try(w)
	}
	time.Sleep(3 * time.Minute) // in which nothing may be answered again
	x.settle()
	for id, n := range x.counts {
		if n > 1 {
			x.found("%s was answered %d times", id, n)
		}
	}
	x.end()
	return x
}

func (x *trial) found(text string, args ...any) {
	x.problems = append(x.problems, fmt.Sprintf(text, args...))
}

// try makes a wish and waits for what comes of it.
func (x *trial) try(w wish) {
	for _, line := range w.before {
		who, what, _ := strings.Cut(line, ": ")
		_ = x.user(who).say(what)
		x.settle()
	}
	idle := x.expect(w)
	lines, lost, answers := x.sieve.sofar()
	dark := x.sieve.loss.dark(lines)
	if dark && w.ended == nil {
		w.within = max(w.within, enters) // it may have to connect first
	}
	addresses := fmt.Sprintf(" from='%s' to='%s' id='%s'", w.client(), w.to, w.id)
	if !x.xmpp.Inject(strings.Replace(w.raw, "%s", addresses, 1)) {
		x.found("%s: the gateway is not connected", w.id)
	}
	x.reply()
	for waited := time.Duration(0); waited < w.within; waited += time.Second {
		if done, _ := x.is(); done || idle {
			break
		}
		time.Sleep(time.Second)
		x.reply()
	}
	done, failed := x.is()
	x.outcome[w.id] = !failed
	if w.ended != nil {
		if !done && !idle {
			x.found("%s was not answered within %v", w.id, w.within)
		}
		return
	}
	// IRC does not say that it did as it was told, but with labels that it has heard it.
	_, lostNow, answersNow := x.sieve.sofar()
	missed := x.labels && (answersNow > answers || dark && !w.moot)
	x.missed[w.id] = missed
	if (missed || w.fails && (x.labels || lostNow == lost)) && !failed {
		x.found("%s was not refused within %v", w.id, w.within)
	}
}

// reply lets all come to rest, and answers what a client is asked meanwhile.
func (x *trial) reply() {
	x.settle()
	x.answers.mu.Lock()
	list := x.asked
	x.asked = nil
	x.answers.mu.Unlock()
	for _, raw := range list {
		x.xmpp.Inject(raw)
		x.settle()
	}
}

// No wish is left open: each line that the network says is lost in turn, and then all
// of them from some point on. Each request is answered within its deadline, and once; of
// those that IRC has no yes for, each refusal comes, and on a network with labels an
// error for each answer that does not.
func TestNoWishIsLeftOpen(t *testing.T) {
	for _, caps := range []string{"all", "none"} {
		t.Run(caps, func(t *testing.T) {
			missed := map[string]bool{}
			try := func(l loss, what string) *trial {
				var x *trial
				synctest.Test(t, func(*testing.T) { x = grant(caps, l) })
				for _, p := range x.problems {
					t.Errorf("%s, without %s: %.80q", p, what, x.sieve.last)
				}
				for id, was := range x.missed {
					missed[id] = missed[id] || was && l.last != forever
				}
				return x
			}
			whole := try(loss{}, "nothing")
			for _, w := range wishes() {
				if granted := whole.outcome[w.id]; granted == w.fails {
					t.Errorf("nothing is lost: %s is granted: %v; its row says fails: %v", w.id, granted, w.fails)
				}
			}
			total := whole.sieve.lines
			for n := 1; n <= total; n++ {
				try(loss{n, n}, fmt.Sprintf("line %d", n))
			}
			for n := 1; n <= total; n += 4 {
				try(loss{n, forever}, fmt.Sprintf("line %d and all behind it", n))
			}
			for _, w := range wishes() {
				if w.ended == nil && whole.labels && !w.ours && !missed[w.id] {
					t.Errorf("no answer to %s was lost", w.id)
				}
			}
			t.Logf("%d lines, %d wishes", total, len(wishes()))
		})
	}
}

// Wishes are told apart by their ids.
func TestWishIDs(t *testing.T) {
	seen := map[string]bool{}
	for _, w := range wishes() {
		if seen[w.id] {
			t.Errorf("two wishes have the id %q", w.id)
		}
		seen[w.id] = true
	}
}
