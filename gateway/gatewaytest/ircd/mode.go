package ircd

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// A modeKind says what a channel mode does with its parameter: the groups of 005
// CHANMODES, and PREFIX.
type modeKind uint8

const (
	kindUnknown modeKind = iota
	kindList             // a list of masks; without parameter, asks for it
	kindKey              // always a parameter
	kindLimit            // a parameter when set
	kindFlag
	kindPrefix
)

func modeKinds(chanModes, prefixes string) map[byte]modeKind {
	kinds := map[byte]modeKind{}
	for i, group := range strings.Split(chanModes, ",") {
		if i < 4 {
			for _, letter := range []byte(group) {
				kinds[letter] = kindList + modeKind(i)
			}
		}
	}
	for _, letter := range []byte(prefixes) {
		kinds[letter] = kindPrefix
	}
	return kinds
}

// letters are all modes, for 004.
func (s *Server) letters() string {
	return string(slices.Sorted(maps.Keys(s.kinds)))
}

// letters are the flags that are set.
func (ch *channel) letters() []byte { return slices.Sorted(maps.Keys(ch.flags)) }

// mode is MODE, of a channel or of oneself. RFC 2812 §3.1.5, §3.2.3.
func (s *Server) mode(c *client, l line) {
	if !s.isChannel(l.param(0)) {
		s.userMode(c, l)
		return
	}
	ch := s.channel(l.param(0))
	switch {
	case ch == nil:
		s.reply(c, "403", l.param(0), "No such channel")
	case len(l.params) == 1:
		s.tellModes(c, ch)
	default:
		s.changeModes(c, ch, l.params[1], l.params[2:])
	}
}

// tellModes is 324 and 329. Outsiders do not see parameters.
func (s *Server) tellModes(c *client, ch *channel) {
	words := []string{ch.name, "+" + string(ch.letters())}
	for _, letter := range ch.letters() {
		if param := ch.flags[letter]; param != "" && ch.members[c] != nil {
			words = append(words, param)
		}
	}
	s.reply(c, "324", words...)
	s.reply(c, "329", ch.name, strconv.FormatInt(ch.created.Unix(), 10))
}

// A modeChange is one letter of a MODE.
type modeChange struct {
	add    bool
	letter byte
	param  string
	who    *client // of a prefix mode
}

// modeEdit is one MODE of a channel being done.
type modeEdit struct {
	s      *Server
	by     *client // nil: the server, who may do all
	ch     *channel
	done   []modeChange // what differs, in order
	denied bool         // 482 was said
	listed string       // lists that were told
}

// changeModes does a MODE of a channel, and tells its members what changed by it.
func (s *Server) changeModes(by *client, ch *channel, flags string, args []string) {
	e := &modeEdit{s: s, by: by, ch: ch}
	add, taken := true, 0
	for i := range len(flags) {
		letter := flags[i]
		if letter == '+' || letter == '-' {
			add = letter == '+'
			continue
		}
		change := modeChange{add: add, letter: letter}
		if kind := s.kinds[letter]; takesParam(kind, add) && len(args) > 0 {
			change.param, args = args[0], args[1:]
			if taken++; by != nil && taken > s.support.number("MODES") {
				s.violation(by, "more parameters than MODES: "+flags)
				break
			}
		}
		e.apply(change)
	}
	e.announce()
}

// announce tells the members what changed: on either side of a netsplit that which
// they can see.
func (e *modeEdit) announce() {
	sides := map[bool]message{}
	for _, far := range []bool{false, true} {
		done := slices.DeleteFunc(slices.Clone(e.done), func(c modeChange) bool { return c.who != nil && c.who.far != far })
		if len(done) == 0 || e.by != nil && e.by.far != far {
			continue
		}
		m := e.s.says("MODE", append([]string{e.ch.name}, printModes(done)...)...)
		if e.by != nil {
			m.source, m.account = e.by.mask(), e.by.account
		}
		sides[far] = m
	}
	for c := range e.ch.members {
		if m, told := sides[c.far]; told {
			e.s.send(c, m)
		}
	}
}

func takesParam(kind modeKind, add bool) bool {
	return kind == kindList || kind == kindKey || kind == kindPrefix || kind == kindLimit && add
}

// printModes writes changes as MODE has them.
func printModes(changes []modeChange) []string {
	var flags []byte
	words := []string{""}
	sign := byte(0)
	for _, c := range changes {
		now := byte('-')
		if c.add {
			now = '+'
		}
		if now != sign {
			flags, sign = append(flags, now), now
		}
		flags = append(flags, c.letter)
		if c.param != "" {
			words = append(words, c.param)
		}
	}
	words[0] = string(flags)
	return words
}

// tell sends a numeric to whoever gave the MODE.
func (e *modeEdit) tell(numeric string, params ...string) {
	if e.by != nil {
		e.s.reply(e.by, numeric, params...)
	}
}

// apply does one change, or says why not; what changes nothing is passed over.
func (e *modeEdit) apply(c modeChange) {
	kind := e.s.kinds[c.letter]
	switch {
	case kind == kindUnknown:
		e.tell("472", string(c.letter), "is unknown mode char to me")
		return
	case kind == kindList && c.param == "":
		e.tellList(c.letter)
		return
	case !e.allowed(kind, c.letter):
		if !e.denied {
			e.denied = true
			e.tell("482", e.ch.name, "You're not channel operator")
		}
		return
	case c.param == "" && takesParam(kind, c.add) && (c.add || kind == kindPrefix):
		e.tell("696", e.ch.name, string(c.letter), "*", "You must specify a parameter")
		return
	}
	switch kind {
	case kindList:
		e.setList(c)
	case kindPrefix:
		e.setPrefix(c)
	default:
		e.setFlag(c)
	}
}

// allowed says whether the giver's rank is enough: a prefix mode is given by who has
// it, or one above; voice by half-operators too.
func (e *modeEdit) allowed(kind modeKind, letter byte) bool {
	switch {
	case e.by == nil:
		return true
	case kind != kindPrefix || letter == 'v':
		return e.s.isOp(e.by, e.ch)
	case letter == 'h':
		return e.s.may(e.by, e.ch, 'o')
	}
	return e.s.may(e.by, e.ch, letter)
}

func (e *modeEdit) setPrefix(c modeChange) {
	var who *client
	if e.by != nil {
		who = e.s.find(e.by, c.param)
	} else {
		who = e.s.nicks[e.s.fold(c.param)]
	}
	if who == nil {
		e.tell("401", c.param, "No such nick/channel")
		return
	}
	m := e.ch.members[who]
	if m == nil {
		e.tell("441", who.nick, e.ch.name, "They aren't on that channel")
		return
	}
	if strings.IndexByte(m.modes, c.letter) >= 0 == c.add {
		return
	}
	var modes []byte
	for _, p := range []byte(e.s.prefixes) {
		if p == c.letter && c.add || p != c.letter && strings.IndexByte(m.modes, p) >= 0 {
			modes = append(modes, p)
		}
	}
	m.modes = string(modes)
	c.who, c.param = who, who.nick
	e.done = append(e.done, c)
}

func (e *modeEdit) setList(c modeChange) {
	if strings.HasPrefix(c.param, ":") || strings.Contains(c.param, " ") {
		e.tell("696", e.ch.name, string(c.letter), c.param, "Invalid mask")
		return
	}
	if e.s.config.NoExtBans && strings.HasPrefix(c.param, "$") {
		e.tell("743", e.ch.name, string(c.letter), c.param, "Invalid ban mask")
		return
	}
	c.param = fullMask(c.param)
	list := e.ch.lists[c.letter]
	at := slices.IndexFunc(list, func(o entry) bool { return e.s.fold(o.mask) == e.s.fold(c.param) })
	switch {
	case at >= 0 == c.add:
		return
	case c.add && len(list) >= e.s.support.number("MAXLIST"):
		e.tell("478", e.ch.name, string(c.letter), "Channel list is full")
		return
	case c.add:
		by := e.s.config.Name
		if e.by != nil {
			by = e.by.mask()
		}
		e.ch.lists[c.letter] = append(list, entry{mask: c.param, by: by, at: e.s.config.Now()})
	default:
		c.param = list[at].mask
		e.ch.lists[c.letter] = slices.Delete(list, at, at+1)
	}
	e.done = append(e.done, c)
}

func (e *modeEdit) setFlag(c modeChange) {
	old, had := e.ch.flags[c.letter]
	if !c.add {
		if had {
			if e.s.kinds[c.letter] == kindKey {
				c.param = old
			}
			delete(e.ch.flags, c.letter)
			e.done = append(e.done, c)
		}
		return
	}
	limit, err := strconv.Atoi(c.param)
	if strings.ContainsAny(c.param, " ,") || strings.HasPrefix(c.param, ":") ||
		c.letter == 'l' && (err != nil || limit <= 0) {
		e.tell("696", e.ch.name, string(c.letter), c.param, "Invalid parameter")
		return
	}
	if !had || old != c.param {
		e.ch.flags[c.letter] = c.param
		e.done = append(e.done, c)
	}
}
