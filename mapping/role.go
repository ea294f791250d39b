package mapping

import (
	"slices"
	"strings"

	"isthmus/ircside/irc"
	"isthmus/xmppside/muc"
	"isthmus/xmppside/stanza"
)

// An OwnerRule says whether channel operators count as owners: only owners are
// shown a room's configuration by their clients.
type OwnerRule string

// The rules. Any other value is OwnersAuto.
const (
	OwnersAuto   OwnerRule = "auto"   // where the network has no rank above theirs, and who made the channel
	OwnersAlways OwnerRule = "always" // everywhere
	OwnersNever  OwnerRule = "never"  // nowhere
)

// A RolePolicy is what the operator decides about ranks.
type RolePolicy struct {
	OpsAreOwners OwnerRule
	// Founder is the ID of who has made the channel, and by OwnersAuto owns it while they
	// are its operator; 0: nobody is known to. XEP-0045 §10.1
	Founder uint64
	// Silenced is the ID of who has been seen to have no voice, though nothing else that is
	// known says so; 0: nobody.
	Silenced uint64
}

// Standing is the role and the affiliation of a member: the best that any of their
// ranks gives. A rank is known by its place in PREFIX, not by its letter.
//
//	above o     moderator, owner
//	o           moderator, admin or owner (see OwnerRule)
//	h           moderator, member: whatever is between o and v
//	v           participant, member
//	none        participant, none; visitor where one needs a rank to speak (+m), or
//	            an account (+M), and who is silenced by a mask; member, who is known
//	            to be on the list of those that an invite-only channel (+i) lets in
func Standing(m irc.Member, ch irc.Channel, s *irc.Support, p RolePolicy) (muc.Role, muc.Affiliation) {
	if m.IsNobody() {
		return muc.RoleNone, muc.AffiliationNone
	}
	role, affiliation := muc.Participant, muc.AffiliationNone
	silenced := m.ID == p.Silenced && m.ID != 0
	if m.Modes == "" && (silenced || isMuted(m, ch, s) || len(quiets(m, ch, s)) > 0) {
		role = muc.Visitor
	}
	for i := range len(m.Modes) {
		r, a := rankStanding(m.Modes[i], s, p)
		role, affiliation = max(role, r), max(affiliation, a)
	}
	if affiliation == muc.AffiliationNone && isExempt(m, ch, s) {
		affiliation = muc.Member
	}
	if affiliation == muc.Admin && m.ID == p.Founder && m.ID != 0 && p.OpsAreOwners != OwnersNever {
		affiliation = muc.Owner
	}
	return role, affiliation
}

// isMuted says whether somebody cannot speak but for their ranks.
func isMuted(m irc.Member, ch irc.Channel, s *irc.Support) bool {
	perhaps := m.Account == "" && (ch.Has('M') || ch.Has('R')) // not to look it up for each member
	return ch.Has('m') || perhaps && mutesUnregistered(ch, s)
}

// mutesUnregistered says whether one needs an account or a rank to speak.
func mutesUnregistered(ch irc.Channel, s *irc.Support) bool {
	ircd := strings.ToLower(s.Version)
	return slices.ContainsFunc(chanModes, func(c chanMode) bool {
		return c.field == FieldUnregistered && ch.Has(c.letter) && c.isOf(ircd)
	})
}

// quiets are the known masks that silence somebody.
func quiets(m irc.Member, ch irc.Channel, s *irc.Support) (masks []string) {
	if ch.Quiets == "" {
		return nil
	}
	for _, mask := range strings.Fields(ch.Quiets) {
		if irc.MatchMask(s, mask, m.Person) {
			masks = append(masks, mask)
		}
	}
	return masks
}

func rankStanding(mode byte, s *irc.Support, p RolePolicy) (muc.Role, muc.Affiliation) {
	rank, op, voice := s.Rank(mode), s.Rank('o'), s.Rank('v')
	switch {
	case rank < 0:
		return muc.Participant, muc.AffiliationNone
	case rank < op:
		return muc.Moderator, muc.Owner
	case rank == op:
		return muc.Moderator, opsAffiliation(s, p)
	case rank < voice:
		return muc.Moderator, muc.Member
	case rank == voice:
		return muc.Participant, muc.Member
	}
	return muc.Participant, muc.AffiliationNone
}

func opsAffiliation(s *irc.Support, p RolePolicy) muc.Affiliation {
	switch p.OpsAreOwners {
	case OwnersAlways:
		return muc.Owner
	case OwnersNever:
		return muc.Admin
	}
	if topRank(s) == 'o' {
		return muc.Owner
	}
	return muc.Admin
}

// topRank is the highest rank that a channel's members can give.
func topRank(s *irc.Support) byte {
	for _, p := range s.Prefixes {
		if !isServerRank(p.Mode) {
			return p.Mode
		}
	}
	return 'o'
}

// isServerRank tells what only servers give and take: InspIRCd's mark of network
// operators.
func isServerRank(mode byte) bool { return mode == 'y' || mode == 'Y' }

// RoleChange is what makes a role of a member: modes to set, or a kick. It may be
// nothing, if they have it. Who must not speak loses their voice in a moderated
// channel; elsewhere they are silenced by a mask, where the network has that. A rank is
// given before another is taken: it may be ourselves, who may give nothing after that.
// XEP-0045 §8.
func RoleChange(s *irc.Support, m irc.Member, ch irc.Channel, want muc.Role) (changes []irc.ModeChange, kick bool, err *stanza.Error) {
	role, _ := Standing(m, ch, s, RolePolicy{})
	switch want {
	case muc.RoleNone:
		return nil, true, nil
	case muc.Visitor:
		changes, err = mute(s, m, ch, role)
	case muc.Participant:
		changes, err = unmute(s, m, ch, role)
	case muc.Moderator:
		if role != muc.Moderator {
			changes = give(m, 'o')
		}
	default:
		err = &stanza.Error{Type: stanza.Modify, Condition: stanza.BadRequest, Text: "Say which role they are to have."}
	}
	return changes, false, err
}

func mute(s *irc.Support, m irc.Member, ch irc.Channel, role muc.Role) ([]irc.ModeChange, *stanza.Error) {
	switch {
	case role == muc.Visitor:
		return nil, nil
	case role == muc.Moderator:
		return nil, notAllowed("They are a moderator. Make them a participant first.")
	case isMuted(m, ch, s):
		return take(m, func(byte) bool { return true }), nil
	}
	quiet, ok := quietMask(s, m.Person)
	if !ok {
		return nil, notAllowed("The room is not moderated, and the network has no other way to silence somebody. Set mode m first.")
	}
	quiet.Add = true
	// who has a rank may speak in spite of it
	return append(take(m, func(byte) bool { return true }), quiet), nil
}

func unmute(s *irc.Support, m irc.Member, ch irc.Channel, role muc.Role) ([]irc.ModeChange, *stanza.Error) {
	switch role {
	case muc.Visitor:
		var changes []irc.ModeChange
		for _, mask := range quiets(m, ch, s) {
			if quiet, ok := quietMode(s, mask); ok {
				changes = append(changes, quiet)
			}
		}
		if isMuted(m, ch, s) || len(changes) == 0 {
			changes = append(changes, give(m, 'v')...)
		}
		return changes, nil
	case muc.Moderator:
		if strings.ContainsAny(m.Modes, "yY") {
			return nil, notAllowed("They are an operator of the network.")
		}
		var changes []irc.ModeChange
		if isMuted(m, ch, s) && strings.IndexByte(m.Modes, 'v') < 0 {
			changes = give(m, 'v')
		}
		return append(changes, take(m, func(mode byte) bool {
			r, _ := rankStanding(mode, s, RolePolicy{})
			return r == muc.Moderator
		})...), nil
	}
	if quiet, ok := quietMask(s, m.Person); ok && m.Modes == "" {
		return []irc.ModeChange{quiet}, nil
	}
	return nil, nil
}

// AffiliationChange is what makes an affiliation of a member; it may be nothing, if
// they have it, or have it by a list. What no change of ranks comes nearer to is refused.
// An outcast is made by a ban: see [BanMask]. XEP-0045 §9, §10.
func AffiliationChange(sc Scene, m irc.Member, want muc.Affiliation) ([]irc.ModeChange, *stanza.Error) {
	_, affiliation := Standing(m, sc.Channel, sc.Support, sc.Roles)
	changes, err := affiliationModes(sc.Support, m, affiliation, want)
	listed := affiliation == muc.Member && m.Modes == ""
	if err == nil && len(changes) == 0 && affiliation != want && !listed {
		err = notAllowed("The network has no rank that makes the difference between %s and %s.", affiliation.String(), want.String())
	}
	return changes, err
}

func affiliationModes(s *irc.Support, m irc.Member, affiliation, want muc.Affiliation) ([]irc.ModeChange, *stanza.Error) {
	above := func(mode byte) func(byte) bool {
		return func(held byte) bool { return s.Rank(held) < s.Rank(mode) }
	}
	var changes []irc.ModeChange
	switch want {
	case muc.Owner:
		if top := topRank(s); affiliation != muc.Owner && strings.IndexByte(m.Modes, top) < 0 {
			changes = give(m, top)
		}
		return changes, nil
	case muc.Admin:
		if strings.IndexByte(m.Modes, 'o') < 0 {
			changes = give(m, 'o')
		}
		return append(changes, take(m, above('o'))...), nil
	case muc.Member:
		if affiliation == muc.Member {
			return nil, nil
		}
		if strings.IndexByte(m.Modes, 'v') < 0 {
			changes = give(m, 'v')
		}
		return append(changes, take(m, above('v'))...), nil
	case muc.AffiliationNone:
		return take(m, func(byte) bool { return true }), nil
	}
	return nil, &stanza.Error{Type: stanza.Modify, Condition: stanza.BadRequest, Text: "That affiliation is not given to a member of the channel."}
}

// give adds a rank to a member.
func give(m irc.Member, mode byte) []irc.ModeChange {
	return []irc.ModeChange{{Add: true, Mode: mode, Kind: irc.PrefixMode, Arg: m.Nick}}
}

// take takes those ranks of a member that which says, but for those of servers.
func take(m irc.Member, which func(byte) bool) (changes []irc.ModeChange) {
	for i := range len(m.Modes) {
		if mode := m.Modes[i]; which(mode) && !isServerRank(mode) {
			changes = append(changes, irc.ModeChange{Mode: mode, Kind: irc.PrefixMode, Arg: m.Nick})
		}
	}
	return changes
}

func notAllowed(text string, args ...string) *stanza.Error {
	return &stanza.Error{Type: stanza.Cancel, Condition: stanza.NotAllowed, Text: text, Args: args}
}
