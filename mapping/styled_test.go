package mapping

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"
)

// What is cut off text, or put before and behind it, changes nothing of how the rest looks.
func TestStyledParts(t *testing.T) {
	s := codes("a\x02bc\x1dd\x02e\x1d")
	for _, c := range []struct {
		name string
		s    Styled
		want string
	}{
		{"all", s, "a\x02bc\x1dd\x02e\x1d"},
		{"after", s.after("ann: "), "ann: a\x02bc\x1dd\x02e\x1d"},
		{"before", s.before(" x"), "a\x02bc\x1dd\x02e\x1d x"},
		{"from the middle of a run", s.from(2), "\x02c\x1dd\x02e\x1d"},
		{"from the beginning of one", s.from(3), "\x02\x1dd\x02e\x1d"},
		{"from the end", s.from(5), ""},
		{"cut and put", s.from(2).after("> ").before("."), "> \x02c\x1dd\x02e\x1d."},
		{"plain", Plain("a").after("b").before("c").from(1), "ac"},
		{"clean", Plain("a\x02\x01\tb").clean(), "a b"},
	} {
		if got := c.s.coded(0, len(c.s.text)); got != c.want {
			t.Errorf("%s: %q", c.name, got)
		}
	}
}

// Each line has its codes by itself, and they count.
func TestStyledLines(t *testing.T) {
	word := strings.Repeat("x", 30)
	for _, c := range []struct {
		name, text string
		limit      int
		want       []string
		rest       bool
	}{
		{"nothing", "\x02", 0, nil, false},
		{"one", "\x02a", 0, []string{"\x02a\x02"}, false},
		{"breaks", "\x02a|b\x02|c", 0, []string{"\x02a\x02", "\x02b\x02", "c"}, false},
		{"blank lines", "\x02a| |b", 0, []string{"\x02a\x02", "\x02b\x02"}, false},
		{"two words", "\x02" + word + " " + word, 0, []string{"\x02" + word + " " + word + "\x02"}, false},
		{"broken by codes", "\x0304" + word + " " + word, 0, []string{"\x0304" + word + "\x0f", "\x0304" + word + "\x0f"}, false},
		{"limit", "\x02a|b|c", 2, []string{"\x02a\x02", "\x02b\x02"}, true},
		{"indent", "\x02  a", 0, []string{"\x02  a\x02"}, false},
		{"indented long word", "   \x02" + strings.Repeat("y", 70), 0, []string{"\x02" + strings.Repeat("y", 62) + "\x02", "\x02" + strings.Repeat("y", 8) + "\x02"}, false},
		{"digits", "\x0304" + "12", 0, []string{"\x030412\x0f"}, false},
		{"comma", "\x0304\x02\x02,1", 0, []string{"\x0304\x02\x02,1\x0f"}, false},
	} {
		s := codes(c.text)
		s.text = strings.ReplaceAll(s.text, "|", "\n") // which no line from IRC has
		got, rest := s.Lines(64, c.limit)
		if !slices.Equal(got, c.want) || rest != c.rest {
			t.Errorf("%s: %q, %v; want %q", c.name, got, rest, c.want)
		}
	}
}

// looks lists the characters of a text that are no spaces, with how they look on IRC.
func looks(s Styled) (out []rune, how []style) {
	for i, r := range s.text {
		if unicode.IsSpace(r) {
			continue
		}
		look := s.at(i).onIRC()
		if look.fore != 0 {
			look.fore = palette[look.fore.number()]
		}
		if look.back != 0 {
			look.back = palette[look.back.number()]
		}
		out, how = append(out, r), append(how, look)
	}
	return out, how
}

// Whatever looks however: no line is too long, each ends plain, and all of them together
// are the text and look like it.
func FuzzStyledLines(f *testing.F) {
	f.Add("\x02one \x0304,12two \x1dthree\x0f,1 é👩\u200d👧", 64)
	f.Add("\x02"+strings.Repeat("\x0304a\x0305b", 100), 70)
	f.Add("   \x0304,5 \x1f"+strings.Repeat("z", 200), 65)
	f.Fuzz(func(t *testing.T, text string, budget int) {
		s := codes(text)
		if s.text != Strip(text) {
			t.Fatalf("%q is %q, and not %q", text, s.text, Strip(text))
		}
		budget = max(budget, leastBudget)
		lines, _ := s.Lines(budget, 0)
		var all stylist
		for _, line := range lines {
			if len(line) > budget || strings.TrimSpace(Strip(line)) == "" || !utf8.ValidString(line) {
				t.Fatalf("line %q of %d", line, budget)
			}
			if end := codes(line + "x"); end.at(len(end.text)-1) != (style{}) {
				t.Fatalf("line %q is open", line)
			}
			part := codes(line)
			part.each(0, len(part.text), func(text string, look style) bool {
				all.write(text, look)
				return true
			})
		}
		want, wantLooks := looks(s)
		got, gotLooks := looks(all.styled())
		if string(got) != string(want) || !slices.Equal(gotLooks, wantLooks) {
			t.Fatalf("%q in lines of %d: %q", text, budget, lines)
		}
	})
}

// A hundred thousand codes take no more than their time, either way.
func TestManyCodes(t *testing.T) {
	start := time.Now()
	for _, text := range []string{
		strings.Repeat("\x02", 100_000), strings.Repeat("\x0304,12", 100_000), strings.Repeat("\x02a", 100_000),
		strings.Repeat("\x03\x0304a\x1d ", 100_000), strings.Repeat("\x04ff00ff,00ff00a\x16", 100_000), strings.Repeat("a://", 100_000),
	} {
		s := codes(text)
		if s.text != Strip(text) {
			t.Errorf("%.20q: another text", text)
		}
		s.Lines(400, 100)
		s.html()
		s.markup()
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("took %v", took)
	}
}

func BenchmarkStyledLines(b *testing.B) {
	b.ReportAllocs()
	s := codes(strings.Repeat("some \x02words\x02 of \x0304no\x03 great length, ", 100))
	for b.Loop() {
		s.Lines(400, 20)
	}
}
