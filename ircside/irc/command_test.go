package irc

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

// printed is what a command sends, lines joined by "|".
func printed(s *Support, c Command) (string, error) {
	lines, err := c.lines(s)
	var out []string
	for _, l := range lines {
		b, err := l.Append(nil, s.LineLen)
		if err != nil {
			return "", fmt.Errorf("after it was checked: %w", err)
		}
		out = append(out, strings.TrimSuffix(string(b), "\r\n"))
	}
	return strings.Join(out, "|"), err
}

func TestCommandLines(t *testing.T) {
	long := strings.Repeat("x", 600)
	for _, c := range []struct {
		cmd          Command
		want         string
		verb, target string
	}{
		{Join{"#c", ""}, "JOIN #c", "JOIN", "#c"},
		{Join{"#c", "key"}, "JOIN #c key", "JOIN", "#c"},
		{Join{"&l", ""}, "JOIN &l", "JOIN", "&l"},
		{Part{"#c", ""}, "PART #c", "PART", "#c"},
		{Part{"#c", "good bye"}, "PART #c :good bye", "PART", "#c"},
		{Part{"#c", long}, "PART #c " + long[:501], "PART", "#c"},
		{Say{Target: "#c", Lines: []string{"hi", "you all"}}, "PRIVMSG #c hi|PRIVMSG #c :you all", "PRIVMSG", "#c"},
		{Say{Target: "#c", Status: '@', Lines: []string{"hi", "you all"}}, "PRIVMSG @#c hi|PRIVMSG @#c :you all", "PRIVMSG", "#c"},
		{Say{Target: "#c", Status: '@', Lines: []string{long}}, "PRIVMSG @#c " + long[:497], "PRIVMSG", "#c"},
		{Say{Target: "ann", Kind: Notice, Lines: []string{"hi you"}}, "NOTICE ann :hi you", "NOTICE", "ann"},
		{Say{Target: "&l", Lines: []string{":)"}}, "PRIVMSG &l ::)", "PRIVMSG", "&l"},
		{Say{Target: "#c", Kind: Action, Lines: []string{"waves"}}, "PRIVMSG #c :\x01ACTION waves\x01", "PRIVMSG", "#c"},
		{Say{Target: "#c", Kind: Action, Lines: []string{""}}, "PRIVMSG #c \x01ACTION\x01", "PRIVMSG", "#c"},
		{Say{Target: "ann", Kind: CTCP, Verb: "VERSION"}, "PRIVMSG ann \x01VERSION\x01", "PRIVMSG", "ann"},
		{Say{Target: "ann", Kind: CTCP, Verb: "PING", Lines: []string{"12"}}, "PRIVMSG ann :\x01PING 12\x01", "PRIVMSG", "ann"},
		{Say{Target: "ann", Kind: CTCPReply, Verb: "PING", Lines: []string{"12"}}, "NOTICE ann :\x01PING 12\x01", "NOTICE", "ann"},
		{Say{Target: "#c", Lines: []string{"\x01VERSION\x01"}}, "PRIVMSG #c VERSION", "PRIVMSG", "#c"},
		{Say{Target: "#c", Kind: Action, Lines: []string{"a\x01b"}}, "PRIVMSG #c :\x01ACTION ab\x01", "PRIVMSG", "#c"},
		{Say{Target: "#c", Lines: []string{"a", "b"}, Tags: tags{"+r": "1 2"}}, `@+r=1\s2 PRIVMSG #c a|PRIVMSG #c b`, "PRIVMSG", "#c"},
		{Say{Target: "#c", Lines: []string{long}}, "PRIVMSG #c " + long[:498], "PRIVMSG", "#c"},
		{Nick{"ann|2"}, "NICK ann|2", "NICK", "ann|2"},
		{SetTopic{"#c", "hi all"}, "TOPIC #c :hi all", "TOPIC", "#c"},
		{SetTopic{"#c", ""}, "TOPIC #c :", "TOPIC", "#c"},
		{SetTopic{"#c", "12345678ü9"}, "TOPIC #c 12345678ü", "TOPIC", "#c"},
		{SetTopic{"#c", "123456789ü"}, "TOPIC #c 123456789", "TOPIC", "#c"},
		{Kick{"#c", "ann", ""}, "KICK #c ann", "KICK", "#c ann"},
		{Kick{"#c", "ann", "go away, you are far too loud"}, "KICK #c ann :go away, you are far", "KICK", "#c ann"},
		{SetModes{"#c", nil}, "", "MODE", "#c"},
		{SetModes{"#c", []ModeChange{{Add: true, Mode: 'o', Arg: "ann"}, {Mode: 'b', Arg: "*!*@a,b"}}}, "MODE #c +o-b ann *!*@a,b", "MODE", "#c"},
		{SetModes{"#c", []ModeChange{{Mode: 'k'}, {Mode: 'l', Arg: "5"}, {Add: true, Mode: 'n', Arg: "x y"}}}, "MODE #c -kl+n *", "MODE", "#c"},
		{SetModes{"#c", []ModeChange{{Add: true, Mode: 'v', Arg: "a"}, {Add: true, Mode: 'v', Arg: "b"}, {Add: true, Mode: 'v', Arg: "c"}, {Add: true, Mode: 'v', Arg: "d"}, {Add: true, Mode: 'v', Arg: "e"}}}, "MODE #c +vvvv a b c d|MODE #c +v e", "MODE", "#c"},
		{GetModes{"#c"}, "MODE #c", "MODE", "#c"},
		{GetList{"#c", 'b'}, "MODE #c +b", "MODE", "#c"},
		{Invite{"ann", "#c"}, "INVITE ann #c", "INVITE", "ann #c"},
		{Away{""}, "AWAY", "AWAY", ""},
		{Away{"at lunch"}, "AWAY :at lu", "AWAY", ""},
		{Who{"#c"}, "WHO #c %tcuhnfar,715", "WHO", "#c"},
		{Who{"ann"}, "WHO ann %tcuhnfar,715", "WHO", "ann"},
		{Whois{Nick: "ann"}, "WHOIS ann", "WHOIS", "ann"},
		{Whois{"ann", true}, "WHOIS ann ann", "WHOIS", "ann"},
		{Raw{"privmsg  NickServ :help me"}, "PRIVMSG NickServ :help me", "PRIVMSG", ""},
		{QuitCmd{"bye bye"}, "QUIT :bye bye", "QUIT", ""},
		{QuitCmd{""}, "QUIT", "QUIT", ""},
	} {
		got, err := printed(modern(), c.cmd)
		if err != nil || got != c.want {
			t.Errorf("%#v: %q, %v; want %q", c.cmd, got, err, c.want)
		}
		if c.cmd.verb() != c.verb || c.cmd.target() != c.target {
			t.Errorf("%#v is about %q %q", c.cmd, c.cmd.verb(), c.cmd.target())
		}
	}
	if got, _ := printed(DefaultSupport(), Who{"#c"}); got != "WHO #c" {
		t.Errorf("without WHOX: %q", got)
	}
}

// Names that are none, or several, wherever they stand.
var (
	badWords    = []string{"", ":a", "a b", "a,b", "a\nb", "a\rb", "a\x00b", "a\ab", " ", ","}
	badNicks    = []string{"$*", "$$host", "#c", "&c", "@ann", "+ann", "~ann", "@#c"}
	badChannels = []string{"0", "c", "ann", "@#c", "+#c", "$#c", "#c,0", "#c,#d", "#c #d", "#c\r\nQUIT", "#" + strings.Repeat("c", 20)}
)

func TestCommandNames(t *testing.T) {
	channel := func(name string) []Command {
		return []Command{
			Join{name, ""}, Part{name, ""}, SetTopic{name, "x"}, Kick{name, "ann", ""}, SetModes{name, nil},
			GetModes{name}, GetList{name, 'b'}, Invite{"ann", name},
		}
	}
	nick := func(name string) []Command {
		return []Command{Nick{name}, Kick{"#c", name, ""}, Invite{name, "#c"}, Whois{Nick: name}}
	}
	target := func(name string) []Command {
		return []Command{Say{Target: name, Lines: []string{"x"}}, Say{Target: name, Kind: CTCP, Verb: "VERSION"}, Who{name}}
	}
	var bad []Command
	for _, w := range badWords {
		bad = append(append(append(bad, channel(w)...), channel("#"+w+",")...), nick(w)...)
		bad = append(append(bad, target(w)...), Join{"#c", w + ","})
		bad = append(bad, SetModes{"#c", []ModeChange{{Add: true, Mode: 'o', Arg: w}}}, SetModes{"#c", []ModeChange{{Add: true, Mode: 'k', Arg: w}}})
	}
	for _, w := range badNicks {
		bad = append(bad, nick(w)...)
	}
	for _, w := range badChannels {
		bad = append(bad, channel(w)...)
	}
	for _, w := range []string{"$*", "@#c", "+#c", "&#c", "@&c", "~@#c", "&@#c", "@ann", "#c,#d", "#c,ann", "ann,bob"} {
		bad = append(bad, Say{Target: w, Lines: []string{"x"}})
	}
	for _, symbol := range []byte{'!', '#', ' ', '\r', '$', 0xff} { // which the network does not name
		bad = append(bad, Say{Target: "#c", Status: symbol, Lines: []string{"x"}})
	}
	bad = append(bad, Say{Target: "ann", Status: '@', Lines: []string{"x"}})
	for _, c := range bad {
		wantUnsayable(t, c)
	}
}

func wantUnsayable(t *testing.T, c Command) {
	t.Helper()
	got, err := printed(modern(), c)
	var u *UnsayableError
	if !errors.Is(err, ErrUnsayable) || !errors.As(err, &u) || got != "" || u.Error() == "" {
		t.Errorf("%#v: %q, %v", c, got, err)
	}
}

func TestCommandsRefused(t *testing.T) {
	mode := func(add bool, mode byte, arg string) Command {
		return SetModes{"#c", []ModeChange{{Add: add, Mode: mode, Arg: arg}}}
	}
	for _, c := range []Command{
		Say{Target: "#c"},
		Say{Target: "#c", Lines: []string{""}},
		Say{Target: "#c", Lines: []string{"a", "\x01"}},
		Say{Target: "#c", Lines: []string{"a\nb"}},
		Say{Target: "#c", Lines: []string{"a\rb"}},
		Say{Target: "#c", Lines: []string{"a\x00b"}},
		Say{Target: "#c", Lines: []string{"a"}, Tags: tags{"a b": ""}},
		Say{Target: "#c", Kind: CTCP, Lines: []string{"a"}},
		Say{Target: "#c", Kind: CTCP, Verb: "A B"},
		Say{Target: "#c", Kind: CTCPReply, Verb: "A\x01"},
		Say{Target: "#c", Kind: CTCP, Verb: "PING", Lines: []string{"1\r\nQUIT"}},
		SetTopic{"#c", "a\nb"}, SetTopic{"#c", "a\rb"}, Part{"#c", "a\r\nb"}, Kick{"#c", "ann", "a\nb"},
		Away{"a\nb"}, QuitCmd{"a\rb"},
		mode(true, '+', ""), mode(true, ' ', ""), mode(true, 0, ""), mode(true, 'o', ""), mode(false, 'o', ""),
		mode(true, 'k', ""), mode(true, 'l', ""), mode(true, 'l', "5 6"), mode(true, 'b', "a b"), mode(true, 'b', ":a"),
		mode(true, 'b', "a\r\nQUIT"), mode(true, 'k', "a,b"),
		GetList{"#c", 'n'}, GetList{"#c", 'q'}, GetList{"#c", 0},
		Who{"0"}, Who{"*"}, Who{"a?"},
		Raw{""}, Raw{"PRIVMSG #c :a\nQUIT"}, Raw{"PRIVMSG #c a\r\n"}, Raw{":x PRIVMSG #c a"}, Raw{"@a "}, Raw{"PRIVMSG #c a\x00"},
	} {
		wantUnsayable(t, c)
	}
	for _, c := range []Command{Raw{"PRIVMSG #c " + strings.Repeat("x", 600)}, Raw{strings.Repeat("x", MaxLine+1)}} {
		if got, err := printed(modern(), c); !errors.Is(err, ErrTooLong) || got != "" {
			t.Errorf("%.20q, %v", got, err)
		}
	}
}

func TestCut(t *testing.T) {
	for n, want := range []string{"", "a", "a", "aü", "aü", "aü", "aü", "aü😀", "aü😀"} {
		if got := cut("aü😀", n); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
	if cut("a", -1) != "" || cut("\x80\x80", 1) != "" {
		t.Error("out of range")
	}
}

// TestBudget fills lines to the brim: they are as long as the network lets them be
// with our prefix before them, and one byte more is too much.
func TestBudget(t *testing.T) {
	const prefix = "ann!~ann@host.example.org"
	for _, lineLen := range []string{"LINELEN=512", "LINELEN=1024"} {
		s := modern().With([]string{lineLen})
		for _, kind := range []TextKind{Privmsg, Notice, Action, CTCP, CTCPReply} {
			n := Budget(s, len(prefix), "#c", kind, "VERSION")
			for extra, want := range []error{nil, ErrTooLong} {
				lines, err := Say{Target: "#c", Kind: kind, Verb: "VERSION", Lines: []string{strings.Repeat("x y", n)[:n+extra]}}.lines(s)
				if err != nil {
					t.Fatal(err)
				}
				lines[0].Source = parseSource(prefix)
				b, err := lines[0].Append(nil, s.LineLen)
				if !errors.Is(err, want) || err == nil && len(b) != s.LineLen {
					t.Errorf("%s, kind %d, %d more: %d bytes, %v", lineLen, kind, extra, len(b), err)
				}
			}
		}
	}
	if got := Budget(modern(), 0, strings.Repeat("x", 600), Privmsg, ""); got != 0 {
		t.Errorf("no room at all: %d", got)
	}
}

// FuzzSay: what is said is the lines that were asked for, to whom it was asked, each
// valid UTF-8 if it was, or nothing.
func FuzzSay(f *testing.F) {
	f.Add("#c", "hi\nQUIT", uint8(0), "PING")
	f.Add("ann,bob", "\x01VERSION\x01", uint8(3), "PING")
	f.Fuzz(func(t *testing.T, target, text string, kind uint8, verb string) {
		s := modern()
		lines, err := Say{Target: target, Kind: TextKind(kind % 5), Verb: verb, Lines: []string{text, text}}.lines(s)
		if err != nil {
			return
		}
		for _, l := range lines {
			b, err := l.Append(nil, s.LineLen)
			if err != nil {
				t.Fatal(err)
			}
			checkPrinted(t, b, l)
			if utf8.ValidString(target) && utf8.ValidString(text) && !utf8.Valid(b) {
				t.Errorf("%q is cut to %q", text, b)
			}
			if strings.Contains(target, ",") || l.Param(0) != target || len(l.Params) != 2 || TextKind(kind%5) < Action && strings.Contains(l.Last(), "\x01") {
				t.Errorf("%q", b)
			}
		}
	})
}
