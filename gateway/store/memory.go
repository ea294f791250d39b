package store

import (
	"context"
	"slices"
	"sync"
	"time"

	"isthmus/gateway"
)

var _ gateway.Documents = (*Notebook)(nil)

// A Notebook keeps documents in memory: for demonstrations and tests. It may be used by
// several goroutines.
type Notebook struct {
	mu   sync.Mutex // guards docs
	docs map[name]entry
}

type name struct {
	kind gateway.Kind
	key  string
}

type entry struct {
	text  []byte
	saved time.Time
}

// NewNotebook is an empty one.
func NewNotebook() *Notebook { return &Notebook{docs: map[name]entry{}} }

// Load gives a document's text; nil without an error: there is none.
func (n *Notebook) Load(_ context.Context, kind gateway.Kind, key string) ([]byte, error) {
	if err := gateway.CheckKey(kind, key); err != nil {
		return nil, err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.docs[name{kind, key}].text), nil
}

// Save puts documents in the place of those with their keys.
func (n *Notebook) Save(_ context.Context, docs ...gateway.Document) error {
	for _, d := range docs {
		if err := d.Check(); err != nil {
			return err
		}
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, d := range docs {
		n.docs[name{d.Kind, d.Key}] = entry{slices.Clone(d.Text), time.Now()}
	}
	return nil
}

// Delete forgets a document, if there is one.
func (n *Notebook) Delete(_ context.Context, kind gateway.Kind, key string) error {
	if err := gateway.CheckKey(kind, key); err != nil {
		return err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.docs, name{kind, key})
	return nil
}

// Keys lists those of a kind, in the order of their bytes.
func (n *Notebook) Keys(_ context.Context, kind gateway.Kind) ([]string, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	var keys []string
	for at := range n.docs {
		if at.kind == kind {
			keys = append(keys, at.key)
		}
	}
	slices.Sort(keys)
	return keys, nil
}

// Expire forgets what of a kind was not saved since then.
func (n *Notebook) Expire(_ context.Context, kind gateway.Kind, before time.Time) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	for at, e := range n.docs {
		if at.kind == kind && e.saved.Before(before) {
			delete(n.docs, at)
		}
	}
	return nil
}
