package mapping

import (
	"slices"
	"strconv"
	"strings"

	"isthmus/ircside/irc"
	"isthmus/xmppside/form"
	"isthmus/xmppside/stanza"
)

// The fields of a room's configuration that XEP-0045 §16.5.3 knows, and those of ours
// that other code asks for.
const (
	fieldConfig        = "muc#roomconfig_"
	FieldRoomName      = fieldConfig + "roomname"
	FieldRoomDesc      = fieldConfig + "roomdesc" // the topic
	FieldChangeSubject = fieldConfig + "changesubject"
	FieldMembersOnly   = fieldConfig + "membersonly"
	FieldProtected     = fieldConfig + "passwordprotectedroom"
	FieldSecret        = fieldConfig + "roomsecret"
	FieldMaxUsers      = fieldConfig + "maxusers"
	FieldModerated     = fieldConfig + "moderatedroom"
	FieldPublic        = fieldConfig + "publicroom"
	FieldPersistent    = fieldConfig + "persistentroom"
	FieldAllowInvites  = fieldConfig + "allowinvites"
	FieldAllowPM       = fieldConfig + "allowpm"
	FieldWhois         = fieldConfig + "whois"
	FieldBroadcast     = fieldConfig + "presencebroadcast"
	FieldMemberList    = fieldConfig + "getmemberlist"
	FieldLogging       = fieldConfig + "enablelogging"
	FieldHistory       = "muc#maxhistoryfetch"
	FieldOwners        = fieldConfig + "roomowners"
	FieldAdmins        = fieldConfig + "roomadmins"
	FieldUnregistered  = "irc#moderated_unregistered"
	FieldAuditorium    = "irc#auditorium"
	FieldModes         = "irc#modes" // others, in the words of MODE

	fieldRegistered = "registered" // of no form
)

// A RoomPolicy is what about a room is the gateway's, and no mode.
type RoomPolicy struct {
	NonAnonymous bool
	History      int // messages that who enters is shown
}

// A Wish is a change of a mode, and the field of a submitted form that asks for it.
type Wish struct {
	Field string
	irc.ModeChange
}

// A Problem is a field of a submitted form that cannot be as it is, or could not be
// set, and why: what we say, and what the network said.
type Problem struct {
	Field string
	Text  string
	Args  []string
	Said  string
}

// FieldLabel is what a field is called.
func FieldLabel(field, lang string) string {
	if label := fieldLabels[field]; label != "" {
		return Say(lang, label)
	}
	return field
}

const (
	maxLimit  = 1_000_000 // of maxusers
	maxTime   = 3600      // seconds
	maxWord   = 200       // bytes of a mode's parameter
	maxKeyLen = 64        // bytes of a key where the network does not say
)

// ConfigFields are those of a room's configuration that are modes of its channel, and
// those that never change from here. XEP-0045 §10.2
func ConfigFields(ch irc.Channel, s *irc.Support, p RoomPolicy, lang string) []form.Field {
	fields := []form.Field{
		{Var: FieldRoomName, Kind: form.Fixed, Values: []string{ch.Name}},
		{Var: FieldRoomDesc, Kind: form.TextSingle, Values: filled(Strip(ch.Topic))},
	}
	if s.Lists('k', irc.KeyMode) {
		fields = append(fields, form.Field{Var: FieldProtected, Kind: form.Boolean, Values: form.Bool(ch.Has('k'))},
			form.Field{Var: FieldSecret, Kind: form.TextPrivate, Values: filled(ch.Key)})
	}
	if s.Lists('l', irc.LimitMode) {
		fields = append(fields, limitField(ch, lang))
	}
	for _, name := range fieldsOf(s, func(m chanMode) bool { return m.kind == irc.FlagMode && isShown(m.field) }) {
		fields = append(fields, form.Field{Var: name, Kind: form.Boolean, Values: form.Bool(isTrue(ch, s, name))})
	}
	fields = append(fields, fixedFields(ch, s, p, lang)...)
	for _, name := range fieldsOf(s, func(m chanMode) bool { return m.kind == irc.KeyMode }) {
		m := modesOf(s, name)[0]
		x := form.Field{Var: name, Kind: form.TextSingle, Values: filled(ch.Param(m.letter))}
		if fieldRanges[name] {
			x.Range = form.Range{Min: 1, Max: maxTime}
		}
		fields = append(fields, x)
	}
	fields = append(fields, form.Field{Var: FieldModes, Kind: form.TextSingle, Desc: Say(lang, "In the words of MODE, as +x-y. Now: %s", modeString(ch))})
	for i := range fields {
		fields[i].Label = FieldLabel(fields[i].Var, lang)
	}
	return fields
}

// isShown says whether a flag's field is one to fill in.
func isShown(field string) bool { return field != FieldPersistent && field != fieldRegistered }

// filled are the values of a text that may be empty.
func filled(text string) []string {
	if text == "" {
		return nil
	}
	return []string{text}
}

func limitField(ch irc.Channel, lang string) form.Field {
	x := form.Field{Var: FieldMaxUsers, Kind: form.ListSingle, Values: []string{"none"}, Range: form.Range{Min: 1, Max: maxLimit}}
	options := []string{"10", "20", "30", "50", "100"}
	if ch.Limit != "" {
		x.Values = []string{ch.Limit}
		if !slices.Contains(options, ch.Limit) {
			options = append(options, ch.Limit)
		}
	}
	for _, o := range options {
		x.Options = append(x.Options, form.Option{Label: o, Value: o})
	}
	x.Options = append(x.Options, form.Option{Label: Say(lang, "No limit"), Value: "none"})
	return x
}

// isTrue is the value of a flag's field. Of a network without a mode for who may
// invite, all may unless one has to be invited. RFC 2812 §3.2.7
func isTrue(ch irc.Channel, s *irc.Support, field string) bool {
	modes := modesOf(s, field)
	switch {
	case len(modes) > 0:
		return isSet(ch, modes) != modes[0].off
	case field == FieldAllowInvites:
		return !ch.Has('i')
	}
	return field == FieldChangeSubject || field == FieldPublic
}

// fixedFields are what does not change by a form.
func fixedFields(ch irc.Channel, s *irc.Support, p RoomPolicy, lang string) []form.Field {
	whois := "moderators"
	if p.NonAnonymous {
		whois = "anyone"
	}
	seen := []string{"moderator", "participant", "visitor"}
	broadcast := seen
	if isTrue(ch, s, FieldAuditorium) {
		broadcast = seen[:1]
	}
	fields := []form.Field{
		{Var: FieldPersistent, Values: form.Bool(isPersistent(ch, s)), Desc: Say(lang, registerHint)},
		{Var: FieldAllowPM, Values: []string{"anyone"}},
		{Var: FieldWhois, Values: []string{whois}},
		{Var: FieldBroadcast, Values: broadcast},
		{Var: FieldMemberList, Values: seen},
		{Var: FieldLogging, Values: form.Bool(false)},
		{Var: FieldHistory, Values: []string{strconv.Itoa(p.History)}},
	}
	if len(modesOf(s, FieldAllowInvites)) == 0 {
		fields = append(fields, form.Field{Var: FieldAllowInvites, Values: form.Bool(isTrue(ch, s, FieldAllowInvites))})
	}
	for i := range fields {
		fields[i].Kind = form.Fixed
	}
	return fields
}

// isPersistent says whether a channel stays when nobody is in.
func isPersistent(ch irc.Channel, s *irc.Support) bool {
	return isSet(ch, modesOf(s, FieldPersistent)) || IsRegistered(ch, s)
}

const registerHint = "A channel lasts when ChanServ has it registered: write to the network's address: register #channel"

// modeString is a channel's modes as 324 has them, but for the key.
func modeString(ch irc.Channel) string {
	out := "+" + ch.Modes
	for i := range len(ch.Modes) {
		if param := ch.Param(ch.Modes[i]); param != "" && ch.Modes[i] != 'k' {
			out += " " + param
		}
	}
	return out
}

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

// fixed refuses what would change what cannot be changed.
func (w *wishing) fixed(is form.Field) {
	x, there := w.form.Field(is.Var)
	if !there || len(x.Values) == 0 || slices.Equal(canonical(x.Values), canonical(is.Values)) {
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
		case c.Kind >= irc.KeyMode && w.ch.Has(c.Mode) == c.Add && (!c.Add || w.ch.Param(c.Mode) == c.Arg):
		default:
			w.wishes = slices.DeleteFunc(w.wishes, func(o Wish) bool { return o.Mode == c.Mode && c.Kind >= irc.KeyMode })
			w.wish(FieldModes, c)
		}
	}
}

// ListWishes are the entries to add to a list and to remove from it. now is what is on
// it, shown what the sender was shown, and want what they want: what they were not shown
// stays.
func ListWishes(s *irc.Support, l ListField, now, shown, want []string) ([]Wish, *Problem) {
	var out []Wish
	has := func(list []string, mask string) bool {
		return slices.ContainsFunc(list, func(o string) bool { return s.Fold(o) == s.Fold(mask) })
	}
	add := func(on bool, mask string) {
		out = append(out, Wish{l.Field, irc.ModeChange{Add: on, Mode: l.Mode, Kind: irc.ListMode, Arg: mask}})
	}
	for _, mask := range now {
		if has(shown, mask) && !has(want, mask) {
			add(false, mask)
		}
	}
	removed, more := len(out), 0
	for i, mask := range want {
		switch {
		case !isWord(mask) || len(mask) > maxWord:
			return nil, &Problem{Field: l.Field, Text: "IRC cannot carry the mask %s.", Args: []string{shorten(mask)}}
		case !has(now, mask) && !has(want[:i], mask):
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
	text := Say(lang, "This could not be set:")
	for i, p := range problems {
		if i == most {
			text += " …"
			break
		}
		e := stanza.Error{Text: Say(lang, p.Text, p.Args...), Said: p.Said}
		text += "\n" + FieldLabel(p.Field, lang) + ": " + e.Words()
	}
	return &stanza.Error{Type: like.Type, Condition: like.Condition, Text: text, Lang: Language(lang)}
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
