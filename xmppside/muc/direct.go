package muc

import (
	"isthmus/xmppside/jid"
	"isthmus/xmppside/stanza"
)

// NSDirect is the namespace of invitations that no room mediates. XEP-0249
const NSDirect = "jabber:x:conference"

// A Direct is an invitation that its sender sends by themselves. XEP-0249 §2
type Direct struct {
	Room     jid.JID
	Reason   string
	Password string
	Continue bool   // the room goes on with a chat of two
	Thread   string // that of the chat; may be empty
}

// Element writes it.
func (d Direct) Element() *stanza.Element {
	x := stanza.E(NSDirect, "x")
	if d.Continue {
		x.Set("continue", "true")
	}
	x.Set("jid", d.Room.String()).Set("password", d.Password).Set("reason", d.Reason)
	if d.Continue {
		x.Set("thread", d.Thread)
	}
	return x
}

// ParseDirect reads the direct invitation that a message carries; ok is false if it
// carries none. Errors are *stanza.Error: an address that is missing or malformed.
func ParseDirect(m *stanza.Stanza) (d Direct, ok bool, err error) {
	x := m.Child(NSDirect, "x")
	if x == nil || m.Type == "groupchat" || m.Type == "error" {
		return Direct{}, false, nil
	}
	room, err := optionalJID(x.Attr("jid"))
	if err == nil && (room.IsZero() || room.Local() == "") {
		err = badRequest("An invitation needs the address of the room.")
	}
	if err != nil {
		return Direct{}, true, err
	}
	d = Direct{Room: room.Bare(), Reason: x.Attr("reason"), Password: x.Attr("password")}
	if c := x.Attr("continue"); c == "true" || c == "1" {
		d.Continue, d.Thread = true, x.Attr("thread")
	}
	return d, true, nil
}
