package mapping

import (
	"strings"
	"testing"

	"isthmus/ircside/irc"
	"isthmus/xmppside/muc"
)

func TestInviteList(t *testing.T) {
	for _, c := range []struct {
		name   string
		tokens []string
		want   byte
	}{
		{"said", []string{"CHANMODES=beI,k,l,imn", "INVEX"}, 'I'},
		{"another letter", []string{"CHANMODES=beJ,k,l,imn", "INVEX=J"}, 'J'},
		{"not said", []string{"CHANMODES=beI,k,l,imn"}, 'I'},
		{"none", []string{"CHANMODES=be,k,l,imn"}, 0},
		{"a flag", []string{"CHANMODES=be,k,l,Iimn"}, 0},
		{"said, and no list", []string{"CHANMODES=be,k,l,imn", "INVEX=I"}, 0},
	} {
		if got := InviteList(irc.DefaultSupport().With(append(c.tokens, "are"))); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// Whoever is on the list of a channel that lets in nobody else is a member, at least; what
// they may do there is another thing.
func TestListedMember(t *testing.T) {
	const list = "eve!*@* *!*@H"
	person := irc.Person{Nick: "ann", User: "u", Host: "h"}
	for _, c := range []struct {
		name, modes, list, ranks string
		role                     muc.Role
		affiliation              muc.Affiliation
	}{
		{"listed", "i", list, "", muc.Participant, muc.Member},
		{"listed where everybody may come", "", list, "", muc.Participant, muc.AffiliationNone},
		{"not listed", "i", "eve!*@*", "", muc.Participant, muc.AffiliationNone},
		{"no list known", "i", "", "", muc.Participant, muc.AffiliationNone},
		{"without voice", "im", list, "", muc.Visitor, muc.Member},
		{"with voice", "im", list, "v", muc.Participant, muc.Member},
		{"operator", "i", list, "o", muc.Moderator, muc.Owner},
	} {
		m := irc.Member{Person: person, Modes: c.ranks}
		ch := irc.Channel{Name: "#c", Modes: c.modes, Exempt: c.list}
		role, affiliation := Standing(m, ch, network("ov"), RolePolicy{})
		if role != c.role || affiliation != c.affiliation {
			t.Errorf("%s: %s, %s", c.name, role, affiliation)
		}
	}
	m := irc.Member{Person: person}
	sc := Scene{Channel: irc.Channel{Modes: "i", Exempt: list}, Support: network("ov")}
	if changes, err := AffiliationChange(sc, m, muc.AffiliationNone); err != nil || changes != nil {
		t.Errorf("a member by the list alone has no rank to lose: %+v, %v", changes, err)
	}
	if changes, err := AffiliationChange(sc, m, muc.Owner); err != nil || len(changes) != 1 {
		t.Errorf("they may become an owner: %+v, %v", changes, err)
	}
}

// Whatever somebody was, they are on the list afterwards, have no rank above a member's, and
// may speak.
func TestMembership(t *testing.T) {
	everyMember(t, func(t *testing.T, s *irc.Support, m irc.Member, ch irc.Channel, _ muc.Affiliation) {
		ch.Modes = "i" + ch.Modes
		const mask = "*!*@h"
		changes := Membership(Scene{Channel: ch, Support: s}, m, 'I', mask)
		if want := (irc.ModeChange{Add: true, Mode: 'I', Kind: irc.ListMode, Arg: mask}); changes[0] != want {
			t.Fatalf("first %+v", changes[0])
		}
		m.User, m.Host = "u", "h"
		ch.Exempt = mask
		now := after(t, s, m, changes[1:])
		role, affiliation := Standing(now, ch, s, RolePolicy{})
		oper := strings.ContainsAny(m.Modes, "yY")
		switch {
		case role == muc.Visitor:
			t.Errorf("%q becomes a visitor by %+v", m.Modes, changes)
		case !oper && affiliation != muc.Member:
			t.Errorf("%q becomes %s by %+v", m.Modes, affiliation, changes)
		case m.Modes == "" && !isMuted(m, ch, s) && len(changes) > 1:
			t.Errorf("nothing but the list is to change: %+v", changes)
		case m.Modes == "h" && s.Rank('h') > s.Rank('o') && len(changes) > 1:
			t.Errorf("a half-operator is a member already: %+v", changes)
		}
	})
}

func TestWholeMask(t *testing.T) {
	for mask, want := range map[string]string{
		"*@h": "*!*@h", "u@h": "*!u@h", "n!u": "n!u@*", "n!u@h": "n!u@h", "": "", "$a:ann": "$a:ann", "*": "*",
	} {
		if got := WholeMask(mask); got != want {
			t.Errorf("%q is %q, want %q", mask, got, want)
		}
	}
}
