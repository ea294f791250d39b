package mapping

import (
	"regexp"
	"strings"
	"testing"

	"isthmus/ircside/irc"
)

func TestStrip(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"nothing", "", ""},
		{"plain", "plain, é 日本 😀", "plain, é 日本 😀"},
		{"bold, italic, underline", "\x02b\x02 \x1di\x1d \x1fu\x1f", "b i u"},
		{"strike, mono, reverse, reset", "\x1es\x1e \x11m\x11 \x16r\x16 \x0f.", "s m r ."},
		{"colour", "\x034red\x03", "red"},
		{"colour of two digits", "\x03041", "1"},
		{"both colours", "\x034,12x", "x"},
		{"both, and a digit", "\x0304,123", "3"},
		{"comma of the text", "\x034,x", ",x"},
		{"no foreground", "\x03,4x", ",4x"},
		{"no digits", "\x03x", "x"},
		{"colour at the end", "x\x0312", "x"},
		{"other digits", "\x03٤", "٤"},
		{"hex colour", "\x04ff00AAx", "x"},
		{"both hex colours", "\x04ff00aa,123456x", "x"},
		{"hex comma of the text", "\x04ff00aa,12345", ",12345"},
		{"too few hex digits", "\x04ff00a", "ff00a"},
		{"tabulator", "a\tb", "a b"},
		{"others", "a\x00\x01\x07\x1b[1m\x7f\u0085\u009bb\ufffe\uffff", "a[1mb"},
		{"codes within codes", "\x03\x02" + "4\x03" + "1\x034", "4"},
		{"invalid UTF-8", "a\xffb", "a\ufffdb"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Strip(tt.text); got != tt.want {
				t.Errorf("Strip(%q) = %q, want %q", tt.text, got, tt.want)
			}
		})
	}
}

// colours are the codes with digits, told in another way than Strip does.
var colours = regexp.MustCompile(`\x03([0-9]{1,2}(,[0-9]{1,2})?)?|\x04([0-9a-fA-F]{6}(,[0-9a-fA-F]{6})?)?`)

func FuzzFormat(f *testing.F) {
	f.Add("\x02a\x0304,5b\x04ffffff,000000c\td\x01\xff\u0090")
	f.Fuzz(func(t *testing.T, s string) {
		want := strings.Map(func(r rune) rune {
			switch {
			case r == '\t' || r == '\n' || r == '\r':
				return ' '
			case r < ' ', 0x7f <= r && r <= 0x9f, r == 0xfffe, r == 0xffff:
				return -1
			}
			return r
		}, colours.ReplaceAllLiteralString(string([]rune(s)), ""))
		if got := Strip(s); got != strings.ToValidUTF8(got, "") || got != want {
			t.Fatalf("Strip(%q) = %q, want %q", s, got, want)
		}
	})
}

func TestOutgoing(t *testing.T) {
	tests := []struct {
		name, body string
		kind       irc.TextKind
		text       string
	}{
		{"plain", "hello", irc.Privmsg, "hello"},
		{"action", "/me waves", irc.Action, "waves"},
		{"action of two lines", "/me waves\nand goes", irc.Action, "waves\nand goes"},
		{"action of nothing", "/me  ", irc.Privmsg, "/me  "},
		{"no space behind", "/mean", irc.Privmsg, "/mean"},
		{"not at the beginning", "x\n/me waves", irc.Privmsg, "x\n/me waves"},
		{"CTCP", "\x01VERSION\x01", irc.Privmsg, "VERSION"},
		{"CTCP in an action", "/me a\x01b", irc.Action, "ab"},
		{"formatting", "\x02a\x03" + "4b", irc.Privmsg, "a4b"},
		{"breaks", "a\r\nb\rc\u2028d\u0085e", irc.Privmsg, "a\nb\nc\nd\ne"},
		{"tabulator", "a\tb", irc.Privmsg, "a b"},
		{"NUL", "a\x00b", irc.Privmsg, "ab"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if kind, text := Outgoing(Plain(tt.body)); kind != tt.kind || text.text != tt.text || !text.IsPlain() {
				t.Errorf("got %d %q; want %d %q", kind, text.text, tt.kind, tt.text)
			}
		})
	}
}

func TestLine(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "\n \n": "", "a topic": "a topic", "one\n\n two\r\nthree\n": "one / two / three", "a\x01b\x02": "ab",
	} {
		if got := Line(text); got != want {
			t.Errorf("Line(%q) = %q, want %q", text, got, want)
		}
	}
}

func BenchmarkStrip(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Strip("a line of \x02ordinary\x02 length in \x0304,01colour\x03, as bots write them")
	}
}

func BenchmarkStripPlain(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Strip("a line of ordinary length in no colour at all, as people write them")
	}
}

func TestIncoming(t *testing.T) {
	tests := []struct {
		name string
		text irc.Text
		want string
	}{
		{"plain", irc.Text{Body: "a\x02b"}, "ab"},
		{"action", irc.Text{Kind: irc.Action, Body: "waves"}, "/me waves"},
		{"for some", irc.Text{Status: '@', Body: "hello"}, "[@] hello"},
		{"action for some", irc.Text{Kind: irc.Action, Status: '+', Body: "waves"}, "/me [+] waves"},
		{"nothing", irc.Text{Body: "\x02"}, ""},
		{"nothing for some", irc.Text{Status: '@', Body: "\x02"}, ""},
	}
	for _, tt := range tests {
		if got := Incoming(tt.text); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}
