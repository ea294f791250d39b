package gateway

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"isthmus/config"
	"isthmus/ircside/irc"
	"isthmus/mapping"
	"isthmus/xmppside/jid"
	"isthmus/xmppside/stanza"
)

// linkState is how an uplink stands with its network.
type linkState uint8

const (
	linkConnecting linkState = iota // a seat is being opened
	linkUp
	linkWaiting // the last seat is lost, and another will be tried
	linkClosing // QUIT is said
)

// An uplink is one user on one network. It outlives its seats: when one is lost, the
// view and the rooms stay as they are until the next has told the differences.
type uplink struct {
	user *user
	name string // of the network, as in addresses
	net  config.Network
	log  zerolog.Logger

	state linkState
	seat  Seat
	turn  int       // counts seats: mail of an older one is dropped
	view  *irc.View // nil before the first registration
	caps  irc.Caps
	rooms *irc.Map[*room]
	wish  string // the nick to ask for
	plain bool   // the user name is of letters alone: the network has refused the usual one

	questions map[irc.Ref]*question
	lastRef   irc.Ref
	late      []late // messages that only a refusal would end, newest last
	spoken    spoken
	waiting   []wish // what waits for the registration

	since    time.Time     // when the link was lost; zero: it is up, or never was
	entered  time.Time     // when the network last let us in
	retry    time.Duration // the pause before the last try
	standing bool          // kept by "connect", not by a room
	linger   *timer        // runs while nothing needs the link
	listing  int           // lists of channels that are being taken
	talks    talks         // private conversations
	ctcp     ctcp
	consults []*consult
	account  string               // that we are known to be logged in as
	shut     []shutOut            // whom a login would let in, oldest first
	forwards map[string]string    // where channels sent us that we asked for, folded
	deaf     map[string]aftermath // services by folded nick: what they still say is no conversation
	lastDeaf uint64
	tight    int      // bytes less that a line holds, as the network has found one too long
	notes    []string // what the server said last, for whoever asks
	lastErr  error
	awayText string              // as the network has it; "" is here
	hostBans bool                // it has no bans of accounts, whatever it says
	nick     string              // as other users of the gateway know it; "" is not here
	calls    calls               // invitations from IRC
	glimpses map[string]*glimpse // channels that we are not in, folded
}

// A wish is what waits for a network to let us in, and how to say that it did not.
type wish struct {
	do    func()
	fail  func(error)
	until time.Time
}

const (
	maxWishes = 64 // that wait for a registration
	maxNotes  = 50 // that are kept
)

// uplink is this user's connection to a network, begun if need be. asked is the
// nick to ask for. Errors are *stanza.Error.
func (u *user) uplink(name, asked string) (*uplink, error) {
	n, ok := u.config.Network(name)
	switch {
	case u.stopped:
		return nil, errStopping
	case !ok:
		return nil, notFound(unknownNetwork, name)
	}
	if up := u.uplinks[n.Name]; up != nil {
		up.stay()
		return up, nil
	}
	if most := u.config.Gateway.MaxNetworks; most > 0 && len(u.uplinks) >= most && !u.isGateway() {
		return nil, &stanza.Error{Type: stanza.Wait, Condition: stanza.ResourceConstraint, Text: "You are on as many networks as this gateway lets you."}
	}
	up := &uplink{
		user: u, name: n.Name, net: n, wish: asked,
		log:       u.log.With().Str("network", n.Name).Logger(),
		rooms:     irc.NewMap[*room](irc.ASCII),
		questions: map[irc.Ref]*question{}, talks: talks{with: map[string]*talk{}}, ctcp: newCTCP(), deaf: map[string]aftermath{}, forwards: map[string]string{},
	}
	if err := up.dial(); err != nil {
		return nil, err
	}
	u.uplinks[n.Name] = up
	return up, nil
}

// known is the uplink to a network if there is one.
func (u *user) known(name string) *uplink {
	if up := u.uplinks[name]; up != nil {
		return up // most call a network as it is configured
	}
	if n, ok := u.config.Network(name); ok {
		return u.uplinks[n.Name]
	}
	return u.uplinks[name]
}

// dial opens the next seat. Errors are *stanza.Error.
func (up *uplink) dial() error {
	up.turn++
	turn := up.turn
	if n, ok := up.user.config.Network(up.name); ok {
		up.net = n // as it is configured by now
	}
	up.lastErr = nil
	asked := up.wish
	nick := mapping.FirstNick(asked)
	if up.view != nil {
		nick = mapping.FitNick(asked, up.view.Support())
	}
	id := irc.Identity{
		Nick: nick, User: up.ident(), Realname: up.user.realname(nick),
		Password: up.net.Password.Reveal(),
		Retry: func(attempt, numeric int, s *irc.Support) string {
			return mapping.NickRetry(asked, attempt, numeric, s)
		},
		Charset:   up.user.hub.charsets(up.name, up.net.Encoding),
		PingAfter: up.net.PingInterval, PingTimeout: up.net.PingTimeout,
		AnswerAfter: up.user.config.Gateway.AnswerTimeout, JoinAfter: up.user.config.Gateway.JoinTimeout,
	}
	seat, err := up.user.hub.open(up.net, id, up.log, func(events []irc.Event) {
		up.user.post(mail{events: &eventMail{up, turn, events}})
	})
	if err != nil {
		up.log.Error().Err(err).Msg("no seat could be opened")
		return timedOut("The network cannot be reached.")
	}
	up.seat, up.state = seat, linkConnecting
	return nil
}

// ident is the USER name: short, the same for each bare JID, and telling nothing
// to who has not the key.
func (h *Hub) ident(bare jid.JID) string { return h.identOf("user " + bare.String()) }

// plainIdent is another, of letters alone.
// COMPAT ircu: it takes no more than two groups of digits in one.
func (h *Hub) plainIdent(bare jid.JID) string {
	return strings.Map(func(r rune) rune {
		if r < 'a' { // 2 to 7
			return 'a' + r - '2'
		}
		return r
	}, h.identOf("plain user "+bare.String()))
}

func (h *Hub) identOf(what string) string {
	mac := hmac.New(sha256.New, h.key[:])
	mac.Write([]byte(what))
	text := base32.StdEncoding.EncodeToString(mac.Sum(nil))
	return "x" + strings.ToLower(text[:8])
}

// ident is the USER name on this network: another where the usual one has been refused.
func (up *uplink) ident() string {
	if up.plain {
		return up.user.hub.plainIdent(up.user.jid)
	}
	return up.user.hub.ident(up.user.jid)
}

func (u *user) realname(nick string) string {
	switch g := u.config.Gateway; {
	case g.PublishJIDs:
		return u.jid.Bare().String()
	case g.Realname != "":
		return strings.ReplaceAll(g.Realname, "{nick}", nick)
	}
	return nick
}

// take takes events of a seat in, in order.
func (up *uplink) take(turn int, events []irc.Event) {
	if turn != up.turn {
		return
	}
	for _, ev := range events {
		up.event(ev)
	}
	up.seated()
}

// event does three things with each event there is: the view takes it in, what is
// not membership is dealt with, and each difference is shown by its room.
func (up *uplink) event(ev irc.Event) {
	if r, ok := ev.(irc.Registered); ok && up.view == nil {
		up.view = irc.NewView(r.Nick, r.Support)
		up.view.Number(up.user.sight(up.name))
	}
	if _, refused := ev.(irc.Fault); up.view == nil || refused && up.state == linkConnecting {
		up.early(ev)
		return
	}
	if up.glimpsed(ev) {
		return
	}
	before := up.scene(ev)
	changes := up.view.Apply(ev)
	var shown map[string]bool
	switch ev := ev.(type) {
	case irc.Registered:
		up.registered(ev)
	case irc.Supports:
		up.caps = ev.Caps
		up.refold()
	case irc.Joined: // see below
	case irc.Modes:
		shown = up.moded(ev, before, changes)
	case irc.Topic:
		up.topic(ev)
	case irc.Text:
		up.text(ev)
	case irc.Renamed:
		if up.view.Self().Nick == ev.New {
			up.wish = ev.New // and not what we were called on entering
		}
		up.talkRenamed(ev.Old, ev.New)
	case irc.Invited:
		up.invited(ev)
	case irc.Knocked:
		up.knocked(ev)
	case irc.AwayReply:
		up.awayReply(ev)
	case irc.Fault, irc.Done, irc.Answer, irc.Entry, irc.Listed:
		up.answer(ev)
	default:
		up.early(ev)
	}
	up.show(ev, append(changes, up.another(changes)...), shown)
	up.lines(ev, changes)
	switch ev := ev.(type) { // what is about who is where by now
	case irc.Modes:
		up.configured(ev)
	case irc.Joined:
		up.joined(ev) // who enters by it is welcomed to what has changed already
	case irc.Registered:
		up.here()
	case irc.About:
		up.logged(ev)
	}
}

// early takes what may come before a registration.
func (up *uplink) early(ev irc.Event) {
	switch ev := ev.(type) {
	case irc.Connecting:
		up.note(ev.Text)
	case irc.Note:
		up.note(ev.Text)
	case irc.Fault:
		if !unknown[ev.Numeric] {
			up.lastErr = ev
		}
		up.note(ev.Text)
	case irc.Closed:
		up.closed(ev.Err)
	}
}

// unknown is how servers answer a command that they do not know, such as CAP, before
// they let anybody in: they refuse nobody by that.
var unknown = map[int]bool{410: true, 421: true, 451: true}

func (up *uplink) note(text string) {
	if len(up.notes) >= maxNotes {
		up.notes = append(up.notes[:0], up.notes[1:]...)
	}
	up.notes = append(up.notes, mapping.Strip(text))
}

// registered joins what is wanted: at first, and after each reconnect.
func (up *uplink) registered(ev irc.Registered) {
	up.state, up.caps, up.since, up.retry, up.lastErr = linkUp, ev.Caps, time.Time{}, 0, nil
	up.awayText, up.account, up.entered = "", "", time.Now()
	up.markBot()
	up.log.Info().Str("nick", ev.Nick).Str("caps", ev.Caps.String()).Msg("on the network")
	up.refold()
	for _, r := range up.list() {
		r.join()
	}
	waiting := up.waiting
	up.waiting = nil
	for _, w := range waiting {
		w.do()
	}
	up.user.networkPresence(up)
	up.updateAway()
	up.stay()
}

// here takes back that we were away: a new session is not, unless it was told to be.
func (up *uplink) here() {
	if up.awayText != "" {
		return
	}
	back := irc.About{Person: irc.Person{Nick: up.view.Self().Nick}, Known: irc.KnownAway}
	for _, c := range up.view.Apply(back) {
		if r, ok := up.rooms.Get(c.Channel); ok {
			r.change(c)
		}
	}
}

// refold has the rooms' names fold as the network folds them. Two that turn out to
// be one channel become one room.
func (up *uplink) refold() {
	mapping := up.view.Support().CaseMapping
	rooms := irc.NewMap[*room](mapping)
	for _, r := range up.list() {
		if first, ok := rooms.Get(r.channel); ok {
			first.absorb(r)
			continue
		}
		rooms.Set(r.channel, r)
	}
	up.rooms = rooms
	for _, r := range up.list() {
		r.admit()
	}
}

// list is the rooms by name, as they are now: what is done to one may end it.
func (up *uplink) list() []*room {
	out := make([]*room, 0, up.rooms.Len())
	for _, r := range up.rooms.Sorted() {
		out = append(out, r)
	}
	return out
}

// ready runs do once the network has let us in, now if it has. fail is told if it
// does not in time.
func (up *uplink) ready(do func(), fail func(error)) {
	switch {
	case up.state == linkUp:
		do()
	case len(up.waiting) >= maxWishes:
		fail(errBusy)
	default:
		limit := up.user.config.Gateway.JoinTimeout
		up.waiting = append(up.waiting, wish{do, fail, time.Now().Add(limit)})
		up.user.after(limit, up.expire)
	}
}

// expire refuses what has waited for too long.
func (up *uplink) expire() {
	now := time.Now()
	var still []wish
	for _, w := range up.waiting {
		if w.until.After(now) {
			still = append(still, w)
			continue
		}
		w.fail(timedOut("The network has not let you in in time."))
	}
	up.waiting = still
	up.stay()
}
