package irc

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func mustCharset(t testing.TB, encoding, fallback string) Charset {
	t.Helper()
	c, err := NewCharset(encoding, fallback)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestDecode(t *testing.T) {
	for _, c := range []struct{ name, encoding, fallback, in, want string }{
		{"empty", "", "", "", ""},
		{"ASCII", "", "", "a\x00\x02b", "a\x00\x02b"},
		{"UTF-8", "", "", "日本 ü 😀", "日本 ü 😀"},
		{"Latin-1", "", "", "caf\xe9 au lait", "café au lait"},
		{"Latin-1 at the end", "", "", "caf\xe9", "café"},
		{"Latin-1, two at the end", "", "", "\"caf\xe9\xbb", "\"café»"},
		{"cut after one byte", "", "", "日本\xe6", "日本"},
		{"cut after two bytes", "", "", "日本\xe6\x97", "日本"},
		{"cut after three bytes", "", "", "hi \xf0\x9f\x98", "hi "},
		{"broken inside", "", "", "日\xe6 x", "æ—¥æ x"},
		{"surrogate", "", "", "\xed\xa0\x80", "í\u00a0€"},
		{"overlong", "", "", "\xc0\xaf", "À¯"},
		{"undefined byte", "", "", "x\x81", "x\uFFFD"},
		{"a fallback", "", "koi8-r", "\xf0\xf2\xe9", "ПРИ"},
		{"written and read", "koi8-r", "", "\xf0\xf2\xe9", "ПРИ"},
		{"read otherwise", "koi8-r", "windows-1251", "\xcf\xf0\xe8", "При"},
		{"no fallback", "", "utf-8", "a\xffb", "a\uFFFDb"},
	} {
		if got := mustCharset(t, c.encoding, c.fallback).Decode([]byte(c.in)); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestEncode(t *testing.T) {
	for _, c := range []struct{ encoding, in, want string }{
		{"", "日本 ü", "日本 ü"},
		{"utf8", "ü", "ü"},
		{"windows-1252", "plain", "plain"},
		{"windows-1252", "café", "caf\xe9"},
		{"windows-1252", "café 日本é", "caf\xe9 ??\xe9"},
		{"koi8-r", "ПРИ", "\xf0\xf2\xe9"},
		{"shift_jis", "日😀", "\x93\xfa?"},
	} {
		if got := string(mustCharset(t, c.encoding, "").Encode(c.in)); got != c.want {
			t.Errorf("%s: %q, want %q", c.encoding, got, c.want)
		}
	}
}

func TestNewCharsetRefuses(t *testing.T) {
	for _, c := range [][2]string{{"nonsense", ""}, {"", "nonsense"}, {"utf-16le", ""}, {"utf-16be", ""}, {"iso-2022-jp", ""}, {"hz-gb-2312", ""}} {
		if _, err := NewCharset(c[0], c[1]); err == nil {
			t.Errorf("%q is taken", c)
		}
	}
	mustCharset(t, "", "iso-2022-jp")
}

// writable are all encodings that may be written.
const writable = `utf-8 ibm866 iso-8859-2 iso-8859-3 iso-8859-4 iso-8859-5 iso-8859-6 iso-8859-7
	iso-8859-8 iso-8859-8-i iso-8859-10 iso-8859-13 iso-8859-14 iso-8859-15 iso-8859-16 koi8-r koi8-u
	macintosh windows-874 windows-1250 windows-1251 windows-1252 windows-1253 windows-1254
	windows-1255 windows-1256 windows-1257 windows-1258 x-mac-cyrillic gbk gb18030 big5 euc-jp
	shift_jis euc-kr x-user-defined`

// TestEncodeCannotInject: no character of any encoding that we write becomes a byte
// that separates words or targets, ends a line or opens a CTCP.
func TestEncodeCannotInject(t *testing.T) {
	for name := range strings.FieldsSeq(writable) {
		c := mustCharset(t, name, "")
		if c.out == nil {
			continue
		}
		enc := c.out.NewEncoder()
		for r := rune(0x80); r < 0x30000; r++ {
			if !utf8.ValidRune(r) {
				continue
			}
			enc.Reset()
			b, err := enc.Bytes(utf8.AppendRune(nil, r))
			if i := slices.IndexFunc(b, func(c byte) bool { return c < '0' || c == ':' }); err == nil && i >= 0 {
				t.Fatalf("%s: %U is %q", name, r, b)
			}
		}
	}
}

func TestDecodeLine(t *testing.T) {
	c := mustCharset(t, "", "")
	l, err := ParseLine([]byte("@a=\xff :n\xe9!\xe9@\xe9 PRIVMSG #日本\xe6 :日本\xe6"))
	if err != nil {
		t.Fatal(err)
	}
	want := Line{
		Tags: tags{"a": "\uFFFD"}, Source: Source{"né", "é", "é"}, Command: "PRIVMSG",
		Params: []string{"#æ—¥æœ¬æ", "日本"}, // a name is never cut: it would be another
	}
	if got := c.DecodeLine(l); !sameLine(got, want) {
		t.Errorf("%#v", got)
	}
}

func TestEncodeLine(t *testing.T) {
	l := Line{Tags: tags{"a": "é"}, Command: "PRIVMSG", Params: []string{"#é", "é 日"}}
	want := Line{Tags: tags{"a": "é"}, Command: "PRIVMSG", Params: []string{"#\xe9", "\xe9 ?"}}
	if got := mustCharset(t, "latin1", "").EncodeLine(l); !sameLine(got, want) {
		t.Errorf("%#v", got)
	}
	if l.Params[0] != "#é" {
		t.Error("it changes what it is given")
	}
	if got := mustCharset(t, "", "").EncodeLine(l); !sameLine(got, l) {
		t.Errorf("%#v", got)
	}
}

// FuzzDecode: what is decoded is valid UTF-8, and UTF-8 stays what it is.
func FuzzDecode(f *testing.F) {
	f.Add([]byte("日本\xe6"))
	f.Add([]byte("caf\xe9"))
	var charsets []Charset
	for _, name := range []string{"", "shift_jis", "gb18030", "iso-2022-jp", "utf-16le", "utf-8"} {
		charsets = append(charsets, mustCharset(f, "", name))
	}
	charsets = append(charsets, Charset{})
	f.Fuzz(func(t *testing.T, b []byte) {
		for i, c := range charsets {
			got := c.Decode(b)
			if !utf8.ValidString(got) || utf8.Valid(b) && got != string(b) {
				t.Errorf("charset %d: %q becomes %q", i, b, got)
			}
		}
	})
}
