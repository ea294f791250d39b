package xmppside

import (
	"fmt"
	"io"
	"net"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"isthmus/xmppside/stanza"
)

// What gathers while a write is under way leaves in as few as there are pieces.
func TestCoalesce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, func(_ *bench, c *Config) { c.QueueBytes = 1 << 20 })
		l := b.up("")
		var want strings.Builder
		for i := range 1000 {
			s := message(fmt.Sprint(i), 400)
			b.c.Send(s)
			want.WriteString(text(s))
			if i == 0 {
				synctest.Wait() // its write has begun
			}
		}
		l.read()
		got, writes := l.took()
		if got != want.String() {
			t.Error("not all, or not in order")
		}
		if most := 1 + (len(got)+piece-1)/piece; writes > most {
			t.Errorf("%d writes for %d bytes, want %d", writes, len(got), most)
		}
		b.stop()
	})
}

// A write that follows another soon takes along what those have to say who are ready.
func TestGather(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	synctest.Test(t, func(t *testing.T) {
		nc := &countedConn{}
		c := newConn(nc, 1<<20, time.Minute)
		go c.write()
		put := func() {
			if err := c.put(func(b []byte) []byte { return append(b, '.') }); err != nil {
				t.Error(err)
			}
		}
		put()
		synctest.Wait() // that is written
		begin := make(chan struct{})
		var senders sync.WaitGroup
		for range 100 {
			senders.Go(func() { <-begin; put() })
		}
		synctest.Wait() // they wait
		close(begin)
		senders.Wait()
		c.finish(func() error { return nil }, time.Minute)
		<-c.done
		if nc.bytes != 101 || nc.writes > 10 {
			t.Errorf("%d bytes in %d writes", nc.bytes, nc.writes)
		}
	})
}

// A countedConn takes everything. Only the writer uses it.
type countedConn struct {
	net.Conn
	writes, bytes int
}

func (c *countedConn) SetWriteDeadline(time.Time) error { return nil }
func (c *countedConn) Write(b []byte) (int, error) {
	c.writes++
	c.bytes += len(b)
	return len(b), nil
}

// Many may send at once, and stanzas stay whole, each sender's in order.
func TestSendTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, nil)
		l := b.up("").read()
		var senders sync.WaitGroup
		for i := range 20 {
			senders.Go(func() {
				for n := range 50 {
					b.c.Send(message(fmt.Sprintf("s%d-%d", i, n), 400))
				}
			})
		}
		senders.Wait()
		got, _ := l.took()
		next := map[int]int{}
		for n := 0; got != ""; n++ {
			var sender, count int
			_, after, _ := strings.Cut(got, " id='s")
			fmt.Sscanf(after, "%d-%d'", &sender, &count)
			want := text(message(fmt.Sprintf("s%d-%d", sender, count), 400))
			if !strings.HasPrefix(got, want) || next[sender] != count {
				t.Fatalf("stanza %d of sender %d: %.200s", next[sender], sender, got)
			}
			next[sender]++
			got = got[len(want):]
			if got == "" && n != 20*50-1 {
				t.Errorf("%d stanzas", n+1)
			}
		}
		b.stop()
	})
}

// A server that does not read has senders wait, and a server that reads again has
// them go on; what is offered meanwhile is not taken.
func TestSendWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, nil)
		l := b.up("")
		sent := 0
		done := make(chan struct{})
		go func() {
			defer close(done)
			for range 100 {
				b.c.Send(message("m", 1000))
				sent++
			}
		}()
		synctest.Wait()
		if taken := b.c.Offer(message("o", 10)); taken || sent < 5 || sent > 12 {
			t.Errorf("offered: %v, %d stanzas sent", taken, sent)
		}
		time.Sleep(5 * time.Second)
		l.read()
		<-done
		taken := b.c.Offer(message("o", 10))
		synctest.Wait()
		if got, _ := l.took(); strings.Count(got, "</message>") != 101 || !taken {
			t.Errorf("%d stanzas came, offered: %v", strings.Count(got, "</message>"), taken)
		}
		b.stop()
	})
}

// Who waits goes on as soon as the stream is lost, before anybody is told so.
func TestSendReturns(t *testing.T) {
	for name, c := range map[string]struct {
		end   func(*bench, *link)
		after time.Duration
	}{
		"nothing is read":   {func(*bench, *link) {}, 10 * time.Second},
		"socket closed":     {func(_ *bench, l *link) { l.Close() }, 0},
		"server ends":       {func(_ *bench, l *link) { l.say("</stream:stream>") }, 0},
		"component stopped": {func(b *bench, _ *link) { b.cancel() }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var sender sync.WaitGroup
				b := start(t, func(b *bench, _ *Config) { b.onDown = sender.Wait })
				l := b.up("")
				conn := b.c.conn.Load()
				sender.Go(func() {
					for conn.put(message("m", 1000).Append) == nil {
					}
				})
				synctest.Wait()
				began := time.Now()
				c.end(b, l)
				sender.Wait()
				if d := time.Since(began); d != c.after {
					t.Errorf("after %v, want %v", d, c.after)
				}
				b.stop()
			})
		})
	}
}

// A server that reads slowly is not one that does not read.
func TestSlowServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, func(_ *bench, c *Config) { c.QueueBytes, c.PingAfter = 1<<20, 0 })
		l := b.up("")
		for range 100 {
			b.c.Send(message("m", 400))
		}
		synctest.Wait()
		p := make([]byte, 1000)
		n := 0
		for n < 100*len(text(message("m", 400))) {
			time.Sleep(9 * time.Second)
			m, err := l.Read(p)
			if err != nil {
				t.Fatalf("behind %d bytes: %v", n, err)
			}
			n += m
		}
		l.read()
		b.stop()
	})
}

// A server that reads nothing loses us after the time of a write.
func TestWriteDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, nil)
		b.up("")
		b.c.Send(message("m", 400))
		time.Sleep(10*time.Second - 1)
		b.wantTold("up true")
		time.Sleep(time.Nanosecond)
		b.wantTold("up true", "down false")
		if !strings.Contains(b.logged(), "i/o timeout") {
			t.Error(b.logged())
		}
		b.stop()
	})
}

func BenchmarkPut(b *testing.B) {
	ours, theirs := net.Pipe()
	c := newConn(ours, 1<<20, time.Minute)
	go c.write()
	go io.Copy(io.Discard, theirs) // ends with the pipe
	s := &stanza.Stanza{
		Kind: stanza.Message, Type: "groupchat", ID: "0123456789abcdef", From: room, To: alice,
		Children: []*stanza.Element{
			stanza.T("", "body", strings.Repeat("hello & how are you? ", 8)),
			stanza.E("urn:xmpp:sid:0", "stanza-id").Set("id", "0123456789").Set("by", "#c%net@irc.test"),
		},
	}
	b.SetBytes(int64(len(text(s))))
	b.ReportAllocs()
	for b.Loop() {
		if err := c.put(s.Append); err != nil {
			b.Fatal(err)
		}
	}
	c.abort(errClosing)
	<-c.done
}
