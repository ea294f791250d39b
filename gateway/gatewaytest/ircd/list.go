package ircd

import (
	"strconv"
	"strings"
)

// listChannels is LIST, with the masks, the exclusions and the numbers of users that
// ELIST=MNU announces. RFC 2812 §3.2.6.
func (s *Server) listChannels(c *client, l line) {
	s.reply(c, "321", "Channel", "Users  Name")
	for _, ch := range s.sortedChannels() {
		if s.visible(ch, c) && s.selected(ch, l.param(0)) {
			count := strconv.Itoa(len(s.membersOf(ch, c)))
			s.send(c, s.says("322", c.nick, ch.name, count, ch.topic))
		}
	}
	s.reply(c, "323", "End of /LIST")
}

// selected says whether a channel is meant: it fulfils all conditions on numbers, and
// matches one of the masks, if there are any.
func (s *Server) selected(ch *channel, conditions string) bool {
	var masks, matched bool
	for cond := range strings.SplitSeq(conditions, ",") {
		if cond == "" {
			continue
		}
		rest := cond[1:]
		n, err := strconv.Atoi(rest)
		switch {
		case cond[0] == '>' && err == nil:
			if len(ch.members) <= n {
				return false
			}
		case cond[0] == '<' && err == nil:
			if len(ch.members) >= n {
				return false
			}
		case cond[0] == '!' && rest != "":
			if s.matches(rest, ch.name) {
				return false
			}
		default:
			masks = true
			matched = matched || s.matches(cond, ch.name)
		}
	}
	return matched || !masks
}
