package irc

import (
	"bytes"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	ircv4 "gopkg.in/irc.v4"
)

type tags = map[string]string

// lineVectors are facts of the grammar, after RFC 2812 and the shared corpus of IRC
// parsers. What prints as something else than it was read from says so.
var lineVectors = []struct {
	raw  string
	want Line
	out  string // "" is raw
}{
	{"PING", Line{Command: "PING"}, ""},
	{"foo bar baz asdf", Line{Command: "FOO", Params: []string{"bar", "baz", "asdf"}}, "FOO bar baz asdf"},
	{"FOO bar baz :asdf quux", Line{Command: "FOO", Params: []string{"bar", "baz", "asdf quux"}}, ""},
	{"FOO bar baz :", Line{Command: "FOO", Params: []string{"bar", "baz", ""}}, ""},
	{"FOO bar baz ::asdf", Line{Command: "FOO", Params: []string{"bar", "baz", ":asdf"}}, ""},
	{"FOO bar :  asdf  quux ", Line{Command: "FOO", Params: []string{"bar", "  asdf  quux "}}, ""},
	{"FOO bar :asdf", Line{Command: "FOO", Params: []string{"bar", "asdf"}}, "FOO bar asdf"},
	{"FOO  bar   baz  ", Line{Command: "FOO", Params: []string{"bar", "baz"}}, "FOO bar baz"},
	{"FOO a:b c:", Line{Command: "FOO", Params: []string{"a:b", "c:"}}, ""},
	{"FOO :a :b", Line{Command: "FOO", Params: []string{"a :b"}}, ""},
	{" FOO x", Line{Command: "FOO", Params: []string{"x"}}, "FOO x"},
	{"FOO \tx", Line{Command: "FOO", Params: []string{"\tx"}}, ""},
	{":src FOO x", Line{Source: Source{Name: "src"}, Command: "FOO", Params: []string{"x"}}, ""},
	{":src   FOO", Line{Source: Source{Name: "src"}, Command: "FOO"}, ":src FOO"},
	{":n!u@h FOO", Line{Source: Source{"n", "u", "h"}, Command: "FOO"}, ""},
	{":n!u FOO", Line{Source: Source{"n", "u", ""}, Command: "FOO"}, ""},
	{":n@h FOO", Line{Source: Source{"n", "", "h"}, Command: "FOO"}, ""},
	{":n!~u@h@i!j FOO", Line{Source: Source{"n", "~u", "h@i!j"}, Command: "FOO"}, ""},
	{":irc.example.org 001 me :hi all", Line{Source: Source{Name: "irc.example.org"}, Command: "001", Params: []string{"me", "hi all"}}, ""},
	{":s 432  #momo :Erroneous Nickname: Illegal", Line{Source: Source{Name: "s"}, Command: "432", Params: []string{"#momo", "Erroneous Nickname: Illegal"}}, ":s 432 #momo :Erroneous Nickname: Illegal"},
	{":s MODE #c +n  ", Line{Source: Source{Name: "s"}, Command: "MODE", Params: []string{"#c", "+n"}}, ":s MODE #c +n"},
	{":n\x02! FOO", Line{Source: Source{Name: "n\x02"}, Command: "FOO"}, ":n\x02 FOO"},
	{": FOO", Line{Command: "FOO"}, "FOO"},
	{"@a=b;c=32;k;rt=ql7 FOO", Line{Tags: tags{"a": "b", "c": "32", "k": "", "rt": "ql7"}, Command: "FOO"}, ""},
	{`@a=b\\and\nk;c=72\s45;d=gh\:764 FOO`, Line{Tags: tags{"a": "b\\and\nk", "c": "72 45", "d": "gh;764"}, Command: "FOO"}, ""},
	{`@a=\r\b\ FOO`, Line{Tags: tags{"a": "\rb"}, Command: "FOO"}, `@a=\rb FOO`},
	{"@a=1;b;a=2 FOO", Line{Tags: tags{"a": "2", "b": ""}, Command: "FOO"}, "@a=2;b FOO"},
	{"@a=b=c;+e.x/y=;=z FOO", Line{Tags: tags{"a": "b=c", "+e.x/y": ""}, Command: "FOO"}, "@+e.x/y;a=b=c FOO"},
	{"@a  :src FOO", Line{Tags: tags{"a": ""}, Source: Source{Name: "src"}, Command: "FOO"}, "@a :src FOO"},
	{"@ FOO", Line{Command: "FOO"}, "FOO"},
	{"@a=ж :src PRIVMSG #ж :ü \x1f", Line{Tags: tags{"a": "ж"}, Source: Source{Name: "src"}, Command: "PRIVMSG", Params: []string{"#ж", "ü \x1f"}}, ""},
}

func TestLine(t *testing.T) {
	for _, v := range lineVectors {
		t.Run(v.raw, func(t *testing.T) {
			for _, end := range []string{"", "\n", "\r\n"} {
				got, err := ParseLine([]byte(v.raw + end))
				if err != nil || !sameLine(got, v.want) {
					t.Fatalf("ParseLine(%q) = %#v, %v; want %#v", v.raw+end, got, err, v.want)
				}
			}
			out := v.out
			if out == "" {
				out = v.raw
			}
			b, err := v.want.Append([]byte("x"), 512)
			if err != nil || string(b) != "x"+out+"\r\n" {
				t.Errorf("Append: %q, %v; want %q", b, err, out)
			}
		})
	}
}

func sameLine(a, b Line) bool {
	return a.Source == b.Source && a.Command == b.Command &&
		maps.Equal(a.Tags, b.Tags) && slices.Equal(a.Params, b.Params)
}

func TestParseLineRefuses(t *testing.T) {
	long := "PRIVMSG #c :" + strings.Repeat("x", MaxLine)
	for raw, want := range map[string]error{
		"": ErrMalformed, "\r\n": ErrMalformed, " ": ErrMalformed, "@": ErrMalformed,
		"@a": ErrMalformed, "@a ": ErrMalformed, "@ ": ErrMalformed, "@a  \r\n": ErrMalformed,
		":": ErrMalformed, ":a": ErrMalformed, ":a ": ErrMalformed, ":a  :FOO": ErrMalformed,
		"PRIVMSG #c :a\rb": ErrMalformed, "PRIVMSG #c :a\nQUIT": ErrMalformed,
		"\x00": ErrMalformed, "ıON": ErrMalformed, "FO-O": ErrMalformed, "\xff\xfe": ErrMalformed,
		long: ErrTooLong,
	} {
		if l, err := ParseLine([]byte(raw)); !errors.Is(err, want) || !sameLine(l, Line{}) {
			t.Errorf("ParseLine(%.20q) = %v, %v; want %v", raw, l, err, want)
		}
	}
	if _, err := ParseLine([]byte(long[:MaxLine])); err != nil {
		t.Errorf("the longest line: %v", err)
	}
}

func TestAppendRefuses(t *testing.T) {
	many := make([]string, maxParams+1)
	for i := range many {
		many[i] = "x"
	}
	for name, c := range map[string]struct {
		line Line
		want error
	}{
		"line break in text":       {Line{Command: "PRIVMSG", Params: []string{"#c", "hi\r\nQUIT"}}, ErrUnsayable},
		"LF in middle":             {Line{Command: "PRIVMSG", Params: []string{"#c\nQUIT", "x"}}, ErrUnsayable},
		"lone CR":                  {Line{Command: "PRIVMSG", Params: []string{"#c", "a\rb"}}, ErrUnsayable},
		"NUL":                      {Line{Command: "PRIVMSG", Params: []string{"#c", "a\x00b"}}, ErrUnsayable},
		"space in middle":          {Line{Command: "JOIN", Params: []string{"#a #b", "key"}}, ErrUnsayable},
		"empty middle":             {Line{Command: "KICK", Params: []string{"#a", "", "x"}}, ErrUnsayable},
		"colon in middle":          {Line{Command: "KICK", Params: []string{":#a", "x"}}, ErrUnsayable},
		"no command":               {Line{Params: []string{"x"}}, ErrUnsayable},
		"command with a space":     {Line{Command: "QUIT :x"}, ErrUnsayable},
		"command with a colon":     {Line{Command: ":x"}, ErrUnsayable},
		"command of tags":          {Line{Command: "@x"}, ErrUnsayable},
		"source with a space":      {Line{Source: Source{Name: "a QUIT"}, Command: "X"}, ErrUnsayable},
		"source with a line break": {Line{Source: Source{"a", "b\n", ""}, Command: "X"}, ErrUnsayable},
		"source of another shape":  {Line{Source: Source{Name: "a!b@c"}, Command: "X"}, ErrUnsayable},
		"tag name with a space":    {Line{Tags: tags{"a b": ""}, Command: "X"}, ErrUnsayable},
		"tag name empty":           {Line{Tags: tags{"": "x"}, Command: "X"}, ErrUnsayable},
		"tag name only plus":       {Line{Tags: tags{"+": "x"}, Command: "X"}, ErrUnsayable},
		"tag name with =":          {Line{Tags: tags{"a=b": "x"}, Command: "X"}, ErrUnsayable},
		"tag with NUL":             {Line{Tags: tags{"a": "\x00"}, Command: "X"}, ErrUnsayable},
		"tag not UTF-8":            {Line{Tags: tags{"a": "\xff"}, Command: "X"}, ErrUnsayable},
		"sixteen parameters":       {Line{Command: "X", Params: many}, ErrUnsayable},
		"513 bytes":                {Line{Command: "X", Params: []string{strings.Repeat("x", 509)}}, ErrTooLong},
		"4095 bytes of tags":       {Line{Tags: tags{"a": strings.Repeat("x", MaxTags-1)}, Command: "X"}, ErrTooLong},
	} {
		b, err := c.line.Append([]byte("kept"), 512)
		if !errors.Is(err, c.want) || string(b) != "kept" {
			t.Errorf("%s: %q, %v; want %v", name, b, err, c.want)
		}
	}
	fits := Line{Tags: tags{"a": strings.Repeat("x", MaxTags-2)}, Command: "X", Params: []string{strings.Repeat("x", 508)}}
	if _, err := fits.Append(nil, 512); err != nil {
		t.Errorf("a line that just fits: %v", err)
	}
}

func TestLineAccessors(t *testing.T) {
	l := Line{Command: "353", Params: []string{"a", "b"}}
	if l.Param(0) != "a" || l.Param(1) != "b" || l.Param(2) != "" || l.Param(-1) != "" || l.Last() != "b" {
		t.Error("Param or Last")
	}
	if (Line{}).Last() != "" {
		t.Error("Last of nothing")
	}
	for command, want := range map[string]int{"353": 353, "001": 1, "": 0, "12": 0, "1234": 0, "12a": 0, "PING": 0, "+12": 0} {
		if got := (Line{Command: command}).Numeric(); got != want {
			t.Errorf("Numeric of %q = %d", command, got)
		}
	}
}

// FuzzLine: what is read prints as one line, which reads as the same; and whatever
// we read irc.v4 reads alike, where it does not panic.
func FuzzLine(f *testing.F) {
	for _, v := range lineVectors {
		f.Add([]byte(v.raw))
	}
	f.Add([]byte("@ "))
	f.Fuzz(func(t *testing.T, raw []byte) {
		l, err := ParseLine(raw)
		if err != nil {
			return
		}
		if b, err := l.Append(nil, MaxLine); err == nil {
			checkPrinted(t, b, l)
		}
		sameAsPeer(t, raw, l)
	})
}

// FuzzAppend: whatever is printed is one line that reads as what was to be said.
func FuzzAppend(f *testing.F) {
	f.Add("a", "b", "n", "u", "h", "PRIVMSG", "#c", "hi\r\nQUIT")
	f.Add("+a", "; \\", "", "", "", "x", "a b", ":c")
	f.Fuzz(func(t *testing.T, tag, value, name, user, host, command, p, q string) {
		l := Line{Source: Source{name, user, host}, Command: command, Params: []string{p, q}}
		if tag != "" {
			l.Tags = tags{tag: value}
		}
		b, err := l.Append(nil, 512)
		if err != nil {
			return
		}
		l.Command = strings.ToUpper(l.Command)
		checkPrinted(t, b, l)
	})
}

func checkPrinted(t *testing.T, b []byte, want Line) {
	t.Helper()
	if i := bytes.IndexAny(b, "\r\n\x00"); i != len(b)-2 || string(b[i:]) != "\r\n" {
		t.Fatalf("not one line: %q", b)
	}
	if got, err := ParseLine(b); err != nil || !sameLine(got, want) {
		t.Fatalf("%#v prints as %q, which reads as %#v (%v)", want, b, got, err)
	}
}

func sameAsPeer(t *testing.T, raw []byte, l Line) {
	t.Helper()
	text := string(raw)
	if head, rest, ok := strings.Cut(text, " "); ok && strings.HasPrefix(text, "@") {
		text = head + " " + strings.TrimLeft(rest, " ") // it takes exactly one space
	}
	m, err := ircv4.ParseMessage(text)
	if err != nil {
		t.Fatalf("irc.v4 refuses %q: %v", text, err)
	}
	delete(m.Tags, "")
	peer := Line{Source: Source(*m.Prefix), Command: m.Command, Params: m.Params, Tags: m.Tags}
	for _, line := range []Line{l, peer} { // it replaces what is not UTF-8 in tags
		for name, value := range line.Tags {
			line.Tags[name] = strings.ReplaceAll(strings.ToValidUTF8(value, ""), "\uFFFD", "")
		}
	}
	if !sameLine(l, peer) {
		t.Fatalf("%q: we read %#v, irc.v4 %#v", text, l, peer)
	}
}

func BenchmarkParseLine(b *testing.B) {
	for name, text := range map[string]string{
		"plain": ":ann!~ann@host.example.org PRIVMSG #channel :hello there, how are you?\r\n",
		"tags":  "@time=2026-01-01T10:00:00.123Z;msgid=abcDEF012;account=ann :ann!~ann@host.example.org PRIVMSG #channel :hello there, how are you?\r\n",
		"names": ":irc.example.org 353 me = #channel :@ann bob carl +dora emil fritz gerd hans ida jan klaus lena max nora otto paul quinn\r\n",
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			raw := []byte(text)
			for b.Loop() {
				if _, err := ParseLine(raw); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkAppend(b *testing.B) {
	for name, l := range map[string]Line{
		"plain": {Command: "PRIVMSG", Params: []string{"#channel", "hello there, how are you?"}},
		"label": {Tags: tags{"label": "a1.0"}, Command: "PRIVMSG", Params: []string{"#channel", "hello there, how are you?"}},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			room := make([]byte, 0, 512)
			for b.Loop() {
				if _, err := l.Append(room, 512); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
