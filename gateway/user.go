package gateway

import (
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"isthmus/config"
	"isthmus/ircside/irc"
	"isthmus/mapping"
	"isthmus/xmppside/jid"
	"isthmus/xmppside/muc"
	"isthmus/xmppside/stanza"
)

// mailbox is how many things may wait for one user.
const mailbox = 128

// A user is one Jabber user. Its goroutine owns all that hangs on it.
type user struct {
	hub  *Hub
	jid  jid.JID
	log  zerolog.Logger
	mail chan mail
	done chan struct{} // closed when it has ended
	kill sync.Once

	posted   uint64                  // counts stanzas; guarded by hub.mu
	departed map[departure]*departed // guarded by hub.mu
	listens  map[channelKey]bool     // channels that it shows; guarded by hub.mu
	parted   atomic.Bool             // there is some of them
	nicks    map[string]string       // by network, where the user is now; guarded by hub.mu

	// The goroutine's own.
	config    *config.Config
	uplinks   map[string]*uplink
	clients   map[jid.JID]*client
	watchers  watchers            // our addresses that this user subscribes to
	passed    pace                // messages without words
	changes   pace                // of the settings of channels
	taught    int                 // hashes that its clients made known to everybody
	errands   []*errand           // ad-hoc commands under way, the oldest first
	sweeping  bool                // a timer runs that forgets them
	timers    map[*timer]struct{} // those that run
	down      bool                // there is no stream
	owed      []*stanza.Stanza    // farewells that could not be said without it
	parked    map[jid.JID]*parked
	keys      map[mapping.Address]*keptKey
	standings map[channelKey]muc.Affiliation // what we were to channels that nobody is in
	checks    map[stay]*check
	admitted  []*occupant // who have sent something before they were in
	last      []func()    // what is done when all else is that a mail brings about
	stopped   bool
	lists     []*listWait // lists of channels that it waits for
	finds     []finding   // what it looked for last
	session   session
	invites   invites
}

// mail is what reaches a user: a stanza, events of a seat, or a call.
type mail struct {
	n      uint64 // of a stanza: their order
	stanza *stanza.Stanza
	events *eventMail
	call   func()
}

type eventMail struct {
	up     *uplink
	seat   int // which of its seats
	events []irc.Event
}

// A departure is a client and what it leaves.
type departure struct{ from, to jid.JID }

// departed is a departure that found the mailbox full.
type departed struct {
	mail mail
	due  uint64 // how much mail must have been taken for it to be taken at the latest
}

func newUser(h *Hub, bare jid.JID) *user {
	return &user{
		hub: h, jid: bare, log: h.log.With().Stringer("user", bare).Logger(),
		mail: make(chan mail, mailbox), done: make(chan struct{}),
		departed: map[departure]*departed{}, listens: map[channelKey]bool{}, nicks: map[string]string{}, config: h.config.Load(),
		uplinks: map[string]*uplink{}, clients: map[jid.JID]*client{}, watchers: watchers{},
		parked: map[jid.JID]*parked{}, checks: map[stay]*check{}, keys: map[mapping.Address]*keptKey{}, standings: map[channelKey]muc.Affiliation{},
		timers: map[*timer]struct{}{},
	}
}

// tryPost never waits; false: the mailbox is full.
func (u *user) tryPost(m mail) bool {
	select {
	case u.mail <- m:
		return true
	default:
		return false
	}
}

// post waits for room; false: the user has ended.
func (u *user) post(m mail) bool {
	select {
	case u.mail <- m:
		return true
	case <-u.done:
		return false
	}
}

// run is the user's goroutine.
func (u *user) run() {
	defer u.hub.ended.Done()
	defer u.end()
	defer u.stopTimers()
	if !u.hub.keep {
		defer u.recover()
	}
	for taken := uint64(1); ; taken++ {
		select {
		case m := <-u.mail:
			if m.stanza != nil {
				u.depart(m.n, taken)
			}
			u.take(m)
		case <-u.done:
			u.hangUp()
			return
		}
		u.depart(0, taken)
		u.doLast()
		u.saveSession()
		if u.idle() && u.hub.leave(u) {
			return
		}
	}
}

// doLast does what was put off until all else is done.
func (u *user) doLast() {
	for len(u.last) > 0 {
		do := u.last[0]
		u.last = u.last[1:]
		do()
	}
}

// depart takes in the departures whose turn it is.
func (u *user) depart(next, taken uint64) {
	for _, m := range u.hub.departures(u, next, taken) {
		u.stanza(m.stanza)
	}
}

// hangUp ends all seats without a word.
func (u *user) hangUp() {
	for _, up := range u.uplinks {
		up.abort()
	}
}

// recover ends this user alone. Its clients are sent away, and what it has not taken
// in is refused, so that they know.
func (u *user) recover() {
	p := recover()
	if p == nil {
		return
	}
	u.log.Error().Interface("panic", p).Bytes("stack", debug.Stack()).Msg("user ended by a panic")
	const sorry = "The gateway has failed."
	u.stopped = true
	for _, up := range u.inOrder() {
		safely(up.abandon)
		for _, r := range up.list() {
			safely(func() { r.evictAll(timedOut(sorry), muc.StatusTechnical) })
		}
		safely(func() { up.failWishes(timedOut(sorry)) })
		safely(up.abort)
	}
	safely(func() { u.refuseParked(errFailed()) })
	safely(func() { u.refuseChecks(errFailed()) })
	safely(func() { u.endLists(timedOut(sorry)) })
	safely(u.watchersOffline)
	safely(u.saveSession)
	u.forget()
	for {
		select {
		case m := <-u.mail:
			if m.stanza != nil {
				safely(func() { u.refuse(m.stanza, errFailed()) })
			}
		default:
			return
		}
	}
}

// safely goes on when f panics, as it may when what it works on is half done.
func safely(f func()) {
	defer func() { _ = recover() }()
	f()
}

// forget has the hub start another user for this one's next stanza.
func (u *user) forget() {
	u.hub.mu.Lock()
	defer u.hub.mu.Unlock()
	u.hub.unlistenAll(u)
	if u.hub.users[u.jid] == u {
		delete(u.hub.users, u.jid)
	}
}

// end lets everybody who posts know that nobody reads any more.
func (u *user) end() { u.kill.Do(func() { close(u.done) }) }

// abort ends a user from outside, without a word to anybody.
func (u *user) abort() {
	u.end()
	u.forget()
}

func (u *user) take(m mail) {
	u.reconfigured()
	switch {
	case m.stanza != nil:
		u.stanza(m.stanza)
	case m.events != nil:
		m.events.up.take(m.events.seat, m.events.events)
	default:
		m.call()
	}
	u.catchEarly()
}

// reconfigured looks whether the configuration has changed; who sees real addresses is
// told in every room. XEP-0045 §10.2.1.
func (u *user) reconfigured() {
	was := u.config.Gateway.PublishJIDs
	u.config = u.hub.config.Load()
	if u.config.Gateway.PublishJIDs == was {
		return
	}
	code := muc.StatusNowSemiAnonymous
	if u.config.Gateway.PublishJIDs {
		code = muc.StatusNowNonAnonymous
	}
	for _, up := range u.inOrder() {
		for _, r := range up.list() {
			r.tellConfig(code)
		}
	}
}

// idle says whether nothing is left to wait for.
func (u *user) idle() bool {
	return len(u.uplinks) == 0 && len(u.watchers) == 0 && len(u.owed) == 0 && len(u.parked)+len(u.checks)+len(u.keys) == 0 && len(u.errands)+len(u.lists) == 0
}

// send hands a stanza to the stream. One that is dropped is how a user may learn first
// that there is none: from there on its clients miss what happens.
func (u *user) send(s *stanza.Stanza) {
	if !u.hub.xmpp.Send(s) && !u.down {
		u.streamDown()
		if _, words := s.Body(); s.Type != "groupchat" || !words { // words are in the backlog
			u.owe(s)
		}
	}
}

// ask sends an IQ of our own; the answer comes on the user's goroutine, if that is
// still there, nil for silence.
func (u *user) ask(iq *stanza.Stanza, deadline time.Duration, then func(*stanza.Stanza)) {
	u.hub.xmpp.Ask(iq, deadline, func(answer *stanza.Stanza) {
		if !u.tryPost(mail{call: func() { then(answer) }}) { // the stream's reader waits for nobody
			go u.post(mail{call: func() { then(nil) }})
		}
	})
}

// stanza dispatches by what it is and where it goes.
func (u *user) stanza(s *stanza.Stanza) {
	if u.waits(s) || u.behindCheck(s) {
		return
	}
	at, err := u.hub.scheme.Parse(s.To)
	if err != nil {
		u.refuse(s, err)
		return
	}
	if u.early(s, at) {
		return
	}
	switch s.Kind {
	case stanza.Presence:
		u.presence(s, at)
	case stanza.Message:
		u.message(s, at)
	case stanza.IQ:
		u.iq(s, at)
	}
}

func (u *user) presence(s *stanza.Stanza, at mapping.Address) {
	_, join := muc.ParseJoin(s)
	switch {
	case s.Type == "error":
		u.bounced(s, at)
	case at.Kind == mapping.Channel:
		u.roomPresence(s, at)
	case join:
		u.refuse(s, &stanza.Error{Type: stanza.Modify, Condition: stanza.JIDMalformed, Text: "This is no room: the name of a channel begins with #."})
	default:
		u.contactPresence(s, at)
	}
}

func (u *user) message(s *stanza.Stanza, at mapping.Address) {
	switch {
	case s.Type == "error":
		u.bounced(s, at)
	case mapping.Encrypted(s.Children):
		u.refuse(s, errEncrypted)
	case weight(s.Children) > maxWeight:
		u.refuse(s, errTooLong)
	case at.Kind == mapping.Channel && at.Occupant == "":
		u.roomMessage(s, at)
	case at.Kind == mapping.Channel:
		u.occupantMessage(s, at)
	case at.Kind == mapping.Nick:
		u.nickMessage(s, at)
	default:
		u.console(s, at)
	}
}

// stop sends this user's clients away: the gateway stops.
func (u *user) stop() {
	if u.stopped {
		return
	}
	u.stopped = true
	u.refuseParked(errStopping)
	u.refuseChecks(errStopping)
	u.watchersOffline()
	clear(u.watchers)
	u.endLists(errStopping)
	u.errands = nil // nobody waits for an answer, and the end for neither
	clear(u.keys)
	for _, up := range u.inOrder() {
		up.evictAll(errStopping, muc.StatusShutdown)
		up.close("The gateway is stopping")
	}
}

// inOrder are the uplinks by name.
func (u *user) inOrder() []*uplink {
	out := make([]*uplink, 0, len(u.uplinks))
	for _, up := range u.uplinks {
		out = append(out, up)
	}
	slices.SortFunc(out, func(a, b *uplink) int {
		if a.name < b.name {
			return -1
		}
		return 1
	})
	return out
}
