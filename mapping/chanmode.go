package mapping

import (
	"slices"
	"strings"

	"isthmus/ircside/irc"
)

// A chanMode is what a letter means as a channel's mode, on some servers or on all:
// which field of a room's configuration it is.
type chanMode struct {
	letter byte
	kind   irc.ModeKind // KeyMode stands for LimitMode as well
	ircds  string       // the server's name begins with one of these, separated by bars; "" is any
	not    string       // and with none of these
	field  string
	off    bool // the field is true while the mode is not set
	takes  func(string) bool
}

// Families of servers, by how their names begin in 004.
const (
	insp      = "inspircd"
	unreal    = "unreal"
	ng        = "ngircd"
	hybrid    = "ircd-hybrid|hybrid"
	bahamut   = "bahamut"
	ergo      = "ergo|oragono"
	ircu      = "u2."
	charybdis = "solanum|charybdis|ircd-seven|elemental"
)

// chanModes are all that are known, in the order of the form. Which of them a network
// has is a matter of its CHANMODES; what else it has are letters to us. Of two letters
// of one field the first is the one to set.
var chanModes = []chanMode{
	{letter: 't', kind: irc.FlagMode, field: FieldChangeSubject, off: true},
	{letter: 'i', kind: irc.FlagMode, field: FieldMembersOnly},
	{letter: 'm', kind: irc.FlagMode, field: FieldModerated},
	{letter: 'R', kind: irc.FlagMode, ircds: "solanum|ircd-seven", field: FieldUnregistered},
	{letter: 'M', kind: irc.FlagMode, not: charybdis, field: FieldUnregistered},
	{letter: 's', kind: irc.FlagMode, field: FieldPublic, off: true},
	{letter: 'p', kind: irc.FlagMode, not: charybdis + "|" + hybrid, field: FieldPublic, off: true},
	{letter: 'P', kind: irc.FlagMode, not: ircu, field: FieldPersistent},
	{letter: 'r', kind: irc.FlagMode, ircds: insp + "|" + unreal + "|" + ng + "|" + hybrid + "|" + bahamut, field: fieldRegistered},
	{letter: 'R', kind: irc.FlagMode, ircds: ircu, field: fieldRegistered},
	{letter: 'g', kind: irc.FlagMode, ircds: charybdis, field: FieldAllowInvites},
	{letter: 'A', kind: irc.FlagMode, ircds: insp, field: FieldAllowInvites},
	{letter: 'V', kind: irc.FlagMode, ircds: unreal + "|" + ng + "|" + hybrid, field: FieldAllowInvites, off: true},

	{letter: 'r', kind: irc.FlagMode, ircds: charybdis + "|" + ircu, field: "irc#registered_only"},
	{letter: 'R', kind: irc.FlagMode, not: charybdis + "|" + ircu, field: "irc#registered_only"},
	{letter: 'z', kind: irc.FlagMode, ircds: insp + "|" + unreal + "|" + ng, field: "irc#tls_only"},
	{letter: 'S', kind: irc.FlagMode, ircds: charybdis + "|" + hybrid + "|" + bahamut, field: "irc#tls_only"},
	{letter: 'n', kind: irc.FlagMode, field: "irc#no_external"},
	{letter: 'c', kind: irc.FlagMode, field: "irc#no_formatting"},
	{letter: 'S', kind: irc.FlagMode, ircds: insp + "|" + unreal, field: "irc#strip_formatting"},
	{letter: 'C', kind: irc.FlagMode, field: "irc#no_ctcp"},
	{letter: 'T', kind: irc.FlagMode, not: ircu, field: "irc#no_notice"},
	{letter: 'N', kind: irc.FlagMode, ircds: ircu, field: "irc#no_notice"},
	{letter: 'N', kind: irc.FlagMode, not: ircu, field: "irc#no_nick_change"},
	{letter: 'K', kind: irc.FlagMode, field: "irc#no_knock"},
	{letter: 'p', kind: irc.FlagMode, ircds: charybdis, field: "irc#no_knock"},
	{letter: 'Q', kind: irc.FlagMode, ircds: insp + "|" + unreal + "|" + ng, field: "irc#no_kick"},
	{letter: 'Q', kind: irc.FlagMode, ircds: charybdis, field: "irc#no_forward"},
	{letter: 'F', kind: irc.FlagMode, ircds: charybdis, field: "irc#free_forward"},
	{letter: 'z', kind: irc.FlagMode, ircds: charybdis, field: "irc#operators_hear"},
	{letter: 'U', kind: irc.FlagMode, ircds: ergo, field: "irc#operators_hear"},
	{letter: 'u', kind: irc.FlagMode, ircds: insp + "|" + ergo, field: FieldAuditorium},
	{letter: 'D', kind: irc.FlagMode, ircds: insp + "|" + unreal + "|" + ircu, field: "irc#delayed_joins"},
	{letter: 'G', kind: irc.FlagMode, ircds: insp + "|" + unreal, field: "irc#censor"},

	{letter: 'f', kind: irc.KeyMode, ircds: charybdis + "|" + ergo, field: "irc#forward", takes: isChannel},
	{letter: 'L', kind: irc.KeyMode, ircds: insp + "|" + unreal, field: "irc#forward", takes: isChannel},
	{letter: 'f', kind: irc.KeyMode, ircds: insp + "|" + unreal, field: "irc#flood"},
	{letter: 'j', kind: irc.KeyMode, ircds: insp + "|" + charybdis, field: "irc#join_throttle", takes: isRate},
	{letter: 'F', kind: irc.KeyMode, ircds: insp, field: "irc#nick_throttle", takes: isRate},
	{letter: 'H', kind: irc.KeyMode, ircds: insp + "|" + unreal, field: fieldHistoryMode, takes: isHistory},
	{letter: 'E', kind: irc.KeyMode, ircds: insp, field: "irc#repeat"},
	{letter: 'J', kind: irc.KeyMode, ircds: insp, field: "irc#rejoin_delay", takes: isSeconds},
	{letter: 'd', kind: irc.KeyMode, ircds: insp, field: "irc#message_delay", takes: isSeconds},
}

// fits says whether the network has the mode, and means this by it.
func (m chanMode) fits(s *irc.Support, ircd string) bool {
	listed := s.Lists(m.letter, m.kind) || m.kind == irc.KeyMode && s.Lists(m.letter, irc.LimitMode)
	return listed && m.isOf(ircd)
}

// isOf says whether a server means this by the letter, if it has the mode.
func (m chanMode) isOf(ircd string) bool {
	begins := func(name string) bool { return strings.HasPrefix(ircd, name) }
	return oneOf(m.ircds, begins) && (m.not == "" || !oneOf(m.not, begins))
}

// modesOf are the modes that are a field on this network, the one to set first.
func modesOf(s *irc.Support, field string) (out []chanMode) {
	ircd := strings.ToLower(s.Version)
	for _, m := range chanModes {
		if m.field == field && m.fits(s, ircd) {
			out = append(out, m)
		}
	}
	return out
}

// fieldsOf are the fields that the network has modes for, in the order of the table.
func fieldsOf(s *irc.Support, of func(chanMode) bool) (out []string) {
	ircd := strings.ToLower(s.Version)
	for _, m := range chanModes {
		if of(m) && m.fits(s, ircd) && !slices.Contains(out, m.field) {
			out = append(out, m.field)
		}
	}
	return out
}

// isSet says whether the channel has one of a field's modes.
func isSet(ch irc.Channel, modes []chanMode) bool {
	return slices.ContainsFunc(modes, func(m chanMode) bool { return ch.Has(m.letter) })
}

// KnowsRegistered says whether the network marks channels that are registered with its
// services, and IsRegistered whether this is one.
func KnowsRegistered(s *irc.Support) bool { return len(modesOf(s, fieldRegistered)) > 0 }

// IsRegistered says whether a channel is marked as registered.
func IsRegistered(ch irc.Channel, s *irc.Support) bool { return isSet(ch, modesOf(s, fieldRegistered)) }

// TakesFormatting says whether a channel takes formatted text as it is, as far as its modes
// say: it is neither refused nor stripped.
func TakesFormatting(ch irc.Channel, s *irc.Support) bool {
	return !isSet(ch, modesOf(s, "irc#no_formatting")) && !isSet(ch, modesOf(s, "irc#strip_formatting"))
}

// toggle is what makes a field of one or several flags true or false; nothing if it
// is.
func toggle(ch irc.Channel, modes []chanMode, on bool) (out []irc.ModeChange) {
	if len(modes) == 0 {
		return nil
	}
	add := on != modes[0].off
	if add && !isSet(ch, modes) {
		return []irc.ModeChange{{Add: true, Mode: modes[0].letter, Kind: modes[0].kind}}
	}
	for _, m := range modes {
		if !add && ch.Has(m.letter) {
			out = append(out, irc.ModeChange{Mode: m.letter, Kind: m.kind})
		}
	}
	return out
}

// A ListField is a list of masks that a channel has, as a field.
type ListField struct {
	Mode  byte
	Field string
}

// Lists are those of a network, as far as their meaning is known.
func Lists(s *irc.Support) (out []ListField) {
	all := []ListField{{'b', "irc#bans"}, {s.Excepts, "irc#exceptions"}, {s.Invex, "irc#invitations"}, {'q', "irc#quiets"}}
	for _, l := range all {
		switch { // most have these letters, whether or not they say so
		case l.Mode == 0 && l.Field == "irc#exceptions":
			l.Mode = 'e'
		case l.Mode == 0:
			l.Mode = 'I'
		}
		if s.Lists(l.Mode, irc.ListMode) {
			out = append(out, l)
		}
	}
	return out
}
