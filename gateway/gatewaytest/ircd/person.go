package ircd

// setAway marks somebody away, or back. RFC 2812 §4.1, IRCv3 away-notify.
func (s *Server) setAway(c *client, l line) {
	m := c.says("AWAY")
	c.away = s.support.cut("AWAYLEN", l.param(0))
	if c.isAway = c.away != ""; c.isAway {
		m.params = []string{c.away}
		s.reply(c, "306", "You have been marked as being away")
	} else {
		s.reply(c, "305", "You are no longer marked as being away")
	}
	s.toPeers(c, m, func(p *client) bool { return p.caps["away-notify"] })
}

// setName changes a real name. IRCv3 setname.
func (s *Server) setName(c *client, l line) {
	if !c.caps["setname"] {
		s.violation(c, "SETNAME without setname")
		s.reply(c, "421", l.command, "Unknown command")
		return
	}
	if name := l.param(0); name == "" || len(name) > s.support.number("NAMELEN") {
		s.fail(c, "SETNAME", "INVALID_REALNAME", "Realname is not valid")
		return
	}
	c.realname = l.param(0)
	m := c.says("SETNAME", c.realname)
	s.send(c, m)
	s.toPeers(c, m, func(p *client) bool { return p.caps["setname"] })
}

// changeHost gives somebody another user and host: by CHGHOST to who knows it, to
// others as if they had left and come back. IRCv3 chghost.
func (s *Server) changeHost(c *client, user, host string) {
	was := c.says("CHGHOST", user, host)
	quit := c.says("QUIT", "Changing host")
	c.user, c.host = user, host
	if c.caps["chghost"] {
		s.send(c, was)
	} else {
		s.reply(c, "396", host, "is now your displayed host")
	}
	for _, peer := range s.peers(c) {
		if peer.caps["chghost"] {
			s.send(peer, was)
			continue
		}
		s.send(peer, quit)
		s.rejoin(peer, c, "")
		s.regain(peer, c)
	}
}

// rejoin shows a viewer that somebody is back in the channels that both are in.
func (s *Server) rejoin(viewer, c *client, batch string) {
	for _, ch := range s.channelsOf(c) {
		if ch.members[viewer] != nil {
			s.announce(viewer, c, ch, batch)
		}
	}
}

// regain shows a viewer what somebody who is back may do in those channels.
func (s *Server) regain(viewer, c *client) {
	for _, ch := range s.channelsOf(c) {
		modes := ch.members[c].modes
		if ch.members[viewer] == nil || modes == "" {
			continue
		}
		words := []string{ch.name, "+" + modes}
		for range modes {
			words = append(words, c.nick)
		}
		s.send(viewer, s.says("MODE", words...))
	}
}
