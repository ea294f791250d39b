package irc

import (
	"strings"
)

// fault is a refusal by numeric: by label, else of the command that the numeric can
// be about and that names what it names.
func (c *Core) fault(in *incoming, n int) {
	f := c.faultOf(in, n)
	a := in.ask
	if a == nil {
		a = c.blame(f)
	}
	if a != nil {
		f.Command = a.verb
	}
	c.refuse(in, a, f)
}

// refuse tells a refusal, and counts it unless a label or a PONG is the end. Each
// line of a late message may be refused; that is told once.
func (c *Core) refuse(in *incoming, a *asked, f Fault) {
	if a == nil {
		c.event(f)
		return
	}
	c.lack(a, f)
	f.Ref = a.ref
	if a.verb == "LIST" && in.ask == nil {
		c.refused = true
	}
	if !a.refused {
		c.event(f)
	}
	a.refused = a.late
	if in.ask == nil && a.token == "" {
		c.answered(a)
	}
}

// faultOf reads an error numeric: client, what it is about, more, text.
func (c *Core) faultOf(in *incoming, n int) Fault {
	f := Fault{Numeric: n}
	if len(in.Params) > 1 {
		f.Text = in.Last()
	}
	if len(in.Params) > 2 {
		f.Target = in.Param(1)
	}
	if len(in.Params) > 3 {
		f.Extra = in.Param(2)
	}
	switch {
	case n == 480 && f.Target == "":
		f.Target = c.channelIn(f.Text)
	case n == 447 && f.Extra == "" && !c.support.IsChannel(f.Target):
		f.Extra = c.channelIn(f.Text)
	case n == 926 && f.Extra == "":
		f.Extra = c.redirect(f)
	}
	return f
}

// channelIn is the first channel that a text names; "" if it names none.
// COMPAT UnrealIRCd, InspIRCd 2: "Cannot knock on #c (…)" is all that 480 says.
// COMPAT UnrealIRCd, InspIRCd, ircd-hybrid: so is "… while on #c (+N)" of 447.
func (c *Core) channelIn(text string) string {
	for _, word := range strings.Fields(text) {
		if c.support.IsChannel(word) {
			return strings.TrimRight(word, ",")
		}
	}
	return ""
}

// redirect is the channel that a forbidden one sends to; "" if it sends nowhere. The
// server has us join that next.
// COMPAT InspIRCd: "Channel #c is forbidden, redirecting to #d: …" is all that 926 says.
func (c *Core) redirect(f Fault) string {
	rest, ok := strings.CutPrefix(f.Text, "Channel "+f.Target+" is forbidden, redirecting to ")
	to, _, told := strings.Cut(rest, ": ")
	if !ok || !told || strings.Contains(to, " ") || !c.support.IsChannel(to) {
		return ""
	}
	return to
}

// blame finds the command that an unlabelled numeric refuses: one that names what
// the numeric names; else, unless that is a channel, one whose names are not all
// known here.
func (c *Core) blame(f Fault) *asked {
	if namesCommand[f.Numeric] && f.Target != "" && !c.support.IsChannel(f.Target) {
		if a := c.oldest(strings.ToUpper(f.Target), ""); a != nil || f.Numeric != 263 {
			return a
		}
	}
	_, channel := c.support.SplitStatus(f.Target) // COMPAT ircd-hybrid, solanum: 482 names @#c
	target, extra := c.support.Fold(channel), c.support.Fold(f.Extra)
	var named, other *asked
	for _, a := range c.answers.list {
		switch {
		case !a.accepts(f.Numeric) || a.labelled && a.verb != "JOIN":
		case a.about(target) || a.about(extra):
			named = pick(named, a)
		case f.Target == "", a.verb == "NICK", !c.support.IsChannel(channel) && a.mayMean(f.Numeric):
			other = pick(other, a)
		}
	}
	if named != nil {
		return named
	}
	return other
}

// pick is which of two commands is meant, b being the younger: the older, for the
// network answers in order; but a late message has probably been taken once another
// command was given.
func pick(a, b *asked) *asked {
	if a == nil || a.late {
		return b
	}
	return a
}

// mayMean says whether a numeric can be a command's refusal that names neither
// channel nor nick that the command is about: who loses a rank, a nick that the
// server has cut, what it takes for a mask.
func (a *asked) mayMean(n int) bool {
	switch a.verb {
	case "MODE", "NICK", "LIST":
		return true
	case "PRIVMSG", "NOTICE":
		return n >= 407 && n <= 417 || n == 440 // what else refuses words names their target
	}
	return a.raw
}

// accepts says whether a numeric can refuse a command at all: a 404 that comes
// while a join and a message are under way is the message's.
func (a *asked) accepts(n int) bool {
	switch {
	case a.raw:
		return true
	case a.verb == "JOIN":
		return joinFaults[n]
	case a.verb == "PRIVMSG" || a.verb == "NOTICE":
		return sayFaults[n] || n == 482 && a.ranked
	case a.verb == "LIST":
		return listFaults[n]
	case a.verb == "NICK":
		return n >= 430 && n <= 439 || n == 447 || n == 484
	case a.verb == "KNOCK":
		return knockFaults[n]
	}
	return !joinOnly[n] && n != 404 && (n != 717 || a.verb == "INVITE") // else it goes with a message's 716
}

func set(numbers ...int) map[int]bool {
	m := make(map[int]bool, len(numbers))
	for _, n := range numbers {
		m[n] = true
	}
	return m
}

var (
	namesCommand = set(263, 421, 461, 517) // their target is the command that they refuse
	joinOnly     = set(405, 470, 471, 473, 474, 475, 489, 495, 500, 926)
	joinFaults   = set(263, 403, 405, 407, 437, 439, 448, 461, 470, 471, 473, 474, 475, 476, 477, 479,
		480, 485, 488, 489, 490, 495, 500, 519, 520, 524, 609, 926)
	sayFaults = set(263, 401, 402, 403, 404, 407, 408, 411, 412, 413, 414, 415, 417, 437, 439, 440, 442,
		461, 477, 486, 487, 488, 489, 490, 492, 494, 531, 573, 716, 718)
	knockFaults = set(263, 401, 403, 404, 421, 437, 439, 442, 461, 471, 474, 476, 477, 479, 480, 482, 517, 712, 713, 714, 715, 926)
	listFaults  = set(263, 402, 407, 416, 421, 439, 461, 481, 517, 521)
	otherFaults = set(263, 609, 690, 696, 697, 698, 712, 713, 714, 715, 716, 717, 723, 734, 742, 743, 902,
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
		a = c.failed(f)
	}
	c.refuse(in, a, f)
}

// failed finds the command that an unlabelled FAIL means: it says its verb, and
// perhaps what it is about.
func (c *Core) failed(f Fault) *asked {
	target, extra := c.support.Fold(f.Target), c.support.Fold(f.Extra)
	var named, other *asked
	for _, a := range c.answers.list {
		switch {
		case a.verb != f.Command || a.labelled && a.verb != "JOIN":
		case a.about(target) || a.about(extra):
			named = pick(named, a)
		case !c.support.IsChannel(f.Target):
			other = pick(other, a)
		}
	}
	if named != nil {
		return named
	}
	return other
}

// onRemark is WARN and NOTE, which refuse nothing, and WALLOPS.
func (c *Core) onRemark(in *incoming) {
	c.event(Note{From: in.Source.Name, Text: strings.Join(in.Params, " ")})
}
