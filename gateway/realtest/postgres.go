//go:build linux

package realtest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// A Postgres is a PostgreSQL server with an empty database.
type Postgres struct {
	*Process
	URL string // of the database, with the password
}

// StartPostgres starts PostgreSQL, any version.
func StartPostgres(t testing.TB) *Postgres {
	t.Helper()
	program := need(t, "postgresql", "/usr/lib/postgresql/*/bin/postgres")
	p := &Process{Name: "postgres", Dir: newDir(t, "postgres"), user: nobody(t)}
	if p.user != nil { // it does not run as root
		if err := os.Chown(p.Dir, int(p.user.Uid), int(p.user.Gid)); err != nil {
			t.Fatal(err)
		}
	}
	p.write(t, "password", Secret)
	initdb := exec.Command(filepath.Join(filepath.Dir(program), "initdb"), "-D", p.Dir+"/data", "-U", "isthmus",
		"--pwfile", p.Dir+"/password", "-A", "scram-sha-256", "-E", "UTF8", "--locale=C", "--no-sync")
	initdb.Dir, initdb.SysProcAttr = p.Dir, &syscall.SysProcAttr{Credential: p.user}
	if out, err := initdb.CombinedOutput(); err != nil {
		t.Fatalf("initdb: %v\n%s", err, out)
	}
	port := ports(t, 1)[0]
	p.argv = []string{
		program, "-D", p.Dir + "/data", "-p", fmt.Sprint(port), "-c", "listen_addresses=127.0.0.1",
		"-c", "unix_socket_directories=", "-c", "fsync=off",
	}
	p.ready = []string{loopback(port)}
	p.run(t)
	return &Postgres{p, fmt.Sprintf("postgres://isthmus:%s@127.0.0.1:%d/postgres?sslmode=disable", Secret, port)}
}

// Stop ends it whoever is connected: it would wait for them.
func (p *Postgres) Stop(t testing.TB) int {
	t.Helper()
	return p.end(t, syscall.SIGINT)
}

// Restart is Stop and Start.
func (p *Postgres) Restart(t testing.TB) {
	t.Helper()
	p.Stop(t)
	p.Start(t)
}
