package irc

import "strings"

// A network may lack a command that only some have, and a channel mode in spite of its
// RPL_ISUPPORT. Once it has said so (421, 472), it is not asked again before the next
// session: the command is refused by the same words at once, the mode is not listed any
// more. Lines of the user's own wording are sent all the same.

// notEverywhere are the commands that some networks lack.
var notEverywhere = map[string]bool{"KNOCK": true, "TBAN": true}

// lack takes in that the network does not know what a command of ours needs.
func (c *Core) lack(a *asked, f Fault) {
	switch {
	case a.raw:
	case f.Numeric == 421 && notEverywhere[a.verb]:
		if c.lacking == nil {
			c.lacking = map[string]Fault{}
		}
		c.lacking[a.verb] = f
	case f.Numeric == 472 && a.verb == "MODE" && len(f.Target) == 1:
		if s, listed := c.support.without(f.Target[0]); listed {
			c.support = s
			c.supports()
		}
	}
}

// lacks refuses a command that the network does not know.
func (c *Core) lacks(cmd Command, ref Ref) bool {
	f, lacks := c.lacking[cmd.verb()]
	if _, raw := cmd.(Raw); raw || !lacks {
		return false
	}
	if ref != 0 {
		f.Ref = ref
		c.event(f)
		c.event(Done{ref})
	}
	return true
}

// without is s without a channel mode, and whether that was listed. Ranks stay: members
// have them.
func (s *Support) without(mode byte) (*Support, bool) {
	out := *s
	for i, class := range s.ChanModes {
		out.ChanModes[i] = strings.ReplaceAll(class, string(rune(mode)), "")
	}
	return &out, out.ChanModes != s.ChanModes
}
