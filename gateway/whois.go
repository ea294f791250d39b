package gateway

import (
	"isthmus/ircside/irc"
	"isthmus/mapping"
	"isthmus/xmppside/iq"
	"isthmus/xmppside/muc"
	"isthmus/xmppside/stanza"
)

// nodeRooms is where the rooms are that somebody is in. XEP-0045 §6.7
const nodeRooms = muc.NS + "#rooms"

func whoisTopic(m *iq.Mux[query]) {
	m.Handle("get", mapping.NSVCard, "vCard", mapping.NSVCard, getVCard, people...)
	m.Node(nsItems, nodeRooms, getRooms, people...)
}

// whois asks the network about whom an IQ is about; the request is refused if it does
// not tell. far has their own server asked.
func (q query) whois(r *iq.Request, far bool, then func(irc.Profile)) {
	up, nick, bad := q.person(r)
	if bad != nil {
		r.Fail(bad)
		return
	}
	up.ask(irc.Whois{Nick: nick, Far: far}, func(a *question) {
		w, ok := irc.ParseWhois(up.view.Support(), nick, a.lines)
		switch err := a.err(); {
		case ok: // whatever else it has to say
			then(w)
		case err != nil:
			r.Fail(up.user.stanzaError(err, mapping.ForAdmin, up.ircd()))
		default:
			r.Fail(notFound("The network tells nothing of them."))
		}
	})
}

// getVCard answers with what WHOIS tells. XEP-0054 §3.3
func getVCard(q query, r *iq.Request) {
	q.whois(r, false, func(w irc.Profile) { r.Result(mapping.VCard(w, r.IQ.Lang)) })
}

// getRooms are the channels that the network tells somebody is in: public ones, and those
// that we are in too. XEP-0045 §6.7
func getRooms(q query, r *iq.Request) {
	q.whois(r, false, func(w irc.Profile) {
		answer := stanza.E(nsItems, "query").Set("node", nodeRooms)
		var items []*stanza.Element
		for _, name := range w.Channels {
			at := mapping.Address{Kind: mapping.Channel, Network: q.user.network(q.at.Network), Name: name}
			if j, err := q.user.hub.scheme.JID(at); err == nil {
				items = append(items, stanza.E(nsItems, "item").Set("jid", j.String()).Set("name", name))
			}
		}
		addFitting(answer, q.user.space(), items)
		r.Result(answer)
	})
}
