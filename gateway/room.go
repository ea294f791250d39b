package gateway

import (
	"slices"
	"time"

	"isthmus/ircside/irc"
	"isthmus/mapping"
	"isthmus/xmppside/jid"
	"isthmus/xmppside/muc"
	"isthmus/xmppside/stanza"
)

// A room is one channel as one seat sees it, shown to the clients that entered it.
// It holds no members: the view does.
type room struct {
	up       *uplink
	channel  string // as it was asked for first, then as the network spells it
	key      string
	asked    bool        // a JOIN is under way
	tried    string      // the key of the last JOIN
	members  []*occupant // who has entered, in order of entering
	queue    []*occupant // who waits for the JOIN
	backlog  backlog
	held     []*held  // words that wait for the link
	told     string   // the topic that members were told last
	topics   int      // how often the topic changed
	subjects []string // ids of our own messages that ask for another
	knocks   knocks   // who asks to be let in
	pleas    pace     // how often voice was asked for
	invited  pace     // how often others were invited
	ids      mapping.OccupantIDs
	voices   map[uint64]string    // ids of who has spoken, by stay
	shared   channelKey           // what other users of the gateway know the channel by
	keyOf    string               // as it was spelt then
	sees     bool                 // we are a moderator, who is told addresses
	heard    time.Time            // when something was said last
	opened   map[string]unwrapped // parcels, by nick

	visits   []*visit             // of people who have not entered, which wait for the JOIN
	kept     *timer               // runs while we stay for their sake
	made     bool                 // our JOIN made the channel, and nobody has been told
	founder  uint64               // ours in the view, if it did
	silenced bool                 // the network has refused what we said, whatever it is
	unheard  *timer               // runs while it is believed that it would again
	modes    string               // as they were told last; "": not all of them are known
	config   *configuration       // a form that is being set
	lists    map[byte][]irc.Entry // as they were read last
	shown    shownForms           // its configuration, as clients have it
	clearing *clearing            // it is being destroyed
	doom     *doom                // it is about to be, by another user of the gateway
}

// An occupant is a client in a room, by the address that it used: the same channel
// may have several spellings, and a client is answered by its own.
type occupant struct {
	client  *client
	at      jid.JID // the room as the client addresses it, bare
	asked   string  // the nick that it asked for
	join    *stanza.Stanza
	history muc.History
	show    string // of its last presence, with the status: to tell updates from wishes
	missing *missing
	old     bool             // it speaks groupchat 1.0
	early   []*stanza.Stanza // what it has sent before it was in
	made    bool             // its join made the room, and the room is not configured yet
}

// class is what is written for an occupant by.
func (o *occupant) class() mapping.Class {
	return mapping.Class{Features: o.client.features, Lang: o.client.lang, Old: o.old}
}

// words is an error as an occupant is told it.
func (o *occupant) words(err *stanza.Error) string {
	return mapping.InLanguage(err, o.client.lang).Words()
}

// room is the room of a channel on this network, made if need be.
func (up *uplink) room(channel string) *room {
	r, ok := up.rooms.Get(channel)
	if !ok {
		r = &room{up: up, channel: channel}
		r.backlog.limit = up.user.config.Gateway.Backlog
		up.rooms.Set(channel, r)
	}
	return r
}

// roomAt is the room of an address, if there is one.
func (u *user) roomAt(at mapping.Address) *room {
	up := u.known(at.Network)
	if up == nil {
		return nil
	}
	r, _ := up.rooms.Get(at.Name)
	return r
}

// open says whether the channel can be spoken to now.
func (r *room) open() bool {
	if r.up.state != linkUp {
		return false
	}
	ch, ok := r.up.view.Channel(r.channel)
	return ok && ch.Open
}

// occupant finds a client in the room by the address that it used.
func (r *room) occupant(client, at jid.JID) *occupant {
	return find(r.members, client, at)
}

func find(list []*occupant, client, at jid.JID) *occupant {
	for _, o := range list {
		if o.client.jid == client && o.at == at.Bare() {
			return o
		}
	}
	return nil
}

// scene is what it takes to show somebody in a channel.
func (r *room) scene() mapping.Scene {
	ch, _ := r.up.view.Channel(r.channel)
	sc := mapping.Scene{
		Channel: ch, Support: r.up.view.Support(), Roles: r.roles(), IDs: r.occupantIDs(), NoComings: r.settings().NoComings,
	}
	sc.Told = r.onlooker(sc)
	return sc
}

func (r *room) roles() mapping.RolePolicy {
	p := mapping.RolePolicy{OpsAreOwners: mapping.OwnerRule(r.up.net.OpsAreOwners), Founder: r.founder}
	if r.silenced {
		p.Silenced = r.up.view.Self().ID
	}
	return p
}

// change shows one difference to all who are in. Our own going ends the room.
func (r *room) change(c irc.Change) {
	if mapping.Unseen(c) || c.Cause == irc.CauseSeen && c.Before.IsNobody() && len(r.members) == 0 {
		return // who enters is told by welcome
	}
	if r.silently(c) || r.destroyed(c) {
		return
	}
	scene := r.scene()
	if c.Self {
		r.changedUnseen(scene, c)
	}
	here := r.present()
	for _, o := range r.members {
		if o.missing != nil && c.Self && c.After.IsNobody() {
			gone := mapping.Presence(scene, o.class(), c) // the others know another nick
			for i := range gone {
				gone[i].Nick = r.nickOf(o)
			}
			r.send(o, gone)
		}
	}
	r.tell(here, func(class mapping.Class) []mapping.Shown { return mapping.Presence(scene, class, c) })
	if c.Self && c.After.IsNobody() {
		r.left()
	}
}

// tell shows something to several occupants: it is rendered once for each class of
// client.
func (r *room) tell(to []*occupant, render func(mapping.Class) []mapping.Shown) {
	type rendering struct {
		class mapping.Class
		shown []mapping.Shown
	}
	var first [4]rendering
	done := first[:0]
	for _, o := range to {
		class := o.class()
		i := slices.IndexFunc(done, func(d rendering) bool { return d.class == class })
		if i < 0 {
			i = len(done)
			done = append(done, rendering{class, render(class)})
		}
		r.send(o, done[i].shown)
	}
}

// present is who misses nothing, as it is before anything is sent: a stanza that is
// dropped makes everybody miss what follows.
func (r *room) present() []*occupant { return r.presentIn(nil) }

// presentIn is present in memory that is there already, if it suffices.
func (r *room) presentIn(here []*occupant) []*occupant {
	for _, o := range r.members {
		if o.missing == nil {
			here = append(here, o)
		}
	}
	return here
}

// left is after our own going: nobody is in any more.
func (r *room) left() {
	r.relent()
	for _, o := range r.members {
		o.client.user.sentAway(o)
		o.client.drop()
	}
	r.members = nil
	r.up.user.hub.unlisten(r.up.user, r.sharedKey())
	r.dropHeld(timedOut("You are no longer in the room."))
	r.turnAway(timedOut("You are no longer in the room."))
	r.end()
}

// send shows presences and lines to one occupant.
func (r *room) send(o *occupant, shown []mapping.Shown) { r.sendAs(o, "", shown) }

// sendAs is send for presences that answer one of that id.
func (r *room) sendAs(o *occupant, id string, shown []mapping.Shown) {
	for _, s := range shown {
		p := &stanza.Stanza{Kind: stanza.Presence, Type: s.Type, ID: id, From: o.at, To: o.client.jid, Children: s.Children}
		if s.Line {
			r.asMessage(o, p)
		} else if from, ok := occupantAddress(o.at, s.Nick); ok {
			p.From = from
		} else {
			r.up.log.Debug().Str("nick", s.Nick).Msg("nick that no address can hold")
			continue
		}
		if !r.up.user.owe(p) {
			r.up.user.send(p)
		}
	}
}

// asMessage has what is to be shown to an occupant be a message.
func (r *room) asMessage(o *occupant, m *stanza.Stanza) {
	m.Kind, m.ID, m.Lang = stanza.Message, newID(), o.client.lang
	switch m.Type {
	case "":
		m.Type, m.ID = "groupchat", ""
	case "normal":
		m.Type = ""
	case "chat": // each client is told by itself, and what is over tomorrow is not archived
		m.Children = append(slices.Clip(m.Children), stanza.E("urn:xmpp:carbons:2", "private"),
			stanza.E("urn:xmpp:hints", "no-copy"), stanza.E("urn:xmpp:hints", "no-store")) // XEP-0280 §8.1, XEP-0334
		m.From, _ = r.up.user.hub.scheme.JID(mapping.Address{Kind: mapping.Network, Network: r.up.name}) // there is one: it has rooms
	}
}

// nick is ours in the room.
func (r *room) nick() string {
	if r.up.view != nil {
		return r.up.view.Self().Nick
	}
	return r.up.wish
}

// nickOf is ours as an occupant knows it: who has missed something knows the old one.
func (r *room) nickOf(o *occupant) string {
	if o.missing != nil {
		return o.missing.view.Self().Nick
	}
	return r.nick()
}

// evict sends one occupant away.
func (r *room) evict(o *occupant, reason string, codes ...muc.Status) {
	r.remove(o)
	r.send(o, r.gone(o, reason, codes...))
}

// remove takes an occupant out without a word.
func (r *room) remove(o *occupant) {
	if i := slices.Index(r.members, o); i >= 0 {
		if len(r.members) == 1 {
			r.leaveStanding()
		}
		r.members = slices.Delete(r.members, i, i+1)
		o.client.user.sentAway(o)
		o.client.drop()
		if len(r.members) == 0 {
			r.up.user.hub.unlisten(r.up.user, r.sharedKey())
		}
	}
}

// evictFor sends everybody away who has entered, each told why in their own language.
func (r *room) evictFor(why *stanza.Error, codes ...muc.Status) {
	for len(r.members) > 0 {
		o := r.members[len(r.members)-1]
		r.evict(o, o.words(why), codes...)
	}
}

// evictAll sends everybody away who has entered, and refuses who waits.
func (r *room) evictAll(err error, codes ...muc.Status) {
	r.relent()
	r.evictFor(r.up.user.stanzaError(err, mapping.ForConnection, r.up.ircd()), codes...)
	r.refuseWaiting(err)
	r.dropHeld(err)
}

// evictAll sends everybody away on this network.
func (up *uplink) evictAll(err error, codes ...muc.Status) {
	for _, r := range up.list() {
		r.evictAll(err, codes...)
	}
	up.rooms = irc.NewMap[*room](irc.ASCII)
}

// end lets go of a channel that nobody is in or waits for; if a JOIN is under way, its
// answer does.
func (r *room) end() {
	if r.wanted() || r.asked && r.up.state == linkUp {
		return
	}
	if current, ok := r.up.rooms.Get(r.channel); !ok || current != r {
		return
	}
	r.up.rooms.Delete(r.channel)
	if r.up.view != nil {
		if ch, ok := r.up.view.Channel(r.channel); ok {
			if ch.Open && !r.up.user.stopped { // a QUIT is on its way then
				r.up.do(irc.Part{Channel: r.channel})
			}
			r.up.view.Leave(r.channel)
		}
	}
	r.up.stay()
}

// absorb takes over another room that is the same channel, of which nothing is left
// in the old one: what is still under way there finds nobody.
func (r *room) absorb(other *room) {
	r.members = append(r.members, other.members...)
	r.queue = append(r.queue, other.queue...)
	r.held = append(r.held, other.held...)
	r.visits = append(r.visits, other.visits...)
	if r.backlog.seq == 0 {
		r.backlog, other.backlog = other.backlog, backlog{}
	}
	if r.key == "" {
		r.key = other.key
	}
	for _, h := range other.held {
		h.room = r
	}
	other.members, other.queue, other.held, other.visits = nil, nil, nil, nil
	other.unkeep()
}

// moded shows what a channel's own modes change about its members: under +m those
// without voice become visitors, under +i those who are on its list are members. It returns whom it has shown.
func (up *uplink) moded(ev irc.Modes, before mapping.Scene, changes []irc.Change) (shown map[string]bool) {
	r, ok := up.rooms.Get(ev.Channel)
	if ok && relents(ev, up.view.Support()) {
		r.relent()
	}
	if !ok || len(r.members) == 0 {
		return nil
	}
	shown = map[string]bool{}
	for _, c := range r.regraded(before, changes) {
		r.change(c)
		shown[c.After.Nick] = true
	}
	return shown
}

// regraded are those who stand otherwise than before because the channel has changed, and
// not they themselves, which changes tell.
func (r *room) regraded(before mapping.Scene, changes []irc.Change) (others []irc.Change) {
	after := r.scene()
	if mapping.SameForAll(before, after) {
		return nil
	}
	named := map[string]bool{}
	for _, c := range changes {
		named[c.After.Nick] = true
	}
	for c := range r.up.view.Each(r.channel) {
		if !named[c.After.Nick] && !mapping.SameStanding(before, after, c.After) {
			c.Before, c.Cause = c.After, irc.CauseSeen
			others = append(others, c)
		}
	}
	return others
}

// scene is how a channel stands before an event of its modes.
func (up *uplink) scene(ev irc.Event) mapping.Scene {
	if m, ok := ev.(irc.Modes); ok {
		if r, ok := up.rooms.Get(m.Channel); ok {
			return r.scene()
		}
	}
	return mapping.Scene{}
}
