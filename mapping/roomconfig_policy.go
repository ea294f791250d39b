package mapping

import (
	"slices"
	"strconv"
	"strings"

	"isthmus/ircside/irc"
	"isthmus/xmppside/form"
)

// Fields of a room's configuration that are a mode on some networks and the gateway's own
// on others, or the gateway's own on all. XEP-0045 §16.5.3

// fieldHistoryMode is the history that the network keeps, as it says it.
const fieldHistoryMode = "irc#history"

// historyTime is for how long a network is to keep messages if only their number is known.
const historyTime = "1d"

// seenRoles are all whose presence there may be, in the order of the form; of an auditorium
// it is the first.
var seenRoles = []string{"moderator", "participant", "visitor"}

// broadcastField asks whose presence is told, where the network can keep it from others.
func broadcastField(ch irc.Channel, s *irc.Support, lang string) form.Field {
	x := form.Field{Var: FieldBroadcast, Kind: form.ListMulti, Values: broadcastTo(ch, s)}
	for _, role := range seenRoles {
		x.Options = append(x.Options, form.Option{Label: Say(lang, fixedWords[role]), Value: role})
	}
	return x
}

func broadcastTo(ch irc.Channel, s *irc.Support) []string {
	if isTrue(ch, s, FieldAuditorium) {
		return seenRoles[:1]
	}
	return seenRoles
}

// broadcast reads whose presence is told. There is no more than everybody's, and that of
// operators alone.
func (w *wishing) broadcast() {
	x, there := w.form.Field(FieldBroadcast)
	modes := modesOf(w.s, FieldAuditorium)
	if !there || len(modes) == 0 { // see fixedFields
		return
	}
	switch roles := canonical(x.Values); {
	case slices.Equal(roles, seenRoles):
		w.either(FieldBroadcast, FieldAuditorium, toggle(w.ch, modes, false)...)
	case slices.Equal(roles, seenRoles[:1]):
		w.either(FieldBroadcast, FieldAuditorium, toggle(w.ch, modes, true)...)
	default:
		w.problem(FieldBroadcast, "Either all three are seen, or operators alone.")
	}
}

// either wishes for changes, unless the other field that is the same mode has a wish of its
// own, which may be the same.
func (w *wishing) either(field, other string, changes ...irc.ModeChange) {
	for _, c := range changes {
		switch i := slices.IndexFunc(w.wishes, func(x Wish) bool { return x.Field == other && x.Mode == c.Mode }); {
		case i < 0:
			w.wish(field, c)
		case w.wishes[i].ModeChange != c:
			w.problem(field, "Another field of the form says otherwise: %s.", other)
		}
	}
}

// KnowsHistory says whether how much is told of what was said before is a mode of channels.
func KnowsHistory(s *irc.Support) bool { return len(modesOf(s, fieldHistoryMode)) > 0 }

// HistoryLimit is how much a channel's own mode says to tell of what was said before; ok is
// false if there is none, or it cannot be read.
func HistoryLimit(ch irc.Channel, s *irc.Support) (n int, ok bool) {
	modes := modesOf(s, fieldHistoryMode)
	if len(modes) == 0 {
		return 0, false
	}
	text, _, _ := strings.Cut(ch.Param(modes[0].letter), ":")
	n, err := strconv.Atoi(text)
	return n, err == nil && n > 0
}

// historyNow is how much is told of it by now: the channel's mode comes first.
func historyNow(ch irc.Channel, s *irc.Support, p RoomPolicy) int {
	if n, ok := HistoryLimit(ch, s); ok {
		return n
	}
	return p.History
}

// mostHistory is how much that may be; 0: there is nothing to choose.
func mostHistory(s *irc.Support, p RoomPolicy) int {
	if KnowsHistory(s) {
		return maxLimit
	}
	return p.Backlog
}

func historyField(ch irc.Channel, s *irc.Support, p RoomPolicy) form.Field {
	return form.Field{
		Var: FieldHistory, Kind: form.TextSingle, Range: form.Range{Min: 0, Max: mostHistory(s, p)},
		Values: []string{strconv.Itoa(historyNow(ch, s, p))},
	}
}

// history reads how much is told of what was said before. Where that is no mode it is only
// looked at here.
func (w *wishing) history(p RoomPolicy) {
	n, given, ok := HistoryWish(w.form)
	most := mostHistory(w.s, p)
	switch {
	case !given:
	case !ok || n > most:
		w.problem(FieldHistory, "The value is a number from %s to %s.", "0", strconv.Itoa(most))
	case KnowsHistory(w.s) && (n < 0 || n != historyNow(w.ch, w.s, p)):
		w.either(FieldHistory, fieldHistoryMode, w.historyMode(n)...)
	}
}

func (w *wishing) historyMode(n int) []irc.ModeChange {
	letter := modesOf(w.s, fieldHistoryMode)[0].letter
	now, change := w.ch.Param(letter), irc.ModeChange{Mode: letter, Kind: w.s.Class(letter)}
	if n <= 0 {
		if change.Arg = now; w.ch.Has(letter) {
			return []irc.ModeChange{change}
		}
		return nil
	}
	_, time, ok := strings.Cut(now, ":")
	if !ok {
		time = historyTime
	}
	change.Add, change.Arg = true, strconv.Itoa(n)+":"+time
	return []irc.ModeChange{change}
}

// HistoryWish is how much a submitted form wants told of what was said before; below 0 it
// is to be as nobody had said. given is false if the form does not say, ok if that is a
// number.
func HistoryWish(f *form.Form) (n int, given, ok bool) {
	x, there := f.Field(FieldHistory)
	text := strings.TrimSpace(x.Value())
	if !there || x.Kind == form.Fixed {
		return 0, false, true
	}
	if text == "" {
		return -1, true, len(x.Values) <= 1
	}
	n, err := strconv.Atoi(text)
	return n, true, err == nil && n >= 0 && len(x.Values) == 1
}

// maxTag is how long a language tag may be: none that is registered is longer.
// RFC 5646 §4.4.1
const maxTag = 35

// IsLanguageTag says whether a text is made as language tags are. RFC 5646 §2.1
func IsLanguageTag(text string) bool {
	if text == "" || len(text) > maxTag {
		return false
	}
	for i, part := range strings.Split(text, "-") {
		alien := strings.ContainsFunc(part, func(r rune) bool {
			return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || i > 0 && '0' <= r && r <= '9')
		})
		if part == "" || len(part) > 8 || alien || i == 0 && len(part) < 2 {
			return false
		}
	}
	return true
}
