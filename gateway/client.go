package gateway

import (
	"isthmus/mapping"
	"isthmus/xmppside/disco"
	"isthmus/xmppside/jid"
)

// A client is one resource of the user that is in a room, or waits for one.
type client struct {
	jid      jid.JID
	user     *user
	uses     int    // occupants that it is, or waits to be
	away     string // why it is away; "": it is not
	lang     string // of what it is told
	features mapping.Features

	// How its features are found out: caps.go.
	caps     disco.Caps // what its last presence announces
	asked    bool       // it has answered, or not, since it announces that
	asking   bool       // a question is under way
	verified bool       // what it announces bears its features out
	waiting  []func()   // who waits for the answer
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
