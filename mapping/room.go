package mapping

import (
	"strconv"

	"isthmus/ircside/irc"
	"isthmus/xmppside/muc"
	"isthmus/xmppside/stanza"
)

// roomFeatures is what a flag mode says about a room, set and not set.
// XEP-0045 §15.3.
var roomFeatures = [...]struct {
	mode     byte
	set, not string
}{
	{'i', "muc_membersonly", "muc_open"},
	{'k', "muc_passwordprotected", "muc_unsecured"},
	{'m', "muc_moderated", "muc_unmoderated"},
	{'s', "muc_hidden", "muc_public"},
	{'P', "muc_persistent", "muc_temporary"},
}

// RoomFeatures are the disco features that a channel's modes come to.
func RoomFeatures(ch irc.Channel) []string {
	var out []string
	for _, f := range roomFeatures {
		set := ch.Has(f.mode) || f.mode == 's' && ch.Secret == '@' || f.mode == 'P' && ch.Has('r')
		if set {
			out = append(out, f.set)
		} else {
			out = append(out, f.not)
		}
	}
	return out
}

// RoomInfo is what disco#info tells besides. XEP-0045 §6.4, §15.5.2.
func RoomInfo(ch irc.Channel, occupants int) *stanza.Element {
	const data = "jabber:x:data"
	field := func(name, value string) *stanza.Element {
		return stanza.E(data, "field", stanza.T(data, "value", value)).Set("var", name)
	}
	form := stanza.E(data, "x").Set("type", "result")
	return form.Add(field("FORM_TYPE", muc.NSRoomInfo).Set("type", "hidden"),
		field("muc#roominfo_subject", Strip(ch.Topic)),
		field("muc#roominfo_occupants", strconv.Itoa(occupants)))
}

// SameStanding says whether a member has the same role and affiliation in two
// scenes, as before and after a channel's own modes changed.
func SameStanding(a, b Scene, m irc.Member) bool {
	role, affiliation := Standing(m, a.Channel, a.Support, a.Roles)
	role2, affiliation2 := Standing(m, b.Channel, b.Support, b.Roles)
	return role == role2 && affiliation == affiliation2
}
