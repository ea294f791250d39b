package gateway

import (
	"isthmus/xmppside/iq"
	"isthmus/xmppside/stanza"
)

func pingTopic(m *iq.Mux[query]) {
	m.Handle("get", nsPing, "ping", nsPing, pong, iq.Gateway, iq.Network)
	m.Handle("get", nsPing, "ping", nsPing, pingRoom, iq.Room)
	m.Handle("get", nsPing, "ping", nsPing, pingPerson, people...)
}

func pong(_ query, r *iq.Request) { r.Result() }

// pingRoom answers a ping to the bare room. XEP-0410 §3
func pingRoom(q query, r *iq.Request) {
	if _, o := q.user.occupancy(r.IQ, q.at); o == nil {
		r.Fail(notIn())
		return
	}
	r.Result()
}

// pingPerson answers for ourselves: a client asks by this whether it is still in.
// Others are asked by CTCP PING. XEP-0410 §3, XEP-0199
func pingPerson(q query, r *iq.Request) {
	up, nick, err := q.person(r)
	switch {
	case err != nil:
		r.Fail(err)
	case up.view != nil && up.view.Support().Fold(nick) == up.view.Support().Fold(up.view.Self().Nick):
		r.Result()
	case up.state != linkUp:
		r.Fail(timedOut("The connection to the network is lost at the moment."))
	default:
		up.ctcpAsk(nick, "PING", func(string) []*stanza.Element { return nil }, r)
	}
}
