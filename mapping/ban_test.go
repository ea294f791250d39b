package mapping

import (
	"cmp"
	"strings"
	"testing"
	"time"

	"isthmus/ircside/irc"
)

// How long a ban is to last, if its reason begins with that.
func TestBanTime(t *testing.T) {
	for _, c := range []struct {
		reason string
		d      time.Duration
		rest   string
	}{
		{"1h", time.Hour, ""}, {"90m and no longer", 90 * time.Minute, "and no longer"}, {"2w  x", 14 * 24 * time.Hour, "x"},
		{" 30s x", 30 * time.Second, "x"}, {"3d", 72 * time.Hour, ""}, {"999999w", 365 * 24 * time.Hour, ""},
		{"spam", 0, "spam"}, {"", 0, ""}, {"h", 0, "h"}, {"1", 0, "1"}, {"0h", 0, "0h"}, {"-1h", 0, "-1h"}, {"1x", 0, "1x"},
		{"99999999999999h", 0, "99999999999999h"}, {"1h\x00", 0, "1h\x00"}, {"1hour", 0, "1hour"},
	} {
		if d, rest := BanTime(c.reason); d != c.d || rest != c.rest {
			t.Errorf("%q: %v, %q", c.reason, d, rest)
		}
	}
}

// What a mask of each kind is made of, and when there is none.
func TestMaskBy(t *testing.T) {
	s := irc.DefaultSupport().With([]string{"EXTBAN=$,a", "ACCOUNTEXTBAN=a"})
	full := irc.Person{Nick: "eve", User: "~e", Host: "h.example", Account: "evie"}
	six := irc.Person{Nick: "eve", User: "~e", Host: "2001:db8::1:2"}
	for _, c := range []struct {
		name string
		p    irc.Person
		s    *irc.Support
		want string // of account, host, user, nick
	}{
		{"all is known", full, s, "$a:evie *!*@h.example *!~e@h.example eve!*@*"},
		{"no bans of accounts", full, irc.DefaultSupport(), "- *!*@h.example *!~e@h.example eve!*@*"},
		{"no account", six, s, "- *!*@2001:db8::/64 *!~e@2001:db8::1:2 eve!*@*"},
		{"a nick alone", irc.Person{Nick: "eve"}, s, "- - - eve!*@*"},
		{"an account alone", irc.Person{Account: "evie"}, s, "$a:evie - - -"},
		{"no user", irc.Person{Nick: "eve", Host: "h"}, s, "- *!*@h - eve!*@*"},
		{"nobody", irc.Person{}, s, "- - - -"},
	} {
		var got []string
		for _, kind := range BanKinds() {
			got = append(got, cmp.Or(MaskBy(kind, c.p, c.s), "-"))
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	if MaskBy(BanAsSuits, full, s) != "" || MaskBy("x", full, s) != "" {
		t.Error("a mask of no kind")
	}
}

// Which networks ban accounts, named or not.
func TestAccountBans(t *testing.T) {
	for _, c := range []struct{ version, tokens, want string }{
		{"InspIRCd-3.16.1", "EXTBAN=,ACNOQRSTUacmpruz", "R:ann"},
		{"InspIRCd-4", "EXTBAN=,ACNOQSTUacmpruz", ""},
		{"Ergo", "EXTBAN=,m", ""},
		{"solanum-1.0", "EXTBAN=$,ajrxz", "$a:ann"},
		{"hybrid-8.2", "EXTBAN=$,acjmnopqrsuz", "$a:ann"},
		{"UnrealIRCd-6.1", "EXTBAN=~,GIOPRSTacfijmnoprtuwz", "~a:ann"},
		{"x", "EXTBAN=~,x ACCOUNTEXTBAN=account,a", "~account:ann"},
		{"ngircd-27", "", ""}, {"u2.10", "", ""},
	} {
		s := irc.DefaultSupport().With004([]string{"irc.test", c.version}).With(append(strings.Fields(c.tokens), "are"))
		if got := irc.AccountMask(s, "ann"); got != c.want || irc.AccountMask(s, "") != "" {
			t.Errorf("%s: %q, want %q", c.version, got, c.want)
		}
		if account, ok := irc.AccountOf(s, c.want); c.want != "" && (!ok || account != "ann") {
			t.Errorf("%s: %q is of %q", c.version, c.want, account)
		}
	}
}
