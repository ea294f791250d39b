package mapping

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestSplit(t *testing.T) {
	const family = "👩\u200d👩\u200d👧"
	tests := []struct {
		name   string
		text   string
		budget int
		limit  int
		want   []string
		rest   bool
	}{
		{"nothing", "", 10, 0, nil, false},
		{"blanks", " \n\r\n\t", 10, 0, nil, false},
		{"one line", "hello", 5, 0, []string{"hello"}, false},
		{"breaks", "a\r\nb\nc\rd", 10, 0, []string{"a", "b", "c", "d"}, false},
		{"blank lines", "\n\na\n \n\nb\n", 10, 0, []string{"a", "b"}, false},
		{"indent", "if x\n  y", 10, 0, []string{"if x", "  y"}, false},
		{"words", "one two three", 8, 0, []string{"one two", "three"}, false},
		{"exactly", "one two three", 7, 0, []string{"one two", "three"}, false},
		{"spaces at the break", "one   two", 4, 0, []string{"one", "two"}, false},
		{"long word", "a bcdefghij", 4, 0, []string{"a", "bcde", "fghi", "j"}, false},
		{"indented long word", "   bcdefghij", 6, 0, []string{"bcdefg", "hij"}, false},
		{"two-byte letters", "ééé", 5, 0, []string{"éé", "é"}, false},
		{"accent", "aaae\u0301x", 4, 0, []string{"aaa", "e\u0301x"}, false},
		{"family", "aaaa" + family, 20, 0, []string{"aaaa", family}, false},
		{"tone", "aaa👍🏽", 8, 0, []string{"aaa", "👍🏽"}, false},
		{"flags", "🇩🇪🇫🇷", 12, 0, []string{"🇩🇪", "🇫🇷"}, false},
		{"accents without end", "a" + strings.Repeat("\u0301", 20), 10, 0,
			[]string{"a" + strings.Repeat("\u0301", 4), strings.Repeat("\u0301", 5), strings.Repeat("\u0301", 5), strings.Repeat("\u0301", 5), "\u0301"}, false},
		{"tiny budget", "😀é", 0, 0, []string{"😀", "é"}, false},
		{"limit", "a\nb\nc", 9, 2, []string{"a", "b"}, true},
		{"limit within a line", "one two", 4, 1, []string{"one"}, true},
		{"limit just reached", "a\nb\n\n", 9, 2, []string{"a", "b"}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, rest := Split(tt.text, tt.budget, tt.limit)
			if !slices.Equal(got, tt.want) || rest != tt.rest {
				t.Errorf("got %q, %v; want %q, %v", got, rest, tt.want, tt.rest)
			}
		})
	}
}

// withoutSpace is s without what Split may leave out.
func withoutSpace(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

func FuzzSplit(f *testing.F) {
	f.Add("one two\r\n\n  three é👩\u200d👧 e\u0301\xff", 5, 3)
	f.Add(strings.Repeat("🇩🇪", 40), 33, 0)
	f.Fuzz(func(t *testing.T, text string, budget, limit int) {
		lines, rest := Split(text, budget, limit)
		for _, line := range lines {
			if len(line) > max(budget, utf8.UTFMax) || strings.ContainsAny(line, "\r\n") || strings.TrimSpace(line) == "" {
				t.Fatalf("line %q of %q, budget %d", line, text, budget)
			}
			if utf8.ValidString(text) && !utf8.ValidString(line) {
				t.Fatalf("%q is cut within a character", line)
			}
		}
		got, want := withoutSpace(strings.Join(lines, "")), withoutSpace(text)
		switch {
		case rest && (limit <= 0 || len(lines) != limit || !strings.HasPrefix(want, got) || got == want):
			t.Fatalf("%q in lines of %d, %d at most: %q and more", text, budget, limit, lines)
		case !rest && got != want && utf8.ValidString(text):
			t.Fatalf("%q came back as %q", want, got)
		}
	})
}

func BenchmarkSplit(b *testing.B) {
	b.ReportAllocs()
	text := strings.Repeat("some words of no great length, ", 100)
	for b.Loop() {
		Split(text, 400, 20)
	}
}
