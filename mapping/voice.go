package mapping

import (
	"strings"

	"isthmus/xmppside/form"
	"isthmus/xmppside/jid"
	"isthmus/xmppside/muc"
)

// voiceWords are how our users ask operators for voice, by a notice: it is understood by
// people, and by the gateway where an operator is one of its users.
const voiceWords = "asks for voice in "

// AskForVoice is what an operator is told on IRC.
func AskForVoice(channel, nick string) string {
	return voiceWords + channel + " (/mode " + channel + " +v " + nick + ")"
}

// AsksForVoice reads that; ok is false for other words. It says nothing of whether who
// says it is in the channel.
func AsksForVoice(text string) (channel string, ok bool) {
	rest, ok := strings.CutPrefix(text, voiceWords)
	channel, rest, _ = strings.Cut(rest, " ")
	return channel, ok && channel != "" && strings.HasPrefix(rest, "(/mode "+channel+" +v ")
}

// WantsVoice asks a moderator whether somebody may speak; who is their address outside
// of the room. XEP-0045 §8.6
func WantsVoice(class Class, channel, nick string, who jid.JID) []Shown {
	f := form.Of(form.Ask, muc.NSRequest)
	f.Title = Say(class.Lang, "Somebody asks for voice")
	f.Instructions = Say(class.Lang, "To let them speak, grant it. To let the request be, cancel.")
	f.Add(
		form.Field{Var: "muc#role", Kind: form.ListSingle, Label: Say(class.Lang, "Role"), Values: []string{muc.Participant.String()},
			Options: []form.Option{{Value: muc.Participant.String(), Label: Say(class.Lang, "participant")}}},
		form.Field{Var: "muc#jid", Kind: form.JIDSingle, Label: Say(class.Lang, "Address"), Values: []string{who.String()}},
		form.Field{Var: "muc#roomnick", Kind: form.TextSingle, Label: Say(class.Lang, "Nick"), Values: []string{Resource(nick)}},
		form.Field{Var: "muc#request_allow", Kind: form.Boolean, Label: Say(class.Lang, "Grant voice?"), Values: form.Bool(false)},
	)
	return class.asked(channel, f, Say(class.Lang, "%s asks for voice.", Strip(nick)), Say(class.Lang, "To grant it, make %s a participant.", Strip(nick)), true)
}

// A VoiceForm is a form of NSRequest that somebody in a room has filled in.
type VoiceForm struct {
	Role   muc.Role // NoRole if it is none, or not said
	Answer bool     // it answers a request; else it is one
	Nick   string   // whose, of an answer
	Allow  bool
}

// ParseVoice reads one. XEP-0045 §7.13, §8.6
func ParseVoice(f *form.Form) (v VoiceForm) {
	v.Role, _ = muc.ParseRole(f.Value("muc#role"))
	allow, ok := f.Field("muc#request_allow")
	v.Nick, v.Answer = NickFromResource(f.Value("muc#roomnick")), ok
	v.Allow, _ = allow.Bool()
	return v
}
