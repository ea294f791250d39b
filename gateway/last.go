package gateway

import (
	"time"

	"isthmus/ircside/irc"
	"isthmus/xmppside/iq"
	"isthmus/xmppside/stanza"
)

func lastTopic(m *iq.Mux[query]) {
	m.Handle("get", nsLast, "query", nsLast, getUptime, iq.Gateway)
	m.Handle("get", nsLast, "query", nsLast, getConnected, iq.Network)
	m.Handle("get", nsLast, "query", nsLast, getSpoken, iq.Room)
	m.Handle("get", nsLast, "query", nsLast, getIdle, people...)
}

func last(d time.Duration) *stanza.Element {
	return stanza.E(nsLast, "query").Set("seconds", seconds(max(d, 0)))
}

// getUptime says how long the gateway has been running. XEP-0012 §5
func getUptime(q query, r *iq.Request) { r.Result(last(time.Since(q.user.hub.started))) }

// getConnected says how long the user has been on a network. XEP-0012 §5
func getConnected(q query, r *iq.Request) {
	up := q.user.known(q.at.Network)
	if up == nil || up.state != linkUp {
		r.Fail(&stanza.Error{Type: stanza.Cancel, Condition: stanza.RecipientUnavailable, Text: "You are not connected to %s.", Args: []string{q.at.Network}})
		return
	}
	r.Result(last(time.Since(up.entered)))
}

// getSpoken says how long ago something was said in a room. XEP-0012 §3
func getSpoken(q query, r *iq.Request) {
	room, o := q.user.occupancy(r.IQ, q.at)
	switch {
	case o == nil:
		r.Fail(notIn())
	case room.heard.IsZero():
		r.Fail(notFound("Nothing has been said since you came."))
	default:
		r.Result(last(time.Since(room.heard)))
	}
}

// getIdle says how long somebody on IRC has done nothing. Only their own server knows.
// XEP-0012 §3
func getIdle(q query, r *iq.Request) {
	q.whois(r, true, func(w irc.Profile) {
		if !w.HasIdle {
			r.Fail(&stanza.Error{Type: stanza.Cancel, Condition: stanza.FeatureNotImplemented, Text: "The network does not say for how long they have been idle."})
			return
		}
		r.Result(last(w.Idle))
	})
}
