package gateway

import (
	"cmp"
	"strings"

	"isthmus/ircside/irc"
	"isthmus/mapping"
	"isthmus/xmppside/iq"
	"isthmus/xmppside/jid"
	"isthmus/xmppside/muc"
	"isthmus/xmppside/stanza"
)

// A ban is of somebody whom a moderator named; which mask it is by, we have chosen. It may
// be a membership instead: the list tells.
type ban struct {
	who  irc.Person
	name string // that they were given, if not the nick
	mask string
	list byte
}

// outcasts asks for the ban list. Masks are addresses by XEP-0106, and a ban of an account
// has the account's.
func (r *room) outcasts(request *iq.Request) {
	r.up.ask(irc.GetList{Channel: r.channel, Mode: 'b'}, func(q *question) {
		if err := q.err(); err != nil {
			r.failAdmin(request, err)
			return
		}
		r.up.user.answerList(request, r.listed(q.entries, muc.Outcast, request.IQ.Lang))
	})
}

// listed are the entries of a list as those of an affiliation.
func (r *room) listed(entries []irc.Entry, as muc.Affiliation, lang string) (items []muc.Item) {
	for _, e := range entries {
		j, err := r.maskAddress(e.Mask)
		if err != nil {
			continue
		}
		item := muc.Item{Affiliation: as, JID: j}
		if by, _, _ := irc.SplitMask(e.By); by != "" {
			item.Reason = mapping.Say(lang, "set by %s", mapping.Strip(by))
		}
		items = append(items, item)
	}
	return items
}

// maskAddress is the address of an entry of a list.
func (r *room) maskAddress(mask string) (jid.JID, error) {
	scheme, s := r.up.user.hub.scheme, r.up.view.Support()
	if account, ok := irc.AccountOf(s, mask); ok {
		at := mapping.AccountAddress(r.up.name, account)
		if name, ok := at.Account(s); ok && name == account {
			if j, err := scheme.JID(at); err == nil {
				return j, nil
			}
		}
	}
	return scheme.JID(mapping.Address{Kind: mapping.Mask, Network: r.up.name, Name: mask})
}

// target finds whom an item means: by nick, by nick%network, by $account%network, or by
// the address of one of our own users, where those are told, and of oneself. With an
// error there may be a nick or an account of somebody who is not in; a mask is somebody's
// only by chance.
func (r *room) target(item muc.Item) (irc.Member, string, *stanza.Error) {
	name := mapping.NickFromResource(item.Nick)
	if name == "" && !item.JID.IsZero() {
		at, err := r.up.user.hub.scheme.Parse(item.JID)
		if m, ok := r.real(item.JID); ok && err != nil {
			return m, "", nil
		}
		// COMPAT profanity: it has a nick that is typed for an address.
		if m, ok := r.up.view.Member(r.channel, item.JID.Domain()); ok && item.JID.String() == item.JID.Domain() {
			return m, "", nil
		}
		if err != nil || r.up.user.known(at.Network) != r.up {
			return irc.Member{}, "", notFound("Nobody on this network has that address: use a nick.")
		}
		if account, ok := at.Account(r.up.view.Support()); ok {
			return r.withAccount(account, item.JID.Resource())
		}
		if at.Kind == mapping.Mask {
			return irc.Member{}, at.Name, nil
		}
		name = at.Name
		if at.Occupant != "" {
			name = at.Occupant
		}
	}
	at := mapping.Address{Kind: mapping.Mask, Network: r.up.name, Name: name} // a nick holds nothing of what makes a mask
	switch account, ok := at.Account(r.up.view.Support()); {
	case name == "":
		return irc.Member{}, "", badRequest("Say whom you mean: an item has a nick or an address.")
	case ok:
		return r.withAccount(account, "")
	case strings.ContainsAny(name, "!@*?:$"):
		return irc.Member{}, name, nil
	}
	m, ok := r.up.view.Member(r.channel, name)
	if !ok {
		return irc.Member{Person: irc.Person{Nick: name}}, "", notFound("Nobody called %s is in the room.", name)
	}
	return m, "", nil
}

// real finds one of our own users by their real address, where those are told; one's own
// always is.
func (r *room) real(address jid.JID) (irc.Member, bool) {
	if !r.publishes() && address.Bare() != r.up.user.jid {
		return irc.Member{}, false
	}
	stay := mapping.StayOfUser(r.up.user.hub.occupantKey, r.up.name, address.Bare().String())
	return r.whoIs(stay, "")
}

// withAccount finds who has an account: of several the one of that nick.
func (r *room) withAccount(account, resource string) (irc.Member, string, *stanza.Error) {
	fold := r.up.view.Support().Fold
	var found irc.Member
	for c := range r.up.view.Each(r.channel) {
		if c.After.Account != "" && fold(c.After.Account) == fold(account) &&
			(found.IsNobody() || mapping.Resource(c.After.Nick) == resource) {
			found = c.After
		}
	}
	if found.IsNobody() {
		return irc.Member{Person: irc.Person{Account: account}}, "", notFound("Nobody with the account %s is in the room.", account)
	}
	return found, "", nil
}

// planBan bans by the mask that suits whom it is about, and kicks all who are in and
// whom it means.
func (r *room) planBan(p *plan, item muc.Item) *stanza.Error {
	m, mask, err := r.target(item)
	view := r.up.view
	switch {
	case err != nil && m.Nick == "" && m.Account == "":
		return err
	case err == nil && mask == "" && m.ID == view.Self().ID: // XEP-0045 §9.1
		return &stanza.Error{Type: stanza.Cancel, Condition: stanza.Conflict, Text: "You cannot ban yourself."}
	case mask == "":
		b := &ban{who: r.personOf(m), list: 'b'}
		switch b.mask = r.maskBy(p.by, b.who); {
		case b.mask == "" && p.by != mapping.BanAsSuits:
			return notAllowed("A mask of that kind cannot be made of what is known of %s.", cmp.Or(b.who.Nick, b.who.Account))
		case b.mask == "":
			return notAllowed("The network has no bans of accounts. Ban a nick or a mask.")
		}
		mask = b.mask
		p.bans = append(p.bans, b)
	}
	p.modes = append(p.modes, irc.ModeChange{Add: true, Mode: 'b', Kind: irc.ListMode, Arg: mask})
	for c := range view.Each(r.channel) {
		meant := err == nil && c.After.ID == m.ID || c.After.Host != "" && irc.MatchMask(view.Support(), mask, c.After.Person)
		if meant && !c.Self {
			p.kick(kick{irc.Kick{Channel: r.channel, Nick: c.After.Nick, Reason: mapping.Line(item.Reason)}, true})
		}
	}
	return nil
}

// personOf is what is known of somebody, who may be in another channel.
func (r *room) personOf(m irc.Member) irc.Person {
	if seen, ok := r.up.view.Person(m.Nick); ok {
		return seen
	}
	return m.Person
}

// maskBy is the mask of a kind that bans somebody; "" if there can be none, as one that
// means us.
func (r *room) maskBy(kind mapping.BanKind, p irc.Person) string {
	if kind == mapping.BanAsSuits {
		return r.banMask(p)
	}
	if r.up.hostBans {
		p.Account = ""
	}
	s := r.up.view.Support()
	mask := mapping.MaskBy(kind, p, s)
	if irc.MatchMask(s, mask, r.up.view.Self()) {
		return ""
	}
	return mask
}

// banMask is the mask that bans somebody, and nobody of rank with them: of those who share
// a host the user name counts, of those who share both the nick. "" if only their account is
// known, and the network does not ban those.
func (r *room) banMask(p irc.Person) string {
	s := r.up.view.Support()
	if r.up.hostBans {
		p.Account = ""
	}
	if p.Nick == "" {
		return irc.AccountMask(s, p.Account)
	}
	for _, shared := range []string{r.up.view.Self().Host, p.Host} {
		if mask := mapping.BanMask(p, s, shared); !r.meansRanked(mask, p) {
			return mask
		}
	}
	return p.Nick + "!*@*"
}

// meansRanked says whether a mask means somebody of rank who is in, besides p.
func (r *room) meansRanked(mask string, p irc.Person) bool {
	for c := range r.up.view.Each(r.channel) {
		if c.After.ID != p.ID && c.After.Modes != "" && irc.MatchMask(r.up.view.Support(), mask, c.After.Person) {
			return true
		}
	}
	return false
}

// byHost is what is left of a plan when the network does not take bans of accounts after
// all, as ircd-hybrid, which names extended bans even where they are switched off (743).
// It is tried once for all.
func (r *room) byHost(p plan, err error) (again plan, ok bool) {
	f, refused := err.(irc.Fault)
	if !refused || f.Numeric != 743 || r.up.hostBans || p.by != mapping.BanAsSuits {
		return p, false
	}
	s := r.up.view.Support()
	again = p
	again.modes = nil
	for _, b := range p.bans {
		if _, account := irc.AccountOf(s, b.mask); account && b.who.Nick != "" {
			r.up.hostBans = true
			b.mask = r.maskFor(b)
			again.modes = append(again.modes, irc.ModeChange{Add: true, Mode: b.list, Kind: irc.ListMode, Arg: b.mask})
		}
	}
	return again, len(again.modes) > 0
}

// tellBans tells whoever asked which masks were chosen, for a ban may mean others as well,
// and which were left because they do.
func (r *room) tellBans(p plan, request *iq.Request) {
	o := r.occupant(request.IQ.From, request.IQ.To)
	if o == nil {
		return
	}
	for _, b := range p.bans {
		r.tellBan(o, b)
	}
	for _, l := range p.left {
		r.send(o, []mapping.Shown{mapping.LeftListed(o.class(), r.channel, l.name, l.mask)})
	}
}

func (r *room) tellBan(o *occupant, b *ban) {
	name := cmp.Or(b.name, b.who.Nick, b.who.Account)
	r.send(o, []mapping.Shown{mapping.Listed(o.class(), r.channel, name, b.mask, b.list == 'b')})
}

func (r *room) setModes(p plan, then func(error)) {
	if len(p.modes) == 0 {
		then(nil)
		return
	}
	r.up.ask(irc.SetModes{Channel: r.channel, Changes: p.modes}, func(q *question) {
		q.faults = p.excuse(q.faults)
		err := q.err()
		if again, ok := r.byHost(p, err); ok {
			r.setModes(again, then)
			return
		}
		then(err)
	})
}
