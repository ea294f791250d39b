package mapping

import (
	"slices"
	"strconv"
	"strings"

	"isthmus/ircside/irc"
	"isthmus/xmppside/form"
)

// ConfigWishes are the changes of modes that a submitted form comes to: the
// differences only. What is not in the form stays as it is.
func ConfigWishes(ch irc.Channel, s *irc.Support, p RoomPolicy, f *form.Form) ([]Wish, []Problem) {
	w := &wishing{ch: ch, s: s, form: f}
	w.key()
	w.limit()
	for _, name := range flagFields {
		w.flag(name)
	}
	for _, x := range fixedFields(ch, s, p, English) {
		w.fixed(x)
	}
	w.fixed(form.Field{Var: FieldRoomName, Values: []string{ch.Name}})
	for _, name := range paramFields {
		w.param(name)
	}
	w.broadcast()
	w.history(p)
	w.raw()
	slices.SortStableFunc(w.wishes, func(a, b Wish) int { return order(a) - order(b) })
	return w.wishes, w.problems
}

// order has what is taken away come first, so that a line has as few signs as can be,
// and a new key after the old one.
func order(w Wish) int {
	if w.Add {
		return 1
	}
	return 0
}

// flagFields and paramFields are all fields of the table that a form may change.
var flagFields, paramFields = fieldsIn(irc.FlagMode), fieldsIn(irc.KeyMode)

func fieldsIn(kind irc.ModeKind) (out []string) {
	for _, m := range chanModes {
		if m.kind == kind && isShown(m.field) && !slices.Contains(out, m.field) {
			out = append(out, m.field)
		}
	}
	return out
}

// A wishing is a submitted form being read.
type wishing struct {
	ch       irc.Channel
	s        *irc.Support
	form     *form.Form
	wishes   []Wish
	problems []Problem
}

func (w *wishing) wish(field string, changes ...irc.ModeChange) {
	for _, c := range changes {
		w.wishes = append(w.wishes, Wish{field, c})
	}
}

func (w *wishing) problem(field, text string, args ...string) {
	w.problems = append(w.problems, Problem{Field: field, Text: text, Args: args})
}

// text is the one value of a field that says something, without the white space round
// it; ok is false if it is not in the form, or cannot be said on IRC.
func (w *wishing) text(field string, most int) (text string, ok bool) {
	x, there := w.form.Field(field)
	if !there {
		return "", false
	}
	text = strings.TrimSpace(x.Value())
	switch {
	case len(x.Values) > 1:
		w.problem(field, "One value is meant.")
	case strings.ContainsFunc(text, isControl):
		w.problem(field, "There is a character in it that IRC cannot carry.")
	case len(text) > most:
		w.problem(field, "That is too long: it may have %s bytes.", strconv.Itoa(most))
	default:
		return text, true
	}
	return "", false
}

const noMode = "The network has no such mode."

// flag reads a boolean. One without a value says nothing.
func (w *wishing) flag(field string) {
	x, there := w.form.Field(field)
	modes := modesOf(w.s, field)
	on, ok := x.Bool()
	switch {
	case !there || len(x.Values) == 0 || len(modes) == 0 && field == FieldAllowInvites: // see fixedFields
	case !ok || len(x.Values) > 1:
		w.problem(field, "The value is 1 or 0.")
	case len(modes) == 0 && on != isTrue(w.ch, w.s, field):
		w.problem(field, noMode)
	default:
		w.wish(field, toggle(w.ch, modes, on)...)
	}
}

// fixed refuses what would change what cannot be changed. Gajim and Dino send a text
// among the fields back as it is, poezio without saying that it is one.
func (w *wishing) fixed(is form.Field) {
	x, there := w.form.Field(is.Var)
	shown := func(lang string) bool { return slices.Equal(x.Values, inWords(is, lang).Values) }
	if !there || len(x.Values) == 0 || x.Kind == form.Fixed ||
		slices.Equal(canonical(x.Values), canonical(is.Values)) || slices.ContainsFunc(Languages(), shown) {
		return
	}
	text := "This cannot be changed on IRC."
	if is.Var == FieldPersistent {
		text = registerHint
	}
	w.problem(is.Var, text)
}

func canonical(values []string) []string {
	out := make([]string, 0, len(values))
	for _, v := range values {
		switch v = strings.TrimSpace(v); v {
		case "true":
			v = "1"
		case "false":
			v = "0"
		}
		out = append(out, v)
	}
	slices.Sort(out)
	return out
}

// key reads the two fields that are one mode. Most networks want the old key gone
// before they take another.
func (w *wishing) key() {
	field, said := w.form.Field(FieldProtected)
	on, ok := field.Bool()
	said = said && len(field.Values) > 0
	switch {
	case said && !ok:
		w.problem(FieldProtected, "The value is 1 or 0.")
		return
	case said && !on:
		if w.ch.Has('k') {
			w.wish(FieldProtected, w.unkey())
		}
		return
	}
	key, given := w.text(FieldSecret, w.keyLen())
	switch {
	case len(w.problems) > 0: // of the key
	case said && key == "" && (!w.ch.Has('k') || given && w.ch.Key != ""):
		w.problem(FieldSecret, "A password is wanted, or none is to be needed.")
	case key == "" || key == w.ch.Key:
	case !w.s.Lists('k', irc.KeyMode):
		w.problem(FieldSecret, noMode)
	case !isWord(key) || strings.Contains(key, ","):
		w.problem(FieldSecret, "IRC takes no spaces and commas in a password, and no colon at its beginning.")
	default:
		if w.ch.Has('k') {
			w.wish(FieldSecret, w.unkey())
		}
		w.wish(FieldSecret, irc.ModeChange{Add: true, Mode: 'k', Kind: irc.KeyMode, Arg: key})
	}
}

func (w *wishing) unkey() irc.ModeChange {
	return irc.ModeChange{Mode: 'k', Kind: irc.KeyMode, Arg: w.ch.Key}
}

func (w *wishing) keyLen() int {
	if w.s.KeyLen > 0 {
		return w.s.KeyLen
	}
	return maxKeyLen
}

// isWord says whether a text can be a parameter that others follow.
func isWord(text string) bool {
	return text != "" && text[0] != ':' && !strings.ContainsAny(text, " \t") && !strings.ContainsFunc(text, isControl)
}

// limit reads the number of occupants; "none", 0 and nothing are no limit.
func (w *wishing) limit() {
	x, there := w.form.Field(FieldMaxUsers)
	if !there || len(x.Values) == 0 {
		return
	}
	value, ok := w.text(FieldMaxUsers, maxWord)
	n, err := strconv.Atoi(value)
	none := value == "" || value == "none" || err == nil && n == 0
	switch {
	case !ok:
	case none && w.ch.Has('l'):
		w.wish(FieldMaxUsers, irc.ModeChange{Mode: 'l', Kind: irc.LimitMode})
	case none:
	case err != nil || n < 0 || n > maxLimit:
		w.problem(FieldMaxUsers, "The value is a number from %s to %s.", "1", strconv.Itoa(maxLimit))
	case !w.s.Lists('l', irc.LimitMode):
		w.problem(FieldMaxUsers, noMode)
	case strconv.Itoa(n) != w.ch.Limit:
		w.wish(FieldMaxUsers, irc.ModeChange{Add: true, Mode: 'l', Kind: irc.LimitMode, Arg: strconv.Itoa(n)})
	}
}

// param reads a mode's parameter; an empty one takes the mode away.
func (w *wishing) param(field string) {
	text, ok := w.text(field, maxWord)
	if !ok {
		return
	}
	modes := modesOf(w.s, field)
	if len(modes) == 0 {
		if text != "" {
			w.problem(field, noMode)
		}
		return
	}
	m := modes[0]
	now := w.ch.Param(m.letter)
	switch {
	case text == now:
	case text == "":
		w.wish(field, irc.ModeChange{Mode: m.letter, Kind: w.s.Class(m.letter), Arg: now})
	case !isWord(text) || m.takes != nil && !m.takes(text):
		w.problem(field, "The network does not take that value for the mode. Check it.")
	default:
		w.wish(field, irc.ModeChange{Add: true, Mode: m.letter, Kind: w.s.Class(m.letter), Arg: text})
	}
}

// raw reads changes in the words of MODE. They come after all others, and what they
// name is theirs.
func (w *wishing) raw() {
	text, ok := w.text(FieldModes, maxWord)
	if !ok || text == "" {
		return
	}
	for _, c := range irc.ParseModes(w.s, strings.Fields(text)) {
		letter := string(rune(c.Mode))
		switch {
		case !w.s.Lists(c.Mode, c.Kind):
			w.problem(FieldModes, "The network has no mode %s.", letter)
		case c.Arg == "" && (c.Kind < irc.KeyMode || c.Add && c.Kind < irc.FlagMode):
			w.problem(FieldModes, "Mode %s wants a value.", letter)
		case c.Arg != "" && !isWord(c.Arg):
			w.problem(FieldModes, "Mode %s does not take that value.", letter)
		case c.Kind < irc.KeyMode:
			w.wish(FieldModes, c)
		default:
			w.wishes = slices.DeleteFunc(w.wishes, func(o Wish) bool { return o.Mode == c.Mode })
			if w.ch.Has(c.Mode) != c.Add || c.Add && w.ch.Param(c.Mode) != c.Arg {
				w.wish(FieldModes, c)
			}
		}
	}
}

func isRate(text string) bool {
	n, t, ok := strings.Cut(text, ":")
	return ok && isNumber(n, maxTime) && isNumber(t, maxTime)
}

func isSeconds(text string) bool { return isNumber(text, maxTime) }

// isHistory takes lines and a time: "20:1h".
func isHistory(text string) bool {
	n, t, ok := strings.Cut(text, ":")
	return ok && isNumber(n, maxLimit) && t != "" && '0' <= t[0] && t[0] <= '9'
}

func isNumber(text string, most int) bool {
	n, err := strconv.Atoi(text)
	return err == nil && n >= 1 && n <= most
}
