package gateway

import (
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"isthmus/ircside/irc"
	"isthmus/mapping"
	"isthmus/xmppside/stanza"
)

// What a message holds besides words goes from one Jabber user of a channel to the
// others past IRC, where nobody is shown a thing of it.
//
// A message with words reaches the others by IRC alone: what IRC refuses nobody sees, and
// all see it in the same order. What else it holds waits in the hub for its words to
// come, as a parcel; whoever is told them puts it back.
//
// A message without words is posted to the others. Each shows it only if its own view of
// the channel has the sender in it, with a voice.

// A parcel is what a message holds, for those who will see its words on IRC. But for the
// ids it is never changed.
type parcel struct {
	n        uint64 // counts parcels
	at       channelKey
	nick     string   // whose words they will be
	lines    []string // the words, as they were given to the network but for formatting
	ids      []string // the network's, as far as they are known; guarded by the hub's mutex
	id       string   // the room's, if the network has none
	stanzaID string
	lang     string
	about    mapping.Reference
	children []*stanza.Element
	size     int
	until    time.Time
}

const (
	maxParcels     = 1000
	maxParcelBytes = 8 << 20
	parcelTime     = time.Minute // for the words to come by IRC
)

// parcels are those that wait. The hub's mutex guards them, but for the number.
type parcels struct {
	byWords map[string][]*parcel // by wordsKey of the first line, oldest first
	byID    map[string]*parcel   // by wordsKey of the id
	queue   []*parcel            // all, oldest first
	size    int
	last    uint64
	some    atomic.Int32 // how many there are, for who has no need to look
}

func newParcels() parcels {
	return parcels{byWords: map[string][]*parcel{}, byID: map[string]*parcel{}}
}

func wordsKey(at channelKey, nick, words string) string {
	return at.network + "\x00" + at.channel + "\x00" + nick + "\x00" + words
}

// deposit has a parcel wait.
func (h *Hub) deposit(p *parcel) {
	h.mu.Lock()
	defer h.mu.Unlock()
	t := &h.parcels
	t.last++
	p.n, p.size, p.until = t.last, weight(p.children)+len(p.lines[0]), time.Now().Add(parcelTime)
	key := wordsKey(p.at, p.nick, p.lines[0])
	t.byWords[key] = append(t.byWords[key], p)
	t.queue = append(t.queue, p)
	t.size += p.size
	t.some.Add(1)
	for len(t.queue) > maxParcels || t.size > maxParcelBytes {
		t.drop(t.queue[0])
	}
}

// drop forgets a parcel.
func (t *parcels) drop(p *parcel) {
	i := slices.Index(t.queue, p)
	if i < 0 {
		return
	}
	t.queue = slices.Delete(t.queue, i, i+1)
	t.size -= p.size
	t.some.Add(-1)
	key := wordsKey(p.at, p.nick, p.lines[0])
	list := t.byWords[key]
	if list = slices.DeleteFunc(slices.Clone(list), func(other *parcel) bool { return other == p }); len(list) > 0 {
		t.byWords[key] = list
	} else {
		delete(t.byWords, key)
	}
	for _, id := range p.ids {
		delete(t.byID, wordsKey(p.at, p.nick, id))
	}
}

// takeBack is for words that the network has refused: nobody will be told them.
func (h *Hub) takeBack(p *parcel) {
	if p == nil {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.parcels.drop(p)
}

// identify takes in by which ids the network tells the words.
func (h *Hub) identify(p *parcel, ids []string) {
	if p == nil || len(ids) == 0 {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if !slices.Contains(h.parcels.queue, p) {
		return
	}
	p.ids = append(p.ids, ids...)
	for _, id := range ids {
		h.parcels.byID[wordsKey(p.at, p.nick, id)] = p
	}
}

// parcelFor finds what belongs to words from IRC: by their id, else by who said them and
// what; of several the first that came after another.
func (h *Hub) parcelFor(at channelKey, nick, id, words string, after uint64) *parcel {
	if h.parcels.some.Load() == 0 {
		return nil
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if p := h.parcels.byID[wordsKey(at, nick, id)]; p != nil && id != "" && p.n > after {
		return p
	}
	now := time.Now()
	for t := &h.parcels; len(t.queue) > 0 && !now.Before(t.queue[0].until); {
		t.drop(t.queue[0])
	}
	for _, p := range h.parcels.byWords[wordsKey(at, nick, words)] {
		if p.n > after {
			return p
		}
	}
	return nil
}

// parcel has what an occupant's message holds wait for its words; nil if nobody else of
// ours is there to put it back.
func (r *room) parcel(s *stanza.Stanza, rich *rich, cmd irc.Command) *parcel {
	u, key := r.up.user, r.sharedKey()
	say, ok := cmd.(irc.Say)
	if !ok || !u.hub.listened(u, key) {
		return nil
	}
	p := &parcel{
		at: key, nick: r.nick(), id: newID(), stanzaID: strings.Clone(s.ID),
		lang: strings.Clone(s.Lang), children: passedOn(s.Children),
	}
	for _, line := range say.Lines {
		p.lines = append(p.lines, strings.Clone(mapping.Strip(line)))
	}
	if rich != nil {
		p.about = rich.about
	}
	u.hub.deposit(p)
	return p
}

// unwrapped is what a room has taken out of parcels of one nick.
type unwrapped struct {
	last  uint64    // the number of the last parcel
	rest  []string  // lines of it that are still to come, and say nothing new
	until time.Time // when they come no more: the network has dropped them
}

// maxUnwrapped is how many nicks a room has that of.
const maxUnwrapped = 200

// unwrap puts what a message held back into words from IRC; false: they are a line of a
// message that was shown whole.
func (r *room) unwrap(t irc.Text, w words) (words, bool) {
	was := r.opened[t.From.Nick]
	if t.Status != 0 || len(was.rest) == 0 && r.up.user.hub.parcels.some.Load() == 0 {
		return w, true
	}
	said := mapping.Strip(t.Body) // the network may have stripped it already
	if len(was.rest) > 0 && was.rest[0] == said && time.Now().Before(was.until) {
		was.rest, was.until = was.rest[1:], time.Now().Add(parcelTime)
		r.opened[t.From.Nick] = was
		return w, false
	}
	p := r.up.user.hub.parcelFor(r.sharedKey(), t.From.Nick, t.ID, said, was.last)
	if p == nil {
		return w, true
	}
	if len(r.opened) >= maxUnwrapped || r.opened == nil {
		r.opened = map[string]unwrapped{}
	}
	r.opened[t.From.Nick] = unwrapped{p.n, p.lines[1:], time.Now().Add(parcelTime)}
	if t.ID == "" {
		w.id = p.id
	}
	if w.stanzaID = p.stanzaID; w.stanzaID == "" {
		w.stanzaID = w.id
	}
	w.lang, w.children, w.rich = p.lang, p.children, nil
	if mapping.IsRich(p.children) {
		w.rich = &rich{about: p.about}
	}
	return w, true
}

// listen notes that a user shows a channel, and is to be told what others of ours say
// there without words.
func (h *Hub) listen(u *user, at channelKey) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.users[u.jid] != u {
		return
	}
	if h.listeners[at] == nil {
		h.listeners[at] = map[*user]bool{}
	}
	if len(h.listeners[at]) > 0 && !h.listeners[at][u] {
		h.overlaps.Add(1)
	}
	h.listeners[at][u] = true
	u.listens[at] = true
}

// unlisten is for a user who shows the channel no more.
func (h *Hub) unlisten(u *user, at channelKey) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.unlistenLocked(u, at)
}

func (h *Hub) unlistenLocked(u *user, at channelKey) {
	delete(u.listens, at)
	if len(h.listeners[at]) > 1 && h.listeners[at][u] {
		h.overlaps.Add(-1)
	}
	delete(h.listeners[at], u)
	if len(h.listeners[at]) == 0 {
		delete(h.listeners, at)
	}
}

// unlistenAll is for a user who ends.
func (h *Hub) unlistenAll(u *user) {
	for at := range u.listens {
		h.unlistenLocked(u, at)
	}
}

// listened says whether others than u, who does, show a channel.
func (h *Hub) listened(u *user, at channelKey) bool {
	if h.overlaps.Load() == 0 {
		return false // nobody shows what another does
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	n := len(h.listeners[at])
	return n > 1 || n == 1 && !h.listeners[at][u]
}

// others are those, and not u.
func (h *Hub) others(u *user, at channelKey) []*user {
	h.mu.Lock()
	defer h.mu.Unlock()
	var out []*user
	for other := range h.listeners[at] {
		if other != u {
			out = append(out, other)
		}
	}
	return out
}

const (
	// A user may post so much in a time: messages without words, and more for those
	// that are large.
	maxPassed  = 40
	passTime   = 10 * time.Second
	passWeight = 4 << 10
)

// mayPass says whether a user may post another message without words now.
func (u *user) mayPass(children []*stanza.Element) bool {
	return u.passed.takes(1+weight(children)/passWeight, maxPassed, passTime)
}

// share posts words that are not for IRC to the others who show the channel. Who is too
// busy to be told soon is not: what it is asked for itself comes first.
func (r *room) share(w words) {
	u, key := r.up.user, r.sharedKey()
	w.own = false
	if w.rich != nil {
		w.rich = &rich{about: w.rich.about}
	}
	stay := r.up.view.Self().Stay
	for _, other := range u.hub.others(u, key) {
		if len(other.mail) < mailbox/2 {
			other.tryPost(mail{call: func() { other.shared(key, stay, w) }})
		}
	}
}

// shared shows what another user of ours has said without words, if that user is in the
// channel as we see it and may speak there. They are found by their number: as we see it
// the nick may be somebody else's, if we are behind.
func (u *user) shared(key channelKey, stay uint64, w words) {
	rooms := u.rooms(key)
	if len(rooms) == 0 {
		u.hub.unlisten(u, key)
	}
	for _, r := range rooms {
		if !r.open() {
			continue
		}
		m, ok := r.whoIs(stay, w.nick)
		if !ok || !r.hasVoice(m.Nick) {
			continue
		}
		here := w
		here.nick, here.occupant = m.Nick, r.speaker(m.Person)
		r.said(here)
	}
}

// whoIs finds a member by number. The nick is where to look first.
func (r *room) whoIs(stay uint64, nick string) (irc.Member, bool) {
	if m, ok := r.up.view.Member(r.channel, nick); ok && m.Stay == stay {
		return m, true
	}
	for c := range r.up.view.Each(r.channel) {
		if c.After.Stay == stay {
			return c.After, true
		}
	}
	return irc.Member{}, false
}
