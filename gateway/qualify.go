package gateway

import (
	"isthmus/mapping"
	"isthmus/xmppside/muc"
	"isthmus/xmppside/stanza"
)

// Where a room requires something of clients, a join waits until it is known what its
// client can do; nothing that IRC sees happens before. Elsewhere nobody waits.

// maxChecks is how many joins of a user may wait so.
const maxChecks = 100

// A check is a join that waits for what its client can do, and what the client has sent
// to the room since.
type check struct {
	client *client
	join   *stanza.Stanza
	wish   muc.Join
	at     mapping.Address
	behind []*stanza.Stanza
}

// qualify has a join wait, if need be, until it is known whether its client may enter;
// then enters it, or refuses.
func (u *user) qualify(s *stanza.Stanza, at mapping.Address, join muc.Join) {
	rules := u.settings(at.Network, at.Name)
	if len(rules.Required) == 0 {
		u.enter(s, at, join)
		return
	}
	key := stay{s.From, s.To.Bare()}
	if c := u.checks[key]; c != nil {
		c.join, c.wish, c.at = s, join, at
		c.client.note(s)
		return
	}
	if len(u.checks) >= maxChecks {
		u.refuseJoin(s, tooMuch())
		return
	}
	c := &check{client: u.client(s.From), join: s, wish: join, at: at}
	u.checks[key] = c
	c.client.note(s)
	if _, wants := muc.ParseJoin(s); !wants { // groupchat 1.0: it was asked, and does not know
		u.checked(key, c)
		return
	}
	u.learn(c.client, s.To.Bare(), featureTime, func() { u.checked(key, c) })
}

// checked lets a join in, or refuses it, and takes in what came behind it.
func (u *user) checked(key stay, c *check) {
	if u.checks[key] != c {
		return // it was given up
	}
	delete(u.checks, key)
	defer c.client.drop()
	_, wants := muc.ParseJoin(c.join)
	rules := u.settings(c.at.Network, c.at.Name)
	switch err := c.client.unfit(rules); {
	case err != nil && !wants:
		u.refuseJoin(c.join, foundBy(c.join, lacking(rules.Required, c.client.lang)))
	case err != nil:
		u.refuseJoin(c.join, foundBy(c.join, err))
	default:
		u.enter(c.join, c.at, c.wish)
	}
	for _, s := range c.behind {
		u.stanza(s)
	}
}

// foundBy says that it is the room that finds an error, not the occupant of the address.
func foundBy(s *stanza.Stanza, err *stanza.Error) *stanza.Error {
	room := *err
	room.By = s.To.Bare().String()
	return &room
}

// behindCheck says whether a stanza has been put behind a join that waits.
func (u *user) behindCheck(s *stanza.Stanza) bool {
	if len(u.checks) == 0 || s.Kind == stanza.IQ || s.Type == "error" {
		return false
	}
	key := stay{s.From, s.To.Bare()}
	c := u.checks[key]
	_, join := muc.ParseJoin(s)
	switch {
	case c == nil || join:
		return false
	case s.Kind == stanza.Presence && s.Type == "unavailable":
		delete(u.checks, key)
		c.client.drop()
		u.leftItself(s.From, s.To)
		u.refuseBehind(c.behind, notIn())
		u.leaveEarly(c.join, c.at)
	case len(c.behind) < maxBehind:
		c.behind = append(c.behind, s)
	default:
		u.refuse(s, tooMuch())
	}
	return true
}

// refuseChecks refuses everybody whose join waits so.
func (u *user) refuseChecks(err error) {
	list := u.checks
	u.checks = map[stay]*check{}
	for _, c := range list {
		c.client.drop()
		u.refuseJoin(c.join, err)
		u.refuseBehind(c.behind, err)
	}
}
