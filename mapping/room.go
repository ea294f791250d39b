package mapping

import (
	"strconv"
	"time"

	"isthmus/ircside/irc"
	"isthmus/xmppside/form"
	"isthmus/xmppside/muc"
	"isthmus/xmppside/stanza"
)

// RoomFeatures are the disco features that a channel's modes come to. XEP-0045 §15.3.
func RoomFeatures(ch irc.Channel, s *irc.Support) []string {
	hidden := !isTrue(ch, s, FieldPublic) || ch.Secret == '@'
	features := [...]struct {
		is       bool
		set, not string
	}{
		{ch.Has('i'), "muc_membersonly", "muc_open"},
		{ch.Has('k'), "muc_passwordprotected", "muc_unsecured"},
		{ch.Has('m'), "muc_moderated", "muc_unmoderated"},
		{hidden, "muc_hidden", "muc_public"},
		{isPersistent(ch, s), "muc_persistent", "muc_temporary"},
	}
	out := make([]string, 0, len(features))
	for _, f := range features {
		if f.is {
			out = append(out, f.set)
		} else {
			out = append(out, f.not)
		}
	}
	return out
}

// RoomNotes are what about a room is no business of the network's.
type RoomNotes struct {
	Lang     string   // of the conversation; "" is unknown
	Contacts []string // addresses of whoever is responsible
}

// RoomInfo is what disco#info tells besides of a channel that we are in. XEP-0045 §6.4,
// §15.5.2.
func RoomInfo(ch irc.Channel, occupants int, notes RoomNotes) *stanza.Element {
	return roomInfo(Strip(ch.Topic), occupants, ch.MadeAt, notes)
}

// roomInfo tells what is known; made is in Unix seconds, 0 if it is not. When a room was
// made stands in no registry: the name of the field is Openfire's, which clients know.
func roomInfo(topic string, occupants int, made int64, notes RoomNotes) *stanza.Element {
	f := form.Of(form.Result, muc.NSRoomInfo)
	f.Add(form.Field{Var: "muc#roominfo_subject", Values: []string{topic}},
		form.Field{Var: "muc#roominfo_occupants", Values: []string{strconv.Itoa(occupants)}})
	if made > 0 {
		f.Add(form.Field{Var: "x-muc#roominfo_creationdate", Values: []string{time.Unix(made, 0).UTC().Format("2006-01-02T15:04:05Z")}})
	}
	if notes.Lang != "" {
		f.Add(form.Field{Var: "muc#roominfo_lang", Values: []string{notes.Lang}})
	}
	if len(notes.Contacts) > 0 {
		f.Add(form.Field{Var: "muc#roominfo_contactjid", Values: notes.Contacts})
	}
	return f.Element()
}

// SameForAll says whether a channel has the same people without a voice in two scenes, and
// lets in the same uninvited: then nobody needs to be looked at by SameStanding, but those
// whose ranks differ.
func SameForAll(a, b Scene) bool {
	return exempt(a.Channel) == exempt(b.Channel) && a.Channel.Has('m') == b.Channel.Has('m') && a.Channel.Quiets == b.Channel.Quiets && a.Roles.Silenced == b.Roles.Silenced &&
		mutesUnregistered(a.Channel, a.Support) == mutesUnregistered(b.Channel, b.Support)
}

// SameStanding says whether a member has the same role and affiliation in two
// scenes, as before and after a channel's own modes changed.
func SameStanding(a, b Scene, m irc.Member) bool {
	role, affiliation := Standing(m, a.Channel, a.Support, a.Roles)
	role2, affiliation2 := Standing(m, b.Channel, b.Support, b.Roles)
	return role == role2 && affiliation == affiliation2
}
