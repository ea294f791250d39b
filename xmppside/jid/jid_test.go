package jid

import (
	"errors"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	long := strings.Repeat("x", MaxPart)
	for _, c := range []struct{ name, in, local, domain, resource string }{
		{"domain", "example.org", "", "example.org", ""},
		{"bare", "a@example.org", "a", "example.org", ""},
		{"full", "a@example.org/r", "a", "example.org", "r"},
		{"domain and resource", "example.org/r", "", "example.org", "r"},
		{"first slash, then first at", "a@b/c@d/e", "a", "b", "c@d/e"},
		{"at in the resource only", "b/c@d", "", "b", "c@d"},
		{"channel", "#chan%irc.example.org@gw", "#chan%irc.example.org", "gw", ""},
		{"channel beyond ASCII", "#日本語@gw/ｎ", "#日本語", "gw", "ｎ"},
		{"escaped", `d\27artagnan@gw`, `d\27artagnan`, "gw", ""},
		{"resource of anything", "a@b/ <&'\"> \u00a0", "a", "b", " <&'\"> \u00a0"},
		{"address literal", "a@[2001:db8::1]/r", "a", "[2001:db8::1]", "r"},
		{"underscore", "a_b.example", "", "a_b.example", ""},
		{"domain beyond ASCII", "bücher.example", "", "bücher.example", ""},
		{"case is kept", "A@B/C", "A", "B", "C"},
		{"written replacement character", "a@b/\ufffd", "a", "b", "\ufffd"},
		{"beyond the basic plane", "😀@b/😀", "😀", "b", "😀"},
		{"longest", long + "@" + long + "/" + long, long, long, long},
	} {
		t.Run(c.name, func(t *testing.T) {
			j, err := Parse(c.in)
			if err != nil {
				t.Fatal(err)
			}
			if j.Local() != c.local || j.Domain() != c.domain || j.Resource() != c.resource || j.String() != c.in {
				t.Errorf("got %q %q %q %q", j.Local(), j.Domain(), j.Resource(), j)
			}
			checkWhole(t, j)
		})
	}
}

// checkWhole checks what holds for every address but the zero one.
func checkWhole(t *testing.T, j JID) {
	t.Helper()
	if made, err := New(j.Local(), j.Domain(), j.Resource()); err != nil || made != j {
		t.Errorf("New of the parts of %q: %q, %v", j, made, err)
	}
	if again, err := Parse(j.String()); err != nil || again != j {
		t.Errorf("Parse(%q) again: %q, %v", j, again, err)
	}
	bare := j.Bare()
	if again, err := Parse(bare.String()); err != nil || again != bare || !bare.IsBare() || bare.Resource() != "" {
		t.Errorf("Bare of %q: %q, %v", j, bare, err)
	}
	if back, err := bare.WithResource(j.Resource()); err != nil || back != j {
		t.Errorf("WithResource on %q: %q, %v", bare, back, err)
	}
	if j.IsBare() != (j.Resource() == "") || j.IsZero() {
		t.Errorf("%q: IsBare %v, IsZero %v", j, j.IsBare(), j.IsZero())
	}
	for _, part := range []string{j.Local(), j.Domain(), j.Resource()} {
		if len(part) > MaxPart {
			t.Errorf("part of %d bytes", len(part))
		}
	}
}

func TestClone(t *testing.T) {
	for _, text := range []string{"", "x", "a@x", "a@x/r"} {
		j := JID{}
		if text != "" {
			j = MustParse(text)
		}
		if j.Clone() != j {
			t.Errorf("%q becomes %q", j, j.Clone())
		}
	}
}

func TestParseErrors(t *testing.T) {
	long := strings.Repeat("x", MaxPart+1)
	huge := strings.Repeat("x", 1<<16)
	for _, c := range []struct{ name, in, reason string }{
		{"empty", "", "no domain"},
		{"no domain before a resource", "/r", "no domain"},
		{"no domain after the at", "a@", "no domain"},
		{"empty localpart", "@b", "empty localpart"},
		{"empty resource", "a@b/", "empty resource"},
		{"long localpart", long + "@b", "part of more"},
		{"long domain", long, "part of more"},
		{"long resource", "b/" + long, "part of more"},
		{"length that wraps 16 bits", huge + "@b", "part of more"},
		{"resource that wraps 16 bits", "a@b/" + huge, "part of more"},
		{"second at", "a@b@c", "in the domain"},
		{"space in the domain", "a@b c", "in the domain"},
		{"markup in the domain", "a@b<c", "in the domain"},
		{"control in the domain", "a@b\n", "in the domain"},
		{"NUL in the resource", "a@b/\x00", "control"},
		{"line feed in the resource", "a@b/x\ny", "control"},
		{"delete", "a@b/\x7f", "control"},
		{"C1 control", "a@b/\u0085", "control"},
		{"control in the localpart", "a\x01@b", "control"},
		{"invalid UTF-8", "a@b/\xff", "invalid UTF-8"},
		{"cut UTF-8", "a@b/\xef\xbf", "invalid UTF-8"},
		{"surrogate", "a@b/\xed\xa0\x80", "invalid UTF-8"},
		{"overlong", "\xc0\xaf@b", "invalid UTF-8"},
		{"beyond Unicode", "\xf4\x90\x80\x80@b", "invalid UTF-8"},
		{"invalid UTF-8 in the domain", "\xff", "invalid UTF-8"},
		{"U+FFFE", "a@b/\ufffe", "control"},
		{"U+FFFF", "a@b/\uffff", "control"},
	} {
		t.Run(c.name, func(t *testing.T) { wantError(t, c.in, c.reason) })
	}
	for _, r := range `"&':<> ` {
		t.Run("localpart with "+string(r), func(t *testing.T) {
			wantError(t, "a"+string(r)+"@b", "in the localpart")
		})
	}
}

func wantError(t *testing.T, in, reason string) {
	t.Helper()
	j, err := Parse(in)
	var e *Error
	if !errors.As(err, &e) || j != (JID{}) {
		t.Fatalf("got %q, %v", j, err)
	}
	if e.Addr != in || !strings.Contains(e.Reason, reason) || strings.Contains(e.Error(), "@") {
		t.Errorf("got %q for %q", e, e.Addr)
	}
}

func TestNewErrors(t *testing.T) {
	for _, c := range []struct{ name, local, domain, resource string }{
		{"nothing", "", "", ""},
		{"no domain", "a", "", "r"},
		{"at in the localpart", "a@b", "c", ""},
		{"slash in the localpart", "a/b", "c", ""},
		{"slash in the domain", "a", "b/c", ""},
		{"at in the domain", "", "b@c", ""},
		{"control in the resource", "a", "b", "\r"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if j, err := New(c.local, c.domain, c.resource); err == nil || j != (JID{}) {
				t.Errorf("got %q, %v", j, err)
			}
		})
	}
}

func TestWithResource(t *testing.T) {
	full := MustParse("a@b/c")
	for _, c := range []struct {
		name     string
		jid      JID
		resource string
		want     string
		ok       bool
	}{
		{"replaced", full, "d/e", "a@b/d/e", true},
		{"taken off", full, "", "a@b", true},
		{"on a bare address", full.Bare(), "x", "a@b/x", true},
		{"longest", full, strings.Repeat("x", MaxPart), "a@b/" + strings.Repeat("x", MaxPart), true},
		{"too long", full, strings.Repeat("x", MaxPart+1), "", false},
		{"control", full, "\x1b", "", false},
		{"invalid UTF-8", full, "\xe9", "", false},
		{"on nobody", JID{}, "x", "", false},
		{"nothing on nobody", JID{}, "", "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			j, err := c.jid.WithResource(c.resource)
			if j.String() != c.want || (err == nil) != c.ok {
				t.Fatalf("got %q, %v", j, err)
			}
			if c.ok {
				checkWhole(t, j)
			}
		})
	}
}

func TestZero(t *testing.T) {
	var j JID
	if !j.IsZero() || !j.IsBare() || j.Bare() != j || j.String()+j.Local()+j.Domain()+j.Resource() != "" {
		t.Errorf("got %#v", j)
	}
}

func TestMustParse(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	MustParse("@")
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"", "a@b/c", "@", "/", "a@b@c/d/e", "#日本語@gw/\ufffd", "\xff@b", strings.Repeat("a", 1024) + "@b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		j, err := Parse(s)
		if err != nil {
			if j != (JID{}) {
				t.Errorf("%q with an error", j)
			}
			return
		}
		if j.String() != s {
			t.Errorf("Parse(%q) prints %q", s, j)
		}
		checkWhole(t, j)
	})
}

func BenchmarkParse(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse("#channel%irc.example.org@gateway.example.org/nickname"); err != nil {
			b.Fatal(err)
		}
	}
}
