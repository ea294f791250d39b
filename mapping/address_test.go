package mapping

import (
	"errors"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"isthmus/xmppside/jid"
	"isthmus/xmppside/stanza"
)

var (
	open  = Scheme{Domain: "gw.example"}
	fixed = Scheme{Domain: "gw.example", Fixed: "irc.net"}
)

func TestAddress(t *testing.T) {
	tests := []struct {
		name   string
		scheme Scheme
		jid    string
		want   Address
		other  string // how JID writes it, if not as jid
	}{
		{"gateway", open, "gw.example", Address{}, ""},
		{"gateway with a resource", open, "gw.example/x", Address{}, "gw.example"},
		{"capital domain", open, "GW.Example", Address{}, "gw.example"},
		{"network", open, "irc.net@gw.example", Address{Network, "irc.net", "", ""}, ""},
		{"capital network", open, "IRC.Net@gw.example/x", Address{Network, "irc.net", "", ""}, "irc.net@gw.example"},
		{"IPv6", open, `2001\3adb8\3a\3a1@gw.example`, Address{Network, "2001:db8::1", "", ""}, ""},
		{"channel", open, "#c%irc.net@gw.example", Address{Channel, "irc.net", "#c", ""}, ""},
		{"occupant", open, "#C%irc.net@gw.example/Ann[x]", Address{Channel, "irc.net", "#C", "Ann[x]"}, ""},
		{"two signs", open, "##c++%irc.net@gw.example", Address{Channel, "irc.net", "##c++", ""}, ""},
		{"sign alone", open, "#%irc.net@gw.example", Address{Channel, "irc.net", "#", ""}, ""},
		{"percent in it", open, "#a%b%irc.net@gw.example", Address{Channel, "irc.net", "#a%b", ""}, ""},
		{"local channel", open, `\26c%irc.net@gw.example`, Address{Channel, "irc.net", "&c", ""}, ""},
		{"modeless channel", open, "+c%irc.net@gw.example", Address{Channel, "irc.net", "+c", ""}, ""},
		{"safe channel", open, "!abcdec%irc.net@gw.example", Address{Channel, "irc.net", "!abcdec", ""}, ""},
		{"escapes", open, `#a\2fb\40c\3ad\5c20%irc.net@gw.example`, Address{Channel, "irc.net", `#a/b@c:d\20`, ""}, ""},
		{"nick", open, "Ann%irc.net@gw.example/x", Address{Nick, "irc.net", "Ann", ""}, "Ann%irc.net@gw.example"},
		{"odd nick", open, "[a]^{}|`_-%irc.net@gw.example", Address{Nick, "irc.net", "[a]^{}|`_-", ""}, ""},
		{"mask", open, `*!*\40host.example%irc.net@gw.example`, Address{Mask, "irc.net", "*!*@host.example", ""}, ""},
		{"account mask", open, `$a\3aann%irc.net@gw.example`, Address{Mask, "irc.net", "$a:ann", ""}, ""},
		{"non-ASCII channel", open, "#日本é%irc.net@gw.example", Address{Channel, "irc.net", "#日本é", ""}, ""},
		{"folded letters", open, `#\uc9;\udf;%irc.net@gw.example`, Address{Channel, "irc.net", "#Éß", ""}, ""},
		{"as typed", open, "#É%irc.net@gw.example", Address{Channel, "irc.net", "#É", ""}, `#\uc9;%irc.net@gw.example`},
		{"emoji", open, `#\u1f600;%irc.net@gw.example`, Address{Channel, "irc.net", "#😀", ""}, ""},
		{"Hebrew", open, `#\u5e9;%irc.net@gw.example`, Address{Channel, "irc.net", "#ש", ""}, ""},
		{"literal escape", open, `#\u5c;u41;%irc.net@gw.example`, Address{Channel, "irc.net", `#\u41;`, ""}, ""},
		{"fixed network", fixed, "gw.example/x", Address{Network, "irc.net", "", ""}, "gw.example"},
		{"fixed channel", fixed, "#c@gw.example/ann", Address{Channel, "irc.net", "#c", "ann"}, ""},
		{"fixed percent", fixed, "#c%d@gw.example", Address{Channel, "irc.net", "#c%d", ""}, ""},
		{"fixed nick", fixed, "ann@gw.example", Address{Nick, "irc.net", "ann", ""}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := tt.scheme.Parse(jid.MustParse(tt.jid))
			if err != nil || got != tt.want {
				t.Errorf("Parse: got %+v, %v; want %+v", got, err, tt.want)
			}
			want := tt.other
			if want == "" {
				want = tt.jid
			}
			if j, err := tt.scheme.JID(tt.want); err != nil || j.String() != want {
				t.Errorf("JID: got %s, %v; want %s", j, err, want)
			}
		})
	}
}

func TestNoAddress(t *testing.T) {
	tests := []struct {
		name   string
		scheme Scheme
		jid    string
		want   stanza.Condition
	}{
		{"another domain", open, "#c%irc.net@x.example", stanza.ItemNotFound},
		{"channel without a network", open, "#c@gw.example", stanza.JIDMalformed},
		{"empty network", open, "#c%@gw.example", stanza.JIDMalformed},
		{"empty name", open, "%irc.net@gw.example", stanza.JIDMalformed},
		{"comma", open, "#a,#b%irc.net@gw.example", stanza.JIDMalformed},
		{"space", open, `#a\20b%irc.net@gw.example`, stanza.JIDMalformed},
		{"line break", open, `#a\ud;\ua;QUIT%irc.net@gw.example`, stanza.JIDMalformed},
		{"NUL", open, `#a\u0;%irc.net@gw.example`, stanza.JIDMalformed},
		{"plus alone", open, "+%irc.net@gw.example", stanza.JIDMalformed},
		{"exclamation mark alone", open, "!%irc.net@gw.example", stanza.JIDMalformed},
		{"status prefix", open, "%#c%irc.net@gw.example", stanza.JIDMalformed},
		{"another status prefix", open, "~#c%irc.net@gw.example", stanza.JIDMalformed},
		{"colon", open, `\3aann%irc.net@gw.example`, stanza.JIDMalformed},
		{"network of signs", open, `c%a\2fb@gw.example`, stanza.JIDMalformed},
		{"network of a space", open, `a\20b@gw.example`, stanza.JIDMalformed},
		{"nick with a network, on one for itself", fixed, "ann%irc.net@gw.example", stanza.JIDMalformed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := tt.scheme.Parse(jid.MustParse(tt.jid))
			var e *stanza.Error
			if !errors.As(err, &e) || e.Condition != tt.want || e.Text == "" || got != (Address{}) {
				t.Errorf("got %+v, %v; want %s", got, err, tt.want)
			}
		})
	}
	unsayable := []Address{
		{Kind: Network}, {Kind: Channel, Network: "irc.net"}, {Kind: Nick, Network: "irc.net", Name: "#c"},
		{Kind: Channel, Network: "irc.net", Name: "ann"}, {Kind: Nick, Network: "irc.net", Name: "a\x01"},
		{Kind: Channel, Network: "irc.net", Name: "#" + strings.Repeat("x", jid.MaxPart)},
	}
	for _, a := range unsayable {
		if j, err := open.JID(a); err == nil {
			t.Errorf("%+v became %s", a, j)
		}
	}
	if j, err := fixed.JID(Address{Kind: Network, Network: "other.net"}); err == nil {
		t.Errorf("another network became %s", j)
	}
}

func TestResource(t *testing.T) {
	tests := []struct{ name, nick, want string }{
		{"plain", `Ann[x]\^{}|_-` + "`9", ""},
		{"Latin", "Éloïse", ""},
		{"Han", "日本", ""},
		{"Hebrew alone", "שלום", ""},
		{"Hebrew among others", "aש", `a\u5e9;`},
		{"Hebrew at one end", "ש1", `\u5e9;1`},
		{"line separator", "a\u2028b", `a\u2028;b`},
		{"joiner", "a\u200db", `a\u200d;b`},
		{"soft hyphen", "a\u00adb", `a\uad;b`},
		{"override", "a\u202eb", `a\u202e;b`},
		{"no-break space", "a\u00a0b", `a\ua0;b`},
		{"emoji", "ann😀", `ann\u1f600;`},
		{"snowman, which is old", "ann☃", ""},
		{"full width", "ＡＢ", `\uff21;\uff22;`},
		{"ligature", "ﬁ", `\ufb01;`},
		{"loose accent", "e\u0301", `e\u301;`},
		{"accent that joins nothing", "x\u0301", ""},
		{"replacement", "\ufffd", `\ufffd;`},
		{"control", "a\x01", `a\u1;`},
		{"escape", `\u41;`, `\u5c;u41;`},
		{"no escape", `\u41`, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			want := tt.want
			if want == "" {
				want = tt.nick
			}
			got := Resource(tt.nick)
			if got != want {
				t.Errorf("got %q, want %q", got, want)
			}
			if back := NickFromResource(got); back != tt.nick {
				t.Errorf("back comes %q", back)
			}
		})
	}
}

func TestYounger(t *testing.T) {
	for i, s := range younger {
		if s.first > s.last || i > 0 && younger[i-1].last >= s.first {
			t.Errorf("span %#x-%#x is out of order", s.first, s.last)
		}
	}
	for r, old := range map[rune]bool{'a': true, 'é': true, 0x220: true, 0x221: false, 0x5d0: true, 0x5ba: false, '☃': true,
		0x267e: false, 0x9fa5: true, 0x9fa6: false, 0xfdff: false, 0x1f600: false, 0x20000: true, 0x2a6d7: false} {
		if isOld(r) != old {
			t.Errorf("U+%04X: old is %v", r, !old)
		}
	}
}

// stable says whether s is what stringprep, with Unicode as it is now, makes of it.
func stable(s string, local bool) bool {
	folded := norm.NFKC.String(s)
	if local {
		folded = lowerASCII(norm.NFKC.String(cases.Fold().String(folded)))
		s = lowerASCII(s)
	}
	return folded == s && !strings.ContainsFunc(s, unicode.IsControl) && !strings.ContainsRune(s, 0x200d)
}

func FuzzAddress(f *testing.F) {
	for _, s := range []string{"gw.example", "#c%irc.net@gw.example/ann", `\26\uc9;\5c20%IRC.net@gw.example/😀`, "a%b%c@gw.example",
		"#שe\u0301\u0323%irc.net@gw.example/שa", `#\u41;\U5C;u41;%x@gw.example/\u0;`, "*!*\\40h%n@gw.example"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		j, err := jid.Parse(s)
		if err != nil {
			return
		}
		for _, scheme := range []Scheme{{Domain: j.Domain()}, {Domain: j.Domain(), Fixed: "irc.net"}} {
			a, err := scheme.Parse(j)
			if err != nil {
				continue
			}
			back, err := scheme.JID(a)
			if err != nil {
				if len(s) < jid.MaxPart/len(`\u10ffff;`) {
					t.Fatalf("%+v, from %q, has no address: %v", a, s, err)
				}
				continue
			}
			if again, err := scheme.Parse(back); err != nil || again != a {
				t.Fatalf("%q is %+v, and %q is %+v, %v", s, a, back, again, err)
			}
			if !stable(back.Local(), true) || !stable(back.Resource(), false) {
				t.Fatalf("a server would change %q", back)
			}
			if mixesDirections(back.Local()) || mixesDirections(back.Resource()) {
				t.Fatalf("a server would refuse %q", back)
			}
		}
	})
}

func BenchmarkAddress(b *testing.B) {
	b.ReportAllocs()
	j := jid.MustParse("#channel%irc.example.org@gw.example/Ann_")
	for b.Loop() {
		a, err := open.Parse(j)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := open.JID(a); err != nil {
			b.Fatal(err)
		}
	}
}
