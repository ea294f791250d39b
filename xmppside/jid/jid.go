// Package jid holds XMPP addresses as small comparable values.
//
// An address is split and checked, never normalised: what a server delivered is
// already as that server folds it, and the two common servers fold differently
// (ejabberd leaves a component's localparts as they were typed). So two addresses
// are equal when their bytes are.
//
// The package imports nothing of ours and does no IO; its values are immutable.
package jid

import (
	"strings"
	"unicode/utf8"
)

// MaxPart is the longest local, domain or resource part, in bytes (RFC 7622 §3.1).
const MaxPart = 1023

// A JID is an XMPP address. The zero JID is none. JIDs are comparable and fit as
// map keys.
type JID struct {
	s     string
	at    uint16 // length of the localpart; 0: there is none
	slash uint16 // length of the bare address; len(s) without a resource
}

// An Error says why something is no address.
type Error struct{ Addr, Reason string }

// Error says it for logs and for error stanzas; the address is left out, for it
// may be anything.
func (e *Error) Error() string { return "malformed address: " + e.Reason }

// Parse splits s at its first slash, then at the first @ before that, and checks
// the parts. The JID keeps s. RFC 7622 §3.2. Errors are *Error.
func Parse(s string) (JID, error) {
	bare, resource, hasResource := strings.Cut(s, "/")
	local, domain, hasLocal := strings.Cut(bare, "@")
	if !hasLocal {
		local, domain = "", bare
	}
	reason := check(local, domain, resource)
	switch {
	case hasLocal && local == "":
		reason = "empty localpart"
	case hasResource && resource == "":
		reason = "empty resource"
	}
	if reason != "" {
		return JID{}, &Error{s, reason}
	}
	return JID{s: s, at: uint16(len(local)), slash: uint16(len(bare))}, nil
}

// New puts an address together. local and resource may be empty. Errors are *Error.
func New(local, domain, resource string) (JID, error) {
	bare := domain
	if local != "" {
		bare = local + "@" + domain
	}
	s := bare
	if resource != "" {
		s += "/" + resource
	}
	if reason := check(local, domain, resource); reason != "" {
		return JID{}, &Error{s, reason}
	}
	return JID{s: s, at: uint16(len(local)), slash: uint16(len(bare))}, nil
}

// check says what is wrong with an address of these parts; "" if nothing is. What
// passes splits again into the same parts, can stand in XML, and its lengths fit
// into 16 bits. What the servers' stringprep forbids beyond that is theirs to say.
func check(local, domain, resource string) string {
	switch {
	case domain == "":
		return "no domain"
	case len(local) > MaxPart, len(domain) > MaxPart, len(resource) > MaxPart:
		return "part of more than 1023 bytes"
	case strings.ContainsFunc(domain, foreignToDomain):
		return "forbidden character in the domain"
	case strings.ContainsAny(local, "\"&'/:<>@ "):
		return "forbidden character in the localpart"
	case !clean(local), !clean(domain), !clean(resource):
		return "control character or invalid UTF-8"
	}
	return ""
}

// foreignToDomain says whether r is in no host name and no address literal. RFC
// 7622 §3.2; the underscore is in use. Beyond ASCII anything may be.
func foreignToDomain(r rune) bool {
	switch {
	case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', r >= utf8.RuneSelf:
		return false
	}
	return !strings.ContainsRune("-._[]:", r)
}

// clean says whether s is UTF-8 without control characters and without the two
// non-characters that XML forbids. A U+FFFD that was written as such is clean.
func clean(s string) bool {
	for i, r := range s {
		switch {
		case r < ' ', 0x7f <= r && r <= 0x9f, r == 0xfffe, r == 0xffff:
			return false
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], "\ufffd"):
			return false
		}
	}
	return true
}

// MustParse is Parse for constants; it panics on an error.
func MustParse(s string) JID {
	j, err := Parse(s)
	if err != nil {
		panic(err)
	}
	return j
}

// String is the address as it is written.
func (j JID) String() string { return j.s }

// Local is the localpart, still escaped.
func (j JID) Local() string { return j.s[:j.at] }

// Domain is the domain part.
func (j JID) Domain() string {
	if j.at > 0 {
		return j.s[j.at+1 : j.slash]
	}
	return j.s[:j.slash]
}

// Resource is what follows the slash; "" if nothing does.
func (j JID) Resource() string {
	if int(j.slash) < len(j.s) {
		return j.s[j.slash+1:]
	}
	return ""
}

// Bare is the address without its resource.
func (j JID) Bare() JID { return JID{s: j.s[:j.slash], at: j.at, slash: j.slash} }

// Clone is the same address in memory of its own: what was read shares that of its
// stanza.
func (j JID) Clone() JID { return JID{s: strings.Clone(j.s), at: j.at, slash: j.slash} }

// IsBare says whether there is no resource.
func (j JID) IsBare() bool { return int(j.slash) == len(j.s) }

// IsZero says whether j is no address at all.
func (j JID) IsZero() bool { return j.s == "" }

// WithResource is the bare address with another resource; "" is none. Errors are
// *Error.
func (j JID) WithResource(resource string) (JID, error) {
	if resource == "" && !j.IsZero() {
		return j.Bare(), nil
	}
	s := j.s[:j.slash] + "/" + resource
	switch {
	case j.IsZero():
		return JID{}, &Error{s, "no domain"}
	case len(resource) > MaxPart:
		return JID{}, &Error{s, "part of more than 1023 bytes"}
	case !clean(resource):
		return JID{}, &Error{s, "control character or invalid UTF-8"}
	}
	return JID{s: s, at: j.at, slash: j.slash}, nil
}
