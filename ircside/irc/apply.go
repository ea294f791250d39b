package irc

import (
	"slices"
	"strings"
)

// Apply takes an event in and says what differs by now, once per person and
// channel. Events that are no news about who is where yield nothing; nor does what a
// line tells about somebody besides (user, host, account) when they come or are seen.
func (v *View) Apply(ev Event) []Change {
	out := v.apply(ev)
	if len(v.news) > 0 {
		out, v.news = append(v.news, out...), nil
	}
	return out
}

// spoken notes that something else happens in a channel than its being closed.
func (v *View) spoken(channel string) {
	if ch, ok := v.channels.Get(channel); ok {
		ch.closer = ""
	}
}

func (v *View) apply(ev Event) []Change {
	switch ev := ev.(type) {
	case Registered:
		return v.registered(ev)
	case Supports:
		return v.adopt(ev.Support)
	case Joined:
		return v.joined(ev)
	case Came:
		return v.came(ev)
	case Went:
		return v.went(ev)
	case Quit:
		return v.quits(ev)
	case Renamed:
		return v.renamed(ev.Old, ev.New)
	case Modes:
		return v.moded(ev)
	case Topic:
		v.topic(ev)
	case Text:
		if v.closed {
			v.spoken(ev.Target)
		}
	case TopicBy:
		if ch, ok := v.channels.Get(ev.Channel); ok {
			ch.TopicBy, ch.TopicAt = strings.Clone(cut(ev.By, maxKept)), ev.At.Unix()
		}
	case MadeAt:
		if ch, ok := v.channels.Get(ev.Channel); ok {
			ch.MadeAt = ev.At.Unix()
		}
	case About:
		return v.about(ev)
	}
	return nil
}

// adopt takes over what a network supports. It may rank otherwise now, and fold
// names otherwise.
func (v *View) adopt(s *Support) []Change {
	var out []Change
	if s.CaseMapping != v.support.CaseMapping {
		out = v.refold(s.CaseMapping)
	}
	if slices.Equal(s.Prefixes, v.support.Prefixes) {
		v.support = s
		return out
	}
	old := *v
	v.support, v.modes = s, map[modeSet]string{}
	for _, ch := range v.channels.All() {
		for _, p := range v.sorted(ch) {
			before := old.member(p, ch.members[p])
			ch.members[p] = v.set(before.Modes)
			if after := v.member(p, ch.members[p]); after != before {
				out = append(out, Change{
					Channel: ch.Name, Before: before, After: after, Cause: CauseMode, Self: p == v.self,
				})
			}
		}
	}
	return out
}

// refold takes on a case mapping. Of two nicks or channels that are one by now, one
// is of the past: it is never us, nor a channel that is open if the other is not.
func (v *View) refold(to CaseMapping) []Change {
	keptPeople, keptChannels := NewMap[*person](to), NewMap[*channel](to)
	var pastPeople []*person
	var pastChannels []*channel
	keptPeople.Set(v.self.nick(), v.self)
	for _, p := range v.people.All() {
		if other, taken := keptPeople.Get(p.nick()); taken && other != p {
			pastPeople = append(pastPeople, p)
			continue
		}
		keptPeople.Set(p.nick(), p)
	}
	for _, ch := range v.channels.All() {
		if other, taken := keptChannels.Get(ch.Name); taken {
			if other.Open || !ch.Open {
				other, ch = ch, other
			}
			pastChannels = append(pastChannels, other)
		}
		keptChannels.Set(ch.Name, ch)
	}
	for _, ch := range pastChannels {
		v.Leave(ch.Name)
	}
	var out []Change
	for _, p := range pastPeople {
		out = append(out, v.oust(p)...)
	}
	v.people.Refold(to)
	v.channels.Refold(to)
	return out
}

func (v *View) registered(ev Registered) []Change {
	out := append(v.adopt(ev.Support), v.renamed(v.self.nick(), ev.Nick)...)
	v.again(v.self, Person{})
	return out
}

func (v *View) renamed(from, to string) []Change {
	p, ok := v.people.Get(from)
	if !ok || p.nick() == to || !isName(to) {
		return nil
	}
	var out []Change
	switch other, taken := v.people.Get(to); {
	case !taken || other == p:
	case other == v.self: // we would have been told of a change of our own
		return v.oust(p)
	default:
		out = v.oust(other)
	}
	before := p.Person()
	v.people.Delete(from)
	p.name = keepNick(to)
	v.people.Set(p.nick(), p)
	if v.stays != nil && !p.lost {
		v.stays.Renamed(p.stay, from, p.nick())
	}
	return append(out, v.everywhere(p, before, Change{Cause: CauseNick})...)
}

// oust forgets somebody whose nick another has now, so they must be gone.
func (v *View) oust(p *person) []Change {
	v.unseen(p, true)
	var out []Change
	for _, ch := range v.where(p) {
		out = append(out, Change{Channel: ch.Name, Before: v.member(p, ch.members[p]), Cause: CauseQuit})
		v.part(ch, p)
	}
	return out
}

// everywhere tells one change of a person in each channel that they are in.
func (v *View) everywhere(p *person, before Person, like Change) []Change {
	var out []Change
	for _, ch := range v.where(p) {
		like.Channel, like.Self = ch.Name, p == v.self
		like.Before = Member{before, v.letters(ch.members[p])}
		like.After = v.member(p, ch.members[p])
		out = append(out, like)
	}
	return out
}

// moded takes a whole MODE line in: one change per person, however many letters
// name them.
func (v *View) moded(ev Modes) []Change {
	ch, ok := v.channels.Get(ev.Channel)
	if !ok {
		return nil
	}
	ch.closer = ""
	if ev.Whole {
		ch.Modes, ch.Key, ch.Limit, ch.Params = "", "", "", ""
	}
	var order []*person
	was := map[*person]modeSet{}
	for _, m := range ev.Changes {
		if m.Kind != PrefixMode {
			if m.Mode == 'i' && m.Add && !ev.Whole {
				ch.closer, v.closed = strings.Clone(ev.By), true
			}
			ch.set(m, ev.By)
			ch.exempted(v.support, m, ev.By)
			ch.quieted(v.support, m)
			continue
		}
		p, ok := v.people.Get(m.Arg)
		if !ok {
			continue
		}
		set, in := ch.members[p]
		if !in {
			continue
		}
		if _, seen := was[p]; !seen {
			was[p] = set
			order = append(order, p)
		}
		bit := v.set(string(m.Mode))
		if m.Add {
			set |= bit
		} else {
			set &^= bit
		}
		ch.members[p] = set
	}
	var out []Change
	for _, p := range order {
		if was[p] != ch.members[p] {
			out = append(out, Change{
				Channel: ch.Name, Before: v.member(p, was[p]), After: v.member(p, ch.members[p]),
				Cause: CauseMode, Actor: ev.By, Self: p == v.self,
			})
		}
	}
	return out
}

// set takes in a mode of the channel itself.
func (ch *channel) set(m ModeChange, by string) {
	switch m.Kind {
	case ListMode:
		ch.banned(m, by)
		return
	case KeyMode, LimitMode:
		ch.setParam(m)
	}
	i := strings.IndexByte(ch.Modes, m.Mode)
	switch {
	case m.Add && i < 0:
		letters := []byte(ch.Modes + string(rune(m.Mode)))
		slices.Sort(letters)
		ch.Modes = string(letters)
	case !m.Add && i >= 0:
		ch.Modes = ch.Modes[:i] + ch.Modes[i+1:]
	}
}

// setParam takes in the parameter of a mode that has one. One that would not be one
// word in Params is as good as not told.
func (ch *channel) setParam(m ModeChange) {
	arg := ""
	if m.Add && (m.Mode != 'k' || m.Arg != "*") {
		arg = strings.Clone(cut(m.Arg, maxKept))
	}
	switch m.Mode {
	case 'k':
		ch.Key = arg
		return
	case 'l':
		ch.Limit = arg
		return
	}
	words := slices.DeleteFunc(strings.Fields(ch.Params), func(w string) bool { return w[0] == m.Mode })
	if arg != "" && len(strings.Fields(arg)) == 1 {
		words = append(words, string(rune(m.Mode))+"="+arg)
	}
	slices.Sort(words)
	ch.Params = strings.Join(words, " ")
}

func (v *View) topic(ev Topic) {
	ch, ok := v.channels.Get(ev.Channel)
	if !ok {
		return
	}
	ch.closer = ""
	ch.Topic, ch.TopicBy, ch.TopicAt = strings.Clone(ev.Text), strings.Clone(ev.By), 0
	if !ev.At.IsZero() {
		ch.TopicAt = ev.At.Unix()
	}
}

// about takes in what is new about a person.
func (v *View) about(ev About) []Change {
	p, ok := v.people.Get(ev.Person.Nick)
	if !ok {
		return nil
	}
	if ev.Known&KnownHost != 0 {
		v.again(p, ev.Person)
	}
	before := p.Person()
	q := before
	if ev.Known&KnownAway != 0 {
		q.Away = ev.Person.Away
		if !q.Away || ev.Person.AwayText != "" { // a list does not tell the reason
			q.AwayText = ev.Person.AwayText
		}
	}
	if ev.Known&KnownAccount != 0 {
		q.Account = ev.Person.Account
	}
	if ev.Known&KnownHost != 0 {
		q.Host = ev.Person.Host
		if ev.Person.User != "" {
			q.User = ev.Person.User
		}
	}
	if ev.Known&KnownRealname != 0 {
		q.Realname = ev.Person.Realname
	}
	if ev.Known&KnownFlags != 0 {
		q.Flags = ev.Person.Flags
	}
	if q == before {
		return nil
	}
	p.learn(q)
	v.heard(p, before)
	return v.everywhere(p, before, Change{Cause: CauseAbout})
}
