package ircd

import (
	"encoding/base64"
	"strings"
)

// authenticate is SASL PLAIN. IRCv3 sasl-3.1, RFC 4616.
func (s *Server) authenticate(c *client, l line) {
	if !c.caps["sasl"] {
		s.violation(c, "AUTHENTICATE without sasl")
		s.reply(c, "904", "SASL authentication failed")
		return
	}
	switch word := l.param(0); {
	case c.account != "":
		s.reply(c, "907", "You have already authenticated")
	case word == "*":
		c.authing = false
		s.reply(c, "906", "SASL authentication aborted")
	case c.authing:
		c.authing = false
		s.plain(c, word)
	case strings.EqualFold(word, "PLAIN"):
		c.authing = true
		s.send(c, message{command: "AUTHENTICATE", params: []string{"+"}})
	default:
		s.reply(c, "908", "PLAIN", "are available SASL mechanisms")
		s.reply(c, "904", "SASL authentication failed")
	}
}

// plain checks one response; longer ones, in several lines, no account here needs.
func (s *Server) plain(c *client, response string) {
	b, err := base64.StdEncoding.DecodeString(response)
	parts := strings.Split(string(b), "\x00")
	if err != nil || len(parts) != 3 || parts[1] == "" || parts[0] != "" && parts[0] != parts[1] {
		s.violation(c, "malformed SASL PLAIN response")
		s.reply(c, "904", "SASL authentication failed")
		return
	}
	if password, known := s.config.Accounts[parts[1]]; !known || password != parts[2] {
		s.reply(c, "904", "SASL authentication failed")
		return
	}
	s.logIn(c, parts[1])
	s.reply(c, "903", "SASL authentication successful")
}

// logIn sets somebody's account and tells who should know; "" logs out.
func (s *Server) logIn(c *client, account string) {
	c.account = account
	if account == "" {
		s.reply(c, "901", c.mask(), "You are now logged out")
	} else {
		s.reply(c, "900", c.mask(), account, "You are now logged in as "+account)
	}
	if c.registered {
		word := account
		if word == "" {
			word = "*"
		}
		s.toPeers(c, c.says("ACCOUNT", word), func(p *client) bool { return p.caps["account-notify"] })
	}
}
