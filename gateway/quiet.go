package gateway

import (
	"slices"

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

// silence has us be a visitor, or no longer, and shows it if it makes a difference.
func (r *room) silence(is bool) {
	if r.silenced == is {
		return
	}
	before := r.scene()
	r.silenced = is
	self := r.self()
	if !r.open() || self.IsNobody() || mapping.SameStanding(before, r.scene(), self) {
		return
	}
	r.change(irc.Change{Channel: r.channel, Before: self, After: self, Cause: irc.CauseSeen, Self: true})
}

// relents says whether a change of modes may give back a voice: what does so takes
// something away.
func relents(ev irc.Modes) bool {
	return slices.ContainsFunc(ev.Changes, func(m irc.ModeChange) bool { return !m.Add })
}
