package gateway

import (
	"slices"
	"strings"

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
	if join.Password == "" {
		join.Password = u.keptKey(at)
	}
	r, o := u.occupancy(s, at)
	switch {
	case wants && at.Occupant == "":
		u.refuseJoin(s, &stanza.Error{Type: stanza.Modify, Condition: stanza.JIDMalformed, Text: "Say which nick you want: room@service/nick."})
	case wants && o != nil && o.missing == nil:
		o.again(s, at, join)
		r.welcome(o, join.History)
		r.up.updateAway()
	case wants:
		u.qualify(s, at, join)
	case o != nil:
		u.update(s, at, r, o)
	default:
		u.lostTrack(s, at)
	}
}

// occupancy finds the room and the occupant that a stanza comes from.
func (u *user) occupancy(s *stanza.Stanza, at mapping.Address) (*room, *occupant) {
	r := u.roomAt(at)
	if r == nil {
		return nil, nil
	}
	return r, r.occupant(s.From, s.To)
}

// again takes a join in that is repeated: it is what the answer goes to.
func (o *occupant) again(s *stanza.Stanza, at mapping.Address, join muc.Join) {
	_, wants := muc.ParseJoin(s)
	o.join, o.asked, o.show, o.old = header(s), at.Occupant, showing(s), !wants
	o.client.note(s)
}

// maxJoinID is how long an id of a join may be, in bytes, to be that of the answer.
const maxJoinID = 1000

// header is what an answer to a join is made of, in memory of its own: an occupant has
// it as long as they are in. It has no id where that is too long to be kept.
func header(s *stanza.Stanza) *stanza.Stanza {
	h := &stanza.Stanza{Kind: s.Kind, Type: s.Type, From: s.From, To: s.To}
	if len(s.ID) <= maxJoinID {
		h.ID = strings.Clone(s.ID)
	}
	if s.Lang != "" {
		h.Lang = strings.Clone(mapping.Language(s.Lang))
	}
	if _, wants := muc.ParseJoin(s); wants {
		h.Children = []*stanza.Element{stanza.E(muc.NS, "x")}
	}
	return h
}

// enter begins a join. It is answered whatever happens: by the welcome, or by
// refuseJoin.
func (u *user) enter(s *stanza.Stanza, at mapping.Address, join muc.Join) {
	if err := u.tooManyRooms(at); err != nil {
		u.refuseJoin(s, err)
		return
	}
	up, err := u.uplink(at.Network, at.Occupant)
	if err != nil {
		u.refuseJoin(s, err)
		return
	}
	r := up.room(at.Name)
	if join.Password != "" && !r.open() {
		r.key = strings.Clone(join.Password)
	}
	if old := find(r.queue, s.From, s.To); old != nil {
		old.again(s, at, join)
		old.history = join.History
		return
	}
	o := &occupant{
		client: u.client(s.From), at: s.To.Bare(), asked: at.Occupant, join: header(s), history: join.History,
		show: showing(s), old: s.Child(muc.NS, "x") == nil,
	}
	o.client.note(s)
	if old := find(r.members, s.From, s.To); old != nil {
		r.remove(old) // it comes back after having missed something
	}
	r.queue = append(r.queue, o)
	u.after(u.config.Gateway.JoinTimeout, func() { up.overdue(o) })
	switch {
	case r.open():
		r.admit()
	case up.state == linkUp:
		r.join()
	}
	up.updateAway()
}

// overdue refuses who has waited for a lost link. Whatever else a join waits for has a
// deadline of its own, as the answer to our JOIN, or comes in turn, as connections to
// a network that takes only so many.
func (up *uplink) overdue(o *occupant) {
	for _, r := range up.list() {
		if !slices.Contains(r.queue, o) {
			continue
		}
		if up.view != nil && up.state != linkUp {
			r.refuseOne(o, timedOut("The connection to the network was lost, and has not come back in time. Try again in a while."))
			return
		}
		up.user.after(up.user.config.Gateway.JoinTimeout, func() { up.overdue(o) })
	}
}

// tooManyRooms says why there can be no room at an address; nil if there can, or is.
func (u *user) tooManyRooms(at mapping.Address) *stanza.Error {
	if most := u.config.Gateway.MaxRooms; most <= 0 || u.hasRoom(at) || u.roomCount() < most {
		return nil
	}
	return &stanza.Error{Type: stanza.Wait, Condition: stanza.ResourceConstraint, Text: "You are in as many rooms as this gateway lets you. Leave one first."}
}

// hasRoom says whether there is a room already.
func (u *user) hasRoom(at mapping.Address) bool {
	up := u.known(at.Network)
	if up == nil {
		return false
	}
	_, ok := up.rooms.Get(at.Name)
	return ok
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
	if r.refuseRenamed(); !r.wanted() {
		return
	}
	r.asked = true
	key := r.key
	if r.up.view != nil {
		if ch, ok := r.up.view.Channel(r.channel); ok && ch.Key != "" {
			key = ch.Key // it may have changed while we were in
		}
	}
	r.tried = key
	r.up.ask(irc.Join{Channel: r.channel, Key: key}, r.joined)
}

// joined is the network's answer to our JOIN.
func (r *room) joined(q *question) {
	r.asked = false
	switch err := q.err(); {
	case q.lost:
		r.end() // if nobody waits any more; else it is asked for again after the reconnect
	case r.open():
		if ch, _ := r.up.view.Channel(r.channel); ch.Topic != r.told {
			r.tellTopic("") // it changed while the link was lost
		}
		r.admit()
		r.release()
		r.receive()
		r.part("")
	case isKey(err) && r.key != "" && r.key != r.tried:
		r.join() // a better one has been given meanwhile
	case err == nil:
		r.refuse(timedOut("The network does not say whether you are in the channel."))
	default:
		r.refuse(err)
	}
}

// isKey says whether the channel wants another key.
func isKey(err error) bool {
	f, ok := err.(irc.Fault)
	return ok && f.Numeric == 475
}

// ircd is how the server calls its software; it decides what some numerics mean.
func (up *uplink) ircd() string {
	if up.view == nil {
		return ""
	}
	return up.view.Support().Version
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
	r.turned()
	if ev.Created && len(r.members) == 0 {
		r.made = true
	}
	if r.asked { // else it is a list of names that came later
		r.founder = 0
		if ev.Created {
			r.founder = up.view.Self().ID
		}
		r.silence(false)
	}
	if !r.asked {
		r.admit()
		r.release()
		r.receive()
	}
	up.do(irc.GetModes{Channel: ev.Channel})
	small := len(ev.Members) > 1 && len(ev.Members) <= up.net.WhoLimit
	switch doubtful := up.view.Doubtful(ev.Channel); {
	case small && doubtful:
		up.ask(irc.Who{Mask: ev.Channel}, func(*question) { up.settle(ev.Channel) })
	case small:
		up.do(irc.Who{Mask: ev.Channel})
	case doubtful:
		up.settle(ev.Channel)
	}
}

// settle has whoever cannot be told from others of their nick be somebody else, after a
// link was lost.
func (up *uplink) settle(channel string) {
	for _, c := range up.view.Settle(channel) {
		if r, ok := up.rooms.Get(c.Channel); ok {
			r.change(c)
		}
	}
}

// admit lets in everybody who waits, as soon as they can be told.
func (r *room) admit() {
	if !r.open() || r.up.user.down {
		return
	}
	r.refuseRenamed()
	r.refuseUnfit()
	queue := r.queue
	r.queue = nil
	for _, o := range queue {
		r.members = append(r.members, o)
		o.made, r.made = r.made, false
		r.up.user.entered(o)
		r.welcome(o, o.history)
		r.tellStanding(o)
		r.up.user.inspect(o.client, o.at)
		if len(o.early) > 0 {
			r.up.user.admitted = append(r.up.user.admitted, o)
		}
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
		id := ""
		if c.Self {
			id = o.join.ID // it answers the join
		}
		r.sendAs(o, id, mapping.Presence(scene, o.class(), c, codes...))
	}
	r.sendHistory(o, history)
	r.subject(o, "")
	r.introduce(o)
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
	if o.made {
		codes = append(codes, muc.StatusCreated)
	}
	return codes
}

// exit is a client leaving a room, or giving up a join.
func (u *user) exit(s *stanza.Stanza, at mapping.Address) {
	defer u.leftItself(s.From, s.To)
	r := u.roomAt(at)
	if r == nil {
		return
	}
	if o := r.occupant(s.From, s.To); o != nil {
		r.exit(o, statusText(s))
	}
	if o := find(r.queue, s.From, s.To); o != nil {
		r.queue = slices.DeleteFunc(r.queue, func(other *occupant) bool { return other == o })
		o.client.drop()
		r.send(o, []mapping.Shown{mapping.Gone(o.class(), at.Occupant, "")}) // which ends the join, too
		r.end()
	}
	r.up.updateAway()
}

// exit shows an occupant its own leaving. The last one takes the channel along.
func (r *room) exit(o *occupant, reason string) {
	r.remove(o)
	r.send(o, r.gone(o, ""))
	if len(r.members) == 0 {
		r.unkeep()
	}
	r.part(reason)
}

// part leaves the channel if nobody is in any more.
func (r *room) part(reason string) {
	if current, ok := r.up.rooms.Get(r.channel); r.wanted() || !ok || current != r {
		return // somebody is in, or another room has taken over
	}
	r.dropHeld(timedOut("You have left the room."))
	if r.open() {
		r.up.do(irc.Part{Channel: r.channel, Reason: mapping.Line(reason)})
		r.up.view.Leave(r.channel)
	}
	r.end()
}
