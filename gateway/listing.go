package gateway

import (
	"cmp"
	"errors"
	"slices"
	"time"

	"isthmus/config"
	"isthmus/ircside/irc"
	"isthmus/mapping"
	"isthmus/xmppside/stanza"
)

const (
	maxLists       = 64        // networks whose list is kept
	maxListWaiters = 1000      // for one list
	maxListWaits   = 32        // of one user
	maxListed      = 1 << 16   // channels of one network
	maxOpenListed  = 1 << 12   // of one that users chose
	listKeep       = time.Hour // that a list is used if there is no newer one
	listPause      = time.Minute
	emptyPause     = 15 * time.Second
	manyUsers      = 10              // of the channels that are asked for where all are too many
	listBackstop   = 5 * time.Minute // beyond the join timeout: then a take counts as lost
)

// listings are the channels of each network, listed once for everybody. They are guarded
// by the hub's mutex; the lists themselves are not changed.
type listings map[string]*listing

type listing struct {
	last    *mapping.Listing // nil: none was taken
	at      time.Time
	err     error     // of the last try
	own     bool      // which went over a user's own link
	tried   time.Time // when it ended
	turn    uint64    // which try is the last
	until   time.Time // when the one under way counts as lost; zero: none is
	waiting []*listWait
}

// A listWait is a user that wants a network's channels. It belongs to the user's
// goroutine, but for the hub's list of who waits.
type listWait struct {
	user    *user
	network string
	until   time.Time
	again   bool // the link over which the list was taken was lost, and this is another try
	then    func(*mapping.Listing, error)
}

// fresh says whether the last list will do.
func (l *listing) fresh(now time.Time, interval time.Duration) bool {
	if l.last == nil {
		return false
	}
	if l.last.Len() == 0 { // some servers list nothing to who has just come
		interval = min(interval, emptyPause)
	}
	return now.Sub(l.at) < interval
}

// stale is the last list if it is better than none.
func (l *listing) stale(now time.Time) *mapping.Listing {
	if l.last == nil || now.Sub(l.at) >= listKeep {
		return nil
	}
	return l.last
}

// answer is what there is: a list, or why there is none.
func (l *listing) answer(network string, now time.Time) (*mapping.Listing, error) {
	switch last := l.stale(now); {
	case last != nil:
		return last, nil
	case l.err != nil:
		return nil, l.err
	}
	return nil, unlisted(network)
}

// of is the record of a network, made if need be: of too many the oldest goes.
func (ls listings) of(network string) *listing {
	if l := ls[network]; l != nil {
		return l
	}
	if len(ls) >= maxLists {
		oldest := ""
		for name, l := range ls {
			if l.until.IsZero() && (oldest == "" || l.tried.Before(ls[oldest].tried)) {
				oldest = name
			}
		}
		delete(ls, oldest)
	}
	ls[network] = &listing{}
	return ls[network]
}

// unlisted says that there is no way to ask a network for its channels.
func unlisted(network string) *stanza.Error {
	return &stanza.Error{
		Type: stanza.Wait, Condition: stanza.RecipientUnavailable, Args: []string{network},
		Text: "You are not connected to %s, and its channels were not listed lately. Join one of them first, or write \"connect\" to the network's address, and ask again.",
	}
}

func lateList() *stanza.Error {
	return timedOut("The network has not listed its channels in time. Try again in a while.")
}

// listing gives then the channels of a network exactly once: now, or when they have been
// listed, or after limit. Errors are for people.
func (u *user) listing(network string, limit time.Duration, then func(*mapping.Listing, error)) {
	n, ok := u.config.Network(network)
	if !ok {
		n = config.Network{Name: network} // configured no longer
	}
	w := &listWait{user: u, network: n.Name, until: time.Now().Add(limit), then: then}
	up := u.uplinks[n.Name]
	if up == nil || n.Lister || up.state == linkUp || up.state == linkClosing || u.hub.listed(n.Name) != nil {
		u.wait(w, n)
		return
	}
	up.ready(func() { u.wait(w, n) }, func(err error) { // nobody else waits for a link that is not there
		then(nil, u.stanzaError(err, mapping.ForConnection, up.ircd()))
	})
}

// wait has a wait answered, or kept.
func (u *user) wait(w *listWait, n config.Network) {
	then := w.then
	if len(u.lists) >= maxListWaits {
		then(nil, &stanza.Error{Type: stanza.Wait, Condition: stanza.ResourceConstraint, Text: "You are asking for more than the gateway keeps up with."})
		return
	}
	up := u.uplinks[n.Name]
	own := up != nil && up.mayList(n)
	answer, turn, err := u.hub.want(w, own, n)
	if answer != nil || err != nil {
		then(answer, err)
		return
	}
	u.lists = append(u.lists, w)
	u.after(time.Until(w.until), w.late)
	if turn != 0 {
		u.takeList(n.Name, turn)
	}
}

// mayList says whether channels may be listed over this link: not where that could flood
// it, if there is another way, nor with the eyes of an operator of the network.
func (up *uplink) mayList(n config.Network) bool {
	return up.state == linkUp && up.view.Self().Flags&irc.FlagOper == 0 && (up.view.Support().SafeList || !n.Lister)
}

// want is what there is of a network's channels; neither an answer nor an error: w waits.
// A turn is for the user to take the list by.
func (h *Hub) want(w *listWait, own bool, n config.Network) (list *mapping.Listing, turn uint64, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := time.Now()
	if h.lists[n.Name] == nil && !own && !n.Lister {
		return nil, 0, unlisted(n.Name) // and nothing to remember
	}
	l := h.lists.of(n.Name)
	switch {
	case l.fresh(now, h.config.Load().Gateway.ListInterval):
		return l.last, 0, nil
	case now.Before(l.until):
	case !own && !n.Lister, l.err != nil && (l.own || !own) && now.Sub(l.tried) < listPause:
		list, err = l.answer(n.Name, now)
		return list, 0, err
	default:
		h.turns++
		l.turn = h.turns
		if !own && !h.sendLister(n.Name, l.turn) {
			return nil, 0, errBusyGateway()
		}
		l.own, l.until = own, now.Add(h.config.Load().Gateway.JoinTimeout+listBackstop)
		l.waiting = append(l.waiting, w)
		if own {
			return nil, l.turn, nil
		}
		return nil, 0, nil
	}
	if len(l.waiting) >= maxListWaiters {
		return nil, 0, errBusyGateway()
	}
	l.waiting = append(l.waiting, w)
	return nil, 0, nil
}

// unwant forgets a wait that has ended, if it did before the try that it is for: only so
// many wait for one list.
func (h *Hub) unwant(w *listWait) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if l := h.lists[w.network]; l != nil {
		if i := slices.Index(l.waiting, w); i >= 0 {
			l.waiting = slices.Delete(l.waiting, i, i+1)
		}
	}
}

func errBusyGateway() *stanza.Error {
	return &stanza.Error{Type: stanza.Wait, Condition: stanza.ResourceConstraint, Text: "Too many people use this gateway at the moment."}
}

// listed is what is known of a network's channels without asking anybody; nil: nothing.
func (h *Hub) listed(network string) *mapping.Listing {
	h.mu.Lock()
	defer h.mu.Unlock()
	if l := h.lists[network]; l != nil {
		return l.stale(time.Now())
	}
	return nil
}

// tellList keeps what came of a try, and has those who wait for it look. One whose mailbox is
// full looks when its time is over. If a link was lost they look one after the other, those
// of others than whose link it was first: so that one of them takes the list for all.
func (h *Hub) tellList(network string, turn uint64, list *mapping.Listing, err error) {
	var lost errListLost
	h.mu.Lock()
	l := h.lists[network]
	if l == nil || l.turn != turn {
		h.mu.Unlock()
		return // it had been given up
	}
	now := time.Now()
	l.tried, l.until, l.err = now, time.Time{}, err
	switch {
	case err == nil:
		l.last, l.at = list, now
	case errors.As(err, &lost):
		l.err = nil // another link may do
	}
	waiting := l.waiting
	l.waiting = nil
	list, err = l.answer(network, now)
	h.mu.Unlock()
	if lost.err != nil {
		tellInTurn(othersFirst(waiting), func(w *listWait) { w.told(list, err, lost.err) })
		return
	}
	for _, w := range waiting {
		w.user.tryPost(mail{call: func() { w.told(list, err, nil) }})
	}
}

// othersFirst has the user whose wait is the first wait last: it took the list.
func othersFirst(waiting []*listWait) []*listWait {
	var others, own []*listWait
	for _, w := range waiting {
		if w.user == waiting[0].user {
			own = append(own, w)
		} else {
			others = append(others, w)
		}
	}
	return append(others, own...)
}

// tellInTurn has each told by its own goroutine, when the one before has been.
func tellInTurn(waiting []*listWait, tell func(*listWait)) {
	for i, w := range waiting {
		if w.user.tryPost(mail{call: func() { tell(w); tellInTurn(waiting[i+1:], tell) }}) {
			return
		}
	}
}

// An errListLost is the loss of the link over which a list was taken.
type errListLost struct{ err error }

func (e errListLost) Error() string { return e.err.Error() }

// told takes what came of a try. If only its link was lost, there is one more try over
// another, once.
func (w *listWait) told(list *mapping.Listing, err, lost error) {
	i := slices.Index(w.user.lists, w)
	if i < 0 || lost == nil || w.again {
		w.end(list, cmp.Or(lost, err))
		return
	}
	w.user.lists = slices.Delete(w.user.lists, i, i+1)
	n, ok := w.user.config.Network(w.network)
	if !ok {
		n = config.Network{Name: w.network}
	}
	w.user.wait(&listWait{user: w.user, network: w.network, until: w.until, again: true, then: w.then}, n)
}

// late ends a wait whose time is over, with what there is by now.
func (w *listWait) late() {
	if list := w.user.hub.listed(w.network); list != nil {
		w.end(list, nil)
		return
	}
	w.end(nil, lateList())
}

// end answers, once.
func (w *listWait) end(list *mapping.Listing, err error) {
	i := slices.Index(w.user.lists, w)
	if i < 0 {
		return
	}
	w.user.lists = slices.Delete(w.user.lists, i, i+1)
	w.user.hub.unwant(w)
	w.then(list, err)
}

// endLists answers all that a user waits for.
func (u *user) endLists(err error) {
	for _, w := range slices.Clone(u.lists) {
		w.end(nil, err)
	}
}
