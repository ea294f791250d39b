package irc

// A network may lack a command that only some have, and a channel mode in spite of its
// RPL_ISUPPORT. Once it has said so (421, 472), it is not asked again before the next
// session: the command is refused by the same words at once, and the mode, if it is one
// without a parameter, is not listed any more ([Support.Lists]). Lines of the user's own
// wording are sent all the same.

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
	case f.Numeric == 472 && a.verb == "MODE" && len(f.Target) == 1 && c.support.Lists(f.Target[0], FlagMode):
		less := *c.support
		less.lacking += f.Target
		c.support = &less
		c.supports()
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
