package gateway

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"
)

// keeping runs a test with a keeper, which has to leave no goroutine.
func keeping(t *testing.T, test func(t *testing.T, n *notebook, k *keeper)) {
	synctest.Test(t, func(t *testing.T) {
		n := newNotebook()
		k := newKeeper(n, &sync.Mutex{}, zerolog.Nop(), func() time.Duration { return time.Hour })
		test(t, n, k)
	})
}

func TestKeepLatest(t *testing.T) {
	keeping(t, func(t *testing.T, n *notebook, k *keeper) {
		for i := range 1000 {
			if err := k.save(KindSession, "a@x", fmt.Append(nil, i)); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := k.load(KindSession, "a@x"); string(got) != "999" || err != nil {
			t.Errorf("before it is saved: %q, %v", got, err)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if got := n.has(KindSession, "a@x"); got != "999" || n.saves != 1 || k.running || k.bytes != 0 {
			t.Errorf("%q, %d saves, running %v, %d bytes", got, n.saves, k.running, k.bytes)
		}
		_ = k.drop(KindSession, "a@x")
		if got, err := k.load(KindSession, "a@x"); got != nil || err != nil {
			t.Errorf("%q, %v of what is deleted", got, err)
		}
		k.stop(t.Context())
		if got := n.has(KindSession, "a@x"); got != "" {
			t.Errorf("%q after the end", got)
		}
	})
}

// Of who never was here no session is looked for; of everybody once there are too many
// to know.
func TestKeepKnowsSessions(t *testing.T) {
	keeping(t, func(t *testing.T, n *notebook, k *keeper) {
		n.docs[docKey{KindSession, "a@x"}] = "1"
		if err := k.meet(); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			if got, err := k.load(KindSession, "b@x"); got != nil || err != nil {
				t.Errorf("%q, %v of a stranger", got, err)
			}
		}
		if got, err := k.load(KindSession, "a@x"); string(got) != "1" || err != nil || n.loads != 1 {
			t.Errorf("%q, %v, %d loads", got, err, n.loads)
		}
		_ = k.save(KindSession, "b@x", []byte("2"))
		time.Sleep(time.Second)
		synctest.Wait()
		if got, err := k.load(KindSession, "b@x"); string(got) != "2" || err != nil {
			t.Errorf("%q, %v of who came meanwhile", got, err)
		}
		k.mu.Lock()
		for i := range maxSessions + 1 {
			k.recall(docKey{KindSession, fmt.Sprint(i)})
		}
		k.mu.Unlock()
		_, _ = k.load(KindSession, "c@x")
		if n.loads != 3 || k.sessions != nil {
			t.Errorf("%d loads, %d are known", n.loads, len(k.sessions))
		}
		k.stop(t.Context())
	})
}

// What is saved while the store is busy with an older version is saved too.
func TestKeepWhileSaving(t *testing.T) {
	keeping(t, func(t *testing.T, n *notebook, k *keeper) {
		n.set(false, errors.New("the disk is full"))
		_ = k.save(KindSession, "a@x", []byte("1"))
		time.Sleep(time.Second)
		_ = k.save(KindSession, "a@x", []byte("2"))
		_ = k.save(KindSession, "b@x", []byte("3"))
		n.set(false, nil)
		time.Sleep(retryPause)
		if a, b := n.has(KindSession, "a@x"), n.has(KindSession, "b@x"); a != "2" || b != "3" {
			t.Errorf("%q, %q", a, b)
		}
		k.stop(t.Context())
	})
}

func TestKeepIsBounded(t *testing.T) {
	keeping(t, func(t *testing.T, n *notebook, k *keeper) {
		n.set(true, nil)
		for i := range maxWaiting {
			if err := k.save(KindSession, fmt.Sprint(i), []byte("x")); err != nil {
				t.Fatal(err)
			}
		}
		if err := k.save(KindSession, "more", []byte("x")); err == nil {
			t.Error("too much is taken")
		}
		if err := k.save(KindSession, "7", []byte("y")); err != nil {
			t.Error("another version is not taken:", err)
		}
		n.set(false, nil)
		time.Sleep(time.Minute)
		synctest.Wait()
		if len(n.docs) != maxWaiting || n.most != maxBatch || n.has(KindSession, "7") != "y" {
			t.Errorf("%d documents, at most %d at once", len(n.docs), n.most)
		}
		huge := bytes.Repeat([]byte("x"), MaxDocument)
		n.set(true, nil)
		taken := 0
		for k.save(KindSession, fmt.Sprint(taken), huge) == nil {
			taken++
		}
		if taken*MaxDocument > maxWaitBytes {
			t.Errorf("%d huge ones are taken", taken)
		}
		n.set(false, nil)
		k.stop(t.Context())
	})
}

// A slowStore is too slow for more than so many documents at once.
type slowStore struct {
	*notebook
	fit int
}

func (s *slowStore) Save(ctx context.Context, docs ...Document) error {
	if len(docs) > s.fit {
		<-ctx.Done()
		return ctx.Err()
	}
	return s.notebook.Save(ctx, docs...)
}

// What is too much for the store at once is saved in smaller parts; they grow again.
func TestKeepInParts(t *testing.T) {
	for _, c := range []struct {
		fit, docs int
		within    time.Duration
	}{{1, 3, time.Minute}, {40, 300, 5 * time.Minute}} {
		keeping(t, func(t *testing.T, n *notebook, k *keeper) {
			s := &slowStore{n, c.fit}
			k.docs = s
			for i := range c.docs {
				_ = k.save(KindSession, fmt.Sprint(i), []byte("x"))
			}
			time.Sleep(c.within)
			synctest.Wait()
			if len(n.docs) != c.docs || n.most > c.fit {
				t.Errorf("%d of %d documents, at most %d at once", len(n.docs), c.docs, n.most)
			}
			s.fit = maxBatch
			for i := range 4 * maxBatch {
				_ = k.save(KindFeatures, fmt.Sprint(i), []byte("x"))
			}
			time.Sleep(c.within)
			synctest.Wait()
			if len(n.docs) != c.docs+4*maxBatch || n.most < maxBatch/2 {
				t.Errorf("%d documents, at most %d at once", len(n.docs), n.most)
			}
			k.stop(t.Context())
		})
	}
}

func TestKeepRefuses(t *testing.T) {
	keeping(t, func(t *testing.T, n *notebook, k *keeper) {
		for name, d := range map[string]Document{
			"no key": {KindSession, "", []byte("x")}, "no text": {KindSession, "k", nil}, "no kind": {"", "k", []byte("x")},
			"long kind": {Kind(strings.Repeat("k", 17)), "k", []byte("x")},
			"long key":  {KindSession, strings.Repeat("k", MaxKey+1), []byte("x")}, "long text": {KindSession, "k", make([]byte, MaxDocument+1)},
			"NUL in key": {KindSession, "a\x00b", []byte("x")}, "NUL": {KindSession, "k", []byte("a\x00b")},
			"key not UTF-8": {KindSession, "\xff", []byte("x")}, "not UTF-8": {KindSession, "k", []byte("\xff")},
		} {
			var refused *DocumentError
			if err := k.save(d.Kind, d.Key, d.Text); !errors.As(err, &refused) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if k.running {
			t.Error("something is saved")
		}
		k.stop(t.Context())
	})
}

// The end takes no longer than it may, whatever the store does.
func TestKeepStops(t *testing.T) {
	for name, tc := range map[string]struct {
		stuck, late bool
		fail        error
		took        time.Duration
		saved       string
	}{
		"good":       {saved: "1"},
		"good, late": {late: true, saved: "1"},
		"stuck":      {stuck: true, took: 2 * time.Second},
		"stuck late": {stuck: true, late: true, took: lastSave},
		"failing":    {fail: errors.New("no")},
	} {
		t.Run(name, func(t *testing.T) {
			keeping(t, func(t *testing.T, n *notebook, k *keeper) {
				n.set(tc.stuck, tc.fail)
				_ = k.save(KindSession, "a@x", []byte("1"))
				ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
				defer cancel()
				if tc.late {
					cancel()
				}
				began := time.Now()
				k.stop(ctx)
				if took := time.Since(began); took != tc.took || n.has(KindSession, "a@x") != tc.saved {
					t.Errorf("it took %v, %q is saved", took, n.has(KindSession, "a@x"))
				}
				if err := k.save(KindSession, "late", []byte("1")); err == nil {
					t.Error("something is taken after the end")
				}
			})
		})
	}
}

// The gateway's key is the store's: another start has the same, another store another.
func TestOccupantKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		key := func(docs Documents) [32]byte {
			p := start(t, docs)
			defer p.end(t)
			return p.occupantKey
		}
		one, two := newNotebook(), newNotebook()
		first := key(one)
		if key(one) != first || key(two) == first || first == [32]byte{} {
			t.Error("the store's key is not its own")
		}
		if bare := key(nil); bare != key(nil) || bare == first || bare == start(t, nil).key {
			t.Error("without a store it does not stay the same")
		}
		one.docs[docKey{KindSecret, "occupant"}] = "????"
		if _, err := NewHub(Options{Config: start(t, nil).config.Load(), Documents: one}); err == nil {
			t.Error("a damaged one is taken")
		}
		one.set(true, nil)
		if _, err := NewHub(Options{Config: start(t, nil).config.Load(), Documents: one}); !errors.Is(err, context.DeadlineExceeded) {
			t.Error("a store that does not answer:", err)
		}
	})
}
