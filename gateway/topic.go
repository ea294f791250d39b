package gateway

import (
	"time"

	"isthmus/ircside/irc"
	"isthmus/mapping"
	"isthmus/xmppside/jid"
	"isthmus/xmppside/stanza"
)

// topic shows a channel's topic that has changed.
func (up *uplink) topic(ev irc.Topic) {
	r, ok := up.rooms.Get(ev.Channel)
	if !ok || !ev.Changed {
		return
	}
	r.topics++
	id := ""
	if by, _, _ := irc.SplitMask(ev.By); len(r.subjects) > 0 && by == up.view.Self().Nick {
		id = r.subjects[0]
	}
	r.tellTopic(id)
}

// tellTopic tells all who are in what the topic is by now.
func (r *room) tellTopic(id string) {
	ch, _ := r.up.view.Channel(r.channel)
	r.told = ch.Topic
	for _, o := range r.members {
		if o.missing == nil {
			r.subject(o, id)
		}
	}
}

// subject tells an occupant what the topic is, who set it and when; an empty one
// too. id is that of the message by which we asked for it; "": we did not.
// XEP-0045 §7.2.15.
func (r *room) subject(o *occupant, id string) {
	if o.old {
		r.topicLine(o, id)
		return
	}
	ch, _ := r.up.view.Channel(r.channel)
	from := o.at
	var occupant *stanza.Element
	if by, user, host := irc.SplitMask(ch.TopicBy); by != "" {
		if j, err := o.at.WithResource(mapping.Resource(by)); err == nil {
			from = j
			occupant = mapping.OccupantID(r.known(irc.Person{Nick: by, User: user, Host: host}))
		}
	}
	m := &stanza.Stanza{Kind: stanza.Message, Type: "groupchat", ID: id, From: from, To: o.client.jid}
	m.Children = []*stanza.Element{stanza.T("", "subject", mapping.Strip(ch.Topic))}
	if ch.TopicAt > 0 && time.Since(time.Unix(ch.TopicAt, 0)) > time.Minute {
		m.Children = append(m.Children, delayed(o.at, time.Unix(ch.TopicAt, 0)))
	}
	if occupant != nil {
		m.Children = append(m.Children, occupant)
	}
	r.up.user.send(m)
}

// delayed says when something was said. XEP-0203
func delayed(by jid.JID, at time.Time) *stanza.Element {
	return stanza.E("urn:xmpp:delay", "delay").Set("from", by.String()).
		Set("stamp", at.UTC().Format("2006-01-02T15:04:05.000Z"))
}
