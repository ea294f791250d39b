package xmppside

import (
	"bytes"
	"testing"
)

// What is taken is what was added, in order and in pieces of about the same size, however
// much is added at once and whatever has been given back.
func TestQueue(t *testing.T) {
	var q queue
	var want, got []byte
	take := func() {
		t.Helper()
		b := q.take()
		if len(b) == 0 || len(q.pieces) > 0 && len(b) < piece {
			t.Errorf("a piece of %d bytes, and there are more", len(b))
		}
		got = append(got, b...)
		q.giveBack(b)
	}
	for i := range 1000 {
		n := []int{1, 300, 700, slack, 3 * piece}[i%5]
		word := bytes.Repeat([]byte{byte(i)}, n)
		q.add(func(b []byte) []byte { return append(b, word...) })
		want = append(want, word...)
		if q.size != len(want)-len(got) {
			t.Fatalf("%d: it says that it has %d bytes, want %d", i, q.size, len(want)-len(got))
		}
		for i%7 == 0 && q.size > 0 || q.size > 2<<20 {
			take()
		}
	}
	for q.size > 0 {
		take()
	}
	if !bytes.Equal(got, want) {
		t.Error("not all, or not in order")
	}
}

// Who says nothing adds nothing.
func TestQueueNothing(t *testing.T) {
	var q queue
	q.add(func(b []byte) []byte { return b })
	if q.size != 0 {
		t.Errorf("%d bytes", q.size)
	}
	q.add(func(b []byte) []byte { return append(b, "ok"...) })
	if b := q.take(); string(b) != "ok" {
		t.Errorf("%q", b)
	}
}

// A burst's memory is given back, and a little is kept: its pieces, none that had to grow.
func TestBurstIsForgotten(t *testing.T) {
	var q queue
	add := func(n int) { q.add(func(b []byte) []byte { return append(b, make([]byte, n)...) }) }
	for range 2000 {
		add(1000)
	}
	add(2 * piece)
	add(10 * piece)
	for q.size > 0 {
		q.giveBack(q.take())
	}
	if len(q.pieces) != 0 || len(q.spare) != kept {
		t.Errorf("%d pieces and %d to spare, want 0 and %d", len(q.pieces), len(q.spare), kept)
	}
	for _, b := range q.spare[:cap(q.spare)] {
		if cap(b) != 0 && cap(b) != piece+slack {
			t.Errorf("one of %d bytes", cap(b))
		}
	}
	if over := q.spare[kept:cap(q.spare)]; len(over) > 0 && over[0] != nil {
		t.Error("what is given up is still held")
	}
	if n := testing.AllocsPerRun(100, func() { add(1000); q.giveBack(q.take()) }); n > 1 { // add's own
		t.Errorf("%v allocations", n)
	}
}
