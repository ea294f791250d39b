package gateway

import (
	"testing"
	"testing/synctest"
	"time"
)

// A timer that is stopped does nothing, even if it has gone off; one that is not does it
// once, and none outlives its user.
func TestTimers(t *testing.T) {
	inBubble(t, func(t *testing.T, p *play) {
		p.play(t, join("ann@x/d", "j"))
		u := p.everybody()[0]
		ran := make(chan string, 4)
		u.post(mail{call: func() {
			early := u.after(time.Second, func() { ran <- "stopped early" })
			early.stop()
			late := u.after(0, func() { ran <- "stopped late" })
			time.Sleep(time.Second) // it is in the mailbox by then
			late.stop()
			late.stop()
			u.after(time.Second, func() { ran <- "ran" })
		}})
		time.Sleep(time.Minute)
		synctest.Wait()
		close(ran)
		for what := range ran {
			if what != "ran" {
				t.Error(what)
			}
		}
		p.play(t, leave("ann@x/d"))
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		if len(p.everybody()) > 0 || len(u.timers) > 0 {
			t.Error(len(p.everybody()), "users,", len(u.timers), "timers of who has gone")
		}
	})
}
