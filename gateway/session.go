package gateway

import (
	"cmp"
	"encoding/json"
	"slices"
	"time"

	"isthmus/xmppside/jid"
)

// A session is what is remembered of a user's clients: which of them were in which room
// and did not leave by themselves. Such a client may believe that it still is in, as
// one that never was does not. It is loaded when it is looked at first, and saved after
// each piece of mail that changed it.
type session struct {
	stays   map[stay]*stayed
	loaded  bool
	changed bool // since it was saved
	rest    bool // a timer runs to save it again
}

// A stay is a client in a room, by the addresses of both.
type stay struct{ client, room jid.JID }

type stayed struct {
	here bool
	last time.Time // that it was known to be in; counts if it is not here
}

// maxStays is how many a user's session has.
const maxStays = 1000

// wasOccupant says whether a client is in a room, or was within remember_occupants and
// did not leave by itself. It waits for the store if it is the first to ask.
func (u *user) wasOccupant(full, room jid.JID) bool {
	s := u.remembered().stays[stay{full, room.Bare()}]
	return s != nil && (s.here || time.Since(s.last) < u.config.Gateway.RememberOccupants)
}

// entered notes that an occupant is in.
func (u *user) entered(o *occupant) {
	s := u.remembered()
	key := stay{o.client.jid, o.at}
	if s.stays[key] == nil && len(s.stays) >= maxStays && !s.evictOldest() {
		return
	}
	s.stays[key] = &stayed{here: true}
	s.changed = true
}

// sentAway notes that an occupant is out, and may not know it.
func (u *user) sentAway(o *occupant) {
	if s := u.session.stays[stay{o.client.jid, o.at}]; s != nil {
		s.here, s.last = false, time.Now()
		u.session.changed = true
	}
}

// leftItself notes that a client has said that it leaves, wherever we thought it to be.
func (u *user) leftItself(full, room jid.JID) {
	s := u.remembered()
	key := stay{full, room.Bare()}
	if s.stays[key] != nil {
		delete(s.stays, key)
		s.changed = true
	}
}

// evictOldest makes room for one; false: all are here.
func (s *session) evictOldest() bool {
	var oldest stay
	var last time.Time
	for key, st := range s.stays {
		if !st.here && (last.IsZero() || st.last.Before(last)) {
			oldest, last = key, st.last
		}
	}
	delete(s.stays, oldest)
	return !last.IsZero()
}

// savedSession is the document.
type savedSession struct {
	Stays []savedStay `json:"stays"` // the newest first
}

type savedStay struct {
	Client string `json:"client"`
	Room   string `json:"room"`
	Last   int64  `json:"last"` // Unix time
}

// remembered is the session, loaded if need be.
func (u *user) remembered() *session {
	s := &u.session
	if s.loaded {
		return s
	}
	s.loaded, s.stays = true, map[stay]*stayed{}
	text, err := u.hub.keeper.load(KindSession, u.jid.String())
	var saved savedSession
	if err == nil && text != nil {
		err = json.Unmarshal(text, &saved)
	}
	if err != nil {
		u.log.Error().Err(err).Msg("session not loaded")
		return s
	}
	for _, one := range saved.Stays {
		client, bad := jid.Parse(one.Client)
		room, bad2 := jid.Parse(one.Room)
		if bad == nil && bad2 == nil && len(s.stays) < maxStays {
			s.stays[stay{client, room}] = &stayed{last: time.Unix(one.Last, 0)}
		}
	}
	return s
}

// saveSession has a session saved that has changed. What is kept has a time: while
// somebody is in it is written anew now and then, lest a crash makes it look old.
func (u *user) saveSession() {
	s := &u.session
	if !s.changed {
		return
	}
	s.changed = false
	if u.hub.keeper.docs == nil {
		return
	}
	saved, here := s.saved(time.Now(), u.config.Gateway.RememberOccupants)
	if err := u.keepSession(saved); err != nil {
		s.changed = true // and tried again
		u.log.Debug().Err(err).Msg("session not saved")
	}
	if here && !s.rest {
		s.rest = true
		u.after(max(u.config.Gateway.RememberOccupants/8, time.Minute), func() { s.rest, s.changed = false, true })
	}
}

// saved is the session as a document, and whether somebody is in. What is too old is
// forgotten.
func (s *session) saved(now time.Time, remember time.Duration) (saved savedSession, here bool) {
	for key, st := range s.stays {
		switch {
		case st.here:
			here, st.last = true, now
		case now.Sub(st.last) >= remember:
			delete(s.stays, key)
			continue
		}
		saved.Stays = append(saved.Stays, savedStay{key.client.String(), key.room.String(), st.last.Unix()})
	}
	slices.SortFunc(saved.Stays, func(a, b savedStay) int {
		return cmp.Or(cmp.Compare(b.Last, a.Last), cmp.Compare(a.Client, b.Client), cmp.Compare(a.Room, b.Room))
	})
	return saved, here
}

// keepSession hands the document to the keeper; of one that is too long the older half
// is left out.
func (u *user) keepSession(saved savedSession) error {
	if len(saved.Stays) == 0 || u.config.Gateway.RememberOccupants == 0 {
		return u.hub.keeper.drop(KindSession, u.jid.String())
	}
	text, err := json.Marshal(saved)
	if err != nil {
		return err
	}
	if len(text) > MaxDocument {
		return u.keepSession(savedSession{saved.Stays[:len(saved.Stays)/2]})
	}
	return u.hub.keeper.save(KindSession, u.jid.String(), text)
}
