package muc

import (
	"testing"

	"isthmus/xmppside/jid"
	"isthmus/xmppside/stanza"
)

func TestDirect(t *testing.T) {
	d := Direct{Room: jid.MustParse("coven@x"), Reason: "come", Password: "key", Continue: true, Thread: "t"}
	m := &stanza.Stanza{Kind: stanza.Message, Children: []*stanza.Element{d.Element()}}
	if got, ok, err := ParseDirect(m); !ok || err != nil || got != d {
		t.Errorf("got %+v, %v, %v", got, ok, err)
	}
	tests := []struct {
		name string
		typ  string
		x    *stanza.Element
		ok   bool
		err  stanza.Condition
	}{
		{"none", "", stanza.E(NSUser, "x"), false, ""},
		{"of another type", "groupchat", d.Element(), false, ""},
		{"an error", "error", d.Element(), false, ""},
		{"no room", "", stanza.E(NSDirect, "x"), true, stanza.BadRequest},
		{"a server", "", stanza.E(NSDirect, "x").Set("jid", "x.example"), true, stanza.BadRequest},
		{"no address", "", stanza.E(NSDirect, "x").Set("jid", "@"), true, stanza.JIDMalformed},
		{"an occupant", "", stanza.E(NSDirect, "x").Set("jid", "coven@x/ann"), true, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, ok, err := ParseDirect(&stanza.Stanza{Kind: stanza.Message, Type: tt.typ, Children: []*stanza.Element{tt.x}})
			if c := condition(t, err); ok != tt.ok || c != tt.err {
				t.Errorf("got %+v, %v, %q", got, ok, c)
			}
			if !got.Room.IsZero() && !got.Room.IsBare() {
				t.Errorf("the room is %s", got.Room)
			}
		})
	}
}
