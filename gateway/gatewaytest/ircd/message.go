package ircd

import (
	"fmt"
	"strconv"
	"strings"
)

// speak is PRIVMSG and NOTICE. RFC 2812 §3.3.
func (s *Server) speak(c *client, l line) {
	quiet := l.command == "NOTICE" // which is never answered
	switch {
	case l.param(0) == "":
		s.violation(c, l.command+" without a target")
		if !quiet {
			s.reply(c, "411", "No recipient given ("+l.command+")")
		}
	case l.param(1) == "":
		s.violation(c, l.command+" without text")
		if !quiet {
			s.reply(c, "412", "No text to send")
		}
	default:
		c.active = s.config.Now()
		s.each(c, l, quiet)
	}
}

// tagmsg is TAGMSG. IRCv3 message-tags.
func (s *Server) tagmsg(c *client, l line) {
	switch {
	case !c.caps["message-tags"]:
		s.violation(c, "TAGMSG without message-tags")
		s.reply(c, "421", l.command, "Unknown command")
	case l.param(0) == "":
		s.violation(c, "TAGMSG without a target")
		s.reply(c, "411", "No recipient given (TAGMSG)")
	default:
		s.each(c, l, false)
	}
}

// each says a message to each of its targets.
func (s *Server) each(c *client, l line, quiet bool) {
	targets := strings.Split(l.param(0), ",")
	if len(targets) > 1 {
		s.violation(c, l.command+" to several targets: "+l.param(0))
	}
	if len(targets) > s.targetMax(l.command) {
		if !quiet {
			s.reply(c, "407", l.param(0), "Too many targets")
		}
		return
	}
	tags := map[string]string{}
	for key, value := range l.tags {
		if strings.HasPrefix(key, "+") {
			tags[key] = value
		}
	}
	for _, target := range targets {
		m := c.says(l.command, append([]string{target}, l.params[1:min(2, len(l.params))]...)...)
		m.tags = tags
		s.route(c, target, m, quiet)
	}
}

// targetMax is what 005 TARGMAX says of a command.
func (s *Server) targetMax(command string) int {
	for pair := range strings.SplitSeq(s.support["TARGMAX"], ",") {
		if name, most, _ := strings.Cut(pair, ":"); name == command {
			if n, err := strconv.Atoi(most); err == nil {
				return n
			}
		}
	}
	return 1 << 30
}

// route brings a message to whom it is for, and back to who said it if they want its
// echo.
func (s *Server) route(c *client, target string, m message, quiet bool) {
	refuse := func(numeric, name, text string) {
		if !quiet {
			s.reply(c, numeric, name, text)
		}
	}
	status, name := "", target
	for name != "" && strings.IndexByte(s.support["STATUSMSG"], name[0]) >= 0 {
		status, name = status+name[:1], name[1:]
	}
	if !s.isChannel(name) {
		o := s.find(c, target)
		if o == nil {
			refuse("401", target, "No such nick/channel")
			return
		}
		m.params[0] = o.nick
		s.deliver(c, []*client{o}, m)
		if o.isAway && m.command == "PRIVMSG" {
			s.reply(c, "301", o.nick, o.away)
		}
		return
	}
	ch := s.channel(name)
	switch {
	case ch == nil:
		refuse("403", target, "No such channel")
	case !s.maySpeak(c, ch):
		refuse("404", ch.name, "Cannot send to channel")
	default:
		m.params[0] = status + ch.name
		s.deliver(c, s.hearers(c, ch, status), m)
	}
}

// maySpeak says whether somebody's words reach a channel.
func (s *Server) maySpeak(c *client, ch *channel) bool {
	m := ch.members[c]
	switch {
	case m != nil && m.modes != "":
		return true
	case m == nil && ch.has('n'), ch.has('m'), s.isBanned(c, ch, 'b'):
		return false
	}
	return s.kinds['q'] != kindList || !s.isBanned(c, ch, 'q')
}

// hearers are the members of a channel but c, or with a status prefix those who have
// at least the lowest of it.
func (s *Server) hearers(c *client, ch *channel, status string) []*client {
	lowest := len(s.prefixes)
	if status != "" {
		lowest = -1
		for _, symbol := range []byte(status) {
			lowest = max(lowest, strings.IndexByte(s.symbols, symbol))
		}
	}
	var out []*client
	for _, o := range s.membersOf(ch, c) {
		if o != c && s.rank(o, ch) <= lowest {
			out = append(out, o)
		}
	}
	return out
}

// deliver gives a message its id, sends it, and echoes it. IRCv3 echo-message: of what
// one says to oneself there are two.
func (s *Server) deliver(c *client, to []*client, m message) {
	m.id = s.newID()
	if c.caps["echo-message"] {
		s.send(c, m)
	}
	if over := len(m.body()) - (maxBody - 2); over > 0 {
		s.violation(c, fmt.Sprintf("the last %d bytes of a %s are lost: %q", over, m.command, m.body()))
	}
	for _, o := range to {
		switch {
		case m.command == "TAGMSG" && !o.caps["message-tags"]:
		case o == c: // no answer, but a side effect: not under the label
			m.at = s.config.Now()
			s.write(c, m)
		default:
			s.send(o, m)
		}
	}
}
