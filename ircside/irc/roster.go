package irc

import (
	"iter"
	"slices"
	"strings"
)

// joined takes in a whole roster. Of a channel that was there before, as after a
// reconnect, the differences are told; of a new one nothing, for Each tells all.
func (v *View) joined(ev Joined) []Change {
	ch, known := v.channels.Get(ev.Channel)
	if !known {
		ch = &channel{members: make(map[*person]modeSet, len(ev.Members))}
	}
	if ch.Name != ev.Channel {
		ch.Name = strings.Clone(ev.Channel)
		v.channels.Set(ch.Name, ch)
	}
	if !ch.Open { // what it is called besides follows, if it is anything
		ch.Open, ch.Created = true, ev.Created
		ch.Topic, ch.TopicBy, ch.TopicAt = "", "", 0
	}
	ch.Secret = ev.Secret
	if len(ch.members) == 0 {
		for _, m := range ev.Members {
			if v.admits(m.Nick) {
				v.enter(ch, v.meet(m.Person), v.set(m.Modes))
			}
		}
		if _, in := ch.members[v.self]; !in {
			v.enter(ch, v.self, 0)
		}
		return nil
	}
	out := v.gone(ch, ev)
	for _, m := range ev.Members {
		out = v.see(ch, m, out)
	}
	if _, in := ch.members[v.self]; !in {
		out = v.see(ch, Member{Person: v.self.Person()}, out)
	}
	return selfLast(out)
}

// gone removes who is no longer in a roster.
func (v *View) gone(ch *channel, ev Joined) []Change {
	here := make(map[*person]bool, len(ev.Members))
	for _, m := range ev.Members {
		if p, ok := v.people.Get(m.Nick); ok {
			here[p] = true
		}
	}
	here[v.self] = true
	var out []Change
	for _, p := range v.sorted(ch) {
		if !here[p] {
			out = append(out, Change{Channel: ch.Name, Before: v.member(p, ch.members[p]), Cause: CauseQuit})
			v.part(ch, p)
		}
	}
	return out
}

// see takes in one entry of a roster.
func (v *View) see(ch *channel, m Member, out []Change) []Change {
	p, ok := v.people.Get(m.Nick)
	_, in := ch.members[p]
	if !in && !v.admits(m.Nick) {
		return out
	}
	if ok {
		out = append(out, v.renamed(p.nick(), m.Nick)...) // it may be spelt otherwise
	}
	p = v.meet(m.Person)
	was, in := ch.members[p]
	set := v.set(m.Modes)
	v.enter(ch, p, set)
	c := Change{Channel: ch.Name, After: v.member(p, set), Cause: CauseSeen, Self: p == v.self}
	if in {
		if was == set {
			return out
		}
		c.Before, c.Cause = v.member(p, was), CauseMode
	}
	return append(out, c)
}

func (v *View) came(ev Came) []Change {
	ch, ok := v.channels.Get(ev.Channel)
	if !ok || !ch.Open || !v.admits(ev.Person.Nick) {
		return nil
	}
	p := v.meet(ev.Person)
	if _, in := ch.members[p]; in {
		return nil
	}
	v.enter(ch, p, 0)
	ch.closer = ""
	return []Change{{Channel: ch.Name, After: v.member(p, 0), Cause: CauseJoin, Self: p == v.self}}
}

func (v *View) went(ev Went) []Change {
	ch, ok := v.channels.Get(ev.Channel)
	p, known := v.people.Get(ev.Nick)
	if !ok || !known {
		return nil
	}
	set, in := ch.members[p]
	if !in {
		return nil
	}
	c := Change{
		Channel: ch.Name, Before: v.member(p, set), Cause: CausePart,
		Actor: ev.By, Reason: ev.Reason, Self: p == v.self,
	}
	if ev.Kick {
		c.Cause = CauseKick
		if c.Reason == c.Actor { // is what servers say where no reason was given: RFC 2812 §3.2.8
			c.Reason = ""
		}
		switch {
		case ch.bannedBy(v.support, ev.By, p.Person()):
			c.Cause = CauseBan
		case ch.unlistedBy(v.support, ev.By, p.Person()):
			c.Cause = CauseUnlisted
		case ch.closer != "" && ch.closer == ev.By && set == 0:
			c.Cause = CauseClosed
		}
	}
	if c.Actor != ch.closer {
		ch.closer = ""
	}
	if c.Self {
		v.Leave(ch.Name)
	} else {
		v.part(ch, p)
	}
	return []Change{c}
}

func (v *View) quits(ev Quit) []Change {
	cause := CauseQuit
	switch {
	case ev.Split:
		cause = CauseSplit
	case ev.Lost:
		cause = CauseLost
	}
	var out []Change
	for _, nick := range ev.Nicks {
		p, ok := v.people.Get(nick)
		if !ok || p == v.self {
			continue
		}
		v.unseen(p, true)
		for _, ch := range v.where(p) {
			out = append(out, Change{
				Channel: ch.Name, Before: v.member(p, ch.members[p]), Cause: cause, Reason: ev.Reason,
			})
			v.part(ch, p)
		}
	}
	return out
}

// where are the channels that somebody is in, in the order of their names.
func (v *View) where(p *person) []*channel {
	var in []*channel
	for _, ch := range v.channels.All() {
		if _, ok := ch.members[p]; ok {
			in = append(in, ch)
		}
	}
	slices.SortFunc(in, func(a, b *channel) int { return strings.Compare(a.Name, b.Name) })
	return in
}

// Each yields all who are in a channel, as changes from nothing: in the order of
// their nicks, ourselves last.
func (v *View) Each(name string) iter.Seq[Change] {
	return func(yield func(Change) bool) {
		ch, ok := v.channels.Get(name)
		if !ok {
			return
		}
		for _, p := range v.sorted(ch) {
			c := Change{Channel: ch.Name, After: v.member(p, ch.members[p]), Cause: CauseSeen, Self: p == v.self}
			if !yield(c) {
				return
			}
		}
	}
}

// Members is what Each yields.
func (v *View) Members(name string) []Change {
	return slices.AppendSeq(slices.Grow([]Change(nil), v.Size(name)), v.Each(name))
}

// sorted is who is in a channel by nick, ourselves last.
func (v *View) sorted(ch *channel) []*person {
	type entry struct {
		nick string // at hand: a large channel is sorted in half the time
		p    *person
	}
	entries := make([]entry, 0, len(ch.members))
	for p := range ch.members {
		if p != v.self {
			entries = append(entries, entry{p.nick(), p})
		}
	}
	slices.SortFunc(entries, func(a, b entry) int { return strings.Compare(a.nick, b.nick) })
	people := make([]*person, 0, len(ch.members))
	for _, e := range entries {
		people = append(people, e.p)
	}
	if len(people) < len(ch.members) {
		people = append(people, v.self)
	}
	return people
}
