package gateway

import (
	"isthmus/ircside/irc"
	"isthmus/mapping"
	"isthmus/xmppside/muc"
	"isthmus/xmppside/stanza"
)

// maxInvites is how many people one message may invite.
const maxInvites = 10

// roomInvite sends the invitations of a message, if it holds any; handled says that
// it did. XEP-0045 §7.8.2.
func (u *user) roomInvite(s *stanza.Stanza, at mapping.Address) (failed *stanza.Error, handled bool) {
	inv, err := muc.ParseInvite(s)
	if err == nil && len(inv.Invites) == 0 && len(inv.Declines) == 0 {
		return nil, false
	}
	if err != nil {
		return u.stanzaError(err, mapping.ForInvite, ""), true
	}
	if len(inv.Invites) == 0 {
		return nil, true // IRC knows no refusal of an invitation
	}
	if len(inv.Invites) > maxInvites {
		return &stanza.Error{Type: stanza.Modify, Condition: stanza.PolicyViolation, Text: "These are too many invitations at once."}, true
	}
	r, o := u.occupancy(s, at)
	if o == nil {
		return notIn(), true
	}
	refused := false
	for _, i := range inv.Invites {
		r.invite(s, i, func(err error) {
			if !refused { // a message has one error
				refused = true
				u.send(refusal(s, u.stanzaError(err, mapping.ForInvite, r.up.ircd())))
			}
		})
	}
	return nil, true
}

// invite asks somebody on this network into the channel, or passes an invitation on
// to somebody on Jabber.
func (r *room) invite(s *stanza.Stanza, i muc.Invite, refused func(error)) {
	up := r.up
	if i.To.Domain() != up.user.hub.domain.Domain() {
		ch, _ := up.view.Channel(r.channel) // its key, and not what somebody gave for one
		up.user.send(&stanza.Stanza{
			Kind: stanza.Message, ID: newID(), From: s.To.Bare(), To: i.To,
			Children: []*stanza.Element{muc.User{Invite: muc.Invite{From: s.From.Bare(), Reason: i.Reason}, Password: ch.Key}.Element()},
		})
		return
	}
	at, err := up.user.hub.scheme.Parse(i.To)
	nick := at.Name
	if at.Kind == mapping.Channel {
		nick = at.Occupant
	}
	if err != nil || up.user.known(at.Network) != up || nick == "" || at.Kind == mapping.Mask {
		refused(notFound("Only people on the same network can be invited: nick%network."))
		return
	}
	up.ask(irc.Invite{Nick: nick, Channel: r.channel}, func(q *question) {
		if err := q.err(); err != nil {
			refused(err)
		}
	})
}

// invited tells that we are asked into a channel.
func (up *uplink) invited(ev irc.Invited) {
	if !ev.Self {
		return
	}
	scheme := up.user.hub.scheme
	room, err := scheme.JID(mapping.Address{Kind: mapping.Channel, Network: up.name, Name: ev.Channel})
	if err != nil {
		return
	}
	by, _ := scheme.JID(mapping.Address{Kind: mapping.Nick, Network: up.name, Name: ev.By.Nick})
	up.user.send(&stanza.Stanza{
		Kind: stanza.Message, ID: newID(), From: room, To: up.user.jid,
		Children: []*stanza.Element{muc.User{Invite: muc.Invite{From: by}}.Element()},
	})
}
