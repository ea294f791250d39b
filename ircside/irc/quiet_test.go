package irc

import (
	"fmt"
	"strings"
	"testing"
)

func TestQuietMask(t *testing.T) {
	charybdis := DefaultSupport().With([]string{"CHANMODES=beIq,k,l,imn", "EXTBAN=$,aq", "are"})
	unreal := DefaultSupport().With([]string{"EXTBAN=~,aq", "are"})
	insp := DefaultSupport().With([]string{"EXTBAN=,mR", "are"})
	for _, c := range []struct {
		name string
		s    *Support
		m    ModeChange
		want string
	}{
		{"list", charybdis, ModeChange{Add: true, Mode: 'q', Kind: ListMode, Arg: "a!*@*"}, "a!*@*"},
		{"a list's end", charybdis, ModeChange{Mode: 'q', Kind: ListMode}, ""},
		{"a ban", charybdis, ModeChange{Add: true, Mode: 'b', Kind: ListMode, Arg: "~q:a!*@*"}, ""},
		{"founder", unreal, ModeChange{Add: true, Mode: 'q', Kind: PrefixMode, Arg: "ann"}, ""},
		{"UnrealIRCd", unreal, ModeChange{Add: true, Mode: 'b', Kind: ListMode, Arg: "~q:a!*@*"}, "a!*@*"},
		{"UnrealIRCd 6", unreal, ModeChange{Add: true, Mode: 'b', Kind: ListMode, Arg: "~quiet:a!*@*"}, "a!*@*"},
		{"InspIRCd", insp, ModeChange{Mode: 'b', Kind: ListMode, Arg: "m:a!*@*"}, "a!*@*"},
		{"InspIRCd 4", insp, ModeChange{Mode: 'b', Kind: ListMode, Arg: "mute:a!*@*"}, "a!*@*"},
		{"nobody", insp, ModeChange{Add: true, Mode: 'b', Kind: ListMode, Arg: "m:"}, ""},
		{"an exception", insp, ModeChange{Add: true, Mode: 'e', Kind: ListMode, Arg: "m:a!*@*"}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got, ok := QuietMask(c.s, c.m); got != c.want || ok != (c.want != "") {
				t.Errorf("got %q, %t; want %q", got, ok, c.want)
			}
		})
	}
}

// The masks are kept in order, each once, and not without end.
func TestQuieted(t *testing.T) {
	ch := &channel{}
	s := DefaultSupport().With([]string{"CHANMODES=beIq,k,l,imn", "are"})
	set := func(add bool, mask string) { ch.quieted(s, ModeChange{Add: add, Mode: 'q', Kind: ListMode, Arg: mask}) }
	set(true, "a!*@*")
	set(true, "b!*@*")
	set(true, "A!*@*")
	set(false, "c!*@*")
	if ch.Quiets != "b!*@* A!*@*" {
		t.Errorf("%q", ch.Quiets)
	}
	set(false, "a!*@*")
	set(false, "B!*@*")
	if ch.Quiets != "" {
		t.Errorf("%q", ch.Quiets)
	}
	for i := range 2 * maxQuiets {
		set(true, fmt.Sprintf("n%d!*@*", i))
	}
	if got := strings.Fields(ch.Quiets); len(got) != maxQuiets || got[maxQuiets-1] != fmt.Sprintf("n%d!*@*", 2*maxQuiets-1) {
		t.Errorf("%d: %q", len(got), ch.Quiets)
	}
}

// Whom the channel lets in uninvited is kept likewise, by whatever letter the network has
// for that.
func TestExempted(t *testing.T) {
	s := DefaultSupport().With([]string{"CHANMODES=beJ,k,l,imn", "INVEX=J", "are"})
	ch := &channel{}
	for _, c := range []struct {
		m    ModeChange
		want string
	}{
		{ModeChange{Add: true, Mode: 'J', Kind: ListMode, Arg: "a!*@*"}, "a!*@*"},
		{ModeChange{Add: true, Mode: 'J', Kind: ListMode, Arg: "A!*@*"}, "A!*@*"},
		{ModeChange{Add: true, Mode: 'J', Kind: ListMode}, "A!*@*"},
		{ModeChange{Add: true, Mode: 'J', Kind: ListMode, Arg: "a b!*@*"}, "A!*@*"},
		{ModeChange{Add: true, Mode: 'I', Kind: FlagMode}, "A!*@*"},
		{ModeChange{Add: true, Mode: 'J', Kind: ListMode, Arg: "*!*@h"}, "A!*@* *!*@h"},
		{ModeChange{Mode: 'J', Kind: ListMode, Arg: "a!*@*"}, "*!*@h"},
		{ModeChange{Mode: 'J', Kind: ListMode, Arg: "*!*@H"}, ""},
	} {
		if ch.exempted(s, c.m, "ann"); ch.Exempt != c.want {
			t.Errorf("%+v leaves %q, want %q", c.m, ch.Exempt, c.want)
		}
	}
}
