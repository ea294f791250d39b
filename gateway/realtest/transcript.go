//go:build linux

package realtest

import (
	"bytes"
	"io"
	"sync"
	"testing"
)

// A transcript keeps what went over one client's connection, and shows the end of
// it if the test fails.
type transcript struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func newTranscript(t testing.TB, who string) *transcript {
	tr := &transcript{}
	t.Cleanup(func() {
		if t.Failed() {
			tr.mu.Lock()
			defer tr.mu.Unlock()
			t.Logf("connection of %s:\n%s", who, tail(tr.text.Bytes(), 16<<10))
		}
	})
	return tr
}

// note adds text that went one way.
func (tr *transcript) note(direction, text string) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.text.WriteString(direction + text + "\n")
}

// Write adds what came in, as it came.
func (tr *transcript) Write(b []byte) (int, error) {
	tr.note("< ", string(b))
	return len(b), nil
}

// of is r, with what is read from it noted.
func (tr *transcript) of(r io.Reader) io.Reader { return io.TeeReader(r, tr) }
