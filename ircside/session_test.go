package ircside

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/time/rate"

	"isthmus/gateway/gatewaytest/ircd"
	"isthmus/ircside/irc"
)

// A whole life against a server: in, a channel, a message, out.
func TestLife(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := ircd.New(ircd.Config{Caps: ircd.AllCaps(), Strict: true, MOTD: []string{"hello"}})
		defer server.Close()
		f := open(t, func(n *Network, _ *irc.Identity) {
			n.Dial = func(context.Context, string) (net.Conn, error) {
				ours, theirs := net.Pipe()
				go server.ServeConn(theirs) // ends with the connection
				return ours, nil
			}
		})
		if count[irc.Registered](f) != 1 {
			t.Fatalf("not registered: %v", f.events)
		}
		for ref, cmd := range []irc.Command{irc.Join{Channel: "#c"}, irc.Say{Target: "#c", Lines: []string{"hi"}}} {
			if err := f.s.Do(cmd, irc.Ref(ref+1)); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		}
		if count[irc.Joined](f) != 1 || count[irc.Text](f) != 1 || count[irc.Done](f) != 2 {
			t.Errorf("not joined, echoed and done with: %v", f.events)
		}
		f.s.Close("bye")
		if err := f.closed(); err != nil {
			t.Errorf("closed with %v", err)
		}
		if problems := server.Violations(); len(problems) > 0 {
			t.Error(problems)
		}
	})
}

// However a session ends, irc.Closed comes once and last, with the reason, in time,
// behind a closed socket, and no goroutine is left (else the bubble panics).
func TestEnd(t *testing.T) {
	slowDial := func(n *Network, _ *irc.Identity) {
		n.Dial = func(ctx context.Context, _ string) (net.Conn, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}
	}
	gated := func(n *Network, _ *irc.Identity) {
		n.Gate = rate.NewLimiter(rate.Every(time.Minute), 1)
		n.Gate.Allow()
	}
	quick := func(n *Network, id *irc.Identity) { id.PingAfter = 0 }
	for _, c := range []struct {
		name   string
		change func(*Network, *irc.Identity)
		do     func(f *fixture)
		after  time.Duration
		reason irc.CloseReason
		text   string // "": we wished it
	}{
		{"abort while dialling", slowDial, func(f *fixture) { f.s.Abort() }, 0, 0, ""},
		{"close while dialling", slowDial, func(f *fixture) { f.s.Close("x") }, 0, 0, ""},
		{"no answer to the dial", slowDial, func(*fixture) { time.Sleep(10 * time.Second) }, 10 * time.Second, irc.CloseRefused, "cannot connect"},
		{"abort at the gate", gated, func(f *fixture) { f.s.Abort() }, 0, 0, ""},
		{"close at the gate", gated, func(f *fixture) { f.s.Close("x") }, 0, 0, ""},
		{"no address", func(n *Network, _ *irc.Identity) { n.Addresses = nil }, func(*fixture) {}, 0, irc.CloseDNS, "no address"},
		{"abort while registering", nil, func(f *fixture) { f.read().s.Abort() }, 0, 0, ""},
		{"abort before anything is read", nil, func(f *fixture) { f.s.Abort() }, 0, 0, ""},
		{"abort", nil, func(f *fixture) { f.register().s.Abort() }, 0, 0, ""},
		{"abort twice, close", nil, func(f *fixture) { f.register().s.Abort(); f.s.Abort(); f.s.Close("x") }, 0, 0, ""},
		{"abort while the sink waits", nil, func(f *fixture) {
			f.register().block()
			f.say(":s NOTICE ann :one")
			f.s.Abort()
			time.Sleep(time.Second)
			f.release()
		}, time.Second, 0, ""},
		{"abort with the reader waiting for the loop", nil, func(f *fixture) {
			f.register().block()
			f.say(":s NOTICE ann :one", ":s NOTICE ann :two")
			f.s.Abort()
			f.release()
		}, 0, 0, ""},
		{"the server closes", nil, func(f *fixture) { f.register().peer.Close() }, 0, irc.CloseLost, "the network closed the connection"},
		{"the server closes at once", nil, func(f *fixture) { f.read().peer.Close() }, 0, irc.CloseUnregister, "closed"},
		{"ERROR, and the end", nil, func(f *fixture) {
			f.register().say("ERROR :Closing Link: (Server shutting down)")
			f.peer.Close()
		}, 0, irc.CloseShutdown, "shutting down"},
		{"registration takes too long", quick, func(f *fixture) { f.read(); time.Sleep(2 * time.Minute) }, time.Minute + time.Millisecond, irc.CloseUnregister, "in time"},
		{"no MOTD ends", quick, func(f *fixture) {
			f.read().say(":s 001 ann :welcome")
			time.Sleep(2 * time.Minute)
		}, time.Minute + time.Millisecond, irc.CloseUnregister, "in time"},
		{"nothing is read", nil, func(*fixture) { time.Sleep(time.Minute) }, 21 * time.Second, irc.CloseUnregister, "cannot write"},
		{"silence", nil, func(f *fixture) { f.register(); time.Sleep(5 * time.Minute) }, 3 * time.Minute, irc.CloseSilent, "stopped answering"},
		{"quit, and silence", nil, func(f *fixture) { f.register().s.Close("x"); time.Sleep(time.Minute) }, 2 * time.Second, 0, ""},
		{"quit, and chatter", nil, func(f *fixture) {
			f.register().s.Close("x")
			for f.s.ctx.Err() == nil {
				fmt.Fprintf(f.peer, ":s NOTICE ann :more\r\n")
				time.Sleep(100 * time.Millisecond)
			}
		}, 2 * time.Second, 0, ""},
		{"quit that nobody reads", func(n *Network, _ *irc.Identity) { n.WriteTimeout = time.Hour }, func(f *fixture) {
			ours := f.peer
			go func() { ours.Read(make([]byte, 1<<10)) }() // the registration
			f.say(":s 001 ann :x", ":s 422 ann :x")
			f.s.Close("x")
			time.Sleep(time.Minute)
		}, 2 * time.Second, 0, ""},
		{"quit that is no line", nil, func(f *fixture) { f.register().s.Close("a\r\nb\x00"); f.peer.Close() }, 0, 0, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				f := open(t, c.change)
				c.do(f)
				f.wantClosed(c.after, began, c.reason, c.text)
				if err := f.s.Do(irc.Join{Channel: "#c"}, 1); err != nil {
					t.Errorf("Do behind the end: %v", err)
				}
			})
		})
	}
}

// A server that refuses a connection may say so and take nothing: what it said
// decides whether to try again.
func TestRefusalIsHeard(t *testing.T) {
	for text, want := range map[string]irc.CloseReason{
		"Closing Link: (Trying to reconnect too fast.)": irc.CloseThrottled,
		"Closing Link: (K-Lined)":                       irc.CloseBanned,
	} {
		synctest.Test(t, func(t *testing.T) {
			began := time.Now()
			f := open(t, nil)
			f.say("ERROR :" + text)
			f.peer.Close()
			f.wantClosed(0, began, want, text)
		})
	}
}

// QUIT goes before all that waits, in one line whatever its reason is, and nothing
// goes behind it; PONG goes before all that waits, too.
func TestUrgent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := open(t, func(n *Network, _ *irc.Identity) { n.Burst = 1 }).register()
		for range maxWishes {
			f.s.Do(irc.Say{Target: "#c", Lines: []string{"a", "b", "c"}}, 0)
		}
		f.wantTold("PRIVMSG #c a")
		f.say("PING :x")
		f.wantTold("PONG x")
		time.Sleep(2 * time.Second)
		f.wantTold("PRIVMSG #c b", "PRIVMSG #c c")
		for f.s.Do(irc.Say{Target: "#c", Lines: []string{"a"}}, 0) == nil {
		}
		if err := f.s.Do(irc.QuitCmd{Reason: "so\r\nlong"}, 0); err != nil {
			t.Fatal(err)
		}
		f.s.Close("again")
		f.wantTold("QUIT :so  long")
		time.Sleep(time.Second)
		f.wantTold()
		f.peer.Close()
		if err := f.closed(); err != nil {
			t.Error(err)
		}
	})
}

// A burst, then the pace.
func TestPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := open(t, func(n *Network, _ *irc.Identity) { n.Rate = 2 }).register()
		defer f.s.Abort()
		for i := range 10 {
			f.s.Do(irc.Raw{Line: fmt.Sprintf("X %d", i)}, 0)
		}
		f.wantTold("X 0", "X 1", "X 2", "X 3")
		for i := 4; i < 10; i++ {
			time.Sleep(499 * time.Millisecond)
			f.wantTold()
			time.Sleep(time.Millisecond)
			f.wantTold(fmt.Sprintf("X %d", i))
		}
		time.Sleep(time.Hour / 60) // a burst is saved up, and no more
		f.told()
		for range 10 {
			f.s.Do(irc.Raw{Line: "Y"}, 0)
		}
		f.wantTold("Y", "Y", "Y", "Y")
	})
}

// What waits for the pace has not been asked yet: its deadline has not begun.
func TestWaitingIsNoTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := open(t, func(n *Network, id *irc.Identity) { id.PingAfter = 0; n.Burst = 1 }).register()
		defer f.s.Abort()
		const n = 100
		for i := range n {
			f.s.Do(irc.GetModes{Channel: "#c"}, irc.Ref(i+1))
		}
		for range 3 * n {
			time.Sleep(time.Second)
			for _, l := range f.told() {
				if token, ok := strings.CutPrefix(l, "PING "); ok {
					f.say(":s PONG s " + token)
				}
			}
		}
		if done, faults := count[irc.Done](f), count[irc.Fault](f); done != n || faults != 0 {
			t.Errorf("%d done, %d refused: %v", done, faults, f.events[len(f.events)-1])
		}
	})
}

// Do never waits: neither for the pace, nor for the sink, nor for a dead session.
func TestBusy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := open(t, nil).register()
		f.block()
		f.say(":s NOTICE ann :the sink waits")
		for i := range maxWishes {
			if err := f.s.Do(irc.Join{Channel: "#c"}, 0); err != nil {
				t.Fatalf("%d: %v", i, err)
			}
		}
		if err := f.s.Do(irc.Join{Channel: "#c"}, 0); !errors.Is(err, ErrBusy) {
			t.Fatalf("got %v, want ErrBusy", err)
		}
		f.wantTold()
		f.release()
		f.wantTold(slices.Repeat([]string{"JOIN #c"}, 4)...)
		f.s.Close("bye") // does not count
		f.wantTold("QUIT bye")
		f.peer.Close()
		f.closed()
	})
}

// A sink that has the session wait is not the server's silence.
func TestSlowSinkIsNoSilence(t *testing.T) {
	for _, said := range [][]string{nil, {":s NOTICE ann :two"}} {
		synctest.Test(t, func(t *testing.T) {
			f := open(t, nil).register()
			f.block()
			f.say(append([]string{":s NOTICE ann :one"}, said...)...)
			time.Sleep(time.Hour)
			f.release()
			synctest.Wait()
			if count[irc.Closed](f) != 0 {
				t.Fatalf("ended: %v", f.closed())
			}
			f.say("PONG isthmus")
			time.Sleep(time.Minute)
			began := time.Now()
			time.Sleep(time.Hour)
			f.wantClosed(2*time.Minute, began, irc.CloseSilent, "stopped") // of three, one was over
		})
	}
}

// An answer to our PING that lies there while the sink has the session wait is one.
func TestSlowSinkAndPong(t *testing.T) {
	for range 20 { // which of the two it sees first is chance
		synctest.Test(t, func(t *testing.T) {
			f := open(t, nil).register()
			time.Sleep(2*time.Minute + time.Second)
			f.wantTold("PING isthmus")
			f.block()
			f.s.Do(irc.Join{Channel: "no channel"}, 1) // is refused at once
			f.say("PONG isthmus")
			time.Sleep(10 * time.Minute)
			f.release()
			synctest.Wait()
			if count[irc.Closed](f) != 0 {
				t.Fatalf("ended: %v", f.closed())
			}
			f.s.Abort()
		})
	}
}

// Nothing that proves who one is gets into a log, whatever is switched on.
func TestSecrets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		f := open(t, func(n *Network, id *irc.Identity) { fast(n, id); id.Password = "hunter2" },
			zerolog.New(zerolog.SyncWriter(&log)).Level(zerolog.TraceLevel)).register()
		for _, l := range []string{
			"PRIVMSG NickServ :IDENTIFY hunter2", "PRIVMSG NickServ@services.test :IDENTIFY hunter2", "NOTICE q :AUTH a hunter2",
			"PRIVMSG X@channels.undernet.org :login a hunter2", "PRIVMSG Q@CServe.quakenet.org :AUTH a hunter2", "NS IDENTIFY hunter2",
			"nickserv identify hunter2", "ns\tidentify hunter2", "AUTHENTICATE hunter2", "OPER a hunter2", "PASS hunter2", "REGISTER * * hunter2",
			"JOIN #c hunter2", "MODE #c +k hunter2", "MODE #c +lk 4 hunter2", "IDENTIFY hunter2", "SQUERY NickServ :hunter2", "VERIFY a hunter2",
		} {
			f.s.Do(irc.Raw{Line: l}, 0)
		}
		f.s.Do(irc.SetModes{Channel: "#c", Changes: []irc.ModeChange{{Add: true, Mode: 'k', Arg: "hunter2"}}}, 0)
		f.s.Do(irc.Join{Channel: "#c", Key: "hunter2"}, 0)
		f.say(":NickServ!s@s NOTICE ann :your password is hunter2", ":s 324 ann #c +kl hunter2 5", ":s 696 ann #c k hunter2 :Invalid key", ":a!b@c MODE #c +k hunter2",
			":s AUTHENTICATE hunter2", ":ann!u@h PRIVMSG NickServ :IDENTIFY hunter2", ":s\x01 hunter2", "PRIVMSG")
		f.s.Close("")
		f.peer.Close()
		f.closed()
		if s := log.String(); strings.Contains(s, "hunter2") {
			t.Error(s)
		} else if !strings.Contains(s, "to irc") || !strings.Contains(s, "from irc") {
			t.Errorf("nothing logged: %s", s)
		}
	})
}
