package gateway

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// What services say to a command, and right after it, is shown to nobody as a message,
// and nothing of it tells the secret; then they are people like others.
func TestSecretsOfServices(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := newBench(t, "", 0, 1)
		said := ":NickServ!s@services NOTICE ann :The password is hunter2."
		c := &consult{service: nickServNick, command: "REGISTER hunter2", secret: "hunter2", ends: func(string) bool { return false }, then: func([]string, error) {}}
		before := x.sent
		x.up.consult(c)
		x.recv(t, said)
		x.up.consulted(c, nil)
		x.recv(t, said)
		if notes := strings.Join(x.up.notes, "\n"); strings.Contains(notes, "hunter2") || strings.Count(notes, "The password is ….") != 2 || x.sent != before {
			t.Errorf("noted %q, %d messages", notes, x.sent-before)
		}
		c.hushed = true
		x.up.consult(c)
		x.recv(t, said)
		x.up.consulted(c, nil)
		x.recv(t, said)
		if len(x.up.notes) != 3 { // with what it said at the door
			t.Errorf("of what is hushed it is noted %q", x.up.notes)
		}
		time.Sleep(serviceQuiet)
		synctest.Wait()
		for len(x.user.mail) > 0 {
			(<-x.user.mail).call()
		}
		if len(x.up.deaf) != 0 {
			t.Error("the secret is kept")
		}
	})
}
