package gateway

import "time"

// A timer has something done on its user's goroutine in a while. It belongs to that
// goroutine, and ends with it: one that went on would hold all of a user who has left.
type timer struct {
	user  *user
	clock *time.Timer
}

// after has f run on the user's goroutine in a while, if it is still there then and the
// timer was not stopped.
func (u *user) after(d time.Duration, f func()) *timer {
	t := &timer{user: u}
	u.timers[t] = struct{}{}
	t.clock = time.AfterFunc(d, func() {
		u.post(mail{call: func() {
			if _, runs := u.timers[t]; runs {
				delete(u.timers, t)
				f()
			}
		}})
	})
	return t
}

// stop has it do nothing any more.
func (t *timer) stop() {
	t.clock.Stop()
	delete(t.user.timers, t)
}

// stopTimers is for a user who ends.
func (u *user) stopTimers() {
	for t := range u.timers {
		t.stop()
	}
}
