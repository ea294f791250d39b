package gateway

import (
	"crypto/rand"
	"encoding/binary"
	"hash/maphash"

	"isthmus/ircside/irc"
	"isthmus/mapping"
	"isthmus/xmppside/jid"
)

// maxNumbered bounds the people of one network whose numbers are kept.
const maxNumbered = 1 << 18

// numbers are those of the people on one network whom anybody of ours sees, so that
// all who look see the same. The hub's lock guards them.
//
// Two views are told of the same things at different times. A number goes with the nick
// while somebody sees that person, and goes for good as soon as one view is told that
// they left the network: who takes the nick then is somebody else, even if another view
// has not heard yet. A view whose link is lost holds nobody's number.
type numbers struct {
	people map[uint64]numbered // by the hash of the nick, as it is spelt
	ours   map[uint64]jid.JID  // bare JIDs of our own users, by number
}

// numbered is one person in sight. There are as many as there are people: it is small.
type numbered struct {
	number uint64
	host   uint32 // hash of user and host, 0: not known
	seen   int32  // views that see them
}

// A sight is what one user's view of a network goes by. It implements irc.Stays.
type sight struct {
	hub     *Hub
	network string
	user    jid.JID
	number  uint64 // ours
}

func (u *user) sight(network string) *sight {
	return &sight{
		hub: u.hub, network: network, user: u.jid,
		number: mapping.StayOfUser(u.hub.occupantKey, network, u.jid.String()),
	}
}

func (h *Hub) hash(words ...string) uint64 {
	var m maphash.Hash
	m.SetSeed(h.seed)
	for _, w := range words {
		m.WriteString(w)
		m.WriteByte(0)
	}
	return m.Sum64()
}

// hostHash is 0 where the host is not known.
func (h *Hub) hostHash(p irc.Person) uint32 {
	if p.User == "" || p.Host == "" {
		return 0
	}
	return uint32(h.hash(p.User, p.Host)) | 1
}

// Meet implements irc.Stays.
func (s *sight) Meet(p irc.Person, self bool, was uint64) uint64 {
	nick, host := s.hub.hash(p.Nick), s.hub.hostHash(p)
	if self {
		return s.take(nick, numbered{number: s.number, host: host}, true)
	}
	if known := s.take(nick, numbered{host: host}, false); known != 0 {
		return known
	}
	number := was
	if number == 0 {
		number = mapping.StayOf(s.hub.occupantKey, s.network, p)
	}
	if number == 0 {
		number = lot()
	}
	return s.take(nick, numbered{number: number, host: host}, false)
}

// lot is a number that nobody can guess.
func lot() uint64 {
	var b [8]byte
	rand.Read(b[:]) // never fails
	return binary.BigEndian.Uint64(b[:]) | 1
}

// take is the number of whoever has a nick, if it may be the one who is met; else that
// of the one who is met, if they have one yet. Our own users' goes first.
func (s *sight) take(nick uint64, met numbered, self bool) uint64 {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	on := s.hub.numbersOn(s.network)
	known, ok := on.people[nick]
	same := known.number == met.number || !self && (known.host == 0 || met.host == 0 || known.host == met.host)
	switch {
	case ok && same:
		met.number, met.seen = known.number, known.seen
		if met.host == 0 {
			met.host = known.host
		}
	case met.number == 0:
		return 0
	case !ok && len(on.people) >= maxNumbered:
		return met.number
	}
	met.seen++
	on.people[nick] = met
	if self {
		on.ours[met.number] = s.user
	}
	return met.number
}

// Know implements irc.Stays.
func (s *sight) Know(number uint64, p irc.Person) {
	nick, host := s.hub.hash(p.Nick), s.hub.hostHash(p)
	s.change(nick, number, func(on *numbers, known numbered) {
		known.host = host
		on.people[nick] = known
	})
}

// Renamed implements irc.Stays.
func (s *sight) Renamed(number uint64, from, to string) {
	old, now := s.hub.hash(from), s.hub.hash(to)
	s.change(old, number, func(on *numbers, known numbered) {
		delete(on.people, old)
		on.people[now] = known
	})
}

// Gone implements irc.Stays.
func (s *sight) Gone(number uint64, nick string, ended bool) {
	key := s.hub.hash(nick)
	s.change(key, number, func(on *numbers, known numbered) {
		if known.seen--; known.seen > 0 && !ended {
			on.people[key] = known
		} else {
			delete(on.people, key)
		}
	})
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	on := s.hub.numbers[s.network]
	if on == nil {
		return
	}
	if number == s.number {
		delete(on.ours, number)
	}
	if len(on.people) == 0 && len(on.ours) == 0 {
		delete(s.hub.numbers, s.network)
	}
}

// change does something to a nick's number if it is the one that is meant.
func (s *sight) change(nick, number uint64, do func(*numbers, numbered)) {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	on := s.hub.numbers[s.network]
	if on == nil {
		return
	}
	if known, ok := on.people[nick]; ok && known.number == number {
		do(on, known)
	}
}

// numbersOn are those of a network, made if need be. The caller has the lock.
func (h *Hub) numbersOn(network string) *numbers {
	on := h.numbers[network]
	if on == nil {
		on = &numbers{people: map[uint64]numbered{}, ours: map[uint64]jid.JID{}}
		h.numbers[network] = on
	}
	return on
}

// ours is the user of ours who has a number on a network; the zero JID: nobody has.
func (h *Hub) ours(network string, number uint64) jid.JID {
	h.mu.Lock()
	defer h.mu.Unlock()
	if on := h.numbers[network]; on != nil {
		return on.ours[number]
	}
	return jid.JID{}
}
