package mapping

import (
	"strconv"
	"strings"

	"isthmus/ircside/irc"
)

// ListWishes are the entries to add to a list and to remove from it. now is what is on
// it, shown what the sender was shown, and want what they want: what they were not shown
// stays, and what they were shown and has gone since does not come back.
func ListWishes(s *irc.Support, l ListField, now, shown, want []string) ([]Wish, *Problem) {
	var out []Wish
	set := func(list []string) map[string]bool {
		masks := make(map[string]bool, len(list))
		for _, mask := range list {
			masks[s.Fold(mask)] = true
		}
		return masks
	}
	add := func(on bool, mask string) {
		out = append(out, Wish{l.Field, irc.ModeChange{Add: on, Mode: l.Mode, Kind: irc.ListMode, Arg: mask}})
	}
	seen, wanted, there := set(shown), set(want), set(now)
	for _, mask := range now {
		if key := s.Fold(mask); seen[key] && !wanted[key] {
			add(false, mask)
		}
	}
	removed, more := len(out), 0
	for _, mask := range want {
		switch {
		case seen[s.Fold(mask)]:
		case !isWord(mask) || len(mask) > maxWord:
			return nil, &Problem{Field: l.Field, Text: "IRC cannot carry the mask %s.", Args: []string{shorten(mask)}}
		case !there[s.Fold(mask)]:
			there[s.Fold(mask)] = true // once
			add(true, mask)
			more++
		}
	}
	if most := s.MaxList[l.Mode]; most > 0 && more > 0 && len(now)-removed+more > most {
		return nil, &Problem{Field: l.Field, Text: "The list takes at most %s entries.", Args: []string{strconv.Itoa(most)}}
	}
	return out, nil
}

// shorten makes a name of something that may be very long, or hold anything.
func shorten(text string) string {
	const most = 60 // characters
	runes := []rune(Line(Strip(text)))
	if len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return string(runes)
}

// EntriesBy says who put which entries on a list, and when: of the first ones.
func EntriesBy(entries []irc.Entry, lang string) string {
	const most = 50
	var lines []string
	for i, e := range entries {
		by, _, _ := irc.SplitMask(e.By)
		switch {
		case i == most:
			lines = append(lines, "…")
		case i > most || by == "":
		case e.At.IsZero():
			lines = append(lines, Say(lang, "%s by %s", Strip(e.Mask), Strip(by)))
		default:
			lines = append(lines, Say(lang, "%s by %s on %s", Strip(e.Mask), Strip(by), e.At.UTC().Format("2006-01-02 15:04")))
		}
	}
	return strings.Join(lines, "; ") // XEP-0004 §3.2: no line feeds
}
