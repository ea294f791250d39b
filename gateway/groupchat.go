package gateway

import (
	"strings"
	"time"

	"isthmus/config"
	"isthmus/ircside/irc"
	"isthmus/mapping"
	"isthmus/xmppside/jid"
	"isthmus/xmppside/muc"
	"isthmus/xmppside/stanza"
)

// What an old client (groupchat 1.0) is told otherwise than others, or not let in for.

// maxOldHistory is how much of what was said before an old client is told: it has no
// way to ask for less.
const maxOldHistory = 20

// enterOld begins the entry of an old client, unless it is plain that it cannot come in
// as what it wants to be: it would not understand another nick (210).
func (u *user) enterOld(s *stanza.Stanza, at mapping.Address) {
	if err := u.oldRefusal(s, at); err != nil {
		u.refuseJoin(s, err)
		return
	}
	u.qualify(s, at, muc.Join{Password: u.keptKey(at)})
}

// oldRefusal says why an old client is not let in; nil if it may be.
func (u *user) oldRefusal(s *stanza.Stanza, at mapping.Address) *stanza.Error {
	n, ok := u.config.Network(at.Network)
	if ok && n.GCWarn == config.WarnRefuse && u.config.Gateway.PublishJIDs {
		return &stanza.Error{Type: stanza.Modify, Condition: stanza.NotAcceptable, Text: "Everybody in this room sees the address of your account, which your client has no way to warn of. Enter with a newer one."}
	}
	up := u.known(at.Network)
	switch {
	case up == nil:
		return otherNick(s, mapping.FirstNick(at.Occupant))
	case up.view == nil && at.Occupant != up.wish:
		return takenNick(up, up.wish)
	case up.view != nil && mapping.Resource(up.view.Self().Nick) != s.To.Resource():
		return takenNick(up, up.view.Self().Nick)
	}
	return nil
}

// otherNick is the refusal of a nick that the network would change; nil if it would not.
func otherNick(s *stanza.Stanza, fit string) *stanza.Error {
	if mapping.Resource(fit) == s.To.Resource() {
		return nil
	}
	return &stanza.Error{Type: stanza.Modify, Condition: stanza.NotAcceptable, Text: "The network does not take that nick. The nearest that it takes is %s.", Args: []string{fit}}
}

// takenNick is the refusal of another nick than the one that the user's connection has,
// which is one for all of the user's clients and rooms.
func takenNick(up *uplink, nick string) *stanza.Error {
	return &stanza.Error{Type: stanza.Cancel, Condition: stanza.Conflict, Text: "You are on %s as %s. Enter with that nick.", Args: []string{up.name, nick}}
}

// renamed says why an old client that waits cannot come in: the network has given us
// another nick than the one that it asked for. nil: it has not.
func (r *room) renamed(o *occupant) *stanza.Error {
	nick := r.nick()
	if !o.old || mapping.Resource(nick) == o.join.To.Resource() {
		return nil
	}
	if err := otherNick(o.join, mapping.FitNick(o.asked, r.up.view.Support())); err != nil {
		return err
	}
	if !strings.HasPrefix(nick, o.asked) { // not in use, but forbidden
		return otherNick(o.join, nick)
	}
	return &stanza.Error{Type: stanza.Cancel, Condition: stanza.Conflict, Text: "Somebody has that nick already. %s is free.", Args: []string{nick}}
}

// refuseRenamed refuses the old clients that wait and would get another nick.
func (r *room) refuseRenamed() {
	if r.up.view == nil {
		return
	}
	for _, o := range append([]*occupant(nil), r.queue...) {
		if err := r.renamed(o); err != nil {
			r.refuseOne(o, err)
		}
	}
}

// lines tells old clients in words what no change of somebody tells: a netsplit, and
// modes of the channel itself.
func (up *uplink) lines(ev irc.Event, changes []irc.Change) {
	switch ev := ev.(type) {
	case irc.Modes:
		if r, ok := up.rooms.Get(ev.Channel); ok && !ev.Whole {
			r.tell(r.present(), func(class mapping.Class) []mapping.Shown { return mapping.ModeLine(class, ev.By, ev.Changes) })
		}
	case irc.Quit:
		if !ev.Split {
			return
		}
		gone := irc.NewMap[[]string](up.view.Support().CaseMapping)
		for _, c := range changes {
			nicks, _ := gone.Get(c.Channel)
			gone.Set(c.Channel, append(nicks, c.Before.Nick))
		}
		for _, r := range up.list() {
			if nicks, ok := gone.Get(r.channel); ok && !r.settings().NoComings {
				r.tell(r.present(), func(class mapping.Class) []mapping.Shown { return mapping.SplitLine(class, nicks) })
			}
		}
	}
}

// line says something to one occupant, if it is an old client.
func (r *room) line(o *occupant, text string, args ...string) {
	r.send(o, mapping.LineFor(o.class(), text, args...))
}

// introduce tells an old client what others learn from status codes and service
// discovery, after all that it is told on entering.
func (r *room) introduce(o *occupant) {
	r.line(o, "Your messages are sent to the IRC network %s under the nick %s.", r.up.name, r.nick())
	if r.up.user.config.Gateway.PublishJIDs {
		r.line(o, "Everybody in this room sees the address of your account.")
	} else {
		r.line(o, "Nobody in this room sees the address of your account.")
	}
}

// topicLine is [room.subject] for an old client, which shows the words; of no topic
// that nobody has removed there are none.
func (r *room) topicLine(o *occupant, id string) {
	ch, _ := r.up.view.Channel(r.channel)
	by, _, _ := irc.SplitMask(ch.TopicBy)
	topic, by := mapping.Strip(ch.Topic), mapping.Strip(by)
	text, lang := "", o.client.lang
	switch {
	case topic == "" && by == "":
		return
	case topic == "":
		text = mapping.Say(lang, "%s has removed the topic", by)
	case by == "":
		text = mapping.Say(lang, "The topic is: %s", topic)
	default:
		text = mapping.Say(lang, "%s has set the topic to: %s", by, topic)
	}
	m := &stanza.Stanza{Kind: stanza.Message, Type: "groupchat", ID: id, From: o.at, To: o.client.jid, Lang: lang}
	m.Children = []*stanza.Element{stanza.T("", "subject", topic), stanza.T("", "body", text)}
	if at := time.Unix(ch.TopicAt, 0); ch.TopicAt > 0 && time.Since(at) > time.Minute {
		m.Children = append(m.Children, delayed(o.at, at), oldDelayed(o.at, at))
	}
	r.up.user.send(m)
}

// oldDelayed says when something was said to who knows [delayed] not. XEP-0091
func oldDelayed(by jid.JID, at time.Time) *stanza.Element {
	return stanza.E("jabber:x:delay", "x").Set("from", by.String()).Set("stamp", at.UTC().Format("20060102T15:04:05"))
}

// oldWords are words as an old client can show them: what can be read of them; nil for
// nothing, as of a message of its own that holds no words.
func oldWords(at jid.JID, children []*stanza.Element, said time.Time, old bool) (out []*stanza.Element) {
	for _, c := range children {
		if c.Space == "" && c.Local == "body" && c.Text() != "" {
			out = append(out, c)
		}
	}
	if old && out != nil {
		out = append(out, delayed(at, said), oldDelayed(at, said))
	}
	return out
}

// reject answers a message that is refused. An old client is told in a line as well,
// for many of those do not look at errors.
func (u *user) reject(s *stanza.Stanza, err *stanza.Error) {
	u.deliver(refusal(s, mapping.InLanguage(err, u.language(s))))
	if s.Kind != stanza.Message {
		return
	}
	at, bad := u.hub.scheme.Parse(s.To)
	if bad != nil {
		return
	}
	if r, o := u.occupancy(s, at); o != nil && o.old {
		r.line(o, "Your message has been refused: %s", o.words(err))
	}
}
