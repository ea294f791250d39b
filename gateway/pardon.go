package gateway

import (
	"cmp"
	"slices"
	"strings"

	"isthmus/ircside/irc"
	"isthmus/mapping"
	"isthmus/xmppside/jid"
	"isthmus/xmppside/stanza"
)

// A pardon is of somebody whose entries in lists go: by nick, by account, by address on
// Jabber, or an entry itself.
type pardon struct {
	nick, account, mask string
	user                jid.JID
	in                  bool       // they are in the channel, and so not banned
	seen                irc.Person // of that nick, as the network told when it was asked
	sought              bool       // it was
}

// A remnant is an entry that lets somebody in whose membership goes, and others as well.
type remnant struct{ name, mask string }

// unlist finds the entries that name those who are to be nothing to the channel any more.
func (r *room) unlist(p plan, then func(plan, error)) {
	lists := ""
	for _, who := range p.pardons {
		switch {
		case who.mask == "" && !who.in:
			lists = p.lists
		case lists == "":
			lists = strings.Trim(p.lists, "b")
		}
	}
	r.readEntries(lists, nil, func(entries []irc.Entry, err error) {
		if err != nil {
			then(p, err)
			return
		}
		r.gather(p, p.pardons, entries, nil, then)
	})
}

// gather finds what goes for each, one after the other. Memberships are by host for the most
// part, so the network is asked about whom we do not see.
func (r *room) gather(p plan, whom []pardon, entries []irc.Entry, gone []irc.ModeChange, then func(plan, error)) {
	if len(whom) == 0 {
		p.modes = append(gone, p.modes...)
		if len(p.left) > 0 && len(p.modes)+len(p.guests)+len(p.kicks) == 0 {
			then(p, notAllowed("They are let in by %s, which means others as well. Take it off the list of those who need no invitation.", p.left[0].mask))
			return
		}
		then(p, nil)
		return
	}
	who := whom[0]
	if r.unknown(who) && slices.ContainsFunc(entries, func(e irc.Entry) bool { return e.Mode != 'b' }) {
		r.learn(r.nickBy(who), func(person irc.Person, err error) {
			if f, refused := err.(irc.Fault); err != nil && (!refused || f.Numeric == 0) {
				then(p, err)
				return
			}
			who.seen, who.sought = person, true
			r.gather(p, append([]pardon{who}, whom[1:]...), entries, gone, then)
		})
		return
	}
	changes, left := r.entriesOf(who, entries)
	switch {
	case who.mask != "":
		p.spare += len(changes)
		changes = append(changes, irc.ModeChange{Mode: 'b', Kind: irc.ListMode, Arg: who.mask})
	case left != "":
		p.left = append(p.left, remnant{cmp.Or(who.user.String(), who.nick, who.account), left})
	case len(changes) == 0 && !who.in:
		then(p, isUnlisted(who))
		return
	}
	for _, change := range changes {
		if !slices.Contains(gone, change) {
			gone = append(gone, change)
		}
	}
	r.gather(p, whom[1:], entries, gone, then)
}

// unknown says whether there is only a nick of somebody.
func (r *room) unknown(who pardon) bool {
	nick := r.nickBy(who)
	person, seen := r.up.view.Person(nick)
	return nick != "" && !who.sought && (!seen || person.Host == "")
}

// nickBy is the nick of whom a pardon is of; "": they are not on the network, or that is not
// known.
func (r *room) nickBy(who pardon) string {
	if !who.user.IsZero() {
		return r.up.user.hub.seat(who.user, r.up.name)
	}
	return who.nick
}

// readEntries reads lists one after the other.
func (r *room) readEntries(lists string, read []irc.Entry, then func([]irc.Entry, error)) {
	if lists == "" {
		then(read, nil)
		return
	}
	r.up.ask(irc.GetList{Channel: r.channel, Mode: lists[0]}, func(q *question) {
		err := q.err()
		if f, refused := err.(irc.Fault); refused && f.Numeric != 0 && lists[0] != 'b' && !r.inviteOnly() {
			err = nil // nobody is a member by that list
		}
		if err != nil {
			then(nil, err)
			return
		}
		for _, e := range q.entries { // answers may name another letter
			e.Mode = lists[0]
			read = append(read, e)
		}
		r.readEntries(lists[1:], read, then)
	})
}

// entriesOf are the entries that go for somebody's sake, of those that were read: bans that
// name them, and memberships that are theirs alone. One that is left lets them in all the
// same. A ban that was named itself is none of them: it goes unread, for networks write masks
// in ways of their own.
func (r *room) entriesOf(who pardon, entries []irc.Entry) (out []irc.ModeChange, left string) {
	for _, e := range entries {
		names := false
		switch {
		case who.mask != "":
			fold := r.up.view.Support().Fold
			names = e.Mode != 'b' && (fold(e.Mask) == fold(who.mask) || fold(e.Mask) == fold(mapping.WholeMask(who.mask)))
		case e.Mode == 'b':
			named := who
			named.seen = irc.Person{} // a ban may mean others of the host: who it is of is seen, or named
			names = !who.in && r.names(e.Mask, named)
		case r.isTheirs(e, who):
			names = true
		case left == "" && r.letsIn(e.Mask, who):
			left = e.Mask
		}
		change := irc.ModeChange{Mode: e.Mode, Kind: irc.ListMode, Arg: e.Mask}
		if names && !slices.Contains(out, change) {
			out = append(out, change)
		}
	}
	return out, left
}

// letsIn says whether an entry names somebody, or means them with others.
func (r *room) letsIn(mask string, p pardon) bool {
	who := r.pardoned(p)
	return r.names(mask, p) || who.Host != "" && irc.MatchMask(r.up.view.Support(), mask, who)
}

// isTheirs says whether an entry lets in somebody, and nobody else as far as we know: it is
// by their nick or account, it is what we should make for them, or it is by their host, and
// nobody in the channel shares that.
func (r *room) isTheirs(e irc.Entry, p pardon) bool {
	s := r.up.view.Support()
	who := r.pardoned(p)
	if account, ok := irc.AccountOf(s, e.Mask); ok {
		return who.Account != "" && s.Fold(account) == s.Fold(who.Account)
	}
	name, _, host := irc.SplitMask(mapping.WholeMask(e.Mask))
	own := []string{r.maskFor(&ban{who: who, list: e.Mode}), mapping.MaskBy(mapping.BanByUser, who, s)}
	switch {
	case !p.user.IsZero():
		own = append(own, r.ourMask(p.user))
	case p.nick == "":
		own = append(own, "$"+p.account) // see names
	}
	switch same := func(mask string) bool { return mask != "" && s.Fold(mask) == s.Fold(e.Mask) }; {
	case who.Nick != "" && s.Fold(name) == s.Fold(who.Nick), slices.ContainsFunc(own, same):
		return true
	case who.Host == "" || !strings.EqualFold(host, who.Host) || !irc.MatchMask(s, e.Mask, who):
		return false
	}
	for c := range r.up.view.Each(r.channel) {
		other := s.Fold(c.After.Nick) != s.Fold(who.Nick)
		if other && (c.After.Host == "" || irc.MatchMask(s, e.Mask, c.After.Person)) {
			return false
		}
	}
	return true
}

// pardoned is what is known of whom a pardon is of.
func (r *room) pardoned(p pardon) irc.Person {
	nick := r.nickBy(p)
	who, seen := r.up.view.Person(nick)
	if !seen || who.Host == "" {
		who = p.seen
	}
	who.Nick, who.Account = nick, cmp.Or(who.Account, p.account)
	return who
}

func isUnlisted(who pardon) *stanza.Error {
	switch {
	case !who.user.IsZero():
		return notFound("No ban and no membership names %s.", who.user.String())
	case who.nick == "":
		return notFound("Nobody with the account %s is in the room, and no ban or membership names it.", who.account)
	}
	return notFound("Nobody called %s is in the room, and no ban or membership names them.", who.nick)
}

// names says whether a mask names a nick, somebody of that nick whom we see, an account, or
// one of our own users.
func (r *room) names(mask string, p pardon) bool {
	s := r.up.view.Support()
	if !p.user.IsZero() && s.Fold(mask) == s.Fold(r.ourMask(p.user)) {
		return true
	}
	p.nick = r.nickBy(p)
	if account, ok := irc.AccountOf(s, mask); ok && p.account != "" {
		return s.Fold(account) == s.Fold(p.account)
	}
	if p.nick == "" {
		return p.account != "" && s.Fold(mask) == s.Fold("$"+p.account) // an extended ban that looks like an account
	}
	if name, _, _ := irc.SplitMask(mask); s.Fold(name) == s.Fold(p.nick) {
		return true
	}
	who, seen := r.up.view.Person(p.nick)
	if !seen || who.Host == "" {
		who = p.seen
	}
	return who.Host != "" && irc.MatchMask(s, mask, who)
}

// excuse leaves out that something was not on a list where it need not be: a mask that
// silences somebody, or a ban of whom another list has.
func (p plan) excuse(faults []irc.Fault) []irc.Fault {
	unset := func(f irc.Fault) bool { return f.Numeric == 698 }
	count := 0
	for _, f := range faults {
		if unset(f) {
			count++
		}
	}
	if p.quiets || count <= p.spare {
		return slices.DeleteFunc(faults, unset)
	}
	return faults
}
