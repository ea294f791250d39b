package gateway

import (
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
	// maxInvites is how many people one message may invite.
	maxInvites = 10
	// manyInvites is how many a user may invite in a minute.
	manyInvites = 30
	// maxSent is how many invitations of a user's to people on Jabber are remembered.
	maxSent = 100
	// inviteLife is for how long an invitation can be declined.
	inviteLife = 24 * time.Hour
)

// invites are the invitations that a user has sent.
type invites struct {
	pace   pace
	knocks pace         // at channels
	sent   []sentInvite // oldest first
}

// A sentInvite is one to somebody on Jabber, who may decline it.
type sentInvite struct {
	to, room jid.JID // both bare
	by       jid.JID // which client sent it
	at       time.Time
}

// roomInvite sends the invitations of a message, if it holds any; handled says that
// it did. XEP-0045 §7.8.2.
func (u *user) roomInvite(s *stanza.Stanza, at mapping.Address) (failed *stanza.Error, handled bool) {
	inv, err := muc.ParseInvite(s)
	switch {
	case err == nil && len(inv.Invites) == 0 && len(inv.Declines) == 0:
		return nil, false
	case err != nil:
		return u.stanzaError(err, mapping.ForInvite, ""), true
	case len(inv.Declines) > 1, len(inv.Declines) > 0 && len(inv.Invites) > 0:
		return badRequest("A message declines one invitation, and does nothing else."), true
	case len(inv.Declines) > 0:
		return u.decline(s, at, inv.Declines[0]), true
	case len(inv.Invites) > maxInvites:
		return &stanza.Error{Type: stanza.Modify, Condition: stanza.PolicyViolation, Text: "These are too many invitations at once."}, true
	}
	r, o := u.occupancy(s, at)
	if o == nil {
		return notIn(), true
	}
	refused := u.refusing(s, r.up)
	for _, i := range inv.Invites {
		r.invite(s, i, refused)
	}
	return nil, true
}

// mayInvite counts one more invitation; false: that is one too many, and refused is told.
func (u *user) mayInvite(refused func(error)) bool {
	if u.invites.pace.within(manyInvites, time.Minute) {
		return true
	}
	refused(&stanza.Error{Type: stanza.Wait, Condition: stanza.ResourceConstraint, Text: "That was too many invitations. Wait a little and try again."})
	return false
}

// refusing answers a message with the first error that it is told, for a message has
// one; nil is none.
func (u *user) refusing(s *stanza.Stanza, up *uplink) func(error) {
	refused := false
	return func(err error) {
		if err != nil && !refused {
			refused = true
			u.deliver(refusal(s, u.stanzaError(err, mapping.ForInvite, up.ircd())))
		}
	}
}

// invite asks somebody on this network into the channel, or somebody on Jabber into
// the room.
func (r *room) invite(s *stanza.Stanza, i muc.Invite, refused func(error)) {
	if i.To.Domain() != r.up.user.hub.domain.Domain() {
		r.inviteJabber(s, i, refused)
		return
	}
	at, err := r.up.user.hub.scheme.Parse(i.To)
	nick := at.Name
	if at.Kind == mapping.Channel {
		nick = at.Occupant
	}
	if err != nil || r.up.user.known(at.Network) != r.up || nick == "" || at.Kind == mapping.Mask {
		refused(notFound("Only people on the same network can be invited: nick%network."))
		return
	}
	r.up.call(nick, r.channel, i.Reason, refused)
}

// call invites a nick into a channel. IRC has no reason in that, so it is said by a
// notice.
func (up *uplink) call(nick, channel, reason string, done func(error)) {
	if up.user.mayInvite(done) {
		up.summon(nick, channel, reason, done)
	}
}

// summon is call for an invitation that was counted.
func (up *uplink) summon(nick, channel, reason string, done func(error)) {
	up.ask(irc.Invite{Nick: nick, Channel: channel}, func(q *question) {
		if reason = mapping.Line(reason); q.err() == nil && reason != "" {
			up.do(up.notice(nick, channel+": "+reason))
		}
		done(q.err())
	})
}

// inviteJabber invites somebody on Jabber. If the gateway has them on this network,
// they are invited on IRC as well, for the channel may let in nobody else; who is not
// there goes on the channel's list of those who need no invitation, if that is so.
func (r *room) inviteJabber(s *stanza.Stanza, i muc.Invite, done func(error)) {
	u, who := r.up.user, i.To.Bare()
	if !u.config.Gateway.Allowed(who.String()) {
		done(notAllowed("%s may not use this gateway.", who.String()))
		return
	}
	if !u.mayInvite(done) {
		return
	}
	ch, _ := r.up.view.Channel(r.channel)
	pass := r.passing(s, i)
	switch nick := u.hub.seat(who, r.up.name); {
	case nick != "":
		r.summonOurs(who, nick, func(err error) {
			if !isThere(err) && (err == nil || !ch.Has('i')) {
				pass() // who cannot be invited can come all the same, the channel being open
				err = nil
			}
			done(err)
		})
	case ch.Has('i'):
		r.except(who, func(err error) {
			if err == nil {
				pass()
			}
			done(err)
		})
	default:
		pass()
		done(nil)
	}
}

// passing is the invitation of somebody on Jabber, as s asks for it, to be sent.
func (r *room) passing(s *stanza.Stanza, i muc.Invite) (pass func()) {
	u := r.up.user
	ch, _ := r.up.view.Channel(r.channel) // its key, and not what somebody gave for one
	inv := mapping.Invitation{
		Room: s.To.Bare(), From: s.From.Bare(), Reason: strings.Clone(i.Reason), Key: ch.Key, Continue: i.Continue, Thread: i.Thread,
	}
	inv.Sender, _ = u.hub.scheme.JID(mapping.Address{Kind: mapping.Nick, Network: r.up.name, Name: r.nick()})
	return func() {
		u.invites.remember(sentInvite{to: i.To.Bare(), room: inv.Room, by: s.From, at: time.Now()})
		u.pass(i.To, inv)
	}
}

// summonOurs invites one of the gateway's users on IRC, who is told of it by Jabber.
func (r *room) summonOurs(who jid.JID, nick string, done func(error)) {
	hub, by := r.up.user.hub, r.nick()
	hub.announce(who, r.up.name, r.channel, by)
	r.up.summon(nick, r.channel, "", func(err error) {
		if err != nil {
			hub.disclaim(who, r.up.name, r.channel, by)
		}
		done(err)
	})
}

// isThere says whether an invitation is refused for who is invited is in.
func isThere(err error) bool {
	f, ok := err.(irc.Fault)
	return ok && f.Numeric == 443
}

// except puts a user of the gateway who is not on the network on the list of those whom
// the channel lets in uninvited (ISUPPORT INVEX): we know what they will be called.
func (r *room) except(who jid.JID, then func(error)) {
	up := r.up
	letter := mapping.InviteList(up.view.Support())
	if letter == 0 {
		then(notAllowed("The channel lets in only those who are invited, and %s is not on the network. Invite them again when they are.", who.String()))
		return
	}
	change := irc.ModeChange{Add: true, Mode: letter, Kind: irc.ListMode, Arg: r.ourMask(who)}
	up.ask(irc.SetModes{Channel: r.channel, Changes: []irc.ModeChange{change}}, func(q *question) { then(q.err()) })
}

// ourMask is the mask by which a user of the gateway is or will be known on the network.
func (r *room) ourMask(who jid.JID) string {
	return mapping.OurMask(r.up.user.hub.ident(who), r.up.ident(), r.up.view.Self())
}

// pass sends an invitation to somebody on Jabber. Whom the gateway knows gets it as
// their clients can show it.
func (u *user) pass(to jid.JID, inv mapping.Invitation) {
	guest := u.hub.find(to.Bare())
	if guest == u {
		u.offer(to, inv)
		return
	}
	if guest == nil || !guest.tryPost(mail{call: func() { guest.offer(to, inv) }}) {
		u.send(&stanza.Stanza{Kind: stanza.Message, ID: newID(), From: inv.Room, To: to, Children: inv.Mediated()})
	}
}

// remember keeps an invitation for as long as it may be declined.
func (i *invites) remember(sent sentInvite) {
	i.expire()
	i.take(sent.to, sent.room)
	sent.to, sent.room, sent.by = sent.to.Clone(), sent.room.Clone(), sent.by.Clone()
	if len(i.sent) >= maxSent {
		i.sent = slices.Delete(i.sent, 0, 1)
	}
	i.sent = append(i.sent, sent)
}

func (i *invites) expire() {
	i.sent = slices.DeleteFunc(i.sent, func(s sentInvite) bool { return time.Since(s.at) >= inviteLife })
}

// take takes an invitation out.
func (i *invites) take(to, room jid.JID) (sentInvite, bool) {
	at := slices.IndexFunc(i.sent, func(s sentInvite) bool { return s.to == to && s.room == room })
	if at < 0 {
		return sentInvite{}, false
	}
	sent := i.sent[at]
	i.sent = slices.Delete(i.sent, at, at+1)
	return sent, true
}

// directInvite is an invitation that somebody sends by themselves to a nick on this
// network; handled says that a message is one. To a channel here it becomes one on
// IRC; of a room elsewhere the nick is told. XEP-0249
func (up *uplink) directInvite(s *stanza.Stanza, nick string) (handled bool) {
	d, is, err := muc.ParseDirect(s)
	u := up.user
	switch {
	case !is:
		return false
	case err != nil:
		u.refuse(s, err)
		return true
	case d.Room.Domain() != u.hub.domain.Domain():
		up.tellOfRoom(s, nick, d)
		return true
	}
	at, err := u.hub.scheme.Parse(d.Room)
	if err != nil || at.Kind != mapping.Channel || u.known(at.Network) != up {
		u.refuse(s, notFound("Only people on the same network can be invited: nick%network."))
		return true
	}
	if r, ok := up.rooms.Get(at.Name); ok && r.open() {
		up.call(nick, r.channel, d.Reason, u.refusing(s, up))
	} else {
		u.refuse(s, notIn())
	}
	return true
}

// tellOfRoom says to a nick that they are invited to a room that is no channel: in the
// words of whoever invites, if there are any, with the room's address.
func (up *uplink) tellOfRoom(s *stanza.Stanza, nick string, d muc.Direct) {
	text, _ := s.Body()
	if strings.TrimSpace(text) == "" {
		text = d.Reason
	}
	if !strings.Contains(text, d.Room.String()) {
		text = strings.TrimSpace(mapping.JoinURI(d.Room) + " " + text)
	}
	told := *s
	told.Children = []*stanza.Element{stanza.T("", "body", text)}
	up.private(&told, nick, "")
}
