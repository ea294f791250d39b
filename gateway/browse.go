package gateway

import (
	"slices"
	"strings"
	"time"

	"isthmus/ircside/irc"
	"isthmus/mapping"
	"isthmus/xmppside/form"
	"isthmus/xmppside/iq"
	"isthmus/xmppside/jid"
	"isthmus/xmppside/rsm"
	"isthmus/xmppside/stanza"
)

// Browsing: which channels a network has, and what they are about, for people who are in
// none of them. All of it comes from the lists in listing.go.

// lookLimit is how long disco#info of a room waits for a list of channels: clients ask
// for it before they join.
const lookLimit = 5 * time.Second

func browseTopic(m *iq.Mux[query]) {
	m.Feature(rsm.NS, iq.Gateway, iq.Network)
	m.Describe(query.contacts, iq.Gateway)
	m.Describe(query.software, iq.Network)
}

// browse is disco#items of a network: its public channels, and those that the user is in.
// XEP-0045 §6.3
func (q query) browse(r *iq.Request) {
	page, bad := rsm.Parse(r.Payload())
	if bad != nil {
		r.Fail(bad)
		return
	}
	u := q.user
	u.listing(q.at.Network, u.config.Gateway.JoinTimeout, func(list *mapping.Listing, err error) {
		lists := u.ownChannels(q.at.Network, list)
		if list != nil {
			lists = append(lists, list)
		}
		if len(lists) == 0 {
			r.Fail(u.stanzaError(err, mapping.ForList, ""))
			return
		}
		answer := stanza.E(nsItems, "query")
		err2 := u.page(answer, page, u.find(lists, mapping.Search{}), func(j jid.JID, c *mapping.ListedChannel) *stanza.Element {
			return stanza.E(nsItems, "item").Set("jid", j.String()).Set("name", c.ItemName())
		})
		if err2 != nil {
			r.Fail(err2)
			return
		}
		r.Result(answer)
	})
}

// ownChannels are those of a network that this user is in and that its list does not
// have, for they are secret or new.
func (u *user) ownChannels(network string, list *mapping.Listing) []*mapping.Listing {
	up := u.known(network)
	if up == nil || up.view == nil || up.rooms.Len() == 0 {
		return nil
	}
	own := mapping.NewLister(up.name, up.view.Support(), maxListed)
	for _, r := range up.list() {
		if list != nil {
			if _, ok := list.Channel(r.channel); ok {
				continue
			}
		}
		ch, _ := up.view.Channel(r.channel)
		own.Add(irc.Listed{Channel: r.channel, Users: up.view.Size(r.channel), Topic: ch.Topic})
	}
	if own.Empty() {
		return nil
	}
	return []*mapping.Listing{own.Listing(func(string) bool { return false })}
}

// A finding is what a user looked for, kept for those who page through it.
type finding struct {
	in    []*mapping.Listing
	how   mapping.Search
	found *mapping.Found
}

// maxFinds is how many a user's are kept.
const maxFinds = 4

// find searches lists, or has done so just before.
func (u *user) find(in []*mapping.Listing, how mapping.Search) *mapping.Found {
	for _, f := range u.finds {
		if f.how == how && slices.EqualFunc(f.in, in, (*mapping.Listing).Same) {
			return f.found
		}
	}
	if len(u.finds) == 0 {
		u.after(u.config.Gateway.ListInterval, func() { u.finds = nil })
	}
	f := finding{in, how, mapping.Find(in, how)}
	u.finds = append([]finding{f}, u.finds[:min(len(u.finds), maxFinds-1)]...)
	return f.found
}

// setBytes is room for what says which page an answer is.
const setBytes = 2000

// page adds those items to an answer that are asked for and fit, and says which page
// that is unless it is all there is.
func (u *user) page(answer *stanza.Element, ask rsm.Request, f *mapping.Found, item func(jid.JID, *mapping.ListedChannel) *stanza.Element) *stanza.Error {
	from, to, err := ask.Range(f)
	if err != nil {
		return err
	}
	space := u.space() - setBytes
	var items []*stanza.Element
	var b []byte
	first, step, n := from, 1, 0
	if ask.Backward() {
		first, step = to-1, -1
	}
	for ; n < to-from; n++ {
		network, c := f.At(first + n*step)
		j, bad := u.hub.scheme.JID(mapping.Address{Kind: mapping.Channel, Network: network, Name: c.Name})
		if bad != nil {
			continue // no address can hold it
		}
		e := item(j, c)
		b = e.Append(b[:0])
		if space -= len(b); space < 0 {
			break
		}
		items = append(items, e)
	}
	if ask.Backward() {
		slices.Reverse(items)
		from = to - n
	}
	answer.Add(items...)
	if f.Len() == 0 || !ask.Asked && n == f.Len() {
		return nil
	}
	p := rsm.Page{Index: from, Items: n, Count: f.Len()}
	if n > 0 {
		p.First, p.Last = f.UID(from), f.UID(from+n-1)
	}
	answer.Add(p.Element())
	return nil
}

// seen says whether we are in a channel, and see what it is.
func (q query) seen() bool {
	up := q.user.known(q.at.Network)
	if up == nil || up.view == nil {
		return false
	}
	_, ok := up.view.Channel(q.at.Name)
	return ok
}

// look finds out about a channel that we are not in: from the last list, else from the
// network, which is asked for this channel alone, else by a list of the gateway's own.
// What is listed may be seen: the network is asked for more over the user's own link. then
// gets nil for what is not known, or not to be.
func (q query) look(then func(*mapping.ListedChannel, mapping.Glimpse)) {
	u, none := q.user, mapping.Glimpse{}
	var asked *glimpse
	find := func(list *mapping.Listing) {
		var c *mapping.ListedChannel
		if list != nil {
			c, _ = list.Channel(q.at.Name)
		}
		if c == nil {
			then(nil, none)
			return
		}
		if up := u.known(q.at.Network); asked == nil && up != nil && up.state == linkUp {
			asked = up.glance(q.at.Name)
		}
		asked.then(func(g mapping.Glimpse) {
			if g.Hidden() { // by now
				c, g = nil, none
			}
			then(c, g)
		})
	}
	name := u.network(q.at.Network)
	n, _ := u.config.Network(name)
	list, up := u.hub.listed(name), u.known(name)
	switch {
	case list != nil:
		find(list)
	case up != nil && up.state == linkUp:
		lister := mapping.NewLister(up.name, up.view.Support(), 1)
		asked = up.glance(q.at.Name)
		up.put(irc.List{Channel: q.at.Name}, &question{listed: lister.Add, then: func(*question) {
			find(lister.Listing(up.hides))
		}})
	case n.Lister:
		u.listing(name, lookLimit, func(list *mapping.Listing, _ error) { find(list) })
	default:
		then(nil, none)
	}
}

// contacts says whom to write to about the gateway. XEP-0157 §2
func (q query) contacts() []*stanza.Element {
	if len(q.user.config.Gateway.Contacts) == 0 {
		return nil
	}
	f := form.Of(form.Result, "http://jabber.org/network/serverinfo")
	return []*stanza.Element{f.Add(form.Field{Var: "admin-addresses", Values: q.user.config.Gateway.Contacts}).Element()}
}

// contactJIDs are those of them that a Jabber client can write to by itself.
func (u *user) contactJIDs() (out []string) {
	for _, uri := range u.config.Gateway.Contacts {
		if scheme, address, _ := strings.Cut(uri, ":"); strings.EqualFold(scheme, "xmpp") {
			address, _, _ = strings.Cut(address, "?")
			if j, err := jid.Parse(strings.TrimPrefix(address, "//")); err == nil {
				out = append(out, j.Bare().String())
			}
		}
	}
	return out
}

// software says what a network runs, as far as it is known. XEP-0232 §3
func (q query) software() []*stanza.Element {
	version := ""
	if up := q.user.known(q.at.Network); up != nil {
		version = up.ircd()
	}
	if list := q.user.hub.listed(q.user.network(q.at.Network)); version == "" && list != nil {
		version = list.Software
	}
	if version == "" {
		return nil
	}
	name, number := mapping.Software(version)
	f := form.Of(form.Result, "urn:xmpp:dataforms:softwareinfo").Add(form.Field{Var: "software", Values: []string{name}})
	if number != "" {
		f.Add(form.Field{Var: "software_version", Values: []string{number}})
	}
	return []*stanza.Element{f.Element()}
}
