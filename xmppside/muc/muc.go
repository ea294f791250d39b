// Package muc is the vocabulary of multi-user chat (XEP-0045): what a room tells
// its occupants, and what clients ask of a room.
//
// It holds no state and does no IO. It imports jid and stanza and nothing else of
// ours.
package muc

import (
	"slices"
	"strconv"

	"isthmus/xmppside/jid"
	"isthmus/xmppside/stanza"
)

// The namespaces. XEP-0045 §16.1.
const (
	NS           = "http://jabber.org/protocol/muc"
	NSUser       = NS + "#user"
	NSAdmin      = NS + "#admin"
	NSOwner      = NS + "#owner"
	NSRoomConfig = NS + "#roomconfig"
	NSRoomInfo   = NS + "#roominfo"
	NSRegister   = NS + "#register" // of a form. §15.5.1
	NSRequest    = NS + "#request"  // of a form. §15.5.1
)

// A Role is what somebody may do in a room while they are in it. Roles compare:
// who may do more is greater. The zero Role is not mentioned at all, which is not
// the same as RoleNone. XEP-0045 §5.1.
type Role uint8

// The roles.
const (
	NoRole Role = iota // not mentioned
	RoleNone
	Visitor
	Participant
	Moderator
)

var roleNames = [...]string{NoRole: "", RoleNone: "none", Visitor: "visitor",
	Participant: "participant", Moderator: "moderator"}

// String is the value of the attribute; "" for a role that is not mentioned.
func (r Role) String() string { return nameOf(roleNames[:], int(r)) }

// ParseRole reads the attribute; "" is NoRole. ok is false for what is no role.
func ParseRole(s string) (r Role, ok bool) {
	i := slices.Index(roleNames[:], s)
	return Role(max(i, 0)), i >= 0
}

// An Affiliation is what somebody is to a room, in it or not. Affiliations
// compare: the higher is the greater. The zero Affiliation is not mentioned at
// all, which is not the same as AffiliationNone. XEP-0045 §5.2.
type Affiliation uint8

// The affiliations.
const (
	NoAffiliation Affiliation = iota // not mentioned
	Outcast
	AffiliationNone
	Member
	Admin
	Owner
)

var affiliationNames = [...]string{NoAffiliation: "", Outcast: "outcast", AffiliationNone: "none",
	Member: "member", Admin: "admin", Owner: "owner"}

// String is the value of the attribute; "" for an affiliation that is not
// mentioned.
func (a Affiliation) String() string { return nameOf(affiliationNames[:], int(a)) }

// ParseAffiliation reads the attribute; "" is NoAffiliation. ok is false for what
// is no affiliation.
func ParseAffiliation(s string) (a Affiliation, ok bool) {
	i := slices.Index(affiliationNames[:], s)
	return Affiliation(max(i, 0)), i >= 0
}

func nameOf(names []string, i int) string {
	if i < len(names) {
		return names[i]
	}
	return ""
}

// A Status is a status code. XEP-0045 §16.6.2.
type Status uint16

// The status codes that a room sends.
const (
	StatusNonAnonymous       Status = 100 // everybody sees real addresses
	StatusAffiliationChanged Status = 101 // while they were not in the room
	StatusConfigChanged      Status = 104
	StatusSelf               Status = 110 // this presence is the recipient's own
	StatusLogged             Status = 170 // the room is logged from now on
	StatusNotLogged          Status = 171
	StatusNowNonAnonymous    Status = 172
	StatusNowSemiAnonymous   Status = 173
	StatusCreated            Status = 201 // the join made the room
	StatusNickAssigned       Status = 210 // the nick is not the one that was asked for
	StatusBanned             Status = 301
	StatusNickChanged        Status = 303
	StatusKicked             Status = 307
	StatusAffiliationRemoved Status = 321 // removed, for their affiliation changed
	StatusMembersOnly        Status = 322 // removed, for the room became members-only
	StatusShutdown           Status = 332 // removed, for the service stops
	StatusTechnical          Status = 333 // removed for a technical reason
)

// An Item says who and what somebody is. Empty fields are not mentioned.
// XEP-0045 §7.2.2, §9, §17.4.
type Item struct {
	Affiliation Affiliation
	Role        Role
	JID         jid.JID
	Nick        string
	Actor       string // nick of whoever did it
	Reason      string
}

// Element writes it in the namespace ns: NSUser or NSAdmin.
func (i Item) Element(ns string) *stanza.Element {
	return i.fill(&stanza.Element{Attrs: make([]stanza.Attr, 0, 4)}, ns)
}

// fill makes e the item.
func (i Item) fill(e *stanza.Element, ns string) *stanza.Element {
	e.Space, e.Local = ns, "item"
	e.Set("affiliation", i.Affiliation.String()).Set("jid", i.JID.String())
	e.Set("nick", i.Nick).Set("role", i.Role.String())
	if i.Actor != "" {
		e.Add(stanza.E(ns, "actor").Set("nick", i.Actor))
	}
	if i.Reason != "" {
		e.Add(stanza.T(ns, "reason", i.Reason))
	}
	return e
}

// A User is what a room adds to a presence or a message: <x/> in NSUser. What is
// zero is left out. XEP-0045 §7.2.2,
// §7.8.2, §16.1.
type User struct {
	Item     Item
	Invite   Invite // From says who invites
	Decline  Invite // From says who does not come
	Password string // of the room, along with an invitation
	Destroy  *Destroy
	Status   []Status
}

// A Destroy says that a room is no more, and where to go instead. XEP-0045 §10.9.
type Destroy struct {
	Other    jid.JID // zero: nowhere
	Password string  // of that
	Reason   string
}

// Element writes it in the namespace ns: NSUser or NSOwner.
func (d Destroy) Element(ns string) *stanza.Element {
	e := stanza.E(ns, "destroy").Set("jid", d.Other.String())
	if d.Password != "" {
		e.Add(stanza.T(ns, "password", d.Password))
	}
	if d.Reason != "" {
		e.Add(stanza.T(ns, "reason", d.Reason))
	}
	return e
}

// Element writes it. The codes come in ascending order, each once.
func (u User) Element() *stanza.Element {
	all := &struct { // one piece of memory, as large as most need: of these there are many
		x, item stanza.Element
		nodes   [1]stanza.Node
		attrs   [2]stanza.Attr
	}{}
	x := &all.x
	x.Space, x.Local, x.Nodes, all.item.Attrs = NSUser, "x", all.nodes[:0], all.attrs[:0]
	if u.Item != (Item{}) {
		x.Add(u.Item.fill(&all.item, NSUser))
	}
	if u.Invite != (Invite{}) {
		x.Add(u.Invite.element("invite"))
	}
	if u.Decline != (Invite{}) {
		x.Add(u.Decline.element("decline"))
	}
	if u.Password != "" {
		x.Add(stanza.T(NSUser, "password", u.Password))
	}
	if u.Destroy != nil {
		x.Add(u.Destroy.Element(NSUser))
	}
	codes := u.Status
	if len(codes) > 1 {
		codes = slices.Compact(slices.Sorted(slices.Values(codes)))
	}
	for _, code := range codes {
		x.Add(stanza.E(NSUser, "status").Set("code", strconv.Itoa(int(code))))
	}
	return x
}

// plain are those that tell a role and an affiliation and nothing else.
var plain = func() (all [len(affiliationNames)][len(roleNames)]*stanza.Element) {
	for a := range all {
		for r := range all[a] {
			all[a][r] = User{Item: Item{Affiliation: Affiliation(a), Role: Role(r)}}.Element()
		}
	}
	return all
}()

// Plain is the <x/> of a User of whom there is a role and an affiliation to tell and
// nothing else, as of most in a room. It is one for all of those: nobody may change it.
func Plain(a Affiliation, r Role) *stanza.Element { return plain[a][r] }

func (i Invite) element(name string) *stanza.Element {
	e := stanza.E(NSUser, name).Set("from", i.From.String()).Set("to", i.To.String())
	if i.Reason != "" {
		e.Add(stanza.T(NSUser, "reason", i.Reason))
	}
	if i.Continue {
		e.Add(stanza.E(NSUser, "continue").Set("thread", i.Thread))
	}
	return e
}

// roomOnly are the elements that only a room may set, by namespace and name.
var roomOnly = [...][2]string{
	{NSUser, "x"},                             // XEP-0045 §17.3
	{"urn:xmpp:sid:0", "stanza-id"},           // XEP-0359 §3.2
	{"urn:xmpp:occupant-id:0", "occupant-id"}, // XEP-0421 §4.1
	{"urn:xmpp:delay", "delay"},               // XEP-0203 §5
	{"jabber:x:delay", "x"},                   // XEP-0091
	{"urn:xmpp:hats:0", "hats"},               // XEP-0317 §3
}

// RoomOnly says whether only a room may set e. Such a child of what a client sent
// is dropped before the rest is passed on, for others would take it for the
// room's word.
func RoomOnly(e *stanza.Element) bool {
	return slices.Contains(roomOnly[:], [2]string{e.Space, e.Local}) || e.Local == "retract" && isModerated(e)
}

// isModerated says whether a message is taken back by a moderator. XEP-0425 §3.1
func isModerated(e *stanza.Element) bool {
	return slices.ContainsFunc(e.Children(), func(c *stanza.Element) bool { return c.Local == "moderated" })
}
