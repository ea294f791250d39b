package gateway

import (
	"slices"

	"isthmus/ircside/irc"
	"isthmus/mapping"
	"isthmus/xmppside/muc"
	"isthmus/xmppside/stanza"
)

// rename asks the network for another nick, which is ours in all its channels. The
// new presences come with the network's NICK; a refusal goes to whoever asked. Where
// that is the nick we have, as near as the network comes to it, they are told so.
func (r *room) rename(o *occupant, s *stanza.Stanza, asked string) {
	up := r.up
	if up.view == nil || up.state != linkUp {
		up.user.refuse(s, timedOut("The network cannot be reached at the moment."))
		return
	}
	nick := mapping.FitNick(asked, up.view.Support())
	if err := otherNick(s, nick); err != nil && o.old {
		up.user.refuse(s, err)
		return
	}
	if nick == r.nick() {
		r.keepsNick(o, s.ID)
		return
	}
	up.ask(irc.Nick{Nick: nick}, func(q *question) {
		switch err := q.err(); {
		case err != nil:
			up.user.deliver(refusal(s, up.user.stanzaError(err, mapping.ForNick, up.ircd())))
		case nick != r.nick() && slices.Contains(r.members, o):
			r.keepsNick(o, s.ID) // the network has said nothing
		}
	})
}

// stays says whether a nick is ours to the network, though not in all letters.
func (r *room) stays(asked string) bool {
	if r.up.view == nil {
		return false
	}
	return mapping.FitNick(asked, r.up.view.Support()) == r.nick()
}

// keepsNick answers a wish for another nick that is none to the network: we are called
// as before, which is not what was asked for. XEP-0045 §7.2.3, §7.6.
func (r *room) keepsNick(o *occupant, id string) {
	for c := range r.up.view.Each(r.channel) {
		if !c.Self {
			continue
		}
		for _, s := range mapping.Presence(r.scene(), o.class(), c, muc.StatusNickAssigned) {
			if from, ok := occupantAddress(o.at, s.Nick); ok {
				r.up.user.send(&stanza.Stanza{Kind: stanza.Presence, ID: id, From: from, To: o.client.jid, Children: s.Children})
			}
		}
	}
}
