package mapping

import (
	"slices"
	"strings"

	"isthmus/ircside/irc"
	"isthmus/xmppside/form"
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
	FieldLang          = fieldConfig + "lang"
	FieldOwners        = fieldConfig + "roomowners"
	FieldAdmins        = fieldConfig + "roomadmins"
	FieldUnregistered  = "irc#moderated_unregistered"
	FieldAuditorium    = "irc#auditorium"
	FieldModes         = "irc#modes" // others, in the words of MODE
	FieldEncoding      = "{urn:isthmus:conference-features}encoding_out"
	FieldFallback      = "{urn:isthmus:conference-features}encoding_in"
	FieldComings       = "{urn:isthmus:conference-features}comings" // told to old clients in lines

	fieldRegistered = "registered" // of no form
)

// A RoomPolicy is what about a room is the gateway's, and no mode.
type RoomPolicy struct {
	NonAnonymous bool
	History      int // messages that who enters is shown, unless a mode of the channel says
	Backlog      int // as many as can be
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
	if len(modesOf(s, FieldAuditorium)) > 0 {
		fields = append(fields, broadcastField(ch, s, lang))
	}
	if mostHistory(s, p) > 0 {
		fields = append(fields, historyField(ch, s, p))
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
		if fields[i].Kind == form.Fixed && fields[i].Var != FieldRoomName {
			fields[i] = inWords(fields[i], lang)
		}
	}
	return fields
}

// inWords is a field that does not change as a text to read: clients show the value of
// such a field, and not what it is called. XEP-0004 §3.3
func inWords(x form.Field, lang string) form.Field {
	words := slices.Clone(x.Values)
	for i, w := range words {
		if said := fixedWords[w]; said != "" {
			words[i] = Say(lang, said)
		}
	}
	x.Label, x.Values = "", []string{FieldLabel(x.Var, lang) + ": " + strings.Join(words, ", ")}
	return x
}

// fixedWords are the values of those fields; a number is one.
var fixedWords = map[string]string{
	"0": "no", "1": "yes", "anyone": "everybody", "moderators": "operators",
	"moderator": "operators", "participant": "who may speak", "visitor": "who may not speak",
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
	fields := []form.Field{
		{Var: FieldPersistent, Values: form.Bool(isPersistent(ch, s)), Desc: Say(lang, registerHint)},
		{Var: FieldAllowPM, Values: []string{"anyone"}},
		{Var: FieldWhois, Values: []string{whois}},
		{Var: FieldMemberList, Values: seenRoles},
		{Var: FieldLogging, Values: form.Bool(false)},
	}
	if len(modesOf(s, FieldAuditorium)) == 0 {
		fields = append(fields, form.Field{Var: FieldBroadcast, Values: broadcastTo(ch, s)})
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
