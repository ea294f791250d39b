package gateway

import (
	"math/rand/v2"
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
	// maxLines is how many lines one message may become.
	maxLines = 100
	// maxNotice is how many a notice may become.
	maxNotice = 3
	// maxWeight is how many bytes a message may hold in all, for all of it is looked
	// into, shown to the user's other clients, and kept for those that come.
	maxWeight = 64 << 10
)

var errTooLong = &stanza.Error{
	Type: stanza.Modify, Condition: stanza.PolicyViolation,
	Text: "The message is too long for IRC: put the text somewhere and send its address.",
}

// roomMessage is a message to a room: words, the subject, or what only some clients can
// use.
func (u *user) roomMessage(s *stanza.Stanza, at mapping.Address) {
	if invited, ok := u.roomInvite(s, at); ok {
		if invited != nil {
			u.refuse(s, invited)
		}
		return
	}
	if failed, ok := u.roomForm(s, at); ok {
		if failed != nil {
			u.refuse(s, failed)
		}
		return
	}
	if s.Type != "groupchat" {
		u.refuse(s, badRequest("A message to a room is of the type groupchat."))
		return
	}
	r, o := u.occupancy(s, at)
	if o == nil {
		u.refuse(s, notIn())
		return
	}
	subject, isSubject := s.Subject()
	_, isBody := s.Body()
	switch {
	case isSubject && o.old: // the words with it say so, and no more
		r.setSubject(o, s, subject)
	case isSubject && !isBody && s.Child("", "thread") == nil: // XEP-0045 §8.1
		r.setSubject(o, s, subject)
	default:
		r.say(o, s)
	}
}

// setSubject asks for another topic. All see it when the network has taken it; who
// asked sees what it is even if the network finds that nothing changes.
func (r *room) setSubject(o *occupant, s *stanza.Stanza, subject string) {
	up, seen, id := r.up, r.topics, s.ID
	r.subjects = append(r.subjects, id)
	up.ask(irc.SetTopic{Channel: r.channel, Text: mapping.Line(subject)}, func(q *question) {
		if i := slices.Index(r.subjects, id); i >= 0 {
			r.subjects = slices.Delete(r.subjects, i, i+1)
		}
		switch err := q.err(); {
		case err != nil:
			up.user.reject(s, up.user.stanzaError(err, mapping.ForSubject, up.ircd()))
		case r.topics == seen && slices.Contains(r.members, o):
			r.subject(o, id)
		}
	})
}

// say sends a message to the channel, or keeps it until the link is back.
func (r *room) say(o *occupant, s *stanza.Stanza) {
	body, _ := s.Body()
	text, rich := mapping.Plain(body), r.rich(o, s)
	if rich != nil {
		text = mapping.Carried(s.Children, rich.about, false)
	}
	switch {
	case text.String() == "":
		r.pass(s, rich)
		return
	case !r.open():
		r.hold(o, s)
		return
	case !text.IsPlain() && !r.takesFormatting():
		text = mapping.Plain(text.String())
	}
	cmd, err := r.up.command(r.channel, text)
	if err != nil {
		r.up.user.refuse(s, err)
		return
	}
	p := r.parcel(s, rich, cmd)
	r.up.speak(cmd, text, func(ids []string) { r.accepted(); r.reflect(s, rich, p, ids) }, func(err error) {
		r.up.user.hub.takeBack(p)
		r.up.user.reject(s, r.up.user.stanzaError(err, mapping.ForMessage, r.up.ircd()))
		r.refusedWords(err)
	})
}

// takesFormatting says whether formatted text is neither refused nor stripped.
func (r *room) takesFormatting() bool {
	ch, ok := r.up.view.Channel(r.channel)
	return ok && mapping.TakesFormatting(ch, r.up.view.Support())
}

// give says something on the network. taken is called when that has taken it, with
// the ids of its lines; at once where it tells only what it refuses, and then refused
// may be called as well.
func (up *uplink) give(cmd irc.Say, taken func(ids []string), refused func(error)) {
	if up.state == linkUp {
		up.spoken.note(up.fold(cmd.Target))
	}
	if up.state != linkUp || up.tells() {
		q := &question{words: true, then: func(q *question) {
			if err := q.err(); err != nil {
				refused(err)
				return
			}
			taken(q.ids)
		}}
		up.put(cmd, q)
		return
	}
	up.lastRef++
	cmd.OnlyRefusals = true
	if err := up.seat.Do(cmd, up.lastRef); err != nil {
		refused(errBusy)
		return
	}
	up.remember(late{up.lastRef, refused})
	taken(nil)
}

// tells says whether the network tells when it has taken a message.
func (up *uplink) tells() bool {
	return up.caps.Has(irc.CapEchoMessage) || up.caps.Has(irc.CapLabeledResponse)
}

// command is a body as lines that the network takes. Errors are *stanza.Error.
func (up *uplink) command(target string, body mapping.Styled) (cmd irc.Say, err error) {
	kind, text := mapping.Outgoing(body)
	budget := up.budget(target, kind)
	lines, more := text.Lines(budget, maxLines)
	if more { // rather words alone than nothing
		lines, more = mapping.Split(text.String(), budget, maxLines)
	}
	switch {
	case len(lines) == 0:
		return cmd, badRequest("There is nothing in the message that IRC can carry.")
	case more:
		return cmd, errTooLong
	}
	return irc.Say{Target: target, Kind: kind, Lines: lines}, nil
}

// notice is a notice of our own wording; of what somebody else has put into it as much as
// goes into a few lines.
func (up *uplink) notice(nick, text string) irc.Say {
	lines, _ := mapping.Split(text, up.budget(nick, irc.Notice), maxNotice)
	return irc.Say{Target: nick, Kind: irc.Notice, Lines: lines}
}

// budget is how many bytes of a text go into a line.
func (up *uplink) budget(target string, kind irc.TextKind) int {
	self := up.view.Self()
	prefix := len(self.Mask())
	if self.Host == "" {
		prefix = len(self.Nick) + len("!~0123456789@") + 63
	}
	return irc.Budget(up.view.Support(), prefix+up.tight, target, kind, "")
}

// reflect shows our own message to all of the user's clients, with the id that its
// sender gave it, whole even if it was split. XEP-0045 §7.4.
func (r *room) reflect(s *stanza.Stanza, rich *rich, p *parcel, ids []string) {
	id := ""
	switch {
	case len(ids) > 0:
		id = ids[0]
		r.up.user.hub.identify(p, ids)
	case p != nil:
		id = p.id
	}
	self := r.up.view.Self()
	w := words{
		id: id, stanzaID: strings.Clone(s.ID), nick: self.Nick, at: time.Now(), lang: strings.Clone(s.Lang),
		own: true, rich: rich, children: passedOn(s.Children), occupant: r.occupantID(self),
	}
	r.said(w)
}

// passedOn is a copy of what a client says, but for what only a room may.
func passedOn(children []*stanza.Element) []*stanza.Element {
	if text, ok := mere(children); ok {
		return stanza.Body(strings.Clone(text))
	}
	out := make([]*stanza.Element, 0, len(children))
	for _, c := range children {
		if !muc.RoomOnly(c) {
			out = append(out, clone(c))
		}
	}
	return out
}

// mere is the text of a message that is a body and nothing else, as nearly all are.
func mere(children []*stanza.Element) (text string, ok bool) {
	if len(children) != 1 {
		return "", false
	}
	e := children[0]
	ok = e.Space == "" && e.Local == "body" && len(e.Attrs) == 0 && len(e.Nodes) == 1 && e.Nodes[0].Element == nil
	if ok {
		text = e.Nodes[0].Text
	}
	return text, ok
}

// said shows words to everybody in the room, and keeps them.
func (r *room) said(w words) {
	if !w.fleeting {
		if w.id == "" {
			w.id = newID()
		}
		w = r.backlog.add(w)
		r.heard = w.at
	}
	var made []rendering
	var few [4]*occupant
	for _, o := range r.presentIn(few[:0]) {
		if o.missing == nil {
			children := w.children
			if w.rich != nil {
				children, made = r.rendering(o, w, made)
			}
			if m := r.spoken(o, w, children, false); m != nil {
				r.up.user.send(m)
			}
		}
		if o.missing != nil && !w.fleeting { // the stream is gone, as we see now
			o.missing.seq = min(o.missing.seq, w.seq-1)
		}
	}
}

// show shows words to one occupant; old ones say when they were said.
func (r *room) show(o *occupant, w words, old bool) {
	if m := r.spoken(o, w, r.rendered(o, w), old); m != nil {
		r.up.user.send(m)
	}
}

// spoken is the message that shows words to an occupant, children being what its client
// can use of them; nil for nothing, and for a nick that no address can hold.
func (r *room) spoken(o *occupant, w words, children []*stanza.Element, old bool) *stanza.Stanza {
	from, ok := occupantAddress(o.at, w.nick)
	if !ok || children == nil {
		return nil
	}
	m := &message{Stanza: stanza.Stanza{Kind: stanza.Message, Type: "groupchat", ID: w.stanzaID, From: from, To: o.client.jid, Lang: w.lang}}
	if o.old {
		if m.Children = oldWords(o.at, children, w.at, old); m.Children == nil {
			return nil
		}
		return &m.Stanza
	}
	m.Children = append(m.children[:0], children...)
	if w.id != "" {
		m.Children = append(m.Children, m.stanzaID(o.at, w.id))
	}
	if w.occupant != "" {
		m.Children = append(m.Children, m.occupant.Of(w.occupant))
	}
	if old {
		m.Children = append(m.Children, delayed(o.at, w.at))
	}
	return &m.Stanza
}

// A message is one that shows words, in one piece of memory with what the room adds:
// whoever is told has one of each.
type message struct {
	stanza.Stanza
	children [4]*stanza.Element // of most
	id       stanza.Element
	idAttrs  [2]stanza.Attr
	occupant mapping.OccupantIDElement
}

// stanzaID is the id that a room gives the message. XEP-0359 §3
func (m *message) stanzaID(room jid.JID, id string) *stanza.Element {
	m.idAttrs = [2]stanza.Attr{{Name: "by", Value: room.String()}, {Name: "id", Value: id}}
	m.id = stanza.Element{Space: nsSID, Local: "stanza-id", Attrs: m.idAttrs[:]}
	return &m.id
}

// newID makes an id where the network has none: one that nothing else has. It is no
// secret, and each message may want one.
func newID() string {
	const letters = "abcdefghijklmnopqrstuvwxyz234567"
	var id [16]byte
	high, low := rand.Uint64(), rand.Uint64()
	for i := range 8 {
		id[i], id[8+i] = letters[high%32], letters[low%32]
		high, low = high/32, low/32
	}
	return string(id[:])
}

// text takes what was said on IRC.
func (up *uplink) text(t irc.Text) {
	switch {
	case t.Kind == irc.CTCP:
		up.ctcpRequest(t)
	case t.Kind == irc.CTCPReply:
		up.ctcpReply(t)
	case up.voiceAsked(t):
	case t.Self && up.questions[t.Ref].says():
		q := up.questions[t.Ref]
		q.ids = append(q.ids, t.ID)
	case up.view.Support().IsChannel(t.Target):
		up.channelText(t)
	case t.Self:
		// Said from another client of the same nick: nobody here asked for it.
	default:
		up.privateText(t)
	}
}

// channelText shows what somebody said in a channel.
func (up *uplink) channelText(t irc.Text) {
	r, ok := up.rooms.Get(t.Target)
	if !ok {
		return
	}
	body := mapping.Incoming(t)
	if body == "" {
		return
	}
	w := words{id: t.ID, nick: t.From.Nick, at: t.At, occupant: r.speaker(t.From)}
	if w.id == "" {
		w.id = newID()
	}
	w.stanzaID = w.id
	w.children, w.rich = stanza.Body(body), formatted(t, body)
	if w, ok = r.unwrap(t, w); ok {
		r.said(w)
	}
}

// occupantAddress is how an occupant of a room is addressed by one client.
func occupantAddress(at jid.JID, nick string) (jid.JID, bool) {
	j, err := at.WithResource(mapping.Resource(nick))
	return j, err == nil
}
