package ircd

import (
	"fmt"
	"strings"
)

// pass takes the server password. RFC 2812 §3.1.1.
func (s *Server) pass(c *client, l line) {
	if c.registered {
		s.reply(c, "462", "You may not reregister")
		return
	}
	c.password = l.param(0)
}

// user takes user name and real name. RFC 2812 §3.1.3.
func (s *Server) user(c *client, l line) {
	if c.registered || c.user != "" {
		s.reply(c, "462", "You may not reregister")
		return
	}
	name := strings.Map(func(r rune) rune {
		if r <= ' ' || r > '~' || strings.ContainsRune("!@:,*?", r) {
			return -1
		}
		return r
	}, l.param(0))
	if name == "" {
		name = "user"
	}
	c.user = s.support.cut("USERLEN", name)
	c.realname = s.support.cut("NAMELEN", l.param(3))
	s.register(c)
}

// nick gives or changes a nick. RFC 2812 §3.1.2.
func (s *Server) nick(c *client, l line) {
	nick := l.param(0)
	if nick == "" {
		s.violation(c, "NICK without a nick")
		s.reply(c, "431", "No nickname given")
		return
	}
	if longest := s.support.number("NICKLEN"); len(nick) > longest {
		if c.registered {
			s.violation(c, "NICK longer than NICKLEN: "+nick)
		}
		if s.config.CutNick {
			nick = nick[:longest]
		}
	}
	if !validNick(nick) || len(nick) > s.support.number("NICKLEN") {
		s.reply(c, "432", nick, "Erroneous nickname")
		return
	}
	if o := s.nicks[s.fold(nick)]; o != nil && o != c {
		if o.far != c.far {
			s.reply(c, "436", nick, "Nickname collision")
		} else {
			s.reply(c, "433", nick, "Nickname is already in use")
		}
		return
	}
	s.rename(c, nick)
	s.register(c)
}

// rename moves a client to a free nick and tells who should know.
func (s *Server) rename(c *client, nick string) {
	if nick == c.nick {
		return
	}
	m := c.says("NICK", nick)
	if c.nick != "" {
		delete(s.nicks, s.fold(c.nick))
	}
	c.nick = nick
	s.nicks[s.fold(nick)] = c
	if c.registered {
		s.send(c, m)
		s.toPeers(c, m, nil)
	}
}

// register lets a client in when all is there that must be.
func (s *Server) register(c *client) {
	if c.registered || c.nick == "" || c.user == "" || c.negotiating {
		return
	}
	if s.config.Password != "" && c.password != s.config.Password {
		s.reply(c, "464", "Password incorrect")
		s.end(c, "Bad password")
		return
	}
	c.registered = true
	s.welcome(c)
}

// welcome is what the server says to who is let in. RFC 2812 §5.1.
func (s *Server) welcome(c *client) {
	conf := s.config
	s.reply(c, "001", "Welcome to the "+conf.Network+" IRC network "+c.mask())
	s.reply(c, "002", "Your host is "+conf.Name+", running "+conf.Software)
	s.reply(c, "003", "This server was created "+s.created.UTC().Format("2006-01-02 15:04:05"))
	s.reply(c, "004", conf.Name, conf.Software, "iw", s.letters())
	tokens := s.support.tokens()
	const most = 12 // RPL_ISUPPORT has thirteen at most, and the text
	for len(tokens) > 0 {
		n := min(most, len(tokens))
		s.reply(c, "005", append(tokens[:n:n], "are supported by this server")...)
		tokens = tokens[n:]
	}
	s.lusers(c, line{})
	s.motd(c, line{})
}

const software = "isthmus-ircd"

// ping answers a PING.
func (s *Server) ping(c *client, l line) {
	s.send(c, s.says("PONG", s.config.Name, l.param(0)))
}

// quit ends a connection as its user wished. RFC 2812 §3.1.7.
func (s *Server) quit(c *client, l line) {
	reason := "Quit"
	if l.param(0) != "" {
		reason += ": " + l.param(0)
	}
	s.end(c, reason)
}

// lusers counts. RFC 2812 §3.4.2.
func (s *Server) lusers(c *client, _ line) {
	users := len(s.users())
	s.reply(c, "251", fmt.Sprintf("There are %d users and 0 invisible on 1 server", users))
	s.reply(c, "254", fmt.Sprint(len(s.channels)), "channels formed")
	s.reply(c, "255", fmt.Sprintf("I have %d clients and 0 servers", users))
}

// motd is the message of the day. RFC 2812 §3.4.1.
func (s *Server) motd(c *client, _ line) {
	if len(s.config.MOTD) == 0 {
		s.reply(c, "422", "There is no message of the day")
		return
	}
	s.reply(c, "375", "- "+s.config.Name+" message of the day -")
	for _, text := range s.config.MOTD {
		s.reply(c, "372", "- "+text)
	}
	s.reply(c, "376", "End of message of the day")
}

// version answers VERSION. RFC 2812 §3.4.3.
func (s *Server) version(c *client, _ line) {
	s.reply(c, "351", s.config.Software, s.config.Name, "for tests and for trying things")
}

// time answers TIME. RFC 2812 §3.4.6.
func (s *Server) time(c *client, _ line) {
	s.reply(c, "391", s.config.Name, s.config.Now().UTC().Format("Monday 2 January 2006 15:04:05 UTC"))
}
