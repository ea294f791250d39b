package mapping

import (
	"isthmus/ircside/irc"
	"isthmus/xmppside/jid"
)

// An Onlooker says whose address somebody on IRC is told to have: item@jid. Nil tells
// none. XEP-0045 §13.3
type Onlooker func(irc.Person) jid.JID

// Pseudonym is the address of somebody on IRC as moderators are told it, a full one:
// $account%network where there is an account, for that stays through changes of nick,
// else nick%network; the nick is its resource. Its bare form is what lists of
// affiliations hold, and what an outcast can be made of. The zero JID: no address can
// hold that.
func (s Scheme) Pseudonym(network string, p irc.Person) jid.JID {
	at := Address{Kind: Nick, Network: network, Name: p.Nick}
	if p.Account != "" {
		at = AccountAddress(network, p.Account)
	}
	j, err := s.JID(at)
	if err != nil && p.Account != "" { // an account that no address can hold
		j, err = s.JID(Address{Kind: Nick, Network: network, Name: p.Nick})
	}
	if err != nil {
		return jid.JID{}
	}
	full, err := j.WithResource(Resource(p.Nick))
	if err != nil {
		return jid.JID{}
	}
	return full
}

// accountSign begins the name of an account in an address.
const accountSign = "$"

// AccountAddress is that of whoever has an account.
func AccountAddress(network, account string) Address {
	return Address{Kind: Mask, Network: network, Name: accountSign + account}
}

// Account is the account that an address names: $account. What the network would take
// for an extended ban of its own ("$a" on charybdis and its offspring: everybody who is
// logged in) is none.
func (a Address) Account(s *irc.Support) (account string, ok bool) {
	if a.Kind != Mask || len(a.Name) < 2 || a.Name[0] != accountSign[0] {
		return "", false
	}
	for _, c := range []byte(a.Name[1:]) {
		if c == '!' || c == '@' || c == '*' || c == '?' || c == ':' || c == '$' || c == '~' {
			return "", false
		}
	}
	name := a.Name[1:]
	if s.ExtBanPrefix == accountSign[0] && len(name) == 1 && containsByte(s.ExtBans, name[0]) {
		return "", false
	}
	return name, true
}

func containsByte(s string, c byte) bool {
	for i := range len(s) {
		if s[i] == c {
			return true
		}
	}
	return false
}
