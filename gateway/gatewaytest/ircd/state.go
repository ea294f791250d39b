package ircd

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"
)

// A client is a connection and, once registered, the user who owns it.
type client struct {
	out    *outbox
	id     int
	strict bool
	gone   bool

	nick, user, host, realname, account, away string

	isAway      bool
	password    string // as PASS gave it
	negotiating bool   // CAP LS or REQ holds registration until CAP END
	registered  bool
	caps        map[string]bool
	cap302      bool // CAP LS 302: values, and cap-notify
	authing     bool // AUTHENTICATE PLAIN was said
	modes       map[byte]bool
	far         bool // on the other side of a netsplit
	service     bool // one of the network's
	signon      time.Time
	active      time.Time // last PRIVMSG

	labelled *labelled // the command being answered, if it has a label
}

// mask is nick!user@host.
func (c *client) mask() string { return c.nick + "!" + c.user + "@" + c.host }

// name is the nick as numerics have it.
func (c *client) name() string {
	if c.nick == "" {
		return "*"
	}
	return c.nick
}

// says is a message of that user's.
func (c *client) says(command string, params ...string) message {
	return message{source: c.mask(), account: c.account, command: command, params: params}
}

// A channel lives as long as it has members.
type channel struct {
	name    string
	created time.Time
	members map[*client]*member
	flags   map[byte]string  // modes but prefixes and lists, with their parameter
	lists   map[byte][]entry // 'b', 'e', 'I', …
	invited map[*client]bool
	knocked []*client // who may not knock again
	topic   string
	topicBy string
	topicAt time.Time
}

// A member is what somebody is in a channel.
type member struct{ modes string } // prefix modes, highest first

// An entry is one line of a list mode.
type entry struct {
	mask, by string
	at       time.Time
}

func (ch *channel) has(flag byte) bool {
	_, ok := ch.flags[flag]
	return ok
}

// rank is the place of somebody's highest prefix, 0 the highest; who has none is
// below all.
func (s *Server) rank(c *client, ch *channel) int {
	if m := ch.members[c]; m != nil && m.modes != "" {
		return strings.IndexByte(s.prefixes, m.modes[0])
	}
	return len(s.prefixes)
}

// may says whether somebody's rank is at least that of a prefix mode.
func (s *Server) may(c *client, ch *channel, mode byte) bool {
	at := strings.IndexByte(s.prefixes, mode)
	return at >= 0 && s.rank(c, ch) <= at
}

// isOp is whether somebody may run the channel: a half-operator or above.
func (s *Server) isOp(c *client, ch *channel) bool {
	return s.may(c, ch, 'h') || s.may(c, ch, 'o')
}

// symbolsOf are somebody's prefixes, all of them or the highest.
func (s *Server) symbolsOf(m *member, all bool) string {
	var out []byte
	for i := range len(m.modes) {
		out = append(out, s.symbols[strings.IndexByte(s.prefixes, m.modes[i])])
		if !all {
			break
		}
	}
	return string(out)
}

// membersOf are those in a channel that c can see, c too if it is in it, by nick.
func (s *Server) membersOf(ch *channel, c *client) []*client {
	var out []*client
	for m := range ch.members {
		if c == nil || m.far == c.far {
			out = append(out, m)
		}
	}
	slices.SortFunc(out, func(a, b *client) int { return cmp.Compare(s.fold(a.nick), s.fold(b.nick)) })
	return out
}

// channelsOf are the channels that somebody is in, by name.
func (s *Server) channelsOf(c *client) []*channel {
	var out []*channel
	for _, ch := range s.sortedChannels() {
		if ch.members[c] != nil {
			out = append(out, ch)
		}
	}
	return out
}

// sortedChannels are all channels, by name.
func (s *Server) sortedChannels() []*channel {
	var out []*channel
	for _, key := range slices.Sorted(maps.Keys(s.channels)) {
		out = append(out, s.channels[key])
	}
	return out
}

// share says whether two share a channel.
func (s *Server) share(a, b *client) bool {
	for _, ch := range s.channels {
		if ch.members[a] != nil && ch.members[b] != nil {
			return true
		}
	}
	return false
}

// users are all that are registered, by nick.
func (s *Server) users() []*client {
	var out []*client
	for _, key := range slices.Sorted(maps.Keys(s.nicks)) {
		if c := s.nicks[key]; c.registered {
			out = append(out, c)
		}
	}
	return out
}

// find is the user with a nick whom viewer can see; nil if there is none.
func (s *Server) find(viewer *client, nick string) *client {
	if c := s.nicks[s.fold(nick)]; c != nil && c.registered && c.far == viewer.far {
		return c
	}
	return nil
}

// channel finds a channel; nil if there is none.
func (s *Server) channel(name string) *channel { return s.channels[s.fold(name)] }

// leave takes somebody out of a channel, which ends with its last member.
func (s *Server) leave(c *client, ch *channel) {
	delete(ch.members, c)
	if len(ch.members) == 0 {
		delete(s.channels, s.fold(ch.name))
	}
}
