package gateway

import (
	"isthmus/ircside/irc"
	"isthmus/mapping"
	"isthmus/xmppside/iq"
	"isthmus/xmppside/muc"
	"isthmus/xmppside/stanza"
)

func adminTopic(m *iq.Mux[query]) {
	m.Handle("get", muc.NSAdmin, "query", "", getAdmin, iq.Room)
	m.Handle("set", muc.NSAdmin, "query", "", setAdmin, iq.Room)
}

// adminRoom is the room that an administrative IQ is about, which its sender must
// be in.
func (q query) adminRoom(r *iq.Request) *room {
	room, o := q.user.occupancy(r.IQ, q.at)
	switch {
	case o == nil:
		r.Fail(notIn())
		return nil
	case !room.open():
		r.Fail(timedOut("The connection to the network is lost at the moment."))
		return nil
	}
	return room
}

// getAdmin answers the lists. Those of members come from what is known and cost
// nothing on IRC, for some clients ask for them at each join; only the outcasts are
// asked for, and for a moderator those whom an invite-only channel lets in. XEP-0045
// §9.5, §9.8, §10.5, §10.8.
func getAdmin(q query, r *iq.Request) {
	items, err := muc.ParseAdmin(r.Payload(), false)
	if err != nil {
		r.Fail(q.user.stanzaError(err, mapping.ForAdmin, ""))
		return
	}
	room := q.adminRoom(r)
	if room == nil {
		return
	}
	switch want := items[0]; {
	case want.Affiliation == muc.Outcast:
		room.outcasts(r)
	case want.Affiliation == muc.Member && room.membersOnly() && room.moderates():
		room.memberList(q, r)
	default:
		q.user.answerList(r, room.standing(want, q.at))
	}
}

// answerList answers with a list, if it fits: part of one would pass for all of it.
func (u *user) answerList(r *iq.Request, items []muc.Item) {
	query := muc.AdminQuery(items)
	if len(query.Append(nil)) > u.space() {
		r.Fail(&stanza.Error{Type: stanza.Wait, Condition: stanza.ResourceConstraint, Text: "The list is too long to be sent."})
		return
	}
	r.Result(query)
}

// standing lists who in a room has a role or an affiliation.
func (r *room) standing(want muc.Item, at mapping.Address) []muc.Item {
	scene := r.scene()
	var out []muc.Item
	for c := range r.up.view.Each(r.channel) {
		role, affiliation := mapping.Standing(c.After, scene.Channel, scene.Support, scene.Roles)
		if want.Role != muc.NoRole && role != want.Role || want.Affiliation != muc.NoAffiliation && affiliation != want.Affiliation {
			continue
		}
		item := muc.Item{Affiliation: affiliation, Nick: mapping.Resource(c.After.Nick), Role: role}
		if scene.Told != nil {
			item.JID = scene.Told(c.After.Person)
		}
		if want.Affiliation != muc.NoAffiliation { // which belong to bare addresses: XEP-0045 §17.4
			// COMPAT Converse.js 14: it takes the nick for the role where a list of affiliations
			// has one, and its user for no moderator.
			item.Role = muc.NoRole
			if item.JID = item.JID.Bare(); item.JID.IsZero() {
				item.JID, _ = r.up.user.hub.scheme.JID(mapping.Address{Kind: mapping.Nick, Network: r.up.name, Name: c.After.Nick})
			}
		}
		out = append(out, item)
	}
	return out
}

// setAdmin changes roles and affiliations: in as few MODE lines as the network
// allows, then the kicks. It is answered once, when the network has done with all
// of it. XEP-0045 §8, §9, §10.
func setAdmin(q query, r *iq.Request) {
	items, err := muc.ParseAdmin(r.Payload(), true)
	if err != nil {
		r.Fail(q.user.stanzaError(err, mapping.ForAdmin, ""))
		return
	}
	if len(items) > maxChanges {
		r.Fail(tooManyChanges())
		return
	}
	room := q.adminRoom(r)
	if room == nil {
		return
	}
	plan, refused := room.plan(items)
	if refused != nil {
		r.Fail(refused)
		return
	}
	room.carry(plan, r)
}

// A plan is what several items of an IQ come to on IRC.
type plan struct {
	pardons []pardon  // whose entries in lists go
	lists   string    // which lists those are
	spare   int       // how many bans among them need not be set
	left    []remnant // which entries stay, for they mean others as well
	guests  []*guest  // who becomes a member, and is looked for first
	bans    []*ban    // and memberships, by masks that we have chosen
	modes   []irc.ModeChange
	kicks   []kick
	kicked  map[string]bool // whom they are of
	quiets  bool            // a mask that silences somebody goes, if it is there
	by      mapping.BanKind // what those masks are made of
}

// A kick may follow a ban; then it does not matter who has gone by themselves.
type kick struct {
	irc.Kick
	banned bool
}

// kick adds one, once for each nick.
func (p *plan) kick(k kick) {
	if !p.kicked[k.Nick] {
		p.kicked[k.Nick] = true
		p.kicks = append(p.kicks, k)
	}
}

// plan words all items, or says which of them cannot be.
func (r *room) plan(items []muc.Item) (plan, *stanza.Error) {
	p := plan{kicked: map[string]bool{}, lists: r.entryLists()}
	for _, item := range items {
		var err *stanza.Error
		switch {
		case item.Role != muc.NoRole:
			err = r.planRole(&p, item)
		case item.Affiliation == muc.Outcast:
			err = r.planBan(&p, item)
		case item.Affiliation == muc.Member && r.inviteOnly():
			err = r.planMembership(&p, item)
		default:
			err = r.planAffiliation(&p, item)
		}
		if err != nil {
			return p, err
		}
	}
	return p, nil
}

func (r *room) planRole(p *plan, item muc.Item) *stanza.Error {
	m, _, err := r.target(item)
	if err != nil {
		return err
	}
	scene := r.scene()
	modes, goes, err := mapping.RoleChange(scene.Support, m, scene.Channel, item.Role)
	if err != nil {
		return err
	}
	p.modes = append(p.modes, modes...)
	p.quiets = p.quiets || item.Role == muc.Participant
	if goes {
		p.kick(kick{Kick: irc.Kick{Channel: r.channel, Nick: m.Nick, Reason: mapping.Line(item.Reason)}})
	}
	return nil
}

func (r *room) planAffiliation(p *plan, item muc.Item) *stanza.Error {
	m, mask, err := r.target(item)
	none := item.Affiliation == muc.AffiliationNone
	if mask != "" { // the entry of a list
		if !none {
			return badRequest("A ban can only be lifted.")
		}
		p.pardons = append(p.pardons, pardon{mask: mask})
		return nil
	}
	if err != nil && none {
		if who := r.elsewhere(item); m.Nick != "" || m.Account != "" || !who.IsZero() {
			p.pardons = append(p.pardons, pardon{nick: m.Nick, account: m.Account, user: who})
			return nil
		}
	}
	if err != nil {
		return err
	}
	scene := r.scene()
	modes, err := mapping.AffiliationChange(scene, m, item.Affiliation)
	if err != nil {
		return err
	}
	p.modes = append(p.modes, modes...)
	if none && r.membersOnly() {
		p.pardons = append(p.pardons, pardon{nick: m.Nick, account: m.Account, in: true})
	}
	return nil
}

// carry gives a plan to the network step by step, for who cannot ban shall not kick
// either, and answers when all of it is done, or with the first refusal.
func (r *room) carry(p plan, request *iq.Request) {
	failed := func(err error) bool {
		if err != nil {
			r.failAdmin(request, err)
		}
		return err != nil
	}
	r.unlist(p, func(p plan, err error) {
		if failed(err) {
			return
		}
		r.meet(p, p.guests, func(p plan, err error) {
			if failed(err) {
				return
			}
			r.setModes(p, func(err error) {
				if failed(err) {
					return
				}
				r.tellBans(p, request)
				r.askIn(p.guests, request.IQ, func(err error) {
					if failed(err) {
						return
					}
					r.kickAll(p, func(err error) {
						if !failed(err) {
							request.Result()
						}
					})
				})
			})
		})
	})
}

func (r *room) failAdmin(request *iq.Request, err error) {
	request.Fail(r.up.user.stanzaError(err, mapping.ForAdmin, r.up.ircd()))
}

// kickAll kicks who is still in; then gets the first refusal, once all is done.
func (r *room) kickAll(p plan, then func(error)) {
	var first error
	left := 1
	done := func(err error) {
		if first == nil {
			first = err
		}
		if left--; left == 0 {
			then(first)
		}
	}
	for _, k := range p.kicks {
		if _, in := r.up.view.Member(r.channel, k.Nick); !in && k.banned {
			continue
		}
		left++
		r.up.ask(k.Kick, func(q *question) {
			err := q.err()
			if f, ok := err.(irc.Fault); ok && k.banned && (f.Numeric == 401 || f.Numeric == 441) {
				err = nil
			}
			done(err)
		})
	}
	done(nil)
}
