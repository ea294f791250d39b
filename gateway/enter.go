package gateway

import (
	"time"

	"isthmus/ircside/irc"
	"isthmus/mapping"
	"isthmus/xmppside/muc"
	"isthmus/xmppside/stanza"
)

// roomPresence is a presence to a channel or an occupant of one.
func (u *user) roomPresence(s *stanza.Stanza, at mapping.Address) {
	switch s.Type {
	case "":
	case "unavailable":
		u.exit(s, at)
		return
	case "probe":
		u.probe(s, at)
		return
	case "subscribe", "unsubscribe":
		u.contactPresence(s, at)
		return
	default:
		return // subscribed, unsubscribed: nothing of ours
	}
	if s.From.IsBare() {
		u.refuse(s, badRequest("Only a client can enter a room, by its full address."))
		return
	}
	join, wants := muc.ParseJoin(s)
	r, o := u.occupancy(s, at)
	switch {
	case wants && at.Occupant == "":
		u.refuseJoin(s, &stanza.Error{Type: stanza.Modify, Condition: stanza.JIDMalformed, Text: "Say which nick you want: room@service/nick."})
	case wants && o != nil && o.missing == nil:
		o.join = s
		r.welcome(o, join.History)
	case wants:
		u.enter(s, at, join)
	case o != nil:
		u.update(s, at, r, o)
	default:
		u.lostTrack(s, at)
	}
}

// occupancy finds the room and the occupant that a stanza comes from.
func (u *user) occupancy(s *stanza.Stanza, at mapping.Address) (*room, *occupant) {
	up := u.known(at.Network)
	if up == nil {
		return nil, nil
	}
	r, ok := up.rooms.Get(at.Name)
	if !ok {
		return nil, nil
	}
	return r, r.occupant(s.From, s.To)
}

// lostTrack answers a presence that is an update of somebody who is not in: the
// client believes to be in the room, and is told that it is not. XEP-0045 §7.2.18.
func (u *user) lostTrack(s *stanza.Stanza, at mapping.Address) {
	if at.Occupant == "" {
		u.refuse(s, &stanza.Error{Type: stanza.Modify, Condition: stanza.JIDMalformed, Text: "Say which nick you want: room@service/nick."})
		return
	}
	if u.joining(s, at) {
		return // its join is under way, and this was sent after it
	}
	gone := mapping.Gone(at.Occupant, "You are not in this room: join it again.", muc.StatusKicked, statusTechnical)
	u.send(&stanza.Stanza{Kind: stanza.Presence, Type: "unavailable", From: s.To, To: s.From, Children: gone.Children})
}

// joining says whether a client waits to enter the room that it writes to.
func (u *user) joining(s *stanza.Stanza, at mapping.Address) bool {
	up := u.known(at.Network)
	if up == nil {
		return false
	}
	r, ok := up.rooms.Get(at.Name)
	return ok && find(r.queue, s.From, s.To) != nil
}

// enter begins a join. It is answered whatever happens: by the welcome, or by
// refuseJoin.
func (u *user) enter(s *stanza.Stanza, at mapping.Address, join muc.Join) {
	if u.stopped {
		u.refuseJoin(s, &stanza.Error{Type: stanza.Wait, Condition: stanza.ServiceUnavailable, Text: "The gateway is stopping."})
		return
	}
	up, err := u.uplink(at.Network, at.Occupant)
	if err != nil {
		u.refuseJoin(s, err)
		return
	}
	_, there := up.rooms.Get(at.Name)
	if most := u.config.Gateway.MaxRooms; !there && most > 0 && u.roomCount() >= most {
		u.refuseJoin(s, &stanza.Error{Type: stanza.Wait, Condition: stanza.ResourceConstraint, Text: "You are in as many rooms as this gateway lets you."})
		return
	}
	if up.state == linkClosing {
		up.gone(timedOut("The connection was closed."), "The connection was closed.")
		u.enter(s, at, join)
		return
	}
	r := up.room(at.Name)
	if join.Password != "" {
		r.key = join.Password
	}
	if old := find(r.queue, s.From, s.To); old != nil {
		old.join, old.history, old.asked = s, join.History, at.Occupant
		return
	}
	o := &occupant{
		client: u.client(s.From), at: s.To.Bare(), asked: at.Occupant, join: s, history: join.History,
		show: showing(s),
	}
	o.client.note(s)
	if old := find(r.members, s.From, s.To); old != nil {
		r.remove(old) // it comes back after having missed something
	}
	r.queue = append(r.queue, o)
	u.after(u.config.Gateway.JoinTimeout+time.Second, func() {
		r.refuseOne(o, timedOut("The network has not answered in time."))
	})
	switch {
	case r.open():
		r.admit()
	case up.state == linkUp:
		r.join()
	}
	up.updateAway()
}

// roomCount is how many rooms the user has, on all networks.
func (u *user) roomCount() int {
	n := 0
	for _, up := range u.uplinks {
		n += up.rooms.Len()
	}
	return n
}

// join asks the network for the channel.
func (r *room) join() {
	if r.asked || r.open() {
		r.admit()
		return
	}
	r.asked = true
	r.up.ask(irc.Join{Channel: r.channel, Key: r.key}, r.joined)
}

// joined is the network's answer to our JOIN.
func (r *room) joined(q *question) {
	r.asked = false
	switch err := q.err(); {
	case q.lost:
		return // it is asked for again after the reconnect
	case r.open():
		r.admit()
		r.release()
		return
	case err == nil:
		r.refuse(timedOut("The network does not say whether you are in the channel."))
	default:
		r.refuse(err)
	}
}

// refuse answers everybody who waits, and sends away who was in before the link was
// lost: the channel does not take us back.
func (r *room) refuse(err error) {
	se := r.up.joinError(err)
	for len(r.members) > 0 {
		r.evict(r.members[len(r.members)-1], se.Text, statusTechnical)
	}
	r.key = ""
	r.dropHeld(se)
	r.refuseWaiting(err)
}

// refuseWaiting answers everybody who waits for the JOIN.
func (r *room) refuseWaiting(err error) {
	for len(r.queue) > 0 {
		r.refuseOne(r.queue[0], err)
	}
	r.end()
}

// refuseOne answers one client that waits; it does nothing if the client is in by
// now, or no longer wants.
func (r *room) refuseOne(o *occupant, err error) {
	for i, other := range r.queue {
		if other == o {
			r.queue = append(r.queue[:i], r.queue[i+1:]...)
			o.client.drop()
			r.up.user.refuseJoin(o.join, r.up.joinError(err))
			r.end()
			return
		}
	}
}

// joinError words a refusal to enter. A forward names the new address.
func (up *uplink) joinError(err error) *stanza.Error {
	if f, ok := err.(irc.Fault); ok && f.Numeric == 470 {
		to := mapping.Address{Kind: mapping.Channel, Network: up.name, Name: f.Extra}
		if j, bad := up.user.hub.scheme.JID(to); bad == nil {
			return mapping.Moved(j, f.Text)
		}
	}
	return up.user.stanzaError(err, mapping.ForJoin, up.ircd())
}

// ircd is how the server calls its software; it decides what some numerics mean.
func (up *uplink) ircd() string {
	if up.view == nil {
		return ""
	}
	return up.view.Support().Version
}

// refuseJoin answers a join with its id and, as clients want it, the muc <x/>.
// XEP-0045 §7.2.
func (u *user) refuseJoin(s *stanza.Stanza, err error) {
	answer := s.Refuse(u.stanzaError(err, mapping.ForJoin, ""))
	answer.Children = append([]*stanza.Element{stanza.E(muc.NS, "x")}, answer.Children...)
	u.send(answer)
}

// joined takes in that we are in a channel. One that nobody wants is left again: a
// forward, or what an operator made us join.
func (up *uplink) joined(ev irc.Joined) {
	r, ok := up.rooms.Get(ev.Channel)
	if !ok {
		up.do(irc.Part{Channel: ev.Channel})
		up.view.Leave(ev.Channel)
		return
	}
	r.channel = ev.Channel
	if !r.asked {
		r.admit()
		r.release()
	}
	up.do(irc.GetModes{Channel: ev.Channel})
	if limit := up.net.WhoLimit; len(ev.Members) > 1 && len(ev.Members) <= limit {
		up.do(irc.Who{Mask: ev.Channel})
	}
}

// admit lets in everybody who waits.
func (r *room) admit() {
	if !r.open() {
		return
	}
	queue := r.queue
	r.queue = nil
	for _, o := range queue {
		r.members = append(r.members, o)
		r.welcome(o, o.history)
		r.up.user.inspect(o.client, o.at)
	}
}

// welcome tells a newcomer, in this order: who is there, themselves last with 110,
// what was said before, the subject. It answers a repeated join as well.
// XEP-0045 §7.2.2 to §7.2.15.
func (r *room) welcome(o *occupant, history muc.History) {
	o.missing = nil
	scene := r.scene()
	for c := range r.up.view.Each(r.channel) {
		var codes []muc.Status
		if c.Self {
			codes = r.selfCodes(o, c.After.Nick)
		}
		shown := mapping.Presence(scene, c, codes...)
		if c.Self {
			r.sendSelf(o, shown)
			continue
		}
		r.send(o, shown)
	}
	r.sendHistory(o, history)
	r.subject(o, "")
}

// sendSelf is send for the presence that answers a join: it has the join's id.
func (r *room) sendSelf(o *occupant, shown []mapping.Shown) {
	for _, s := range shown {
		from, err := o.at.WithResource(mapping.Resource(s.Nick))
		if err != nil {
			continue
		}
		r.up.user.send(&stanza.Stanza{
			Kind: stanza.Presence, ID: o.join.ID, From: from, To: o.client.jid, Children: s.Children,
		})
	}
}

// selfCodes are what a self-presence says besides 110, as far as it is true.
func (r *room) selfCodes(o *occupant, nick string) []muc.Status {
	var codes []muc.Status
	if r.up.user.config.Gateway.PublishJIDs {
		codes = append(codes, muc.StatusNonAnonymous)
	}
	if mapping.Resource(nick) != o.join.To.Resource() {
		codes = append(codes, muc.StatusNickAssigned)
	}
	return codes
}

// exit is a client leaving a room, or giving up a join.
func (u *user) exit(s *stanza.Stanza, at mapping.Address) {
	up := u.known(at.Network)
	if up == nil {
		return
	}
	r, ok := up.rooms.Get(at.Name)
	if !ok {
		return
	}
	if o := r.occupant(s.From, s.To); o != nil {
		r.exit(o, statusText(s))
	}
	if o := find(r.queue, s.From, s.To); o != nil {
		for i := range r.queue {
			if r.queue[i] == o {
				r.queue = append(r.queue[:i], r.queue[i+1:]...)
				break
			}
		}
		o.client.drop()
		r.end()
	}
	up.updateAway()
}

// exit shows an occupant its own leaving. The last one takes the channel along.
func (r *room) exit(o *occupant, reason string) {
	r.remove(o)
	r.send(o, []mapping.Shown{mapping.Gone(r.nick(), "")})
	r.part(reason)
}

// part leaves the channel if nobody is in any more.
func (r *room) part(reason string) {
	if len(r.members) > 0 || len(r.queue) > 0 {
		return
	}
	r.dropHeld(timedOut("You have left the room."))
	if r.open() {
		r.up.do(irc.Part{Channel: r.channel, Reason: mapping.Line(reason)})
		r.up.view.Leave(r.channel)
	}
	r.end()
}

// update is a presence of an occupant: away or back, or another nick.
func (u *user) update(s *stanza.Stanza, at mapping.Address, r *room, o *occupant) {
	if at.Occupant == "" {
		u.refuse(s, &stanza.Error{Type: stanza.Modify, Condition: stanza.JIDMalformed, Text: "A presence in a room goes to your nick in it."})
		return
	}
	was := o.show
	o.show = showing(s)
	o.client.note(s)
	wanted := at.Occupant != r.nick()
	if wanted && at.Occupant == o.asked && o.show != was {
		wanted = false // a client that ignores 210 says by its old nick that it is away
	}
	if wanted {
		r.rename(s, at.Occupant)
	}
	r.up.updateAway()
}

// rename asks the network for another nick, which is ours in all its channels. The
// new presences come with the network's NICK; a refusal goes to whoever asked.
func (r *room) rename(s *stanza.Stanza, asked string) {
	up := r.up
	if up.view == nil || up.state != linkUp {
		up.user.refuse(s, timedOut("The network cannot be reached at the moment."))
		return
	}
	nick, _ := mapping.FitNick(asked, up.view.Support())
	if nick == r.nick() {
		return
	}
	up.ask(irc.Nick{Nick: nick}, func(q *question) {
		if err := q.err(); err != nil {
			up.user.send(s.Refuse(up.user.stanzaError(err, mapping.ForNick, up.ircd())))
			return
		}
		up.wish = asked
	})
}
