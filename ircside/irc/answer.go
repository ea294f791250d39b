package irc

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// answers are the commands that the network has not finished with. They are as many
// as whoever asks has asked, but for late ones.
//
// Where there are labels, every line is labelled and every label is answered.
// Elsewhere a PING goes behind the command: most ircds are silent about what
// changes nothing, and all answer in order, so its PONG is the end. Three commands
// have an end of their own instead: a join, a message that is echoed, and LIST, which
// servers answer a little at a time and other things in between (SAFELIST).
//
// A message that is neither labelled nor echoed is late: taken unless it is refused.
// It ends when each of its lines is refused, with any PONG that was asked for behind
// it, when there are too many such messages, or at its deadline.
type answers struct {
	list []*asked
	n    uint64 // for PING's tokens
}

// asked is a command without its end.
type asked struct {
	ref      Ref
	verb     string
	names    []string // channel and nick that it is about, folded
	deadline time.Time
	limit    time.Time // of a LIST: no line of it moves the deadline beyond
	open     int       // labels, echoes, or refusals of a late one, still to come
	token    string    // of the PING behind it
	labelled bool
	begun    bool // a LIST whose answer comes
	late     bool // a message on a network that only tells refusals
	refused  bool // a late one of which a refusal was told
	silent   bool // a late one for whose end nobody waits
	raw      bool // a line of the user's own wording
	ranked   bool // a message to those of a rank in a channel
}

// ask sends a command and remembers it until its end.
func (c *Core) ask(cmd Command, lines []Line, ref Ref, now time.Time) {
	a := &asked{ref: ref, verb: cmd.verb(), deadline: now.Add(c.id.AnswerAfter), open: len(lines)}
	a.names = c.names(cmd, lines)
	a.labelled = ref != 0 && c.caps.Has(CapLabeledResponse)
	words, say := cmd.(Say)
	a.ranked = words.Status != 0
	_, join := cmd.(Join)
	_, a.raw = cmd.(Raw)
	_, list := cmd.(List)
	a.limit = now.Add(maxListTime)
	if join {
		a.deadline = now.Add(c.id.JoinAfter)
	}
	for i, l := range lines {
		if a.labelled {
			l.Tags = withLabel(l.Tags, ref, i)
		}
		c.send = append(c.send, Outgoing{Line: l})
	}
	switch {
	case ref == 0:
		return
	case a.labelled, join, list, say && c.caps.Has(CapEchoMessage):
	case say:
		a.late, a.silent = true, words.OnlyRefusals
		c.trim()
	default:
		c.answers.n++
		a.token = "isthmus-" + strconv.FormatUint(c.answers.n, 10)
		c.send = append(c.send, Outgoing{Line: Line{Command: "PING", Params: []string{a.token}}})
	}
	c.answers.list = append(c.answers.list, a)
	if a.open == 0 && a.token == "" {
		c.finish(ref)
	}
}

func withLabel(tags map[string]string, ref Ref, i int) map[string]string {
	out := make(map[string]string, len(tags)+1)
	for k, v := range tags {
		out[k] = v
	}
	out["label"] = strconv.FormatUint(uint64(ref), 36) + "." + strconv.Itoa(i)
	return out
}

// names are what a command is about; of a raw line, each of its words may be.
func (c *Core) names(cmd Command, lines []Line) []string {
	words := strings.Fields(cmd.target())
	if _, raw := cmd.(Raw); raw {
		words = slices.Clone(lines[0].Params)
	}
	for i, word := range words {
		words[i] = c.support.Fold(word)
	}
	return words
}

// about says whether a command is about a folded name.
func (a *asked) about(name string) bool { return name != "" && slices.Contains(a.names, name) }

// trim ends the oldest message that only a refusal would end, if there are many.
func (c *Core) trim() {
	n := 0
	var oldest *asked
	for _, a := range c.answers.list {
		if a.late {
			n++
			if oldest == nil {
				oldest = a
			}
		}
	}
	if n >= maxLate {
		c.finish(oldest.ref)
	}
}

// next is the earliest deadline; zero: none.
func (a *answers) next() time.Time {
	var next time.Time
	for _, x := range a.list {
		if next.IsZero() || x.deadline.Before(next) {
			next = x.deadline
		}
	}
	return next
}

func (c *Core) expire(now time.Time) {
	for _, a := range slices.Clone(c.answers.list) {
		if a.deadline.After(now) {
			continue
		}
		if !a.late {
			c.event(Fault{Ref: a.ref, Command: a.verb, Code: CodeTimeout, Text: "no answer from the network"})
		}
		c.finish(a.ref)
	}
}

// label finds the command that a line answers by its label.
// https://ircv3.net/specs/extensions/labeled-response
func (c *Core) label(in *incoming) {
	name, _, ok := strings.Cut(in.Tags["label"], ".")
	if !ok {
		return
	}
	ref, err := strconv.ParseUint(name, 36, 64)
	if err != nil {
		return
	}
	if a := c.find(Ref(ref)); a != nil && a.labelled {
		in.ask, in.ref = a, a.ref
	}
}

// unlabel counts an answer that was a single line.
func (c *Core) unlabel(in *incoming) {
	if in.ask != nil && !in.batched && !in.held {
		c.answered(in.ask)
	}
}

// answered counts one label, echo or refusal; the last ends the command, but that a
// join whose names still come ends with them.
func (c *Core) answered(a *asked) {
	if a.open--; a.open > 0 {
		a.deadline = c.heard.Add(c.id.AnswerAfter) // lines that wait for the pace are no silence
		return
	}
	for _, g := range c.inside.All() {
		if g != nil && g.ref == a.ref {
			return
		}
	}
	c.finish(a.ref)
}

func (c *Core) find(ref Ref) *asked {
	for _, a := range c.answers.list {
		if a.ref == ref {
			return a
		}
	}
	return nil
}

// finish ends a command, once.
func (c *Core) finish(ref Ref) {
	list := c.answers.list
	i := slices.IndexFunc(list, func(a *asked) bool { return a.ref == ref })
	if i < 0 {
		return
	}
	silent := list[i].silent
	c.answers.list = slices.Delete(list, i, i+1)
	if !silent {
		c.event(Done{ref})
	}
}

// onPong ends the command that its PING was behind, and messages before that, for
// they would have been refused by now.
func (c *Core) onPong(in *incoming) {
	token := in.Last()
	end := slices.IndexFunc(c.answers.list, func(a *asked) bool { return a.token != "" && a.token == token })
	for _, a := range slices.Clone(c.answers.list[:end+1]) {
		if a.late || a.token == token {
			c.finish(a.ref)
		}
	}
}

// refOf is the command that something of our own doing ends: by label, else the
// oldest of that verb about that name.
func (c *Core) refOf(in *incoming, verb, name string) Ref {
	if in.ref != 0 {
		return in.ref
	}
	if a := c.oldest(verb, name); a != nil {
		return a.ref
	}
	return 0
}

// oldest is the first command of that verb about that name ("" is any), but that of
// late messages it is the last.
func (c *Core) oldest(verb, name string) (found *asked) {
	name = c.support.Fold(name)
	for _, a := range c.answers.list {
		if a.verb == verb && (name == "" || a.about(name)) {
			found = pick(found, a)
		}
	}
	return found
}

// answer hands a line to the open question that it belongs to, if there is one.
func (c *Core) answer(in *incoming) bool {
	a := in.ask
	if a == nil {
		i := slices.IndexFunc(c.answers.list, func(a *asked) bool {
			return a.token != "" && (openEnded[a.verb] || a.raw)
		})
		if i < 0 {
			return false
		}
		a = c.answers.list[i]
	}
	c.event(Answer{Ref: a.ref, Line: in.Line})
	return true
}

// showRaw hands a numeric that has a meaning of its own to whoever brought it about
// by a raw line as well.
func (c *Core) showRaw(in *incoming) {
	if c.phase != phaseReady || in.Command[0] < '0' || in.Command[0] > '9' || isFault(in.Numeric()) {
		return
	}
	a := in.ask
	if n := in.Numeric(); a == nil && n >= 321 && n <= 323 && c.listing(in) != nil {
		return
	}
	if a == nil {
		i := slices.IndexFunc(c.answers.list, func(a *asked) bool { return a.token != "" })
		if i < 0 {
			return
		}
		a = c.answers.list[i] // the network answers in order
	}
	if a.raw {
		c.event(Answer{Ref: a.ref, Line: in.Line})
	}
}

// openEnded are the commands whose answers are numerics without an event.
var openEnded = map[string]bool{"WHOIS": true}

// listRef is the question that an entry of a list answers.
func (c *Core) listRef(in *incoming) Ref { return c.refOf(in, "MODE", in.Param(1)) }

// echo finds the message that has come back to us, and counts it.
func (c *Core) echo(in *incoming, t *Text) {
	a := in.ask
	if a == nil {
		a = c.echoed(in, t)
	}
	if a == nil {
		c.event(*t)
		return
	}
	t.Ref = a.ref
	c.event(*t)
	if in.ask == nil {
		c.answered(a)
	}
}

// echoed is the oldest message that may be what came back without a label; nil if
// another client of ours said it.
func (c *Core) echoed(in *incoming, t *Text) *asked {
	target := c.support.Fold(t.Target)
	for _, a := range c.answers.list {
		if a.verb == in.Command && a.about(target) && !a.late && !a.labelled && !a.raw {
			return a
		}
	}
	return nil
}
