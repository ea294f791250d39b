package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"isthmus/config"

	"github.com/rs/zerolog"
	"github.com/spf13/cobra"
)

// A played gateway does as the test says.
type played struct {
	started  *config.Config
	reloaded chan *config.Config
	end      func(context.Context) error
}

func play(end func(context.Context) error) *played {
	return &played{reloaded: make(chan *config.Config, 1), end: end}
}

func (p *played) Run(ctx context.Context) error { return p.end(ctx) }
func (p *played) Reload(c *config.Config)       { p.reloaded <- c }

// untilDone is a gateway that works.
func untilDone(ctx context.Context) error {
	<-ctx.Done()
	return ctx.Err()
}

// listenNotify plays the service manager and returns what hears its next news.
func listenNotify(t *testing.T) func() string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "notify")
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	t.Setenv("NOTIFY_SOCKET", path)
	return func() string {
		t.Helper()
		if err := conn.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
			t.Fatal(err)
		}
		buf := make([]byte, 4096)
		n, err := conn.Read(buf)
		if err != nil {
			t.Fatal(err)
		}
		state, _, _ := strings.Cut(string(buf[:n]), "\n")
		return state
	}
}

// execute runs the serve command with a played gateway, as the program would.
func execute(p *played, stderr *bytes.Buffer, path string) error {
	cmd := serveCommand(func(c *config.Config, _ zerolog.Logger) (gateway, error) {
		p.started = c
		return p, nil
	})
	root := &cobra.Command{SilenceErrors: true, SilenceUsage: true}
	root.AddCommand(cmd)
	root.SetArgs([]string{"serve", "-c", path})
	root.SetErr(stderr)
	return root.Execute()
}

// messages are those of a log in JSON.
func messages(t *testing.T, log []byte) []string {
	t.Helper()
	var all []string
	for line := range bytes.Lines(log) {
		var l struct{ Level, Message, Key string }
		if err := json.Unmarshal(line, &l); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		all = append(all, strings.TrimSuffix(l.Level+": "+l.Message+" "+l.Key, " "))
	}
	return all
}

// TestServe sends the process itself the signals, and hears what systemd would.
func TestServe(t *testing.T) {
	defer zerolog.SetGlobalLevel(zerolog.GlobalLevel())
	next := listenNotify(t)
	expect := func(want string) {
		t.Helper()
		if got := next(); got != want {
			t.Fatalf("the service manager hears %q, not %q", got, want)
		}
	}
	kill := func(sig syscall.Signal) {
		t.Helper()
		if err := syscall.Kill(os.Getpid(), sig); err != nil {
			t.Fatal(err)
		}
	}
	p := play(untilDone)
	path := write(t, minimal)
	var log bytes.Buffer
	ended := make(chan error)
	go func() { ended <- execute(p, &log, path) }()

	expect("READY=1")
	if p.started.Component.Domain != "irc.example.org" {
		t.Errorf("started with %+v", p.started)
	}
	rewrite(t, path, strings.Replace(minimal, "hunter2", "hunter3", 1)+"[log]\nlevel = 'debug'\n[gateway]\nbacklog = 55\n")
	kill(syscall.SIGHUP)
	expect("RELOADING=1")
	expect("READY=1")
	if c := <-p.reloaded; c.Gateway.Backlog != 55 || c.Component.Secret.Reveal() != "hunter2" || zerolog.GlobalLevel() != zerolog.DebugLevel {
		t.Errorf("reloaded %+v", c)
	}
	rewrite(t, path, "nonsense")
	kill(syscall.SIGHUP)
	expect("RELOADING=1")
	expect("READY=1")
	kill(syscall.SIGTERM)
	expect("STOPPING=1")
	if err := <-ended; err != nil {
		t.Errorf("ended with %v", err)
	}
	want := []string{
		"info: started", "warn: setting changes at a restart only component.secret", "info: configuration reloaded",
		"error: configuration not reloaded", "info: stopping", "info: stopped",
	}
	if got := messages(t, log.Bytes()); !slices.Equal(got, want) {
		t.Errorf("log is %q", got)
	}
	if strings.Contains(log.String(), "hunter") {
		t.Errorf("the log shows a secret: %s", log.String())
	}
}

// service makes one that is not told of by a file.
func newService(p *played) (*service, *[]string) {
	c := config.Default()
	var states []string
	s := &service{path: "/nonexistent", cfg: c, gateway: p, log: zerolog.Nop(), notify: func(state string) { states = append(states, state) }}
	return s, &states
}

func TestServeEnds(t *testing.T) {
	broken := errors.New("broken")
	for name, tc := range map[string]struct {
		end     func(context.Context) error
		signals []os.Signal // the third a moment after the others
		want    string      // "" for a good end
		after   time.Duration
	}{
		"asked":           {untilDone, []os.Signal{syscall.SIGTERM}, "", 0},
		"by keyboard":     {untilDone, []os.Signal{syscall.SIGINT}, "", 0},
		"by itself":       {func(context.Context) error { return nil }, nil, "the gateway ended by itself", 0},
		"by a fault":      {func(context.Context) error { return broken }, nil, "the gateway ended: broken", 0},
		"ill":             {func(ctx context.Context) error { <-ctx.Done(); return broken }, []os.Signal{syscall.SIGTERM}, "the gateway ended: broken", 0},
		"in some time":    {func(ctx context.Context) error { <-ctx.Done(); <-time.After(9 * time.Second); return nil }, []os.Signal{syscall.SIGTERM}, "", 9 * time.Second},
		"never":           {func(context.Context) error { <-time.After(time.Hour); return nil }, []os.Signal{syscall.SIGTERM}, "the gateway did not end within 12s", 12 * time.Second},
		"second signal":   {func(context.Context) error { <-time.After(time.Hour); return nil }, []os.Signal{syscall.SIGTERM, syscall.SIGHUP, syscall.SIGINT}, "a second signal cut the goodbyes short", twice},
		"signalled twice": {func(ctx context.Context) error { <-ctx.Done(); <-time.After(9 * time.Second); return nil }, []os.Signal{syscall.SIGTERM, syscall.SIGTERM, syscall.SIGHUP}, "", 9 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, _ := newService(play(tc.end))
				signals := make(chan os.Signal, 4)
				for i, sig := range tc.signals {
					if i == 2 {
						time.AfterFunc(twice, func() { signals <- sig })
					} else {
						signals <- sig
					}
				}
				begin := time.Now()
				err := s.run(signals)
				defer func() { <-time.After(time.Hour) }() // for what is left behind on purpose
				if got := time.Since(begin); got != tc.after {
					t.Errorf("took %v, not %v", got, tc.after)
				}
				if err == nil && tc.want != "" || err != nil && err.Error() != tc.want {
					t.Errorf("error is %v, not %q", err, tc.want)
				}
			})
		})
	}
}

// TestServeWatchdog counts the signs of life, which go on while it stops.
func TestServeWatchdog(t *testing.T) {
	t.Setenv("WATCHDOG_USEC", "4000000")
	t.Setenv("WATCHDOG_PID", "")
	synctest.Test(t, func(t *testing.T) {
		s, states := newService(play(func(ctx context.Context) error {
			<-ctx.Done()
			<-time.After(5 * time.Second)
			return nil
		}))
		signals := make(chan os.Signal)
		go func() {
			<-time.After(7 * time.Second)
			signals <- syscall.SIGTERM
		}()
		if err := s.run(signals); err != nil {
			t.Fatal(err)
		}
		got := strings.Join(*states, " ")
		if want := "READY=1 WATCHDOG=1 WATCHDOG=1 WATCHDOG=1 STOPPING=1 WATCHDOG=1 WATCHDOG=1"; !strings.HasPrefix(got, want) {
			t.Errorf("got %s", got)
		}
	})
}

// TestReloadConflict keeps a network that the new file no longer has.
func TestReloadConflict(t *testing.T) {
	s, _ := newService(play(untilDone))
	s.path = write(t, strings.ReplaceAll(minimal, "libera", "oftc"))
	old, err := config.Load(write(t, minimal+"[gateway]\nfixed_network = 'libera'\n"))
	if err != nil {
		t.Fatal(err)
	}
	s.cfg = old
	s.reload()
	if s.cfg != old {
		t.Error("the configuration in effect has no network that its addresses are on")
	}
}

func TestServeRefuses(t *testing.T) {
	path := write(t, "[component]\nsecret = ['hunter2']\n")
	status, stdout, stderr := try(path, "serve", "-c", path)
	if status != exitConfig || stdout != "" || stderr != "isthmus: configuration FILE: component.secret: has to be a string\n" {
		t.Errorf("status %d\n%s%s", status, stdout, stderr)
	}
}

func TestLogFormats(t *testing.T) {
	var out bytes.Buffer
	log := newLogger(&out, config.Log{Format: config.LogConsole})
	log.Info().Str("user", "a\x1b[31m\n").Msg("hello")
	if got := out.String(); !strings.Contains(got, `INF hello user="a\x1b[31m\n"`) || strings.Count(got, "\n") != 1 {
		t.Errorf("console: %q", got)
	}
	out.Reset()
	log = newLogger(&out, config.Log{Format: config.LogJSON})
	log.Info().Str("user", "u").Msg("hello")
	var line struct{ Level, Message, User, Time string }
	if err := json.Unmarshal(out.Bytes(), &line); err != nil || line.Message != "hello" || line.User != "u" || line.Level != "info" || line.Time == "" {
		t.Errorf("JSON: %q, %v", out.String(), err)
	}
}
