package ircd

import (
	"slices"
	"strconv"
	"strings"
)

// tellList answers a list mode without parameter, once in a MODE.
func (e *modeEdit) tellList(letter byte) {
	if strings.IndexByte(e.listed, letter) >= 0 || e.by == nil {
		return
	}
	e.listed += string(letter)
	numeric, end, words := "367", "368", "channel ban list"
	var mode []string // 728 names the list as well
	switch letter {
	case 'e':
		numeric, end, words = "348", "349", "channel exception list"
	case 'I':
		numeric, end, words = "346", "347", "channel invite exception list"
	case 'q':
		numeric, end, words = "728", "729", "channel quiet list"
		mode = []string{"q"}
	}
	head := append([]string{e.ch.name}, mode...)
	if letter != 'b' && !e.s.isOp(e.by, e.ch) {
		e.tell("482", e.ch.name, "You're not channel operator")
		return
	}
	for _, o := range e.ch.lists[letter] {
		at := strconv.FormatInt(o.at.Unix(), 10)
		e.tell(numeric, slices.Concat(head, []string{o.mask, o.by, at})...)
	}
	e.tell(end, slices.Concat(head, []string{"End of " + words})...)
}

// timedBan is InspIRCd's ban for so many seconds; here nobody waits for its end.
// https://docs.inspircd.org/4/modules/timedbans/
func (s *Server) timedBan(c *client, l line) {
	ch := s.channel(l.params[0])
	n, err := strconv.Atoi(l.params[1])
	switch {
	case !strings.HasPrefix(s.config.Software, "InspIRCd"):
		s.reply(c, "421", "TBAN", "Unknown command")
	case ch == nil:
		s.reply(c, "403", l.params[0], "No such channel")
	case err != nil || n <= 0:
		s.reply(c, "NOTICE", "Invalid ban time.")
	default:
		s.changeModes(c, ch, "+b", l.params[2:3])
	}
}

// userMode tells or changes one's own modes; i and w are known. RFC 2812 §3.1.5.
func (s *Server) userMode(c *client, l line) {
	switch o := s.find(c, l.param(0)); {
	case o == nil:
		s.reply(c, "401", l.param(0), "No such nick/channel")
		return
	case o != c:
		s.reply(c, "502", "Can't change mode for other users")
		return
	case len(l.params) == 1:
		s.reply(c, "221", "+"+c.modeLetters())
		return
	}
	var done []modeChange
	add, unknown := true, false
	for _, letter := range []byte(l.params[1]) {
		switch {
		case letter == '+' || letter == '-':
			add = letter == '+'
		case letter != 'i' && letter != 'w':
			unknown = true
		case c.modes[letter] != add:
			c.modes[letter] = add
			done = append(done, modeChange{add: add, letter: letter})
		}
	}
	if unknown {
		s.reply(c, "501", "Unknown MODE flag")
	}
	if len(done) > 0 {
		s.send(c, c.says("MODE", append([]string{c.nick}, printModes(done)...)...))
	}
}

func (c *client) modeLetters() string {
	var out []byte
	for _, letter := range []byte("iw") {
		if c.modes[letter] {
			out = append(out, letter)
		}
	}
	return string(out)
}
