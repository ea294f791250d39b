package gateway

import (
	"slices"
	"strings"
	"time"

	"isthmus/ircside/irc"
	"isthmus/mapping"
	"isthmus/xmppside/form"
	"isthmus/xmppside/iq"
	"isthmus/xmppside/muc"
	"isthmus/xmppside/stanza"
)

const (
	// maxKnocks is how many who knock at one channel are remembered, for knockLife.
	maxKnocks = 20
	knockLife = time.Hour
	// knockAgain is how soon somebody may knock again, to be heard.
	knockAgain = time.Minute
	// manyKnocks is how many of one channel are told, and how many a user may do, in a
	// minute.
	manyKnocks = 10
)

// knocks are those at one channel that wait to be let in, oldest first.
type knocks struct {
	pace pace
	list []knock
}

type knock struct {
	nick   string // folded
	person irc.Person
	at     time.Time
}

// add takes in a knock; false: it was heard just now.
func (ks *knocks) add(k knock) bool {
	if old, ok := ks.take(k.nick); ok && k.at.Sub(old.at) < knockAgain {
		ks.list = append(ks.list, old)
		return false
	}
	if len(ks.list) >= maxKnocks {
		ks.list = slices.Delete(ks.list, 0, 1)
	}
	ks.list = append(ks.list, k)
	return true
}

// find is the knock of a nick.
func (ks *knocks) find(nick string) (knock, bool) {
	ks.list = slices.DeleteFunc(ks.list, func(k knock) bool { return time.Since(k.at) >= knockLife })
	at := slices.IndexFunc(ks.list, func(k knock) bool { return k.nick == nick })
	if at < 0 {
		return knock{}, false
	}
	return ks.list[at], true
}

// take takes the knock of a nick out.
func (ks *knocks) take(nick string) (knock, bool) {
	k, ok := ks.find(nick)
	if ok {
		ks.list = slices.DeleteFunc(ks.list, func(k knock) bool { return k.nick == nick })
	}
	return k, ok
}

// knocked asks who runs a channel whether to let somebody in. XEP-0045 §9.9
func (up *uplink) knocked(ev irc.Knocked) {
	r, ok := up.rooms.Get(ev.Channel)
	if !ok || len(r.members) == 0 {
		return
	}
	s := up.view.Support()
	if seen, met := up.view.Person(ev.Person.Nick); met && ev.Person.Host == "" {
		ev.Person = seen
	}
	k := knock{nick: strings.Clone(s.Fold(ev.Person.Nick)), person: own(ev.Person), at: time.Now()}
	if !r.knocks.add(k) || !r.knocks.pace.within(manyKnocks, time.Minute) {
		return
	}
	listed := s.Invex != 0 && ev.Person.Host != ""
	r.tell(r.present(), func(class mapping.Class) []mapping.Shown {
		return mapping.Knocking(class, ev, listed)
	})
}

// own is a person in memory of its own: what is known from a line shares that.
func own(p irc.Person) irc.Person {
	return irc.Person{
		Nick: strings.Clone(p.Nick), User: strings.Clone(p.User), Host: strings.Clone(p.Host), Account: strings.Clone(p.Account),
	}
}

// roomForm takes a form that an occupant has filled in for the room; handled says that
// a message is one.
func (u *user) roomForm(s *stanza.Stanza, at mapping.Address) (failed *stanza.Error, handled bool) {
	f := form.Parse(s.Child(form.NS, "x"))
	if f == nil || s.Type == "groupchat" {
		return nil, false
	}
	answer := map[string]func(*room, *stanza.Stanza, *form.Form) *stanza.Error{
		muc.NSRegister: (*room).answerKnock, muc.NSRequest: (*room).voiceForm,
	}[f.FormType()]
	switch {
	case answer == nil:
		return nil, false
	case f.Type == form.Cancel:
		return nil, true
	case f.Type != form.Submit:
		return badRequest("A form that is sent is of the type submit or cancel."), true
	}
	r, o := u.occupancy(s, at)
	switch {
	case o == nil:
		return notIn(), true
	case !r.open():
		return timedOut("The connection to the network is lost at the moment."), true
	}
	return answer(r, s, f), true
}

// answerKnock is what a moderator says to who knocks: nothing, or an invitation.
func (r *room) answerKnock(s *stanza.Stanza, f *form.Form) *stanza.Error {
	a, ok := mapping.ParseKnockAnswer(f)
	if !ok {
		return badRequest("Say who knocks, and whether to let them in.")
	}
	up := r.up
	support := up.view.Support()
	k, waits := r.knocks.find(support.Fold(a.Nick))
	switch {
	case !waits:
		return notFound("%s does not wait to be let in, or not any more.", a.Nick)
	case !a.Allow:
		r.knocks.take(k.nick)
		return nil
	}
	refused := up.user.refusing(s, up)
	up.call(k.person.Nick, r.channel, "", func(err error) {
		if settles(err) {
			r.knocks.take(k.nick)
		}
		refused(err)
	})
	if a.Member && support.Invex != 0 && k.person.Host != "" {
		mask := mapping.BanMask(k.person, support, up.view.Self().Host)
		change := irc.ModeChange{Add: true, Mode: support.Invex, Kind: irc.ListMode, Arg: mask}
		up.ask(irc.SetModes{Channel: r.channel, Changes: []irc.ModeChange{change}}, func(q *question) { refused(q.err()) })
	}
	return nil
}

// settles says whether nobody waits any more after an invitation: they have it, are in, or
// have gone. All other refusals leave it open to try again.
func settles(err error) bool {
	f, ok := err.(irc.Fault)
	return err == nil || isThere(err) || ok && f.Numeric == 401
}

// knock asks the operators of a channel to let us in, on a network that we are
// connected to if need be. nick is what to be called there then. then is told what came
// of it, once.
func (u *user) knock(at mapping.Address, nick, reason string, then func(*stanza.Error)) {
	if !u.invites.knocks.within(manyKnocks, time.Minute) {
		then(&stanza.Error{Type: stanza.Wait, Condition: stanza.ResourceConstraint, Text: "You have knocked at too many channels. Wait a little."})
		return
	}
	up, err := u.uplink(at.Network, nick)
	fail := func(err error) { then(u.stanzaError(err, mapping.ForKnock, "")) }
	if err != nil {
		fail(err)
		return
	}
	up.ready(func() {
		if r, ok := up.rooms.Get(at.Name); ok && r.open() {
			then(&stanza.Error{Type: stanza.Cancel, Condition: stanza.Conflict, Text: "You are in that channel already."})
			return
		}
		up.talks.said = time.Now() // an invitation may come
		up.stay()
		up.ask(irc.Knock{Channel: at.Name, Reason: reason}, func(q *question) {
			if err := q.err(); err != nil {
				then(u.stanzaError(err, mapping.ForKnock, up.ircd()))
				return
			}
			then(nil)
		})
	}, fail)
}

// knockActions is knocking on demand.
func knockActions() []action {
	return []action{{
		name: "knock", title: "Ask the operators of a channel to let you in", at: []iq.Place{iq.Network, iq.Room}, run: (*call).knock,
		args: []arg{
			{name: "channel", label: "Channel", kind: form.TextSingle},
			{name: "reason", label: "Reason", kind: form.TextSingle, optional: true, rest: true},
		},
	}}
}

func (c *call) knock() {
	at := mapping.Address{Kind: mapping.Channel, Network: c.at.Network, Name: c.args["channel"]}
	if _, err := c.user.hub.scheme.JID(at); err != nil {
		c.fail(badRequest("Say at which channel: its name begins with #."), mapping.ForKnock)
		return
	}
	c.user.knock(at, c.user.defaultNick(), mapping.Line(c.args["reason"]), func(err *stanza.Error) {
		if err != nil {
			c.fail(err, mapping.ForKnock)
			return
		}
		c.say("The operators of %s are asked to invite you.", at.Name)
	})
}
