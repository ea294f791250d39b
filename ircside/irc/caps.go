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

// parseCaps reads a list of names; values and what is not known are left out, and
// so are labels where there are no batches to put long answers in.
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

// grantable leaves out what makes no sense alone.
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
			c.requestCaps(c.offered.grantable())
		}
	case "ACK":
		c.acknowledge(list)
	case "NAK":
		c.refuseCaps(parseCaps(list))
	case "NEW":
		c.offered |= parseCaps(list)
		c.requestCaps(c.offered.grantable() &^ c.caps)
	case "DEL":
		gone := parseCaps(list)
		c.offered &^= gone
		c.caps &^= gone
		c.caps = c.caps.grantable()
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

func (c *Core) acknowledge(list string) {
	for word := range strings.FieldsSeq(list) {
		name, off := strings.CutPrefix(word, "-")
		got := parseCaps(name)
		c.asked &^= got
		if off {
			c.caps &^= got
		} else {
			c.caps |= got
		}
	}
	c.endCaps()
}

// refuseCaps asks one by one for what was refused as a whole: one bad name in a
// request makes all of it fail.
func (c *Core) refuseCaps(refused Caps) {
	c.asked &^= refused
	if refused&(refused-1) != 0 {
		for rest := refused; rest != 0; rest &= rest - 1 {
			c.requestCaps(rest & -rest)
		}
		return
	}
	c.endCaps()
}

// endCaps goes on with the registration once nothing is asked for any more.
func (c *Core) endCaps() {
	if c.asked == 0 && c.phase == phaseCaps {
		c.phase = phaseNick
		c.urgent("CAP", "END")
	}
}
