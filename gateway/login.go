package gateway

import (
	"slices"
	"strings"
	"time"

	"isthmus/ircside/irc"
	"isthmus/mapping"
	"isthmus/xmppside/jid"
	"isthmus/xmppside/stanza"
)

// What a login to the network's services changes: one may speak, and enter, where one was
// refused before. A join that was refused is over for the client, so it is invited.

const (
	// shutLife is how long it is remembered that a client would have to log in.
	shutLife = 10 * time.Minute
	// maxShut is of how many an uplink remembers it.
	maxShut = 20
)

// A shutOut is a client that a channel refused for want of a login.
type shutOut struct {
	channel    string
	client, at jid.JID
	lang       string
	old        bool
	since      time.Time
}

// wantsLogin says whether a channel lets in only those who are logged in.
func wantsLogin(err error) bool {
	f, ok := err.(irc.Fault)
	return ok && (f.Numeric == 477 || f.Code == "ACCOUNT_REQUIRED" || f.Code == "NEED_REGISTRATION")
}

// shutOut remembers who would have got in with a login.
func (r *room) shutOut(err error) {
	if !wantsLogin(err) {
		return
	}
	for _, o := range slices.Concat(r.members, r.queue) {
		s := shutOut{strings.Clone(r.channel), o.client.jid, o.at, o.client.lang, o.old, time.Now()}
		list := slices.DeleteFunc(r.up.shut, func(old shutOut) bool {
			return time.Since(old.since) >= shutLife || old.client == s.client && old.at == s.at
		})
		if len(list) >= maxShut {
			list = slices.Delete(list, 0, 1)
		}
		r.up.shut = append(list, s)
	}
}

// logged takes in that we are logged in by now, or not any more.
func (up *uplink) logged(ev irc.About) {
	self := up.view.Self()
	if ev.Known&irc.KnownAccount == 0 || ev.Person.Nick != self.Nick || self.Account == up.account {
		return
	}
	if up.account = strings.Clone(self.Account); up.account == "" {
		return
	}
	for _, r := range up.list() {
		r.silence(false)
	}
	shut := up.shut
	up.shut = nil
	for _, s := range shut {
		if r, ok := up.rooms.Get(s.channel); ok && r.occupant(s.client, s.at) != nil || time.Since(s.since) >= shutLife {
			continue
		}
		up.letIn(s)
	}
}

// letIn invites a client that was refused for want of a login.
func (up *uplink) letIn(s shutOut) {
	network, err := up.user.hub.scheme.JID(mapping.Address{Kind: mapping.Network, Network: up.name})
	if err != nil {
		return
	}
	inv := mapping.Invitation{Room: s.at, From: network, Sender: network, Reason: mapping.Say(s.lang, "You are logged in as %s now.", up.account)}
	m := &stanza.Stanza{Kind: stanza.Message, ID: newID(), From: inv.Room, To: s.client, Children: inv.Mediated()}
	if s.old {
		m.From, m.Children = inv.Sender, inv.Direct(s.lang)
	}
	up.calls.had = keep(up.calls.had, up.invitation(s.channel, ""), inviteLife)
	up.user.deliver(m)
}
