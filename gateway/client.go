package gateway

import (
	"slices"
	"time"

	"isthmus/ircside/irc"
	"isthmus/mapping"
	"isthmus/xmppside/jid"
	"isthmus/xmppside/stanza"
)

// A client is one resource of the user that is in a room, or waits for one.
type client struct {
	jid      jid.JID
	user     *user
	uses     int    // occupants that it is, or waits to be
	away     string // why it is away; "": it is not
	inspect  bool   // it was asked what it can do
	pings    bool   // it announced urn:xmpp:ping
	versions bool   // it announced jabber:iq:version
}

// client is the client of a full address, made if need be. Whoever calls it drops it
// later.
func (u *user) client(full jid.JID) *client {
	c := u.clients[full]
	if c == nil {
		c = &client{jid: full, user: u}
		u.clients[full] = c
	}
	c.uses++
	return c
}

// drop forgets a client that is in no room any more, and waits for none.
func (c *client) drop() {
	if c.uses--; c.uses == 0 {
		delete(c.user.clients, c.jid)
	}
}

// note takes in what a presence tells about its client: away or not.
func (c *client) note(s *stanza.Stanza) {
	c.away = ""
	switch show := s.Child("", "show").Text(); show {
	case "away", "xa", "dnd":
		c.away = statusText(s)
		if c.away == "" {
			c.away = map[string]string{"away": "Away", "xa": "Away for long", "dnd": "Busy"}[show]
		}
	}
}

// showing is what of a presence others are shown, to tell a change.
func showing(s *stanza.Stanza) string {
	return s.Child("", "show").Text() + "\x00" + statusText(s)
}

func statusText(s *stanza.Stanza) string { return s.Child("", "status").Text() }

// inspect asks a client once what it can do: whether it answers pings tells what
// their failing means.
func (u *user) inspect(c *client, from jid.JID) {
	if c.inspect {
		return
	}
	c.inspect = true
	iq := &stanza.Stanza{Kind: stanza.IQ, Type: "get", From: from, To: c.jid, Children: []*stanza.Element{stanza.E(nsInfo, "query")}}
	u.ask(iq, 30*time.Second, func(answer *stanza.Stanza) {
		if answer == nil || answer.Type != "result" {
			return
		}
		for _, f := range answer.Child(nsInfo, "query").Children() {
			if f.Local == "feature" {
				c.pings = c.pings || f.Attr("var") == nsPing
				c.versions = c.versions || f.Attr("var") == nsVersion
			}
		}
	})
}

// updateAway has the network know whether we are there: we are away when all of the
// user's clients are.
func (up *uplink) updateAway() {
	if up.state != linkUp {
		return
	}
	text, here, some := "", false, false
	for _, r := range up.list() {
		for _, o := range slices.Concat(r.members, r.queue) {
			some = true
			if o.client.away == "" {
				here = true
			} else {
				text = o.client.away
			}
		}
	}
	switch {
	case !some:
		return // nobody is there to be either
	case here:
		text = ""
	}
	text = mapping.Line(text)
	if text != up.awayText {
		up.awayText = text
		up.do(irc.Away{Text: text})
		up.user.after(0, func() { up.showAway(text) })
	}
}

// showAway shows it to our own clients as well, which the network does not tell us.
func (up *uplink) showAway(text string) {
	if up.state == linkUp && up.awayText == text {
		self := irc.Person{Nick: up.view.Self().Nick, Away: text != "", AwayText: text}
		up.event(irc.About{Person: self, Known: irc.KnownAway})
	}
}

// bounced takes an error that a stanza of ours came back with. A client that is gone
// is taken out; what was our own fault removes nobody. XEP-0045 §18.1.2.
func (u *user) bounced(s *stanza.Stanza, at mapping.Address) {
	if s.From.IsBare() || at.Kind != mapping.Channel || !isGone(s.Error()) {
		return
	}
	u.ghost(s.From, at)
}

// ghost takes a client out of one room: it is no longer there.
func (u *user) ghost(client jid.JID, at mapping.Address) {
	up := u.known(at.Network)
	if up == nil {
		return
	}
	r, ok := up.rooms.Get(at.Name)
	if !ok {
		return
	}
	for _, o := range slices.Clone(r.members) {
		if o.client.jid == client {
			r.evict(o, "You could not be reached.", statusTechnical)
		}
	}
	r.part("Connection lost")
	up.updateAway()
}

// isGone tells errors that say that a client is not there.
func isGone(e *stanza.Error) bool {
	if e == nil {
		return false
	}
	switch e.Condition {
	case stanza.Gone, stanza.ItemNotFound, stanza.RecipientUnavailable, stanza.Redirect,
		stanza.RemoteServerNotFound, stanza.RemoteServerTimeout, stanza.ServiceUnavailable:
		return true
	}
	return false
}
