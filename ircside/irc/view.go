package irc

import (
	"slices"
	"strings"
	"unique"
)

// A View is all that one seat sees: the people, and the channels it is in. It
// belongs to whoever made it, and locks nothing.
//
// It outlives its session: after [View.Lost] all stays as it was seen last, and
// what the next session tells becomes differences.
type View struct {
	support  *Support
	self     *person
	people   *Map[*person]
	channels *Map[*channel]
	lastID   uint64
	places   int                // members of all channels
	modes    map[modeSet]string // sets as letters, made once
	stays    Stays              // nil: nobody is numbered
	closed   bool               // some channel has had a closer
	news     []Change           // of people who turn out to be others
}

// A person is a Person and in how many of our channels they are. Who is in a large
// channel is seen by every user that is in it, so what is known of them is kept once
// for all views.
type person struct {
	id    uint64
	name  unique.Handle[string] // the nick
	known unique.Handle[details]
	stay  uint64
	in    int32
	away  bool
	lost  bool // not seen since the session was lost
	flags WhoFlags
}

// details are what is long and seldom changes.
type details struct{ user, host, account, realname, awayText string }

// nick is theirs as they spell it.
func (p *person) nick() string { return p.name.Value() }

// Person is the person as others see it.
func (p *person) Person() Person {
	d := p.known.Value()
	return Person{
		ID: p.id, Stay: p.stay, Nick: p.nick(), User: d.user, Host: d.host, Account: d.account, Realname: d.realname,
		AwayText: d.awayText, Away: p.away, Flags: p.flags,
	}
}

// learn takes over all of q but its ID and nick.
func (p *person) learn(q Person) {
	p.away, p.flags = q.Away, q.Flags
	d := details{
		cut(q.User, maxKept), cut(q.Host, maxKept), cut(q.Account, maxKept),
		cut(q.Realname, maxKept), cut(q.AwayText, maxKept),
	}
	if d != p.known.Value() {
		p.known = unique.Make(d) // copies the strings: no line lives for what it told
	}
}

// modeSet is a set of prefix modes by rank, highest in bit 0.
type modeSet uint16

type channel struct {
	Channel
	members map[*person]modeSet
	bans    []ban  // set of late, to tell a ban's kick from a kick
	unlist  []ban  // taken off the list of the invited of late
	closer  string // who has just set +i; from there on nothing has happened but their kicks
}

// NewView makes the view of a seat that is called self.
func NewView(self string, s *Support) *View {
	v := &View{support: s, modes: map[modeSet]string{}}
	v.people = NewMap[*person](s.CaseMapping)
	v.channels = NewMap[*channel](s.CaseMapping)
	v.self = v.meet(Person{Nick: self})
	v.self.in++ // never forgotten
	return v
}

// Self is who we are.
func (v *View) Self() Person { return v.self.Person() }

// Support is what the network supports.
func (v *View) Support() *Support { return v.support }

// Person finds somebody by nick, if they can be seen.
func (v *View) Person(nick string) (Person, bool) {
	if p, ok := v.people.Get(nick); ok {
		return p.Person(), true
	}
	return Person{}, false
}

// Stay is the number of who says something, without what else is known of them; seen says
// whether they can be seen. 0: they have none, or it is open whether it is theirs.
func (v *View) Stay(who Person) (stay uint64, seen bool) {
	p, ok := v.people.Get(who.Nick)
	if !ok {
		return 0, false
	}
	if p.lost && (who.Host != p.known.Value().host || who.User != p.known.Value().user) {
		return 0, true
	}
	return p.stay, true
}

// Channel is what is known of a channel; false if it was never joined.
func (v *View) Channel(name string) (Channel, bool) {
	if ch, ok := v.channels.Get(name); ok {
		return ch.Channel, true
	}
	return Channel{}, false
}

// Size is how many members a channel has.
func (v *View) Size(name string) int {
	if ch, ok := v.channels.Get(name); ok {
		return len(ch.members)
	}
	return 0
}

// Member finds somebody in a channel by nick.
func (v *View) Member(name, nick string) (Member, bool) {
	ch, ok := v.channels.Get(name)
	if !ok {
		return Member{}, false
	}
	p, ok := v.people.Get(nick)
	if !ok {
		return Member{}, false
	}
	set, ok := ch.members[p]
	if !ok {
		return Member{}, false
	}
	return v.member(p, set), true
}

// Clone copies all of it, to be compared later by Since.
func (v *View) Clone() *View {
	c := &View{support: v.support, lastID: v.lastID, places: v.places, modes: map[modeSet]string{}}
	c.people = NewMap[*person](v.support.CaseMapping)
	c.channels = NewMap[*channel](v.support.CaseMapping)
	copies := make(map[*person]*person, v.people.Len())
	room := make([]person, 0, v.people.Len())
	for _, p := range v.people.All() {
		room = append(room, *p)
		q := &room[len(room)-1]
		copies[p] = q
		c.people.Set(q.nick(), q)
	}
	c.self = copies[v.self]
	for name, ch := range v.channels.All() {
		d := &channel{Channel: ch.Channel, members: make(map[*person]modeSet, len(ch.members)), bans: slices.Clone(ch.bans)}
		for p, set := range ch.members {
			d.members[copies[p]] = set
		}
		c.channels.Set(name, d)
	}
	return c
}

// Since is how a channel differs by now from how an older copy of this view has
// it: who went, who changed, who came; of each, ourselves last. Followed in this
// order, two are never of one nick.
func (v *View) Since(old *View, name string) []Change {
	was, ok := old.channels.Get(name)
	now, here := v.channels.Get(name)
	switch {
	case !ok && !here:
		return nil
	case !ok:
		return v.Members(name)
	case !here:
		now = &channel{Channel: was.Channel}
	}
	byID := make(map[uint64]*person, len(now.members))
	for p := range now.members {
		byID[p.id] = p
	}
	var out, changed []Change
	for _, p := range old.sorted(was) {
		before := old.member(p, was.members[p])
		q, stays := byID[p.id]
		if !stays || p != old.self && v.swapped(old, was, p, q) {
			out = append(out, Change{Channel: now.Name, Before: before, Cause: CauseQuit, Self: p == old.self})
			continue
		}
		delete(byID, p.id)
		if after := v.member(q, now.members[q]); before != after {
			changed = append(changed, Change{
				Channel: now.Name, Before: before, After: after, Cause: difference(before, after), Self: q == v.self,
			})
		}
	}
	out = append(selfLast(out), selfLast(changed)...)
	for _, p := range v.sorted(now) {
		if byID[p.id] == p {
			out = append(out, Change{Channel: now.Name, After: v.member(p, now.members[p]), Cause: CauseJoin, Self: p == v.self})
		}
	}
	return out
}

// swapped says whether somebody goes by a nick that another of the same channel had:
// to tell that as a rename, two would have to be of one nick for a moment.
func (v *View) swapped(old *View, was *channel, p, q *person) bool {
	other, ok := old.people.Get(q.nick())
	if !ok || other == p {
		return false
	}
	_, in := was.members[other]
	return in
}

func selfLast(changes []Change) []Change {
	slices.SortStableFunc(changes, func(a, b Change) int {
		switch {
		case a.Self == b.Self:
			return 0
		case a.Self:
			return 1
		}
		return -1
	})
	return changes
}

func difference(before, after Member) Cause {
	switch {
	case before.Nick != after.Nick:
		return CauseNick
	case before.Modes != after.Modes:
		return CauseMode
	}
	return CauseAbout
}

// Lost says that the session has ended. Everything stays to be seen; channels are
// no longer open.
func (v *View) Lost() {
	for _, ch := range v.channels.All() {
		ch.Open = false
	}
	for _, p := range v.people.All() {
		v.unseen(p, false)
	}
}

// Leave forgets a channel, and who is seen nowhere else.
func (v *View) Leave(name string) {
	ch, ok := v.channels.Get(name)
	if !ok {
		return
	}
	for p := range ch.members {
		v.part(ch, p)
	}
	v.channels.Delete(name)
}

// member is a person and their modes as others see them.
func (v *View) member(p *person, set modeSet) Member { return Member{p.Person(), v.letters(set)} }

// letters are a set's modes, highest first.
func (v *View) letters(set modeSet) string {
	if set == 0 {
		return ""
	}
	if s, ok := v.modes[set]; ok {
		return s
	}
	var b strings.Builder
	for i, p := range v.support.Prefixes {
		if set&(1<<i) != 0 {
			b.WriteByte(p.Mode)
		}
	}
	v.modes[set] = b.String()
	return b.String()
}

// set is the other way round; what is no prefix mode is left out.
func (v *View) set(letters string) modeSet {
	var set modeSet
	for i := range len(letters) {
		if r := v.support.Rank(letters[i]); r >= 0 && r < 16 {
			set |= 1 << r
		}
	}
	return set
}

// meet is the person of a nick, made if need be, with what p tells about them.
func (v *View) meet(p Person) *person {
	known, ok := v.people.Get(p.Nick)
	if !ok {
		v.lastID++
		known = &person{id: v.lastID, name: keepNick(p.Nick), known: nothing}
		known.learn(p)
		v.people.Set(known.nick(), known)
		v.number(known)
		return known
	}
	v.again(known, p)
	before := known.Person()
	if q := before; q.hear(p) {
		known.learn(q)
		v.heard(known, before)
	}
	return known
}

// nothing is what is known of somebody at first.
var nothing = unique.Make(details{})

// hear takes in what a line tells besides, and says whether it is news; what the line
// does not tell stays.
func (p *Person) hear(q Person) bool {
	before := *p
	if q.User != "" || q.Host != "" {
		p.User, p.Host = q.User, q.Host
	}
	if q.Account != "" {
		p.Account = q.Account
	}
	if q.Realname != "" {
		p.Realname = q.Realname
	}
	return *p != before
}

// enter puts somebody into a channel.
func (v *View) enter(ch *channel, p *person, set modeSet) {
	if _, in := ch.members[p]; !in {
		p.in++
		v.places++
	}
	ch.members[p] = set
}

// part takes somebody out of a channel, and forgets who is seen nowhere else.
func (v *View) part(ch *channel, p *person) {
	if _, in := ch.members[p]; !in {
		return
	}
	delete(ch.members, p)
	v.places--
	if p.in--; p.in <= 0 {
		v.people.Delete(p.nick())
		v.unseen(p, false)
	}
}
