package gateway

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"isthmus/xmppside/muc"
	"isthmus/xmppside/stanza"
)

// filled is a backlog of so many messages, one a minute, the last one at now.
func filled(limit, n int, now time.Time) *backlog {
	b := &backlog{limit: limit}
	for i := range n {
		b.add(words{id: string(rune('a' + i)), at: now.Add(time.Duration(i-n+1) * time.Minute)})
	}
	return b
}

// ids are those of some words in a row.
func ids(list []words) string {
	var s strings.Builder
	for _, w := range list {
		s.WriteString(w.id)
	}
	return s.String()
}

func TestWanted(t *testing.T) {
	now := time.Date(2001, 2, 3, 4, 5, 6, 0, time.UTC)
	set := func(n int) muc.Limit { return muc.Limit{N: n, Set: true} }
	for _, c := range []struct {
		name string
		kept int // of at most five
		h    muc.History
		want string
	}{
		{"nothing kept", 0, muc.History{}, ""},
		{"as many as is usual", 5, muc.History{}, "cde"},
		{"fewer than is usual", 2, muc.History{}, "ab"},
		{"older ones are gone", 7, muc.History{MaxStanzas: set(100)}, "cdefg"},
		{"no stanza", 5, muc.History{MaxStanzas: set(0)}, ""},
		{"one stanza", 5, muc.History{MaxStanzas: set(1)}, "e"},
		{"of no time", 5, muc.History{Seconds: set(0)}, "e"},
		{"of two minutes", 5, muc.History{Seconds: set(120)}, "cde"},
		{"of all time", 5, muc.History{Seconds: set(1 << 30)}, "abcde"},
		{"since just then", 5, muc.History{Since: now.Add(-time.Minute)}, "de"},
		{"since the future", 5, muc.History{Since: now.Add(time.Minute)}, ""},
		{"no characters", 5, muc.History{MaxChars: set(0)}, ""},
		{"not enough characters", 5, muc.History{MaxChars: set(99)}, ""},
		{"characters of two", 5, muc.History{MaxChars: set(299)}, "de"},
		{"characters of all", 5, muc.History{MaxChars: set(500)}, "abcde"},
		{"the time says less", 5, muc.History{MaxStanzas: set(4), Seconds: set(60)}, "de"},
		{"the stanzas say less", 5, muc.History{MaxStanzas: set(1), Seconds: set(60)}, "e"},
		{"the characters say less", 5, muc.History{MaxStanzas: set(3), MaxChars: set(250)}, "de"},
		{"since says less", 5, muc.History{Seconds: set(1000), Since: now}, "e"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := filled(5, c.kept, now).wanted(c.h, 3, now, func(words) bool { return true }, func(words) int { return 100 })
			if ids(got) != c.want {
				t.Errorf("got %q, not %q", ids(got), c.want)
			}
		})
	}
}

func TestSince(t *testing.T) {
	b := filled(5, 7, time.Now())
	for seq, want := range map[uint64]string{0: "cdefg", 2: "cdefg", 3: "defg", 6: "g", 7: "", 100: ""} {
		if got := ids(b.since(seq)); got != want {
			t.Errorf("since %d: got %q, not %q", seq, got, want)
		}
	}
	if none := filled(0, 7, time.Now()); none.seq != 7 || len(none.since(0)) != 0 {
		t.Errorf("a backlog of none counts to %d and keeps %q", none.seq, ids(none.since(0)))
	}
}

// However long the words are, the memory has a bound; and what is kept shares none
// with what was read.
func TestBacklogBound(t *testing.T) {
	b := &backlog{limit: 1000}
	long := []*stanza.Element{stanza.T("", "body", strings.Repeat("x", 10<<10)).Set("a", "b").Add(stanza.T("n", "c", "y"))}
	for range 100 {
		b.add(words{children: long})
	}
	total := 0
	for _, w := range b.list() {
		total += weight(w.children)
	}
	if total != b.size || total > maxBacklog || total < maxBacklog-weight(long) {
		t.Errorf("kept %d bytes, counted as %d", total, b.size)
	}
	if a, b := string(long[0].Append(nil)), string(clone(long[0]).Append(nil)); a != b {
		t.Errorf("%s became %s", a, b)
	}
}

// What is kept is the last of all that was said, and a room that is full takes no more
// memory for what is said in it.
func TestBacklogMemory(t *testing.T) {
	b := backlog{limit: 7}
	for i := range 1000 {
		b.add(words{stanzaID: fmt.Sprint(i)})
		for j, w := range b.list() {
			if want := fmt.Sprint(i - b.count + 1 + j); w.stanzaID != want {
				t.Fatalf("after %d: %s in place %d, want %s", i, w.stanzaID, j, want)
			}
		}
	}
	if b.count != 7 || len(b.ring) != 7 {
		t.Errorf("%d are kept in the room of %d", b.count, len(b.ring))
	}
	if n := testing.AllocsPerRun(1000, func() { b.add(words{}) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}
