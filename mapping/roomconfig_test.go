package mapping

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"isthmus/ircside/irc"
	"isthmus/xmppside/form"
	"isthmus/xmppside/stanza"
)

// filledIn is a submitted form: "field value value; field value".
func filledIn(text string) *form.Form {
	f := form.Of(form.Submit, "")
	for part := range strings.SplitSeq(text, "; ") {
		words := strings.Split(part, " ")
		switch words[0] {
		case "":
			continue
		case FieldModes:
			words = strings.SplitN(part, " ", 2)
		}
		f.Add(form.Field{Var: strings.Replace(words[0], "R_", fieldConfig, 1), Values: words[1:]})
	}
	return f
}

// said are changes in the words of MODE, in one line.
func said(s *irc.Support, wishes []Wish) string {
	var changes []irc.ModeChange
	for _, w := range wishes {
		changes = append(changes, w.ModeChange)
	}
	var lines []string
	for _, params := range irc.FormatModes(s.With([]string{"MODES=99"}), changes, 400) {
		lines = append(lines, strings.Join(params, " "))
	}
	return strings.Join(lines, " / ")
}

func TestConfigWishes(t *testing.T) {
	open := irc.Channel{Name: "#c", Modes: "nt"}
	closed := irc.Channel{Name: "#c", Modes: "ijklmnpst", Key: "key", Limit: "5", Params: "j=3:5"}
	tests := []struct {
		name     string
		s        *irc.Support
		ch       irc.Channel
		form     string
		want     string
		problems string // the fields
	}{
		{"nothing", inspircd, open, "", "", ""},
		{"what is so already", inspircd, open, "R_changesubject 0; R_membersonly false; R_publicroom 1; R_moderatedroom 0; R_maxusers none; R_passwordprotectedroom 0; irc#no_external true; irc#forward ; irc#modes ", "", ""},
		{"and of a closed one", inspircd, closed, "R_changesubject 0; R_membersonly 1; R_publicroom 0; R_moderatedroom 1; R_maxusers 5; R_passwordprotectedroom 1; R_roomsecret key; irc#join_throttle 3:5", "", ""},
		{"all on", inspircd, open, "R_changesubject 1; R_membersonly 1; R_publicroom 0; R_moderatedroom 1; irc#no_external 0; irc#moderated_unregistered 1", "-tn+imMs", ""},
		{"all off", inspircd, closed, "R_membersonly 0; R_publicroom 1; R_moderatedroom 0; R_passwordprotectedroom 0; R_maxusers 0; irc#join_throttle ", "-klimspj key", ""},
		{"a boolean without a value", inspircd, open, "R_membersonly", "", ""},
		{"no boolean", inspircd, open, "R_membersonly yes; R_moderatedroom 1 1", "", "R_membersonly R_moderatedroom"},
		{"two steps of moderation", inspircd, open, "R_moderatedroom unregistered", "", "R_moderatedroom"},
		{"no such mode", hybrid8, open, "irc#no_kick 1; irc#operators_hear 0; irc#forward #d; irc#flood ", "", "irc#no_kick irc#forward"},
		{"invitations where all invite", nameless, open, "R_allowinvites 1", "", ""},
		{"and where nobody can", nameless, open, "R_allowinvites 0", "", "R_allowinvites"},
		{"invitations by a mode that forbids them", unreal6, open, "R_allowinvites 0", "+V", ""},
		{"and allows", unreal6, irc.Channel{Modes: "V"}, "R_allowinvites 1", "-V", ""},
		{"a key", inspircd, open, "R_passwordprotectedroom 1; R_roomsecret new", "+k new", ""},
		{"a key alone", inspircd, open, "R_roomsecret new", "+k new", ""},
		{"another key", inspircd, closed, "R_roomsecret new", "-k+k key new", ""},
		{"another key, where we were not told the old one", inspircd, irc.Channel{Modes: "k"}, "R_roomsecret new", "-k / +k new", ""},
		{"a key that stays, as it is not known", inspircd, irc.Channel{Modes: "k"}, "R_passwordprotectedroom 1; R_roomsecret ", "", ""},
		{"no key for a room that has one", inspircd, closed, "R_passwordprotectedroom 1; R_roomsecret ", "", "R_roomsecret"},
		{"no key for one that shall", inspircd, open, "R_passwordprotectedroom 1", "", "R_roomsecret"},
		{"a key that is not wanted", inspircd, open, "R_passwordprotectedroom 0; R_roomsecret new", "", ""},
		{"an empty key", inspircd, closed, "R_roomsecret ", "", ""},
		{"a key with a comma", inspircd, open, "R_roomsecret a,b", "", "R_roomsecret"},
		{"a key with a colon", inspircd, open, "R_roomsecret :a", "", "R_roomsecret"},
		{"a key that is too long", inspircd, open, "R_roomsecret " + strings.Repeat("x", 33), "", "R_roomsecret"},
		{"a long one, where nobody says", nameless, open, "R_roomsecret " + strings.Repeat("x", maxKeyLen), "+k " + strings.Repeat("x", maxKeyLen), ""},
		{"no boolean for a key", inspircd, open, "R_passwordprotectedroom 2; R_roomsecret x", "", "R_passwordprotectedroom"},
		{"no keys at all", ircdSupport("", "b,,l,i"), open, "R_roomsecret x", "", "R_roomsecret"},
		{"a limit", inspircd, open, "R_maxusers 20", "+l 20", ""},
		{"as somebody writes it", inspircd, closed, "R_maxusers 05", "", ""},
		{"no limit", inspircd, closed, "R_maxusers none", "-l", ""},
		{"no limit by an empty value", inspircd, closed, "R_maxusers ", "-l", ""},
		{"a field without a value", inspircd, closed, "R_maxusers", "", ""},
		{"no number", inspircd, open, "R_maxusers many", "", "R_maxusers"},
		{"below zero", inspircd, open, "R_maxusers -1", "", "R_maxusers"},
		{"beyond all measure", inspircd, open, "R_maxusers 99999999999999999999", "", "R_maxusers"},
		{"two limits", inspircd, open, "R_maxusers 1 2", "", "R_maxusers"},
		{"no limits at all", ircdSupport("", "b,k,,i"), open, "R_maxusers 5", "", "R_maxusers"},
		{"parameters", inspircd, open, "irc#forward #d; irc#flood *5:10; irc#history 20:1h; irc#rejoin_delay 5; irc#nick_throttle 2:3", "+LfFHJ #d *5:10 2:3 20:1h 5", ""},
		{"a key mode goes with its parameter", unreal6, irc.Channel{Modes: "L", Params: "L=#d"}, "irc#forward ", "-L #d", ""},
		{"parameters that cannot be", inspircd, open, "irc#forward d; irc#join_throttle 5; irc#history :; irc#rejoin_delay 0; irc#message_delay 99999; irc#flood :x; irc#repeat " + strings.Repeat("x", 201), "", "irc#forward irc#flood irc#join_throttle irc#history irc#repeat irc#rejoin_delay irc#message_delay"},
		{"control characters", inspircd, open, "irc#flood a\x01; R_roomsecret a\nb; irc#modes +i\r\nQUIT", "", "R_roomsecret irc#flood irc#modes"},
		{"words", inspircd, open, "irc#modes +iK-n", "-n+iK", ""},
		{"words that say what is so", inspircd, closed, "irc#modes +nt-c+l 5", "", ""},
		{"words that change a value", inspircd, closed, "irc#modes +l 6", "+l 6", ""},
		{"words over fields", inspircd, open, "R_membersonly 1; irc#modes -i+m", "+m", ""},
		{"words of ranks and lists", inspircd, open, "irc#modes +ob bob x!*@*", "+ob bob x!*@*", ""},
		{"words of no mode", inspircd, open, "irc#modes +iy", "+i", "irc#modes"},
		{"words without a value", inspircd, open, "irc#modes +b", "", "irc#modes"},
		{"a value with a colon", inspircd, open, "irc#modes +k :x", "", "irc#modes"},
		{"what never changes", nameless, open, "R_roomname #c; R_whois moderators; R_persistentroom false; R_allowpm anyone; R_presencebroadcast visitor moderator participant; R_getmemberlist moderator participant visitor; R_enablelogging 0", "", ""},
		{"and cannot", nameless, open, "R_roomname other; R_whois anyone; R_persistentroom 1; R_allowpm none; R_presencebroadcast moderator; R_getmemberlist; R_enablelogging 1; R_allowinvites 0", "", "R_persistentroom R_allowpm R_whois R_enablelogging R_presencebroadcast R_allowinvites R_roomname"},
		{"a registered room is persistent", inspircd, irc.Channel{Modes: "r"}, "R_persistentroom 1", "", ""},
		{"an auditorium", inspircd, irc.Channel{Modes: "u"}, "R_presencebroadcast moderator", "", ""},
		{"one that is to be", inspircd, open, "R_presencebroadcast moderator", "+u", ""},
		{"one no longer", ergo2, irc.Channel{Modes: "u"}, "R_presencebroadcast visitor participant moderator ", "", "R_presencebroadcast"},
		{"none", ergo2, irc.Channel{Modes: "u"}, "R_presencebroadcast visitor participant moderator", "-u", ""},
		{"half of one", inspircd, open, "R_presencebroadcast moderator participant", "", "R_presencebroadcast"},
		{"nobody's presence", inspircd, open, "R_presencebroadcast", "", "R_presencebroadcast"},
		{"no role", inspircd, open, "R_presencebroadcast owner", "", "R_presencebroadcast"},
		{"one by both fields", inspircd, open, "irc#auditorium 1; R_presencebroadcast moderator", "+u", ""},
		{"another by each", inspircd, irc.Channel{Modes: "u"}, "irc#auditorium 0; R_presencebroadcast moderator", "-u", ""},
		{"a letter that means another thing", hybrid8, open, "R_presencebroadcast moderator", "", "R_presencebroadcast"},
		{"history by a mode", inspircd, open, "muc#maxhistoryfetch 50", "+H 50:1d", ""},
		{"as it is", inspircd, open, "muc#maxhistoryfetch 20", "", ""},
		{"another number", unreal6, irc.Channel{Modes: "H", Params: "H=20:1h"}, "muc#maxhistoryfetch 10", "+H 10:1h", ""},
		{"that number", unreal6, irc.Channel{Modes: "H", Params: "H=20:1h"}, "muc#maxhistoryfetch 20", "", ""},
		{"none of it", inspircd, irc.Channel{Modes: "H", Params: "H=20:1h"}, "muc#maxhistoryfetch 0", "-H", ""},
		{"as nobody had said", inspircd, irc.Channel{Modes: "H", Params: "H=20:1h"}, "muc#maxhistoryfetch", "-H", ""},
		{"none where there is none", inspircd, open, "muc#maxhistoryfetch 0", "", ""},
		{"history by two fields", inspircd, open, "irc#history 5:1h; muc#maxhistoryfetch 10", "+H 5:1h", "muc#maxhistoryfetch"},
		{"history that is no mode", solanum, open, "muc#maxhistoryfetch 100", "", ""},
		{"more than there is", solanum, open, "muc#maxhistoryfetch 101", "", "muc#maxhistoryfetch"},
		{"less than none", solanum, open, "muc#maxhistoryfetch -1", "", "muc#maxhistoryfetch"},
		{"no number of it", inspircd, open, "muc#maxhistoryfetch all", "", "muc#maxhistoryfetch"},
		{"two numbers", inspircd, open, "muc#maxhistoryfetch 1 2", "", "muc#maxhistoryfetch"},
		{"beyond all", inspircd, open, "muc#maxhistoryfetch 99999999999999999999", "", "muc#maxhistoryfetch"},
		{"what nobody knows", inspircd, open, "R_pubsub x; irc#unheard_of 1; y z", "", ""},
	}
	for _, tt := range tests {
		wishes, problems := ConfigWishes(tt.ch, tt.s, RoomPolicy{History: 20, Backlog: 100}, filledIn(tt.form))
		if got := said(tt.s, wishes); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
		var fields []string
		for _, p := range problems {
			fields = append(fields, strings.Replace(p.Field, fieldConfig, "R_", 1))
		}
		if got := strings.Join(fields, " "); got != tt.problems {
			t.Errorf("%s: problems with %q, want %q", tt.name, got, tt.problems)
		}
	}
}

// What does not change is a text that says what it is about: clients show no more of it.
func TestFixedFields(t *testing.T) {
	var got []string
	for _, x := range ConfigFields(irc.Channel{Name: "#c"}, nameless, RoomPolicy{}, "de") {
		if x.Kind == form.Fixed {
			got = append(got, strings.TrimSpace(x.Label+" "+strings.Join(x.Values, " ")))
		}
	}
	want := []string{
		"Name #c", "Der Kanal bleibt bestehen, wenn niemand darin ist: nein", "Wer private Nachrichten schicken darf: alle",
		"Wer die wirklichen Adressen sieht: Operatoren",
		"Wer die Listen der Mitglieder abfragen darf: Operatoren, wer sprechen darf, wer nicht sprechen darf",
		"Gespräche werden aufgezeichnet: nein", "Wessen Anwesenheit zu sehen ist: Operatoren, wer sprechen darf, wer nicht sprechen darf",
		"Alle Anwesenden dürfen einladen: ja",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// A form that is sent back as it is changes nothing, whatever the channel is like.
func TestConfigRoundTrip(t *testing.T) {
	p := RoomPolicy{NonAnonymous: true, History: 50}
	for _, s := range []*irc.Support{inspircd, unreal6, solanum, hybrid8, ngircd26, ergo2, undernet, snircd, irc2, nameless} {
		all := s.ChanModes[1] + s.ChanModes[2] + s.ChanModes[3]
		for i := range 1 << min(len(all), 11) {
			letters := []byte{}
			ch := irc.Channel{Name: "#c", Topic: "\x02x\x02 y"}
			for j := range len(all) {
				if i*2654435761>>uint(j%16)&1 == 0 {
					continue
				}
				letters = append(letters, all[j])
				switch all[j] {
				case 'k':
					ch.Key = "key"
				case 'l':
					ch.Limit = "7"
				default:
					if s.Class(all[j]) != irc.FlagMode {
						ch.Params += fmt.Sprintf("%c=#5:3 ", all[j])
					}
				}
			}
			slices.Sort(letters)
			ch.Modes = string(letters)
			lang := []string{"en", "de"}[i%2]
			fields := ConfigFields(ch, s, p, lang)
			for j := range fields {
				if i%3 == 0 { // as many clients have it
					fields[j].Kind = ""
				}
			}
			wishes, problems := ConfigWishes(ch, s, p, form.Of(form.Submit, "").Add(fields...))
			if len(wishes) > 0 || len(problems) > 0 {
				t.Fatalf("%s +%s: %v %v", s.Version, ch.Modes, wishes, problems)
			}
		}
	}
}

// A list as long as any, and a form of as many lines, take no time to speak of.
func TestListWishesOfLongLists(t *testing.T) {
	masks := func(prefix string) (out []string) {
		for i := range 10000 {
			out = append(out, prefix+strconv.Itoa(i)+"!*@*")
		}
		return out
	}
	now, want := masks("old"), masks("New")
	wishes, problem := ListWishes(irc.DefaultSupport(), ListField{'b', "irc#bans"}, now, now, append(want, want...))
	if len(wishes) != len(now)+len(want) || problem != nil {
		t.Errorf("%d wishes, %v", len(wishes), problem)
	}
}

func TestListWishes(t *testing.T) {
	l := ListField{'b', "irc#bans"}
	tests := []struct {
		name             string
		now, shown, want string
		modes, problem   string
	}{
		{"nothing", "a b", "a b", "a b", "", ""},
		{"another order", "a b", "a b", "b a", "", ""},
		{"more", "a", "a", "a b B c", "+bb b c", ""},
		{"fewer", "a b", "a b", "b", "-b a", ""},
		{"none", "a b", "a b", "", "-bb a b", ""},
		{"both", "a", "a", "b", "-b+b a b", ""},
		{"folded", "A!*@*", "A!*@*", "a!*@*", "", ""},
		{"what has come since stays", "a late", "a", "", "-b a", ""},
		{"what has gone since is no matter", "", "a", "", "", ""},
		{"nor does it come back", "", "a", "a b", "+b b", ""},
		{"too many", "a b c", "a b c", "a b c d", "", "The list takes at most %s entries."},
		{"as many as there may be", "a b c", "a b c", "a b d", "-b+b c d", ""},
		{"no mask", "", "", ":x", "", "IRC cannot carry the mask %s."},
		{"a long one", "", "", strings.Repeat("x", maxWord+1), "", "IRC cannot carry the mask %s."},
	}
	for _, tt := range tests {
		wishes, problem := ListWishes(inspircd, l, strings.Fields(tt.now), strings.Fields(tt.shown), strings.Fields(tt.want))
		if got := said(inspircd, wishes); got != tt.modes {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.modes)
		}
		if text := fmt.Sprint(problem); tt.problem == "" && problem != nil || tt.problem != "" && (problem == nil || problem.Text != tt.problem) {
			t.Errorf("%s: %s, want %q", tt.name, text, tt.problem)
		}
	}
}

func TestUnmet(t *testing.T) {
	wish := func(text string) (out []Wish) {
		for _, c := range irc.ParseModes(inspircd, strings.Fields(text)) {
			out = append(out, Wish{"f", c})
		}
		return out
	}
	member := func(nick string) (irc.Member, bool) {
		return irc.Member{Person: irc.Person{ID: 1, Nick: nick}, Modes: map[string]string{"op": "o"}[nick]}, true
	}
	for _, tt := range []struct{ name, wishes, modes, seen, want string }{
		{"all", "+im-n", "im", "", ""},
		{"some", "+im-n", "in", "", "-n+m"},
		{"a key after a key", "-k+k a b", "k", "", ""},
		{"a key that went", "-k+k a b", "", "", "+k b"},
		{"ranks", "+o-o op op2", "", "", ""},
		{"ranks not", "-o+o op op2", "", "", "-o+o op op2"},
		{"entries", "+bb-b a b c", "", "+b A!*@*", "+b-b b c"},
		{"entries all", "+bb a b", "", "+bb a!*@* b!*@*", ""},
	} {
		var seen []irc.ModeChange
		if tt.seen != "" {
			seen = irc.ParseModes(inspircd, strings.Fields(tt.seen))
		}
		got := Unmet(wish(tt.wishes), irc.Channel{Modes: tt.modes}, member, seen)
		slices.SortStableFunc(got, func(a, b Wish) int { return order(a) - order(b) })
		want := wish(tt.want)
		slices.SortStableFunc(want, func(a, b Wish) int { return order(a) - order(b) })
		if said(inspircd, got) != said(inspircd, want) {
			t.Errorf("%s: %q, want %q", tt.name, said(inspircd, got), said(inspircd, want))
		}
	}
}

func TestBlameFor(t *testing.T) {
	i, k := Wish{"i", irc.ModeChange{Add: true, Mode: 'i'}}, Wish{"k", irc.ModeChange{Add: true, Mode: 'k', Arg: "key"}}
	unknown := irc.Fault{Numeric: 472, Target: "i", Text: "is unknown mode char to me"}
	key := irc.Fault{Numeric: 696, Target: "#c", Extra: "k", Text: "Invalid key"}
	byText := irc.Fault{Numeric: 482, Target: "#c", Text: "You must have channel op access or above to set channel mode i (inviteonly)"}
	any := irc.Fault{Numeric: 482, Target: "#c", Text: "You're not channel operator"}
	for _, tt := range []struct {
		name   string
		faults []irc.Fault
		i, k   int
	}{
		{"none", nil, 0, 0},
		{"by letter", []irc.Fault{unknown}, 472, 0},
		{"by another letter", []irc.Fault{key}, 0, 696},
		{"both", []irc.Fault{key, unknown}, 472, 696},
		{"by text", []irc.Fault{byText}, 482, 0},
		{"of all", []irc.Fault{any}, 482, 482},
		{"of all but one", []irc.Fault{unknown, any}, 472, 482},
	} {
		fi, _ := BlameFor(i, []Wish{i, k}, tt.faults)
		fk, _ := BlameFor(k, []Wish{i, k}, tt.faults)
		if fi.Numeric != tt.i || fk.Numeric != tt.k {
			t.Errorf("%s: %d and %d, want %d and %d", tt.name, fi.Numeric, fk.Numeric, tt.i, tt.k)
		}
	}
}

func TestRefused(t *testing.T) {
	var problems []Problem
	for range 25 {
		problems = append(problems, Problem{Field: FieldMaxUsers, Text: "The network has no mode %s.", Args: []string{"x"}, Said: "no"})
	}
	like := &stanza.Error{Type: stanza.Auth, Condition: stanza.Forbidden}
	if got := Refused(problems[:1], like, "de"); got.Words() != "Das ließ sich nicht einstellen:\nHöchstzahl der Anwesenden: Das Netz hat keinen Modus x. (no)" || got.Condition != stanza.Forbidden || got.Lang != "de" {
		t.Errorf("%+v", got)
	}
	if got := Refused(problems, like, ""); strings.Count(got.Text, "\n") != 20 || !strings.HasSuffix(got.Text, "…") || got.Lang != "en" {
		t.Errorf("%+v", got)
	}
}

func TestIsLanguageTag(t *testing.T) {
	for _, good := range []string{"de", "de-AT", "zh-Hant-TW", "tlh", "sr-Latn-RS", "es-419", "en-x-twain"} {
		if !IsLanguageTag(good) {
			t.Errorf("%q is none", good)
		}
	}
	for _, bad := range []string{"", "d", "-", "de-", "-de", "de--AT", "de_AT", "419", "d1", "dé", "de AT", "deutschland", "de\n", strings.Repeat("de-", 12) + "de"} {
		if IsLanguageTag(bad) {
			t.Errorf("%q is one", bad)
		}
	}
}
