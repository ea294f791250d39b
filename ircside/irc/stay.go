package irc

// Stays number people: who comes into sight of a View is given a number, and keeps it
// while they are in sight, whatever they are called and become known to be by then.
// Several views that share one give the same number to the same person.
//
// A View calls them as it takes events in, and never while it is read.
type Stays interface {
	// Meet numbers somebody who comes into sight, or is seen again by a new session. was
	// is their number in the session that was lost, where user and host say that they are
	// the same, else 0. self tells ourselves.
	Meet(p Person, self bool, was uint64) uint64
	// Know tells what user and host somebody has by now.
	Know(stay uint64, p Person)
	// Renamed tells that somebody has another nick.
	Renamed(stay uint64, from, to string)
	// Gone tells that somebody is out of sight, and whether they have left the network
	// for sure.
	Gone(stay uint64, nick string, ended bool)
}

// Number has the people in a View numbered from now on, by a View that sees nobody but
// ourselves yet.
func (v *View) Number(s Stays) {
	v.stays = s
	v.self.stay = s.Meet(v.self.Person(), true, 0)
}

// number gives somebody new their number.
func (v *View) number(p *person) {
	if v.stays != nil {
		p.stay = v.stays.Meet(p.Person(), p == v.self, 0)
	}
}

// again numbers somebody whom the session before knew, and who is here now: perhaps
// another, for nobody watched the nick meanwhile. told is what the new session tells. As
// long as that is the nick alone, of somebody of whom more was known, it is left open:
// they keep their number until WHO tells (see [View.Doubtful]).
func (v *View) again(p *person, told Person) {
	if p.lost && (told.Host != "" || p == v.self || p.known.Value().host == "") {
		v.decide(p, told)
	}
}

func (v *View) decide(p *person, told Person) {
	p.lost = false
	if v.stays == nil {
		return
	}
	before, was := p.Person(), uint64(0)
	switch {
	case p == v.self:
		told, was = before, p.stay
	case told.Host != "" && told.Host == before.Host && told.User == before.User:
		told.Account, was = before.Account, p.stay
	}
	told.Nick = p.nick()
	if p.stay = v.stays.Meet(told, p == v.self, was); p.stay != before.Stay {
		v.news = append(v.news, v.everywhere(p, before, Change{Cause: CauseAbout})...)
	}
}

// Doubtful says whether it is open of anybody in a channel if they are who they were
// before the session was lost.
func (v *View) Doubtful(channel string) bool {
	ch, ok := v.channels.Get(channel)
	if !ok {
		return false
	}
	for p := range ch.members {
		if p.lost {
			return true
		}
	}
	return false
}

// Settle takes all of those for somebody else, for the network tells no more of them.
func (v *View) Settle(channel string) []Change {
	ch, ok := v.channels.Get(channel)
	if !ok {
		return nil
	}
	for _, p := range v.sorted(ch) {
		if p.lost {
			v.decide(p, Person{})
		}
	}
	out := v.news
	v.news = nil
	return out
}

// heard tells what is known of somebody's user and host, if it is news.
func (v *View) heard(p *person, before Person) {
	if v.stays == nil || p.lost {
		return
	}
	if now := p.Person(); now.User != before.User || now.Host != before.Host {
		v.stays.Know(p.stay, now)
	}
}

// unseen tells that somebody is out of sight, once.
func (v *View) unseen(p *person, ended bool) {
	if v.stays != nil && !p.lost {
		v.stays.Gone(p.stay, p.nick(), ended)
	}
	p.lost = true
}
