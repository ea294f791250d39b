package gateway

import (
	"isthmus/ircside/irc"
	"isthmus/mapping"
	"isthmus/xmppside/iq"
	"isthmus/xmppside/jid"
	"isthmus/xmppside/muc"
	"isthmus/xmppside/stanza"
)

// The members of a channel that lets in only those who are invited (+i) are on a list of
// its own, where the network has that (ISUPPORT INVEX): whoever is on it comes back
// uninvited. XEP-0045 §9.3, §9.5

// maxGuests is how many who are not in may be made members at once.
const maxGuests = 30

// A guest is somebody who is not in, or not known well enough to be told from the next who
// has their nick, and becomes a member: by nick, or one of our own users.
type guest struct {
	nick   string // "": they are not on the network
	user   jid.JID
	reason string
}

// inviteOnly says whether the channel lets in only those who are invited, and membersOnly
// whether it lists who need not be.
func (r *room) inviteOnly() bool {
	ch, _ := r.up.view.Channel(r.channel)
	return ch.Has('i')
}

func (r *room) membersOnly() bool {
	return r.inviteOnly() && mapping.InviteList(r.up.view.Support()) != 0
}

// entryLists are the modes of the lists that hold affiliations.
func (r *room) entryLists() string {
	if list := mapping.InviteList(r.up.view.Support()); list != 0 {
		return "b" + string(rune(list))
	}
	return "b"
}

// memberList answers with those who have a rank and those on the list. If the network does
// not show us that, it has the former alone: nobody else is a member as far as we may know.
func (r *room) memberList(q query, request *iq.Request) {
	items := r.standing(muc.Item{Affiliation: muc.Member}, q.at)
	r.up.ask(irc.GetList{Channel: r.channel, Mode: mapping.InviteList(r.up.view.Support())}, func(a *question) {
		if f, refused := a.err().(irc.Fault); a.err() != nil && (!refused || f.Numeric == 0) {
			r.failAdmin(request, a.err())
			return
		}
		known := map[jid.JID]bool{}
		for _, item := range items {
			known[item.JID] = true
		}
		for _, item := range r.listed(a.entries, muc.Member, request.IQ.Lang) {
			if !known[item.JID] {
				known[item.JID] = true
				items = append(items, item)
			}
		}
		r.up.user.answerList(request, items)
	})
}

// elsewhere is a user of the gateway, or who may become one, whom an item names by their own
// address and who is not known to be in; the zero JID: it names none.
func (r *room) elsewhere(item muc.Item) jid.JID {
	u, who := r.up.user, item.JID.Bare()
	if item.Nick != "" || who.Local() == "" || who.Domain() == u.hub.domain.Domain() || !u.config.Gateway.Allowed(who.String()) {
		return jid.JID{}
	}
	return who.Clone()
}

// planMembership has the channel let somebody in uninvited. XEP-0045 §9.3
func (r *room) planMembership(p *plan, item muc.Item) *stanza.Error {
	m, mask, err := r.target(item)
	scene := r.scene()
	list := mapping.InviteList(scene.Support)
	who, b := r.elsewhere(item), &ban{who: m.Person, list: list}
	switch {
	case list == 0 && (mask != "" || m.Nick == "" && m.Account != ""):
		return notAllowed("The network has no list of those who need no invitation. Invite them by their nicks.")
	case mask != "":
		p.modes = append(p.modes, irc.ModeChange{Add: true, Mode: list, Kind: irc.ListMode, Arg: mask})
		return nil
	case err == nil && list == 0:
		modes, err := mapping.AffiliationChange(scene, m, muc.Member)
		p.modes = append(p.modes, modes...)
		return err
	case err == nil && m.Host != "", err != nil && m.Account != "": // in and seen, or not there
		return r.letIn(p, b)
	case err != nil && m.Nick == "" && who.IsZero():
		return err
	case len(p.guests) >= maxGuests:
		return tooManyChanges()
	}
	g := &guest{nick: m.Nick, reason: item.Reason}
	if err != nil && !who.IsZero() {
		g.user, g.nick = who, r.up.user.hub.seat(who, r.up.name)
	}
	p.guests = append(p.guests, g)
	return nil
}

// letIn adds an entry for somebody. Whether one of our own users is in is not told.
func (r *room) letIn(p *plan, b *ban) *stanza.Error {
	if b.mask == "" {
		b.mask = r.maskFor(b)
	}
	if b.mask == "" {
		return notAllowed("The network cannot let in accounts. Give a nick or a mask.")
	}
	p.bans = append(p.bans, b)
	if m, in := r.up.view.Member(r.channel, b.who.Nick); in && b.name == "" {
		p.modes = append(p.modes, mapping.Membership(r.scene(), m, b.list, b.mask)...)
		return nil
	}
	p.modes = append(p.modes, irc.ModeChange{Add: true, Mode: b.list, Kind: irc.ListMode, Arg: b.mask})
	return nil
}

// maskFor is the mask that bans somebody, or lets them in.
func (r *room) maskFor(b *ban) string {
	if b.list == 'b' {
		return r.banMask(b.who)
	}
	p, s := b.who, r.up.view.Support()
	if r.up.hostBans {
		p.Account = ""
	}
	if p.Nick == "" {
		return irc.AccountMask(s, p.Account)
	}
	return mapping.BanMask(p, s, r.up.view.Self().Host)
}

// meet learns who the guests are, one after the other: the network is asked about whom we
// do not see. Nobody on it can only be let in later.
func (r *room) meet(p plan, guests []*guest, then func(plan, error)) {
	list := mapping.InviteList(r.up.view.Support())
	if len(guests) == 0 || list == 0 {
		then(p, nil)
		return
	}
	g := guests[0]
	found := func(who irc.Person, err error) {
		if err != nil && !g.user.IsZero() { // they have just gone
			g.nick, err = "", nil
		}
		if err == nil {
			if refused := r.letIn(&p, r.membership(g, who, list)); refused != nil {
				err = refused
			}
		}
		if err != nil {
			then(p, err)
			return
		}
		r.meet(p, guests[1:], then)
	}
	if g.nick == "" {
		found(irc.Person{}, nil)
		return
	}
	r.learn(g.nick, found)
}

// learn tells who has a nick, by asking the network if we do not see them.
func (r *room) learn(nick string, then func(irc.Person, error)) {
	if who, seen := r.up.view.Person(nick); seen && who.Host != "" {
		then(who, nil)
		return
	}
	r.up.ask(irc.Whois{Nick: nick}, func(q *question) {
		w, ok := irc.ParseWhois(r.up.view.Support(), nick, q.lines)
		switch {
		case ok && w.Host != "":
			then(irc.Person{Nick: w.Nick, User: w.User, Host: w.Host, Account: w.Account}, nil)
		case q.err() != nil:
			then(irc.Person{}, q.err())
		default:
			then(irc.Person{}, notFound("The network tells nothing of them."))
		}
	})
}

// membership is a guest's. Our own users are on the list by their user names, which they
// have whether or not they are logged in to the network.
func (r *room) membership(g *guest, who irc.Person, list byte) *ban {
	if g.user.IsZero() {
		return &ban{who: who, list: list}
	}
	b := &ban{who: irc.Person{Nick: who.Nick, User: who.User, Host: who.Host}, name: g.user.String(), list: list}
	if who.Host != "" {
		b.mask = mapping.BanMask(b.who, r.up.view.Support(), who.Host)
	} else {
		b.mask = r.ourMask(g.user)
	}
	return b
}

// askIn invites the guests. Who is on the list may come in any case; where there is none,
// it is the invitation that counts.
func (r *room) askIn(guests []*guest, s *stanza.Stanza, then func(error)) {
	if len(guests) == 0 {
		then(nil)
		return
	}
	g, rest := guests[0], guests[1:]
	if r.membersOnly() {
		r.askMember(g, s)
		r.askIn(rest, s, then)
		return
	}
	done := func(err error) {
		if err != nil {
			then(err)
			return
		}
		r.askIn(rest, s, then)
	}
	if g.user.IsZero() {
		r.up.call(g.nick, r.channel, g.reason, done)
		return
	}
	r.inviteJabber(s, muc.Invite{To: g.user, Reason: g.reason}, done)
}

// askMember invites somebody who is on the list, if that can be and they are not in: which
// of our users are, not everybody is told.
func (r *room) askMember(g *guest, s *stanza.Stanza) {
	never := func(error) {}
	_, in := r.up.view.Member(r.channel, g.nick)
	switch {
	case in:
	case g.user.IsZero():
		r.up.call(g.nick, r.channel, g.reason, never)
	case r.up.user.mayInvite(never):
		r.passing(s, muc.Invite{To: g.user, Reason: g.reason})()
		if g.nick != "" {
			r.summonOurs(g.user, g.nick, never)
		}
	}
}
