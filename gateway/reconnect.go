package gateway

import (
	"math/rand/v2"
	"time"

	"isthmus/ircside/irc"
	"isthmus/mapping"
)

// closed is the end of a seat. A link that was not to end is dialled again, after a
// pause that grows; a ban, a wrong password and an end of our own are final. Who has
// come while the last goodbye was said gets a link of their own.
func (up *uplink) closed(err *irc.CloseError) {
	up.abandon()
	if up.view != nil {
		up.view.Lost()
	}
	up.seat = nil
	if err == nil || up.state == linkClosing {
		up.log.Info().Msg("left the network")
		if up.needed() && !up.user.stopped {
			up.anew()
			return
		}
		up.gone(timedOut("The connection to the network was closed."))
		return
	}
	cause := error(err)
	another := false
	if f, refused := up.lastErr.(irc.Fault); refused && refusesLink(f, err) {
		cause = mapping.Fault(f, mapping.ForConnection, up.ircd()) // it says more
		another = f.Numeric == 468 && !up.plain
		up.plain = up.plain || another
	}
	up.lastErr = cause
	up.log.Warn().Str("reason", err.Text).Msg("connection to the network lost")
	up.note(err.Text)
	if !err.Temporary() {
		up.gone(cause)
		return
	}
	if err.Reason != irc.CloseThrottled && up.view == nil && !another {
		up.failWishes(cause) // nobody has to wait for a network that cannot be reached
	}
	if !up.needed() {
		up.gone(cause)
		return
	}
	if up.since.IsZero() {
		up.since = time.Now()
		up.user.after(up.user.config.Gateway.LostLimit, up.lostLimit)
		up.user.networkPresence(up)
	}
	up.state = linkWaiting
	up.again(err)
}

// refusesLink says whether a refusal before the network let us in is why it did not: no
// nick was good enough, it takes nobody from here, it wants something of who connects.
func refusesLink(f irc.Fault, end *irc.CloseError) bool {
	switch end.Reason {
	case irc.CloseUnregister:
		return true
	case irc.CloseBanned:
		return f.Numeric == 463 || f.Numeric == 465 || f.Numeric == 466
	}
	return false
}

// anew dials as if there had been no link before.
func (up *uplink) anew() {
	up.view, up.since, up.retry = nil, time.Time{}, 0
	if err := up.dial(); err != nil {
		up.gone(err)
	}
}

// again dials in a while.
func (up *uplink) again(err *irc.CloseError) {
	up.retry = min(max(2*up.retry, 2*time.Second), 2*time.Minute)
	pause := max(up.retry/2+time.Duration(rand.Int64N(int64(up.retry/2)+1)), err.Wait)
	turn := up.turn
	up.user.after(pause, func() {
		switch {
		case up.turn != turn || up.state != linkWaiting:
			return
		case !up.needed():
			up.gone(err)
			return
		}
		if err := up.dial(); err != nil {
			up.gone(err)
		}
	})
}

// lostLimit sends everybody away if the link has been lost for too long.
func (up *uplink) lostLimit() {
	if up.user.uplinks[up.name] != up || up.since.IsZero() || time.Since(up.since) < up.user.config.Gateway.LostLimit {
		return
	}
	err := up.lastErr
	if f, refused := err.(irc.Fault); refused {
		err = mapping.Fault(f, mapping.ForConnection, up.ircd())
	}
	if err == nil {
		err = timedOut("The connection to the network was lost.")
	}
	if up.seat != nil {
		up.seat.Abort()
	}
	up.gone(err)
}
