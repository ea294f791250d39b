package gateway

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"isthmus/config"
	"isthmus/mapping"
	"isthmus/xmppside/iq"
	"isthmus/xmppside/jid"
	"isthmus/xmppside/muc"
	"isthmus/xmppside/stanza"
)

// A Hub is the gateway: it knows the users that are here, and brings stanzas to
// them. It is an xmppside.Handler.
type Hub struct {
	xmpp    XMPP
	open    Open
	log     zerolog.Logger
	config  atomic.Pointer[config.Config]
	scheme  mapping.Scheme
	domain  jid.JID
	self    jid.JID // of the gateway's own user, who lists channels: nobody's bare address
	mux     *iq.Mux[query]
	version string
	started time.Time
	key     [32]byte // of what is derived from a JID

	occupantKey [32]byte // of occupant ids (XEP-0421): another store is another key
	keeper      *keeper
	channels    atomic.Pointer[map[channelKey]settings]

	most int  // bytes of a stanza that leaves
	keep bool // do not recover from a user's panic

	mu        sync.Mutex // guards what follows; nothing that can wait is done under it
	users     map[jid.JID]*user
	features  knownFeatures
	listeners map[channelKey]map[*user]bool // who shows a channel
	overlaps  atomic.Int32                  // how many of those are not the first to show theirs
	parcels   parcels
	lists     listings
	turns     uint64 // counts lists that were begun
	stopping  bool
	ended     sync.WaitGroup      // users
	numbers   map[string]*numbers // by network
	seed      maphash.Seed        // of their keys; it does not change
}

// Options are what a Hub is made of.
type Options struct {
	XMPP    XMPP
	Open    Open
	Log     zerolog.Logger
	Config  *config.Config
	Version string // told by XEP-0092
	// Documents are what outlives the process; nil: nothing does. The hub does not
	// use them any more when Stop has returned.
	Documents Documents
	// KeepPanics lets a panic end the process, as tests want it; otherwise it ends
	// the user whose goroutine it was.
	KeepPanics bool
}

// NewHub makes a gateway. It errs if the domain is no address, or if the store does not
// give the gateway's own secrets, the settings of channels and what clients can do; it
// waits for that.
func NewHub(o Options) (*Hub, error) {
	domain, err := jid.New("", o.Config.Component.Domain, "")
	if err != nil {
		return nil, err
	}
	self, err := domain.WithResource("lister")
	if err != nil {
		return nil, err
	}
	h := &Hub{
		self: self, xmpp: o.XMPP, open: o.Open, log: o.Log, domain: domain, version: o.Version, keep: o.KeepPanics,
		scheme: mapping.Scheme{Domain: o.Config.Component.Domain, Fixed: o.Config.Gateway.FixedNetwork},
		mux:    newMux(), started: time.Now(), key: o.Config.IdentKey(),
		most: o.Config.Component.MaxStanza, users: map[jid.JID]*user{}, features: newKnownFeatures(),
		listeners: map[channelKey]map[*user]bool{}, parcels: newParcels(), lists: listings{},
		numbers: map[string]*numbers{}, seed: maphash.MakeSeed(),
	}
	h.config.Store(o.Config)
	h.keeper = newKeeper(o.Documents, &h.mu, o.Log, func() time.Duration { return h.config.Load().Gateway.RememberOccupants })
	if h.occupantKey, err = h.keeper.key("occupant", h.key); err != nil {
		return nil, fmt.Errorf("the store: %w", err)
	}
	if err := errors.Join(h.keeper.meet(), h.loadSettings(), h.loadFeatures()); err != nil {
		return nil, fmt.Errorf("the store: %w", err)
	}
	return h, nil
}

// Reload swaps the configuration; users see it with the next thing that they do. Who
// may not use the gateway any more is sent away.
func (h *Hub) Reload(c *config.Config) {
	h.mu.Lock()
	h.config.Store(c) // under the lock: who is let in after this is let in by it
	h.mu.Unlock()
	for _, u := range h.everybody() {
		if !u.isGateway() && !c.Gateway.Allowed(u.jid.String()) {
			go u.post(mail{call: u.deny})
		} else {
			u.tryPost(mail{call: func() {}}) // who has much to take in sees it with that
		}
	}
}

// deny sends a user's clients away, who may not use the gateway any more.
func (u *user) deny() {
	if u.config.Gateway.Allowed(u.jid.String()) {
		return // after yet another reload
	}
	u.refuseParked(errDenied)
	u.refuseChecks(errDenied)
	u.watchersOffline()
	clear(u.watchers)
	u.endLists(errDenied)
	for _, up := range u.inOrder() {
		up.standing = false
		up.failWishes(errDenied)
		up.evictAll(errDenied, muc.StatusTechnical)
		up.close("Leaving")
	}
}

var errDenied = &stanza.Error{Type: stanza.Auth, Condition: stanza.Forbidden, Text: "You may not use this gateway."}

// maxDeparted is how many departures are kept beside a user's mailbox: more than anybody
// has rooms, so that nobody who makes them up fills the memory.
const maxDeparted = 4096

// HandleStanza brings a stanza to its sender's user, which it starts if need be. It
// does not wait for the user: a wish that finds the mailbox full is refused, a departure
// is kept beside it, for otherwise ghosts would stay. Of those at most maxDeparted are
// kept, one for each client and address; a client whose departure is lost beyond that is
// noticed when it is asked whether it is there.
func (h *Hub) HandleStanza(s *stanza.Stanza) {
	if s.From.IsZero() || s.To.IsZero() {
		return
	}
	if err := h.deliver(s); err != nil {
		h.bounce(s, err)
	}
}

func (h *Hub) deliver(s *stanza.Stanza) *stanza.Error {
	h.mu.Lock()
	defer h.mu.Unlock()
	from := s.From.Bare()
	gateway := &h.config.Load().Gateway
	if !isDeparture(s) && !gateway.Allowed(from.String()) {
		return errDenied
	}
	u := h.users[from]
	if u == nil {
		if (isDeparture(s) || s.Type == "error") && !h.leaves(s, gateway) {
			return nil // of somebody who is not here
		}
		if h.stopping {
			return errStopping
		}
		if most := gateway.MaxUsers; most > 0 && h.guests() >= most {
			return &stanza.Error{Type: stanza.Wait, Condition: stanza.ResourceConstraint, Text: "Too many people use this gateway at the moment."}
		}
		u = newUser(h, from)
		h.users[from] = u
		h.ended.Add(1)
		go u.run()
	}
	u.posted++
	m := mail{stanza: s, n: u.posted}
	if u.tryPost(m) {
		return nil
	}
	if isDeparture(s) {
		k := departure{s.From, s.To}
		if _, again := u.departed[k]; again || len(u.departed) < maxDeparted {
			u.departed[k] = &departed{mail: m}
			u.parted.Store(true)
		}
		return nil
	}
	return &stanza.Error{Type: stanza.Wait, Condition: stanza.ResourceConstraint, Text: "You are asking for more than the gateway keeps up with."}
}

// isDeparture tells what must not be lost: a client going, or found gone.
func isDeparture(s *stanza.Stanza) bool {
	return s.Kind == stanza.Presence && (s.Type == "unavailable" || s.Type == "error") ||
		s.Kind == stanza.Message && s.Type == "error"
}

// leaves tells a departure of somebody who is not here and that matters all the same:
// the client may be remembered as one that did not leave. Strangers cost nothing. The
// hub's mutex is held.
func (h *Hub) leaves(s *stanza.Stanza, gateway *config.Gateway) bool {
	if h.keeper.docs == nil || s.Kind != stanza.Presence || s.Type != "unavailable" || s.From.IsBare() ||
		h.keeper.isStranger(KindSession, s.From.Bare().String()) {
		return false
	}
	at, err := h.scheme.Parse(s.To)
	full := gateway.MaxUsers > 0 && len(h.users) >= gateway.MaxUsers
	return err == nil && at.Kind == mapping.Channel && !h.stopping && !full && gateway.Allowed(s.From.Bare().String())
}

// bounce answers what cannot be taken, unless that itself would wait.
func (h *Hub) bounce(s *stanza.Stanza, err *stanza.Error) {
	if answerable(s) {
		h.xmpp.Offer(Unread(s, err))
	}
}

// leave takes a user out who has nothing left to do; false if mail has come
// meanwhile, so that no stanza falls between.
func (h *Hub) leave(u *user) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(u.mail) > 0 || len(u.departed) > 0 {
		return false
	}
	h.unlistenAll(u)
	if h.users[u.jid] == u {
		delete(h.users, u.jid)
	}
	return true
}

// departures takes those whose turn it is of what was kept beside a user's mailbox:
// what a client said before it went comes first, and what it says after its return
// comes later. next is the number of the stanza that is about to be taken, if one is,
// and taken counts all mail that was.
func (h *Hub) departures(u *user, next, taken uint64) []mail {
	if !u.parted.Load() {
		return nil
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	var out []mail
	for k, d := range u.departed {
		if d.due == 0 {
			d.due = taken + mailbox + 1 // by then all that was in the mailbox with it is taken
		}
		if d.mail.n < next || d.due <= taken || len(u.mail) == 0 && next == 0 {
			out = append(out, d.mail)
			delete(u.departed, k)
		}
	}
	u.parted.Store(len(u.departed) > 0)
	slices.SortFunc(out, func(a, b mail) int { return cmp.Compare(a.n, b.n) })
	return out
}

// everybody lists the users.
func (h *Hub) everybody() []*user {
	h.mu.Lock()
	defer h.mu.Unlock()
	out := make([]*user, 0, len(h.users))
	for _, u := range h.users {
		out = append(out, u)
	}
	return out
}

// StreamUp has every user find out who is still there. The notices are in the
// mailboxes before the reader brings a stanza.
func (h *Hub) StreamUp() {
	for _, u := range h.everybody() {
		u.post(mail{call: u.streamUp})
	}
}

// StreamDown has every user note what its clients miss from now on.
func (h *Hub) StreamDown(error) {
	for _, u := range h.everybody() {
		u.post(mail{call: u.streamDown})
	}
}

// Stop sends everybody away with 332 and a QUIT, and returns when they are gone or
// ctx is done, and what they leave is saved.
func (h *Hub) Stop(ctx context.Context) {
	h.mu.Lock()
	h.stopping = true
	h.mu.Unlock()
	h.sendAway()
	gone := make(chan struct{})
	go func() { h.ended.Wait(); close(gone) }()
	select {
	case <-gone:
	case <-ctx.Done():
		for _, u := range h.everybody() {
			u.abort()
		}
	}
	h.keeper.stop(ctx)
}

// sendAway has all users stop. None begins before all know, as far as their mailboxes have
// room: nobody is told of the others' going when they go themselves.
func (h *Hub) sendAway() {
	all := make(chan struct{})
	for _, u := range h.everybody() {
		m := mail{call: func() { <-all; u.stop() }}
		if !u.tryPost(m) {
			go u.post(m) // ends with the user
		}
	}
	close(all)
}
