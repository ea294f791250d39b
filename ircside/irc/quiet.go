package irc

import (
	"slices"
	"strings"
)

// maxQuiets is how many masks of the silenced a channel remembers, and of those who need
// no invitation.
const maxQuiets = 32

// QuietMask is whom a change of modes silences, or lets speak again: by a list of its
// own on charybdis and its offspring, by an extended ban on UnrealIRCd (~q:) and on
// InspIRCd and Ergo (m:). ok is false for any other change.
func QuietMask(s *Support, m ModeChange) (mask string, ok bool) {
	switch {
	case m.Kind != ListMode:
		return "", false
	case m.Mode == 'q':
		return m.Arg, m.Arg != ""
	case m.Mode != 'b':
		return "", false
	case s.ExtBanPrefix == '~':
		if mask, ok = strings.CutPrefix(m.Arg, "~q:"); !ok {
			mask, ok = strings.CutPrefix(m.Arg, "~quiet:")
		}
	case s.ExtBanPrefix == 0:
		if mask, ok = strings.CutPrefix(m.Arg, "m:"); !ok {
			mask, ok = strings.CutPrefix(m.Arg, "mute:")
		}
	}
	return mask, ok && mask != ""
}

// quieted takes in who may not speak any more, or may again.
func (ch *channel) quieted(s *Support, m ModeChange) {
	if mask, ok := QuietMask(s, m); ok {
		ch.Quiets = remembered(s, ch.Quiets, mask, m.Add)
	}
}

// remembered are masks, spaces between, with one that comes or goes.
func remembered(s *Support, masks, mask string, add bool) string {
	if strings.Contains(mask, " ") {
		return masks
	}
	list := slices.DeleteFunc(strings.Fields(masks), func(other string) bool { return s.Fold(other) == s.Fold(mask) })
	if add {
		list = append(list[max(0, len(list)-maxQuiets+1):], mask)
	}
	return strings.Join(list, " ")
}
