package gateway

import (
	"slices"
	"strings"
	"time"

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

// A query is who asks, and what about.
type query struct {
	user   *user
	at     mapping.Address
	listed *mapping.ListedChannel // what a list tells of a room that we are not in; nil: nothing
}

// Where IQs are answered.
var (
	everywhere = []iq.Place{iq.Gateway, iq.Network, iq.Room, iq.Occupant, iq.Nick}
	ours       = []iq.Place{iq.Gateway, iq.Network, iq.Room}
	people     = []iq.Place{iq.Occupant, iq.Nick}
)

// topics are all that the gateway answers: each says what it takes, and what disco#info
// says of it.
var topics = []func(*iq.Mux[query]){
	discoTopic, browseTopic, searchTopic, pingTopic, versionTopic, timeTopic, lastTopic, adminTopic, ownerTopic, roomTopic, commandsTopic,
	registerTopic, featuresTopic,
	identityTopic, whoisTopic,
}

func newMux() *iq.Mux[query] {
	m := iq.NewMux[query]()
	for _, topic := range topics {
		topic(m)
	}
	return m
}

func discoTopic(m *iq.Mux[query]) {
	m.Handle("get", nsInfo, "query", nsInfo, getInfo, everywhere...)
	m.Handle("get", nsItems, "query", nsItems, getItems, everywhere...)
	m.Node(nsInfo, "x-roomuser-item", reservedNick, iq.Room)
}

func pingTopic(m *iq.Mux[query]) {
	m.Handle("get", nsPing, "ping", nsPing, pong, iq.Gateway, iq.Network)
	m.Handle("get", nsPing, "ping", nsPing, pingRoom, iq.Room)
	m.Handle("get", nsPing, "ping", nsPing, pingPerson, people...)
}

func versionTopic(m *iq.Mux[query]) {
	m.Handle("get", nsVersion, "query", nsVersion, getVersion, ours...)
	m.Handle("get", nsVersion, "query", nsVersion, getPersonVersion, people...)
}

func timeTopic(m *iq.Mux[query]) {
	m.Handle("get", nsTime, "time", nsTime, getTime, ours...)
	m.Handle("get", nsTime, "time", nsTime, getPersonTime, people...)
}

func roomTopic(m *iq.Mux[query]) {
	m.Feature(muc.NS, iq.Gateway, iq.Network, iq.Room)
	m.Feature(nsSID, iq.Room)
	m.Feature(nsSelf, iq.Room)
	m.Feature(nsStable, iq.Room)
	m.Describe(query.anonymity, iq.Room)
	m.Describe(query.modes, iq.Room)
}

// place is where an address is for the mux.
func place(at mapping.Address) iq.Place {
	switch {
	case at.Kind == mapping.Network:
		return iq.Network
	case at.Kind == mapping.Channel && at.Occupant == "":
		return iq.Room
	case at.Kind == mapping.Channel:
		return iq.Occupant
	case at.Kind == mapping.Gateway:
		return iq.Gateway
	}
	return iq.Nick
}

// iq answers an IQ, or has it answered.
func (u *user) iq(s *stanza.Stanza, at mapping.Address) {
	if s.Type != "get" && s.Type != "set" { // RFC 6120 §8.2.3
		u.refuse(s, badRequest("A request is of the type get or set."))
		return
	}
	q, r := query{user: u, at: at}, iq.NewRequest(s, u.send, mapping.InLanguage)
	switch err := q.unknown(); {
	case at.Kind == mapping.Mask:
		r.Fail(notFound("That is a mask, and nobody in particular."))
	case at.Kind == mapping.Network && err != nil:
		r.Fail(err)
	default:
		u.hub.mux.Serve(q, place(at), r)
	}
}

func identity(category, typ, name string) *stanza.Element {
	return stanza.E(nsInfo, "identity").Set("category", category).Set("type", typ).Set("name", name)
}

// unknown says that a question is about a network that there is not.
func (q query) unknown() *stanza.Error {
	if q.at.Kind == mapping.Gateway || q.user.known(q.at.Network) != nil {
		return nil
	}
	if _, ok := q.user.config.Network(q.at.Network); ok {
		return nil
	}
	return notFound(unknownNetwork, q.at.Network)
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
		q.look(func(c *mapping.ListedChannel) { q.listed = c; q.tellInfo(r) })
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
		features, info = mapping.RoomFeatures(ch, up.view.Support()), mapping.RoomInfo(ch, up.view.Size(q.at.Name), q.user.contactJIDs())
	} else if q.listed != nil {
		features, info = mapping.ListedFeatures(q.listed), mapping.ListedInfo(q.listed, q.user.contactJIDs())
	}
	for _, f := range features {
		out = append(out, feature(f))
	}
	if info != nil {
		out = append(out, info)
	}
	return out
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

// person is whom an IQ to an occupant or to nick%network is about.
func (q query) person(r *iq.Request) (*uplink, string, *stanza.Error) {
	if q.at.Kind == mapping.Channel {
		room, o := q.user.occupancy(r.IQ, q.at)
		if o == nil {
			return nil, "", notIn()
		}
		nick := q.at.Occupant
		if nick == o.asked && mapping.Resource(nick) == o.join.To.Resource() && nick != room.nick() {
			if _, in := room.up.view.Member(room.channel, nick); !in {
				nick = room.nick() // the client goes by the nick that it asked for
			}
		}
		if _, in := room.up.view.Member(room.channel, nick); !in {
			return nil, "", notFound("Nobody of that nick is in the room.")
		}
		return room.up, nick, nil
	}
	up := q.user.known(q.at.Network)
	if up == nil || up.view == nil {
		return nil, "", &stanza.Error{Type: stanza.Cancel, Condition: stanza.RecipientUnavailable, Text: "You are not connected to %s.", Args: []string{q.at.Network}}
	}
	return up, q.at.Name, nil
}

// getVersion is XEP-0092 for the gateway itself.
func getVersion(q query, r *iq.Request) {
	r.Result(stanza.E(nsVersion, "query", stanza.T(nsVersion, "name", "Isthmus"), stanza.T(nsVersion, "version", q.user.hub.version)))
}

// getPersonVersion asks by CTCP VERSION. What is said first passes for the name, for
// both are wanted.
func getPersonVersion(q query, r *iq.Request) {
	q.askPerson(r, "VERSION", func(text string) []*stanza.Element {
		name, version, _ := strings.Cut(mapping.Line(mapping.Strip(text)), " ")
		if name == "" {
			return nil
		}
		return []*stanza.Element{stanza.E(nsVersion, "query", stanza.T(nsVersion, "name", name), stanza.T(nsVersion, "version", version))}
	})
}

// getTime is XEP-0202 for the gateway itself.
func getTime(_ query, r *iq.Request) {
	now := time.Now()
	r.Result(timeElement(now))
}

func timeElement(t time.Time) *stanza.Element {
	return stanza.E(nsTime, "time", stanza.T(nsTime, "tzo", t.Format("-07:00")), stanza.T(nsTime, "utc", t.UTC().Format("2006-01-02T15:04:05Z")))
}

// timeLayouts are how common clients answer CTCP TIME.
var timeLayouts = []string{
	time.RFC3339, time.RFC1123Z, time.RFC1123, time.UnixDate, time.ANSIC, time.RFC850,
	"Mon Jan 2 15:04:05 2006 -0700", "Mon, 02 Jan 2006 15:04:05 -0700", "Mon 02 Jan 2006 15:04:05 -0700",
}

// getPersonTime asks by CTCP TIME; a text that is no time is an error.
func getPersonTime(q query, r *iq.Request) {
	q.askPerson(r, "TIME", func(text string) []*stanza.Element {
		for _, layout := range timeLayouts {
			if t, err := time.Parse(layout, strings.TrimSpace(text)); err == nil {
				return []*stanza.Element{timeElement(t)}
			}
		}
		return nil
	})
}

func (q query) askPerson(r *iq.Request, verb string, word func(string) []*stanza.Element) {
	up, nick, err := q.person(r)
	switch {
	case err != nil:
		r.Fail(err)
	case up.state != linkUp:
		r.Fail(timedOut("The connection to the network is lost at the moment."))
	default:
		up.ctcpAsk(nick, verb, word, r)
	}
}

// probe answers a presence probe from what is known. RFC 6121 §4.3
func (u *user) probe(s *stanza.Stanza, at mapping.Address) {
	r, o := u.occupancy(s, at)
	if o == nil || at.Occupant == "" {
		u.contactPresence(s, at)
		return
	}
	for c := range r.up.view.Each(r.channel) {
		if mapping.Resource(c.After.Nick) == mapping.Resource(at.Occupant) {
			r.send(o, mapping.Presence(r.scene(), o.class(), c))
		}
	}
}
