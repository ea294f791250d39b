package gateway

import (
	"slices"

	"isthmus/ircside/irc"
	"isthmus/mapping"
	"isthmus/xmppside/form"
	"isthmus/xmppside/jid"
	"isthmus/xmppside/muc"
)

// memberFields are who is an owner, and who an administrator where that is another
// thing.
func (r *room) memberFields(lang string) (out []form.Field) {
	for _, f := range r.memberLists() {
		x := form.Field{Var: f.name, Kind: form.JIDMulti, Label: mapping.FieldLabel(f.name, lang)}
		for _, nick := range r.nicksOf(f.is) {
			m, _ := r.up.view.Member(r.channel, nick)
			if j := r.up.user.hub.scheme.Pseudonym(r.up.name, m.Person); !j.IsZero() {
				x.Values = append(x.Values, j.Bare().String())
			}
		}
		r.shown[f.name] = x.Values
		out = append(out, x)
	}
	return out
}

type memberList struct {
	name string
	is   muc.Affiliation
}

func (r *room) memberLists() []memberList {
	scene := r.scene()
	lists := []memberList{{mapping.FieldOwners, muc.Owner}}
	if _, op := mapping.Standing(irc.Member{Person: irc.Person{ID: 1, Nick: "o"}, Modes: "o"}, scene.Channel, scene.Support, scene.Roles); op == muc.Admin {
		lists = append(lists, memberList{mapping.FieldAdmins, muc.Admin})
	}
	return lists
}

// nicksOf are the members of an affiliation.
func (r *room) nicksOf(is muc.Affiliation) (out []string) {
	for _, item := range r.standing(muc.Item{Affiliation: is}, mapping.Address{}) {
		out = append(out, mapping.NickFromResource(item.Nick))
	}
	return out
}

// planMembers gives and takes ranks. The fields are whole lists: whom the sender was
// shown and who is not on it any more loses what they are.
func (r *room) planMembers(c *configuration) {
	want := map[string]muc.Affiliation{}
	var order []string
	set := func(nick string, to muc.Affiliation) {
		if _, again := want[nick]; !again {
			order = append(order, nick)
		}
		want[nick] = max(want[nick], to)
	}
	field := map[string]string{}
	for _, f := range r.memberLists() {
		x, there := c.form.Field(f.name)
		if !there {
			continue
		}
		listed, ok := r.listed(c, x)
		if !ok {
			continue
		}
		now := r.nicksOf(f.is)
		for _, nick := range now {
			if !slices.Contains(listed, nick) && r.wasShown(f.name, nick) {
				set(nick, muc.AffiliationNone)
				field[nick] = f.name
			}
		}
		for _, nick := range listed {
			if !slices.Contains(now, nick) {
				set(nick, f.is)
				field[nick] = f.name
			}
		}
	}
	for _, nick := range order {
		r.planMember(c, field[nick], nick, want[nick])
	}
}

func (r *room) planMember(c *configuration, field, nick string, to muc.Affiliation) {
	m, in := r.up.view.Member(r.channel, nick)
	if !in {
		c.problem(field, "Nobody called %s is in the room.", nick)
		return
	}
	if m.ID == r.up.view.Self().ID && to < muc.Owner {
		c.problem(field, "You cannot take your own rank away.")
		return
	}
	changes, err := mapping.AffiliationChange(r.scene(), m, to)
	if err != nil {
		c.problem(field, err.Text, err.Args...)
		return
	}
	for _, change := range changes {
		c.wishes = append(c.wishes, mapping.Wish{Field: field, ModeChange: change})
	}
}

// listed are the nicks of the addresses in a field.
func (r *room) listed(c *configuration, x form.Field) (nicks []string, ok bool) {
	for _, line := range x.Lines() {
		found := r.nicksAt(line)
		if len(found) == 0 {
			c.problem(x.Var, "Nobody on this network has the address %s.", line)
			return nil, false
		}
		nicks = append(nicks, found...)
	}
	return nicks, true
}

// wasShown says whether somebody was in a list when the sender was shown it last.
func (r *room) wasShown(field, nick string) bool {
	shown, was := r.shown[field]
	return !was || slices.ContainsFunc(shown, func(address string) bool {
		return slices.Contains(r.nicksAt(address), nick)
	})
}

// nicksAt are the nicks that an address stands for: those of an account in the channel
// are all meant, and our user's own address is us.
func (r *room) nicksAt(address string) (nicks []string) {
	j, err := jid.Parse(address)
	if err != nil {
		return nil
	}
	if j.Bare() == r.up.user.jid {
		return []string{r.nick()}
	}
	at, err := r.up.user.hub.scheme.Parse(j)
	if err != nil || r.up.user.known(at.Network) != r.up {
		return nil
	}
	nick := at.Occupant
	if at.Kind == mapping.Nick {
		nick = at.Name
	}
	s := r.up.view.Support()
	account, known := at.Account(s)
	for c := range r.up.view.Each(r.channel) {
		if known && s.Fold(c.After.Account) == s.Fold(account) || nick != "" && s.Fold(c.After.Nick) == s.Fold(nick) {
			nicks = append(nicks, c.After.Nick)
		}
	}
	if len(nicks) == 0 && nick != "" {
		nicks = []string{nick} // who is not in the channel
	}
	return nicks
}
