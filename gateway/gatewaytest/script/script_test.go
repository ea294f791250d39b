package script

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var update = flag.Bool("update", false, "rewrite the transcripts")

// golden runs the scripts of a pattern and compares what came out.
func golden(t *testing.T, pattern string, gateway Factory) {
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %s %v", pattern, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			script, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got, problems := run(t, string(script), gateway)
			for _, p := range problems {
				t.Error(p)
			}
			switch {
			case got == string(script):
			case *update:
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			default:
				t.Errorf("%s; -update rewrites it", difference(string(script), got))
			}
		})
	}
}

// run runs a script in a bubble of its own.
func run(t *testing.T, script string, gateway Factory) (got string, problems []string) {
	synctest.Test(t, func(*testing.T) { got, problems = Run(script, gateway, synctest.Wait) })
	return got, problems
}

// difference is the first line that differs, with what is around it.
func difference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	at := 0
	for at < len(w) && at < len(g) && w[at] == g[at] {
		at++
	}
	part := func(l []string) string { return strings.Join(l[max(0, at-2):min(len(l), at+4)], "\n") }
	return "differs from line " + itoa(at+1) + " on\n--- should be\n" + part(w) + "\n+++ is\n" + part(g)
}

func TestGolden(t *testing.T) { golden(t, "testdata/fake/*.txt", newFake) }

// The second run of what the first one wrote is the same.
func TestRepeats(t *testing.T) {
	script := "show bob\nbob: JOIN #c\n" + enter + "\nbob: PRIVMSG #c :hi\n"
	first, problems := run(t, script, newFake)
	if len(problems) > 0 {
		t.Error(problems)
	}
	second, _ := run(t, first, newFake)
	if first != second {
		t.Error(difference(first, second))
	}
}

const enter = `xmpp> <presence from="ann@x/d" to="#c%net@gw/ann" id="j"><x xmlns="http://jabber.org/protocol/muc"/></presence>`

// What is wrong is said, with the line where it was found.
func TestProblems(t *testing.T) {
	for _, c := range []struct{ name, script, want string }{
		{"directive", "frobnicate", "line 1: no directive"},
		{"words", "rename ann", "line 1: no directive"},
		{"option", "ircd sails=blue", "line 1: the ircd has no option"},
		{"nobody", "\ndrop ann", "line 2: there is nobody"},
		{"time", "wait long", "line 1: time: invalid duration"},
		{"not connected", "cut xmpp\n" + enter, "line 2: the gateway is not connected"},
		{"strict client", enter + "\nxmpp> <message from='ann@x/d' to='gw' id='twice'/>", "line 2: ann@x/d from"},
		{"strict ircd", enter + "\nxmpp> <message from='ann@x/d' to='gw' id='bad'/>", "line 0: ann"},
		{"server", "xmpp> <message from='ann@x/d' to='gw' id='ill'/>", "line 1: on the component's stream: <stream:error><not-well-formed"},
		{"no end", "xmpp> <iq type='get' from='ann@x/d' to='gw' id='1'/>", "line 0: at the end: ann@x/d: IQ"},
		{"config", "config domain = 1", "line 0: the gateway could not be made"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, problems := run(t, c.script, newFake)
			if !strings.Contains(strings.Join(problems, "\n"), c.want) {
				t.Errorf("found %q, not %q", problems, c.want)
			}
		})
	}
}

func TestGatewayThatDoesNotEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, problems := Run("xmpp> <message from='ann@x/d' to='gw' id='deaf'/>\nstop", newFake, synctest.Wait)
		if len(problems) != 1 || !strings.Contains(problems[0], "the gateway did not end") {
			t.Errorf("found %q", problems)
		}
		time.Sleep(endLimit) // until it ends after all
	})
}

func TestConfig(t *testing.T) {
	h, steps := parse("# x\nconfig log.level = \"trace\"\nconfig gateway.linger = \"0s\"\nconfig network.tls = true\n" +
		"config [[network]]\nconfig name = \"two\"\nircd caps=none nicklen=9\n\nann> OLD\nbob< OLD\nxmpp< <old/>\nbob: JOIN #c: x\nirc ann> :s 1\n")
	config := h.config()
	for _, want := range []string{"log.level = \"trace\"\n", "gateway.linger", "\ntls = true\n[[network]]\nname = \"two\"\n", "name = \"net\""} {
		if !strings.Contains(config, want) {
			t.Errorf("no %s in\n%s", want, config)
		}
	}
	if strings.Contains(config, "\"error\"") || strings.Contains(config, "tls = false") {
		t.Errorf("set twice:\n%s", config)
	}
	if h.ircd.Caps != nil || h.ircd.NickLen != 9 {
		t.Errorf("ircd: %+v", h.ircd)
	}
	var got []string
	for _, s := range steps {
		if s.verb != "" {
			got = append(got, s.verb+"|"+s.who+"|"+s.rest)
		}
	}
	if want := "user|bob|JOIN #c: x irc|ann|:s 1"; strings.Join(got, " ") != want {
		t.Errorf("got %q", got)
	}
}
