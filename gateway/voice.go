package gateway

import (
	"time"

	"isthmus/ircside/irc"
	"isthmus/mapping"
	"isthmus/xmppside/form"
	"isthmus/xmppside/muc"
	"isthmus/xmppside/stanza"
)

const (
	// maxAsked is how many operators are asked for voice.
	maxAsked = 5
	// manyPleas is how often a user may ask for voice in one channel in a while.
	manyPleas = 3
	pleaSpan  = time.Minute
	// manyAsking is how many of such wishes moderators are told by a form in that.
	manyAsking = 10
)

// voiceForm is a wish for voice, or what a moderator says to one. XEP-0045 §7.13, §8.6
func (r *room) voiceForm(s *stanza.Stanza, f *form.Form) *stanza.Error {
	v := mapping.ParseVoice(f)
	switch {
	case v.Role != muc.Participant && v.Role != muc.NoRole || v.Role == muc.NoRole && !v.Answer:
		return badRequest("One can ask to become a participant, and nothing else.")
	case v.Answer && v.Nick == "":
		return badRequest("Say who may speak.")
	case v.Answer && !v.Allow:
		return nil
	case v.Answer:
		return r.giveVoice(s, v.Nick)
	}
	return r.askForVoice(s)
}

// giveVoice lets a member speak.
func (r *room) giveVoice(s *stanza.Stanza, nick string) *stanza.Error {
	m, ok := r.up.view.Member(r.channel, nick)
	if !ok {
		return notFound("Nobody called %s is in the room.", nick)
	}
	scene := r.scene()
	if role, _ := mapping.Standing(m, scene.Channel, scene.Support, scene.Roles); role >= muc.Participant {
		return nil // another moderator was faster
	}
	changes, _, err := mapping.RoleChange(scene.Support, m, scene.Channel, muc.Participant)
	if err != nil || len(changes) == 0 {
		return err
	}
	refused := r.refusing(s, mapping.ForAdmin)
	r.up.ask(irc.SetModes{Channel: r.channel, Changes: changes}, func(q *question) { refused(q.err()) })
	return nil
}

// refusing answers a message with a refusal of the network's, if there is one.
func (r *room) refusing(s *stanza.Stanza, dest mapping.Dest) func(error) {
	return func(err error) {
		if err != nil {
			r.up.user.deliver(refusal(s, r.up.user.stanzaError(err, dest, r.up.ircd())))
		}
	}
}

// askForVoice asks a few of the operators, each by a notice of their own: what one
// without voice says to a rank of a moderated channel (STATUSMSG) reaches nobody.
// InspIRCd answers it with 404, ircd-hybrid with 482, and ngIRCd not at all.
func (r *room) askForVoice(s *stanza.Stanza) *stanza.Error {
	up, scene := r.up, r.scene()
	var ops []string
	for c := range up.view.Each(r.channel) {
		role, _ := mapping.Standing(c.After, scene.Channel, scene.Support, scene.Roles)
		switch {
		case c.Self && role >= muc.Participant:
			return &stanza.Error{Type: stanza.Cancel, Condition: stanza.Conflict, Text: "You may speak here."}
		case !c.Self && role == muc.Moderator && len(ops) < maxAsked:
			ops = append(ops, c.After.Nick)
		}
	}
	switch {
	case len(ops) == 0:
		return &stanza.Error{Type: stanza.Cancel, Condition: stanza.RecipientUnavailable, Text: "No operator is in the channel. Ask ChanServ if you have access."}
	case !r.pleas.within(manyPleas, pleaSpan):
		return &stanza.Error{Type: stanza.Wait, Condition: stanza.ResourceConstraint, Text: "You have asked for voice just now. Wait a little."}
	}
	text, failed := mapping.AskForVoice(r.channel, r.nick()), 0
	refused := r.refusing(s, mapping.ForMessage)
	for _, nick := range ops {
		up.ask(up.notice(nick, text), func(q *question) {
			if q.err() != nil {
				failed++
			}
			if failed == len(ops) { // nobody could be asked
				refused(q.err())
			}
		})
	}
	return nil
}

// voiceAsked takes a notice by which one of the gateway's users asks us for voice in a
// channel that we run; false: it is none.
func (up *uplink) voiceAsked(t irc.Text) bool {
	channel, ok := mapping.AsksForVoice(t.Body)
	if !ok || t.Kind != irc.Notice || t.Self || t.Server {
		return false
	}
	r, ok := up.rooms.Get(channel)
	if !ok || len(r.members) == 0 || !r.moderates() {
		return false
	}
	m, ok := up.view.Member(channel, t.From.Nick)
	scene := r.scene()
	if role, _ := mapping.Standing(m, scene.Channel, scene.Support, scene.Roles); !ok || role != muc.Visitor {
		return false
	}
	who, err := up.user.hub.scheme.JID(mapping.Address{Kind: mapping.Nick, Network: up.name, Name: m.Nick})
	if err != nil || !r.pleas.within(manyAsking, pleaSpan) {
		return false // and is told as any notice
	}
	r.tell(r.present(), func(class mapping.Class) []mapping.Shown {
		return mapping.WantsVoice(class, r.channel, m.Nick, who)
	})
	return true
}
