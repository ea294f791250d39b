package ircd

import (
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestClientOverTCP(t *testing.T) {
	s := New(Config{Caps: AllCaps(), Strict: true})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve(l) }()
	dial := func(nick string) *Client {
		nc, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		return Dial(nc, nick)
	}
	expect := func(c *Client, parts ...string) {
		t.Helper()
		if _, err := c.Expect(Containing(parts...), 10*time.Second); err != nil {
			t.Fatal(parts, err)
		}
	}
	ann, bob := dial("ann"), dial("bob")
	expect(ann, " 001 ann ")
	expect(bob, " 001 bob ")
	if err := ann.Send("JOIN #c"); err != nil {
		t.Fatal(err)
	}
	expect(ann, " 366 ")
	if err := bob.Send("JOIN #c"); err != nil {
		t.Fatal(err)
	}
	expect(ann, ":bob!bob@127.0.0.1 JOIN #c")
	expect(bob, " 353 ", "@ann bob")
	s.Inject("bob", "PING :tick tock")
	s.Inject("bob", ":x NOTICE bob :see PING there")
	expect(bob, "see PING there")
	if line, err := bob.Expect(Containing("PING :"), time.Millisecond); err == nil {
		t.Errorf("bob saw %q", line)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	expect(ann, "ERROR :")
	if _, err := ann.Expect(Containing("more"), 10*time.Second); !errors.Is(err, io.EOF) {
		t.Errorf("after the end: %v", err)
	}
	if err := <-served; !errors.Is(err, ErrClosed) {
		t.Errorf("Serve: %v", err)
	}
	_, _ = ann.Close(), bob.Close()
	if s.Kill("ann", "late") || s.Violations() != nil || s.Close() != nil || !errors.Is(s.Serve(l), ErrClosed) {
		t.Error("a closed server did something")
	}
}

// TestDeafPeers has one peer that never reads; it must not hold up others, and is
// thrown off when its queue is full.
func TestDeafPeers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New(Config{})
		near, far := net.Pipe()
		go s.ServeConn(far)
		_, _ = near.Write([]byte("NICK deaf\r\nUSER deaf 0 * :x\r\nJOIN #c\r\n"))
		ann := connect(s, false)
		ann.send("NICK ann\r\nUSER ann 0 * :x\r\nJOIN #c\r\n")
		if got := fmt.Sprint(s.Members("#C")); got != "[ann @deaf]" {
			t.Fatal(got)
		}
		text := "PRIVMSG #c :" + strings.Repeat("x", 400) + "\r\n"
		for range SendQ/len(text) + 100 {
			_, _ = ann.nc.Write([]byte(text))
		}
		synctest.Wait()
		if got := fmt.Sprint(s.Members("#c")); got != "[ann]" {
			t.Error(got)
		}
		if lines := ann.take(); !strings.Contains(lines[len(lines)-1], "QUIT :Max SendQ exceeded") {
			t.Error(lines[len(lines)-1])
		}
		deaf := connect(s, false) // another, whom Close has to cut off
		deaf.send("NICK x\r\n")
		start := time.Now()
		near2, far2 := net.Pipe()
		go s.ServeConn(far2)
		_, _ = near2.Write([]byte("NICK deaf\r\nUSER deaf 0 * :x\r\n"))
		_ = s.Close()
		if took := time.Since(start); took > 2*linger {
			t.Error("Close took", took)
		}
		<-ann.done
		<-deaf.done
	})
}

// TestLongAnswers: what does not fit a line takes several, none too long.
func TestLongAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New(Config{Caps: AllCaps()})
		var nicks []string
		var wires []*wire
		for i := range 60 {
			nicks = append(nicks, fmt.Sprintf("somebody-with-a-long-name%03d", i))
			w := connect(s, false)
			w.send(fmt.Sprintf("NICK %s\r\nUSER u 0 * :x\r\nJOIN #c\r\n", nicks[i]))
			w.take()
			wires = append(wires, w)
		}
		got := map[string]int{}
		count := func(request, numeric string) {
			wires[0].send(request)
			for _, l := range wires[0].take() {
				if len(l) > maxBody-2 {
					t.Errorf("%d bytes: %s", len(l), l)
				}
				if strings.Contains(l, " "+numeric+" ") {
					_, words, _ := strings.Cut(l, " :")
					got[numeric] += len(strings.Fields(words))
				}
			}
		}
		count("NAMES #c\r\n", "353")
		wires[0].send("CAP REQ userhost-in-names\r\n")
		wires[0].take()
		count("NAMES #c\r\n", "353")
		for i := 0; i < 60; i += 10 {
			count("ISON "+strings.Join(nicks[i:i+10], " ")+"\r\n", "303")
		}
		if got["353"] != 120 || got["303"] != 60 {
			t.Error(got)
		}
		_ = s.Close()
		for _, w := range wires {
			<-w.done
		}
	})
}
