package mapping

import (
	"strings"
	"testing"

	"isthmus/ircside/irc"
	"isthmus/xmppside/form"
	"isthmus/xmppside/jid"
	"isthmus/xmppside/muc"
	"isthmus/xmppside/stanza"
)

// What a knock is refused with, by numeric and, where that says too little, by text.
func TestKnockFault(t *testing.T) {
	tests := []struct {
		numeric    int
		text, want string
	}{
		{401, "No such channel", "cancel/item-not-found"},
		{403, "No such channel", "cancel/item-not-found"},
		{404, "Cannot send to channel", "auth/forbidden"},
		{421, "Unknown command", "cancel/feature-not-implemented"},
		{480, "Cannot knock on #c (Channel does not exist!)", "cancel/item-not-found"},
		{480, "Cannot knock on #c (You're already there!)", "cancel/conflict"},
		{480, "Can't KNOCK on #c, you are already on that channel.", "cancel/conflict"},
		{480, "Cannot knock on #c (Channel is not invite only!)", "modify/unexpected-request"},
		{480, "Can't KNOCK on #c, channel is not invite only so knocking is pointless!", "modify/unexpected-request"},
		{480, "Cannot knock on #c (You're banned!)", "auth/forbidden"},
		{480, "Cannot knock on #c (You are KNOCK flooding)", "wait/resource-constraint"},
		{480, "Can't KNOCK on #c, +K is set.", "cancel/not-allowed"},
		{480, "Cannot knock on #ssl (No knocks are allowed! (+K))", "cancel/not-allowed"},
		{712, "Too many KNOCKs (user).", "wait/resource-constraint"},
		{713, "Channel is open.", "modify/unexpected-request"},
		{714, "You are already on that channel.", "cancel/conflict"},
		{715, "KNOCKs are disabled.", "cancel/not-allowed"},
	}
	for _, tt := range tests {
		e := Fault(irc.Fault{Numeric: tt.numeric, Text: tt.text, Command: "KNOCK"}, ForKnock, "")
		if got := string(e.Type) + "/" + string(e.Condition); got != tt.want || e.Text == "" {
			t.Errorf("%d %s: %s %q, want %s", tt.numeric, tt.text, got, e.Text, tt.want)
		}
	}
}

// classes are the kinds of clients that are asked something.
var (
	unknown = Class{}
	formal  = Class{Features: NewFeatures(form.NS, muc.NS)}
	plain   = Class{Features: NewFeatures(muc.NS), Lang: "de"}
	old     = Class{Old: true}
)

// shape says what a client is asked by: "form" of the room, "words" of the network, "line".
func shape(shown []Shown) string {
	var out []string
	for _, s := range shown {
		for _, c := range s.Children {
			switch {
			case s.Line && s.Type == "normal" && c.Space == form.NS:
				out = append(out, "form")
			case s.Line && s.Type == "chat" && c.Local == "body":
				out = append(out, "words")
			case s.Line && s.Type == "" && c.Local == "body":
				out = append(out, "line")
			default:
				out = append(out, "?")
			}
		}
	}
	return strings.Join(out, " ")
}

func TestAsked(t *testing.T) {
	knocks := func(c Class) []Shown {
		return Knocking(c, irc.Knocked{Channel: "#c", Person: irc.Person{Nick: "eve"}}, true)
	}
	voice := func(c Class) []Shown { return WantsVoice(c, "#c", "eve", jid.MustParse("eve%net@gw")) }
	for _, tt := range []struct {
		class       Class
		knock, want string
	}{{unknown, "words form", "words form"}, {formal, "words form", "form"}, {plain, "words", "words"}, {old, "line", "line"}} {
		if got := shape(knocks(tt.class)); got != tt.knock {
			t.Errorf("%+v is told of a knock by %q, want %q", tt.class, got, tt.knock)
		}
		if got := shape(voice(tt.class)); got != tt.want {
			t.Errorf("%+v is asked for voice by %q, want %q", tt.class, got, tt.want)
		}
	}
	if text := voice(plain)[0].Children[0].Text(); !strings.HasPrefix(text, "#c: eve bittet um das Wort.\n") {
		t.Errorf("in German: %q", text)
	}
}

// submit is a form as it comes back.
func submit(fields ...string) *form.Form {
	f := &form.Form{Type: form.Submit}
	for i := 0; i+1 < len(fields); i += 2 {
		f.Add(form.Field{Var: fields[i], Values: []string{fields[i+1]}})
	}
	return f
}

// What is filled in is what was asked for, and what cannot be in an address.
func TestKnockAnswer(t *testing.T) {
	for _, nick := range []string{"eve", "e\x02ve", "[e]"} {
		asked := form.Parse(Knocking(formal, irc.Knocked{Person: irc.Person{Nick: nick}, Reason: "\x02so"}, true)[1].Children[0])
		f := submit("muc#register_roomnick", asked.Value("muc#register_roomnick"), "muc#register_allow", "1", "irc#member", "true")
		if got, ok := ParseKnockAnswer(f); !ok || got != (KnockAnswer{nick, true, true}) {
			t.Errorf("%q: %+v, %v", nick, got, ok)
		}
		if asked.Value("irc#reason") != "so" {
			t.Errorf("reason %q", asked.Value("irc#reason"))
		}
	}
	for _, f := range []*form.Form{submit(), submit("muc#register_roomnick", "eve"), submit("muc#register_allow", "1"),
		submit("muc#register_roomnick", "eve", "muc#register_allow", "yes")} {
		if got, ok := ParseKnockAnswer(f); ok {
			t.Errorf("%+v is %+v", f, got)
		}
	}
	if a, ok := ParseKnockAnswer(submit("muc#register_roomnick", "eve", "muc#register_allow", "0")); !ok || a.Allow {
		t.Errorf("refused: %+v, %v", a, ok)
	}
}

func TestVoice(t *testing.T) {
	for _, channel := range []string{"#c", "&c", "#é(+v"} {
		if got, ok := AsksForVoice(AskForVoice(channel, "ann")); !ok || got != channel {
			t.Errorf("%s: %q, %v", channel, got, ok)
		}
	}
	for _, text := range []string{"", "asks for voice in ", "asks for voice in  (/mode  +v ann)", "asks for voice in #c", "He asks for voice in #c (/mode #c +v ann)",
		"asks for voice in #c (/mode #d +v ann)"} {
		if channel, ok := AsksForVoice(text); ok {
			t.Errorf("%q asks for voice in %q", text, channel)
		}
	}
	request := ParseVoice(submit("muc#role", "participant"))
	if request != (VoiceForm{Role: muc.Participant}) {
		t.Errorf("request: %+v", request)
	}
	answer := ParseVoice(submit("muc#role", "participant", "muc#roomnick", "ann", "muc#request_allow", "true"))
	if answer != (VoiceForm{Role: muc.Participant, Answer: true, Nick: "ann", Allow: true}) {
		t.Errorf("answer: %+v", answer)
	}
	if v := ParseVoice(submit("muc#role", "god")); v.Role != muc.NoRole {
		t.Errorf("god: %+v", v)
	}
}

func TestOnlyDirect(t *testing.T) {
	tests := []struct {
		class Class
		want  bool
	}{
		{Class{}, false},
		{Class{Old: true}, true},
		{Class{Features: NewFeatures(muc.NSDirect)}, true},
		{Class{Features: NewFeatures(muc.NSDirect, muc.NS)}, false},
		{Class{Features: NewFeatures()}, false},
	}
	for _, tt := range tests {
		if got := tt.class.OnlyDirect(); got != tt.want {
			t.Errorf("%+v: %v", tt.class, got)
		}
	}
}

func TestInvitation(t *testing.T) {
	i := Invitation{Room: jid.MustParse("c%net@gw"), From: jid.MustParse("ann@x"), Reason: "come", Key: "k"}
	show := func(list []*stanza.Element) string {
		return string((&stanza.Element{Space: "", Local: "m"}).Add(list...).Append(nil))
	}
	for _, want := range []string{"ann@x", "<reason>come</reason>", "<password>k</password>"} {
		if got := show(i.Mediated()); !strings.Contains(got, want) {
			t.Errorf("%s lacks %s", got, want)
		}
	}
	for _, want := range []string{"Einladung in den Raum c%net@gw: come", "jid='c%net@gw'", "password='k'", "reason='come'"} {
		if got := show(i.Direct("de")); !strings.Contains(got, want) {
			t.Errorf("%s lacks %s", got, want)
		}
	}
}

// All of a gateway's users are on one host, and are told apart by the user name.
func TestOurMask(t *testing.T) {
	tests := []struct{ user, host, want string }{
		{"", "", "*!xdave@*"},
		{"xanne", "h", "*!xdave@h"},
		{"~xanne", "h", "*!~xdave@h"},
		{"~xan", "h", "*!~xda@h"},
		{"vanity", "h", "*!xdave@h"},
		{"~", "h", "*!~xdave@h"}, // not all that have no name
	}
	for _, tt := range tests {
		if got := OurMask("xdave", "xanne", irc.Person{User: tt.user, Host: tt.host}); got != tt.want {
			t.Errorf("%q: %s, want %s", tt.user, got, tt.want)
		}
	}
}
