package ircside

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"isthmus/ircside/irc"
)

// What lines become of what arrives.
func TestRead(t *testing.T) {
	long := strings.Repeat("x", irc.MaxLine)
	for name, c := range map[string]struct {
		in   string
		want []string
	}{
		"lines":                {":s A 1\r\nB :two three\r\n", []string{"A 1", "B two three"}},
		"bare LF":              {"A 1\nB 2\n", []string{"A 1", "B 2"}},
		"bare CR":              {"A 1\rB 2\r\nC 3\r\n", []string{"C 3"}},
		"empty lines":          {"\r\n\n \r\nA 1\r\n\r\n", []string{"A 1"}},
		"half a line":          {"A 1\r\nB 2", []string{"A 1"}},
		"nothing":              {"", nil},
		"NUL":                  {"A x\x00y\r\n\x00\r\n", []string{"A x\x00y"}},
		"not UTF-8":            {"A caf\xe9 caf\xe9\r\n", []string{"A café café"}},
		"a character cut off":  {"A :é \xe2\x82\r\n", []string{"A é "}},
		"tags, and nothing":    {"@a \r\n@x\r\nA 1\r\n", []string{"A 1"}},
		"source, and nothing":  {": \r\n:s\r\n:s \r\nA 1\r\n", []string{"A 1"}},
		"longer than a buffer": {"A " + long[:9000] + "\r\nB 2\r\n", []string{"A " + long[:9000], "B 2"}},
		"just short enough":    {"A " + long[4:] + "\r\nB 2\r\n", []string{"A " + long[4:], "B 2"}},
		"just too long":        {"A " + long[3:] + "\r\nB 2\r\n", []string{"B 2"}},
		"far too long":         {strings.Repeat(long, 50) + "\r\nB 2\r\n" + strings.Repeat(long, 50), []string{"B 2"}},
		"a buffer's end":       {"A " + long[:4092] + "\r\nB " + long[:4094] + "\r\n", []string{"A " + long[:4092], "B " + long[:4094]}},
		"many at once":         {strings.Repeat("A 1\r\n", 3*maxBatch), slices.Repeat([]string{"A 1"}, 3*maxBatch)},
	} {
		t.Run(name, func(t *testing.T) {
			for _, size := range []int{1 << 20, 7} {
				if got := readAll(t, c.in, size); !slices.Equal(got, c.want) {
					t.Errorf("in pieces of %d: got %.200q, want %.200q", size, got, c.want)
				}
			}
		})
	}
}

// What is over the limit is told at debug, without its text.
func TestReadTooLong(t *testing.T) {
	var log strings.Builder
	ours, theirs := net.Pipe()
	go func() {
		theirs.Write([]byte(strings.Repeat("x", irc.MaxLine+1) + "\r\n\r\n"))
		theirs.Close()
	}()
	failed := make(chan *irc.CloseError, 1)
	read(t.Context(), ours, irc.Charsets{}, zerolog.New(&log), nil, failed)
	<-failed
	if got := log.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, `"debug"`) || !strings.Contains(got, errTooLong.Error()) || len(got) > 200 {
		t.Errorf("log is %.300q", got)
	}
}

// readAll has the reader read what comes in pieces.
func readAll(t *testing.T, in string, size int) (got []string) {
	t.Helper()
	charset, err := irc.NewCharset("", "")
	if err != nil {
		t.Fatal(err)
	}
	ours, theirs := net.Pipe()
	go func() { // ends as all is read
		for rest := in; rest != ""; rest = rest[min(size, len(rest)):] {
			theirs.Write([]byte(rest[:min(size, len(rest))]))
		}
		theirs.Close()
	}()
	lines, failed := make(chan []irc.Line), make(chan *irc.CloseError, 1)
	go read(t.Context(), ours, irc.Charsets{Network: charset}, zerolog.Nop(), lines, failed)
	for {
		select {
		case batch := <-lines:
			if len(batch) == 0 || len(batch) > maxBatch {
				t.Errorf("a batch of %d", len(batch))
			}
			for _, l := range batch {
				got = append(got, strings.Join(append([]string{l.Command}, l.Params...), " "))
			}
		case err := <-failed:
			if err.Reason != irc.CloseLost || !strings.Contains(err.Text, "closed the connection") {
				t.Errorf("ended with %d %v", err.Reason, err)
			}
			return got
		}
	}
}

// Lines that came together are handed over together, but none waits for the next.
func TestBatches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := open(t, nil).register()
		defer f.s.Abort()
		var sizes []int
		f.s.sink, f.events = func(events []irc.Event) { sizes = append(sizes, len(events)) }, nil
		var many strings.Builder
		for i := range 2 * maxBatch {
			fmt.Fprintf(&many, ":a!b@c PRIVMSG ann :%d\r\n", i)
		}
		many.WriteString(":a!b@c PRIVMSG ann :hal")
		io.WriteString(f.peer, many.String())
		synctest.Wait()
		if want := []int{maxBatch, maxBatch}; !slices.Equal(sizes, want) {
			t.Errorf("batches of %v, want %v", sizes, want)
		}
		io.WriteString(f.peer, "f\r\n")
		synctest.Wait()
		if len(sizes) != 3 || sizes[2] != 1 {
			t.Errorf("batches of %v", sizes)
		}
	})
}

// Whatever arrives, nothing panics, nothing grows and nobody is left.
func TestArbitraryBytes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		random := rand.NewChaCha8([32]byte{1})
		f := open(t, func(n *Network, id *irc.Identity) {
			fast(n, id)
			n.RegisterTimeout = 1 << 60
		}).read()
		closed := 0
		f.s.sink = func(events []irc.Event) {
			for _, ev := range events {
				if _, ok := ev.(irc.Closed); ok {
					closed++
				}
			}
		}
		words := []string{"PRIVMSG ann :", "JOIN #c ", "353 ann = #c :", "005 ann ", "@x=y;z ", ":a!b@c ", "MODE #c +", "BATCH +x netsplit ", "CAP * NEW :", "NICK ", "001 ", "376 "}
		piece := func(lines int) {
			var b []byte
			for range lines {
				n := random.Uint64()
				if n%4 > 0 {
					b = append(b, words[n/4%uint64(len(words))]...)
				}
				raw := make([]byte, n>>32%200)
				random.Read(raw)
				b = append(append(b, raw...), '\n')
			}
			f.peer.Write(b)
		}
		piece(10_000)
		before := heap()
		for range 90 {
			piece(1000)
		}
		synctest.Wait()
		if grown := int64(heap()) - int64(before); grown > 4<<20 {
			t.Errorf("the heap has grown by %d bytes", grown)
		}
		f.mu.Lock()
		f.lines = nil
		f.mu.Unlock()
		f.s.Abort()
		synctest.Wait()
		if closed != 1 {
			t.Errorf("closed %d times", closed)
		}
		time.Sleep(time.Minute) // whoever is still there would be found by the bubble
	})
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
