package ircd

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// listChannels is LIST, with the conditions that ELIST announces. A private channel has
// neither name nor topic, a secret one is not there. RFC 2812 §3.2.6, RFC 1459 §4.2.6,
// https://modern.ircdocs.horse/#list-message
func (s *Server) listChannels(c *client, l line) {
	s.judgeList(c, l)
	if s.config.ListBusy {
		s.reply(c, "263", "LIST", "Server load is temporarily too heavy. Please wait a while and try again.")
		return
	}
	if notice := s.config.ListEmpty; notice != "" {
		s.send(c, s.says("NOTICE", c.nick, notice))
		s.reply(c, "321", "Channel", "Users  Name")
		s.reply(c, "323", "End of /LIST")
		return
	}
	s.reply(c, "321", "Channel", "Users  Name")
	told := 0
	for _, ch := range s.sortedChannels() {
		if ch.has('s') && ch.members[c] == nil || !s.selected(ch, l.param(0)) {
			continue
		}
		if told++; s.config.ListMost > 0 && told > s.config.ListMost {
			s.reply(c, "416", "LIST", "Output too large, truncated")
			return
		}
		name, topic := ch.name, ch.topic
		if ch.has('p') && ch.members[c] == nil {
			name, topic = "*", ""
		} else if s.config.ListModes {
			topic = strings.TrimSpace("[+" + string(ch.letters()) + "] " + topic)
		}
		s.send(c, s.says("322", c.nick, name, strconv.Itoa(len(s.membersOf(ch, c))), topic))
	}
	s.reply(c, "323", "End of /LIST")
}

// judgeList finds conditions that were not announced.
func (s *Server) judgeList(c *client, l line) {
	if len(l.params) > 1 {
		s.violation(c, "LIST with more than one parameter")
	}
	for cond := range strings.SplitSeq(l.param(0), ",") {
		kind := ""
		switch {
		case cond == "", s.isChannel(cond) && !strings.ContainsAny(cond, "*?"):
			continue
		case cond[0] == '<', cond[0] == '>':
			kind = "U"
		case cond[0] == '!':
			kind = "N"
		case strings.HasPrefix(cond, "C<"), strings.HasPrefix(cond, "C>"), strings.HasPrefix(cond, "T<"), strings.HasPrefix(cond, "T>"):
			kind = cond[:1]
		default:
			kind = "M"
		}
		if !strings.Contains(s.support["ELIST"], kind) {
			s.violation(c, fmt.Sprintf("LIST by %s, which was not announced: %s", kind, cond))
		}
	}
}

// selected says whether a channel is meant: it fulfils all conditions, and matches one of
// the masks, if there are any.
func (s *Server) selected(ch *channel, conditions string) bool {
	var masks, matched bool
	for cond := range strings.SplitSeq(conditions, ",") {
		if cond == "" {
			continue
		}
		if ok, known := s.fulfils(ch, cond); known {
			if !ok {
				return false
			}
			continue
		}
		masks = true
		matched = matched || s.matches(cond, ch.name)
	}
	return matched || !masks
}

// fulfils says whether a channel fulfils a condition; known is false for a mask.
func (s *Server) fulfils(ch *channel, cond string) (ok, known bool) {
	rest := cond[1:]
	if n, err := strconv.Atoi(rest); err == nil && (cond[0] == '>' || cond[0] == '<') {
		return cond[0] == '>' == (len(ch.members) > n) && len(ch.members) != n, true
	}
	if cond[0] == '!' && rest != "" {
		return !s.matches(rest, ch.name), true
	}
	if len(cond) > 2 && (cond[0] == 'C' || cond[0] == 'T') && (cond[1] == '<' || cond[1] == '>') {
		if n, err := strconv.Atoi(cond[2:]); err == nil {
			since := ch.created
			if cond[0] == 'T' {
				since = ch.topicAt
			}
			age := s.config.Now().Sub(since)
			return (cond[1] == '<') == (age < time.Duration(n)*time.Minute), true
		}
	}
	return false, false
}
