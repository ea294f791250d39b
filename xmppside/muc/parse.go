package muc

import (
	"errors"
	"math"
	"strconv"
	"time"

	"isthmus/xmppside/jid"
	"isthmus/xmppside/stanza"
)

// A Join is what a client says with its wish to enter. The nick is the resource
// of the presence's address. XEP-0045 §7.2.
type Join struct {
	Password string
	History  History
}

// A History says how much of what was said before a client wants; every limit
// that it names holds. XEP-0045 §7.2.14.
type History struct {
	MaxChars   Limit // characters of whole stanzas
	MaxStanzas Limit
	Seconds    Limit     // not older than that
	Since      time.Time // zero: no such limit
}

// A Limit is a number that may be absent: nothing at all is another wish than no
// limit.
type Limit struct {
	N   int
	Set bool
}

// ParseJoin reads a presence that asks to enter; ok is false if it does not, for
// want of the <x/> or by its type (§17.3: a join has none). What is garbage in the
// history counts as not said.
func ParseJoin(p *stanza.Stanza) (j Join, ok bool) {
	x := p.Child(NS, "x")
	if x == nil || p.Kind != stanza.Presence || p.Type != "" {
		return Join{}, false
	}
	j.Password = x.Child(NS, "password").Text()
	if h := x.Child(NS, "history"); h != nil {
		j.History = History{MaxChars: limit(h, "maxchars"), MaxStanzas: limit(h, "maxstanzas"), Seconds: limit(h, "seconds")}
		if since, err := time.Parse(time.RFC3339, h.Attr("since")); err == nil {
			j.History.Since = since
		}
	}
	return j, true
}

func limit(e *stanza.Element, name string) Limit {
	n, err := strconv.ParseUint(e.Attr(name), 10, 31)
	if errors.Is(err, strconv.ErrRange) {
		return Limit{math.MaxInt32, true} // as good as what was asked
	}
	return Limit{int(n), err == nil}
}

// ParseAdmin reads the <query/> of an IQ in NSAdmin. Each item of a get names the
// list that is asked for: one role, or one affiliation. Each item of a set names
// the role or the affiliation to give, and whom by Nick or JID. Errors are
// *stanza.Error. XEP-0045 §8, §9, §10, §17.4.
func ParseAdmin(query *stanza.Element, isSet bool) ([]Item, error) {
	var items []Item
	for _, e := range query.Children() {
		if e.Space != NSAdmin || e.Local != "item" {
			continue
		}
		item, err := parseItem(e)
		switch {
		case err != nil:
			return nil, err
		case item.Role != NoRole && item.Affiliation != NoAffiliation && isSet: // §17.4
			return nil, badRequest("Change the role or the affiliation, not both in one item.")
		case item.Role != NoRole && item.Affiliation != NoAffiliation:
			return nil, badRequest("Ask for the list of one role or of one affiliation.")
		case item.Role == NoRole && item.Affiliation == NoAffiliation:
			return nil, badRequest("An item needs a role or an affiliation.")
		case isSet && item.Nick == "" && item.JID.IsZero():
			return nil, badRequest("An item needs the nick or the address of whom it is about.")
		}
		items = append(items, item)
	}
	if len(items) == 0 {
		return nil, badRequest("The query holds no item.")
	}
	return items, nil
}

func parseItem(e *stanza.Element) (Item, error) {
	role, okRole := ParseRole(e.Attr("role"))
	affiliation, okAffiliation := ParseAffiliation(e.Attr("affiliation"))
	if !okRole || !okAffiliation {
		return Item{}, badRequest("There is no such role or affiliation.")
	}
	address, err := optionalJID(e.Attr("jid"))
	if err != nil {
		return Item{}, err
	}
	return Item{
		Affiliation: affiliation,
		Role:        role,
		JID:         address,
		Nick:        e.Attr("nick"),
		Reason:      e.Child(NSAdmin, "reason").Text(),
	}, nil
}

// An Invite is an invitation, or the answer that somebody will not come. What a
// client sends names To; what a room passes on names From. XEP-0045 §7.8.2.
type Invite struct {
	From, To jid.JID
	Reason   string
	Continue bool   // the room goes on with a chat of two. §7.9
	Thread   string // that of the chat; may be empty
}

// Invitations are those of one message: nothing forbids several.
type Invitations struct{ Invites, Declines []Invite }

// ParseInvite reads the invitations that a message to a room carries; none of
// either kind if it is another message. A From is not read, for the room knows who
// sent the message. Errors are *stanza.Error: an address that is missing or
// malformed. XEP-0045 §7.8.2.
func ParseInvite(m *stanza.Stanza) (Invitations, error) {
	var found Invitations
	for _, e := range m.Child(NSUser, "x").Children() {
		if e.Space != NSUser || e.Local != "invite" && e.Local != "decline" {
			continue
		}
		to, err := optionalJID(e.Attr("to"))
		if err != nil {
			return Invitations{}, err
		}
		if to.IsZero() {
			return Invitations{}, badRequest("An invitation needs the address of whom it is for.")
		}
		invite := Invite{To: to, Reason: e.Child(NSUser, "reason").Text()}
		if c := e.Child(NSUser, "continue"); c != nil && e.Local == "invite" {
			invite.Continue, invite.Thread = true, c.Attr("thread")
		}
		if e.Local == "invite" {
			found.Invites = append(found.Invites, invite)
		} else {
			found.Declines = append(found.Declines, invite)
		}
	}
	return found, nil
}

// An OwnerWish is what an owner wants with a room's configuration.
type OwnerWish uint8

// What owners want. XEP-0045 §10.
const (
	OwnerGet     OwnerWish = iota + 1 // the form, please
	OwnerSubmit                       // the form, filled in
	OwnerCancel                       // leave it as it is
	OwnerDestroy                      // away with the room
)

// An OwnerQuery is the <query/> of an IQ in NSOwner.
type OwnerQuery struct {
	Wish    OwnerWish
	Form    *stanza.Element // of OwnerSubmit: <x xmlns='jabber:x:data'/>, perhaps empty
	Destroy Destroy         // of OwnerDestroy
}

const nsForm = "jabber:x:data" // XEP-0004

// ParseOwner reads the <query/> of an IQ in NSOwner. Errors are *stanza.Error.
// XEP-0045 §10.1.3, §10.2, §10.9.
func ParseOwner(query *stanza.Element, isSet bool) (OwnerQuery, error) {
	if !isSet {
		return OwnerQuery{Wish: OwnerGet}, nil
	}
	if d := query.Child(NSOwner, "destroy"); d != nil {
		other, err := optionalJID(d.Attr("jid"))
		if err != nil {
			return OwnerQuery{}, err
		}
		wish := Destroy{Other: other, Password: d.Child(NSOwner, "password").Text(), Reason: d.Child(NSOwner, "reason").Text()}
		return OwnerQuery{Wish: OwnerDestroy, Destroy: wish}, nil
	}
	form := query.Child(nsForm, "x")
	if form == nil {
		return OwnerQuery{}, badRequest("The query holds neither a form nor a wish to destroy the room.")
	}
	switch form.Attr("type") {
	case "submit":
		return OwnerQuery{Wish: OwnerSubmit, Form: form}, nil
	case "cancel":
		return OwnerQuery{Wish: OwnerCancel}, nil
	}
	return OwnerQuery{}, badRequest("A form that is sent is of the type submit or cancel.")
}

func optionalJID(s string) (jid.JID, error) {
	if s == "" {
		return jid.JID{}, nil
	}
	j, err := jid.Parse(s)
	if err != nil {
		return jid.JID{}, &stanza.Error{Type: stanza.Modify, Condition: stanza.JIDMalformed, Text: "That is no address. Check it.", Said: err.Error()}
	}
	return j, nil
}

func badRequest(text string) error {
	return &stanza.Error{Type: stanza.Modify, Condition: stanza.BadRequest, Text: text}
}
