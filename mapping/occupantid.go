package mapping

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"strings"

	"isthmus/ircside/irc"
	"isthmus/xmppside/stanza"
)

// NSOccupantID is the namespace of occupant identifiers. XEP-0421 §6
const NSOccupantID = "urn:xmpp:occupant-id:0"

// Who somebody is goes by a number first, which they keep for a stay: for as long as
// anybody of ours has them in sight ([irc.Stays]). It is made when they come into sight,
// of the best that is known then:
//
//	one of our own users    the bare JID
//	an account              the account
//	user and host           both
//	a nick alone            nothing: the number is drawn by lot
//
// so that it is the same at the next stay but for the last, for a nick is anybody's.
// What becomes known later changes nothing for that stay: the account that somebody
// logs in to counts when they come again. All of this is of one network, for an account
// is nothing elsewhere.

// StayOf numbers a person by what is known of them; 0: only their nick is.
func StayOf(key [32]byte, network string, p irc.Person) uint64 {
	switch {
	case p.Account != "":
		return number(key, network, "account", lowerASCII(p.Account))
	case p.User != "" && p.Host != "":
		return number(key, network, "host", p.User+"@"+lowerASCII(p.Host))
	}
	return 0
}

// StayOfUser numbers a user of ours by the bare JID.
func StayOfUser(key [32]byte, network, bare string) uint64 {
	return number(key, network, "user", bare)
}

// number is a hash of a key and some words; no two lists of words are one. So little of it
// is used that it does for an HMAC, which takes three times as long: there is one for each
// of the twenty thousand in a channel.
func number(key [32]byte, words ...string) uint64 {
	var room [160]byte
	text := append(room[:0], key[:]...)
	for _, word := range words {
		text = append(append(text, 0), word...)
	}
	sum := sha256.Sum256(text)
	return binary.BigEndian.Uint64(sum[:]) | 1 // never 0
}

// keyed is the HMAC of some words; no two lists of words are one.
func keyed(key [32]byte, what string, words ...string) (sum [sha256.Size]byte) {
	h := hmac.New(sha256.New, key[:])
	h.Write([]byte(what + "\x00" + strings.Join(words, "\x00")))
	h.Sum(sum[:0])
	return sum
}

// OccupantIDs makes the identifiers of a room. The zero OccupantIDs makes none.
//
// They are hashes of the number of a stay and a key that is the room's: nobody can tell
// that two identifiers of two rooms are of one person, or find a number out, and it costs
// next to nothing for each of the twenty thousand in a channel.
type OccupantIDs struct{ room [16]byte }

// NewOccupantIDs makes them for a channel, folded as its network does. XEP-0421 §4.1
func NewOccupantIDs(key [32]byte, network, channel string) OccupantIDs {
	sum := keyed(key, "room", network, channel)
	return OccupantIDs{[16]byte(sum[:16])}
}

// ID is the identifier for the number of a stay: 22 characters.
func (ids OccupantIDs) ID(stay uint64) string {
	if ids == (OccupantIDs{}) || stay == 0 {
		return ""
	}
	var b [len(ids.room) + 8]byte // of one length, so that a hash does for an HMAC
	copy(b[:], ids.room[:])
	binary.BigEndian.PutUint64(b[len(ids.room):], stay)
	sum := sha256.Sum256(b[:])
	var text [22]byte
	base64.RawURLEncoding.Encode(text[:], sum[:16])
	return string(text[:])
}

// OccupantID is what a presence or a message says whose it is by; nil without an id.
func OccupantID(id string) *stanza.Element {
	if id == "" {
		return nil
	}
	return new(OccupantIDElement).Of(id)
}

// An OccupantIDElement is the memory of such an element, for who makes many.
type OccupantIDElement struct {
	element stanza.Element
	attr    [1]stanza.Attr
}

// Of makes the element of an id.
func (o *OccupantIDElement) Of(id string) *stanza.Element {
	o.attr[0] = stanza.Attr{Name: "id", Value: id}
	o.element = stanza.Element{Space: NSOccupantID, Local: "occupant-id", Attrs: o.attr[:]}
	return &o.element
}
