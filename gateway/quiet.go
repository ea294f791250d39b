package gateway

import (
	"slices"
	"time"

	"isthmus/ircside/irc"
	"isthmus/mapping"
)

// Bans and lists of the quiet are known only as far as we have seen them set. Where one
// keeps us from speaking, the network tells by refusing what we say.

// refusedWords has us be a visitor if the network refuses whatever we say.
func (r *room) refusedWords(err error) {
	if f, ok := err.(irc.Fault); ok && mapping.Silenced(f, r.up.ircd()) {
		r.silence(true)
	}
}

// silentLife is how long it is believed that one may not speak: many clients let a visitor
// type nothing, and so nothing else would show that one may again.
const silentLife = 10 * time.Minute

// silence has us be a visitor, or no longer, and shows it if it makes a difference.
func (r *room) silence(is bool) {
	if !is && !r.silenced {
		return
	}
	before := r.scene()
	r.relent()
	if is {
		r.silenced, r.unheard = true, r.up.user.after(silentLife, func() { r.silence(false) })
	}
	self := r.self()
	if !r.open() || self.IsNobody() || mapping.SameStanding(before, r.scene(), self) {
		return
	}
	r.change(seen(r.channel, self))
}

// relent has us have a voice again, where something else shows that.
func (r *room) relent() {
	if r.silenced {
		r.silenced = false
		r.unheard.stop()
	}
}

// seen shows us as we are.
func seen(channel string, self irc.Member) irc.Change {
	return irc.Change{Channel: channel, Before: self, After: self, Cause: irc.CauseSeen, Self: true}
}

// accepted takes in that the network has taken what we said, if it tells.
func (r *room) accepted() {
	if r.up.tells() {
		r.silence(false)
	}
}

// relents says whether a change of modes may give back a voice: what does so takes
// something away, or excepts somebody from bans.
func relents(ev irc.Modes, s *irc.Support) bool {
	return slices.ContainsFunc(ev.Changes, func(m irc.ModeChange) bool { return !m.Add || m.Mode == s.Excepts })
}

// another takes in what differs about ourselves: what kept whoever we were from speaking
// may not mean who we are, by another nick, host or account. It returns what has to be
// shown besides.
func (up *uplink) another(changes []irc.Change) (besides []irc.Change) {
	for _, c := range changes {
		a, b := c.Before.Person, c.After.Person
		if !c.Self || c.After.IsNobody() || a.Nick == b.Nick && a.User == b.User && a.Host == b.Host && a.Account == b.Account {
			continue
		}
		if r, ok := up.rooms.Get(c.Channel); ok && r.silenced {
			r.relent()
			if mapping.Unseen(c) {
				besides = append(besides, seen(c.Channel, c.After))
			}
		}
	}
	return besides
}
