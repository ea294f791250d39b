package irc

import "strings"

// Caps is a set of IRCv3 capabilities that the gateway knows what to do with.
type Caps uint32

// The capabilities, in the order in which they are asked for.
const (
	CapMultiPrefix Caps = 1 << iota
	CapUserhostInNames
	CapExtendedJoin
	CapAccountNotify
	CapAccountTag
	CapAwayNotify
	CapChghost
	CapSetname
	CapInviteNotify
	CapServerTime
	CapMessageTags
	CapBatch
	CapEchoMessage
	CapLabeledResponse
	CapStandardReplies
	CapNotify
)

var capNames = [...]string{
	"multi-prefix", "userhost-in-names", "extended-join", "account-notify", "account-tag",
	"away-notify", "chghost", "setname", "invite-notify", "server-time", "message-tags",
	"batch", "echo-message", "labeled-response", "standard-replies", "cap-notify",
}

// Has tells whether all of want are in the set.
func (c Caps) Has(want Caps) bool { return c&want == want }

// String lists the names, separated by spaces.
func (c Caps) String() string {
	var names []string
	for i, name := range capNames {
		if c&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return strings.Join(names, " ")
}

// parseCaps reads a list of names; values and what is not known are left out.
func parseCaps(list string) Caps {
	var c Caps
	for word := range strings.FieldsSeq(list) {
		name, _, _ := strings.Cut(word, "=")
		for i, known := range capNames {
			if name == known {
				c |= 1 << i
			}
		}
	}
	return c
}

// grantable leaves out labels where there are no batches to put long answers in.
func (c Caps) grantable() Caps {
	if !c.Has(CapBatch) {
		c &^= CapLabeledResponse
	}
	return c
}

// onCap takes CAP in all its forms.
// https://ircv3.net/specs/extensions/capability-negotiation
func (c *Core) onCap(l Line) {
	list := l.Last()
	switch strings.ToUpper(l.Param(1)) {
	case "LS":
		c.offered |= parseCaps(list)
		if l.Param(2) != "*" || len(l.Params) < 4 {
			c.singly = false
			c.requestCaps(c.offered.grantable())
		}
	case "ACK":
		c.acknowledge(list)
	case "NAK":
		c.refuseCaps(parseCaps(list))
	case "NEW":
		c.offered |= parseCaps(list)
		c.singly = c.asked != 0 // what is under way already is not begun again
		c.requestCaps(c.offered.grantable() &^ c.caps &^ c.asked)
	case "DEL":
		gone := parseCaps(list)
		c.offered &^= gone
		c.grant(c.caps &^ gone)
	}
}

// grant takes on what the server grants by now, and tells if that is news.
func (c *Core) grant(caps Caps) {
	if caps = caps.grantable(); caps != c.caps {
		c.caps = caps
		c.supports()
	}
}

func (c *Core) requestCaps(want Caps) {
	if want == 0 {
		c.endCaps()
		return
	}
	c.asked |= want
	c.urgent("CAP", "REQ", want.String())
}

// acknowledge takes what was asked for, and nothing else, as granted.
func (c *Core) acknowledge(list string) {
	caps := c.caps
	for word := range strings.FieldsSeq(list) {
		name, off := strings.CutPrefix(word, "-")
		got := parseCaps(strings.TrimLeft(name, "=~")) // modifiers of CAP before 302
		if off {
			caps &^= got
		} else {
			caps |= got & c.asked
		}
		c.asked &^= got
	}
	c.grant(caps)
	c.endCaps()
}

// refuseCaps asks one by one for what was refused as a whole, for one bad name in
// a request makes all of it fail. It does so once. A refusal that names nothing is
// one of all that is asked for.
func (c *Core) refuseCaps(refused Caps) {
	if refused &= c.asked; refused == 0 || !c.singly {
		refused = c.asked
	}
	c.asked &^= refused
	if c.singly {
		c.endCaps()
		return
	}
	c.singly = true
	if refused&(refused-1) == 0 {
		c.endCaps()
		return
	}
	for rest := refused; rest != 0; rest &= rest - 1 {
		c.requestCaps(rest & -rest)
	}
}

// endCaps goes on with the registration once nothing is asked for any more.
func (c *Core) endCaps() {
	if c.asked == 0 && c.phase == phaseCaps {
		c.phase = phaseNick
		c.urgent("CAP", "END")
	}
}
