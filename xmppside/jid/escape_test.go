package jid

import (
	"strings"
	"testing"
)

func TestEscape(t *testing.T) {
	for _, c := range []struct{ name, plain, escaped string }{
		{"empty", "", ""},
		{"nothing to do", "#chan%irc.example.org", "#chan%irc.example.org"},
		{"every code", ` "&'/:<>@`, `\20\22\26\27\2f\3a\3c\3e\40`},
		{"angle brackets", "<foo>", `\3cfoo\3e`},
		{"spaces at the ends", " a b ", `\20a\20b\20`},
		{"backslash alone", `\`, `\`},
		{"two backslashes", `\\`, `\\`},
		{"backslash before no code", `\2plus\2`, `\2plus\2`},
		{"backslash before a code", `c:\net\27`, `c\3a\net\5c27`},
		{"backslash before its own code", `c:\5commas`, `c\3a\5c5commas`},
		{"backslash before a code in upper case", `\3Cx`, `\5c3Cx`},
		{"backslash before what becomes a code", `\'`, `\\27`},
		{"half a code before what is escaped", `\2/`, `\2\2f`},
		{"beyond ASCII", "#日本語/é", `#日本語\2fé`},
		{"IRC nick", `[a]\^{}|` + "`", `[a]\^{}|` + "`"},
		{"XEP-0106 §4.2", `treville@musketeers.lit`, `treville\40musketeers.lit`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Escape(c.plain); got != c.escaped {
				t.Errorf("Escape(%q) = %q, want %q", c.plain, got, c.escaped)
			}
			if got := Unescape(c.escaped); got != c.plain {
				t.Errorf("Unescape(%q) = %q, want %q", c.escaped, got, c.plain)
			}
		})
	}
}

// What Escape never makes, but a client may type.
func TestUnescapeForeign(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"upper case is no code", `\3Cfoo\3E`, `\3Cfoo\3E`},
		{"cut short", `foo\3`, `foo\3`},
		{"ends in a backslash", `foo\`, `foo\`},
		{"not twice", `\5c5c20`, `\5c20`},
		{"a needless escape", `\5cfoo`, `\foo`},
		{"unknown code", `\41\00\zz`, `\41\00\zz`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Unescape(c.in); got != c.want {
				t.Errorf("Unescape(%q) = %q, want %q", c.in, got, c.want)
			}
		})
	}
}

func FuzzEscape(f *testing.F) {
	for _, s := range []string{"", `\3cfoo\3e`, `\\27`, `\5C\5c`, " ' ", "é\\20\xff", strings.Repeat(`\2`, 40)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		Unescape(s)
		e := Escape(s)
		if got := Unescape(e); got != s {
			t.Errorf("Unescape(Escape(%q)) = %q", s, got)
		}
		if strings.ContainsAny(e, ` "&'/:<>@`) {
			t.Errorf("Escape(%q) = %q", s, e)
		}
		// A server that folds ASCII case changes the case of the text, and no more.
		if got, want := Unescape(lower(e)), lower(s); got != want {
			t.Errorf("folded: %q, want %q", got, want)
		}
	})
}

func lower(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
}
