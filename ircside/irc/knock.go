package irc

import "strings"

// Knock asks the operators of a channel to let us in. Some networks want a reason, so
// there is always one.
type Knock struct{ Channel, Reason string }

// noReason is said where there is none.
const noReason = "may I come in?"

func (c Knock) lines(s *Support) ([]Line, error) {
	if err := checkChannel(s, c.Channel); err != nil {
		return nil, err
	}
	reason := c.Reason
	if strings.TrimSpace(reason) == "" {
		reason = noReason
	}
	return withText(s, maxKnock, reason, "KNOCK", c.Channel)
}

func (c Knock) verb() string   { return "KNOCK" }
func (c Knock) target() string { return c.Channel }

// maxKnock is how many bytes of a reason are sent: it is told to others in a line with
// more before it.
const maxKnock = 250

// Knocked says that somebody wants to be let into a channel of which we are an
// operator.
type Knocked struct {
	Channel string
	Person  Person // user and host may be unknown
	Reason  string // "" if none was given; mIRC codes still in it
}

func (Knocked) event() {}

// onKnock is 710: the channel, once or twice, who knocks, and a text.
func (c *Core) onKnock(in *incoming) {
	if len(in.Params) < 4 {
		return
	}
	mask := in.Params[len(in.Params)-2]
	reason, ok := strings.CutPrefix(in.Last(), "is KNOCKing: ") // InspIRCd
	if !ok {
		reason = "" // "has asked for an invite"
	}
	c.knocked(in.Param(1), mask, reason)
}

// knocked tells that somebody knocks, unless what is said of them makes no sense.
func (c *Core) knocked(channel, mask, reason string) bool {
	nick, user, host := SplitMask(mask)
	if !c.support.IsChannel(channel) || checkChannel(c.support, channel) != nil || checkNick(c.support, nick) != nil || !isName(nick) {
		return false
	}
	if user == "" || host == "" {
		user, host = "", ""
	}
	if reason == noReason {
		reason = ""
	}
	c.event(Knocked{Channel: channel, Person: Person{Nick: nick, User: user, Host: host}, Reason: reason})
	return true
}

// knockNotices are how servers tell operators of a knock that use no numeric. In the
// pattern stand N for nick, M for nick!user@host, U for user@host, C for the channel
// and R for the reason. That of an ircd is known by its text: 004 may name anything.
var knockNotices = []struct{ ircd, pattern string }{
	{"inspircd", "User N is KNOCKing on C (R)"},
	{"ircd-hybrid, oftc-hybrid", "KNOCK: C (N [U] has asked for an invite)"},
	{"unrealircd", "[Knock] by M (R)"},
}

// knockNotice takes a notice of a server's to the operators of a channel that says that
// somebody knocks.
func (c *Core) knockNotice(to, text string) bool {
	channel := to
	for channel != "" && c.support.isRank(channel[0]) && !c.support.IsChannel(channel) {
		channel = channel[1:]
	}
	if !c.support.IsChannel(channel) {
		return false
	}
	for _, n := range knockNotices {
		if found, ok := readKnock(n.pattern, text); ok && (found['C'] == "" || c.support.same(found['C'], channel)) {
			mask := found['M']
			if mask == "" {
				mask = found['N'] + "!" + found['U'] // without a user it is the nick alone
			}
			reason := found['R']
			if reason == "no reason specified" { // UnrealIRCd
				reason = ""
			}
			return c.knocked(channel, mask, reason)
		}
	}
	return false
}

// readKnock matches a text with a pattern of [knockNotices] from left to right: all but
// R end where what follows in the pattern begins, R where the text ends.
func readKnock(pattern, text string) (found map[byte]string, ok bool) {
	found = map[byte]string{}
	for pattern != "" {
		at := placeholder(pattern)
		if at < 0 {
			return found, text == pattern
		}
		if !strings.HasPrefix(text, pattern[:at]) {
			return nil, false
		}
		name := pattern[at]
		text, pattern = text[at:], pattern[at+1:]
		literal := pattern
		if next := placeholder(pattern); next >= 0 {
			literal = pattern[:next]
		}
		end := strings.Index(text, literal)
		if name == 'R' {
			end = strings.LastIndex(text, literal)
		}
		if end < 0 || name != 'R' && (end == 0 || strings.ContainsRune(text[:end], ' ')) {
			return nil, false
		}
		found[name], text = text[:end], text[end:]
	}
	return found, text == ""
}

// placeholder is where the next one of a pattern is; -1: there is none. They stand
// alone, as no capital of a word does.
func placeholder(pattern string) int {
	word := func(i int) bool { return i >= 0 && i < len(pattern) && isAlnum(pattern[i]) }
	for i := range len(pattern) {
		if strings.IndexByte("NMUCR", pattern[i]) >= 0 && !word(i-1) && !word(i+1) {
			return i
		}
	}
	return -1
}
