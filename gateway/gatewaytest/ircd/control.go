package ircd

import "slices"

// Inject puts a raw line, without its end, on the wire to a client, registered or not.
// False: nobody has that nick.
func (s *Server) Inject(nick, line string) bool {
	return s.with(nick, func(c *client) { c.out.put(line + "\r\n") })
}

// Drop closes a client's socket without a word.
func (s *Server) Drop(nick string) bool {
	return s.with(nick, func(c *client) {
		c.out.abort()
		s.detach(c, "Connection reset by peer")
	})
}

// Kill throws a client off the network, as operators do.
func (s *Server) Kill(nick, reason string) bool {
	return s.with(nick, func(c *client) {
		s.send(c, s.says("KILL", c.nick, reason))
		s.end(c, "Killed ("+s.config.Name+" ("+reason+"))")
	})
}

// Rename forces another nick on a client, as services do. False: there is no such
// client, or the nick is taken or none.
func (s *Server) Rename(old, nick string) (ok bool) {
	s.with(old, func(c *client) {
		if o := s.nicks[s.fold(nick)]; validNick(nick) && (o == nil || o == c) {
			s.rename(c, nick)
			ok = true
		}
	})
	return ok
}

// ChangeHost gives a user another user name and host.
func (s *Server) ChangeHost(nick, user, host string) bool {
	return s.with(nick, func(c *client) { s.changeHost(c, user, host) })
}

// LogIn says that a user identified for an account; "" logs out.
func (s *Server) LogIn(nick, account string) bool {
	return s.with(nick, func(c *client) { s.logIn(c, account) })
}

// Appoint makes somebody a service of the network.
func (s *Server) Appoint(nick string) bool {
	return s.with(nick, func(c *client) { c.service = true })
}

// with runs f for a client, if there is one by that nick.
func (s *Server) with(nick string, f func(*client)) (found bool) {
	s.do(func() {
		if c := s.nicks[s.fold(nick)]; c != nil {
			found = true
			f(c)
		}
	})
	return found
}

// ServerMode sets modes of a channel as the server: ServerMode("#c", "+o-v", "ann",
// "bob"). False: there is no such channel.
func (s *Server) ServerMode(channel, flags string, params ...string) (found bool) {
	s.do(func() {
		if ch := s.channel(channel); ch != nil {
			found = true
			s.changeModes(nil, ch, flags, params)
		}
	})
	return found
}

// ServerOp makes somebody operator of a channel.
func (s *Server) ServerOp(channel, nick string) bool { return s.ServerMode(channel, "+o", nick) }

// Forward sends who joins one channel to another (470); an empty to ends that.
func (s *Server) Forward(from, to string) {
	s.do(func() {
		if s.validChannel(to) {
			s.forwards[s.fold(from)] = to
		} else {
			delete(s.forwards, s.fold(from))
		}
	})
}

// Refuse makes new connections end at once with an ERROR of that text, or no longer.
func (s *Server) Refuse(on bool, text string) {
	s.do(func() {
		if s.refusal = nil; on {
			s.refusal = &text
		}
	})
}

// Silence makes the server ignore a command, as if it had been lost, or no longer.
func (s *Server) Silence(command string, on bool) {
	s.do(func() { s.silent[command] = on })
}

// Nicks are those of all registered users, sorted.
func (s *Server) Nicks() (nicks []string) {
	s.do(func() {
		for _, c := range s.users() {
			nicks = append(nicks, c.nick)
		}
	})
	return nicks
}

// Channels are the names of all channels, sorted.
func (s *Server) Channels() (names []string) {
	s.do(func() {
		for _, ch := range s.sortedChannels() {
			names = append(names, ch.name)
		}
	})
	return names
}

// Members are the people in a channel, sorted by nick, with all their prefixes:
// "@+ann". Nil if there is no such channel.
func (s *Server) Members(channel string) (members []string) {
	s.do(func() {
		if ch := s.channel(channel); ch != nil {
			for _, c := range s.membersOf(ch, nil) {
				members = append(members, s.symbolsOf(ch.members[c], true)+c.nick)
			}
		}
	})
	return members
}

// Violations are what strict connections did wrong so far, in order: "ann: JOIN 0".
func (s *Server) Violations() (problems []string) {
	s.do(func() { problems = slices.Clone(s.problems) })
	return problems
}
