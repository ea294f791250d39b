package main

import (
	"bytes"
	"context"
	"net"
	"os"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"isthmus/gateway/gatewaytest/ircd"
	"isthmus/xmppside/jid"
	"isthmus/xmppside/muc"
	"isthmus/xmppside/stanza"
)

// TestDemo plays the whole conversation. What is not asked here, the script itself
// expects.
func TestDemo(t *testing.T) {
	status, stdout, stderr := try("/nonexistent", "demo", "--once")
	if status != 0 || stderr != "" {
		t.Fatalf("status %d\n%s%s", status, stdout, stderr)
	}
	at := 0
	for _, want := range []string{
		"> joins #isthmus%demo@irc.localhost", "You are in as alice (participant).", "alice has joined #isthmus",
		"<alice> Hello from Jabber!", "bob: Hi! You look like one of us.", "* alice waves across", "* bob waves back",
		"mode/#isthmus [+o alice] by bob", "You are now a moderator.", "mallory was kicked by alice",
		"alice has quit", "> Is this thing on?", "<alice> Is this thing on?", "[alice] where are we?",
		"bob, to you alone:", "You are out of the room.", "Everything came as it should",
	} {
		i := strings.Index(stdout[at:], want)
		if i < 0 {
			t.Fatalf("%q is missing, or is not where it belongs:\n%s", want, stdout)
		}
		at += i
	}
	if strings.Contains(stdout, "\x1b") {
		t.Error("colours, and this is no terminal")
	}
}

// TestDemoMissing has scripts expect what does not come.
func TestDemoMissing(t *testing.T) {
	hurry := func(d *drama) func() {
		ctx, cancel := context.WithTimeout(d.ctx, 50*time.Millisecond)
		d.ctx = ctx
		return cancel
	}
	for name, tc := range map[string]struct {
		act   func(*drama)
		wants []string // in the error
	}{
		"line": {func(d *drama) {
			d.comes(demoBob)
			defer hurry(d)()
			d.types(demoBob, "/join "+demoChannel)
			d.sees(demoBob, "godot come", ":godot!", " JOIN ")
			d.aliceSees("this, which is not reached", subject)
		}, []string{"bob does not see godot come", " 376 bob "}},
		"stanza": {func(d *drama) {
			d.logsIn()
			defer hurry(d)()
			d.aliceSees("godot come", here("godot", muc.Participant))
		}, []string{"alice does not see godot come", "<presence from='alice@localhost/demo'"}},
		"stream": {func(d *drama) {
			d.logsIn()
			d.stage.xmpp.Close()
			d.aliceSees("godot come", here("godot", muc.Participant))
		}, []string{"alice does not see godot come", "the connection has ended"}},
		"connection": {func(d *drama) {
			d.comes(demoBob)
			d.stage.irc.Kill(demoBob, "enough")
			d.sees(demoBob, "godot come", ":godot!", " JOIN ")
		}, []string{"bob does not see godot come", "enough"}},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			cmd := demoCommand([]scene{{"Waiting.", tc.act}})
			cmd.SetArgs([]string{"--once"})
			cmd.SetOut(&out)
			cmd.SetErr(&out)
			err := cmd.Execute()
			if err == nil {
				t.Fatalf("no error:\n%s", &out)
			}
			for _, want := range tc.wants {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("the error lacks %q: %v", want, err)
				}
			}
			if text := out.String(); !strings.Contains(text, logConnected) || strings.Contains(text, "Everything came") {
				t.Errorf("printed:\n%s", text)
			}
		})
	}
}

// TestDemoInterrupted ends a conversation in the middle: not all came that should.
func TestDemoInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	err := demo(ctx, new(bytes.Buffer), []scene{{"A signal.", func(d *drama) {
		d.comes(demoBob)
		cancel()
		d.sees(demoBob, "godot come", ":godot!", " JOIN ")
	}}}, true)
	if err == nil || !strings.Contains(err.Error(), "interrupted") {
		t.Errorf("error %v", err)
	}
}

// A screen is what the demo prints while it stays up.
type screen struct {
	mu    sync.Mutex
	text  strings.Builder
	grown chan struct{} // holds one
}

func (s *screen) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case s.grown <- struct{}{}:
	default:
	}
	return s.text.Write(b)
}

// until waits for text that matches.
func (s *screen) until(t *testing.T, pattern string) []string {
	t.Helper()
	late := time.After(10 * time.Second)
	for {
		s.mu.Lock()
		text := s.text.String()
		s.mu.Unlock()
		if found := regexp.MustCompile(pattern).FindStringSubmatch(text); found != nil {
			return found
		}
		select {
		case <-s.grown:
		case <-late:
			t.Fatalf("no %q:\n%s", pattern, text)
		}
	}
}

// TestDemoStays goes by what the demo prints: clients on either side find each other
// in the room, and SIGINT ends it.
func TestDemoStays(t *testing.T) {
	out := &screen{grown: make(chan struct{}, 1)}
	cmd := demoCommand([]scene{{"Bob comes.", func(d *drama) {
		d.comes(demoBob)
		d.types(demoBob, "/join "+demoChannel)
		d.sees(demoBob, "himself", " JOIN ")
	}}})
	cmd.SetArgs(nil)
	cmd.SetOut(out)
	ended := make(chan error, 1)
	go func() { ended <- cmd.Execute() }() // ends by SIGINT
	told := out.until(t, `(?s)server    ([0-9.]+), port (\d+), no TLS\n  channel   (\S+)\n.*server    ([0-9.]+), port (\d+), STARTTLS.*\n  room      (\S+)\n.*Bob is still`)
	ircAddr, channel, xmppAddr, room := net.JoinHostPort(told[1], told[2]), told[3], net.JoinHostPort(told[4], told[5]), told[6]

	conn, err := net.Dial("tcp", ircAddr)
	if err != nil {
		t.Fatal(err)
	}
	dave := ircd.Dial(conn, "dave")
	defer dave.Close()
	carol, err := login(t.Context(), xmppAddr, "carol")
	if err != nil {
		t.Fatal(err)
	}
	defer carol.close()
	must := func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	must(nil, dave.Send("JOIN "+channel))
	must(dave.Expect(ircd.Containing(" 366 "), 10*time.Second))
	must(nil, carol.send(&stanza.Stanza{Kind: stanza.Presence, To: jid.MustParse(room + "/carol"), Children: []*stanza.Element{stanza.E(muc.NS, "x")}}))
	must(carol.expect(ctx, subject))
	hello := message("groupchat", "hello dave")
	hello.To = jid.MustParse(room)
	must(nil, carol.send(hello))
	must(dave.Expect(ircd.Containing(":carol!", "hello dave"), 10*time.Second))
	must(nil, dave.Send("PRIVMSG "+channel+" :hello carol"))
	must(carol.expect(ctx, words("dave", "hello carol")))
	out.until(t, "bob sees <dave> hello carol")

	self, err := os.FindProcess(os.Getpid())
	must(self, err)
	must(nil, self.Signal(syscall.SIGINT))
	must(carol.expect(ctx, func(s *stanza.Stanza) bool { return gone("carol")(s) && hasStatus(s, muc.StatusShutdown) }))
	select {
	case err := <-ended:
		must(nil, err)
	case <-ctx.Done():
		t.Fatal("the demo does not end")
	}
}

func TestWrap(t *testing.T) {
	for name, tc := range map[string]struct {
		text string
		want string
	}{
		"empty":     {"", ""},
		"short":     {"abc def", "abc def"},
		"exact":     {"abcd efghi", "abcd efghi"},
		"words":     {"abcd efgh ijkl mnop", "abcd efgh|ijkl mnop"},
		"one word":  {"abcdefghijklmno", "abcdefghij|klmno"},
		"wide":      {"äöüß äöüß äöüß", "äöüß äöüß|äöüß"},
		"a control": {"a\x1b[31mb\nc", "a[31mb c"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := strings.Join(wrap(tc.text, 10), "|"); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}
