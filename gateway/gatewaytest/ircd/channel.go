package ircd

import (
	"slices"
	"strconv"
	"strings"
)

// join enters channels. RFC 2812 §3.2.1.
func (s *Server) join(c *client, l line) {
	if l.param(0) == "0" {
		s.violation(c, "JOIN 0")
		for _, ch := range s.channelsOf(c) {
			s.depart(c, ch, "Left all channels")
		}
		return
	}
	keys := strings.Split(l.param(1), ",")
	for i, name := range strings.Split(l.param(0), ",") {
		key := ""
		if i < len(keys) {
			key = keys[i]
		}
		s.joinOne(c, name, key)
	}
}

func (s *Server) joinOne(c *client, name, key string) {
	if c.gone {
		return // what the join before said was too much for its queue
	}
	if !s.isChannel(name) {
		s.reply(c, "403", name, "No such channel")
		return
	}
	if !s.validChannel(name) {
		s.reply(c, "476", name, "Bad channel mask")
		return
	}
	if to := s.forwards[s.fold(name)]; to != "" {
		s.reply(c, "470", name, to, "Forwarding to another channel")
		name = to
	}
	ch := s.channel(name)
	if ch != nil && ch.members[c] != nil {
		return
	}
	if len(s.channelsOf(c)) >= s.support.number("CHANLIMIT") {
		s.reply(c, "405", name, "You have joined too many channels")
		return
	}
	if ch != nil {
		if numeric, why := s.bars(c, ch, key); numeric != "" {
			s.reply(c, numeric, ch.name, "Cannot join channel ("+why+")")
			return
		}
	}
	s.enter(c, ch, name)
}

// bars says why somebody may not join; "" if they may.
func (s *Server) bars(c *client, ch *channel, key string) (numeric, why string) {
	switch limit, _ := strconv.Atoi(ch.flags['l']); {
	case s.isBanned(c, ch, 'b'):
		return "474", "+b"
	case ch.has('i') && !ch.invited[c] && !s.listed(c, ch, 'I'):
		return "473", "+i"
	case ch.has('k') && ch.flags['k'] != key:
		return "475", "+k"
	case ch.has('l') && len(ch.members) >= limit:
		return "471", "+l"
	}
	return "", ""
}

// listed says whether one of a list's masks matches somebody.
func (s *Server) listed(c *client, ch *channel, list byte) bool {
	return slices.ContainsFunc(ch.lists[list], func(e entry) bool { return s.matches(e.mask, c.mask()) })
}

func (s *Server) isBanned(c *client, ch *channel, list byte) bool {
	return s.listed(c, ch, list) && !s.listed(c, ch, 'e')
}

// enter puts somebody into a channel, which is made if it is nil.
func (s *Server) enter(c *client, ch *channel, name string) {
	created := ch == nil
	m := &member{}
	if created {
		ch = &channel{
			name: name, created: s.config.Now(), members: map[*client]*member{},
			flags: map[byte]string{}, lists: map[byte][]entry{}, invited: map[*client]bool{},
		}
		s.channels[s.fold(name)] = ch
		if strings.Contains(s.prefixes, "o") {
			m.modes = "o"
		}
		for _, flag := range []byte("nt") {
			if s.kinds[flag] == kindFlag {
				ch.flags[flag] = ""
			}
		}
	}
	ch.members[c] = m
	delete(ch.invited, c)
	for _, viewer := range s.membersOf(ch, c) {
		s.announce(viewer, c, ch, "")
	}
	if created && len(ch.flags) > 0 {
		s.send(c, s.says("MODE", ch.name, "+"+string(ch.letters())))
	}
	if ch.topic != "" {
		s.tellTopic(c, ch)
	}
	s.sendNames(c, ch)
}

// announce shows a viewer that somebody joined. IRCv3 extended-join, away-notify.
func (s *Server) announce(viewer, c *client, ch *channel, batch string) {
	m := c.says("JOIN", ch.name)
	m.batch = batch
	if viewer.caps["extended-join"] {
		account := c.account
		if account == "" {
			account = "*"
		}
		m.params = append(m.params, account, c.realname)
	}
	s.send(viewer, m)
	if c.isAway && viewer != c && viewer.caps["away-notify"] {
		m := c.says("AWAY", c.away)
		m.batch = batch
		s.send(viewer, m)
	}
}

// part leaves channels. RFC 2812 §3.2.2.
func (s *Server) part(c *client, l line) {
	for name := range strings.SplitSeq(l.param(0), ",") {
		if ch := s.joined(c, name); ch != nil {
			s.depart(c, ch, l.param(1))
		}
	}
}

// joined is a channel that c is in; if it is not, c is told so.
func (s *Server) joined(c *client, name string) *channel {
	ch := s.channel(name)
	switch {
	case ch == nil:
		s.reply(c, "403", name, "No such channel")
	case ch.members[c] == nil:
		s.reply(c, "442", ch.name, "You're not on that channel")
		ch = nil
	}
	return ch
}

func (s *Server) depart(c *client, ch *channel, reason string) {
	m := c.says("PART", ch.name)
	if reason != "" {
		m.params = append(m.params, reason)
	}
	s.toChannel(ch, c, m)
	s.leave(c, ch)
}

// names tells who is in channels. RFC 2812 §3.2.5.
func (s *Server) names(c *client, l line) {
	if l.param(0) == "" {
		s.reply(c, "366", "*", "End of /NAMES list")
		return
	}
	for name := range strings.SplitSeq(l.param(0), ",") {
		if ch := s.channel(name); ch != nil && s.visible(ch, c) {
			s.sendNames(c, ch)
		} else {
			s.reply(c, "366", name, "End of /NAMES list")
		}
	}
}

// visible says whether a channel shows itself to somebody.
func (s *Server) visible(ch *channel, c *client) bool {
	return ch.members[c] != nil || !ch.has('s') && !ch.has('p')
}

// sendNames is 353 and 366. IRCv3 multi-prefix, userhost-in-names.
func (s *Server) sendNames(c *client, ch *channel) {
	symbol := "="
	if ch.has('s') {
		symbol = "@"
	} else if ch.has('p') {
		symbol = "*"
	}
	var words []string
	for _, o := range s.membersOf(ch, c) {
		if o.modes['i'] && ch.members[c] == nil {
			continue
		}
		word := o.nick
		if c.caps["userhost-in-names"] {
			word = o.mask()
		}
		words = append(words, s.symbolsOf(ch.members[o], c.caps["multi-prefix"])+word)
	}
	s.list(c, "353", []string{symbol, ch.name}, words)
	s.reply(c, "366", ch.name, "End of /NAMES list")
}

// setTopic tells or changes a topic. RFC 2812 §3.2.4.
func (s *Server) setTopic(c *client, l line) {
	ch := s.joined(c, l.param(0))
	switch {
	case ch == nil:
	case len(l.params) == 1:
		s.tellTopic(c, ch)
	case ch.has('t') && !s.isOp(c, ch):
		s.notOp(c, ch)
	default:
		ch.topic = s.support.cut("TOPICLEN", l.param(1))
		ch.topicBy, ch.topicAt = c.mask(), s.config.Now()
		s.toChannel(ch, c, c.says("TOPIC", ch.name, ch.topic))
	}
}

func (s *Server) tellTopic(c *client, ch *channel) {
	if ch.topic == "" {
		s.reply(c, "331", ch.name, "No topic is set")
		return
	}
	s.reply(c, "332", ch.name, ch.topic)
	s.reply(c, "333", ch.name, ch.topicBy, strconv.FormatInt(ch.topicAt.Unix(), 10))
}

func (s *Server) notOp(c *client, ch *channel) {
	s.reply(c, "482", ch.name, "You're not channel operator")
}

// kick removes people from a channel. RFC 2812 §3.2.8.
func (s *Server) kick(c *client, l line) {
	ch := s.joined(c, l.param(0))
	if ch == nil {
		return
	}
	reason := c.nick
	if l.param(2) != "" {
		reason = s.support.cut("KICKLEN", l.param(2))
	}
	for nick := range strings.SplitSeq(l.param(1), ",") {
		victim := s.find(c, nick)
		switch {
		case !s.isOp(c, ch):
			s.notOp(c, ch)
			return
		case victim == nil:
			s.reply(c, "401", nick, "No such nick/channel")
		case ch.members[victim] == nil:
			s.reply(c, "441", victim.nick, ch.name, "They aren't on that channel")
		case s.rank(c, ch) > s.rank(victim, ch):
			s.reply(c, "482", ch.name, "You may not kick who is above you")
		default:
			s.toChannel(ch, c, c.says("KICK", ch.name, victim.nick, reason))
			s.leave(victim, ch)
		}
		if ch.members[c] == nil {
			return // it was c's own
		}
	}
}

// invite asks somebody in. RFC 2812 §3.2.7, IRCv3 invite-notify.
func (s *Server) invite(c *client, l line) {
	guest := s.find(c, l.param(0))
	if guest == nil {
		s.reply(c, "401", l.param(0), "No such nick/channel")
		return
	}
	ch := s.joined(c, l.param(1))
	switch {
	case ch == nil:
		return
	case ch.members[guest] != nil:
		s.reply(c, "443", guest.nick, ch.name, "is already on channel")
		return
	case ch.has('i') && !s.isOp(c, ch):
		s.notOp(c, ch)
		return
	}
	ch.invited[guest] = true
	s.reply(c, "341", guest.nick, ch.name)
	if guest.isAway {
		s.reply(c, "301", guest.nick, guest.away)
	}
	m := c.says("INVITE", guest.nick, ch.name)
	s.send(guest, m)
	for _, o := range s.membersOf(ch, c) {
		if o != c && o.caps["invite-notify"] {
			s.send(o, m)
		}
	}
}
