package mapping

import (
	"isthmus/ircside/irc"
	"isthmus/xmppside/form"
	"isthmus/xmppside/muc"
	"isthmus/xmppside/stanza"
)

// The fields of ours in forms of registration.
const (
	fieldReason = "irc#reason"
	fieldMember = "irc#member"
)

// Knocking asks a moderator whether somebody may come in. listed says that they can be
// let in for good as well, by the list of those who need no invitation. XEP-0045 §9.9
func Knocking(class Class, k irc.Knocked, listed bool) []Shown {
	nick, reason := Strip(k.Person.Nick), Strip(k.Reason)
	words := Say(class.Lang, "%s asks to be let in.", nick)
	if reason != "" {
		words = Say(class.Lang, "%s asks to be let in: %s", nick, reason)
	}
	f := form.Of(form.Ask, muc.NSRegister)
	f.Title = Say(class.Lang, "Somebody knocks")
	f.Instructions = Say(class.Lang, "To invite who knocks, allow it. To let the request be, cancel.")
	f.Add(form.Field{Var: "muc#register_roomnick", Kind: form.TextSingle, Label: Say(class.Lang, "Nick"), Values: []string{Resource(k.Person.Nick)}})
	if k.Person.Host != "" {
		f.Add(form.Field{Var: "irc#mask", Kind: form.TextSingle, Label: Say(class.Lang, "Address"), Values: []string{Strip(k.Person.Mask())}})
	}
	if reason != "" {
		f.Add(form.Field{Var: fieldReason, Kind: form.TextSingle, Label: Say(class.Lang, "Reason"), Values: []string{reason}})
	}
	f.Add(form.Field{Var: "muc#register_allow", Kind: form.Boolean, Label: Say(class.Lang, "Invite them?"), Values: form.Bool(false)})
	if listed {
		f.Add(form.Field{Var: fieldMember, Kind: form.Boolean, Label: Say(class.Lang, "Let them in whenever they come?"), Values: form.Bool(false)})
	}
	return class.asked(k.Channel, f, words, Say(class.Lang, "To let them in, invite %s.", nick), false)
}

// asked is a question of the room's: words with what to do, and a form. Who knows no forms
// gets the words alone. common says that those who do know this form, too, and need no
// words: many show forms only where they expect them.
func (c Class) asked(channel string, f *form.Form, words, do string, common bool) []Shown {
	told := c.told(channel, words+"\n"+do)
	asked := Shown{Line: true, Type: "normal", Children: []*stanza.Element{f.Element()}}
	switch {
	case c.Old, c.Features.Known() && !c.Features.Has(form.NS):
		return []Shown{told}
	case common && c.Features.Known():
		return []Shown{asked}
	}
	return []Shown{told, asked}
}

// A KnockAnswer is what a moderator says to who knocks.
type KnockAnswer struct {
	Nick          string
	Allow, Member bool
}

// ParseKnockAnswer reads the form that [Knocking] asks with; ok is false if it says
// nothing of whether to allow it, or whom.
func ParseKnockAnswer(f *form.Form) (a KnockAnswer, ok bool) {
	allow, _ := f.Field("muc#register_allow")
	member, _ := f.Field(fieldMember)
	a.Nick = NickFromResource(f.Value("muc#register_roomnick"))
	a.Allow, ok = allow.Bool()
	a.Member, _ = member.Bool()
	return a, ok && a.Nick != ""
}

// KnockForm is what it takes to ask for membership of a channel that one is not in.
// XEP-0045 §7.10
func KnockForm(lang, nick string) *form.Form {
	f := form.Of(form.Ask, muc.NSRegister)
	f.Title = Say(lang, "Ask to be let in")
	f.Instructions = Say(lang, "The operators of the channel are asked to invite you.")
	return f.Add(
		form.Field{Var: "muc#register_roomnick", Kind: form.TextSingle, Label: Say(lang, "Nick"), Values: []string{nick}},
		form.Field{Var: fieldReason, Kind: form.TextSingle, Label: Say(lang, "Reason")},
	)
}

// KnockReason is the reason in a form that was filled in.
func KnockReason(f *form.Form) string { return Line(f.Value(fieldReason)) }
