package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"isthmus/config"
)

// TestStore runs the gateway itself on each kind of store, without an XMPP server.
func TestStore(t *testing.T) {
	for name, path := range map[string]string{"file": filepath.Join(t.TempDir(), "isthmus.db"), "memory": config.StoreMemory, "none": ""} {
		t.Run(name, func(t *testing.T) {
			c, err := config.Load(write(t, minimal))
			if err != nil {
				t.Fatal(err)
			}
			c.Store.Path, c.Component.Address = path, "127.0.0.1:1"
			var out bytes.Buffer
			gw, err := newGateway(c, newLogger(&out, c.Log))
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			if err := gw.Run(ctx); err != nil {
				t.Error(err)
			}
			if n := strings.Count(out.String(), "nothing outlives the program"); (n == 1) != (path == "") {
				t.Errorf("it is said %d times that there is no store", n)
			}
			if _, err := os.Stat(path); (err == nil) != (name == "file") {
				t.Error(err)
			}
		})
	}
}

// TestNoStore has a store that cannot be opened. A file that is not there stays so, a
// database that is not there may come.
func TestNoStore(t *testing.T) {
	for setting, want := range map[string]struct {
		status int
		stderr string
	}{
		`path = "none/isthmus.db"`: {exitConfig, "/none does not exist: let there be a directory that the user who runs isthmus may write to"},
		`postgres = "postgres://isthmus:hunter2@127.0.0.1:1/x?sslmode=disable"`: {1, "isthmus: store.postgres: PostgreSQL database x: "},
	} {
		path := write(t, strings.ReplaceAll(minimal, `path = ":memory:"`, setting))
		status, stdout, stderr := try(path, "serve", "-c", path)
		if status != want.status || stdout != "" || !strings.Contains(stderr, want.stderr) || strings.Contains(stderr, "hunter2") {
			t.Errorf("%s: status %d\n%s%s", setting, status, stdout, stderr)
		}
	}
}
