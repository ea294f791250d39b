package irc

import (
	"slices"
	"strings"
)

// Apply takes an event in and says what differs by now, once per person and
// channel. Events that are no news about who is where yield nothing.
func (v *View) Apply(ev Event) []Change {
	switch ev := ev.(type) {
	case Registered:
		return v.registered(ev)
	case Supports:
		v.adopt(ev.Support)
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
	case TopicBy:
		if ch, ok := v.channels.Get(ev.Channel); ok {
			ch.TopicBy, ch.TopicAt = ev.By, ev.At.Unix()
		}
	case About:
		return v.about(ev)
	}
	return nil
}

// adopt takes over what a network supports; it may fold names otherwise now.
func (v *View) adopt(s *Support) {
	if slices.Equal(s.Prefixes, v.support.Prefixes) {
		v.support = s
	} else {
		old := *v
		v.support, v.modes = s, map[modeSet]string{}
		for _, ch := range v.channels.All() {
			for p, set := range ch.members {
				ch.members[p] = v.set(old.letters(set))
			}
		}
	}
	v.people.Refold(s.CaseMapping)
	v.channels.Refold(s.CaseMapping)
}

func (v *View) registered(ev Registered) []Change {
	v.adopt(ev.Support)
	if ev.Nick == v.self.Nick {
		return nil
	}
	return v.renamed(v.self.Nick, ev.Nick)
}

// joined takes in a whole roster. Of a channel that was there before, as after a
// reconnect, the differences are told; of a new one nothing, for Each tells all.
func (v *View) joined(ev Joined) []Change {
	ch, known := v.channels.Get(ev.Channel)
	if !known {
		ch = &channel{Channel: Channel{Name: ev.Channel}, members: make(map[*person]modeSet, len(ev.Members))}
		v.channels.Set(ev.Channel, ch)
	}
	ch.Open, ch.Secret, ch.Created = true, ev.Secret, ev.Created
	if len(ch.members) == 0 {
		for _, m := range ev.Members {
			v.enter(ch, v.meet(m.Person), v.set(m.Modes))
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
		out = v.see(ch, Member{Person: v.self.Person}, out)
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
	p := v.meet(m.Person)
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
	if !ok || !ch.Open {
		return nil
	}
	p := v.meet(ev.Person)
	if _, in := ch.members[p]; in {
		return nil
	}
	v.enter(ch, p, 0)
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
		if ch.lastBan.mask != "" && ch.lastBan.by == ev.By && MatchMask(v.support, ch.lastBan.mask, p.Person) {
			c.Cause = CauseBan
		}
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
	if ev.Split {
		cause = CauseSplit
	}
	var out []Change
	for _, nick := range ev.Nicks {
		p, ok := v.people.Get(nick)
		if !ok || p == v.self {
			continue
		}
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

func (v *View) renamed(from, to string) []Change {
	p, ok := v.people.Get(from)
	if !ok || from == to {
		return nil
	}
	if other, taken := v.people.Get(to); taken && other != p {
		v.oust(other)
	}
	before := p.Person
	v.people.Delete(from)
	p.Nick = to
	v.people.Set(to, p)
	return v.everywhere(p, before, Change{Cause: CauseNick})
}

// oust forgets somebody whose nick another has now, so they must be gone.
func (v *View) oust(p *person) {
	for _, ch := range v.where(p) {
		v.part(ch, p)
	}
	v.people.Delete(p.Nick)
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
	if ev.Whole {
		ch.Modes, ch.Key, ch.Limit = "", "", ""
	}
	var order []*person
	was := map[*person]modeSet{}
	for _, m := range ev.Changes {
		if m.Kind != PrefixMode {
			ch.set(m, ev.By)
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
		if m.Mode == 'b' && m.Add && m.Arg != "" {
			ch.lastBan = ban{by, m.Arg}
		}
		return
	case KeyMode:
		if m.Mode == 'k' {
			ch.Key = ""
			if m.Add && m.Arg != "*" {
				ch.Key = m.Arg
			}
		}
	case LimitMode:
		if m.Mode == 'l' {
			ch.Limit = ""
			if m.Add {
				ch.Limit = m.Arg
			}
		}
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

func (v *View) topic(ev Topic) {
	ch, ok := v.channels.Get(ev.Channel)
	if !ok {
		return
	}
	ch.Topic, ch.TopicBy, ch.TopicAt = ev.Text, ev.By, 0
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
	before := p.Person
	if ev.Known&KnownAway != 0 {
		p.Away, p.AwayText = ev.Person.Away, v.awayText(p, ev.Person)
	}
	if ev.Known&KnownAccount != 0 {
		p.Account = ev.Person.Account
	}
	if ev.Known&KnownHost != 0 {
		p.Host = ev.Person.Host
		if ev.Person.User != "" {
			p.User = ev.Person.User
		}
	}
	if ev.Known&KnownRealname != 0 {
		p.Realname = ev.Person.Realname
	}
	if ev.Known&KnownFlags != 0 {
		p.Flags = ev.Person.Flags
	}
	if p.Person == before {
		return nil
	}
	return v.everywhere(p, before, Change{Cause: CauseAbout})
}

// awayText keeps the reason that is known when a list only says that they are away.
func (v *View) awayText(p *person, q Person) string {
	if q.Away && q.AwayText == "" {
		return p.AwayText
	}
	return q.AwayText
}

// MatchMask says whether a ban mask names a person: nick!user@host with * and ?,
// folded as the network does. What is not known of a person matches nothing but *.
func MatchMask(s *Support, mask string, p Person) bool {
	return glob(s.Fold(mask), s.Fold(p.Nick+"!"+p.User+"@"+p.Host))
}

// glob matches * and ?, in time linear in the product of the lengths.
func glob(pattern, text string) bool {
	star, mark := -1, 0
	i, j := 0, 0
	for j < len(text) {
		switch {
		case i < len(pattern) && pattern[i] == '*':
			star, mark = i, j
			i++
		case i < len(pattern) && (pattern[i] == '?' || pattern[i] == text[j]):
			i++
			j++
		case star >= 0:
			mark++
			i, j = star+1, mark
		default:
			return false
		}
	}
	for i < len(pattern) && pattern[i] == '*' {
		i++
	}
	return i == len(pattern)
}
