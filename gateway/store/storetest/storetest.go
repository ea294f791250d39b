// Package storetest is what every store has to pass, on whatever database.
//
// Its functions belong to the goroutine of the test that calls them. The package is for
// tests and imports package gateway, for the types.
package storetest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"isthmus/gateway"
)

// Documents tests an empty store, and leaves it with some documents.
func Documents(t *testing.T, docs gateway.Documents) {
	t.Run("one", func(t *testing.T) { one(t, docs) })
	t.Run("keys", func(t *testing.T) { keys(t, docs) })
	t.Run("hostile", func(t *testing.T) { hostile(t, docs) })
	t.Run("refused", func(t *testing.T) { refused(t, docs) })
	t.Run("expire", func(t *testing.T) { expire(t, docs) })
	t.Run("together", func(t *testing.T) { together(t, docs) })
	t.Run("too late", func(t *testing.T) { late(t, docs) })
}

// Doc is a document.
func Doc(kind gateway.Kind, key, text string) gateway.Document {
	return gateway.Document{Kind: kind, Key: key, Text: []byte(text)}
}

// Expect loads a document and compares it; "" is none.
func Expect(t *testing.T, docs gateway.Documents, kind gateway.Kind, key, want string) {
	t.Helper()
	got, err := docs.Load(t.Context(), kind, key)
	if err != nil || string(got) != want || want == "" && got != nil {
		t.Errorf("%s %.40q: got %.80q, %v, want %.80q", kind, key, got, err, want)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// one document is born, changes and dies.
func one(t *testing.T, docs gateway.Documents) {
	const key = "#c%net"
	Expect(t, docs, gateway.KindChannel, key, "")
	must(t, docs.Delete(t.Context(), gateway.KindChannel, key))
	must(t, docs.Save(t.Context()))
	for _, text := range []string{`{"a":1}`, `{"a":2}`, " ", `{"a":2}`} {
		must(t, docs.Save(t.Context(), Doc(gateway.KindChannel, key, text)))
		Expect(t, docs, gateway.KindChannel, key, text)
		Expect(t, docs, gateway.KindSession, key, "")
	}
	must(t, docs.Save(t.Context(), Doc(gateway.KindChannel, key, "first"), Doc(gateway.KindChannel, key, "second")))
	Expect(t, docs, gateway.KindChannel, key, "second")
	must(t, docs.Delete(t.Context(), gateway.KindChannel, key))
	Expect(t, docs, gateway.KindChannel, key, "")
}

func keys(t *testing.T, docs gateway.Documents) {
	want := []string{"A", "_", "a", "b c", "ä", "#z"}
	for _, key := range want {
		must(t, docs.Save(t.Context(), Doc(gateway.KindFeatures, key, "x")))
	}
	slices.Sort(want)
	got, err := docs.Keys(t.Context(), gateway.KindFeatures)
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%q, %v", got, err)
	}
	if got, err := docs.Keys(t.Context(), "none"); len(got) > 0 || err != nil {
		t.Errorf("%q, %v of no kind", got, err)
	}
}

// hostile keys and texts come back as they were.
func hostile(t *testing.T, docs gateway.Documents) {
	noise := func(n int) string { // that cannot be compressed
		var b strings.Builder
		for b.Len() < n {
			b.WriteString(rand.Text())
		}
		return b.String()[:n]
	}
	for _, key := range []string{
		" ", "'", `";DROP TABLE documents;--`, "%", "_", "$1", "?", "a\nb\r\tc", "\x01\x7f", "e\u0301", "\u00e9", "\u202e", "\U0010ffff", "\ufffd", "123", "1e3", "NULL",
		noise(gateway.MaxKey), strings.Repeat("\U0001f600", gateway.MaxKey/4),
	} {
		for _, text := range []string{key, `{"k":"\u0000"}`, "0", "00", "null"} {
			must(t, docs.Save(t.Context(), Doc("hostile", key, text)))
			Expect(t, docs, "hostile", key, text)
		}
	}
	Expect(t, docs, "hostile", "a", "") // one wildcard is a key above
	huge := noise(gateway.MaxDocument)
	must(t, docs.Save(t.Context(), Doc("hostile", "huge", huge)))
	Expect(t, docs, "hostile", "huge", huge)
}

func refused(t *testing.T, docs gateway.Documents) {
	for name, d := range map[string]gateway.Document{
		"no kind": Doc("", "k", "x"), "long kind": Doc("12345678901234567", "k", "x"),
		"no key": Doc("bad", "", "x"), "long key": Doc("bad", strings.Repeat("k", gateway.MaxKey+1), "x"),
		"NUL in key": Doc("bad", "a\x00", "x"), "key not UTF-8": Doc("bad", "a\xff", "x"), "surrogate": Doc("bad", "\xed\xa0\x80", "x"),
		"no text": Doc("bad", "text", ""), "long text": Doc("bad", "text", strings.Repeat("x", gateway.MaxDocument+1)),
		"NUL": Doc("bad", "text", "a\x00b"), "not UTF-8": Doc("bad", "text", "a\xc3"),
	} {
		errs := map[string]error{"save": docs.Save(t.Context(), Doc("bad", "good", "x"), d)}
		if d.Key != "text" {
			_, errs["load"] = docs.Load(t.Context(), d.Kind, d.Key)
			errs["delete"] = docs.Delete(t.Context(), d.Kind, d.Key)
		}
		for what, err := range errs {
			var bad *gateway.DocumentError
			if !errors.As(err, &bad) || bad.Kind != d.Kind {
				t.Errorf("%s of %s: %v", what, name, err)
			}
		}
	}
	if got, err := docs.Keys(t.Context(), "bad"); len(got) > 0 || err != nil {
		t.Errorf("%q, %v is there", got, err)
	}
}

func expire(t *testing.T, docs gateway.Documents) {
	must(t, docs.Save(t.Context(), Doc(gateway.KindSession, "old", "x"), Doc(gateway.KindSession, "again", "x")))
	middle := time.Now().Add(time.Millisecond)
	for !time.Now().After(middle) {
		must(t, docs.Save(t.Context(), Doc(gateway.KindSession, "again", "x")))
	}
	must(t, docs.Save(t.Context(), Doc(gateway.KindSession, "again", "y"), Doc(gateway.KindSession, "new", "z")))
	must(t, docs.Expire(t.Context(), gateway.KindFeatures, middle.Add(-time.Hour)))
	must(t, docs.Expire(t.Context(), gateway.KindSession, middle))
	Expect(t, docs, gateway.KindSession, "old", "")
	Expect(t, docs, gateway.KindSession, "again", "y")
	Expect(t, docs, gateway.KindSession, "new", "z")
	Expect(t, docs, gateway.KindFeatures, "a", "x")
}

// together has many use it at once.
func together(t *testing.T, docs gateway.Documents) {
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for n := range 50 {
				key := fmt.Sprint(i)
				err := docs.Save(t.Context(), Doc("together", key, fmt.Sprint(n)), Doc("together", "all", fmt.Sprint(n)))
				got, err2 := docs.Load(t.Context(), "together", key)
				_, err3 := docs.Keys(t.Context(), "together")
				if err := errors.Join(err, err2, err3); err != nil || string(got) != fmt.Sprint(n) {
					t.Errorf("%d: got %s, %v", n, got, err)
					return
				}
			}
		})
	}
	all.Wait()
	Expect(t, docs, "together", "all", "49")
}

// late asks when there is no time any more: what keeps to itself need not say so, but
// nothing hangs, and all goes on afterwards.
func late(t *testing.T, docs gateway.Documents) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_ = docs.Save(ctx, Doc("late", "k", "x"))
	_, _ = docs.Load(ctx, "late", "k")
	_, _ = docs.Keys(ctx, "late")
	must(t, docs.Save(t.Context(), Doc("late", "k", "y")))
	Expect(t, docs, "late", "k", "y")
}
