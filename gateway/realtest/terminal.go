//go:build linux

package realtest

import (
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Terminals are windows in which programs of the terminal run, by tmux. They run as
// nobody if we are root, which some of them insist on.
type Terminals struct{ *Process }

// StartTerminals starts tmux, with no window yet.
func StartTerminals(t testing.TB) *Terminals {
	t.Helper()
	program := need(t, "tmux", "/usr/bin/tmux")
	p := &Process{Name: "tmux", Dir: newDir(t, "terminals"), user: nobody(t)}
	if p.user != nil {
		if err := os.Chown(p.Dir, int(p.user.Uid), int(p.user.Gid)); err != nil {
			t.Fatal(err)
		}
	}
	p.argv = []string{program, "-S", p.Dir + "/socket", "-f", "/dev/null", "-D"}
	p.env = []string{"HOME=" + p.Dir, "LC_ALL=C.UTF-8", "TERM=xterm-256color"}
	p.run(t)
	w := &Terminals{p}
	t.Cleanup(func() { w.closeAll(t) })
	return w
}

// closeAll ends what runs in the windows: COMPAT poezio: it goes on without its
// terminal, and takes a processor for it.
func (w *Terminals) closeAll(t testing.TB) {
	list, err := w.tmux("list-panes", "-a", "-F", "#{pane_pid}")
	if err != nil {
		return // there is no window
	}
	for _, pid := range strings.Fields(list) {
		if n, err := strconv.Atoi(pid); err == nil {
			if err := syscall.Kill(-n, syscall.SIGKILL); err != nil {
				t.Logf("terminal %s: %v", pid, err)
			}
		}
	}
}

func (w *Terminals) tmux(args ...string) (string, error) {
	cmd := exec.Command(w.argv[0], append([]string{"-S", w.Dir + "/socket"}, args...)...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: w.user}
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// home makes the directory of a program that is to run in a window, with one file in it.
func (w *Terminals) home(t testing.TB, name, file, text string) string {
	t.Helper()
	w.write(t, name+"/"+file, text)
	if w.user != nil {
		if err := os.Chown(w.Dir+"/"+name, int(w.user.Uid), int(w.user.Gid)); err != nil {
			t.Fatal(err)
		}
	}
	return w.Dir + "/" + name + "/" + file
}

// A Terminal is a window of 120 by 60 characters. Its methods belong to the goroutine
// of its test.
type Terminal struct {
	t    testing.TB
	in   *Terminals
	name string
}

// Open runs a program in a window, for at most four times Patience.
func (w *Terminals) Open(t testing.TB, name string, argv ...string) *Terminal {
	t.Helper()
	home := w.Dir + "/" + name
	run := append([]string{"new-session", "-d", "-x", "120", "-y", "60", "-s", name, "--", "env", "HOME=" + home,
		"XDG_CONFIG_HOME=" + home, "XDG_DATA_HOME=" + home, "XDG_CACHE_HOME=" + home,
		"timeout", "--foreground", "-s", "KILL", fmt.Sprint(int(4 * Patience / time.Second))}, argv...)
	x := &Terminal{t, w, name}
	x.until("opens", func() bool { // tmux makes its socket when it is ready
		_, err := w.tmux(run...)
		return err == nil
	})
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the screen of %s:\n%s", name, x.Screen())
		}
	})
	return x
}

// until asks again and again.
func (x *Terminal) until(what string, ok func() bool) {
	x.t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(Patience)
	for !ok() {
		select {
		case <-tick.C:
		case <-deadline:
			x.t.Fatalf("%s: not within %v: %s", x.name, Patience, what)
		}
	}
}

// Screen is what the window shows.
func (x *Terminal) Screen() string {
	text, err := x.in.tmux("capture-pane", "-p", "-t", x.name)
	if err != nil {
		return err.Error()
	}
	return text
}

// Expect waits until the screen shows a pattern, and returns its submatches.
func (x *Terminal) Expect(pattern string) (found []string) {
	x.t.Helper()
	re := regexp.MustCompile(pattern)
	x.until(pattern, func() bool {
		found = re.FindStringSubmatch(x.Screen())
		return found != nil
	})
	return found
}

// below waits until the screen shows two lines, and says by how many one is below the
// other.
func (x *Terminal) below(one, other string) int {
	x.t.Helper()
	x.Expect(one + `(?s:.*)` + other)
	var found []int
	for i, line := range strings.Split(x.Screen(), "\n") {
		if strings.Contains(line, one) && len(found) == 0 || strings.Contains(line, other) {
			found = append(found, i)
		}
	}
	if len(found) != 2 {
		x.t.Fatalf("%s: %q and %q are in the lines %d", x.name, one, other, found)
	}
	return found[1] - found[0]
}

// Keys presses keys, as tmux names them.
func (x *Terminal) Keys(keys ...string) {
	x.t.Helper()
	if out, err := x.in.tmux(append([]string{"send-keys", "-t", x.name}, keys...)...); err != nil {
		x.t.Fatalf("%s: %v: %s", x.name, err, out)
	}
}

// Blind types a text that is not shown.
func (x *Terminal) Blind(text string) {
	x.t.Helper()
	x.Keys("-l", text)
	x.Keys("Enter")
}

// Type types a line. Enter comes when the line is there: what comes with it might be
// taken for pasted. The line is known by a long end of it, for other lines end in
// addresses, too.
func (x *Terminal) Type(line string) {
	x.t.Helper()
	x.Keys("-l", line)
	x.Expect(regexp.QuoteMeta(line[max(0, len(line)-36):]) + ` *\n`)
	x.Keys("Enter")
}
