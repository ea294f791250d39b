package gateway

import (
	"strings"
	"time"

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
	features mapping.Features
	lang     string // of what it is told
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
		var list []string
		for _, f := range answer.Child(nsInfo, "query").Children() {
			if f.Local == "feature" {
				list = append(list, strings.Clone(f.Attr("var")))
			}
		}
		c.features = mapping.NewFeatures(list...)
	})
}
