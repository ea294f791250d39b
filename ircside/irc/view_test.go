package irc

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// plain is a network with ranks, plus tokens as in 005.
func plain(tokens ...string) *Support {
	return DefaultSupport().With(append([]string{"PREFIX=(qohv)~@%+", "CASEMAPPING=ascii", "CHANMODES=beI,k,lfj,imnpst"}, tokens...))
}

// roster is "@ann bob!u@h" as Members.
func roster(s *Support, names string) []Member {
	var out []Member
	for _, word := range strings.Fields(names) {
		modes, mask := s.SplitPrefixes(word)
		nick, user, host := SplitMask(mask)
		out = append(out, Member{Person{Nick: nick, User: user, Host: host}, modes})
	}
	return out
}

// seen is a view of ann's, in #c with bob and carl and in #d with bob.
func seen(t testing.TB) *View {
	v := NewView("ann", plain())
	for _, ev := range []Event{
		Joined{Channel: "#c", Members: roster(v.Support(), "@ann +bob!u@h carl")},
		Joined{Channel: "#d", Members: roster(v.Support(), "ann ~@bob")},
	} {
		if got := v.Apply(ev); got != nil {
			t.Fatalf("a new channel yields %v", got)
		}
	}
	return v
}

// said prints changes: channel, who before, who after, cause, actor, reason; "*" is
// before our own.
func said(changes []Change) string {
	causes := [...]string{"seen", "join", "part", "kick", "ban", "quit", "split", "nick", "mode", "about", "lost", "unlisted", "closed"}
	who := func(m Member) string {
		if m.IsNobody() {
			return "-"
		}
		return strings.TrimPrefix(m.Modes+"/"+m.Nick, "/")
	}
	var out []string
	for _, c := range changes {
		self := ""
		if c.Self {
			self = "*"
		}
		line := fmt.Sprintf("%s%s %s>%s %s %s %s", self, c.Channel, who(c.Before), who(c.After), causes[c.Cause], c.Actor, c.Reason)
		out = append(out, strings.TrimSpace(line))
	}
	return strings.Join(out, "; ")
}

func members(v *View, channel string) string {
	var out []string
	for c := range v.Each(channel) {
		out = append(out, strings.TrimPrefix(c.After.Modes+"/"+c.After.Nick, "/"))
	}
	return strings.Join(out, " ")
}

func modes(v *View, channel, by, words string) Modes {
	return Modes{Channel: channel, By: by, Changes: ParseModes(v.Support(), strings.Fields(words))}
}

func TestApply(t *testing.T) {
	v := seen(t)
	about := func(nick string, known Known, p Person) About {
		p.Nick = nick
		return About{Person: p, Known: known}
	}
	for _, c := range []struct {
		name   string
		events []Event
		want   string // of the last
		c, d   string // who is there then
	}{
		{"join", []Event{Came{Channel: "#C", Person: Person{Nick: "dave"}}}, "#c ->dave join", "v/bob carl dave o/ann", "qo/bob ann"},
		{"join of who is in", []Event{Came{Channel: "#c", Person: Person{Nick: "BOB"}}}, "", "v/bob carl o/ann", "qo/bob ann"},
		{"join elsewhere", []Event{Came{Channel: "#e", Person: Person{Nick: "dave"}}}, "", "v/bob carl o/ann", "qo/bob ann"},
		{"join by nobody", []Event{Came{Channel: "#c"}}, "", "v/bob carl o/ann", "qo/bob ann"},
		{"part", []Event{Went{Channel: "#c", Nick: "Bob", Reason: "bye"}}, "#c v/bob>- part  bye", "carl o/ann", "qo/bob ann"},
		{"part of who is not in", []Event{Went{Channel: "#d", Nick: "carl"}}, "", "v/bob carl o/ann", "qo/bob ann"},
		{"part of nobody", []Event{Went{Channel: "#c", Nick: "x"}}, "", "v/bob carl o/ann", "qo/bob ann"},
		{"our part", []Event{Went{Channel: "#c", Nick: "ann"}}, "*#c o/ann>- part", "", "qo/bob ann"},
		{"kick", []Event{Went{Channel: "#c", Nick: "bob", Kick: true, By: "ann", Reason: "x"}}, "#c v/bob>- kick ann x", "carl o/ann", "qo/bob ann"},
		{"our kick", []Event{Went{Channel: "#c", Nick: "ann", Kick: true, By: "bob"}}, "*#c o/ann>- kick bob", "", "qo/bob ann"},
		{"ban", []Event{modes(v, "#c", "ann", "+b *!*@h"), Went{Channel: "#c", Nick: "bob", Kick: true, By: "ann"}}, "#c v/bob>- ban ann", "carl o/ann", "qo/bob ann"},
		{"our ban", []Event{modes(v, "#c", "bob", "+bb x!*@* a?n!*@*"), Went{Channel: "#c", Nick: "ann", Kick: true, By: "bob"}}, "*#c o/ann>- ban bob", "", "qo/bob ann"},
		{"ban of several", []Event{modes(v, "#c", "ann", "+bb carl!*@* bob!*@*"), Went{Channel: "#c", Nick: "carl", Kick: true, By: "ann"}}, "#c carl>- ban ann", "v/bob o/ann", "qo/bob ann"},
		{"ban by another", []Event{modes(v, "#c", "carl", "+b *!*@h"), Went{Channel: "#c", Nick: "bob", Kick: true, By: "ann"}}, "#c v/bob>- kick ann", "carl o/ann", "qo/bob ann"},
		{"ban of another", []Event{modes(v, "#c", "ann", "+b *!*@i"), Went{Channel: "#c", Nick: "bob", Kick: true, By: "ann"}}, "#c v/bob>- kick ann", "carl o/ann", "qo/bob ann"},
		{"ban that is lifted", []Event{modes(v, "#c", "ann", "+b *!*@h"), modes(v, "#c", "ann", "-b *!*@h"), Went{Channel: "#c", Nick: "bob", Kick: true, By: "ann"}}, "#c v/bob>- kick ann", "carl o/ann", "qo/bob ann"},
		{"closed", []Event{modes(v, "#c", "ann", "+i"), Went{Channel: "#c", Nick: "carl", Kick: true, By: "ann"}}, "#c carl>- closed ann", "v/bob o/ann", "qo/bob ann"},
		{"closed, of a rank", []Event{modes(v, "#c", "ann", "+i"), Went{Channel: "#c", Nick: "bob", Kick: true, By: "ann"}}, "#c v/bob>- kick ann", "carl o/ann", "qo/bob ann"},
		{"closed by another", []Event{modes(v, "#c", "bob", "+i"), Went{Channel: "#c", Nick: "carl", Kick: true, By: "ann"}}, "#c carl>- kick ann", "v/bob o/ann", "qo/bob ann"},
		{"closed before words", []Event{modes(v, "#c", "ann", "+i"), Text{Target: "#C"}, Went{Channel: "#c", Nick: "carl", Kick: true, By: "ann"}}, "#c carl>- kick ann", "v/bob o/ann", "qo/bob ann"},
		{"closed before a topic", []Event{modes(v, "#c", "ann", "+i"), Topic{Channel: "#c"}, Went{Channel: "#c", Nick: "carl", Kick: true, By: "ann"}}, "#c carl>- kick ann", "v/bob o/ann", "qo/bob ann"},
		{"opened again", []Event{modes(v, "#c", "ann", "+i"), modes(v, "#c", "ann", "-i"), Went{Channel: "#c", Nick: "carl", Kick: true, By: "ann"}}, "#c carl>- kick ann", "v/bob o/ann", "qo/bob ann"},
		{"exception", []Event{modes(v, "#c", "ann", "+e *!*@h"), Went{Channel: "#c", Nick: "bob", Kick: true, By: "ann"}}, "#c v/bob>- kick ann", "carl o/ann", "qo/bob ann"},
		{"ban, then part", []Event{modes(v, "#c", "ann", "+b *!*@h"), Went{Channel: "#c", Nick: "bob"}}, "#c v/bob>- part", "carl o/ann", "qo/bob ann"},
		{"quit", []Event{Quit{Nicks: []string{"BOB"}, Reason: "x"}}, "#c v/bob>- quit  x; #d qo/bob>- quit  x", "carl o/ann", "ann"},
		{"split", []Event{Quit{Nicks: []string{"carl", "x", "bob", "carl"}, Split: true}}, "#c carl>- split; #c v/bob>- split; #d qo/bob>- split", "o/ann", "ann"},
		{"lost", []Event{Quit{Nicks: []string{"carl"}, Reason: "Ping timeout", Lost: true}}, "#c carl>- lost  Ping timeout", "v/bob o/ann", "qo/bob ann"},
		{"our quit", []Event{Quit{Nicks: []string{"ann"}}}, "", "v/bob carl o/ann", "qo/bob ann"},
		{"nick", []Event{Renamed{Old: "bob", New: "rob"}}, "#c v/bob>v/rob nick; #d qo/bob>qo/rob nick", "carl v/rob o/ann", "qo/rob ann"},
		{"nick, another spelling", []Event{Renamed{Old: "bob", New: "Bob"}}, "#c v/bob>v/Bob nick; #d qo/bob>qo/Bob nick", "v/Bob carl o/ann", "qo/Bob ann"},
		{"nick, the same", []Event{Renamed{Old: "bob", New: "bob"}}, "", "v/bob carl o/ann", "qo/bob ann"},
		{"nick of nobody", []Event{Renamed{Old: "x", New: "y"}}, "", "v/bob carl o/ann", "qo/bob ann"},
		{"nick that is none", []Event{Renamed{Old: "bob", New: ""}}, "", "v/bob carl o/ann", "qo/bob ann"},
		{"nick of somebody who must be gone", []Event{Renamed{Old: "carl", New: "BOB"}}, "#c v/bob>- quit; #d qo/bob>- quit; #c carl>BOB nick", "BOB o/ann", "ann"},
		{"our nick", []Event{Renamed{Old: "ANN", New: "eve"}}, "*#c o/ann>o/eve nick; *#d ann>eve nick", "v/bob carl o/eve", "qo/bob eve"},
		{"our nick, of somebody who must be gone", []Event{Renamed{Old: "ann", New: "carl"}}, "#c carl>- quit; *#c o/ann>o/carl nick; *#d ann>carl nick", "v/bob o/carl", "qo/bob carl"},
		{"our nick, for another", []Event{Renamed{Old: "bob", New: "ann"}}, "#c v/bob>- quit; #d qo/bob>- quit", "carl o/ann", "ann"},
		{"mode", []Event{modes(v, "#c", "x", "+o-v bob bob")}, "#c v/bob>o/bob mode x", "o/bob carl o/ann", "qo/bob ann"},
		{"mode of several", []Event{modes(v, "#c", "x", "+v-o+h-v carl ann carl carl")}, "#c carl>h/carl mode x; *#c o/ann>ann mode x", "v/bob h/carl ann", "qo/bob ann"},
		{"mode and back", []Event{modes(v, "#c", "x", "+o-o bob bob")}, "", "v/bob carl o/ann", "qo/bob ann"},
		{"mode of nobody, with flags", []Event{modes(v, "#c", "x", "+omk-l x key"), modes(v, "#e", "x", "+o bob"), modes(v, "#d", "x", "+v carl")}, "", "v/bob carl o/ann", "qo/bob ann"},
		{"away", []Event{about("bob", KnownAway, Person{Away: true, AwayText: "x"})}, "#c v/bob>v/bob about; #d qo/bob>qo/bob about", "v/bob carl o/ann", "qo/bob ann"},
		{"account", []Event{about("ann", KnownAccount, Person{Account: "a"})}, "*#c o/ann>o/ann about; *#d ann>ann about", "v/bob carl o/ann", "qo/bob ann"},
		{"host that is known", []Event{about("bob", KnownHost, Person{User: "u", Host: "h"})}, "", "v/bob carl o/ann", "qo/bob ann"},
		{"about nobody", []Event{about("x", KnownHost, Person{Host: "h"})}, "", "v/bob carl o/ann", "qo/bob ann"},
		{"no news", []Event{Topic{Channel: "#c"}, TopicBy{Channel: "#c"}, Text{Target: "#c"}, Note{}, Done{}, Fault{}, Closed{}, Invited{}, Connecting{}, AwayReply{}, Entry{}, Answer{}, TopicBy{Channel: "#e"}, Topic{Channel: "#e"}}, "", "v/bob carl o/ann", "qo/bob ann"},
		{"names again", []Event{Joined{Channel: "#C", Members: roster(v.Support(), "~ann BOB eve")}}, "#C carl>- quit; #C v/bob>v/BOB nick; #d qo/bob>qo/BOB nick; #C v/BOB>BOB mode; #C ->eve seen; *#C o/ann>q/ann mode", "BOB eve q/ann", "qo/BOB ann"},
		{"names without us", []Event{Joined{Channel: "#d", Members: roster(v.Support(), "bob")}}, "#d qo/bob>bob mode", "v/bob carl o/ann", "bob ann"},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := seen(t)
			var got []Change
			for _, ev := range c.events {
				got = v.Apply(ev)
			}
			if said(got) != c.want || members(v, "#c") != c.c || members(v, "#d") != c.d {
				t.Errorf("got  %s\nwant %s\n#c %q, want %q\n#d %q, want %q", said(got), c.want, members(v, "#c"), c.c, members(v, "#d"), c.d)
			}
			checkPeople(t, v)
		})
	}
}

// checkPeople says whether those are known who are in a channel, we, and nobody else.
func checkPeople(t testing.TB, v *View) {
	t.Helper()
	in, places := map[*person]int{v.self: 1}, 0
	for _, ch := range v.channels.All() {
		for p := range ch.members {
			in[p]++
			places++
		}
	}
	if len(in) != v.people.Len() || places != v.places {
		t.Fatalf("%d people, %d known; %d places, %d counted", len(in), v.people.Len(), places, v.places)
	}
	for p, n := range in {
		if known, ok := v.people.Get(p.nick()); !ok || known != p || int(p.in) != n {
			t.Fatalf("%q: known %v, in %d, counted %d", p.nick(), ok, n, p.in)
		}
	}
}

// TestCauses holds that each cause comes with and without Self where it can.
func TestCauses(t *testing.T) {
	got := map[string]bool{}
	for _, nick := range []string{"ann", "bob"} {
		for _, ev := range []Event{
			Went{Channel: "#c", Nick: nick}, Went{Channel: "#c", Nick: nick, Kick: true, By: "x"},
			Went{Channel: "#c", Nick: nick, Kick: true, By: "op"}, Quit{Nicks: []string{nick}},
			Quit{Nicks: []string{nick}, Split: true}, Renamed{Old: nick, New: "new"},
			modes(seen(t), "#c", "x", "+h "+nick), About{Person: Person{Nick: nick, Away: true}, Known: KnownAway},
			Joined{Channel: "#c", Members: roster(plain(), "~ann ~bob new")}, Came{Channel: "#c", Person: Person{Nick: "new"}},
		} {
			v := seen(t)
			v.Apply(modes(v, "#c", "op", "+b *!*@*"))
			for _, c := range v.Apply(ev) {
				got[said([]Change{{Cause: c.Cause, Self: c.Self}})] = true
				if c.Self != (c.Before.ID == v.Self().ID || c.After.ID == v.Self().ID) {
					t.Errorf("%T: %+v", ev, c)
				}
			}
		}
	}
	var want []string
	for _, cause := range []Cause{CauseSeen, CauseJoin, CausePart, CauseKick, CauseBan, CauseQuit, CauseSplit, CauseNick, CauseMode, CauseAbout} {
		want = append(want, said([]Change{{Cause: cause}}))
		switch cause {
		case CauseSeen, CauseJoin, CauseQuit, CauseSplit: // we are there from Joined to Went
		default:
			want = append(want, said([]Change{{Cause: cause, Self: true}}))
		}
	}
	for _, w := range want {
		if !got[w] {
			t.Errorf("never: %s", w)
		}
	}
	if len(got) != len(want) {
		t.Errorf("got %d kinds, want %d: %v", len(got), len(want), got)
	}
}

func TestReconnect(t *testing.T) {
	v := seen(t)
	v.Apply(Topic{Channel: "#c", Text: "old", By: "x", At: dawn})
	bob, _ := v.Person("bob")
	v.Lost()
	if ch, _ := v.Channel("#c"); ch.Open || ch.Topic != "old" || v.Size("#c") != 3 {
		t.Errorf("lost: %+v, %d members", ch, v.Size("#c"))
	}
	for _, step := range []struct {
		ev   Event
		want string
	}{
		{Came{Channel: "#c", Person: Person{Nick: "early"}}, ""},
		{Registered{Nick: "ann_", Support: plain("NICKLEN=9")}, "*#c o/ann>o/ann_ nick; *#d ann>ann_ nick"},
		{Registered{Nick: "ann_", Support: plain()}, ""},
		{Joined{Channel: "#c", Members: roster(plain(), "ann +bob dave ann_")}, "#c carl>- quit; #c ->ann seen; #c ->dave seen; *#c o/ann_>ann_ mode"},
		{Joined{Channel: "#d", Members: roster(plain(), "~@bob ann_")}, ""},
		{Renamed{Old: "ann_", New: "ann"}, "#c ann>- quit; *#c ann_>ann nick; *#d ann_>ann nick"},
	} {
		if got := said(v.Apply(step.ev)); got != step.want {
			t.Errorf("%T\ngot  %s\nwant %s", step.ev, got, step.want)
		}
		checkPeople(t, v)
	}
	if again, _ := v.Person("bob"); again.ID != bob.ID || again.Host != "h" {
		t.Errorf("bob is %+v, was %+v", again, bob)
	}
	if ch, _ := v.Channel("#c"); !ch.Open || ch.Topic != "" || ch.TopicBy != "" || ch.TopicAt != 0 {
		t.Errorf("after: %+v", ch)
	}
}

// TestOtherServer is a reconnect to a network that ranks and folds otherwise.
func TestOtherServer(t *testing.T) {
	v := NewView("zoe", plain())
	v.Apply(Joined{Channel: "#c", Members: roster(plain(), "zoe ~@bob[ %BOB{ ann{")})
	v.Apply(Renamed{Old: "zoe", New: "ann["})
	for _, name := range []string{"#x[", "#x{", "#y{", "#y["} {
		v.Apply(Joined{Channel: name, Members: roster(plain(), "ann[ "+name[1:2]+name[2:])})
	}
	v.Lost()
	for _, name := range []string{"#x[", "#y["} {
		v.Apply(Joined{Channel: name, Members: roster(plain(), "ann[ carl")})
	}
	got := said(v.Apply(Supports{Support: plain("CASEMAPPING=rfc1459", "PREFIX=(ov)@+")}))
	if want := "#c ann{>- quit; #c h/BOB{>- quit; #c qo/bob[>o/bob[ mode"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	checkPeople(t, v)
	if members(v, "#c") != "o/bob[ ann[" || members(v, "#X{") != "carl ann[" || members(v, "#Y[") != "carl ann[" || v.channels.Len() != 3 {
		t.Errorf("#c %q, #x[ %q", members(v, "#c"), members(v, "#x["))
	}
	if _, ok := v.Person("x{"); ok {
		t.Error("who was only in a channel that is no more is known")
	}
}

func TestAbout(t *testing.T) {
	v := seen(t)
	apply := func(known Known, p Person) {
		p.Nick = "BOB"
		v.Apply(About{Person: p, Known: known, Flags: FlagBot})
	}
	want, _ := v.Person("bob")
	all := Person{User: "x", Host: "y", Account: "acc", Realname: "Bob", Away: true, AwayText: "out", Flags: FlagOper}
	for _, step := range []struct {
		name  string
		known Known
		p     Person
		then  func()
	}{
		{"nothing", 0, all, func() {}},
		{"host", KnownHost, all, func() { want.User, want.Host = "x", "y" }},
		{"host alone", KnownHost, Person{Host: "z"}, func() { want.Host = "z" }},
		{"account", KnownAccount, all, func() { want.Account = "acc" }},
		{"no account", KnownAccount, Person{}, func() { want.Account = "" }},
		{"realname", KnownRealname, all, func() { want.Realname = "Bob" }},
		{"away", KnownAway, all, func() { want.Away, want.AwayText = true, "out" }},
		{"away, as a list has it", KnownAway, Person{Away: true}, func() {}},
		{"back", KnownAway, Person{}, func() { want.Away, want.AwayText = false, "" }},
		{"flags", KnownFlags, all, func() { want.Flags = FlagOper }},
	} {
		apply(step.known, step.p)
		step.then()
		if got, _ := v.Person("bob"); got != want {
			t.Errorf("%s: got %+v, want %+v", step.name, got, want)
		}
	}
	v.Apply(Came{Channel: "#e", Person: all})
	v.Apply(Joined{Channel: "#e", Members: roster(plain(), "ann")})
	all.Nick, all.Account = "bob", ""
	v.Apply(Came{Channel: "#e", Person: all})
	want.User, want.Host = "x", "y"
	if got, _ := v.Person("bob"); got != want {
		t.Errorf("after JOIN: %+v", got)
	}
}

func TestChannelState(t *testing.T) {
	v := seen(t)
	for _, step := range []struct {
		name string
		ev   Event
		want Channel
	}{
		{"at first", Note{}, Channel{Name: "#c", Open: true}},
		{"topic", Topic{Channel: "#C", Text: "x", By: "bob", At: time.Unix(5, 0)}, Channel{Name: "#c", Open: true, Topic: "x", TopicBy: "bob", TopicAt: 5}},
		{"who set it", TopicBy{Channel: "#c", By: "carl!u@h", At: time.Unix(7, 0)}, Channel{Name: "#c", Open: true, Topic: "x", TopicBy: "carl!u@h", TopicAt: 7}},
		{"no topic", Topic{Channel: "#c"}, Channel{Name: "#c", Open: true}},
		{"modes", modes(v, "#c", "", "+ntkl-i key 5"), Channel{Name: "#c", Open: true, Modes: "klnt", Key: "key", Limit: "5"}},
		{"the same again", modes(v, "#c", "", "+nk-s *"), Channel{Name: "#c", Open: true, Modes: "klnt", Limit: "5"}},
		{"fewer", modes(v, "#c", "", "+m-klt x"), Channel{Name: "#c", Open: true, Modes: "mn"}},
		{"parameters", modes(v, "#c", "", "+fj #x 5:3"), Channel{Name: "#c", Open: true, Modes: "fjmn", Params: "f=#x j=5:3"}},
		{"other ones", modes(v, "#c", "", "-f+j 1:1"), Channel{Name: "#c", Open: true, Modes: "jmn", Params: "j=1:1"}},
		{"and none", modes(v, "#c", "", "-j"), Channel{Name: "#c", Open: true, Modes: "mn"}},
		{"lists and ranks are no modes of it", modes(v, "#c", "", "+bo x bob"), Channel{Name: "#c", Open: true, Modes: "mn"}},
		{"whole", Modes{Channel: "#c", Whole: true, Changes: ParseModes(v.Support(), []string{"+ik", "y"})}, Channel{Name: "#c", Open: true, Modes: "ik", Key: "y"}},
		{"secret now", Joined{Channel: "#c", Members: roster(plain(), "@ann +bob carl"), Secret: '@', Created: true}, Channel{Name: "#c", Open: true, Modes: "ik", Key: "y", Secret: '@'}},
	} {
		v.Apply(step.ev)
		if got, ok := v.Channel("#C"); !ok || got != step.want {
			t.Errorf("%s:\ngot  %+v\nwant %+v", step.name, got, step.want)
		}
	}
	v.Apply(Joined{Channel: "#new", Members: roster(plain(), "@ann"), Created: true})
	if ch, _ := v.Channel("#new"); !ch.Created || !ch.Open {
		t.Errorf("%+v", ch)
	}
	if _, ok := v.Channel("#none"); ok || v.Size("#none") != 0 || v.Members("#none") != nil {
		t.Error("a channel that never was")
	}
}

func TestClone(t *testing.T) {
	v := seen(t)
	v.Apply(modes(v, "#c", "ann", "+bb *!*@h *!*@i"))
	old := v.Clone()
	v.Apply(modes(v, "#c", "ann", "-b *!*@h"))
	v.Apply(Quit{Nicks: []string{"carl"}})
	v.Apply(About{Person: Person{Nick: "bob", Account: "b"}, Known: KnownAccount})
	v.Apply(Topic{Channel: "#c", Text: "new"})
	bob, _ := old.Person("bob")
	if ch, _ := old.Channel("#c"); members(old, "#c") != "v/bob carl o/ann" || bob.Account != "" || ch.Topic != "" {
		t.Errorf("%q, %+v, %+v", members(old, "#c"), bob, ch)
	}
	if got := said(old.Apply(Went{Channel: "#c", Nick: "bob", Kick: true, By: "ann"})); got != "#c v/bob>- ban ann" {
		t.Error(got)
	}
	checkPeople(t, old)
	if got := said(v.Since(seen(t), "#c")); got != "#c carl>- quit; #c v/bob>v/bob about" {
		t.Error(got)
	}
	if v.Since(old, "#none") != nil || said(v.Since(NewView("ann", plain()), "#d")) != said(v.Members("#d")) {
		t.Error("of a channel that one of the two does not know")
	}
	v.Leave("#d")
	if got := said(v.Since(old, "#d")); got != "#d qo/bob>- quit; *#d ann>- quit" {
		t.Error(got)
	}
}

func TestMember(t *testing.T) {
	v := seen(t)
	if m, ok := v.Member("#D", "BOB"); !ok || m.Modes != "qo" || m.Nick != "bob" || m.Mask() != "bob!u@h" {
		t.Errorf("%+v", m)
	}
	for _, c := range [][2]string{{"#d", "carl"}, {"#e", "bob"}, {"#c", "x"}} {
		if m, ok := v.Member(c[0], c[1]); ok || !m.IsNobody() {
			t.Errorf("%v: %+v", c, m)
		}
	}
	for c := range v.Each("#c") {
		if c.Self {
			t.Error("we are not last")
		}
		break
	}
}

func TestLeave(t *testing.T) {
	v := seen(t)
	v.Leave("#none")
	for _, name := range []string{"#c", "#D"} {
		v.Leave(name)
		checkPeople(t, v)
	}
	if _, ok := v.Channel("#c"); ok || v.people.Len() != 1 || v.places != 0 || v.Self().Nick != "ann" {
		t.Errorf("%d people, %d places", v.people.Len(), v.places)
	}
}

func TestMatchMask(t *testing.T) {
	p := Person{Nick: "Bob[", User: "~u", Host: "h.Example"}
	s := plain("CASEMAPPING=rfc1459")
	for mask, want := range map[string]bool{
		"*!*@*": true, "bob{!*@*": true, "*!*@H.EXAMPLE": true, "*!*@*.example": true, "b?b?!~u@h*": true,
		"*!*@example": false, "": false, "*": true, "bob": false, "**b**!*@*": true, "?ob!*@*": false,
		"*!*@h.example?": false, "*z*": false, "$a:bob": false,
	} {
		if MatchMask(s, mask, p) != want {
			t.Errorf("%q", mask)
		}
	}
	if MatchMask(s, "*!*@h", Person{Nick: "x"}) || !MatchMask(s, "*!*@*", Person{Nick: "x"}) {
		t.Error("what is not known matches a name")
	}
	long := strings.Repeat("*a", 200) + "b"
	if MatchMask(s, long, Person{Nick: strings.Repeat("a", 5000)}) {
		t.Error("a long mask")
	}
}

// TestBansAreBounded sets more than are remembered.
func TestBansAreBounded(t *testing.T) {
	v := seen(t)
	for i := range 5 * maxBans {
		v.Apply(modes(v, "#c", "ann", fmt.Sprintf("+b m%d!*@*", i)))
	}
	v.Apply(modes(v, "#c", "ann", "+b bob!*@*"))
	ch, _ := v.channels.Get("#c")
	if len(ch.bans) != maxBans || !slices.Contains(ch.bans, ban{"ann", "bob!*@*"}) {
		t.Errorf("%d bans: %v", len(ch.bans), ch.bans)
	}
}

// TestHostileView fills a view beyond its bounds.
func TestHostileView(t *testing.T) {
	v := seen(t)
	huge := strings.Repeat("é", 5000)
	v.Apply(About{Person: Person{Nick: "bob", Realname: huge, AwayText: huge, Away: true, Account: huge, Host: huge}, Known: 0xff})
	p, _ := v.Person("bob")
	if n := len(p.Realname); n > maxKept || n < maxKept-1 || len(p.AwayText) != n || len(p.Account) != n || len(p.Host) != n {
		t.Errorf("%d bytes of a name", n)
	}
	v.places = maxPlaces
	v.Apply(Came{Channel: "#c", Person: Person{Nick: "dave"}})
	v.Apply(Joined{Channel: "#e", Members: roster(plain(), "eve ann")})
	v.Apply(Joined{Channel: "#c", Members: roster(plain(), "fay @bob ann")})
	if members(v, "#c") != "o/bob ann" || members(v, "#e") != "ann" {
		t.Errorf("#c %q, #e %q", members(v, "#c"), members(v, "#e"))
	}
}
