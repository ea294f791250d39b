package xmppd

import (
	"maps"
	"slices"

	"isthmus/xmppside/jid"
	"isthmus/xmppside/stanza"
)

const nsRoster = "jabber:iq:roster"

// A contact is a roster item. RFC 6121 §2.1.2.
type contact struct {
	name     string
	groups   []string
	to, from bool // the subscription, each way
	ask      bool
}

func (u *user) contacts() []jid.JID { return slices.SortedFunc(maps.Keys(u.roster), order) }

func (u *user) contact(j jid.JID) *contact {
	if u.roster[j] == nil {
		u.roster[j] = &contact{}
	}
	return u.roster[j]
}

func (k *contact) element(j jid.JID) *stanza.Element {
	subscription := "none"
	switch {
	case k == nil:
		return stanza.E(nsRoster, "item").Set("jid", j.String()).Set("subscription", "remove")
	case k.to && k.from:
		subscription = "both"
	case k.to:
		subscription = "to"
	case k.from:
		subscription = "from"
	}
	el := stanza.E(nsRoster, "item").Set("jid", j.String()).Set("name", k.name).Set("subscription", subscription)
	if k.ask {
		el.Set("ask", "subscribe")
	}
	for _, g := range k.groups {
		el.Add(stanza.T(nsRoster, "group", g))
	}
	return el
}

// push tells the user's clients how an item is now. RFC 6121 §2.1.6.
func (s *Server) push(u *user, j jid.JID) {
	for _, c := range u.sessions {
		s.ids++
		c.deliver(&stanza.Stanza{Kind: stanza.IQ, Type: "set", ID: "push" + itoa(s.ids), From: u.jid, To: c.jid,
			Children: []*stanza.Element{stanza.E(nsRoster, "query", u.roster[j].element(j))}})
	}
}

// rosterIQ answers a user's own roster requests. RFC 6121 §2.
func (s *Server) rosterIQ(u *user, st *stanza.Stanza, query *stanza.Element) *stanza.Stanza {
	if st.Type == "get" {
		list := stanza.E(nsRoster, "query")
		for _, j := range u.contacts() {
			list.Add(u.roster[j].element(j))
		}
		return result(st, list)
	}
	item := query.Child(nsRoster, "item")
	if item == nil {
		return refusal(st, stanza.Modify, stanza.BadRequest, "no item")
	}
	j, err := jid.Parse(item.Attr("jid"))
	if err != nil {
		return refusal(st, stanza.Modify, stanza.JIDMalformed, err.Error())
	}
	if item.Attr("subscription") == "remove" {
		if k := u.roster[j]; k != nil && k.to {
			s.route(&stanza.Stanza{Kind: stanza.Presence, Type: "unsubscribe", From: u.jid, To: j})
		}
		delete(u.roster, j)
	} else {
		k := u.contact(j)
		k.name, k.groups = item.Attr("name"), nil
		for _, g := range item.Children() {
			k.groups = append(k.groups, g.Text())
		}
	}
	s.push(u, j)
	return result(st)
}

// subscriptionFrom takes what a user says about subscriptions. RFC 6121 §3.
func (s *Server) subscriptionFrom(u *user, st *stanza.Stanza) {
	out := *st
	out.From, out.To = u.jid, st.To.Bare()
	k := u.contact(out.To)
	switch st.Type {
	case "subscribe":
		k.ask = !k.to
	case "unsubscribe":
		k.ask, k.to = false, false
	case "subscribed":
		k.from = true
	case "unsubscribed":
		k.from = false
	}
	u.awaiting = slices.DeleteFunc(u.awaiting, func(w *stanza.Stanza) bool { return w.From == out.To })
	s.push(u, out.To)
	s.route(&out)
	if st.Type == "subscribed" {
		for _, c := range u.available() {
			s.route(to(c.presence, out.To))
		}
	}
}

// subscriptionTo takes what others say to a user about subscriptions.
func (s *Server) subscriptionTo(u *user, st *stanza.Stanza) {
	from := st.From.Bare()
	in := *st
	in.From, in.To = from, u.jid
	k := u.roster[from]
	switch st.Type {
	case "subscribe":
		if k != nil && k.from {
			s.route(&stanza.Stanza{Kind: stanza.Presence, Type: "subscribed", From: u.jid, To: from})
			return
		}
		u.awaiting = append(u.awaiting, &in)
	case "subscribed":
		if k == nil || !k.ask {
			return
		}
		k.to, k.ask = true, false
		s.push(u, from)
	case "unsubscribe":
		if k == nil || !k.from {
			return
		}
		k.from = false
		s.push(u, from)
	case "unsubscribed":
		if k == nil || !k.to && !k.ask {
			return
		}
		k.to, k.ask = false, false
		s.push(u, from)
	}
	for _, c := range u.available() {
		c.deliver(&in)
	}
}
