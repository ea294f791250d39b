package ircd

import (
	"fmt"
	"strings"
)

// A command is what the server does about one.
type command struct {
	run   func(s *Server, c *client, l line)
	least int  // parameters that there must be: else 461
	early bool // allowed before registration
	empty int  // the parameter that may be empty, counted from 1
}

// commands is the table of all that the server knows.
func commands() map[string]command {
	return map[string]command{
		"AUTHENTICATE": {run: (*Server).authenticate, least: 1, early: true},
		"CAP":          {run: (*Server).capCommand, least: 1, early: true, empty: 2},
		"NICK":         {run: (*Server).nick, early: true, empty: 1},
		"PASS":         {run: (*Server).pass, least: 1, early: true},
		"PING":         {run: (*Server).ping, least: 1, early: true},
		"PONG":         {run: (*Server).ignore, early: true},
		"QUIT":         {run: (*Server).quit, early: true, empty: 1},
		"USER":         {run: (*Server).user, least: 4, early: true},

		"INVITE": {run: (*Server).invite, least: 2},
		"JOIN":   {run: (*Server).join, least: 1},
		"KICK":   {run: (*Server).kick, least: 2, empty: 3},
		"KNOCK":  {run: (*Server).knock, least: 1, empty: 2},
		"LIST":   {run: (*Server).listChannels},
		"MODE":   {run: (*Server).mode, least: 1},
		"TBAN":   {run: (*Server).timedBan, least: 3},
		"NAMES":  {run: (*Server).names},
		"PART":   {run: (*Server).part, least: 1, empty: 2},
		"TOPIC":  {run: (*Server).setTopic, least: 1, empty: 2},

		// Those who may be empty here are complained about by the command itself.
		"NOTICE":  {run: (*Server).speak, empty: 2},
		"PRIVMSG": {run: (*Server).speak, empty: 2},
		"TAGMSG":  {run: (*Server).tagmsg, empty: 1},

		"AWAY":     {run: (*Server).setAway, empty: 1},
		"ISON":     {run: (*Server).ison, least: 1},
		"SETNAME":  {run: (*Server).setName, least: 1},
		"USERHOST": {run: (*Server).userhost, least: 1},
		"WHO":      {run: (*Server).who},
		"WHOIS":    {run: (*Server).whois, empty: 1},
		"WHOWAS":   {run: (*Server).whowas},

		"LUSERS":  {run: (*Server).lusers},
		"MOTD":    {run: (*Server).motd},
		"TIME":    {run: (*Server).time},
		"VERSION": {run: (*Server).version},
	}
}

// receive takes one line as it came, with its end. long says that it was longer than
// any line may be.
func (s *Server) receive(c *client, text string, long bool) {
	if c.gone {
		return
	}
	text = s.clean(c, text)
	tags, body := 0, text
	if strings.HasPrefix(text, "@") {
		before, after, _ := strings.Cut(text, " ")
		tags, body = len(before)+1, after
	}
	if long || tags > maxTags {
		s.violation(c, fmt.Sprintf("line too long: %d bytes and more", len(text)))
		s.reply(c, "417", "Input line was too long")
		return
	}
	if len(body) > maxBody-2 {
		s.violation(c, fmt.Sprintf("line too long: %d bytes and its end", len(body)))
		text = text[:len(text)-len(body)+maxBody-2]
	}
	l, problem := parse(text)
	if problem != "" {
		s.violation(c, fmt.Sprintf("malformed line: %s: %q", problem, text))
	}
	if l.command != "" && !s.silent[l.command] {
		s.dispatch(c, l)
	}
}

// clean takes off the line's end, and what may not be in a line.
func (s *Server) clean(c *client, text string) string {
	text = strings.TrimSuffix(text, "\n")
	whole := strings.TrimSuffix(text, "\r")
	if whole == text {
		s.violation(c, fmt.Sprintf("line ends with LF alone: %q", text))
	}
	if strings.ContainsAny(whole, "\r\x00") {
		s.violation(c, fmt.Sprintf("CR or NUL in a line: %q", whole))
		whole = strings.NewReplacer("\r", "", "\x00", "").Replace(whole)
	}
	return whole
}

// dispatch runs a command, and answers for its label. IRCv3 labeled-response.
func (s *Server) dispatch(c *client, l line) {
	if len(l.tags) > 0 && !c.caps["message-tags"] && !c.caps["labeled-response"] {
		s.violation(c, l.command+" with tags that were not negotiated")
	}
	if label := l.tags["label"]; label != "" && c.caps["labeled-response"] && c.caps["batch"] {
		c.labelled = &labelled{label: label}
		defer func() {
			if c.labelled != nil {
				s.flushLabel(c)
			}
		}()
	}
	cmd, known := s.commands[l.command]
	if !known || l.command == "CAP" && s.config.Caps == nil {
		if l.command != "CAP" {
			s.violation(c, "unknown command "+l.command)
		}
		s.reply(c, "421", l.command, "Unknown command")
		return
	}
	if !c.registered && !cmd.early {
		s.violation(c, l.command+" before registration")
		s.reply(c, "451", "You have not registered")
		return
	}
	if len(l.params) < cmd.least {
		s.violation(c, l.command+" with too few parameters")
		s.reply(c, "461", l.command, "Not enough parameters")
		return
	}
	for i, p := range l.params {
		if p == "" && i+1 != cmd.empty {
			s.violation(c, fmt.Sprintf("%s with parameter %d empty", l.command, i+1))
		}
	}
	cmd.run(s, c, l)
}

// ignore is for what needs no answer.
func (s *Server) ignore(*client, line) {}
