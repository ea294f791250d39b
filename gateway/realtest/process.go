//go:build linux

package realtest

import (
	"errors"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// Patience is how long anything is waited for before it counts as missing. It is
// for a busy machine: what is there is never waited for.
const Patience = 30 * time.Second

// A Process is a program in a session of its own. Its directory and its ports stay
// the same from one start to the next. It is ended with the test that made it, and
// then, if that failed, its logs are shown.
type Process struct {
	Name string
	Dir  string // working directory; every *.log in it is shown when a test fails

	argv  []string
	stays bool // it may not heed the wish to end, which is no failure of what is tested
	env   []string
	user  *syscall.Credential // nil is our own
	ready []string            // host:port of what it has to accept on
	cmd   *exec.Cmd           // nil if it does not run
	ended chan struct{}
}

// newDir is a directory that every user may search: ircd-hybrid runs as nobody.
func newDir(t testing.TB, name string) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "isthmus-"+name+"-")
	if err == nil {
		t.Cleanup(func() { _ = os.RemoveAll(dir) })
		err = os.Chmod(dir, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// need is the first of paths that exists. Without one the test fails; or is skipped,
// if ISTHMUS_E2E is allow-missing.
func need(t testing.TB, debian string, paths ...string) string {
	t.Helper()
	for _, pattern := range paths {
		if found, _ := filepath.Glob(pattern); len(found) > 0 {
			return found[0]
		}
	}
	if os.Getenv("ISTHMUS_E2E") == "allow-missing" {
		t.Skipf("%s is not installed", debian)
	}
	t.Fatalf("%s is not installed (ISTHMUS_E2E=allow-missing goes on without)", debian)
	return ""
}

// nobody is the user nobody if we are root, else nil.
func nobody(t testing.TB) *syscall.Credential {
	t.Helper()
	if os.Getuid() != 0 {
		return nil
	}
	u, err := user.Lookup("nobody")
	if err != nil {
		t.Fatal(err)
	}
	uid, _ := strconv.ParseUint(u.Uid, 10, 32)
	gid, _ := strconv.ParseUint(u.Gid, 10, 32)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
}

// write puts a file into the process's directory.
func (p *Process) write(t testing.TB, name, text string) {
	t.Helper()
	path := filepath.Join(p.Dir, name)
	err := os.MkdirAll(filepath.Dir(path), 0o755)
	if err == nil {
		err = os.WriteFile(path, []byte(text), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// run is Start, with the end of the test as its end.
func (p *Process) run(t testing.TB) {
	t.Helper()
	t.Cleanup(func() {
		p.Stop(t)
		if t.Failed() {
			p.showLogs(t)
		}
	})
	p.Start(t)
}

// Start starts the program and waits until it accepts connections.
func (p *Process) Start(t testing.TB) {
	t.Helper()
	log, err := os.OpenFile(filepath.Join(p.Dir, p.Name+".log"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = log.Close() }() // the program has it now
	// COMPAT InspIRCd: it crashes while it exits; that is no reason for a core dump.
	cmd := exec.Command("/bin/sh", append([]string{"-c", `ulimit -c 0; exec "$@"`, p.Name}, p.argv...)...)
	cmd.Dir, cmd.Env = p.Dir, append(os.Environ(), p.env...)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGKILL, Credential: p.user}
	if err := cmd.Start(); err != nil {
		t.Fatalf("%s: %v", p.Name, err)
	}
	ended := make(chan struct{})
	p.cmd, p.ended = cmd, ended
	go func() {
		_ = cmd.Wait() // its status is read from cmd.ProcessState
		close(ended)
	}()
	for _, address := range p.ready {
		p.await(t, address)
	}
}

// await dials until somebody accepts.
func (p *Process) await(t testing.TB, address string) {
	t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(Patience)
	for {
		conn, err := net.DialTimeout("tcp", address, Patience)
		if err == nil {
			_ = conn.Close()
			return
		}
		select {
		case <-tick.C:
		case <-p.ended:
			t.Fatalf("%s ended before it accepted on %s: %v", p.Name, address, p.cmd.ProcessState)
		case <-deadline:
			t.Fatalf("%s does not accept: %v", p.Name, err)
		}
	}
}

// Stop asks the program to end, waits, and returns its exit status: -1 if it did not
// run, or if a signal ended it.
func (p *Process) Stop(t testing.TB) int {
	t.Helper()
	return p.end(t, syscall.SIGTERM)
}

// Kill ends the program without a chance to say goodbye.
func (p *Process) Kill(t testing.TB) {
	t.Helper()
	p.end(t, syscall.SIGKILL)
}

// Restart is Stop and Start.
func (p *Process) Restart(t testing.TB) {
	t.Helper()
	p.Stop(t)
	p.Start(t)
}

// Signal sends a signal to the program.
func (p *Process) Signal(t testing.TB, sig syscall.Signal) {
	t.Helper()
	if p.cmd == nil {
		t.Fatalf("%s does not run", p.Name)
	}
	if err := p.cmd.Process.Signal(sig); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Fatalf("%s: %v", p.Name, err)
	}
}

func (p *Process) end(t testing.TB, sig syscall.Signal) int {
	t.Helper()
	if p.cmd == nil {
		return -1
	}
	p.Signal(t, sig)
	select {
	case <-p.ended:
	case <-time.After(Patience):
		if !p.stays {
			t.Errorf("%s ignored %v and had to be killed", p.Name, sig)
		}
		p.Signal(t, syscall.SIGKILL)
		<-p.ended
	}
	// Whatever is left of its session; usually nothing is.
	_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
	status := p.cmd.ProcessState.ExitCode()
	p.cmd = nil
	return status
}

// Log is what the program has written to its standard output and error so far.
func (p *Process) Log(t testing.TB) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(p.Dir, p.Name+".log"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// showLogs logs the end of each log file.
func (p *Process) showLogs(t testing.TB) {
	logs, _ := filepath.Glob(filepath.Join(p.Dir, "*.log"))
	for _, path := range logs {
		text, err := os.ReadFile(path)
		if err == nil && len(text) > 0 {
			t.Logf("%s:\n%s", filepath.Base(path), tail(text, 8<<10))
		}
	}
}

// tail is the last n bytes of text.
func tail(text []byte, n int) []byte { return text[max(0, len(text)-n):] }
