package muc

import (
	"fmt"
	"strings"
	"testing"

	"isthmus/xmppside/jid"
	"isthmus/xmppside/stanza"
)

// show writes an element in a form that tests compare.
func show(e *stanza.Element) string {
	var b strings.Builder
	b.WriteString("<" + e.Local)
	for _, a := range e.Attrs {
		fmt.Fprintf(&b, " %s=%s", a.Name, a.Value)
	}
	b.WriteString(">" + e.Text())
	for _, c := range e.Children() {
		if c.Space != e.Space {
			b.WriteString("!" + c.Space)
		}
		b.WriteString(show(c))
	}
	return b.String()
}

func TestNames(t *testing.T) {
	for i, name := range roleNames {
		if r, ok := ParseRole(name); !ok || r != Role(i) || r.String() != name {
			t.Errorf("role %q: %v, %v", name, r, ok)
		}
	}
	for i, name := range affiliationNames {
		if a, ok := ParseAffiliation(name); !ok || a != Affiliation(i) || a.String() != name {
			t.Errorf("affiliation %q: %v, %v", name, a, ok)
		}
	}
	for _, name := range []string{"Moderator", "member ", "god"} {
		_, role := ParseRole(name)
		_, affiliation := ParseAffiliation(name)
		if role || affiliation {
			t.Errorf("%q is something", name)
		}
	}
	if Role(99).String()+Affiliation(99).String() != "" {
		t.Error("what is no role has a name")
	}
	if RoleNone > Visitor || Visitor > Participant || Participant > Moderator {
		t.Error("roles do not compare")
	}
	if Outcast > AffiliationNone || AffiliationNone > Member || Member > Admin || Admin > Owner {
		t.Error("affiliations do not compare")
	}
}

func TestUser(t *testing.T) {
	ann := jid.MustParse("ann@x.example/desk")
	tests := []struct {
		name string
		user User
		want string
	}{
		{"nothing", User{}, "<x>"},
		{"member", User{Item: Item{Affiliation: AffiliationNone, Role: Participant}},
			"<x><item affiliation=none role=participant>"},
		{"all of an item", User{Item: Item{Affiliation: Outcast, Role: RoleNone, JID: ann, Nick: "ann", Actor: "bob", Reason: "flood"}},
			"<x><item affiliation=outcast jid=ann@x.example/desk nick=ann role=none><actor nick=bob><reason>flood"},
		{"codes sorted, each once", User{Status: []Status{StatusNickAssigned, StatusSelf, StatusCreated, StatusSelf}},
			"<x><status code=110><status code=201><status code=210>"},
		{"invitation", User{Invite: Invite{From: ann, Reason: "come"}, Password: "key"},
			"<x><invite from=ann@x.example/desk><reason>come<password>key"},
		{"refusal", User{Decline: Invite{From: ann, Reason: "busy"}}, "<x><decline from=ann@x.example/desk><reason>busy"},
		{"destroyed", User{Destroy: &Destroy{Other: ann, Password: "key", Reason: "over"}},
			"<x><destroy jid=ann@x.example/desk><password>key<reason>over"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := tt.user.Element()
			if e.Space != NSUser {
				t.Errorf("namespace %q", e.Space)
			}
			if got := show(e); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
	codes := []Status{StatusNickAssigned, StatusSelf}
	User{Status: codes}.Element()
	if codes[0] != StatusNickAssigned {
		t.Error("the caller's codes were sorted")
	}
}

func TestPlain(t *testing.T) {
	for a := range affiliationNames {
		for r := range roleNames {
			want := show(User{Item: Item{Affiliation: Affiliation(a), Role: Role(r)}}.Element())
			if got := show(Plain(Affiliation(a), Role(r))); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		}
	}
}

func TestRoomOnly(t *testing.T) {
	yes := []*stanza.Element{
		stanza.E(NSUser, "x"), stanza.E("urn:xmpp:sid:0", "stanza-id"), stanza.E("urn:xmpp:delay", "delay"),
		stanza.E("urn:xmpp:occupant-id:0", "occupant-id"), stanza.E("jabber:x:delay", "x"), stanza.E("urn:xmpp:hats:0", "hats"),
	}
	no := []*stanza.Element{
		stanza.E("urn:xmpp:sid:0", "origin-id"), stanza.E("", "body"), stanza.E("jabber:x:oob", "x"), stanza.E("", "delay"),
	}
	for _, e := range yes {
		if !RoomOnly(e) {
			t.Errorf("a client may set %s of %s", e.Local, e.Space)
		}
	}
	for _, e := range no {
		if RoomOnly(e) {
			t.Errorf("only a room may set %s of %s", e.Local, e.Space)
		}
	}
}

func BenchmarkUser(b *testing.B) {
	b.ReportAllocs()
	u := User{Item: Item{Affiliation: Member, Role: Participant}, Status: []Status{StatusSelf}}
	for b.Loop() {
		u.Element()
	}
}
