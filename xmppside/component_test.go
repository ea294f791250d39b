package xmppside

import (
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"isthmus/xmppside/jid"
	"isthmus/xmppside/stanza"
)

// What comes in one segment with the handshake is not lost, and nothing is handled
// before StreamUp or behind StreamDown.
func TestOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, func(b *bench, _ *Config) {
			b.onUp = func() { time.Sleep(time.Second); b.note("up returns") }
		})
		in := func(id string) string { return text(message(id, 0).Reply("")) }
		l := b.accept()
		l.until(">")
		l.say(header)
		l.until("</handshake>")
		go l.read().say("<handshake/>" + in("") + "<message from='alice@host.test' to='irc.test' id='m2'/>" +
			"<presence from='alice@host.test/x' to='irc.test' id='p'/><iq type='get' id='q' from='host.test' to='irc.test'/></stream:stream>")
		time.Sleep(2 * time.Second)
		b.wantTold("up true", "up returns", "message ", "message m2", "presence p", "iq q", "down false")
		b.up("").read()
		b.stop()
	})
}

// Each way of being refused, or of nothing being there, is said once at warn, and
// tried again for ever.
func TestRefusals(t *testing.T) {
	failed := func(condition string) func(*link) {
		return func(l *link) {
			l.say(header)
			l.until("</handshake>")
			l.say("<stream:error><" + condition + " xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>" +
				"<text xmlns='urn:ietf:params:xml:ns:xmpp-streams'>no</text></stream:error></stream:stream>")
		}
	}
	for _, c := range []struct {
		name string
		do   func(*link) // nil: the dial fails
		text string
		slow bool
	}{
		{"refused", nil, "connection refused", false},
		{"wrong secret", failed("not-authorized"), "refuses the secret of the component irc.test", true},
		{"host unknown", failed("host-unknown"), "has no component irc.test", false},
		{"conflict", failed("conflict"), "another connection holds the component irc.test", false},
		{"some error", failed("internal-server-error"), "internal-server-error", false},
		{"silence", func(*link) {}, "handshake: context deadline exceeded", false},
		{"silence behind the header", func(l *link) { l.say(header) }, "handshake: context deadline exceeded", false},
		{"closed", func(l *link) { l.Close() }, "handshake: ", false},
		{"HTTP", func(l *link) { l.say("HTTP/1.1 400 Bad Request\r\n\r\n") }, "handshake: ", false},
		{"another stream", func(l *link) {
			l.say("<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>")
		}, "handshake: ", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := start(t, func(b *bench, _ *Config) {
					if c.do == nil {
						b.dialErr = errors.New("connection refused")
					}
				})
				go func() {
					for nc := range b.conns {
						l := &link{Conn: nc, b: b}
						l.until("to='irc.test'>")
						c.do(l)
						io.Copy(io.Discard, nc)
						nc.Close()
					}
				}()
				time.Sleep(time.Hour)
				synctest.Wait()
				b.mu.Lock()
				dials := b.dials
				b.mu.Unlock()
				b.stop()
				close(b.conns)
				if n := strings.Count(b.logged(), c.text); n != 1 || strings.Count(b.logged(), "\n") != 1 {
					t.Errorf("said %d times: %s", n, b.logged())
				}
				if len(dials) < 40 || len(dials) > 150 {
					t.Errorf("%d tries in an hour", len(dials))
				}
				first := dials[1].Sub(dials[0])
				if c.slow && (first < time.Minute || first > 75*time.Second) || !c.slow && first > 31*time.Second {
					t.Errorf("tried again after %v", first)
				}
				if notes := b.told(); len(notes) != 0 {
					t.Errorf("the handler was told %q", notes)
				}
			})
		})
	}
}

// However a stream ends, the next one comes up, and it is said each time.
func TestReconnect(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(*link)
		text string
	}{
		{"server closes", func(l *link) { l.say("</stream:stream>") }, "has closed the stream"},
		{"socket closed", func(l *link) { l.Close() }, "no stream to the XMPP server: unexpected EOF"},
		{"stream error", func(l *link) {
			l.say("<stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>")
			l.Close()
		}, "another connection holds the component"},
		{"malformed", func(l *link) { l.say("</nonsense>") }, "malformed XML"},
		{"text", func(l *link) { l.say("hello?") }, "malformed XML: text between stanzas"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := start(t, nil)
				for range 3 {
					l := b.up("").read()
					c.do(l)
					if !l.isClosed() {
						t.Error("the connection is left open")
					}
					l.Close()
					if b.c.Up() {
						t.Error("still up")
					}
					time.Sleep(5 * time.Second)
				}
				l := b.up("").read()
				b.wantTold("up true", "down false", "up true", "down false", "up true", "down false", "up true")
				if n := strings.Count(b.logged(), c.text); n != 3 {
					t.Errorf("said %d times: %s", n, b.logged())
				}
				l.wantTook("")
				b.stop()
			})
		})
	}
}

// A server that is gone for a day is tried for a day.
func TestBackoff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, func(b *bench, _ *Config) { b.dialErr = errors.New("no") })
		time.Sleep(24 * time.Hour)
		synctest.Wait()
		b.mu.Lock()
		dials := b.dials
		b.dialErr = nil
		b.mu.Unlock()
		for i := range dials[1:] {
			gap := dials[i+1].Sub(dials[i])
			if most := min(time.Minute, time.Second<<min(i, 20)); gap > most || gap < most/2 {
				t.Fatalf("gap %d is %v, want %v at most", i, gap, most)
			}
		}
		if n := len(dials); n < 24*60 {
			t.Errorf("%d tries in a day", n)
		}
		b.conns <- <-b.conns
		b.up("").read()
		b.stop()
	})
}

// A silent server is asked whether it is there, and left when it does not answer.
func TestSilence(t *testing.T) {
	const ping = "<iq from='irc.test' to='irc.test' id='isthmus-watch' type='get'><ping xmlns='urn:xmpp:ping'/></iq>"
	for _, timeout := range []time.Duration{20 * time.Second, 3 * time.Minute} {
		synctest.Test(t, func(t *testing.T) {
			b := start(t, func(_ *bench, c *Config) { c.PingTimeout = timeout })
			l := b.up("").read()
			for range 5 {
				time.Sleep(time.Minute - time.Second)
				synctest.Wait()
				l.wantTook("")
				l.say(" ") // is a sign of life
				time.Sleep(time.Minute)
				synctest.Wait()
				l.wantTook(ping)
				l.say(ping) // back to us, as servers route it
				b.told()
				time.Sleep(max(0, timeout-time.Minute)) // it looks again then
				l.took()
				l.say("<iq from='irc.test' to='irc.test' id='isthmus-watch' type='result'/>")
				if !b.c.Up() {
					t.Fatal("left a server that answers")
				}
			}
			time.Sleep(time.Minute + timeout + time.Minute)
			if b.c.Up() && !l.isClosed() {
				t.Error("stays with a server that is silent")
			}
			if !strings.Contains(b.logged(), "the XMPP server has stopped answering") {
				t.Error(b.logged())
			}
			b.stop()
		})
	}
}

// What could not be read is answered, unless that is an answer itself, and if that
// needs no waiting; the stream goes on.
func TestRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, func(_ *bench, c *Config) {
			c.Refuse = func(s *stanza.Stanza, err *stanza.Error) *stanza.Stanza {
				return s.Refuse(&stanza.Error{Type: err.Type, Condition: err.Condition, Text: s.Lang})
			}
		})
		l := b.up("").read()
		const from, bad = " from='alice@host.test/desk' id='i'", "<a><!-- c --></a>"
		answered := func(in, out string) {
			t.Helper()
			l.say(in)
			got, _ := l.took()
			if out == "" && got != "" || !strings.HasPrefix(got, out) || out != "" && !strings.Contains(got, "<error ") {
				t.Errorf("%s was answered by %s, want %s", in, got, out)
			}
		}
		answered("<message to='irc.test'"+from+">"+bad+"</message>", "<message from='irc.test' to='alice@host.test/desk' id='i' type='error'>")
		answered("<iq type='get' to='#c@irc.test'"+from+">"+bad+"</iq>", "<iq from='#c@irc.test' to='alice@host.test/desk' id='i' type='error'>")
		answered("<iq type='get' to='@irc.test'"+from+"/>", "<iq from='irc.test' to='alice@host.test/desk' id='i' type='error'>")
		l.say("<message xml:lang='de' to='irc.test'" + from + ">" + bad + "</message>")
		if got, _ := l.took(); !strings.Contains(got, ">de</text>") {
			t.Error("not in the language of the stanza:", got)
		}
		answered("<iq type='get'"+from+"/>", "<iq from='irc.test' to='alice@host.test/desk' id='i' type='error'>")
		answered("<iq type='result' to='irc.test'"+from+">"+bad+"</iq>", "")
		answered("<message type='error' to='irc.test'"+from+">"+bad+"</message>", "")
		answered("<message to='irc.test' id='i'>"+bad+"</message>", "")
		answered("<message to='irc.test' from='@x' id='i'/>", "")
		answered("<other to='irc.test'"+from+"/>", "")
		b.wantTold("up true")
		b.stop()
	})
}

// At the end all that was sent before is written, then the stream's end, and then
// the server has two seconds.
func TestGracefulEnd(t *testing.T) {
	for name, answer := range map[string]time.Duration{"answered": time.Second, "unanswered": 2 * time.Second} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := start(t, nil)
				l := b.up("")
				var want strings.Builder
				for i := range 10 { // the first write waits for us to read
					s := message(fmt.Sprint("m", i), 200)
					b.c.Send(s)
					synctest.Wait()
					want.WriteString(text(s))
				}
				b.cancel()
				synctest.Wait()
				b.c.Send(message("late", 200))
				time.Sleep(5 * time.Second) // the server has other things to do
				began := time.Now()
				l.read()
				l.wantTook(want.String() + "</stream:stream>")
				time.Sleep(answer)
				if answer == time.Second {
					l.say("</stream:stream>")
				}
				<-b.ended
				if d := time.Since(began); d != answer {
					t.Errorf("ended after %v, want %v", d, answer)
				}
				b.wantTold("up true", "down false")
				if !l.isClosed() {
					t.Error("the connection is left open")
				}
			})
		})
	}
}

// The server's end of the stream is answered in kind.
func TestServerEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, nil)
		l := b.up("").read()
		l.say("</stream:stream>")
		l.wantTook("</stream:stream>")
		b.stop()
	})
}

// The end has a limit, whatever the server does: it reads nothing; nothing was let
// in yet; there is no connection.
func TestEndInTime(t *testing.T) {
	for name, c := range map[string]struct {
		do   func(b *bench)
		most time.Duration
	}{
		"nothing is read": {func(b *bench) { b.up(""); b.c.Send(message("m", 200)) }, 10 * time.Second},
		"the handshake":   {func(b *bench) { b.accept() }, 0},
		"no connection":   {func(b *bench) { b.accept().Close(); synctest.Wait() }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := start(t, nil)
				c.do(b)
				synctest.Wait()
				began := time.Now()
				b.stop()
				if d := time.Since(began); d != c.most {
					t.Errorf("ended after %v, want %v", d, c.most)
				}
			})
		})
	}
}

// Who cannot wait for the end of a stream that nobody reads, aborts it.
func TestAbort(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, nil)
		b.up("")
		b.c.Send(message("m", 200))
		synctest.Wait()
		b.cancel()
		synctest.Wait()
		began := time.Now()
		b.c.Abort()
		<-b.ended
		if d := time.Since(began); d != 0 {
			t.Errorf("ended after %v", d)
		}
		b.c.Abort() // of nothing
	})
}

// What no server takes does not leave, and is told to the operator, not to the user.
func TestSendChecks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, nil)
		b.c.Send(message("without a stream", 200))
		l := b.up("").read()
		for _, s := range []*stanza.Stanza{
			{Kind: stanza.Message, To: alice}, {Kind: stanza.Message, From: room}, {Kind: stanza.IQ, Type: "get"},
			{From: room, To: alice}, message("large", 2049),
		} {
			b.c.Send(s)
			l.wantTook("")
		}
		if n := strings.Count(b.logged(), `"level":"error"`); n != 4 || strings.Contains(b.logged(), "xxx") {
			t.Errorf("said %d times: %s", n, b.logged())
		}
		small := message("m", 200)
		b.c.Send(small)
		l.wantTook(text(small))
		b.stop()
	})
}

// Small packets leave at once.
func TestNoDelay(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	nc, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	if err := nc.(*net.TCPConn).SetNoDelay(false); err != nil {
		t.Fatal(err)
	}
	newConn(nc, 1, time.Second)
	if !noDelay(t, nc.(*net.TCPConn)) {
		t.Error("TCP_NODELAY is off")
	}
}

// A domain that is none for mellium is said, and no reason to stop.
func TestBadDomain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, func(_ *bench, c *Config) { c.Domain = jid.MustParse("a_b.test") })
		time.Sleep(time.Minute)
		b.stop()
		if len(b.dials) < 3 || strings.Count(b.logged(), "\n") != 1 {
			t.Errorf("%d tries: %s", len(b.dials), b.logged())
		}
	})
}
