package gateway

import (
	"slices"

	"isthmus/mapping"
	"isthmus/xmppside/iq"
	"isthmus/xmppside/jid"
	"isthmus/xmppside/muc"
	"isthmus/xmppside/stanza"
)

// Namespaces of what is answered here.
const (
	nsInfo    = "http://jabber.org/protocol/disco#info"
	nsItems   = "http://jabber.org/protocol/disco#items"
	nsPing    = "urn:xmpp:ping"
	nsVersion = "jabber:iq:version"
	nsTime    = "urn:xmpp:time"
	nsLast    = "jabber:iq:last"
	nsSID     = "urn:xmpp:sid:0"
	nsSelf    = "http://jabber.org/protocol/muc#self-ping-optimization"
	nsStable  = "http://jabber.org/protocol/muc#stable_id"
)

func discoTopic(m *iq.Mux[query]) {
	m.Handle("get", nsInfo, "query", nsInfo, getInfo, everywhere...)
	m.Handle("get", nsItems, "query", nsItems, getItems, everywhere...)
	m.Node(nsInfo, "x-roomuser-item", reservedNick, iq.Room)
}

func roomTopic(m *iq.Mux[query]) {
	m.Feature(muc.NS, iq.Gateway, iq.Network, iq.Room)
	m.Feature(nsSID, iq.Room)
	m.Feature(nsSelf, iq.Room)
	m.Feature(nsStable, iq.Room)
	m.Describe(query.anonymity, iq.Room)
	m.Describe(query.modes, iq.Room)
}

func identity(category, typ, name string) *stanza.Element {
	return stanza.E(nsInfo, "identity").Set("category", category).Set("type", typ).Set("name", name)
}

// getInfo is disco#info. XEP-0030 §3
func getInfo(q query, r *iq.Request) {
	if err := q.unknown(); err != nil {
		r.Fail(err)
		return
	}
	where := place(q.at)
	if node := r.Payload().Attr("node"); node != "" {
		q.atNode(r, node)
		return
	}
	if where == iq.Room && q.listed == nil && !q.seen() {
		q.look(func(c *mapping.ListedChannel, g mapping.Glimpse) { q.listed, q.glance = c, g; q.tellInfo(r) })
		return
	}
	q.tellInfo(r)
}

// tellInfo answers disco#info.
func (q query) tellInfo(r *iq.Request) {
	answer, where := stanza.E(nsInfo, "query"), place(q.at)
	switch where {
	case iq.Gateway:
		name := q.user.config.Gateway.Name
		answer.Add(identity("gateway", "irc", name), identity("conference", "irc", name))
	case iq.Network:
		answer.Add(identity("gateway", "irc", q.at.Network), identity("conference", "irc", q.at.Network))
	case iq.Room:
		answer.Add(identity("conference", "text", q.at.Name), identity("conference", "irc", q.at.Name))
	case iq.Occupant:
		if err := q.absent(r); err != nil {
			r.Fail(err)
			return
		}
		fallthrough
	case iq.Nick:
		answer.Add(identity("client", "irc", ""))
	}
	for _, f := range q.user.hub.mux.Features(where) {
		answer.Add(feature(f))
	}
	r.Result(answer.Add(q.user.hub.mux.Description(q, where)...))
}

// atNode answers what is asked about a node.
func (q query) atNode(r *iq.Request, node string) {
	if serve := q.user.hub.mux.AtNode(place(q.at), r.Payload().Space, node); serve != nil {
		serve(q, r)
		return
	}
	r.Fail(notFound("There is no such node."))
}

// reservedNick is the nick that a join will get: the one that the network knows us
// by. XEP-0045 §7.12
func reservedNick(q query, r *iq.Request) {
	answer := stanza.E(nsInfo, "query").Set("node", r.Payload().Attr("node"))
	if up := q.user.known(q.at.Network); up != nil && up.view != nil {
		answer.Add(identity("conference", "text", mapping.Resource(up.view.Self().Nick)))
	}
	r.Result(answer)
}

// absent says why an occupant cannot be asked about: whoever asks is not in the room,
// or they are not. XEP-0045 §6.6
func (q query) absent(r *iq.Request) *stanza.Error {
	_, _, err := q.person(r)
	if err != nil && err.Condition == stanza.NotAcceptable {
		return badRequest("You are not in this room: join it first.")
	}
	return err
}

func feature(name string) *stanza.Element { return stanza.E(nsInfo, "feature").Set("var", name) }

// anonymity says who sees real addresses. XEP-0045 §15.3
func (q query) anonymity() []*stanza.Element {
	if q.user.config.Gateway.PublishJIDs {
		return []*stanza.Element{feature("muc_nonanonymous")}
	}
	return []*stanza.Element{feature("muc_semianonymous")}
}

// modes says what is known of a room's configuration: what we see if we are in it, else
// what a list told. XEP-0045 §6.4
func (q query) modes() (out []*stanza.Element) {
	var features []string
	var info *stanza.Element
	if up := q.user.known(q.at.Network); q.seen() {
		ch, _ := up.view.Channel(q.at.Name)
		features, info = mapping.RoomFeatures(ch, up.view.Support()), mapping.RoomInfo(ch, up.view.Size(q.at.Name), q.notes())
	} else if q.listed != nil {
		features, info = mapping.ListedFeatures(q.listed, q.glance), mapping.ListedInfo(q.listed, q.glance, q.notes())
	}
	for _, f := range features {
		out = append(out, feature(f))
	}
	if info != nil {
		out = append(out, info)
	}
	return out
}

// notes are what the gateway itself knows of a room.
func (q query) notes() mapping.RoomNotes {
	return mapping.RoomNotes{Lang: q.settings().Lang, Contacts: q.user.contactJIDs()}
}

// getItems is disco#items, cut where it would be too long. XEP-0030 §4, XEP-0045 §6.5
func getItems(q query, r *iq.Request) {
	if err := q.unknown(); err != nil {
		r.Fail(err)
		return
	}
	answer := stanza.E(nsItems, "query")
	var items []*stanza.Element
	add := func(j jid.JID, name string) {
		items = append(items, stanza.E(nsItems, "item").Set("jid", j.String()).Set("name", name))
	}
	item := func(at mapping.Address, name string) {
		if j, err := q.user.hub.scheme.JID(at); err == nil {
			add(j, name)
		}
	}
	if node := r.Payload().Attr("node"); node != "" {
		if serve := q.user.hub.mux.AtNode(place(q.at), nsItems, node); serve != nil {
			serve(q, r)
		} else {
			r.Result(answer.Set("node", node)) // XEP-0030 §4.2: nothing is there
		}
		return
	}
	switch place(q.at) {
	case iq.Gateway:
		for _, name := range q.user.networks() {
			item(mapping.Address{Kind: mapping.Network, Network: name}, name)
		}
	case iq.Network:
		q.browse(r)
		return
	case iq.Occupant:
		if err := q.absent(r); err != nil {
			r.Fail(err)
			return
		}
	case iq.Room:
		if room, o := q.user.occupancy(r.IQ, q.at); o != nil {
			for c := range room.up.view.Each(room.channel) {
				if j, ok := occupantAddress(o.at, c.After.Nick); ok {
					add(j, mapping.Resource(c.After.Nick))
				}
			}
		}
	}
	addFitting(answer, q.user.space(), items)
	r.Result(answer)
}

// networks are the configured ones, and those that this user is on.
func (u *user) networks() []string {
	var names []string
	for _, n := range u.config.Networks {
		names = append(names, n.Name)
	}
	for _, up := range u.inOrder() {
		if !slices.Contains(names, up.name) {
			names = append(names, up.name)
		}
	}
	return names
}
