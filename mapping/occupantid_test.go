package mapping

import (
	"strings"
	"testing"

	"isthmus/ircside/irc"
)

// What a stay goes by: each step of what is known, and nothing besides.
func TestStayOf(t *testing.T) {
	key := [32]byte{1}
	ann := irc.Person{Nick: "ann", User: "~a", Host: "H.example", Account: "Ann"}
	by := func(change func(*irc.Person)) uint64 { p := ann; change(&p); return StayOf(key, "net", p) }
	same := func(what string, a, b uint64, want bool) {
		t.Helper()
		if a == 0 || (a == b) != want {
			t.Errorf("%s: %x and %x", what, a, b)
		}
	}
	account := StayOf(key, "net", ann)
	same("another nick and host", account, by(func(p *irc.Person) { p.Nick, p.Host = "rob", "z" }), true)
	same("the account in other letters", account, by(func(p *irc.Person) { p.Account = "aNN" }), true)
	same("another account", account, by(func(p *irc.Person) { p.Account = "bob" }), false)
	same("another network", account, StayOf(key, "other", ann), false)
	same("another key", account, StayOf([32]byte{2}, "net", ann), false)
	host := by(func(p *irc.Person) { p.Account = "" })
	same("without the account", account, host, false)
	same("the host in other letters", host, by(func(p *irc.Person) { p.Account, p.Host = "", "h.EXAMPLE" }), true)
	same("another user", host, by(func(p *irc.Person) { p.Account, p.User = "", "b" }), false)
	same("a user of ours", StayOfUser(key, "net", "ann@x"), StayOfUser(key, "net", "bob@x"), false)
	same("an account that is called as another's host", by(func(p *irc.Person) { p.Account = "~a@h.example" }), host, false)
	if by(func(p *irc.Person) { p.Account, p.Host = "", "" }) != 0 || StayOf(key, "net", irc.Person{Nick: "ann"}) != 0 {
		t.Error("a nick alone is somebody")
	}
}

func TestOccupantIDs(t *testing.T) {
	c := NewOccupantIDs([32]byte{1}, "net", "#c")
	id := c.ID(7)
	if len(id) != 22 || strings.Trim(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
		t.Errorf("%q", id)
	}
	others := map[string]OccupantIDs{
		"channel": NewOccupantIDs([32]byte{1}, "net", "#d"), "network": NewOccupantIDs([32]byte{1}, "n", "#c"),
		"key": NewOccupantIDs([32]byte{2}, "net", "#c"), "border": NewOccupantIDs([32]byte{1}, "net#", "c"),
	}
	for what, ids := range others {
		if ids.ID(7) == id {
			t.Errorf("another %s has the same id", what)
		}
	}
	if NewOccupantIDs([32]byte{1}, "net", "#c").ID(7) != id || c.ID(8) == id {
		t.Error("an id is not of a stay")
	}
	if c.ID(0) != "" || (OccupantIDs{}).ID(7) != "" || OccupantID("") != nil {
		t.Error("nobody has an id")
	}
}

func BenchmarkOccupantID(b *testing.B) {
	ids := NewOccupantIDs([32]byte{1}, "net", "#c")
	b.ReportAllocs()
	for b.Loop() {
		OccupantID(ids.ID(7))
	}
}
