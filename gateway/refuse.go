package gateway

import (
	"slices"

	"isthmus/ircside/irc"
	"isthmus/mapping"
	"isthmus/xmppside/muc"
	"isthmus/xmppside/stanza"
)

// refuse answers everybody who waits, and sends away who was in before the link was
// lost: the channel does not take us back.
func (r *room) refuse(err error) {
	se := r.up.joinError(err)
	r.shutOut(err)
	r.evictFor(se, muc.StatusTechnical)
	r.key = ""
	r.dropHeld(se)
	r.refuseWaiting(err)
}

// refuseWaiting answers everybody who waits for the JOIN.
func (r *room) refuseWaiting(err error) {
	for len(r.queue) > 0 {
		r.refuseOne(r.queue[0], err)
	}
	r.turnAway(err)
	r.end()
}

// refuseOne answers one client that waits; it does nothing if the client is in by
// now, or no longer wants.
func (r *room) refuseOne(o *occupant, err error) {
	i := slices.Index(r.queue, o)
	if i < 0 {
		return
	}
	r.queue = slices.Delete(r.queue, i, i+1)
	o.client.drop()
	se := r.oldJoinError(o, err)
	r.up.user.refuseJoin(o.join, se)
	r.up.user.refuseEarly(o, se)
	r.end()
}

// joinError words a refusal to enter. A forward names the new address.
func (up *uplink) joinError(err error) *stanza.Error {
	f, _ := err.(irc.Fault)
	renamed := f.Command == "JOIN" && f.Code == "CHANNEL_RENAMED"
	if f.Numeric == 470 || f.Numeric == 926 && f.Extra != "" || renamed {
		to := mapping.Address{Kind: mapping.Channel, Network: up.name, Name: f.Extra}
		if j, bad := up.user.hub.scheme.JID(to); bad == nil {
			up.forwarded(f.Target, f.Extra)
			if renamed {
				return mapping.Renamed(j, f.Extra, mapping.Strip(f.Text))
			}
			return mapping.Moved(j, f.Extra, mapping.Strip(f.Text))
		}
	}
	if f.Numeric == 405 && up.view != nil && f.Target != "" {
		if limit := up.view.Support().ChanLimit[f.Target[0]]; limit > 0 {
			return mapping.TooManyChannels(limit, mapping.Strip(f.Text))
		}
	}
	return up.user.stanzaError(err, mapping.ForJoin, up.ircd())
}

// refuseJoin answers a join that comes to nothing.
func (u *user) refuseJoin(s *stanza.Stanza, err error) {
	answer := refusal(s, u.stanzaError(err, mapping.ForJoin, ""))
	enters(answer)
	u.deliver(answer)
}
