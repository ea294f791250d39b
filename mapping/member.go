package mapping

import (
	"strings"

	"isthmus/ircside/irc"
	"isthmus/xmppside/muc"
)

// InviteList is the mode of the list of those whom a channel lets in uninvited (ISUPPORT
// INVEX); 0: the network has none.
func InviteList(s *irc.Support) byte {
	for _, l := range Lists(s) {
		if l.Field == "irc#invitations" {
			return l.Mode
		}
	}
	return 0
}

// isExempt says whether somebody is known to be let in uninvited by a channel that lets in
// nobody else.
func isExempt(m irc.Member, ch irc.Channel, s *irc.Support) bool {
	for mask := range strings.FieldsSeq(exempt(ch)) {
		if irc.MatchMask(s, mask, m.Person) {
			return true
		}
	}
	return false
}

// exempt are the masks of whom that holds for; "" where everybody may come.
func exempt(ch irc.Channel) string {
	if ch.Exempt == "" || !ch.Has('i') {
		return ""
	}
	return ch.Exempt
}

// Membership makes a member of somebody who is in a channel that lists whom it lets in: by
// a mask, so that they can come back. Ranks that make more of them are taken, and voice is
// given where they need it to speak: the members of a moderated room may. XEP-0045 §5.1.2,
// §9.3
func Membership(sc Scene, m irc.Member, list byte, mask string) []irc.ModeChange {
	above := func(held byte) bool {
		_, affiliation := rankStanding(held, sc.Support, sc.Roles)
		return affiliation == muc.Admin || affiliation == muc.Owner
	}
	speaks := func(held rune) bool {
		_, affiliation := rankStanding(byte(held), sc.Support, sc.Roles)
		return affiliation == muc.Member
	}
	changes := []irc.ModeChange{{Add: true, Mode: list, Kind: irc.ListMode, Arg: mask}}
	if !strings.ContainsFunc(m.Modes, speaks) && isMuted(m, sc.Channel, sc.Support) {
		changes = append(changes, give(m, 'v')...)
	}
	return append(changes, take(m, above)...)
}

// WholeMask is a mask as networks keep it: nick!user@host, of which people write parts.
func WholeMask(mask string) string {
	at, bang := strings.IndexByte(mask, '@'), strings.IndexByte(mask, '!')
	switch {
	case at >= 0 && bang < 0:
		return "*!" + mask
	case bang >= 0 && at < 0:
		return mask + "@*"
	}
	return mask
}
