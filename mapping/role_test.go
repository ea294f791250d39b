package mapping

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"isthmus/ircside/irc"
	"isthmus/xmppside/muc"
	"isthmus/xmppside/stanza"
)

// networks are kinds of PREFIX, highest first, and what o is there by OwnersAuto.
var networks = []struct {
	prefixes string
	op       muc.Affiliation
}{
	{"ov", muc.Owner}, {"ohv", muc.Owner}, {"yov", muc.Owner}, {"aohv", muc.Admin}, {"qaohv", muc.Admin}, {"Yqaohv", muc.Admin},
	{"Oov", muc.Admin}, {"qaohvx", muc.Admin},
}

func network(prefixes string) *irc.Support {
	s := *irc.DefaultSupport()
	s.Prefixes = nil
	for i := range len(prefixes) {
		s.Prefixes = append(s.Prefixes, irc.Prefix{Mode: prefixes[i], Symbol: "~&@%+!?"[i]})
	}
	return &s
}

// subsets are all choices of letters, in their order.
func subsets(letters string) []string {
	out := []string{""}
	for i := range len(letters) {
		for _, s := range slices.Clone(out) {
			out = append(out, s+letters[i:i+1])
		}
	}
	return out
}

// everyMember calls f for every network, set of ranks, and channel mode.
func everyMember(t *testing.T, f func(t *testing.T, s *irc.Support, m irc.Member, ch irc.Channel, op muc.Affiliation)) {
	for _, n := range networks {
		for _, modes := range subsets(n.prefixes) {
			for _, flags := range []string{"", "m", "M", "Mm"} {
				for _, account := range []string{"", "ann"} {
					t.Run(fmt.Sprintf("%s/%s/%s/%s", n.prefixes, modes, flags, account), func(t *testing.T) {
						m := irc.Member{Person: irc.Person{Nick: "ann", User: "u", Host: "h", Account: account}, Modes: modes}
						f(t, network(n.prefixes), m, irc.Channel{Name: "#c", Modes: flags}, n.op)
					})
				}
			}
		}
	}
}

func TestStanding(t *testing.T) {
	everyMember(t, func(t *testing.T, s *irc.Support, m irc.Member, ch irc.Channel, op muc.Affiliation) {
		for rule, ops := range map[OwnerRule]muc.Affiliation{"": op, OwnersAuto: op, OwnersAlways: muc.Owner, OwnersNever: muc.Admin} {
			role, affiliation := standingByLetter(m, ch, ops)
			gotRole, gotAffiliation := Standing(m, ch, s, RolePolicy{OpsAreOwners: rule})
			if gotRole != role || gotAffiliation != affiliation {
				t.Errorf("%q: got %s, %s; want %s, %s", rule, gotRole, gotAffiliation, role, affiliation)
			}
		}
	})
}

// standingByLetter is the table of ranks told in another way: the highest letter
// held decides.
func standingByLetter(m irc.Member, ch irc.Channel, op muc.Affiliation) (muc.Role, muc.Affiliation) {
	has := func(letters string) bool { return strings.ContainsAny(m.Modes, letters) }
	switch {
	case has("yYOqa"):
		return muc.Moderator, muc.Owner
	case has("o"):
		return muc.Moderator, op
	case has("h"):
		return muc.Moderator, muc.Member
	case has("v"):
		return muc.Participant, muc.Member
	case !has("x") && (ch.Has('m') || ch.Has('M') && m.Account == ""):
		return muc.Visitor, muc.AffiliationNone
	}
	return muc.Participant, muc.AffiliationNone
}

func TestStandingOfNobody(t *testing.T) {
	s := network("ov")
	if role, affiliation := Standing(irc.Member{}, irc.Channel{}, s, RolePolicy{}); role != muc.RoleNone || affiliation != muc.AffiliationNone {
		t.Errorf("nobody is %s, %s", role, affiliation)
	}
	m := irc.Member{Person: irc.Person{Nick: "ann"}}
	for _, c := range []struct {
		version, modes string
		want           muc.Role
	}{
		{"solanum-1.0-dev", "M", muc.Participant}, {"solanum-1.0-dev", "R", muc.Visitor}, {"solanum-1.0-dev", "r", muc.Participant},
		{"ircd-seven-1.1.10", "M", muc.Participant}, {"InspIRCd-4", "R", muc.Participant}, {"InspIRCd-4", "M", muc.Visitor},
	} {
		s.Version = c.version
		if role, _ := Standing(m, irc.Channel{Modes: c.modes}, s, RolePolicy{}); role != c.want {
			t.Errorf("mode %s of %s makes a %s", c.modes, c.version, role)
		}
	}
}

// after is a member when the network has done as it was told. It fails on what only
// servers may do, and on what changes nothing.
func after(t *testing.T, s *irc.Support, m irc.Member, changes []irc.ModeChange) irc.Member {
	t.Helper()
	removed := false
	for _, c := range changes {
		has := strings.IndexByte(m.Modes, c.Mode) >= 0
		if c.Kind != irc.PrefixMode || c.Arg != m.Nick || c.Add == has || c.Mode == 'y' || c.Mode == 'Y' || s.Rank(c.Mode) < 0 {
			t.Errorf("%+v for %q", c, m.Modes)
		}
		if c.Add && removed {
			t.Errorf("%+v gives after taking", changes)
		}
		removed = !c.Add
		if c.Add {
			m.Modes = s.SortModes(m.Modes + string(rune(c.Mode)))
		} else {
			m.Modes = strings.ReplaceAll(m.Modes, string(rune(c.Mode)), "")
		}
	}
	return m
}

func TestRoleChange(t *testing.T) {
	everyMember(t, func(t *testing.T, s *irc.Support, m irc.Member, ch irc.Channel, op muc.Affiliation) {
		before, _ := Standing(m, ch, s, RolePolicy{})
		for _, want := range []muc.Role{muc.RoleNone, muc.Visitor, muc.Participant, muc.Moderator} {
			changes, kick, err := RoleChange(s, m, ch, want)
			got, _ := Standing(after(t, s, m, changes), ch, s, RolePolicy{})
			switch refused := refusesRole(m, ch, before, want); {
			case kick != (want == muc.RoleNone):
				t.Errorf("%s: kick is %v", want, kick)
			case refused != (err != nil):
				t.Errorf("%s: error %v", want, err)
			case err != nil && (err.Condition != stanza.NotAllowed || err.Text == "" || changes != nil):
				t.Errorf("%s: %+v, %v", want, changes, err)
			case err == nil && !kick && got != want:
				t.Errorf("%s: %+v make a %s", want, changes, got)
			case before == want && changes != nil:
				t.Errorf("%s already, and yet %+v", want, changes)
			}
		}
	})
	if _, _, err := RoleChange(network("ov"), irc.Member{}, irc.Channel{}, muc.NoRole); err == nil || err.Condition != stanza.BadRequest {
		t.Errorf("no role: %v", err)
	}
}

// refusesRole says which changes of role IRC has no way for.
func refusesRole(m irc.Member, ch irc.Channel, before, want muc.Role) bool {
	switch {
	case before == want:
		return false
	case want == muc.Visitor:
		return before == muc.Moderator || !ch.Has('m') && !(ch.Has('M') && m.Account == "")
	case want == muc.Participant:
		return strings.ContainsAny(m.Modes, "yY")
	}
	return false
}

// Whoever a known mask silences is a visitor without a rank, and speaks again when it
// is lifted.
func TestQuieted(t *testing.T) {
	s := network("ov")
	s.ChanModes[0] = "beIq"
	m := irc.Member{Person: irc.Person{Nick: "ann", User: "u", Host: "h"}}
	ch := irc.Channel{Quiets: "eve!*@* ann!*@* *!*@H"}
	if role, _ := Standing(m, ch, s, RolePolicy{}); role != muc.Visitor {
		t.Errorf("role %s", role)
	}
	lift := []irc.ModeChange{{Mode: 'q', Kind: irc.ListMode, Arg: "ann!*@*"}, {Mode: 'q', Kind: irc.ListMode, Arg: "*!*@H"}}
	if got, _, err := RoleChange(s, m, ch, muc.Participant); err != nil || !slices.Equal(got, lift) {
		t.Errorf("lifted by %+v, %v", got, err)
	}
	ch.Modes = "m"
	voice := append(lift, irc.ModeChange{Add: true, Mode: 'v', Kind: irc.PrefixMode, Arg: "ann"})
	if got, _, err := RoleChange(s, m, ch, muc.Participant); err != nil || !slices.Equal(got, voice) {
		t.Errorf("in a moderated channel lifted by %+v, %v", got, err)
	}
	m.Modes = "v"
	if role, _ := Standing(m, ch, s, RolePolicy{}); role != muc.Participant {
		t.Errorf("with a voice: role %s", role)
	}
}

func TestQuiet(t *testing.T) {
	m := irc.Member{Person: irc.Person{Nick: "ann", User: "u1", Host: "gw.example"}}
	bare := irc.Member{Person: irc.Person{Nick: "ann"}}
	withList, unreal, insp := network("ov"), network("ov"), network("ov")
	withList.ChanModes[0] = "beIq"
	unreal.ExtBanPrefix, unreal.ExtBans = '~', "aqn"
	insp.ExtBans = "mnR"
	tests := []struct {
		name string
		s    *irc.Support
		m    irc.Member
		want irc.ModeChange
	}{
		{"list", withList, m, irc.ModeChange{Mode: 'q', Kind: irc.ListMode, Arg: "*!u1@gw.example"}},
		{"nick alone", withList, bare, irc.ModeChange{Mode: 'q', Kind: irc.ListMode, Arg: "ann!*@*"}},
		{"UnrealIRCd", unreal, m, irc.ModeChange{Mode: 'b', Kind: irc.ListMode, Arg: "~q:*!u1@gw.example"}},
		{"InspIRCd", insp, m, irc.ModeChange{Mode: 'b', Kind: irc.ListMode, Arg: "m:*!u1@gw.example"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for want, add := range map[muc.Role]bool{muc.Visitor: true, muc.Participant: false} {
				tt.want.Add = add
				got, kick, err := RoleChange(tt.s, tt.m, irc.Channel{}, want)
				if err != nil || kick || !slices.Equal(got, []irc.ModeChange{tt.want}) {
					t.Errorf("%s: got %+v, %v; want %+v", want, got, err, tt.want)
				}
			}
		})
	}
}

func TestAffiliationChange(t *testing.T) {
	everyMember(t, func(t *testing.T, s *irc.Support, m irc.Member, ch irc.Channel, op muc.Affiliation) {
		_, before := Standing(m, ch, s, RolePolicy{})
		for _, want := range []muc.Affiliation{muc.AffiliationNone, muc.Member, muc.Admin, muc.Owner} {
			changes, err := AffiliationChange(Scene{Channel: ch, Support: s}, m, want)
			now := after(t, s, m, changes)
			_, got := Standing(now, ch, s, RolePolicy{})
			reached := want
			if want == muc.Admin { // where operators are owners there are no admins
				reached = op
			}
			if strings.ContainsAny(m.Modes, "yY") {
				reached = muc.Owner
			}
			switch {
			case (err != nil) != (changes == nil && before != want): // a result says that something was done
				t.Errorf("%s of %s: %v, %v", want, before, changes, err)
			case got != reached:
				t.Errorf("%s: %+v make %s of %s", want, changes, got, before)
			case want == before && want != muc.Admin && want != muc.AffiliationNone && changes != nil:
				t.Errorf("%s already, and yet %+v", want, changes)
			case want == muc.Admin && strings.IndexByte(now.Modes, 'o') < 0:
				t.Errorf("an admin who is no operator: %q", now.Modes)
			}
		}
		if _, err := AffiliationChange(Scene{Channel: ch, Support: s}, m, muc.Outcast); err == nil || err.Condition != stanza.BadRequest {
			t.Errorf("outcast: %v", err)
		}
	})
}

// A mask does not silence somebody of a rank, so that they lose it too.
func TestMuteVoiced(t *testing.T) {
	s := network("ov")
	s.ChanModes[0] = "beIq"
	m := irc.Member{Person: irc.Person{Nick: "ann", User: "u", Host: "h"}, Modes: "v"}
	want := []irc.ModeChange{
		{Mode: 'v', Kind: irc.PrefixMode, Arg: "ann"},
		{Add: true, Mode: 'q', Kind: irc.ListMode, Arg: "*!u@h"},
	}
	if got, _, err := RoleChange(s, m, irc.Channel{}, muc.Visitor); err != nil || !slices.Equal(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
}

// An operator is a better or a lesser one by what the gateway's operator decides.
func TestAffiliationByPolicy(t *testing.T) {
	tests := []struct {
		prefixes string
		rule     OwnerRule
		want     muc.Affiliation
		refused  bool
		modes    string // that are given
	}{
		{"ov", OwnersAuto, muc.Admin, true, ""},
		{"ov", OwnersAuto, muc.Owner, false, ""},
		{"ov", OwnersNever, muc.Admin, false, ""},
		{"ov", OwnersNever, muc.Owner, true, ""},
		{"qov", OwnersAuto, muc.Admin, false, ""},
		{"qov", OwnersAuto, muc.Owner, false, "q"},
		{"qov", OwnersAlways, muc.Admin, true, ""},
		{"qov", OwnersAlways, muc.Owner, false, ""},
	}
	op := irc.Member{Person: irc.Person{Nick: "ann"}, Modes: "o"}
	for _, tt := range tests {
		sc := Scene{Support: network(tt.prefixes), Roles: RolePolicy{OpsAreOwners: tt.rule}}
		changes, err := AffiliationChange(sc, op, tt.want)
		modes := ""
		for _, c := range changes {
			modes += string(rune(c.Mode))
		}
		if refused := err != nil && err.Condition == stanza.NotAllowed && err.Text != ""; refused != tt.refused || modes != tt.modes {
			t.Errorf("%s, %s: %s of an operator: %q, %v", tt.prefixes, tt.rule, tt.want, modes, err)
		}
	}
}

// Who made a channel owns it while they are its operator, also where there are ranks above
// that, unless the configuration says that operators own nothing.
func TestFounder(t *testing.T) {
	const founder = 7
	for _, c := range []struct {
		prefixes, modes string
		id              uint64
		rule            OwnerRule
		want            muc.Affiliation
	}{
		{"qaohv", "o", founder, OwnersAuto, muc.Owner}, {"qaohv", "o", 8, OwnersAuto, muc.Admin},
		{"qaohv", "ov", founder, OwnersAuto, muc.Owner}, {"qaohv", "o", founder, OwnersNever, muc.Admin},
		{"qaohv", "h", founder, OwnersAuto, muc.Member}, {"qaohv", "", founder, OwnersAuto, muc.AffiliationNone},
		{"ov", "o", founder, OwnersNever, muc.Admin}, {"ov", "o", founder, OwnersAuto, muc.Owner},
		{"qaohv", "q", 8, OwnersAuto, muc.Owner},
	} {
		m := irc.Member{Person: irc.Person{ID: c.id, Nick: "ann"}, Modes: c.modes}
		_, got := Standing(m, irc.Channel{Name: "#c"}, network(c.prefixes), RolePolicy{OpsAreOwners: c.rule, Founder: founder})
		if got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
	m := irc.Member{Person: irc.Person{Nick: "ann"}, Modes: "o"}
	if _, got := Standing(m, irc.Channel{Name: "#c"}, network("qaohv"), RolePolicy{}); got != muc.Admin {
		t.Errorf("without a number: %v", got)
	}
}

// Who is known to be silenced is a visitor without a rank, and nobody else is.
func TestSilencedStanding(t *testing.T) {
	s := network("ov")
	for _, test := range []struct {
		member irc.Member
		p      RolePolicy
		want   muc.Role
	}{
		{irc.Member{Person: irc.Person{ID: 7, Nick: "ann"}}, RolePolicy{Silenced: 7}, muc.Visitor},
		{irc.Member{Person: irc.Person{ID: 7, Nick: "ann"}, Modes: "v"}, RolePolicy{Silenced: 7}, muc.Participant},
		{irc.Member{Person: irc.Person{ID: 8, Nick: "bob"}}, RolePolicy{Silenced: 7}, muc.Participant},
		{irc.Member{Person: irc.Person{Nick: "eve"}}, RolePolicy{}, muc.Participant},
	} {
		if role, _ := Standing(test.member, irc.Channel{Name: "#c"}, s, test.p); role != test.want {
			t.Errorf("%+v by %+v: %v, want %v", test.member, test.p, role, test.want)
		}
	}
}

func TestBanMask(t *testing.T) {
	insp, solanum, plain := network("ov"), network("ov"), network("ov")
	insp.AccountExtBan = []string{"account", "R"}
	solanum.AccountExtBan, solanum.ExtBanPrefix = []string{"a"}, '$'
	who := func(account, user, host string) irc.Person {
		return irc.Person{Nick: "ann", Account: account, User: user, Host: host}
	}
	tests := []struct {
		name string
		p    irc.Person
		s    *irc.Support
		want string
	}{
		{"account", who("ann", "u", "h.example"), insp, "account:ann"},
		{"account with a prefix", who("ann", "u", "h.example"), solanum, "$a:ann"},
		{"account, not banned by the network", who("ann", "u", "h.example"), plain, "*!*@h.example"},
		{"host", who("", "~u", "h.example"), insp, "*!*@h.example"},
		{"cloak", who("", "u", "user/ann"), plain, "*!*@user/ann"},
		{"nick alone", who("", "", ""), plain, "ann!*@*"},
		{"our own host", who("", "u123", "GW.example"), plain, "*!u123@GW.example"},
		{"web gateway", who("", "u", "gateway/web/kiwi"), plain, "*!u@gateway/web/kiwi"},
		{"IPv4", who("", "u", "192.0.2.7"), plain, "*!*@192.0.2.7"},
		{"IPv6", who("", "u", "2001:db8:1:2:3:4:5:6"), plain, "*!*@2001:db8:1:2::/64"},
		{"our host, no user", who("", "", "gw.example"), plain, "*!*@gw.example"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := BanMask(tt.p, tt.s, "gw.example"); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func BenchmarkStanding(b *testing.B) {
	b.ReportAllocs()
	s := network("qaohv")
	m := irc.Member{Person: irc.Person{Nick: "ann"}, Modes: "ov"}
	ch := irc.Channel{Modes: "imnt"}
	for b.Loop() {
		Standing(m, ch, s, RolePolicy{})
	}
}
