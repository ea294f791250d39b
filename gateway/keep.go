package gateway

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"hash/maphash"
	"sync"
	"time"

	"github.com/rs/zerolog"
)

// A keeper saves documents for everybody, so that nobody waits for a disk. Of several
// versions of one document the latest counts. Its goroutine is there while something
// waits to be saved. Without a store it keeps nothing.
//
// What it gathers in a moment is one transaction. An error other than a refusal is
// tried again, for ever, with half as many documents, for the store may be too slow for
// so many; what waits meanwhile is bounded.
type keeper struct {
	docs     Documents // nil: there is no store
	log      zerolog.Logger
	remember func() time.Duration // how long sessions are kept
	life     context.Context      // ends with the time to stop
	end      context.CancelFunc
	hurry    chan struct{} // closed by stop: do not gather, do not pause
	expired  time.Time     // the last time; the goroutine's own
	most     int           // documents of the next transaction; the goroutine's own
	seed     maphash.Seed

	mu       *sync.Mutex         // the hub's; guards what follows
	sessions map[uint64]struct{} // hashes of the users who may have a session; nil: too many
	waiting  map[docKey]*version
	bytes    int // of what waits
	running  bool
	ended    chan struct{} // closed when the goroutine that runs has ended
	stopping bool
}

type docKey struct {
	kind Kind
	key  string
}

// A version is what is to be saved under a key.
type version struct {
	text []byte // nil: it is to be deleted
}

const (
	maxWaiting   = 4096                  // documents that wait to be saved
	maxWaitBytes = 64 << 20              // of their texts
	maxBatch     = 256                   // documents of one transaction
	maxSessions  = 1 << 17               // users who are known to have a session
	gatherTime   = 50 * time.Millisecond // what is lost if the process is killed
	storeTimeout = 5 * time.Second       // for one answer of the store
	retryPause   = 5 * time.Second       // after an error
	expireEvery  = time.Hour
	lastSave     = 500 * time.Millisecond // for what waits if the time to stop is over
)

func newKeeper(docs Documents, mu *sync.Mutex, log zerolog.Logger, remember func() time.Duration) *keeper {
	k := &keeper{
		docs: docs, mu: mu, log: log, remember: remember,
		waiting: map[docKey]*version{}, most: maxBatch, hurry: make(chan struct{}), seed: maphash.MakeSeed(),
	}
	k.life, k.end = context.WithCancel(context.Background())
	return k
}

// save has a document saved soon. It never waits. An error says that it is not even
// tried: the document is malformed, or too many wait.
func (k *keeper) save(kind Kind, key string, text []byte) error {
	if k.docs == nil {
		return nil
	}
	if err := (Document{kind, key, text}).Check(); err != nil {
		return err
	}
	return k.put(docKey{kind, key}, &version{text})
}

// drop has a document forgotten soon, as save does.
func (k *keeper) drop(kind Kind, key string) error {
	if k.docs == nil {
		return nil
	}
	if err := CheckKey(kind, key); err != nil {
		return err
	}
	return k.put(docKey{kind, key}, &version{})
}

// errTooMuchWaits is a store that does not keep up.
var errTooMuchWaits = errors.New("too many documents wait to be saved")

func (k *keeper) put(key docKey, v *version) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.hold(key, v)
}

// replace is save, or drop if there is no text, for who holds the hub's mutex already:
// so that the last of several changes is also the last that is saved.
func (k *keeper) replace(kind Kind, key string, text []byte) error {
	if k.docs == nil {
		return nil
	}
	if text != nil {
		if err := (Document{kind, key, text}).Check(); err != nil {
			return err
		}
	} else if err := CheckKey(kind, key); err != nil {
		return err
	}
	return k.hold(docKey{kind, key}, &version{text})
}

// hold is put under the mutex.
func (k *keeper) hold(key docKey, v *version) error {
	old, again := k.waiting[key]
	bytes := k.bytes + len(v.text)
	if again {
		bytes -= len(old.text)
	}
	if k.stopping || bytes > maxWaitBytes || !again && len(k.waiting) >= maxWaiting {
		return errTooMuchWaits
	}
	k.waiting[key], k.bytes = v, bytes
	k.recall(key)
	if !k.running {
		k.running, k.ended = true, make(chan struct{})
		go k.run(k.ended)
	}
	return nil
}

// load gives a document as it was saved last, nil if there is none. It waits for the
// store, storeTimeout at the most.
func (k *keeper) load(kind Kind, key string) ([]byte, error) {
	if k.docs == nil {
		return nil, nil
	}
	k.mu.Lock()
	v, none := k.waiting[docKey{kind, key}], k.isStranger(kind, key)
	k.mu.Unlock()
	switch {
	case v != nil:
		return v.text, nil
	case none:
		return nil, nil
	}
	ctx, cancel := k.context()
	defer cancel()
	return k.docs.Load(ctx, kind, key)
}

// meet learns at the start who has a session, so that of nobody else one is looked for:
// most who come have none.
func (k *keeper) meet() error {
	if k.docs == nil {
		return nil
	}
	ctx, cancel := k.context()
	defer cancel()
	users, err := k.docs.Keys(ctx, KindSession)
	if err != nil {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.sessions = make(map[uint64]struct{}, len(users))
	for _, user := range users {
		k.recall(docKey{KindSession, user})
	}
	return nil
}

// recall notes that a user may have a session. The caller has the lock.
func (k *keeper) recall(key docKey) {
	if key.kind != KindSession || k.sessions == nil {
		return
	}
	k.sessions[maphash.String(k.seed, key.key)] = struct{}{}
	if len(k.sessions) > maxSessions {
		k.sessions = nil
	}
}

// isStranger says of a user that there is no session. The caller has the lock.
func (k *keeper) isStranger(kind Kind, key string) bool {
	if kind != KindSession || k.sessions == nil {
		return false
	}
	_, met := k.sessions[maphash.String(k.seed, key)]
	return !met
}

// each gives all documents of a kind, at the start; of more than most the rest is
// forgotten. It waits for the store.
func (k *keeper) each(kind Kind, most int, take func(key string, text []byte)) error {
	if k.docs == nil {
		return nil
	}
	ctx, cancel := k.context()
	defer cancel()
	keys, err := k.docs.Keys(ctx, kind)
	if err != nil {
		return err
	}
	for i, key := range keys {
		if i >= most {
			_ = k.drop(kind, key)
			continue
		}
		text, err := k.load(kind, key)
		if err != nil {
			return err
		}
		if text != nil {
			take(key, text)
		}
	}
	return nil
}

// run saves what waits, until nothing does or the time to stop is over.
func (k *keeper) run(ended chan struct{}) {
	defer close(ended)
	for k.pause(gatherTime); ; k.pause(gatherTime) {
		k.expire()
		batch := k.batch()
		if batch == nil {
			return
		}
		err := k.write(batch)
		if err == nil {
			k.most = min(2*k.most, maxBatch)
			continue
		}
		k.most = max(len(batch)/2, 1)
		k.log.Error().Err(err).Int("documents", len(batch)).Msg("documents not saved")
		if !k.goOn() {
			return
		}
		k.pause(retryPause)
	}
}

// pause waits, if there is no hurry.
func (k *keeper) pause(d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-k.hurry:
	}
}

// goOn says whether there is a point in trying again.
func (k *keeper) goOn() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.running = !k.stopping
	return k.running
}

// batch takes a copy of some that wait; nil ends the goroutine, for there is nothing.
func (k *keeper) batch() map[docKey]*version {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.waiting) == 0 {
		k.running = false
		return nil
	}
	out := make(map[docKey]*version, min(len(k.waiting), k.most))
	for key, v := range k.waiting {
		if len(out) == k.most {
			break
		}
		out[key] = v
	}
	return out
}

// write saves a batch. What got another version meanwhile goes on waiting.
func (k *keeper) write(batch map[docKey]*version) error {
	ctx, cancel := k.context()
	defer cancel()
	var docs []Document
	for key, v := range batch {
		if v.text != nil {
			docs = append(docs, Document{key.kind, key.key, v.text})
			continue
		}
		if err := k.docs.Delete(ctx, key.kind, key.key); err != nil {
			return err
		}
	}
	if len(docs) > 0 {
		if err := k.docs.Save(ctx, docs...); err != nil {
			return err
		}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	for key, v := range batch {
		if k.waiting[key] == v {
			delete(k.waiting, key)
			k.bytes -= len(v.text)
		}
	}
	return nil
}

// expire forgets, every now and then, the sessions of users who have not been here for
// long.
func (k *keeper) expire() {
	if time.Since(k.expired) < expireEvery {
		return
	}
	k.expired = time.Now()
	ctx, cancel := k.context()
	defer cancel()
	if err := k.docs.Expire(ctx, KindSession, time.Now().Add(-k.remember())); err != nil {
		k.log.Warn().Err(err).Msg("old sessions not forgotten")
	}
}

// context is how long the store may take for what is done next.
func (k *keeper) context() (context.Context, context.CancelFunc) {
	return context.WithTimeout(k.life, storeTimeout)
}

// stop has what waits saved until ctx is done, or in lastSave if it is. It is called
// when all users have ended or been given up.
func (k *keeper) stop(ctx context.Context) {
	if ctx.Err() != nil {
		late, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastSave)
		defer cancel()
		ctx = late
	}
	k.mu.Lock()
	again := k.stopping
	k.stopping = true
	running, ended := k.running, k.ended
	k.mu.Unlock()
	if !again {
		close(k.hurry)
	}
	defer k.end()
	if !running {
		return
	}
	select {
	case <-ended:
	case <-ctx.Done():
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if n := len(k.waiting); n > 0 {
		k.log.Error().Int("documents", n).Msg("not everything was saved in time")
	}
}

// key is one of the gateway's own keys: made at the first start and kept in the store.
// Without a store it is derived from another, so that it stays the same as well.
func (k *keeper) key(name string, from [sha256.Size]byte) (key [sha256.Size]byte, err error) {
	if k.docs == nil {
		h := hmac.New(sha256.New, from[:])
		h.Write([]byte(name))
		return [sha256.Size]byte(h.Sum(nil)), nil
	}
	text, err := k.load(KindSecret, name)
	if err != nil {
		return key, err
	}
	if text != nil {
		kept, err := base64.StdEncoding.DecodeString(string(text))
		if err != nil || len(kept) != len(key) {
			return key, errors.New("the secret " + name + " in it is damaged")
		}
		return [sha256.Size]byte(kept), nil
	}
	_, _ = rand.Read(key[:]) // never fails
	ctx, cancel := k.context()
	defer cancel()
	text = base64.StdEncoding.AppendEncode(nil, key[:])
	return key, k.docs.Save(ctx, Document{KindSecret, name, text})
}
