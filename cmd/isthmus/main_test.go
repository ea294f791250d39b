package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"

	"isthmus/config"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const minimal = `
[component]
domain = "irc.example.org"
secret = "hunter2"
[store]
path = ":memory:"
[[network]]
name = "libera"
addresses = ["irc.libera.chat:6697"]
`

// write makes a configuration file and returns its path.
func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "isthmus.toml")
	rewrite(t, path, text)
	return path
}

func rewrite(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// try runs a command line; FILE in what it says stands for path.
func try(path string, args ...string) (status int, stdout, stderr string) {
	var out, err bytes.Buffer
	status = run(args, &out, &err)
	name := strings.NewReplacer(path, "FILE")
	return status, name.Replace(out.String()), name.Replace(err.String())
}

func TestCheck(t *testing.T) {
	for name, tc := range map[string]struct {
		text, stdout, stderr string
		status               int
	}{
		"good": {minimal, "FILE: OK\n", "", 0},
		"no store": {
			strings.ReplaceAll(minimal, ":memory:", "/proc/isthmus.db"),
			"FILE: note: store.path: as this user, /proc cannot be written to: let there be a directory that the user who runs isthmus may write to, or set store.path to a file elsewhere (empty: nothing is kept)\nFILE: OK\n", "", 0,
		},
		"syntax": {"\n[component]\nsecret = 'hunter2\n", "FILE:3: literal strings cannot have new lines\n", "isthmus: problems in the configuration: 1\n", 1},
		"several": {
			minimal + "rate = 0\n[gateway]\nlinger = '1ns'\n",
			"FILE: gateway.linger: 1ns is not between 1ms and 24h0m0s\nFILE: network[0].rate: 0 is not between 0.01 and 1e+06\n",
			"isthmus: problems in the configuration: 2\n", 1,
		},
		"unknown": {minimal + "tsl = true\n", "FILE: network[0].tsl: there is no such setting\n", "isthmus: problems in the configuration: 1\n", 1},
	} {
		t.Run(name, func(t *testing.T) {
			path := write(t, tc.text)
			status, stdout, stderr := try(path, "check", "-c", path)
			if status != tc.status || stdout != tc.stdout || stderr != tc.stderr {
				t.Errorf("status %d\n%s%s", status, stdout, stderr)
			}
		})
	}
}

func TestCheckNoFile(t *testing.T) {
	status, stdout, stderr := try("/nonexistent", "check", "--config", "/nonexistent")
	if status != 1 || stdout != "" || stderr != "isthmus: reading the configuration: open FILE: no such file or directory\n" {
		t.Errorf("status %d\n%s%s", status, stdout, stderr)
	}
}

func TestVersion(t *testing.T) {
	status, stdout, stderr := try("/nonexistent", "version")
	if status != 0 || stderr != "" || !regexp.MustCompile(`^isthmus \S.* `+regexp.QuoteMeta(runtime.Version())+`\n$`).MatchString(stdout) {
		t.Errorf("status %d\n%s%s", status, stdout, stderr)
	}
	for want, info := range map[string]*debug.BuildInfo{
		"isthmus (unknown)\n": nil,
		"isthmus v1.2.3 revision 0123456789ab with changes go1.26\n": {
			GoVersion: "go1.26", Main: debug.Module{Version: "v1.2.3"},
			Settings: []debug.BuildSetting{{Key: "vcs.revision", Value: "0123456789abcdef"}, {Key: "vcs.modified", Value: "true"}},
		},
	} {
		var out bytes.Buffer
		if err := printVersion(&out, info); err != nil || out.String() != want {
			t.Errorf("got %q, %v, want %q", out.String(), err, want)
		}
	}
}

func TestUsage(t *testing.T) {
	for name, tc := range map[string]struct {
		args           []string
		status         int
		stdout, stderr string // parts
	}{
		"no command":      {nil, 0, "Available Commands:", ""},
		"help":            {[]string{"help", "serve"}, 0, "--config file", ""},
		"no such help":    {[]string{"help", "nosuch"}, 1, "", "isthmus: unknown command \"nosuch\" for \"isthmus\""},
		"too much help":   {[]string{"help", "check", "x"}, 1, "", "isthmus: unknown command \"x\" for \"isthmus check\""},
		"help of all":     {[]string{"help"}, 0, "Available Commands:", ""},
		"version":         {[]string{"--version"}, 0, "isthmus ", ""},
		"unknown command": {[]string{"sevre"}, 1, "", "isthmus: unknown command \"sevre\" for \"isthmus\""},
		"unknown flag":    {[]string{"serve", "--bogus"}, 1, "", "isthmus: unknown flag: --bogus\n"},
		"argument":        {[]string{"check", "FILE"}, 1, "", "isthmus: unknown command \"FILE\" for \"isthmus check\"\n"},
	} {
		t.Run(name, func(t *testing.T) {
			status, stdout, stderr := try("/nonexistent", tc.args...)
			if status != tc.status || !strings.Contains(stdout, tc.stdout) || !strings.Contains(stderr, tc.stderr) || (tc.stderr == "") != (stderr == "") {
				t.Errorf("status %d\n%s%s", status, stdout, stderr)
			}
		})
	}
}

// TestManual holds the man page against the table of commands.
func TestManual(t *testing.T) {
	page, err := os.ReadFile("isthmus.1.scd")
	if err != nil {
		t.Fatal(err)
	}
	for _, cmd := range commands() {
		if !strings.Contains(string(page), "\n*"+cmd.Name()+"*") {
			t.Errorf("the man page lacks the command %s", cmd.Name())
		}
	}
	for _, word := range []string{"*-c*, *--config*", "SIGHUP", "SIGTERM", "SIGINT", config.EnvPrefix + "_COMPONENT_SECRET", "/etc/isthmus/isthmus.toml"} {
		if !strings.Contains(string(page), word) {
			t.Errorf("the man page lacks %s", word)
		}
	}
}
