package irc

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// maxLate bounds how many messages are remembered on a network that does not say
// whether it took them, so that a late refusal finds the one that it means.
const maxLate = 32

// answers are the commands that the network has not finished with.
//
// Where there are labels, every line is labelled and every label is answered.
// Elsewhere a PING goes behind the command: most ircds are silent about what
// changes nothing, and all answer in order, so its PONG is the end. Two commands
// have an end of their own instead: a join, and a message that is echoed.
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
	open     int    // labels, echoes, or refusals of a late one, still to come
	token    string // of the PING behind it
	late     bool   // a message on a network that only tells refusals
	refused  bool   // a late one of which a refusal was told
}

// ask sends a command and remembers it until its end.
func (c *Core) ask(cmd Command, lines []Line, ref Ref, now time.Time) {
	a := &asked{ref: ref, verb: cmd.verb(), names: c.names(cmd), deadline: now.Add(c.id.AnswerAfter)}
	_, say := cmd.(Say)
	_, join := cmd.(Join)
	if join {
		a.deadline = now.Add(c.id.JoinAfter)
	}
	labels := ref != 0 && c.caps.Has(CapLabeledResponse)
	for i, l := range lines {
		if labels {
			l.Tags = withLabel(l.Tags, ref, i)
		}
		c.send = append(c.send, Outgoing{Line: l})
	}
	switch {
	case ref == 0:
		return
	case labels, say && c.caps.Has(CapEchoMessage):
		a.open = len(lines)
	case say:
		a.late, a.open = true, len(lines)
		c.answers.trim(now)
	case join:
	default:
		c.answers.n++
		a.token = "isthmus-" + strconv.FormatUint(c.answers.n, 10)
		c.send = append(c.send, Outgoing{Line: Line{Command: "PING", Params: []string{a.token}}})
	}
	c.answers.list = append(c.answers.list, a)
	if len(lines) == 0 && a.token == "" {
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

func (c *Core) names(cmd Command) []string {
	var out []string
	for _, name := range strings.Fields(cmd.target()) {
		out = append(out, c.support.Fold(name))
	}
	return out
}

// trim forgets messages that only a refusal would end: those whose time is over, and
// the oldest if there are too many.
func (a *answers) trim(now time.Time) {
	n := 0
	a.list = slices.DeleteFunc(a.list, func(x *asked) bool {
		if x.late {
			n++
		}
		return x.late && !x.deadline.After(now)
	})
	if n < maxLate {
		return
	}
	if i := slices.IndexFunc(a.list, func(x *asked) bool { return x.late }); i >= 0 {
		a.list = slices.Delete(a.list, i, i+1)
	}
}

// next is the earliest deadline; zero: none.
func (a *answers) next() time.Time {
	var next time.Time
	for _, x := range a.list {
		if !x.late && (next.IsZero() || x.deadline.Before(next)) {
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
		if a.late {
			c.drop(a)
			continue
		}
		c.event(Fault{Ref: a.ref, Command: a.verb, Code: CodeTimeout, Text: "no answer from the network"})
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
	if in.ask = c.find(Ref(ref)); in.ask != nil {
		in.ref = in.ask.ref
	}
}

// unlabel counts an answer that was a single line.
func (c *Core) unlabel(in *incoming) {
	if in.ask != nil && !in.batched && !in.held {
		c.answered(in.ask)
	}
}

// answered counts one label, or one echo; the last ends the command.
func (c *Core) answered(a *asked) {
	if a.open--; a.open <= 0 {
		c.finish(a.ref)
	}
}

func (c *Core) find(ref Ref) *asked {
	for _, a := range c.answers.list {
		if a.ref == ref {
			return a
		}
	}
	return nil
}

func (c *Core) drop(a *asked) {
	if i := slices.Index(c.answers.list, a); i >= 0 {
		c.answers.list = slices.Delete(c.answers.list, i, i+1)
	}
}

// finish ends a command, once.
func (c *Core) finish(ref Ref) {
	if a := c.find(ref); ref != 0 && a != nil {
		c.drop(a)
		if !a.late {
			c.event(Done{ref})
		}
	}
}

func (c *Core) onPong(in *incoming) {
	token := in.Last()
	for _, a := range c.answers.list {
		if a.token != "" && a.token == token {
			c.finish(a.ref)
			return
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

// oldest is the first command of that verb about that name ("" is any); of messages
// of which only refusals are told the last, for what is older was taken.
func (c *Core) oldest(verb, name string) (late *asked) {
	name = c.support.Fold(name)
	for _, a := range c.answers.list {
		switch {
		case a.verb != verb || name != "" && !slices.Contains(a.names, name):
		case !a.late:
			return a
		default:
			late = a
		}
	}
	return late
}

// answer hands a line to the open question that it belongs to, if there is one.
func (c *Core) answer(in *incoming) bool {
	a := in.ask
	if a == nil {
		for _, x := range c.answers.list {
			if x.token != "" && (openEnded[x.verb] || x.raw()) {
				a = x
				break
			}
		}
	}
	if a == nil {
		return false
	}
	c.event(Answer{Ref: a.ref, Line: in.Line})
	return true
}

// openEnded are the commands whose answers are numerics without an event.
var openEnded = map[string]bool{"WHOIS": true, "LIST": true}

// raw says whether a line of the user's own wording brought the question about.
func (a *asked) raw() bool { return a.verb == "" }

// whoisRef is the WHOIS that a 301 belongs to; 0 if it answers a message.
func (c *Core) whoisRef(in *incoming) Ref { return c.refOf(in, "WHOIS", in.Param(1)) }

// listRef is the question that an entry of a list answers.
func (c *Core) listRef(in *incoming) Ref { return c.refOf(in, "MODE", in.Param(1)) }

// echo finds the message that has come back to us.
func (c *Core) echo(in *incoming, t *Text) {
	a := in.ask
	if a == nil {
		for _, verb := range [...]string{"PRIVMSG", "NOTICE"} {
			if a = c.oldest(verb, t.Target); a != nil {
				break
			}
		}
	}
	if a == nil || a.late {
		c.event(*t)
		return
	}
	t.Ref = a.ref
	c.event(*t)
	if in.ask == nil {
		c.answered(a)
	}
}

// fault is a refusal by numeric: by label, else of the oldest command that the
// numeric can be about and that names what it names.
func (c *Core) fault(in *incoming, n int) {
	f := c.faultOf(in, n)
	a := in.ask
	if a == nil {
		c.answers.trim(in.now)
		a = c.blame(f)
	}
	if a == nil {
		c.event(f)
		return
	}
	f.Ref, f.Command = a.ref, a.verb
	if !a.refused {
		c.event(f)
	}
	switch {
	case in.ask != nil: // its label ends it
	case a.late:
		c.refuseLate(a)
	case a.token == "" && a.verb == "JOIN":
		c.finish(a.ref)
	case a.token == "":
		c.answered(a)
	}
}

// refuseLate takes one refusal of a message of which nothing else is told. Each of
// its lines may be refused; that is told once.
func (c *Core) refuseLate(a *asked) {
	a.refused = true
	if a.open--; a.open <= 0 {
		c.drop(a)
	}
}

// faultOf reads an error numeric: client, what it is about, more, text.
func (c *Core) faultOf(in *incoming, n int) Fault {
	f := Fault{Numeric: n, Text: in.Last()}
	if len(in.Params) > 2 {
		f.Target = in.Param(1)
	}
	if len(in.Params) > 3 {
		f.Extra = in.Param(2)
	}
	return f
}

// blame finds the command that a refusal without a label means.
func (c *Core) blame(f Fault) *asked {
	if f.Numeric == 421 || f.Numeric == 461 { // they name the command
		if a := c.oldest(strings.ToUpper(f.Target), ""); a != nil {
			return a
		}
	}
	target, extra := c.support.Fold(f.Target), c.support.Fold(f.Extra)
	var unnamed, late *asked
	for _, a := range c.answers.list {
		if !accepts(a.verb, f.Numeric) {
			continue
		}
		named := slices.Contains(a.names, target) || extra != "" && slices.Contains(a.names, extra)
		switch {
		case named && a.late:
			late = a // the newest: older ones were taken, as nobody refused them
		case named:
			return a
		case unnamed == nil || a.late:
			unnamed = a
		}
	}
	if late != nil {
		return late
	}
	if f.Target == "" || !c.support.IsChannel(f.Target) {
		return unnamed
	}
	return nil
}

// accepts says whether a numeric can refuse a command at all: a 404 that comes
// while a join and a message are under way is the message's.
func accepts(verb string, n int) bool {
	switch verb {
	case "JOIN":
		return joinFaults[n]
	case "PRIVMSG", "NOTICE":
		return sayFaults[n]
	case "NICK":
		return n >= 430 && n <= 439 || n == 447 || n == 484
	}
	return !joinOnly[n] && n != 404
}

func set(numbers ...int) map[int]bool {
	m := make(map[int]bool, len(numbers))
	for _, n := range numbers {
		m[n] = true
	}
	return m
}

var (
	joinOnly   = set(405, 470, 471, 473, 474, 475, 489, 495, 500, 519, 926)
	joinFaults = set(263, 403, 405, 407, 437, 439, 448, 461, 470, 471, 473, 474, 475, 476, 477, 479,
		480, 485, 488, 489, 490, 495, 500, 519, 520, 524, 609, 926)
	sayFaults = set(263, 401, 402, 403, 404, 407, 408, 411, 412, 413, 414, 415, 417, 437, 439, 440, 442,
		461, 477, 486, 487, 488, 489, 490, 492, 494, 531, 573, 716, 718)
	otherFaults = set(263, 609, 690, 696, 697, 698, 712, 713, 714, 715, 716, 723, 734, 742, 743, 902,
		904, 905, 906, 907, 908, 926, 972, 974)
)

// isFault tells the numerics that refuse something.
func isFault(n int) bool { return n >= 400 && n < 600 || otherFaults[n] }

// onFail is FAIL command code context… :text.
// https://ircv3.net/specs/extensions/standard-replies
func (c *Core) onFail(in *incoming) {
	if len(in.Params) < 3 {
		return
	}
	f := Fault{Command: strings.ToUpper(in.Param(0)), Code: in.Param(1), Text: in.Last()}
	if len(in.Params) > 3 {
		f.Target = in.Param(2)
	}
	if len(in.Params) > 4 {
		f.Extra = in.Param(3)
	}
	a := in.ask
	if a == nil {
		c.answers.trim(in.now)
		a = c.oldest(f.Command, f.Target)
	}
	if a == nil {
		a = c.oldest(f.Command, "")
	}
	if a != nil {
		f.Ref = a.ref
	}
	if a == nil || !a.refused {
		c.event(f)
	}
	switch {
	case a == nil, in.ask != nil:
	case a.late:
		c.refuseLate(a)
	case a.token == "":
		c.answered(a)
	}
}

// onRemark is WARN and NOTE, which refuse nothing.
func (c *Core) onRemark(in *incoming) {
	c.event(Note{From: in.Source.Name, Text: strings.Join(in.Params, " ")})
}
