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

const (
	// maxTalks is how many private conversations of an uplink are remembered.
	maxTalks = 200
	// talkGrace is how long a link that no room needs is kept for an answer.
	talkGrace = 10 * time.Minute
	// awayEvery is how often it is told that the same person is away.
	awayEvery = time.Hour
)

// talks are private conversations.
type talks struct {
	with map[string]*talk // by folded nick
	n    uint64           // counts their messages
	said time.Time        // when the user wrote last
}

// A talk is how a conversation with somebody goes: by an occupant's address or by
// nick%network.
type talk struct {
	room   string // the channel by whose occupant address it goes; "" is nick%network
	used   uint64 // its last message, to forget the oldest
	away   string // what was told last about their being away
	toldAt time.Time
}

// talk is the conversation with a nick, made if need be.
func (up *uplink) talk(nick string) *talk {
	key := up.view.Support().Fold(nick)
	t := up.talks.with[key]
	if t == nil {
		if len(up.talks.with) >= maxTalks {
			up.talks.forget()
		}
		t = &talk{}
		up.talks.with[key] = t
	}
	up.talks.n++
	t.used = up.talks.n
	return t
}

// forget drops the conversation in which nothing was said for longest.
func (ts *talks) forget() {
	oldest := ""
	for key, t := range ts.with {
		if oldest == "" || t.used < ts.with[oldest].used {
			oldest = key
		}
	}
	delete(ts.with, oldest)
}

// occupantMessage is a private message by an occupant's address. XEP-0045 §7.5.
func (u *user) occupantMessage(s *stanza.Stanza, at mapping.Address) {
	if s.Type == "groupchat" {
		u.refuse(s, badRequest("A private message is of the type chat."))
		return
	}
	r, o := u.occupancy(s, at)
	if o == nil {
		u.refuse(s, notIn())
		return
	}
	m, ok := r.up.view.Member(r.channel, at.Occupant)
	if !ok {
		u.refuse(s, notFound("Nobody of that nick is in the room."))
		return
	}
	r.up.ready(func() {
		if !r.up.directInvite(s, m.Nick) {
			r.up.private(s, m.Nick, r.channel)
		}
	}, func(err error) { u.refuse(s, err) })
}

// nickMessage is a private message by nick%network. It opens a connection if there
// is none.
func (u *user) nickMessage(s *stanza.Stanza, at mapping.Address) {
	text := mapping.Carried(s.Children, mapping.Reference{}, true)
	if _, invites, _ := muc.ParseDirect(s); text.String() == "" && !invites {
		return
	}
	if s.Type == "groupchat" {
		u.refuse(s, badRequest("A private message is of the type chat."))
		return
	}
	up, err := u.uplink(at.Network, u.defaultNick())
	if err != nil {
		u.refuse(s, err)
		return
	}
	up.ready(func() {
		if !up.directInvite(s, at.Name) {
			up.private(s, at.Name, "")
		}
	}, func(err error) { u.refuse(s, err) })
}

// defaultNick is the nick to ask for when no room says one: one that the user has
// elsewhere, else the name in the address.
func (u *user) defaultNick() string {
	for _, up := range u.inOrder() {
		return up.wish
	}
	return jid.Unescape(u.jid.Local())
}

// private sends a private message. by is the channel by which it was addressed.
func (up *uplink) private(s *stanza.Stanza, nick, by string) {
	text := mapping.Carried(s.Children, mapping.Reference{}, true)
	if text.String() == "" {
		return // chat states and the like
	}
	cmd, err := up.command(nick, text)
	if err != nil {
		up.user.refuse(s, err)
		return
	}
	up.talk(nick).room = by
	delete(up.deaf, up.view.Support().Fold(nick)) // what they say now is an answer to that
	up.talks.said = time.Now()
	defer up.stay()
	up.speak(cmd, text, func([]string) {}, func(err error) {
		up.user.reject(s, up.user.stanzaError(err, mapping.ForMessage, up.ircd()))
	})
}

// privateText is a private message from IRC. It comes from the address that the
// user wrote to last: an occupant's once to each client in that room, else from
// nick%network once to the user.
func (up *uplink) privateText(t irc.Text) {
	body := mapping.Incoming(t)
	if body == "" || up.overheard(t) {
		return
	}
	if t.Kind == irc.Notice && up.isStranger(t.From.Nick) {
		up.note(t.From.Nick + ": " + body)
		return
	}
	id := t.ID
	if id == "" {
		id = newID()
	}
	up.deliver(t.From.Nick, id, body, formatted(t, body))
	up.talk(t.From.Nick)
}

// isStranger says that the user has never written to a nick and is in no channel with
// it. A notice of such a one, as services send at the door, opens no conversation.
func (up *uplink) isStranger(nick string) bool {
	_, met := up.view.Person(nick)
	return !met && up.talks.with[up.view.Support().Fold(nick)] == nil
}

// talkRenamed goes on talking to somebody who takes another nick.
func (up *uplink) talkRenamed(from, to string) {
	from, to = up.view.Support().Fold(from), up.view.Support().Fold(to)
	if t := up.talks.with[from]; t != nil && from != to {
		delete(up.talks.with, from)
		up.talks.with[to] = t
	}
}

// deliver sends a private message from somebody on IRC.
func (up *uplink) deliver(nick, id, body string, rich *rich) {
	children := stanza.Body(body)
	key := up.view.Support().Fold(nick)
	if t := up.talks.with[key]; t != nil && t.room != "" {
		if r, ok := up.rooms.Get(t.room); ok && len(r.members) > 0 {
			if _, in := up.view.Member(r.channel, nick); in {
				r.deliver(nick, id, children, rich)
				return
			}
		}
	}
	from, err := up.user.hub.scheme.JID(mapping.Address{Kind: mapping.Nick, Network: up.name, Name: nick})
	if err != nil {
		up.log.Debug().Err(err).Msg("nick that no address can hold")
		return
	}
	up.user.tell(&stanza.Stanza{Kind: stanza.Message, Type: "chat", ID: id, From: from, To: up.user.jid, Children: children})
}

// tell sends a private message; without a stream it is kept until there is one.
func (u *user) tell(m *stanza.Stanza) {
	if u.down {
		m.Children = append(slices.Clip(m.Children), delayed(m.From.Bare(), time.Now()))
	}
	if !u.owe(m) {
		u.send(m)
	}
}

// deliver sends a private message from an occupant to each client in the room.
func (r *room) deliver(nick, id string, children []*stanza.Element, rich *rich) {
	seen := map[jid.JID]bool{}
	for _, o := range r.members {
		from, ok := occupantAddress(o.at, nick)
		if !ok || seen[o.client.jid] {
			continue
		}
		seen[o.client.jid] = true
		m := &stanza.Stanza{Kind: stanza.Message, Type: "chat", ID: id, From: from, To: o.client.jid}
		m.Children = append(m.Children, r.rendered(o, words{children: children, rich: rich})...)
		if !o.old {
			m.Children = append(m.Children, muc.User{}.Element(), mapping.OccupantID(r.speaker(irc.Person{Nick: nick})))
		}
		r.up.user.tell(m)
	}
}

// awayReply tells that whom the user wrote to is away: once in a while, not each
// time.
func (up *uplink) awayReply(ev irc.AwayReply) {
	key := up.view.Support().Fold(ev.Nick)
	t := up.talks.with[key]
	if t == nil || t.away == ev.Text && time.Since(t.toldAt) < awayEvery {
		return
	}
	t.away, t.toldAt = ev.Text, time.Now()
	text := mapping.Say(up.user.lang(), "[away] %s", mapping.Strip(ev.Text))
	up.deliver(ev.Nick, newID(), text, nil)
}
