package mapping

import (
	"strings"
	"unicode"

	"isthmus/xmppside/jid"
	"isthmus/xmppside/stanza"
)

// An AddressKind says what an address stands for.
type AddressKind uint8

// What addresses stand for.
const (
	Gateway AddressKind = iota // the gateway itself
	Network                    // an IRC network
	Channel                    // a channel, or with an occupant somebody in it
	Nick                       // somebody on a network, in a channel or not
	Mask                       // whom a ban means: nick!user@host, or an extended ban
)

// An Address is what a JID of the gateway's stands for. Addresses are comparable,
// but the same channel may be spelt in several ways: what is one name is the
// network's to say ([irc.Support.Fold]).
type Address struct {
	Kind     AddressKind
	Network  string // in lower case; "" for the gateway
	Name     string // the channel, nick or mask, as IRC knows it
	Occupant string // nick of an occupant of a channel; "" is the channel itself
}

// A Scheme says how addresses are written. They are as biboumi has them:
//
//	gateway.example                         the gateway
//	network@gateway.example                 a network
//	#channel%network@gateway.example        a channel
//	#channel%network@gateway.example/nick   an occupant
//	nick%network@gateway.example            somebody
//
// The last percent sign separates. What begins with #, &, + or ! is a channel,
// because no nick begins so on any network; a lone + or ! is nothing. On a gateway
// for one network alone "%network" is left out, and the gateway's own address is the
// network's. Names are escaped by XEP-0106 and, where servers would refuse or fold
// them, in a way of our own (see [Resource]).
type Scheme struct {
	Domain string // the gateway's own
	Fixed  string // the only network; "" if there may be many
}

// Parse reads an address. A resource counts only behind a channel. Errors are
// *stanza.Error: item-not-found for another domain, jid-malformed for what names
// nothing on IRC, with a text that says why.
func (s Scheme) Parse(j jid.JID) (Address, error) {
	if !strings.EqualFold(j.Domain(), s.Domain) {
		return Address{}, &stanza.Error{Type: stanza.Cancel, Condition: stanza.ItemNotFound, Text: "This is not an address of the gateway."}
	}
	local := j.Local()
	if s.Fixed != "" {
		if local == "" {
			return Address{Kind: Network, Network: lowerASCII(s.Fixed)}, nil
		}
		return s.named(nameFrom(local), s.Fixed, j.Resource())
	}
	if local == "" {
		return Address{Kind: Gateway}, nil
	}
	percent := strings.LastIndexByte(local, '%')
	if percent >= 0 {
		return s.named(nameFrom(local[:percent]), nameFrom(local[percent+1:]), j.Resource())
	}
	network := nameFrom(local)
	if isChannel(network) {
		return Address{}, malformed("Say which network the channel is on: %s", "#channel%network@"+s.Domain)
	}
	if why := badNetwork(network); why != "" {
		return Address{}, malformed(why)
	}
	return Address{Kind: Network, Network: lowerASCII(network)}, nil
}

func (s Scheme) named(name, network, resource string) (Address, error) {
	a := Address{Kind: kindOf(name), Network: lowerASCII(network), Name: name}
	if a.Kind == Channel {
		a.Occupant = NickFromResource(resource)
	}
	if why := a.bad(s); why != "" {
		return Address{}, malformed(why)
	}
	return a, nil
}

// JID writes an address. Errors are *stanza.Error: jid-malformed for what no
// address can hold, by its length for the most part.
func (s Scheme) JID(a Address) (jid.JID, error) {
	if why := a.bad(s); why != "" {
		return jid.JID{}, malformed(why)
	}
	network := lowerASCII(a.Network)
	var local, resource string
	switch {
	case a.Kind == Gateway, a.Kind == Network && s.Fixed != "":
	case a.Kind == Network:
		local = localpart(network)
	case s.Fixed != "":
		local = localpart(a.Name)
	default:
		local = localpart(a.Name) + "%" + localpart(network)
	}
	if a.Kind == Channel {
		resource = Resource(a.Occupant)
	}
	j, err := jid.New(local, s.Domain, resource)
	if err != nil {
		return jid.JID{}, malformed(err.Error())
	}
	return j, nil
}

// bad says why a names nothing on IRC; "" if it may name something.
func (a Address) bad(s Scheme) string {
	if a.Kind == Gateway {
		return ""
	}
	if s.Fixed != "" && !strings.EqualFold(a.Network, s.Fixed) {
		return "This gateway serves another network."
	}
	if why := badNetwork(a.Network); why != "" || a.Kind == Network {
		return why
	}
	return badName(a.Name, a.Kind)
}

func badNetwork(network string) string {
	if network == "" {
		return "The network is missing behind the percent sign."
	}
	for _, r := range network {
		if !unicode.In(r, unicode.L, unicode.M, unicode.N) && !strings.ContainsRune(".-_:[]", r) {
			return "The name of a network has letters, digits, dots and hyphens only."
		}
	}
	return ""
}

func badName(name string, kind AddressKind) string {
	switch {
	case name == "":
		return "A channel or nick is missing before the percent sign."
	case strings.ContainsFunc(name, isControl):
		return "Names on IRC hold no control characters."
	case strings.ContainsAny(name, " ,"):
		return "Names on IRC hold no spaces and no commas."
	case kind != kindOf(name):
		return "The name is of another kind than the address."
	case kind == Mask && name[0] == ':':
		return "A mask does not begin with a colon."
	case kind == Nick && strings.ContainsAny(name, "+!#%&"):
		return "Nicks hold none of + ! # % &, and the name of a channel begins with #."
	}
	return ""
}

// kindOf tells what a name stands for.
func kindOf(name string) AddressKind {
	switch {
	case isChannel(name):
		return Channel
	case name != "!" && strings.ContainsAny(name, "!@*?$:"):
		return Mask
	}
	return Nick
}

// isChannel says whether name is that of a channel on some network. RFC 2811 §2.1.
func isChannel(name string) bool {
	return name != "" && (name[0] == '#' || name[0] == '&' || len(name) > 1 && (name[0] == '+' || name[0] == '!'))
}

// isControl says whether r is a control character or nothing at all.
func isControl(r rune) bool {
	return r < ' ' || 0x7f <= r && r < 0xa0 || r == 0xfffe || r == 0xffff
}

func lowerASCII(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r
	}, s)
}

func malformed(text string, args ...string) error {
	return &stanza.Error{Type: stanza.Modify, Condition: stanza.JIDMalformed, Text: text, Args: args}
}
