package muc

import (
	"errors"
	"math"
	"reflect"
	"testing"
	"time"

	"isthmus/xmppside/jid"
	"isthmus/xmppside/stanza"
)

// item makes an <item/> of NSAdmin from names and values.
func item(attrs ...string) *stanza.Element {
	e := stanza.E(NSAdmin, "item")
	for i := 0; i+1 < len(attrs); i += 2 {
		e.Set(attrs[i], attrs[i+1])
	}
	return e
}

// condition is that of err; "" if there is none.
func condition(t *testing.T, err error) stanza.Condition {
	t.Helper()
	var e *stanza.Error
	switch {
	case err == nil:
		return ""
	case !errors.As(err, &e):
		t.Fatalf("%v is no stanza error", err)
	case e.Text == "":
		t.Error("an error without a text")
	}
	return e.Condition
}

func TestParseJoin(t *testing.T) {
	history := func(attrs ...string) *stanza.Element {
		h := stanza.E(NS, "history")
		for i := 0; i+1 < len(attrs); i += 2 {
			h.Set(attrs[i], attrs[i+1])
		}
		return stanza.E(NS, "x", h)
	}
	since := time.Date(2024, 2, 29, 23, 59, 1, 500e6, time.UTC)
	tests := []struct {
		name string
		x    *stanza.Element
		want Join
	}{
		{"bare", stanza.E(NS, "x"), Join{}},
		{"password", stanza.E(NS, "x", stanza.T(NS, "password", "s3 cret")), Join{Password: "s3 cret"}},
		{"password of another namespace", stanza.E(NS, "x", stanza.T("", "password", "no")), Join{}},
		{"empty history", history(), Join{}},
		{"nothing wanted", history("maxchars", "0"), Join{History: History{MaxChars: Limit{0, true}}}},
		{"all", history("maxchars", "65000", "maxstanzas", "20", "seconds", "180", "since", "2024-02-29T23:59:01.5Z"),
			Join{History: History{Limit{65000, true}, Limit{20, true}, Limit{180, true}, since}}},
		{"huge", history("seconds", "99999999999999999999"), Join{History: History{Seconds: Limit{math.MaxInt32, true}}}},
		{"garbage", history("maxchars", "-1", "maxstanzas", "many", "seconds", "1.5", "since", "yesterday"), Join{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := &stanza.Stanza{Kind: stanza.Presence, Children: []*stanza.Element{tt.x}}
			got, ok := ParseJoin(p)
			if !ok || !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %+v, %v; want %+v", got, ok, tt.want)
			}
			p.Type = "unavailable"
			if _, ok := ParseJoin(p); ok {
				t.Error("a departure is taken for a join")
			}
		})
	}
	if _, ok := ParseJoin(&stanza.Stanza{Kind: stanza.Presence, Children: []*stanza.Element{stanza.E(NSUser, "x")}}); ok {
		t.Error("another <x/> is taken for a join")
	}
}

func TestParseAdmin(t *testing.T) {
	tests := []struct {
		name  string
		items []*stanza.Element
		set   bool
		want  []Item
		err   stanza.Condition
	}{
		{"get by affiliation", []*stanza.Element{item("affiliation", "outcast")}, false, []Item{{Affiliation: Outcast}}, ""},
		{"get by role", []*stanza.Element{item("role", "moderator")}, false, []Item{{Role: Moderator}}, ""},
		{"get by both", []*stanza.Element{item("role", "moderator", "affiliation", "owner")}, false, nil, stanza.BadRequest},
		{"get nothing", nil, false, nil, stanza.BadRequest},
		{"get without either", []*stanza.Element{item()}, false, nil, stanza.BadRequest},
		{"kick", []*stanza.Element{item("nick", "bob", "role", "none").Add(stanza.T(NSAdmin, "reason", "flood"))}, true,
			[]Item{{Nick: "bob", Role: RoleNone, Reason: "flood"}}, ""},
		{"several", []*stanza.Element{item("jid", "a@x", "affiliation", "member"), item("nick", "b", "role", "visitor")}, true,
			[]Item{{JID: jid.MustParse("a@x"), Affiliation: Member}, {Nick: "b", Role: Visitor}}, ""},
		{"both", []*stanza.Element{item("nick", "b", "role", "visitor", "affiliation", "none")}, true, nil, stanza.BadRequest},
		{"nobody", []*stanza.Element{item("role", "visitor")}, true, nil, stanza.BadRequest},
		{"unknown role", []*stanza.Element{item("nick", "b", "role", "god")}, true, nil, stanza.BadRequest},
		{"unknown affiliation", []*stanza.Element{item("nick", "b", "affiliation", "god")}, true, nil, stanza.BadRequest},
		{"bad address", []*stanza.Element{item("jid", "a b@x", "affiliation", "member")}, true, nil, stanza.JIDMalformed},
		{"one bad among good", []*stanza.Element{item("nick", "b", "role", "none"), item("nick", "c")}, true, nil, stanza.BadRequest},
		{"foreign items are passed over", []*stanza.Element{stanza.E("", "item"), stanza.E(NSAdmin, "other"), item("role", "visitor")},
			false, []Item{{Role: Visitor}}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ParseAdmin(stanza.E(NSAdmin, "query", tt.items...), tt.set)
			if c := condition(t, err); c != tt.err || !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %+v, %q; want %+v, %q", got, c, tt.want, tt.err)
			}
		})
	}
}

func TestParseInvite(t *testing.T) {
	to := func(local, address string) *stanza.Element {
		return stanza.E(NSUser, local).Set("to", address).Set("from", "liar@x").Add(stanza.T(NSUser, "reason", "so"))
	}
	tests := []struct {
		name string
		x    []*stanza.Element
		want Invitations
		err  stanza.Condition
	}{
		{"none", nil, Invitations{}, ""},
		{"one", []*stanza.Element{to("invite", "a@x")}, Invitations{Invites: []Invite{{To: jid.MustParse("a@x"), Reason: "so"}}}, ""},
		{"that goes on with a chat", []*stanza.Element{to("invite", "a@x").Add(stanza.E(NSUser, "continue").Set("thread", "t"))},
			Invitations{Invites: []Invite{{To: jid.MustParse("a@x"), Reason: "so", Continue: true, Thread: "t"}}}, ""},
		{"several", []*stanza.Element{to("invite", "a@x"), to("invite", "b@x")},
			Invitations{Invites: []Invite{{To: jid.MustParse("a@x"), Reason: "so"}, {To: jid.MustParse("b@x"), Reason: "so"}}}, ""},
		{"declined", []*stanza.Element{to("decline", "a@x")}, Invitations{Declines: []Invite{{To: jid.MustParse("a@x"), Reason: "so"}}}, ""},
		{"nobody", []*stanza.Element{to("invite", "")}, Invitations{}, stanza.BadRequest},
		{"bad address", []*stanza.Element{to("invite", "@x")}, Invitations{}, stanza.JIDMalformed},
		{"other things", []*stanza.Element{stanza.E(NSUser, "item"), stanza.E("", "invite")}, Invitations{}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := &stanza.Stanza{Kind: stanza.Message, Children: []*stanza.Element{stanza.E(NSUser, "x", tt.x...)}}
			got, err := ParseInvite(m)
			if c := condition(t, err); c != tt.err || !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %+v, %q; want %+v, %q", got, c, tt.want, tt.err)
			}
		})
	}
	if got, err := ParseInvite(&stanza.Stanza{Kind: stanza.Message}); err != nil || !reflect.DeepEqual(got, Invitations{}) {
		t.Errorf("of a message without <x/>: %+v, %v", got, err)
	}
}

func TestParseOwner(t *testing.T) {
	form := func(typ string) *stanza.Element { return stanza.E(nsForm, "x").Set("type", typ) }
	destroy := stanza.E(NSOwner, "destroy", stanza.T(NSOwner, "password", "pw"), stanza.T(NSOwner, "reason", "over")).Set("jid", "new@x")
	tests := []struct {
		name  string
		child *stanza.Element
		set   bool
		want  OwnerQuery
		err   stanza.Condition
	}{
		{"get", nil, false, OwnerQuery{Wish: OwnerGet}, ""},
		{"submit", form("submit"), true, OwnerQuery{Wish: OwnerSubmit, Form: form("submit")}, ""},
		{"cancel", form("cancel"), true, OwnerQuery{Wish: OwnerCancel}, ""},
		{"result", form("result"), true, OwnerQuery{}, stanza.BadRequest},
		{"destroy", destroy, true, OwnerQuery{Wish: OwnerDestroy, Destroy: Destroy{jid.MustParse("new@x"), "pw", "over"}}, ""},
		{"destroy for nowhere", stanza.E(NSOwner, "destroy").Set("jid", "@"), true, OwnerQuery{}, stanza.JIDMalformed},
		{"empty set", nil, true, OwnerQuery{}, stanza.BadRequest},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ParseOwner(stanza.E(NSOwner, "query", tt.child), tt.set)
			if c := condition(t, err); c != tt.err || !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %+v, %q; want %+v, %q", got, c, tt.want, tt.err)
			}
		})
	}
}
