package gateway

import (
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"isthmus/config"
	"isthmus/ircside/irc"
	"isthmus/xmppside/jid"
)

// A look is two users' views of one network, whose events come when the test says.
type look struct {
	hub  *Hub
	a, b *irc.View
}

func newLook(t *testing.T) *look {
	c := config.Default()
	c.Component.Domain = "gw"
	hub, err := NewHub(Options{XMPP: &outlet{}, Log: zerolog.Nop(), Config: c})
	if err != nil {
		t.Fatal(err)
	}
	l := &look{hub: hub}
	l.a, l.b = l.view("alice", "alice"), l.view("bella", "bella")
	return l
}

func (l *look) view(user, nick string) *irc.View {
	v := irc.NewView(nick, irc.DefaultSupport())
	v.Number(newUser(l.hub, jid.MustParse(user+"@x")).sight("net"))
	return v
}

// joined has a view see a channel with those in it, as nick or nick!user@host.
func joined(v *irc.View, channel string, masks ...string) {
	ev := irc.Joined{Channel: channel, Members: []irc.Member{{Person: irc.Person{Nick: v.Self().Nick}}}}
	for _, m := range masks {
		nick, user, host := irc.SplitMask(m)
		ev.Members = append(ev.Members, irc.Member{Person: irc.Person{Nick: nick, User: user, Host: host}})
	}
	v.Apply(ev)
}

func came(v *irc.View, channel string, p irc.Person) { v.Apply(irc.Came{Channel: channel, Person: p}) }

func number(t *testing.T, v *irc.View, nick string) uint64 {
	t.Helper()
	p, ok := v.Person(nick)
	if !ok || p.Stay == 0 {
		t.Fatalf("%s has no number", nick)
	}
	return p.Stay
}

func (l *look) left(t *testing.T) {
	t.Helper()
	l.a.Lost()
	l.b.Lost()
	if len(l.hub.numbers) != 0 {
		t.Errorf("kept: %+v", l.hub.numbers["net"])
	}
}

func sameNumber(t *testing.T, what string, a, b uint64, want bool) {
	t.Helper()
	if (a == b) != want {
		t.Errorf("%s: %x and %x", what, a, b)
	}
}

// All who look see the same number, whatever each of them knows, for as long as the
// person is there.
func TestSightIsShared(t *testing.T) {
	l := newLook(t)
	came0 := irc.Person{Nick: "dave", User: "d", Host: "h"}
	joined(l.a, "#c", "nick")
	came(l.a, "#c", came0)
	first, bare := number(t, l.a, "dave"), number(t, l.a, "nick")
	l.a.Apply(irc.About{Person: irc.Person{Nick: "dave", Account: "dave"}, Known: irc.KnownAccount})
	l.a.Apply(irc.About{Person: irc.Person{Nick: "dave", User: "d", Host: "cloak"}, Known: irc.KnownHost})
	sameNumber(t, "after the account and the host became known", first, number(t, l.a, "dave"), true)
	joined(l.b, "#c", "dave!d@cloak", "nick")
	sameNumber(t, "for who comes later", first, number(t, l.b, "dave"), true)
	sameNumber(t, "by the nick alone", bare, number(t, l.b, "nick"), true)
	l.a.Apply(irc.Renamed{Old: "dave", New: "davy"})
	sameNumber(t, "through a change of nick", first, number(t, l.a, "davy"), true)
	l.b.Apply(irc.Renamed{Old: "dave", New: "davy"})
	sameNumber(t, "through a change of nick, heard later", first, number(t, l.b, "davy"), true)
	l.a.Apply(irc.Went{Channel: "#c", Nick: "davy"})
	came(l.a, "#c", irc.Person{Nick: "davy"})
	sameNumber(t, "again in sight while the other watched", first, number(t, l.a, "davy"), true)
	l.left(t)
}

// Who takes a nick is somebody else, even for those who have not heard yet that the
// other is gone.
func TestSightIsNotInherited(t *testing.T) {
	l := newLook(t)
	joined(l.a, "#c", "nick", "dave!d@h")
	joined(l.b, "#c", "nick", "dave!d@h")
	bare := number(t, l.a, "nick")
	l.a.Apply(irc.Quit{Nicks: []string{"nick"}})
	came(l.a, "#c", irc.Person{Nick: "nick"})
	sameNumber(t, "a nick that is taken after a quit", bare, number(t, l.a, "nick"), false)
	sameNumber(t, "for who has not heard of the quit", bare, number(t, l.b, "nick"), true)
	l.b.Apply(irc.Quit{Nicks: []string{"nick"}})
	came(l.b, "#c", irc.Person{Nick: "nick"})
	sameNumber(t, "for who hears of it later", number(t, l.a, "nick"), number(t, l.b, "nick"), true)

	l.b.Leave("#c")
	joined(l.b, "#d", "dave!eve@evil") // and a has not heard of dave's going
	sameNumber(t, "another host under the same nick", number(t, l.a, "dave"), number(t, l.b, "dave"), false)

	dave := number(t, l.a, "dave")
	l.a.Lost()
	joined(l.b, "#e", "nick2")
	came(l.b, "#e", irc.Person{Nick: "nick2"})
	l.b.Leave("#d")
	came(l.b, "#e", irc.Person{Nick: "dave"})
	sameNumber(t, "the nick of somebody who is seen by a lost link alone", dave, number(t, l.b, "dave"), false)
	l.left(t)
}

// After a lost link those are the same who can be told to be.
func TestSightAfterALostLink(t *testing.T) {
	l := newLook(t)
	joined(l.a, "#c", "nick", "dave!d@h", "eve!e@h")
	nick, dave, eve := number(t, l.a, "nick"), number(t, l.a, "dave"), number(t, l.a, "eve")
	self := l.a.Self().Stay
	l.a.Lost()
	sameNumber(t, "while it is lost", dave, number(t, l.a, "dave"), true)
	l.a.Apply(irc.Registered{Nick: "alice", Support: irc.DefaultSupport()})
	changes := l.a.Apply(irc.Joined{Channel: "#c", Members: []irc.Member{
		{Person: irc.Person{Nick: "alice"}}, {Person: irc.Person{Nick: "nick"}},
		{Person: irc.Person{Nick: "dave", User: "d", Host: "h"}}, {Person: irc.Person{Nick: "eve", User: "m", Host: "evil"}},
	}})
	sameNumber(t, "ourselves", self, l.a.Self().Stay, true)
	sameNumber(t, "the same user and host", dave, number(t, l.a, "dave"), true)
	sameNumber(t, "another user and host", eve, number(t, l.a, "eve"), false)
	sameNumber(t, "a nick alone", nick, number(t, l.a, "nick"), false)
	var told []string
	for _, c := range changes {
		told = append(told, c.After.Nick)
	}
	if got := strings.Join(told, " "); got != "nick eve" {
		t.Errorf("told of %q", got)
	}
	l.left(t)
}

// Where the names of a channel tell nicks alone, WHO tells who is still the same; until
// then nobody is told of anything, and nobody speaks under the number of another.
func TestSightIsLeftOpen(t *testing.T) {
	l := newLook(t)
	joined(l.a, "#c", "dave!d@h", "eve!e@h", "fay!f@h")
	before := map[string]uint64{}
	for _, nick := range []string{"dave", "eve", "fay"} {
		before[nick] = number(t, l.a, nick)
	}
	l.a.Lost()
	l.a.Apply(irc.Registered{Nick: "alice", Support: irc.DefaultSupport()})
	names := irc.Joined{Channel: "#c", Members: []irc.Member{{Person: irc.Person{Nick: "alice"}}}}
	for nick := range before {
		names.Members = append(names.Members, irc.Member{Person: irc.Person{Nick: nick}})
	}
	if changes := l.a.Apply(names); len(changes) > 0 || !l.a.Doubtful("#c") {
		t.Errorf("told of %v, doubtful: %v", changes, l.a.Doubtful("#c"))
	}
	for _, c := range []struct {
		who  irc.Person
		want uint64
	}{
		{irc.Person{Nick: "dave"}, 0},
		{irc.Person{Nick: "dave", User: "m", Host: "evil"}, 0},
		{irc.Person{Nick: "dave", User: "d", Host: "h"}, before["dave"]},
	} {
		if stay, seen := l.a.Stay(c.who); stay != c.want || !seen {
			t.Errorf("%+v speaks as %x, seen: %v", c.who, stay, seen)
		}
	}
	who := func(nick, user, host string) []irc.Change {
		return l.a.Apply(irc.About{Person: irc.Person{Nick: nick, User: user, Host: host}, Known: irc.KnownHost})
	}
	if changes := who("dave", "d", "h"); len(changes) > 0 {
		t.Errorf("told of %v, who is the same", changes)
	}
	sameNumber(t, "the same user and host", before["dave"], number(t, l.a, "dave"), true)
	if changes := who("eve", "m", "evil"); len(changes) == 0 {
		t.Error("not told of another")
	}
	sameNumber(t, "another user and host", before["eve"], number(t, l.a, "eve"), false)
	if changes := l.a.Settle("#c"); len(changes) != 1 || l.a.Doubtful("#c") {
		t.Errorf("settled: %v, doubtful: %v", changes, l.a.Doubtful("#c"))
	}
	sameNumber(t, "of whom nothing was told", before["fay"], number(t, l.a, "fay"), false)
	l.left(t)
}

// One of our own is known by the bare JID, whatever the nick, and to nobody who only
// takes the nick.
func TestSightOfOurOwn(t *testing.T) {
	l := newLook(t)
	own := l.a.Self().Stay
	joined(l.b, "#c", "alice!x@gw")
	sameNumber(t, "one of ours", own, number(t, l.b, "alice"), true)
	if got := l.hub.ours("net", own); got.String() != "alice@x" {
		t.Errorf("the number is of %v", got)
	}
	l.a.Lost()
	l.b.Apply(irc.Quit{Nicks: []string{"alice"}})
	again := l.view("alice", "alice_")
	came(l.b, "#c", irc.Person{Nick: "alice_", User: "x", Host: "gw"})
	sameNumber(t, "at the next stay, by another nick", own, number(t, l.b, "alice_"), true)
	came(l.b, "#c", irc.Person{Nick: "alice", User: "e", Host: "evil"})
	sameNumber(t, "who takes the old nick", own, number(t, l.b, "alice"), false)
	again.Lost()
	if got := l.hub.ours("net", own); !got.IsZero() {
		t.Errorf("still there: %v", got)
	}
	l.left(t)
}
