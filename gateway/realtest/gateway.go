//go:build linux

package realtest

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"
)

// Build is the path of the program isthmus: what ISTHMUS_BIN says, or else a build
// that ends with the test, with the race detector if the test has it.
func Build(t testing.TB) string {
	t.Helper()
	if path := os.Getenv("ISTHMUS_BIN"); path != "" {
		return path
	}
	path := filepath.Join(newDir(t, "build"), "isthmus")
	args := []string{"build", "-o", path}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "-race" && s.Value == "true" {
				args = append(args, "-race")
			}
		}
	}
	out, err := exec.Command("go", append(args, "isthmus/cmd/isthmus")...).CombinedOutput()
	if err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return path
}

// StartGateway starts the gateway with the text of a configuration file. It may not
// be ready yet: [XMPPClient.AwaitComponent] waits for that. A data race that it
// finds is its exit status 66. Its store is a file of its own, unless the text has
// another.
func StartGateway(t testing.TB, program, config string) *Process {
	t.Helper()
	p := &Process{Name: "isthmus", Dir: newDir(t, "gateway")}
	if !strings.Contains(config, "[store]") {
		p.env = append(p.env, "ISTHMUS_STORE_PATH="+p.Dir+"/isthmus.db")
	}
	p.write(t, "isthmus.toml", config)
	p.argv = []string{program, "serve", "--config", p.Dir + "/isthmus.toml"}
	p.run(t)
	return p
}
