package mapping

import (
	"slices"
	"strings"

	"isthmus/ircside/irc"
	"isthmus/xmppside/stanza"
)

// Unmet are those of the wishes that have not come true: flags by how the channel
// stands now, ranks by the members, entries of lists by what was seen to change.
func Unmet(wishes []Wish, ch irc.Channel, member func(nick string) (irc.Member, bool), seen []irc.ModeChange) (out []Wish) {
	left := slices.Clone(seen)
	for i, w := range wishes {
		again := slices.ContainsFunc(wishes[i+1:], func(o Wish) bool { return o.Mode == w.Mode && w.Kind >= irc.KeyMode })
		met := false
		switch {
		case again: // only how it ends is to be seen
			met = true
		case w.Kind == irc.PrefixMode:
			m, _ := member(w.Arg)
			met = strings.IndexByte(m.Modes, w.Mode) >= 0 == w.Add
		case w.Kind == irc.ListMode:
			at := slices.IndexFunc(left, func(c irc.ModeChange) bool { return c.Mode == w.Mode && c.Add == w.Add })
			if met = at >= 0; met {
				left = slices.Delete(left, at, at+1)
			}
		default:
			met = ch.Has(w.Mode) == w.Add
		}
		if !met {
			out = append(out, w)
		}
	}
	return out
}

// BlameFor finds the refusal of a wish among those that the network has said: one that
// names its letter or its parameter, else one that names nothing of the other wishes.
func BlameFor(w Wish, all []Wish, faults []irc.Fault) (irc.Fault, bool) {
	for _, f := range faults {
		if w.namedBy(f) {
			return f, true
		}
	}
	for _, f := range faults {
		if !slices.ContainsFunc(all, func(o Wish) bool { return o.namedBy(f) }) {
			return f, true
		}
	}
	return irc.Fault{}, false
}

// namedBy says whether a refusal is of this wish by name. InspIRCd has letters in the
// text alone: "to set channel mode t".
func (w Wish) namedBy(f irc.Fault) bool {
	letter := string(rune(w.Mode))
	if f.Target == letter || f.Extra == letter || w.Arg != "" && (f.Target == w.Arg || f.Extra == w.Arg) {
		return true
	}
	words := strings.Fields(f.Text)
	for i := range words {
		if i > 0 && strings.EqualFold(words[i-1], "mode") && words[i] == letter {
			return true
		}
	}
	return false
}

// Refused is the error for fields that cannot be, or could not be set: each is named
// with its reason, in a language. like says of what kind it is.
func Refused(problems []Problem, like *stanza.Error, lang string) *stanza.Error {
	const most = 20
	var b strings.Builder
	b.WriteString(Say(lang, "This could not be set:"))
	for i, p := range problems {
		if i == most {
			b.WriteString(" …")
			break
		}
		e := stanza.Error{Text: Say(lang, p.Text, p.Args...), Said: p.Said}
		b.WriteString("\n" + FieldLabel(p.Field, lang) + ": " + e.Words())
	}
	return &stanza.Error{Type: like.Type, Condition: like.Condition, Text: b.String(), Lang: Language(lang)}
}
