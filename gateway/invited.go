package gateway

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"isthmus/ircside/irc"
	"isthmus/mapping"
	"isthmus/xmppside/jid"
	"isthmus/xmppside/muc"
	"isthmus/xmppside/stanza"
)

const (
	// maxCalls is how many invitations from IRC an uplink remembers.
	maxCalls = 50
	// manyCalls is how many are passed on in a minute, and of how many others to a
	// channel its moderators are told.
	manyCalls = 20
	// announced is for how long the invitation on IRC is expected that goes with one
	// on Jabber.
	announced = 2 * time.Minute
)

// calls are the invitations from IRC.
type calls struct {
	pace     pace
	had      []invitation // those that can be declined, oldest first
	expected []invitation // those that need not be told
}

// An invitation is one from IRC; the names are folded. by is "" for a server's, and the
// gateway's own.
type invitation struct {
	channel, by string
	at          time.Time
}

func (up *uplink) invitation(channel, by string) invitation {
	s := up.view.Support()
	return invitation{channel: strings.Clone(s.Fold(channel)), by: strings.Clone(s.Fold(by)), at: time.Now()}
}

// keep adds an invitation to a list that forgets the oldest.
func keep(list []invitation, i invitation, life time.Duration) []invitation {
	list = slices.DeleteFunc(list, func(old invitation) bool { return time.Since(old.at) >= life || old.same(i) })
	if len(list) >= maxCalls {
		list = slices.Delete(list, 0, 1)
	}
	return append(list, i)
}

func (i invitation) same(other invitation) bool {
	return i.channel == other.channel && i.by == other.by
}

// taken takes an invitation off a list; false: it is not on it, or too old.
func taken(list *[]invitation, i invitation, life time.Duration) bool {
	at := slices.IndexFunc(*list, i.same)
	if at < 0 {
		return false
	}
	fresh := time.Since((*list)[at].at) < life
	*list = slices.Delete(*list, at, at+1)
	return fresh
}

// announce tells a user that an invitation from IRC will come which they are told of by
// Jabber. If they take no mail they are told twice.
func (h *Hub) announce(who jid.JID, network, channel, by string) {
	h.expect(who, network, func(up *uplink) {
		up.calls.expected = keep(up.calls.expected, up.invitation(channel, by), announced)
	})
}

// disclaim takes that back: the network has refused it, and the next one is another.
func (h *Hub) disclaim(who jid.JID, network, channel, by string) {
	h.expect(who, network, func(up *uplink) {
		taken(&up.calls.expected, up.invitation(channel, by), announced)
	})
}

// expect has a user note what will come from a network. It waits for nobody.
func (h *Hub) expect(who jid.JID, network string, note func(*uplink)) {
	u := h.find(who)
	if u == nil {
		return
	}
	u.tryPost(mail{call: func() {
		if up := u.uplinks[network]; up != nil && up.view != nil {
			note(up)
		}
	}})
}

// invited tells that we are asked into a channel, or that somebody else is.
func (up *uplink) invited(ev irc.Invited) {
	call := up.invitation(ev.Channel, ev.By.Nick)
	switch {
	case !ev.Self:
		up.othersInvited(ev)
		return
	case taken(&up.calls.expected, call, announced):
		return
	case !up.calls.pace.within(manyCalls, time.Minute):
		up.log.Debug().Str("by", ev.By.Nick).Msg("too many invitations")
		return
	}
	scheme := up.user.hub.scheme
	room, err := scheme.JID(mapping.Address{Kind: mapping.Channel, Network: up.name, Name: ev.Channel})
	if err != nil {
		return
	}
	by, err := scheme.JID(mapping.Address{Kind: mapping.Nick, Network: up.name, Name: ev.By.Nick})
	if err != nil { // a server
		by, _ = scheme.JID(mapping.Address{Kind: mapping.Network, Network: up.name})
		call.by = ""
	}
	up.calls.had = keep(up.calls.had, call, inviteLife)
	ch, _ := up.view.Channel(ev.Channel)
	up.user.offer(up.user.jid, mapping.Invitation{Room: room, From: by, Sender: by, Key: ch.Key})
}

// offer shows the user an invitation: to clients that know nothing else as if who
// invites had sent it, to all others as the room's. There is one of those for all.
func (u *user) offer(to jid.JID, inv mapping.Invitation) {
	clients := u.classes()
	direct := 0
	for _, c := range clients {
		if c.class.OnlyDirect() && (to.IsBare() || to == c.jid) {
			direct++
			u.tell(&stanza.Stanza{Kind: stanza.Message, ID: newID(), From: inv.Sender, To: c.jid, Children: inv.Direct(c.class.Lang)})
		}
	}
	if direct == 0 || to.IsBare() && direct < len(clients) {
		u.deliver(&stanza.Stanza{Kind: stanza.Message, ID: newID(), From: inv.Room, To: to, Children: inv.Mediated()})
	}
}

// A classified is a client and what is written for it by.
type classified struct {
	jid   jid.JID
	class mapping.Class
}

// classes are the user's clients that are in rooms, each once, by address.
func (u *user) classes() []classified {
	var out []classified
	for _, up := range u.inOrder() {
		for _, r := range up.list() {
			for _, o := range r.members {
				out = append(out, classified{o.client.jid, o.class()})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b classified) int { return cmp.Compare(a.jid.String(), b.jid.String()) })
	return slices.CompactFunc(out, func(a, b classified) bool { return a.jid == b.jid })
}

// othersInvited tells who runs a channel that a member has invited somebody.
// https://ircv3.net/specs/extensions/invite-notify
func (up *uplink) othersInvited(ev irc.Invited) {
	r, ok := up.rooms.Get(ev.Channel)
	if !ok || !r.moderates() || up.view.Support().Fold(ev.By.Nick) == up.view.Support().Fold(up.view.Self().Nick) {
		return
	}
	r.knocks.take(up.view.Support().Fold(ev.Nick))
	if !r.invited.within(manyCalls, time.Minute) {
		return
	}
	r.tell(r.present(), func(class mapping.Class) []mapping.Shown {
		return []mapping.Shown{mapping.Invited(class, r.channel, ev.By.Nick, ev.Nick)}
	})
}

// moderates says whether we are a moderator of the channel.
func (r *room) moderates() bool {
	m, ok := r.up.view.Member(r.channel, r.nick())
	scene := r.scene()
	role, _ := mapping.Standing(m, scene.Channel, scene.Support, scene.Roles)
	return ok && role == muc.Moderator
}

// decline passes on that the user does not come, to whoever invited them. What is not
// known to have been an invitation is refused. XEP-0045 §7.8.2
func (u *user) decline(s *stanza.Stanza, at mapping.Address, d muc.Invite) *stanza.Error {
	if d.To.Domain() == u.hub.domain.Domain() {
		return u.declineOnIRC(s, at, d)
	}
	inviter := u.hub.find(d.To.Bare())
	switch {
	case inviter == nil:
		return noInvitation()
	case inviter == u:
		u.declined(s, d.Reason)
	case !inviter.tryPost(mail{call: func() { inviter.declined(s, d.Reason) }}):
		return &stanza.Error{Type: stanza.Wait, Condition: stanza.ResourceConstraint, Text: "They cannot be told at the moment. Try again in a while."}
	}
	return nil
}

func noInvitation() *stanza.Error {
	return notFound("That invitation is not known, or not any more.")
}

// declined tells the user that somebody does not come whom they have invited.
func (u *user) declined(s *stanza.Stanza, reason string) {
	u.invites.expire()
	sent, ok := u.invites.take(s.From.Bare(), s.To.Bare())
	if !ok {
		u.deliver(refusal(s, noInvitation()))
		return
	}
	reason = cutText(strings.Clone(reason), u.space())
	at, _ := u.hub.scheme.Parse(sent.room)
	told, to := mapping.Declined(mapping.Class{}, sent.to, reason), u.jid
	if up := u.known(at.Network); up != nil {
		if r, ok := up.rooms.Get(at.Name); ok {
			if o := r.occupant(sent.by, sent.room); o != nil {
				told, to = mapping.Declined(o.class(), sent.to, reason), sent.by
			}
		}
	}
	m := &stanza.Stanza{Kind: stanza.Message, ID: newID(), From: sent.room, To: to, Children: told.Children}
	if told.Type == "" {
		m.Type = "groupchat"
	}
	u.deliver(m)
}

// declineOnIRC tells a nick by a notice. Behind an invitation of a server's, or of the
// gateway's own, there is nobody to tell.
func (u *user) declineOnIRC(s *stanza.Stanza, at mapping.Address, d muc.Invite) *stanza.Error {
	by, err := u.hub.scheme.Parse(d.To)
	up := u.known(at.Network)
	nick := by.Name
	switch by.Kind {
	case mapping.Channel:
		nick = by.Occupant
	case mapping.Network:
		nick = ""
	}
	if err != nil || up == nil || up.view == nil || !taken(&up.calls.had, up.invitation(at.Name, nick), inviteLife) {
		return noInvitation()
	}
	if nick == "" {
		return nil
	}
	text := mapping.Refusal(at.Name, mapping.Line(d.Reason))
	refused := u.refusing(s, up)
	up.ask(up.notice(nick, text), func(q *question) { refused(q.err()) })
	return nil
}
