package irc

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestSupportReads(t *testing.T) {
	s := DefaultSupport().With004([]string{"irc.example.org", "ircd-1.2", "iow", "beI"})
	s = s.With(strings.Split("NETWORK=Ex\\x20ample\\x3D\\x0d CASEMAPPING=ascii CHANTYPES=#!a#, PREFIX=(qov)~@+ CHANMODES=beI,k,lj,imn,xyz STATUSMSG=@+", " "))
	s = s.With(strings.Split("NICKLEN=30 USERLEN=10 HOSTLEN=63 CHANNELLEN=64 TOPICLEN=390 KICKLEN=255 AWAYLEN=200 NAMELEN=50 KEYLEN=23 LINELEN=2048 MODES=20", " "))
	s = s.With(strings.Split("CHANLIMIT=#&:25,!: MAXLIST=beI:100,q:7 TARGMAX=privmsg:4,NAMES:1,KICK: MONITOR=100 EXCEPTS INVEX=J BOT=B", " "))
	s = s.With(append(strings.Split("EXTBAN=~,acjR ACCOUNTEXTBAN=account,a ELIST=CMNTU CLIENTTAGDENY=*,-draft/react WHOX UTF8ONLY SAFELIST KNOCK FOO=bar", " "), "are supported by this server"))
	got := *s
	got.tokens = nil
	want := Support{
		Network: "Ex ample=\\x0d", Server: "irc.example.org", Version: "ircd-1.2",
		CaseMapping: ASCII, ChanTypes: "#!", StatusMsg: "@+",
		Prefixes:  []Prefix{{'q', '~'}, {'o', '@'}, {'v', '+'}},
		ChanModes: [4]string{"beI", "k", "lj", "imn"},
		NickLen:   30, UserLen: 10, HostLen: 63, ChannelLen: 64,
		TopicLen: 390, KickLen: 255, AwayLen: 200, NameLen: 50, KeyLen: 23, LineLen: 2048, Modes: 20,
		ChanLimit: map[byte]int{'#': 25, '&': 25, '!': 0},
		MaxList:   map[byte]int{'b': 100, 'e': 100, 'I': 100, 'q': 7},
		TargMax:   map[string]int{"PRIVMSG": 4, "NAMES": 1, "KICK": 0},
		Monitor:   100, Excepts: 'e', Invex: 'J', Bot: 'B',
		ExtBanPrefix: '~', ExtBans: "acjR", AccountExtBan: []string{"account", "a"},
		EList: "CMNTU", ClientTagDeny: "*,-draft/react",
		WHOX: true, UTF8Only: true, SafeList: true, Knock: true,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if len(s.tokens) != len(setters) {
		t.Errorf("%d tokens are kept of %d that are known", len(s.tokens), len(setters))
	}
	var off []string
	for name := range setters {
		off = append(off, "-"+name)
	}
	bare := s.With(off)
	base := DefaultSupport().With004([]string{"irc.example.org", "ircd-1.2"})
	bare.tokens = nil
	if !reflect.DeepEqual(bare, base) {
		t.Errorf("after taking all away: %+v", bare)
	}
	if s.Network != want.Network || len(s.tokens) != len(setters) {
		t.Error("With changed what it was called on")
	}
}

func TestSupportJunk(t *testing.T) {
	number := func(get func(*Support) int) func(*Support) any { return func(s *Support) any { return get(s) } }
	line := number(func(s *Support) int { return s.LineLen })
	modes := number(func(s *Support) int { return s.Modes })
	nick := number(func(s *Support) int { return s.NickLen })
	monitor := number(func(s *Support) int { return s.Monitor })
	prefixes := func(s *Support) any { return len(s.Prefixes) }
	ext := func(s *Support) any { return string(rune(s.ExtBanPrefix)) + s.ExtBans }
	for token, c := range map[string]struct {
		get  func(*Support) any
		want any
	}{
		"LINELEN=1": {line, 512}, "LINELEN=x": {line, 512}, "LINELEN=99999999999999999999": {line, maxLineLen},
		"MODES": {modes, 0}, "MODES=": {modes, 0}, "MODES=0": {modes, 1}, "MODES=x": {modes, 3}, "MODES=-1": {modes, 3},
		"NICKLEN=-5": {nick, 0}, "NICKLEN=+5": {nick, 0}, "NICKLEN": {nick, 0},
		"NICKLEN=99999999999999999999": {nick, maxNumber}, "NICKLEN=2147483647": {nick, maxNumber},
		"MONITOR": {monitor, -1}, "MONITOR=x": {monitor, 0},
		"PREFIX": {prefixes, 0}, "PREFIX=": {prefixes, 0}, "PREFIX=ov@+": {prefixes, 2}, "PREFIX=(ov": {prefixes, 2},
		"PREFIX=(ohv)@%": {prefixes, 2}, "PREFIX=(oo)@@": {prefixes, 1}, "PREFIX=(ov)@@": {prefixes, 1},
		"PREFIX=(ov)a\x01": {prefixes, 0}, "PREFIX=()": {prefixes, 0}, "PREFIX=)(": {prefixes, 2},
		"EXTBAN=,ab": {ext, "\x00ab"}, "EXTBAN=": {ext, "\x00"}, "EXTBAN=$,a": {ext, "$a"}, "EXTBAN=xy,a": {ext, "\x00a"},
		"CHANTYPES=":    {func(s *Support) any { return s.IsChannel("#c") }, false},
		"CHANMODES=b":   {func(s *Support) any { return s.ChanModes }, [4]string{"b"}},
		"CHANMODES=bbb": {func(s *Support) any { return s.ChanModes }, [4]string{"b"}},
		"EXCEPTS=xy":    {func(s *Support) any { return s.Excepts }, byte('e')},
		"BOT":           {func(s *Support) any { return s.Bot }, byte(0)},
		"NETWORK=\\x4":  {func(s *Support) any { return s.Network }, "\\x4"},
		"=":             {nick, 0}, "-": {nick, 0}, "": {nick, 0}, "-FOO": {nick, 0},
	} {
		if got := c.get(DefaultSupport().With([]string{token})); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%q: %v, want %v", token, got, c.want)
		}
	}
	if s := DefaultSupport().With004([]string{"alone"}); s.Server != "" {
		t.Error("a short 004 is taken")
	}
	odd := DefaultSupport().With(nil).With([]string{"MAXLIST=:::,,b", "TARGMAX=:,x:y", "CHANLIMIT=,"})
	if odd.MaxList['b'] != 0 || odd.TargMax["X"] != 0 || len(odd.ChanLimit) != 0 {
		t.Errorf("%+v", odd)
	}
}

func TestSplitStatus(t *testing.T) {
	for _, c := range []struct{ in, status, channel string }{
		{"#c", "", "#c"}, {"ann", "", "ann"}, {"", "", ""}, {"@", "", "@"}, {"@ann", "", "@ann"},
		{"@#c", "@", "#c"}, {"+#c", "+", "#c"}, {"@+#c", "+", "#c"}, {"+@#c", "+", "#c"},
		{"&c", "", "&c"}, {"@&c", "@", "&c"}, {"&#c", "&", "#c"}, {"##c", "", "##c"}, {"!#c", "", "!#c"},
	} {
		status, channel := modern().SplitStatus(c.in)
		if got := strings.Trim(string(rune(status)), "\x00"); got != c.status || channel != c.channel {
			t.Errorf("%q: %q %q", c.in, got, channel)
		}
	}
}

// TestPrefixes tries all subsets of ranks, in all rotations.
func TestPrefixes(t *testing.T) {
	s := modern()
	const modes, symbols = "qaohv", "~&@%+"
	for set := range 1 << len(modes) {
		want, given := "", ""
		for i := range len(modes) {
			if set&(1<<i) != 0 {
				want += modes[i : i+1]
				given += symbols[i : i+1]
			}
		}
		for turn := range max(1, len(want)) {
			got, rest := s.SplitPrefixes(given[turn:] + given[:turn] + given + "nick!u@h")
			if got != want || rest != "nick!u@h" {
				t.Errorf("%q: %q %q", given, got, rest)
			}
			if got := s.SortModes(want[turn:] + "n" + want); got != want {
				t.Errorf("SortModes: %q, want %q", got, want)
			}
		}
	}
	for i := range len(modes) {
		mode, ok := s.PrefixOf(symbols[i])
		symbol, ok2 := s.SymbolOf(modes[i])
		if !ok || !ok2 || mode != modes[i] || symbol != symbols[i] || s.Rank(mode) != i {
			t.Errorf("%c: %c %c %d", modes[i], mode, symbol, s.Rank(mode))
		}
	}
	if _, ok := s.SymbolOf('n'); ok || s.Rank('n') != -1 || s.SortModes("n") != "" || s.SortModes("") != "" {
		t.Error("n is no rank")
	}
	if modes, rest := s.SplitPrefixes("@"); modes != "o" || rest != "" {
		t.Error("a lone symbol")
	}
}

func TestClass(t *testing.T) {
	s := modern()
	for kind, letters := range [...]string{"qaohv", "beI", "k", "lj", "imnpstZ!"} {
		for i := range len(letters) {
			if got := s.Class(letters[i]); got != ModeKind(kind) {
				t.Errorf("%c: %d, want %d", letters[i], got, kind)
			}
		}
	}
}

// FuzzSupport: no token breaks anything that is asked of a Support.
func FuzzSupport(f *testing.F) {
	for name := range maps.Keys(setters) {
		f.Add(name+"=(ov)@+,k,l:5", "@+#c")
	}
	f.Fuzz(func(t *testing.T, tokens, name string) {
		s := DefaultSupport().With(strings.Split(tokens, " "))
		status, channel := s.SplitStatus(name)
		if status == 0 && channel != name || status != 0 && !s.IsChannel(channel) {
			t.Errorf("SplitStatus(%q) = %q, %q", name, status, channel)
		}
		modes, _ := s.SplitPrefixes(name)
		if s.SortModes(modes) != modes || len(modes) > len(s.Prefixes) {
			t.Errorf("SplitPrefixes(%q) = %q", name, modes)
		}
		if s.LineLen < defaultLineLen || s.LineLen > maxLineLen || s.Modes < 0 {
			t.Errorf("LineLen %d, Modes %d", s.LineLen, s.Modes)
		}
		if !slices.IsSortedFunc(s.Prefixes, func(a, b Prefix) int { return s.Rank(a.Mode) - s.Rank(b.Mode) }) {
			t.Errorf("ranks: %v", s.Prefixes)
		}
	})
}
