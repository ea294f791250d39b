package irc

import (
	"strings"
	"testing"
	"time"
)

// Masks name networks of addresses, and accounts.
func TestMatchMaskOfMany(t *testing.T) {
	s := DefaultSupport()
	s.ExtBanPrefix, s.AccountExtBan = '~', []string{"account", "a"}
	ann := Person{Nick: "Ann[x]", User: "u", Host: "2001:db8::1", Account: "annie"}
	for mask, want := range map[string]bool{
		"*!*@*": true, "ann{X}!*@*": true, "ann?x?!u@*": true, "bob!*@*": false, "": false, "ann": false,
		"*!*@2001:db8::1": true, "*!*@2001:db8::/32": true, "*!u@2001:db8::/64": true,
		"*!v@2001:db8::/64": false, "*!*@2001:db9::/32": false, "*!*@10.0.0.0/8": false, "*!*@::/0": true,
		"~account:Annie": true, "~a:ann*": true, "~a:annie!*@*": true, "~a:bob": false, "~a:": false, "a:annie": false,
	} {
		if got := MatchMask(s, mask, ann); got != want {
			t.Errorf("%q names her: %t", mask, got)
		}
	}
	mapped := Person{Nick: "bob", User: "u", Host: "::ffff:10.1.2.3"}
	if !MatchMask(s, "*!*@10.0.0.0/8", mapped) {
		t.Error("an address of IPv4 within IPv6 is not in its network")
	}
	unknown := Person{Nick: "eve"}
	for _, mask := range []string{"*!*@10.0.0.0/8", "~a:*", "*!u@*"} {
		if MatchMask(s, mask, unknown) {
			t.Errorf("%q names somebody of whom only the nick is known", mask)
		}
	}
	if MatchMask(DefaultSupport(), "~a:annie", ann) {
		t.Error("an extended ban where there are none")
	}
}

// Bans that end by themselves, where they are known to be.
func TestTimedBan(t *testing.T) {
	for _, c := range []struct {
		version, tokens string
		d               time.Duration
		want            string
	}{
		{"InspIRCd-4", "", 90 * time.Minute, "TBAN #c 5400 *!*@h"},
		{"UnrealIRCd-6.1.0", "EXTBAN=~,at", 61 * time.Second, "MODE #c +b ~t:2:*!*@h"},
		{"UnrealIRCd-6.1.0", "EXTBAN=~,a", time.Hour, ""},
		{"ngircd-27", "", time.Hour, ""},
	} {
		s := DefaultSupport().With004([]string{"irc.test", c.version}).With([]string{c.tokens, "are"})
		lines, err := TimedBan{"#c", "*!*@h", c.d}.lines(s)
		if got := wire(lines); got != c.want || (err != nil) != (c.want == "") || HasTimedBans(s) != (c.want != "") {
			t.Errorf("%s: %q, %v", c.version, got, err)
		}
		if lines, err := (TimedBan{"#c", ":x y", c.d}).lines(s); err == nil {
			t.Errorf("%q", lines)
		}
	}
}

func wire(lines []Line) string {
	var out []byte
	for _, l := range lines {
		out, _ = l.Append(out, 512)
	}
	return strings.TrimSpace(string(out))
}
