package gateway

import (
	"maps"
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
	scene.Roles.Founder = 0 // operators in general are meant
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
// shown and who is not on it any more loses what they are, whom they were not shown and
// who is on it becomes that.
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
	people := r.directory()
	for _, f := range r.memberLists() {
		x, there := c.form.Field(f.name)
		if !there {
			continue
		}
		was, told := c.shown.Field(f.name)
		listed, ok := people.listed(c, x, was.Lines())
		if !ok {
			continue
		}
		known, now := people.nicks(was.Lines()), map[string]bool{}
		for _, nick := range r.nicksOf(f.is) {
			now[nick] = true
			if !listed[nick] && (!told || known[nick]) {
				set(nick, muc.AffiliationNone)
				field[nick] = f.name
			}
		}
		for _, nick := range slices.Sorted(maps.Keys(listed)) {
			if !now[nick] && !known[nick] {
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

// A directory finds who is in a channel by addresses.
type directory struct {
	room     *room
	accounts map[string][]string // their nicks, by folded account
}

func (r *room) directory() directory {
	d := directory{r, map[string][]string{}}
	for c := range r.up.view.Each(r.channel) {
		if account := c.After.Account; account != "" {
			key := r.up.view.Support().Fold(account)
			d.accounts[key] = append(d.accounts[key], c.After.Nick)
		}
	}
	return d
}

// listed are the nicks of the addresses in a field. One that was shown may be nobody's by
// now.
func (d directory) listed(c *configuration, x form.Field, shown []string) (nicks map[string]bool, ok bool) {
	nicks = map[string]bool{}
	for _, line := range x.Lines() {
		found := d.at(line)
		if len(found) == 0 && !slices.Contains(shown, line) {
			c.problem(x.Var, "Nobody on this network has the address %s.", line)
			return nil, false
		}
		for _, nick := range found {
			nicks[nick] = true
		}
	}
	return nicks, true
}

// nicks are those of several addresses.
func (d directory) nicks(addresses []string) map[string]bool {
	nicks := map[string]bool{}
	for _, address := range addresses {
		for _, nick := range d.at(address) {
			nicks[nick] = true
		}
	}
	return nicks
}

// at are the nicks that an address stands for: those of an account in the channel are
// all meant, and our user's own address is us. There may be one of who is not in it.
func (d directory) at(address string) []string {
	r := d.room
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
	s := r.up.view.Support()
	if account, known := at.Account(s); known {
		return d.accounts[s.Fold(account)]
	}
	nick := at.Occupant
	if at.Kind == mapping.Nick {
		nick = at.Name
	}
	if m, in := r.up.view.Member(r.channel, nick); in {
		nick = m.Nick
	}
	if nick == "" {
		return nil
	}
	return []string{nick}
}
