package gateway

import (
	"strings"

	"isthmus/ircside/irc"
	"isthmus/mapping"
)

// Taking a list of channels: over a user's own link, or by the gateway's own user.

// takeList asks a network for its channels, once it has let us in.
func (u *user) takeList(network string, turn uint64) {
	done := func(list *mapping.Listing, err error) { u.hub.tellList(network, turn, list, err) }
	nick := u.defaultNick
	if u.isGateway() {
		n, _ := u.config.Network(network)
		nick = func() string { return n.ListerNick }
	}
	up, err := u.uplink(network, nick())
	if err != nil {
		done(nil, err)
		return
	}
	up.ready(func() { up.takeList(done) }, func(err error) {
		done(nil, u.stanzaError(err, mapping.ForConnection, up.ircd()))
	})
}

// takeList gives the list to done exactly once. What was told before a refusal counts.
func (up *uplink) takeList(done func(*mapping.Listing, error)) {
	most := maxListed
	if up.net.PublicOnly {
		most = maxOpenListed
	}
	lister := mapping.NewLister(up.name, up.view.Support(), most)
	up.listing++
	up.askList(lister, up.net.ListMinUsers, func(q *question) {
		up.listing--
		defer up.stay()
		err := q.err()
		if err != nil && lister.Empty() {
			word := error(up.user.stanzaError(err, mapping.ForList, up.ircd()))
			if q.lost {
				word = errListLost{word}
			}
			done(nil, word)
			return
		}
		if err != nil {
			lister.Cut()
			up.log.Info().Err(err).Msg("list of channels cut short")
		}
		list := lister.Listing(up.hides)
		up.log.Info().Int("channels", list.Len()).Bool("cut", list.Cut).Msg("channels listed")
		done(list, nil)
	})
}

// askList asks for the channels with so many people. What is too much for the network is
// asked for again without small ones, if it can leave those out.
func (up *uplink) askList(lister *mapping.Lister, least int, then func(*question)) {
	up.put(irc.List{Least: least}, &question{
		listed: func(c irc.Listed) {
			if c.Users >= least {
				lister.Add(c)
			}
		},
		then: func(q *question) {
			if len(q.faults) == 0 || q.faults[0].Numeric != 416 || least >= manyUsers || !strings.Contains(up.view.Support().EList, "U") {
				then(q)
				return
			}
			up.askList(lister, manyUsers, func(again *question) {
				again.faults = append(q.faults, again.faults...)
				then(again)
			})
		},
	})
}

// hides says that we see a channel only because we are in it.
func (up *uplink) hides(channel string) bool {
	ch, in := up.view.Channel(channel)
	return in && ch.Open && (ch.Secret != '=' || ch.Has('s') || ch.Has('p'))
}

// isGateway says that this is no Jabber user but the gateway itself, which lists channels.
func (u *user) isGateway() bool { return u.jid == u.hub.self }

// sendLister has the gateway's own user take a list; false: it cannot. The hub's mutex
// is held.
func (h *Hub) sendLister(network string, turn uint64) bool {
	u := h.users[h.self]
	if u == nil {
		if h.stopping {
			return false
		}
		u = newUser(h, h.self)
		h.users[h.self] = u
		h.ended.Add(1)
		go u.run()
	}
	return u.tryPost(mail{call: func() { u.takeList(network, turn) }})
}

// guests is how many Jabber users there are. The hub's mutex is held.
func (h *Hub) guests() int {
	if h.users[h.self] != nil {
		return len(h.users) - 1
	}
	return len(h.users)
}

// markBot says what the lister is, where the network has a mode for it.
func (up *uplink) markBot() {
	if up.user.isGateway() {
		up.do(irc.MarkBot{Nick: up.view.Self().Nick})
	}
}
