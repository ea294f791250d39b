package gateway

import (
	"slices"

	"isthmus/mapping"
	"isthmus/xmppside/jid"
	"isthmus/xmppside/muc"
	"isthmus/xmppside/stanza"
)

// A ghost is a client that is in a room and is not there any more.

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
	r := u.roomAt(at)
	if r == nil {
		return
	}
	for _, o := range slices.Clone(r.members) {
		if o.client.jid == client {
			r.evict(o, "You could not be reached.", muc.StatusTechnical)
		}
	}
	r.part("Connection lost")
	r.up.updateAway()
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
