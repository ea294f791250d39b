package gateway

import (
	"time"

	"isthmus/xmppside/muc"
)

// failWishes answers what waits for the network.
func (up *uplink) failWishes(err error) {
	waiting := up.waiting
	up.waiting = nil
	for _, w := range waiting {
		w.fail(err)
	}
	for _, r := range up.list() {
		r.refuseWaiting(err)
	}
}

// gone ends the uplink: waiting wishes are answered, members sent away, and both are told
// why.
func (up *uplink) gone(err error) {
	up.turn++ // what its seat still sends is nobody's
	up.abandon()
	up.failWishes(err)
	up.evictAll(err, muc.StatusTechnical)
	up.abort()
	if up.since = (time.Time{}); up.user.uplinks[up.name] == up {
		delete(up.user.uplinks, up.name)
		up.user.networkPresence(up)
	}
}

// abort ends the seat without a word.
func (up *uplink) abort() {
	if up.seat != nil {
		up.seat.Abort()
		up.seat = nil
	}
	if up.linger != nil {
		up.linger.stop()
	}
	if up.view != nil {
		up.view.Lost()
	}
	up.state = linkClosing
	up.seated()
}

// close says QUIT. The uplink ends with the seat.
func (up *uplink) close(reason string) {
	if up.state == linkClosing {
		return
	}
	if up.seat == nil {
		up.gone(timedOut("The connection was closed."))
		return
	}
	up.state = linkClosing
	if up.net.QuitMessage != "" {
		reason = up.net.QuitMessage
	}
	up.seat.Close(reason)
}

// needed says whether anything wants the link.
func (up *uplink) needed() bool {
	return up.standing || up.rooms.Len() > 0 || len(up.waiting) > 0 || up.listing > 0
}

// stay begins the grace in which a link that nothing needs is kept, or ends it.
func (up *uplink) stay() {
	if up.linger != nil {
		up.linger.stop()
		up.linger = nil
	}
	if up.needed() || up.state == linkClosing {
		return
	}
	grace := up.user.config.Gateway.Linger
	if up.user.isGateway() {
		grace = max(grace, up.user.config.Gateway.ListInterval)
	}
	if !up.talks.said.IsZero() { // an answer may come
		grace = max(grace, time.Until(up.talks.said.Add(talkGrace)))
	}
	var running *timer
	running = up.user.after(grace, func() {
		if up.linger == running && !up.needed() {
			up.close("Leaving")
		}
	})
	up.linger = running
}
