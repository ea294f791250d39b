package gateway

import (
	"isthmus/ircside/irc"
	"isthmus/mapping"
	"isthmus/xmppside/muc"
	"isthmus/xmppside/stanza"
)

// lostTrack answers a presence that is an update of somebody who is not in: the
// client believes to be in the room, and is told that it is not. XEP-0045 §7.2.18.
func (u *user) lostTrack(s *stanza.Stanza, at mapping.Address) {
	if at.Occupant == "" {
		u.refuse(s, &stanza.Error{Type: stanza.Modify, Condition: stanza.JIDMalformed, Text: "Say which nick you want: room@service/nick."})
		return
	}
	if o := u.joining(s, at); o != nil { // and this was sent after its join
		o.show = showing(s)
		o.client.note(s)
		return
	}
	gone := mapping.Gone(at.Occupant, "You are not in this room: join it again.", muc.StatusKicked, statusTechnical)
	u.send(&stanza.Stanza{Kind: stanza.Presence, Type: "unavailable", From: s.To, To: s.From, Children: gone.Children})
}

// joining finds a client that waits to enter the room that it writes to.
func (u *user) joining(s *stanza.Stanza, at mapping.Address) *occupant {
	up := u.known(at.Network)
	if up == nil {
		return nil
	}
	r, ok := up.rooms.Get(at.Name)
	if !ok {
		return nil
	}
	return find(r.queue, s.From, s.To)
}

// update is a presence of an occupant: away or back, or another nick.
func (u *user) update(s *stanza.Stanza, at mapping.Address, r *room, o *occupant) {
	was := o.show
	o.show = showing(s)
	o.client.note(s)
	wanted := at.Occupant != "" && at.Occupant != r.nick()
	if wanted && o.show != was && (at.Occupant == o.asked || r.stays(at.Occupant)) {
		wanted = false // a client that ignores 210 says by its old nick that it is away
	}
	if wanted {
		r.rename(o, s, at.Occupant)
	}
	r.up.updateAway()
}

// rename asks the network for another nick, which is ours in all its channels. The
// new presences come with the network's NICK; a refusal goes to whoever asked. Where
// that is the nick we have, as near as the network comes to it, they are told so.
func (r *room) rename(o *occupant, s *stanza.Stanza, asked string) {
	up := r.up
	if up.view == nil || up.state != linkUp {
		up.user.refuse(s, timedOut("The network cannot be reached at the moment."))
		return
	}
	nick, _ := mapping.FitNick(asked, up.view.Support())
	if nick == r.nick() {
		r.keepsNick(o, s.ID)
		return
	}
	up.ask(irc.Nick{Nick: nick}, func(q *question) {
		if err := q.err(); err != nil {
			up.user.deliver(refusal(s, up.user.stanzaError(err, mapping.ForNick, up.ircd())))
		}
	})
}

// stays says whether a nick is ours to the network, though not in all letters.
func (r *room) stays(asked string) bool {
	if r.up.view == nil {
		return false
	}
	nick, _ := mapping.FitNick(asked, r.up.view.Support())
	return nick == r.nick()
}

// keepsNick answers a wish for another nick that is none to the network: we are called
// as before, which is not what was asked for. XEP-0045 §7.2.3, §7.6.
func (r *room) keepsNick(o *occupant, id string) {
	for c := range r.up.view.Each(r.channel) {
		if !c.Self {
			continue
		}
		for _, s := range mapping.Presence(r.scene(), c, muc.StatusNickAssigned) {
			if from, ok := occupantAddress(o.at, s.Nick); ok {
				r.up.user.send(&stanza.Stanza{Kind: stanza.Presence, ID: id, From: from, To: o.client.jid, Children: s.Children})
			}
		}
	}
}
