package irc

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

var caseMappings = []CaseMapping{RFC1459, RFC1459Strict, ASCII, Unicode}

func TestParseCaseMapping(t *testing.T) {
	for name, want := range map[string]CaseMapping{
		"rfc1459": RFC1459, "RFC1459": RFC1459, "": RFC1459, "ascii": ASCII,
		"rfc1459-strict": RFC1459Strict, "strict-rfc1459": RFC1459Strict,
		"rfc7613": Unicode, "rfc8265": Unicode, "precis": Unicode, "junk": Unicode,
	} {
		if got := ParseCaseMapping(name); got != want {
			t.Errorf("%q: %d, want %d", name, got, want)
		}
	}
}

// TestFoldBytes holds each mapping against its definition, for every byte.
func TestFoldBytes(t *testing.T) {
	upper := map[CaseMapping]string{RFC1459: `[]\^`, RFC1459Strict: `[]\`, ASCII: "", Unicode: ""}
	for _, m := range caseMappings {
		for c := range 128 {
			in, want := string(rune(c)), string(rune(c))
			if unicode.IsUpper(rune(c)) || strings.Contains(upper[m], in) {
				want = string(rune(c + 32))
			}
			if got := m.Fold(in); got != want {
				t.Errorf("mapping %d: %q folds to %q, want %q", m, in, got, want)
			}
			if got := m.Fold("aA" + in); got != "aa"+want {
				t.Errorf("mapping %d: %q folds to %q", m, "aA"+in, got)
			}
		}
	}
}

func TestFoldBeyondASCII(t *testing.T) {
	for _, m := range caseMappings {
		want := "#жÄ"
		if m == Unicode {
			want = "#жä"
		}
		if got := m.Fold("#жÄ"); got != want {
			t.Errorf("mapping %d: %q", m, got)
		}
	}
	for r := rune(0); r <= unicode.MaxRune; r++ {
		once := Unicode.Fold(string(r))
		if Unicode.Fold(once) != once {
			t.Errorf("%U is not folded at once", r)
		}
	}
}

func TestFoldAllocates(t *testing.T) {
	for _, m := range caseMappings {
		if n := testing.AllocsPerRun(10, func() { m.Fold("#already-folded{}|") }); n != 0 {
			t.Errorf("mapping %d: %v allocations", m, n)
		}
	}
}

// FuzzFold: folding is idempotent, and keeps valid UTF-8 what it was.
func FuzzFold(f *testing.F) {
	f.Add("[Nick]^~")
	f.Add("İÄ\xff")
	f.Fuzz(func(t *testing.T, name string) {
		for _, m := range caseMappings {
			once := m.Fold(name)
			if m.Fold(once) != once {
				t.Errorf("mapping %d: %q, %q, %q", m, name, once, m.Fold(once))
			}
			if utf8.ValidString(name) && !utf8.ValidString(once) {
				t.Errorf("mapping %d breaks %q", m, name)
			}
		}
	})
}

func TestMap(t *testing.T) {
	m := NewMap[int](RFC1459)
	m.Delete("nobody")
	if _, ok := m.Get("nobody"); ok || m.Len() != 0 {
		t.Error("an empty map is not")
	}
	m.Set("Dan[1]", 4)
	for i, name := range []string{"carl", "Ann", "bob"} {
		m.Set(name, i)
	}
	m.Set("dAN{1}", 5)
	if v, ok := m.Get("DAN[1}"); !ok || v != 5 || m.Len() != 4 {
		t.Errorf("Get: %d, %t of %d", v, ok, m.Len())
	}
	wantNames(t, "All", m, []string{"dAN{1}", "carl", "Ann", "bob"}, []string{"Ann", "bob", "carl", "dAN{1}"})
	m.Delete("DAN[1]")
	m.Delete("DAN[1]")
	wantNames(t, "after Delete", m, []string{"bob", "carl", "Ann"}, []string{"Ann", "bob", "carl"})
	m.Delete("ann")
	wantNames(t, "last deleted", m, []string{"bob", "carl"}, []string{"bob", "carl"})
	if v, ok := m.Get("carl"); !ok || v != 0 {
		t.Error("carl is lost")
	}
}

func wantNames(t *testing.T, when string, m *Map[int], all, sorted []string) {
	t.Helper()
	var got []string
	for name, v := range m.All() {
		got = append(got, name)
		if w, ok := m.Get(name); !ok || w != v {
			t.Errorf("%s: %q is %d and %d", when, name, v, w)
		}
	}
	if !slices.Equal(got, all) {
		t.Errorf("%s: All: %q, want %q", when, got, all)
	}
	got = nil
	for name := range m.Sorted() {
		got = append(got, name)
	}
	if !slices.Equal(got, sorted) {
		t.Errorf("%s: Sorted: %q, want %q", when, got, sorted)
	}
	for range m.All() {
		break
	}
	for range m.Sorted() {
		break
	}
}

func TestMapRefold(t *testing.T) {
	m := NewMap[int](ASCII)
	m.Set("a[", 1)
	m.Set("b", 2)
	m.Set("A{", 3)
	m.Refold(ASCII)
	if m.Len() != 3 {
		t.Fatal("refolding to the same mapping changes something")
	}
	m.Refold(RFC1459)
	wantNames(t, "Refold", m, []string{"A{", "b"}, []string{"A{", "b"})
	if v, _ := m.Get("a["); v != 3 {
		t.Errorf("the later of two is %d", v)
	}
}

// TestMapAgainstModel does the same things to a Map and to a plain map.
func TestMapAgainstModel(t *testing.T) {
	m, model := NewMap[int](ASCII), map[string]int{}
	state := uint32(1)
	for i := range 20000 {
		state = state*1664525 + 1013904223
		name := string(rune('A'+state>>24%40)) + "x"
		if state>>16&3 == 0 {
			m.Delete(name)
			delete(model, strings.ToLower(name))
		} else {
			m.Set(name, i)
			model[strings.ToLower(name)] = i
		}
	}
	got := map[string]int{}
	for name, v := range m.All() {
		got[strings.ToLower(name)] = v
	}
	if !maps.Equal(got, model) || m.Len() != len(model) || len(model) == 0 {
		t.Errorf("%v, want %v", got, model)
	}
}

func BenchmarkFold(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		RFC1459.Fold("#some-channel")
	}
}
