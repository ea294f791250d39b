package ircside

import (
	"bytes"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"isthmus/ircside/irc"
)

// What is known to go wrong with gopkg.in/irc.v4 v4.0.0, of which the module uses
// the values of tags alone; what else it has is nowhere imported, which package
// xmppside tests with the rest.

// survive has the server say something, and checks that the session goes on.
func survive(t *testing.T, said ...string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		f := open(t, fast).read()
		defer f.s.Abort()
		f.say(append(said, ":s 001 ann :welcome", ":s 422 ann :no MOTD", "PING :still there")...)
		if lines := f.told(); len(lines) == 0 || lines[len(lines)-1] != "PONG :still there" {
			t.Errorf("behind %.80q the server was told %q", said, lines)
		}
		if count[irc.Registered](f) != 1 {
			t.Errorf("behind %.80q: %v", said, f.events)
		}
	})
}

// irc.v4: ParseMessage("@x ") panics, index out of range; so each server could end
// the process.
func TestHostileTagsAlone(t *testing.T) {
	survive(t, "@x ", "@ ", "@", "@x", "@x  ", "@x=y :", "@x :s", ":", ": ", ":s ", " ", "@a  :x CMD")
}

// irc.v4: Client takes the first parameter of 001 without looking whether there is
// one; likewise all numerics that have one.
func TestHostileNoParameters(t *testing.T) {
	survive(t, "004", "005", "PING", "PONG", "CAP", "CAP *", "CAP * LS", "NOTICE", "PRIVMSG", "AUTHENTICATE", "BATCH", "BATCH +", "BATCH -", "MODE", "JOIN", "NICK", "353", "366", "ERROR")
	survive(t, "001")
}

// irc.v4: the command is upper-cased as Unicode has it: "ıon" became ION, and so did
// a dotless PRıVMSG.
func TestHostileUnicodeCommand(t *testing.T) {
	survive(t, "\xff\xfe 1", "é")
	synctest.Test(t, func(t *testing.T) {
		f := open(t, fast).register()
		defer f.s.Abort()
		f.say("pıng :x", "pıNG", ":a!b@c PRıVMSG ann :hi")
		if f.wantTold(); count[irc.Text](f) != 0 {
			t.Errorf("heard %v", f.events)
		}
	})
}

// irc.v4: Reader takes a line of any length; 64 MiB cost 257.
func TestHostileEndlessLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := open(t, func(n *Network, id *irc.Identity) { fast(n, id); n.RegisterTimeout = time.Hour }).register()
		defer f.s.Abort()
		part := bytes.Repeat([]byte("x"), 1<<20)
		f.peer.Write(part)
		before := heap()
		for range 63 {
			f.peer.Write(part)
		}
		if grown := int64(heap()) - int64(before); grown > 1<<20 {
			t.Errorf("the heap has grown by %d bytes", grown)
		}
		f.say("", "PING x")
		f.wantTold("PONG x")
	})
}

// irc.v4: PONG waits in the same limiter as all else: 4.1 s behind 20 lines.
func TestHostilePongInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := open(t, nil).register()
		defer f.s.Abort()
		for range 20 {
			f.s.Do(irc.Say{Target: "#c", Lines: []string{"x"}}, 0)
		}
		f.told()
		began := time.Now()
		f.say("PING x")
		if f.wantTold("PONG x"); !time.Now().Equal(began) {
			t.Errorf("after %v", time.Since(began))
		}
	})
}

// irc.v4: Message.String writes CR, LF and NUL, spaces and colons as they come, so
// that one message became two: "PRIVMSG #c :hi\r\nQUIT :x".
func TestHostileInjection(t *testing.T) {
	for _, end := range []string{"\r\nQUIT :x", "\nQUIT", "\rQUIT", "\x00", " QUIT :x", ",QUIT", ":QUIT"} {
		synctest.Test(t, func(t *testing.T) {
			f := open(t, fast).register()
			defer f.s.Abort()
			s := "c" + end
			for _, cmd := range []irc.Command{
				irc.Join{Channel: "#" + s, Key: s}, irc.Join{Channel: "#c", Key: s}, irc.Part{Channel: "#c", Reason: s}, irc.Part{Channel: "#" + s},
				irc.Say{Target: "#" + s, Lines: []string{"x"}}, irc.Say{Target: "#c", Lines: []string{s}}, irc.Nick{Nick: s},
				irc.Say{Target: "#c", Kind: irc.CTCP, Verb: s, Lines: []string{s}}, irc.SetTopic{Channel: "#c", Text: s},
				irc.Kick{Channel: "#c", Nick: s, Reason: s}, irc.Invite{Nick: s, Channel: "#" + s}, irc.Away{Text: s},
				irc.Who{Mask: s}, irc.Whois{Nick: s}, irc.Raw{Line: s}, irc.GetModes{Channel: "#" + s},
				irc.SetModes{Channel: "#c", Changes: []irc.ModeChange{{Add: true, Mode: 'k', Arg: s}}},
			} {
				f.s.Do(cmd, 0)
			}
			for _, l := range f.told() {
				word, _, _ := strings.Cut(l, " ")
				if word == "QUIT" || strings.ContainsAny(l, "\r\x00") {
					t.Errorf("%q got %q out", s, l)
				}
			}
			f.s.Close(s)
			if lines := f.told(); len(lines) != 1 || !strings.HasPrefix(strings.Replace(lines[0], ":", "", 1), "QUIT c") {
				t.Errorf("QUIT with %q: %q", s, lines)
			}
		})
	}
}
