package mapping

import (
	"cmp"
	"strings"

	"isthmus/ircside/irc"
	"isthmus/xmppside/jid"
	"isthmus/xmppside/muc"
	"isthmus/xmppside/stanza"
)

// An Invitation is one into a channel, as a Jabber user is told of it.
type Invitation struct {
	Room   jid.JID
	From   jid.JID // who invites: on Jabber, or on IRC
	Sender jid.JID // who invites, on IRC
	Reason string
	Key    string // of the channel; "" if it is not known to have one
	// Continue says that the room goes on with a chat of two, of that Thread.
	Continue bool
	Thread   string
}

// Mediated is an invitation that the room passes on, and the other kind in it. XEP-0045 §7.8.2
// COMPAT Converse.js 14: it shows no other; clients that know both show one.
func (i Invitation) Mediated() []*stanza.Element {
	invite := muc.Invite{From: i.From, Reason: i.Reason, Continue: i.Continue, Thread: i.Thread}
	return []*stanza.Element{muc.User{Invite: invite, Password: i.Key}.Element(), i.direct()}
}

func (i Invitation) direct() *stanza.Element {
	return muc.Direct{Room: i.Room, Reason: i.Reason, Password: i.Key, Continue: i.Continue, Thread: i.Thread}.Element()
}

// Direct is an invitation as if who invites had sent it, with a body for who knows
// neither kind. XEP-0249
func (i Invitation) Direct(lang string) []*stanza.Element {
	body := Say(lang, "You are invited to the room %s.", i.Room.String())
	if i.Reason != "" {
		body = Say(lang, "You are invited to the room %s: %s", i.Room.String(), i.Reason)
	}
	return []*stanza.Element{stanza.T("", "body", body), i.direct()}
}

// OnlyDirect says whether a client of a class can show direct invitations alone: it is
// from before rooms mediated them, or has said what it can do.
func (c Class) OnlyDirect() bool {
	return c.Old || c.Features.Has(muc.NSDirect) && !c.Features.Has(muc.NS)
}

// Invited tells operators that one member has invited somebody. There is no XML for
// that: an <invite/> would be taken for one of the recipient's own.
func Invited(class Class, channel, by, nick string) Shown {
	return class.told(channel, Say(class.Lang, "%s has invited %s.", Strip(by), Strip(nick)))
}

// told is a word of the room's own to one who is in it: a line in the room to an old
// client. Others would take that for part of the conversation: they are told by the network.
// COMPAT Converse.js 14, Gajim 1.7: they show little or nothing that a room says itself.
func (c Class) told(channel, text string) Shown {
	if c.Old {
		return lineOf(text)
	}
	said := lineOf(Strip(channel) + ": " + text)
	said.Type = "chat"
	return said
}

// Declined tells whom a member has invited that they do not come. XEP-0045 §7.8.2
func Declined(class Class, who jid.JID, reason string) Shown {
	if class.Old {
		if reason == "" {
			return lineOf(Say(class.Lang, "%s does not come.", who.String()))
		}
		return lineOf(Say(class.Lang, "%s does not come: %s", who.String(), reason))
	}
	user := muc.User{Decline: muc.Invite{From: who, Reason: reason}}
	return Shown{Line: true, Type: "normal", Children: []*stanza.Element{user.Element()}}
}

// Refusal is what somebody on IRC is told who has invited one of our users in vain.
func Refusal(channel, reason string) string {
	if reason == "" {
		return "declines the invitation to " + channel
	}
	return "declines the invitation to " + channel + ": " + reason
}

// OurMask is the mask by which a user of the gateway will be known on a network: they
// are on the same host as another of its users, self, and differ by their user names,
// which networks mark where nobody vouches for them ("~").
func OurMask(theirs, ours string, self irc.Person) string {
	mark := ""
	if strings.HasPrefix(self.User, "~") {
		mark = "~"
	}
	user := mark + theirs
	if full := mark + ours; len(self.User) > len(mark) && strings.HasPrefix(full, self.User) && len(full) == len(user) {
		user = user[:len(self.User)] // networks cut it
	}
	return "*!" + user + "@" + cmp.Or(self.Host, "*")
}
