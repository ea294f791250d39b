package ircd

import "slices"

// How servers tell operators of a knock: see [Config].
const (
	knockNumeric  = ""         // 710, as charybdis does
	knockInspIRCd = "inspircd" // a notice to %#c, with the reason
	knockHybrid   = "hybrid"   // a notice to %#c, without
	knockNone     = "none"     // there is no KNOCK: 421
)

// knock asks to be let in.
func (s *Server) knock(c *client, l line) {
	ch := s.channel(l.param(0))
	switch {
	case s.config.Knock == knockNone:
		s.reply(c, "421", l.command, "Unknown command")
	case ch == nil:
		s.reply(c, "403", l.param(0), "No such channel")
	case ch.members[c] != nil:
		s.reply(c, "714", ch.name, "You are already on that channel.")
	case !ch.has('i'):
		s.reply(c, "713", ch.name, "Channel is open.")
	case ch.has('p'), s.isBanned(c, ch, 'b'):
		s.reply(c, "404", ch.name, "Cannot send to channel")
	case slices.Contains(ch.knocked, c):
		s.reply(c, "712", ch.name, "Too many KNOCKs (user).")
	default:
		ch.knocked = append(ch.knocked, c)
		s.tellKnock(c, ch, l.param(1))
	}
}

// tellKnock tells whoever runs a channel of a knock, and who knocks that they are told.
func (s *Server) tellKnock(c *client, ch *channel, reason string) {
	for _, o := range s.membersOf(ch, c) {
		switch {
		case !s.isOp(o, ch):
		case s.config.Knock == knockInspIRCd:
			s.send(o, s.says("NOTICE", "%"+ch.name, "User "+c.nick+" is KNOCKing on "+ch.name+" ("+reason+")"))
		case s.config.Knock == knockHybrid:
			s.send(o, s.says("NOTICE", "%"+ch.name, "KNOCK: "+ch.name+" ("+c.nick+" ["+c.user+"@"+c.host+"] has asked for an invite)"))
		default:
			s.reply(o, "710", ch.name, c.mask(), "has asked for an invite.")
		}
	}
	if s.config.Knock == knockInspIRCd {
		s.send(c, s.says("NOTICE", c.nick, "KNOCKing on "+ch.name))
		return
	}
	s.reply(c, "711", ch.name, "Your KNOCK has been delivered.")
}
