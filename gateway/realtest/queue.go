//go:build linux

package realtest

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"
)

// errSilent says that what was waited for did not come, on a connection that lives.
var errSilent = fmt.Errorf("not within %v", Patience)

// A queue holds what a client heard and nobody has asked for yet, in order. One
// goroutine pushes, one takes.
type queue[T any] struct {
	mu    sync.Mutex
	items []T
	ended error         // set once nothing more comes
	wake  chan struct{} // of capacity 1: there is something new
}

func newQueue[T any]() *queue[T] { return &queue[T]{wake: make(chan struct{}, 1)} }

// push adds an item.
func (q *queue[T]) push(item T) {
	q.mu.Lock()
	q.items = append(q.items, item)
	q.mu.Unlock()
	q.notify()
}

// end says that nothing more comes, and why.
func (q *queue[T]) end(err error) {
	q.mu.Lock()
	q.ended = err
	q.mu.Unlock()
	q.notify()
}

func (q *queue[T]) notify() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// find waits for the first item that matches and returns its index, which holds
// until something is taken.
func (q *queue[T]) find(match func(T) bool) (int, error) {
	deadline := time.After(Patience)
	for seen := 0; ; {
		q.mu.Lock()
		items, ended := q.items, q.ended
		q.mu.Unlock()
		for ; seen < len(items); seen++ {
			if match(items[seen]) {
				return seen, nil
			}
		}
		if ended != nil {
			return 0, fmt.Errorf("the connection ended: %w", ended)
		}
		select {
		case <-q.wake:
		case <-deadline:
			return 0, errSilent
		}
	}
}

// take removes those of the first n items that match, and returns them.
func (q *queue[T]) take(n int, match func(T) bool) []T {
	q.mu.Lock()
	defer q.mu.Unlock()
	var taken, left []T
	for i, item := range q.items {
		if i < n && match(item) {
			taken = append(taken, item)
		} else {
			left = append(left, item)
		}
	}
	q.items = left
	return taken
}

// first are the first n items, left where they are.
func (q *queue[T]) first(n int) []T {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.items[:n:n]
}

// expectEnd waits for the end of a connection.
func expectEnd[T any](t testing.TB, who string, q *queue[T]) {
	t.Helper()
	_, err := q.find(func(T) bool { return false })
	if errors.Is(err, errSilent) {
		t.Fatalf("the connection of %s did not end", who)
	}
}
