package mapping

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"isthmus/ircside/irc"
)

// listing is made of "#name users topic", a line each; "[modes]" may stand before the topic.
func listing(network, text string) *Listing {
	l := NewLister(network, &irc.Support{CaseMapping: irc.RFC1459, ChanTypes: "#", Version: "ircd-1"}, 100)
	for line := range strings.Lines(text) {
		var c irc.Listed
		fmt.Sscanf(line, "%s %d", &c.Channel, &c.Users)
		if words := strings.SplitN(strings.TrimSpace(line), " ", 3); len(words) == 3 {
			c.Topic = words[2]
		}
		if rest, ok := strings.CutPrefix(c.Topic, "["); ok {
			c.Modes, c.Topic, _ = strings.Cut(rest, "] ")
			c.Moded = true
		}
		l.Add(c)
	}
	return l.Listing(func(name string) bool { return name == "#hidden" })
}

func found(f *Found) string {
	var out []string
	for i := range f.Len() {
		network, c := f.At(i)
		out = append(out, c.Name+"%"+network)
	}
	return strings.Join(out, " ")
}

const two = `#Go 120 The Go language
#golf 3 birdies
#c 40 \x02C\x0f and C++
#_a 1
#[x] 2 [nt] brackets
#secret 5 [nts] hush
#private 5 [p] hush
#hidden 5 hush
#a,b 9 two
#go 7 told again`

func TestFind(t *testing.T) {
	net := listing("net", two)
	other := listing("other", "#C 40\n#rust 40 crab language\n#{x} 1")
	for _, tt := range []struct {
		name string
		s    Search
		want string
	}{
		{"all", Search{}, "#_a%net #c%net #C%other #go%net #golf%net #rust%other #[x]%net #{x}%other"},
		{"by users", Search{Order: ByUsers}, "#c%net #C%other #rust%other #go%net #golf%net #[x]%net #_a%net #{x}%other"},
		{"a part of the name", Search{Mask: "GO"}, "#go%net #golf%net"},
		{"a mask", Search{Mask: "#g*f"}, "#golf%net"},
		{"a mask of one character", Search{Mask: "#?"}, "#c%net #C%other"},
		{"nothing but stars", Search{Mask: "**"}, "#_a%net #c%net #C%other #go%net #golf%net #rust%other #[x]%net #{x}%other"},
		{"topic words", Search{Topic: "AND c++"}, "#c%net"},
		{"words in name or topic", Search{Words: "r LANGUAGE", InName: true, InTopic: true}, "#rust%other"},
		{"words in the topic", Search{Words: "told", InTopic: true}, "#go%net"},
		{"words nowhere", Search{Words: "told"}, ""},
		{"least", Search{Least: 7}, "#c%net #C%other #go%net #rust%other"},
		{"least and most", Search{Least: 2, Most: 7}, "#go%net #golf%net #[x]%net"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := Find([]*Listing{net, other}, tt.s)
			if got := found(f); got != tt.want {
				t.Errorf("got %s", got)
			}
			for i := range f.Len() {
				if at, exact, ok := f.Place(f.UID(i)); at != i || !exact || !ok {
					t.Errorf("%q is at %d, not %d", f.UID(i), at, i)
				}
			}
		})
	}
	if c, ok := net.Channel("#{X}"); !ok || c.Name != "#[x]" || !c.Open() {
		t.Errorf("%+v", c)
	}
	if _, ok := net.Channel("#secret"); ok {
		t.Error("a secret channel")
	}
	f := Find([]*Listing{net}, Search{Order: ByUsers})
	for uid, want := range map[string]string{"": "-", "40": "-", "x #c net": "-", "40 #c": "-", "41 #z net": "0 false", "-9 #c net": "5 false"} {
		at, exact, ok := f.Place(uid)
		got := fmt.Sprint(at, " ", exact)
		if !ok {
			got = "-"
		}
		if got != want {
			t.Errorf("%q is at %s, want %s", uid, got, want)
		}
	}
}

func TestItemName(t *testing.T) {
	for _, tt := range []struct {
		c    ListedChannel
		want string
	}{
		{ListedChannel{Name: "#c"}, "#c"},
		{ListedChannel{Name: "#c", Users: 3}, "#c (3)"},
		{ListedChannel{Name: "#c", Users: 3, Topic: "x: y"}, "#c (3): x: y"},
		{ListedChannel{Name: "#c", Topic: strings.Repeat("x", 199) + "é!"}, "#c: " + strings.Repeat("x", 199) + "…"},
	} {
		if got := tt.c.ItemName(); got != tt.want {
			t.Errorf("got %q", got)
		}
	}
}

func TestListingBounds(t *testing.T) {
	l := NewLister("net", irc.DefaultSupport(), 1<<16)
	for i := range 100000 {
		l.Add(irc.Listed{Channel: fmt.Sprint("#", i), Users: i})
	}
	list := l.Listing(func(string) bool { return false })
	if !list.Cut || list.Len() != 1<<16 || !slices.IsSortedFunc(list.channels, func(a, b ListedChannel) int { return strings.Compare(a.key, b.key) }) {
		t.Error(list.Cut, list.Len())
	}
	l = NewLister("net", irc.DefaultSupport(), 1<<16)
	topic := strings.Repeat("x", 8000)
	for i := range 5000 {
		l.Add(irc.Listed{Channel: fmt.Sprint("#", i), Topic: topic})
	}
	if list := l.Listing(func(string) bool { return false }); !list.Cut || list.Len()*8000 > 1<<24 {
		t.Error(list.Cut, list.Len())
	}
}

func TestWild(t *testing.T) {
	for _, tt := range []struct {
		mask, name string
		want       bool
	}{
		{"", "", true}, {"*", "", true}, {"?", "", false}, {"", "a", false},
		{"a*b*c", "aXbXbXc", true}, {"a*b*c", "aXbXbX", false}, {"?é?", "aéé", true}, {"??", "é", false},
		{"*a", "aaab", false}, {"#*", "#", true}, {strings.Repeat("*a", 200) + "*b", strings.Repeat("a", 400), false},
	} {
		if got := irc.Glob(tt.mask, tt.name, runeLen); got != tt.want {
			t.Errorf("%q on %q: %v", tt.mask, tt.name, got)
		}
	}
}
