package gateway

import (
	"slices"
	"strings"
	"time"

	"isthmus/ircside/irc"
	"isthmus/mapping"
	"isthmus/xmppside/jid"
	"isthmus/xmppside/muc"
	"isthmus/xmppside/stanza"
)

// What a message holds besides words is made for each class of client (package mapping).
// Who said it is shown all of it, as they said it. XEP-0045 §7.4

// rich is what there is to know of a message that is made for each class.
type rich struct {
	by    jid.JID           // which of our own clients said it; zero: none
	about mapping.Reference // what it refers to
	looks mapping.Styled    // of words from IRC: how they look there
}

// rich is that of what an occupant says; nil if every client can use all of it.
func (r *room) rich(o *occupant, s *stanza.Stanza) *rich {
	if !mapping.IsRich(s.Children) {
		return nil
	}
	return &rich{by: o.client.jid, about: r.about(s.Children)}
}

// rendered is what an occupant's client can use of some words; nil: nothing.
func (r *room) rendered(o *occupant, w words) []*stanza.Element {
	if w.rich == nil || w.rich.by == o.client.jid {
		return w.children
	}
	if !w.rich.looks.IsPlain() {
		return mapping.Dressed(w.children, w.rich.looks, o.class())
	}
	return mapping.Deliver(w.children, o.class(), r.more(), w.rich.about)
}

// formatted is that of words from IRC whose body was made of them; nil if they look like
// nothing in particular.
func formatted(t irc.Text, body string) *rich {
	if strings.HasSuffix(body, t.Body) {
		return nil // nothing was taken out
	}
	if looks := mapping.Looks(t); !looks.IsPlain() {
		return &rich{looks: looks}
	}
	return nil
}

// A rendering is what a class of clients can use of some words.
type rendering struct {
	class    mapping.Class
	children []*stanza.Element
}

// rendering is rendered, made but once for each class: done are those that were.
func (r *room) rendering(o *occupant, w words, done []rendering) ([]*stanza.Element, []rendering) {
	class := o.class()
	i := slices.IndexFunc(done, func(d rendering) bool { return d.class == class })
	switch {
	case w.rich.by == o.client.jid:
		return w.children, done
	case i >= 0:
		return done[i].children, done
	}
	children := r.rendered(o, w)
	return children, append(done, rendering{class, children})
}

// muchLater is how many messages later one has lost sight of what is answered.
const muchLater = 10

// about is the message that another refers to, if it is kept: for a reply by the id that
// the room gave it, for a correction one of our own, as it was corrected last.
func (r *room) about(children []*stanza.Element) mapping.Reference {
	id, isReply := mapping.RefersTo(children)
	if id == "" {
		return mapping.Reference{}
	}
	w, ok := r.backlog.find(func(w words) bool {
		if isReply {
			return w.id == id
		}
		corrects, reply := mapping.RefersTo(w.children) // the same: each names the first
		return w.own && (w.stanzaID == id || corrects == id && !reply)
	})
	if !ok {
		return mapping.Reference{}
	}
	body, _ := (&stanza.Stanza{Children: w.children}).Body()
	return mapping.Reference{Nick: w.nick, Body: body, Old: r.backlog.seq-w.seq > muchLater}
}

// pass shows a message that holds no words for IRC to those in the room whose clients can
// use it.
func (r *room) pass(s *stanza.Stanza, rich *rich) {
	if feature := mapping.Unknown(s.Children, r.more()); feature != "" {
		r.up.user.refuse(s, &stanza.Error{
			Type: stanza.Modify, Condition: stanza.NotAcceptable, Text: "This room does not pass this on: %s.", Args: []string{feature},
		})
		return
	}
	if rich == nil || !mapping.Passes(s.Children, r.more()) {
		return
	}
	_, body := s.Body()
	fleeting := !body && !mapping.IsKept(s.Children)
	if !r.open() {
		if !fleeting {
			r.up.user.refuse(s, timedOut("The connection to the network is lost at the moment."))
		}
		return
	}
	w := words{
		stanzaID: strings.Clone(s.ID), nick: r.nick(), at: time.Now(), lang: strings.Clone(s.Lang),
		own: true, fleeting: fleeting, rich: rich, children: passedOn(s.Children),
		occupant: r.occupantID(r.up.view.Self()),
	}
	switch {
	case r.hasVoice(w.nick) && r.up.user.mayPass(w.children):
		if !w.fleeting {
			w.id = newID() // the same for all
		}
		r.said(w)
		r.share(w)
	case r.hasVoice(w.nick) && !w.fleeting:
		r.up.user.refuse(s, tooMuch())
	case !w.fleeting:
		r.up.user.refuse(s, &stanza.Error{Type: stanza.Auth, Condition: stanza.Forbidden, Text: "You have no voice in this room."})
	}
}

// hasVoice says whether somebody is in the channel and may speak there.
func (r *room) hasVoice(nick string) bool {
	m, ok := r.up.view.Member(r.channel, nick)
	if !ok {
		return false
	}
	scene := r.scene()
	role, _ := mapping.Standing(m, scene.Channel, scene.Support, scene.Roles)
	return role >= muc.Participant
}

// errEncrypted refuses what IRC could only spill.
var errEncrypted = &stanza.Error{
	Type: stanza.Modify, Condition: stanza.NotAcceptable,
	Text: "Nobody on IRC can read encrypted messages. Switch encryption off for this conversation.",
}
