package main

import (
	"bytes"
	"slices"
	"strconv"
	"sync"
)

// journalLines is how much of the gateway's log is kept, for who wants to know why the
// demo failed.
const journalLines = 30

// What the gateway logs, and the demo waits for.
const (
	logConnected = "connected to the XMPP server"
	logLost      = "connection to the network lost"
)

// A journal is where the gateway's log goes. Its methods are safe from any goroutine.
type journal struct {
	mu      sync.Mutex
	kept    []string
	waiting []entry
}

// An entry is what somebody waits for.
type entry struct {
	message []byte // as it stands in a line of JSON
	came    chan struct{}
}

// Write takes a line of the log.
func (j *journal) Write(line []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if len(j.kept) == journalLines {
		j.kept = slices.Delete(j.kept, 0, 1)
	}
	j.kept = append(j.kept, string(bytes.TrimSpace(line)))
	j.waiting = slices.DeleteFunc(j.waiting, func(e entry) bool {
		found := bytes.Contains(line, e.message)
		if found {
			close(e.came)
		}
		return found
	})
	return len(line), nil
}

// next is closed when that message is logged the next time.
func (j *journal) next(message string) <-chan struct{} {
	j.mu.Lock()
	defer j.mu.Unlock()
	e := entry{[]byte(`"message":` + strconv.Quote(message)), make(chan struct{})}
	j.waiting = append(j.waiting, e)
	return e.came
}

// lines are the last lines of the log.
func (j *journal) lines() []string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Clone(j.kept)
}
