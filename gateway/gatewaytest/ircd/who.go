package ircd

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// who is WHO of a channel or a mask, and WHOX. RFC 2812 §3.6.1, IRCv3 whox.
func (s *Server) who(c *client, l line) {
	mask := l.param(0)
	if mask == "" || mask == "0" {
		mask = "*"
	}
	var found []*client
	ch := s.channel(mask)
	switch {
	case s.isChannel(mask):
		if ch != nil && s.visible(ch, c) {
			found = s.membersOf(ch, c)
		}
	default:
		found = s.known(c, mask)
	}
	fields, x := strings.CutPrefix(l.param(1), "%")
	for _, o := range found {
		if o.modes['i'] && o != c && !s.share(c, o) {
			continue
		}
		if x {
			s.reply(c, "354", s.whox(c, o, ch, fields)...)
		} else {
			s.reply(c, "352", s.whoLine(c, o, ch)...)
		}
	}
	s.reply(c, "315", mask, "End of /WHO list")
}

// known are the users that a mask means: by nick, user, host, account or real name.
func (s *Server) known(c *client, mask string) []*client {
	if o := s.find(c, mask); o != nil {
		return []*client{o}
	}
	var found []*client
	for _, o := range s.users() {
		if o.far == c.far && (s.matches(mask, o.nick) || s.matches(mask, o.user) || s.matches(mask, o.host) ||
			s.matches(mask, o.realname) || o.account != "" && s.matches(mask, o.account)) {
			found = append(found, o)
		}
	}
	return found
}

// flagsOf are the flags of 352: here or gone, and the prefixes in a channel.
func (s *Server) flagsOf(c, o *client, ch *channel) string {
	flags := "H"
	if o.isAway {
		flags = "G"
	}
	if ch != nil && ch.members[o] != nil {
		flags += s.symbolsOf(ch.members[o], c.caps["multi-prefix"])
	}
	return flags
}

func (s *Server) whoLine(c, o *client, ch *channel) []string {
	return []string{channelName(ch), o.user, o.host, s.config.Name, o.nick, s.flagsOf(c, o, ch), "0 " + o.realname}
}

func channelName(ch *channel) string {
	if ch == nil {
		return "*"
	}
	return ch.name
}

// whox are the fields that were asked for, in their fixed order.
func (s *Server) whox(c, o *client, ch *channel, fields string) []string {
	fields, token, _ := strings.Cut(fields, ",")
	account := o.account
	if account == "" {
		account = "0"
	}
	if token == "" {
		token = "0"
	}
	level := "n/a"
	if ch != nil && ch.members[o] != nil {
		level = strconv.Itoa(len(s.prefixes) - s.rank(o, ch))
	}
	all := []struct{ field, value string }{
		{"t", token}, {"c", channelName(ch)}, {"u", o.user}, {"i", "255.255.255.255"}, {"h", o.host},
		{"s", s.config.Name}, {"n", o.nick}, {"f", s.flagsOf(c, o, ch)}, {"d", "0"}, {"l", s.idle(o)},
		{"a", account}, {"o", level}, {"r", o.realname},
	}
	var out []string
	for _, f := range all {
		if strings.Contains(fields, f.field) {
			out = append(out, f.value)
		}
	}
	return out
}

// idle is for how many seconds somebody has said nothing.
func (s *Server) idle(o *client) string {
	return strconv.Itoa(int(s.config.Now().Sub(o.active) / time.Second))
}

// whois tells all about somebody. RFC 2812 §3.6.2.
func (s *Server) whois(c *client, l line) {
	nick := l.param(0)
	if len(l.params) > 1 {
		nick = l.param(1) // the first is the server to ask
	}
	if nick == "" {
		s.violation(c, "WHOIS without a nick")
		s.reply(c, "431", "No nickname given")
		return
	}
	o := s.find(c, nick)
	if o == nil {
		s.reply(c, "401", nick, "No such nick/channel")
		s.reply(c, "318", nick, "End of /WHOIS list")
		return
	}
	s.reply(c, "311", o.nick, o.user, o.host, "*", o.realname)
	var words []string
	for _, ch := range s.channelsOf(o) {
		if s.visible(ch, c) && (!o.modes['i'] || o == c || ch.members[c] != nil) {
			words = append(words, s.symbolsOf(ch.members[o], c.caps["multi-prefix"])+ch.name)
		}
	}
	s.list(c, "319", []string{o.nick}, words)
	s.reply(c, "312", o.nick, s.config.Name, s.config.Network)
	if o.service {
		s.reply(c, "313", o.nick, "is a Network Service")
	}
	if o.isAway {
		s.reply(c, "301", o.nick, o.away)
	}
	if o.account != "" {
		s.reply(c, "330", o.nick, o.account, "is logged in as")
	}
	s.reply(c, "317", o.nick, s.idle(o), strconv.FormatInt(o.signon.Unix(), 10), "seconds idle, signon time")
	s.reply(c, "318", o.nick, "End of /WHOIS list")
}

// whowas remembers nobody. RFC 2812 §3.6.3.
func (s *Server) whowas(c *client, l line) {
	if l.param(0) == "" {
		s.reply(c, "431", "No nickname given")
		return
	}
	s.reply(c, "406", l.param(0), "There was no such nickname")
	s.reply(c, "369", l.param(0), "End of WHOWAS")
}

// ison says who of some is here. RFC 2812 §4.9.
func (s *Server) ison(c *client, l line) {
	var here []string
	for _, nick := range strings.Fields(strings.Join(l.params, " ")) {
		if o := s.find(c, nick); o != nil {
			here = append(here, o.nick)
		}
	}
	if len(here) == 0 {
		s.reply(c, "303", "")
		return
	}
	s.list(c, "303", nil, here)
}

// userhost tells the hosts of up to five people. RFC 2812 §4.8.
func (s *Server) userhost(c *client, l line) {
	var words []string
	for _, nick := range l.params[:min(5, len(l.params))] {
		if o := s.find(c, nick); o != nil {
			sign := "+"
			if o.isAway {
				sign = "-"
			}
			words = append(words, fmt.Sprintf("%s=%s%s@%s", o.nick, sign, o.user, o.host))
		}
	}
	s.reply(c, "302", strings.Join(words, " "))
}
