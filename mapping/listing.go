package mapping

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"isthmus/ircside/irc"
	"isthmus/xmppside/stanza"
)

// A Listing is the public channels of a network as LIST told them at one time, sorted by
// name. Nobody changes one.
type Listing struct {
	Network  string // as in addresses
	Software string // of the server, as 004 has it
	Cut      bool   // there are more than it holds
	fold     irc.CaseMapping
	channels []ListedChannel
}

// A ListedChannel is one of them.
type ListedChannel struct {
	Name  string // as the network spells it
	key   string // folded: what it is sorted by
	Topic string // without codes
	Users int
	Modes string // letters of flag modes, if Moded
	Moded bool   // the network tells modes in lists
}

// Open says that nothing is known to keep people out.
func (c *ListedChannel) Open() bool { return !strings.ContainsAny(c.Modes, "ik") }

// listedBytes is what a channel of a listing may need on the average.
const listedBytes = 256

// A Lister makes a Listing of what a network tells. It keeps most channels, and 256 bytes
// for each of them, and no channel that is secret or private, as far as can be seen.
type Lister struct {
	listing     Listing
	most, bytes int
}

// NewLister begins a listing of a network that folds names in that way.
func NewLister(network string, s *irc.Support, most int) *Lister {
	return &Lister{most: most, listing: Listing{Network: network, Software: strings.Clone(s.Version), fold: s.CaseMapping}}
}

// Add takes a channel in.
func (l *Lister) Add(c irc.Listed) {
	if strings.ContainsAny(c.Modes, "sp") || badName(c.Channel, Channel) != "" {
		return // shown to whoever is in it or an operator, and not to be told; or no address can hold it
	}
	if len(l.listing.channels) >= l.most || l.bytes+len(c.Channel)+len(c.Topic) > l.most*listedBytes {
		l.listing.Cut = true
		return
	}
	l.bytes += len(c.Channel) + len(c.Topic)
	name := strings.Clone(c.Channel)
	l.listing.channels = append(l.listing.channels, ListedChannel{
		Name: name, key: l.listing.fold.Fold(name), Topic: strings.Clone(told(c.Topic)), Users: c.Users,
		Modes: strings.Clone(c.Modes), Moded: c.Moded,
	})
}

// Cut says that the network broke off.
func (l *Lister) Cut() { l.listing.Cut = true }

// Empty says that nothing was told.
func (l *Lister) Empty() bool { return len(l.listing.channels) == 0 }

// Listing is what was told, but for the channels that are hidden: those whose list it
// is may see more than others. A name that was told twice counts as told last.
func (l *Lister) Listing(hidden func(channel string) bool) *Listing {
	list := slices.DeleteFunc(l.listing.channels, func(c ListedChannel) bool { return hidden(c.Name) })
	slices.Reverse(list)
	slices.SortStableFunc(list, func(a, b ListedChannel) int { return strings.Compare(a.key, b.key) })
	list = slices.CompactFunc(list, func(a, b ListedChannel) bool { return a.key == b.key })
	out := l.listing
	out.channels = slices.Clip(list)
	l.listing.channels = nil
	return &out
}

// Same says whether two are one, or tell the same: of long ones it does not look.
func (l *Listing) Same(other *Listing) bool {
	const short = 256
	return l == other || l.Network == other.Network && len(l.channels) <= short && slices.Equal(l.channels, other.channels)
}

// Software takes the version of an ircd apart, as 004 has it: "InspIRCd-4",
// "ircd-hybrid-1:8.2.43".
func Software(version string) (name, number string) {
	version = told(version)
	for i := 1; i < len(version); i++ {
		if version[i-1] == '-' && isDigit(version[i]) || i > 1 && version[i-1] == '-' && version[i] == 'v' {
			return version[:i-1], version[i:]
		}
	}
	return version, ""
}

// Len is how many channels there are.
func (l *Listing) Len() int { return len(l.channels) }

// Channel finds one by any spelling.
func (l *Listing) Channel(name string) (*ListedChannel, bool) {
	i, ok := slices.BinarySearchFunc(l.channels, l.fold.Fold(name), func(c ListedChannel, key string) int { return strings.Compare(c.key, key) })
	if !ok {
		return nil, false
	}
	return &l.channels[i], true
}

// ItemName is a channel as one line of a list: name, people, and what fits of the topic.
func (c *ListedChannel) ItemName() string {
	const most = 200
	text := c.Name
	if c.Users > 0 {
		text += " (" + strconv.Itoa(c.Users) + ")"
	}
	if c.Topic != "" {
		text += ": " + clip(c.Topic, most)
	}
	return text
}

// clip cuts a text, and says so.
func clip(text string, most int) string {
	if len(text) <= most {
		return text
	}
	end := most
	for end > 0 && text[end]&0xc0 == 0x80 {
		end--
	}
	return text[:end] + "…"
}

// ListedFeatures are the disco features of a channel that we are not in: by its modes, if
// the network tells them to others, else by what a list tells.
func ListedFeatures(c *ListedChannel, g Glimpse) []string {
	switch {
	case g.support != nil:
		return RoomFeatures(g.channel(), g.support)
	case !c.Moded:
		return []string{"muc_public"}
	}
	s := irc.DefaultSupport().With([]string{"CHANMODES=b,k,l,Pimnprst"}) // letters that mean the same nearly everywhere
	return RoomFeatures(irc.Channel{Modes: c.Modes}, s)
}

// ListedInfo is what disco#info tells besides of such a channel.
func ListedInfo(c *ListedChannel, g Glimpse, notes RoomNotes) *stanza.Element {
	return roomInfo(c.Topic, c.Users, g.madeAt, notes)
}

// An Order is how channels that were found are sorted.
type Order uint8

// The orders.
const (
	ByName  Order = iota // as the network folds it
	ByUsers              // most first, then by name
)

// A Search says which channels are meant. The zero Search is all of them.
type Search struct {
	Mask        string // of names: * and ? are wild; without them, a part of the name
	Topic       string // words that are all in the topic
	Words       string // words, each of which is in the name or the topic
	InName      bool   // of Words
	InTopic     bool
	Least, Most int // users; a Most of 0 is no bound
	Order       Order
}

// A Found is the channels of some listings that a search found. It is a result set of
// package rsm.
type Found struct {
	Cut   bool // there may be more
	order Order
	list  []hit
}

type hit struct {
	in *Listing
	at *ListedChannel
}

// Find searches listings.
func Find(in []*Listing, s Search) *Found {
	f := &Found{order: s.Order}
	m := s.matcher()
	for _, l := range in {
		f.Cut = f.Cut || l.Cut
		for i := range l.channels {
			if c := &l.channels[i]; m.matches(c) {
				f.list = append(f.list, hit{l, c})
			}
		}
	}
	if len(in) > 1 || s.Order != ByName {
		slices.SortFunc(f.list, func(a, b hit) int { return f.compare(a, b) })
	}
	return f
}

// compare is the order. No two channels are equal in it.
func (f *Found) compare(a, b hit) int {
	if f.order == ByUsers && a.at.Users != b.at.Users {
		return cmp.Compare(b.at.Users, a.at.Users)
	}
	return cmp.Or(strings.Compare(a.at.key, b.at.key), strings.Compare(a.in.Network, b.in.Network))
}

// Len is how many there are.
func (f *Found) Len() int { return len(f.list) }

// At is one of them, and the network that it is on.
func (f *Found) At(i int) (network string, c *ListedChannel) {
	return f.list[i].in.Network, f.list[i].at
}

// UID names the place of one in the order: it holds also when it is no more, or when
// there is another list.
func (f *Found) UID(i int) string {
	h := f.list[i]
	uid := printable(h.at.key) + " " + h.in.Network
	if f.order == ByUsers {
		uid = strconv.Itoa(h.at.Users) + " " + uid
	}
	return uid
}

// Place finds a UID.
func (f *Found) Place(uid string) (index int, exact, ok bool) {
	users := 0
	if f.order == ByUsers {
		count, rest, _ := strings.Cut(uid, " ")
		n, err := strconv.Atoi(count)
		if err != nil {
			return 0, false, false
		}
		users, uid = n, rest
	}
	name, network, ok := strings.Cut(uid, " ")
	if !ok {
		return 0, false, false
	}
	want := hit{&Listing{Network: network}, &ListedChannel{key: unprintable(name), Users: users}}
	index, exact = slices.BinarySearchFunc(f.list, want, f.compare)
	return index, exact, true
}

// printable writes what XML cannot hold in a UID as escapes.
func printable(name string) string {
	return escape(name, func(r rune) bool { return isControl(r) || r == 0xfffd })
}

func unprintable(uid string) string { return unescape(uid) }

// A matcher is a search made ready.
type matcher struct {
	Search
	mask         string
	topic, words []string
}

func (s Search) matcher() matcher {
	m := matcher{Search: s, mask: strings.ToLower(s.Mask)}
	if m.mask != "" && !strings.ContainsAny(m.mask, "*?") {
		m.mask = "*" + m.mask + "*"
	}
	m.topic = strings.Fields(strings.ToLower(s.Topic))
	m.words = strings.Fields(strings.ToLower(s.Words))
	return m
}

func (m *matcher) matches(c *ListedChannel) bool {
	if c.Users < m.Least || m.Most > 0 && c.Users > m.Most {
		return false
	}
	if m.mask == "" && len(m.topic)+len(m.words) == 0 {
		return true
	}
	name, topic := strings.ToLower(c.Name), ""
	if len(m.topic)+len(m.words) > 0 {
		topic = strings.ToLower(c.Topic)
	}
	if m.mask != "" && !irc.Glob(m.mask, name, runeLen) {
		return false
	}
	for _, w := range m.topic {
		if !strings.Contains(topic, w) {
			return false
		}
	}
	for _, w := range m.words {
		if !(m.InName && strings.Contains(name, w) || m.InTopic && strings.Contains(topic, w)) {
			return false
		}
	}
	return true
}

func runeLen(s string) int {
	n := 1
	for n < len(s) && s[n]&0xc0 == 0x80 {
		n++
	}
	return n
}
