package mapping

import (
	"isthmus/ircside/irc"
	"isthmus/xmppside/jid"
	"isthmus/xmppside/muc"
	"isthmus/xmppside/stanza"
)

// A Scene is what it takes to say who somebody is in a channel.
type Scene struct {
	Channel irc.Channel
	Support *irc.Support
	Roles   RolePolicy
	IDs     OccupantIDs
	Told    Onlooker // whose addresses are told; nil: nobody's

	NoComings bool // old clients are not told in lines who comes and goes
}

// A Shown is what a client is shown, without its addresses: a presence of an occupant,
// or a line of the room's own, for who cannot use what presences say.
type Shown struct {
	Nick     string // whose presence it is
	Type     string // "" or unavailable; of a message "", to all, normal, or chat
	Line     bool   // it is a message, from the room itself; a chat is from the network
	Children []*stanza.Element
}

// leaving is what each way to go is told as: its status code and whether the reason
// is the occupant's own words. XEP-0045 §9.1, §8.2, §7.14; 333 is for what nobody
// wished.
var leaving = map[irc.Cause]struct {
	code  muc.Status
	words bool
}{
	irc.CausePart:     {0, true},
	irc.CauseQuit:     {0, true},
	irc.CauseKick:     {muc.StatusKicked, false},
	irc.CauseBan:      {muc.StatusBanned, false},
	irc.CauseClosed:   {muc.StatusMembersOnly, false},
	irc.CauseUnlisted: {muc.StatusAffiliationRemoved, false},
	irc.CauseSplit:    {muc.StatusTechnical, true},
	irc.CauseLost:     {muc.StatusTechnical, true},
}

// Presence says one change to a client of a class, in the order in which it is to be
// sent; nothing if it would see no difference. more are status codes of the last.
// XEP-0045 §7.2.2, §7.6, §9.
func Presence(sc Scene, class Class, c irc.Change, more ...muc.Status) []Shown {
	if !class.Old {
		return sc.presences(class, c, more)
	}
	sc.IDs, sc.Told = OccupantIDs{}, nil
	return sc.old(class.Lang, c, sc.presences(class, c, more))
}

func (sc Scene) presences(class Class, c irc.Change, more []muc.Status) []Shown {
	if c.Self {
		more = append(more, muc.StatusSelf)
	}
	switch {
	case c.After.IsNobody():
		return []Shown{sc.leave(c, more)}
	case c.Before.IsNobody():
		return sc.present(class, c.After, more)
	case c.Before.Nick != c.After.Nick:
		return []Shown{sc.rename(c), sc.here(class, c.After, more)}
	case c.Cause != irc.CauseSeen && sc.alike(class, c.Before, c.After):
		return nil
	}
	return sc.present(class, c.After, more)
}

// alike says whether an occupant would be told the same of both.
func (sc Scene) alike(class Class, a, b irc.Member) bool {
	role, affiliation := Standing(a, sc.Channel, sc.Support, sc.Roles)
	role2, affiliation2 := Standing(b, sc.Channel, sc.Support, sc.Roles)
	return role == role2 && affiliation == affiliation2 && a.Away == b.Away && a.AwayText == b.AwayText &&
		a.Stay == b.Stay && (class.Old || sameHats(a, b)) && sc.address(a) == sc.address(b)
}

// Unseen says of a change that it is of what nobody is shown: user, host, real name. A
// channel that is asked about by WHO brings one for each member.
func Unseen(c irc.Change) bool {
	a, b := c.Before, c.After
	return c.Cause == irc.CauseAbout && !b.IsNobody() && a.Nick == b.Nick && a.Stay == b.Stay &&
		a.Away == b.Away && a.AwayText == b.AwayText && sameHats(a, b)
}

// address is item@jid of a member.
func (sc Scene) address(m irc.Member) jid.JID {
	if sc.Told == nil {
		return jid.JID{}
	}
	return sc.Told(m.Person)
}

// occupant says whose a presence is.
func (sc Scene) occupant(m irc.Member) *stanza.Element { return OccupantID(sc.IDs.ID(m.Stay)) }

// here is somebody's presence as it is now.
func (sc Scene) here(class Class, m irc.Member, codes []muc.Status) Shown {
	return sc.present(class, m, codes)[0]
}

// present is the only thing that a client is shown: somebody's presence as it is now. Of
// these there are most, so they take few pieces of memory.
func (sc Scene) present(class Class, m irc.Member, codes []muc.Status) []Shown {
	all := &struct {
		shown    [1]Shown
		children [4]*stanza.Element
		occupant OccupantIDElement
	}{}
	s := &all.shown[0]
	s.Nick, s.Children = m.Nick, all.children[:0]
	if m.Away {
		s.Children = append(s.Children, stanza.T("", "show", "away"))
		if text := Strip(m.AwayText); text != "" {
			s.Children = append(s.Children, stanza.T("", "status", text))
		}
	}
	role, affiliation := Standing(m, sc.Channel, sc.Support, sc.Roles)
	if address := sc.address(m); len(codes) == 0 && address.IsZero() {
		s.Children = append(s.Children, muc.Plain(affiliation, role))
	} else {
		u := muc.User{Item: muc.Item{Affiliation: affiliation, Role: role, JID: address}, Status: codes}
		s.Children = append(s.Children, u.Element())
	}
	if !class.Old {
		if hats := Hats(m, sc.Support, class.Lang); hats != nil {
			s.Children = append(s.Children, hats)
		}
	}
	if id := sc.IDs.ID(m.Stay); id != "" {
		s.Children = append(s.Children, all.occupant.Of(id))
	}
	return all.shown[:]
}

func (sc Scene) leave(c irc.Change, codes []muc.Status) Shown {
	s := Shown{Nick: c.Before.Nick, Type: "unavailable"}
	_, affiliation := Standing(c.Before, sc.Channel, sc.Support, sc.Roles)
	item := muc.Item{Affiliation: affiliation, Role: muc.RoleNone, JID: sc.address(c.Before)}
	how := leaving[c.Cause]
	reason := Strip(c.Reason)
	switch {
	case how.words && reason != "":
		s.Children = append(s.Children, stanza.T("", "status", reason))
	case !how.words:
		item.Actor, item.Reason = c.Actor, reason
	}
	if how.code != 0 {
		codes = append(codes, how.code)
	}
	switch c.Cause {
	case irc.CauseBan:
		item.Affiliation = muc.Outcast
	case irc.CauseKick, irc.CauseClosed, irc.CauseUnlisted:
		item.Affiliation = muc.AffiliationNone
	}
	s.Children = append(s.Children, muc.User{Item: item, Status: codes}.Element())
	if occupant := sc.occupant(c.Before); occupant != nil {
		s.Children = append(s.Children, occupant)
	}
	return s
}

// rename is the first half of a change of nick: the old one goes, and says what the
// new one is. XEP-0045 §7.6.
func (sc Scene) rename(c irc.Change) Shown {
	role, affiliation := Standing(c.Before, sc.Channel, sc.Support, sc.Roles)
	u := muc.User{
		Item:   muc.Item{Affiliation: affiliation, Role: role, Nick: Resource(c.After.Nick), JID: sc.address(c.Before)},
		Status: []muc.Status{muc.StatusNickChanged},
	}
	if c.Self {
		u.Status = append(u.Status, muc.StatusSelf)
	}
	s := Shown{Nick: c.Before.Nick, Type: "unavailable", Children: []*stanza.Element{u.Element()}}
	if occupant := sc.occupant(c.Before); occupant != nil {
		s.Children = append(s.Children, occupant)
	}
	return s
}

// Gone is the presence that sends a client away, whatever the view holds: its nick
// goes with 110 and the codes given. XEP-0045 §7.14, §9.1.
func Gone(class Class, nick, reason string, codes ...muc.Status) Shown {
	u := muc.User{
		Item:   muc.Item{Affiliation: muc.AffiliationNone, Role: muc.RoleNone, Reason: Say(class.Lang, reason)},
		Status: append(codes, muc.StatusSelf),
	}
	return Shown{Nick: nick, Type: "unavailable", Children: []*stanza.Element{u.Element()}}
}

// Destroyed is the presence that tells a client that the room is no more.
// XEP-0045 §10.9.
func Destroyed(nick string, d muc.Destroy) Shown {
	u := muc.User{
		Item:    muc.Item{Affiliation: muc.AffiliationNone, Role: muc.RoleNone},
		Destroy: &d, Status: []muc.Status{muc.StatusSelf},
	}
	return Shown{Nick: nick, Type: "unavailable", Children: []*stanza.Element{u.Element()}}
}

// Configured tells that a room's configuration is another by now. Clients of groupchat
// 1.0 know no such thing. XEP-0045 §10.2.1.
func Configured(class Class, codes ...muc.Status) []Shown {
	if class.Old {
		return nil
	}
	return []Shown{{Line: true, Children: []*stanza.Element{muc.User{Status: codes}.Element()}}}
}
