package script

import (
	"fmt"
	"maps"
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"isthmus/gateway/gatewaytest/strict"
	"isthmus/gateway/gatewaytest/xmppd"
	"isthmus/xmppside/stanza"
)

// A record is all that was said since the last directive, wire by wire, and the
// strict client, who hears it too. It is shared by whoever hears something.
type record struct {
	script string // to tell its ids from the gateway's

	mu       sync.Mutex
	checker  *strict.Checker
	seen     int // violations that were reported
	stanzas  []outgoing
	wires    []*wire
	heard    map[string][]string // what IRC users of the script saw
	shown    map[string]bool     // who of them, "registration" and "identity"
	down     map[string]bool     // "irc", "xmpp"
	ids      map[string]string   // the gateway's → $1
	names    []string            // of $1, $2, …
	injected string
	problems []string
}

// outgoing is a stanza of the gateway's.
type outgoing struct{ to, raw string }

func newRecord(script string) *record {
	return &record{
		script: script, checker: strict.New(), heard: map[string][]string{}, shown: map[string]bool{},
		down: map[string]bool{}, ids: map[string]string{},
	}
}

// tap hears the component's stream.
func (r *record) tap(dir, raw string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	st, err := xmppd.Parse(raw)
	switch {
	case dir == ">" && raw == r.injected && err != nil:
		// a script may send what it likes
	case err != nil:
		r.problems = append(r.problems, "on the component's stream: "+raw)
	case dir == ">":
		r.checker.ToGateway(st)
	default:
		r.checker.FromGateway(st)
		if !keepalive(st) {
			r.stanzas = append(r.stanzas, outgoing{st.To.String(), raw})
		}
	}
}

// keepalive says whether the gateway asks only whether its stream is alive.
func keepalive(st *stanza.Stanza) bool {
	return st.Kind == stanza.IQ && (st.To.String() == gatewayHost || st.To.String() == xmppHost)
}

// flush takes what was said since the last time. Stanzas keep their order for each
// recipient; recipients and IRC connections come in the order of their names.
func (r *record) flush() (lines, problems []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	slices.SortStableFunc(r.stanzas, func(a, b outgoing) int { return strings.Compare(a.to, b.to) })
	for _, s := range r.stanzas {
		if !r.shown["identity"] {
			s.raw = identity.ReplaceAllString(s.raw, "")
		}
		lines = append(lines, "xmpp< "+strings.ReplaceAll(r.hideIDs(s.raw), "\n", "&#10;"))
	}
	slices.SortStableFunc(r.wires, func(a, b *wire) int { return strings.Compare(a.nick, b.nick) })
	for _, w := range r.wires {
		lines = append(lines, w.take(r.shown["registration"])...)
	}
	for _, name := range slices.Sorted(maps.Keys(r.heard)) {
		lines = append(lines, r.heard[name]...)
	}
	clear(r.heard)
	violations := r.checker.Violations()
	problems = append(r.problems, violations[r.seen:]...)
	r.seen, r.stanzas, r.problems = len(violations), nil, nil
	r.wires = slices.DeleteFunc(r.wires, func(w *wire) bool { return w.closed })
	return lines, problems
}

func (r *record) pending() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.checker.Pending()
}

func (r *record) streamLost() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.checker.StreamLost()
}

func (r *record) show(names []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, n := range names {
		r.shown[n] = true
	}
}

func (r *record) isDown(side string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.down[side]
}

func (r *record) setDown(side string, down bool) error {
	if side != "irc" && side != "xmpp" {
		return fmt.Errorf("neither irc nor xmpp: %s", side)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.down[side] = down
	return nil
}

// user hears what an IRC user of the script is sent.
func (r *record) user(name, line string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.shown[name] {
		r.heard[name] = append(r.heard[name], name+"< "+line)
	}
}

var (
	idAttr = regexp.MustCompile(` (?:session)?id=(?:'[^']*'|"[^"]*")`)
	msgID  = regexp.MustCompile(`^m[0-9]+$`)
	idName = regexp.MustCompile(`\$[0-9]+`)
	// identity is what every stanza of a room says of whose it is.
	identity = regexp.MustCompile(`<occupant-id [^>]*/>|<hats .*?</hats>`)
)

// hideIDs writes $1, $2, … for ids that neither the script nor the IRC server made.
func (r *record) hideIDs(raw string) string {
	return idAttr.ReplaceAllStringFunc(raw, func(attr string) string {
		name, value, _ := strings.Cut(attr, "=")
		quote, id := value[:1], value[1:len(value)-1]
		if msgID.MatchString(id) || strings.Contains(r.script, "'"+id+"'") || strings.Contains(r.script, `"`+id+`"`) {
			return attr
		}
		if r.ids[id] == "" {
			r.names = append(r.names, id)
			r.ids[id] = fmt.Sprintf("$%d", len(r.names))
		}
		return name + "=" + quote + r.ids[id] + quote
	})
}

// input puts the ids back that $1, $2, … stand for, and takes note of what is about
// to be injected.
func (r *record) input(raw string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.injected = idName.ReplaceAllStringFunc(raw, func(name string) string {
		if n, _ := strconv.Atoi(name[1:]); n > 0 && n <= len(r.names) {
			return r.names[n-1]
		}
		return name
	})
	return r.injected
}

// wiretap listens in to an IRC connection of the gateway's.
func (r *record) wiretap(conn net.Conn) net.Conn {
	r.mu.Lock()
	defer r.mu.Unlock()
	w := &wire{Conn: conn, mu: &r.mu, lost: r.checker.LinkLost}
	r.wires = append(r.wires, w)
	return w
}
