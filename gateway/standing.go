package gateway

import (
	"isthmus/ircside/irc"
	"isthmus/mapping"
	"isthmus/xmppside/jid"
	"isthmus/xmppside/muc"
	"isthmus/xmppside/stanza"
)

// What a user is to a channel may change while nobody of theirs is in the room: ranks go
// with the connection, and somebody may give one to a nick that merely waits there.
// XEP-0045 §16.6.2

// maxStandings is of how many channels it is remembered what a user was to them.
const maxStandings = 200

// affiliation is what our ranks make us to the channel now: who is on a list is known only
// as far as it was seen.
func (r *room) affiliation() muc.Affiliation {
	if r.up.view == nil {
		return muc.AffiliationNone
	}
	scene := r.scene()
	scene.Channel.Exempt = ""
	_, affiliation := mapping.Standing(r.self(), scene.Channel, scene.Support, scene.Roles)
	return affiliation
}

// leaveStanding remembers what we were as the last of the user's clients left. To be
// nothing is what everybody expects.
func (r *room) leaveStanding() {
	held, key := r.up.user.standings, r.sharedKey()
	delete(held, key)
	if was := r.affiliation(); was > muc.AffiliationNone && len(held) < maxStandings {
		held[key] = was
	}
}

// tellStanding tells the first who enters again if that is not so any more.
func (r *room) tellStanding(o *occupant) {
	held, key := r.up.user.standings, r.sharedKey()
	was, ok := held[key]
	if !ok || len(r.members) > 1 {
		return
	}
	delete(held, key)
	if now := r.affiliation(); now != was && !o.old {
		r.up.user.send(r.standingChanged(o.at, o.client.jid, now))
	}
}

// changedUnseen tells the user, wherever they are, that what we are to a channel has
// changed in which nobody of theirs is.
func (r *room) changedUnseen(scene mapping.Scene, c irc.Change) {
	if len(r.members) > 0 || len(r.queue) > 0 || c.Before.IsNobody() || c.After.IsNobody() || r.up.user.isGateway() {
		return
	}
	_, before := mapping.Standing(c.Before, scene.Channel, scene.Support, scene.Roles)
	_, after := mapping.Standing(c.After, scene.Channel, scene.Support, scene.Roles)
	if before == after {
		return
	}
	at, err := r.up.user.hub.scheme.JID(mapping.Address{Kind: mapping.Channel, Network: r.up.name, Name: r.channel})
	if err == nil {
		r.up.user.deliver(r.standingChanged(at, r.up.user.jid, after))
	}
}

func (r *room) standingChanged(from, to jid.JID, now muc.Affiliation) *stanza.Stanza {
	x := muc.User{
		Item:   muc.Item{Affiliation: now, JID: r.up.user.jid, Nick: mapping.Resource(r.nick())},
		Status: []muc.Status{muc.StatusAffiliationChanged},
	}
	return &stanza.Stanza{Kind: stanza.Message, ID: newID(), From: from, To: to, Children: []*stanza.Element{x.Element()}}
}
