package mapping

import (
	"strings"

	"isthmus/ircside/irc"
	"isthmus/xmppside/stanza"
)

// NSHats is the namespace of hats. XEP-0317 §2
const NSHats = "urn:xmpp:hats:0"

// hatURI is what the URIs of our hats begin with: an IRC rank is the same everywhere.
const hatURI = "urn:isthmus:hat:"

// A hat is what IRC says of somebody, whatever role and affiliation that comes to.
type hat struct{ uri, title string }

// The hats. Ranks have them by their letters, for that is what people know them by.
var (
	hatOper     = hat{uri: "irc-operator", title: "IRC operator"}
	hatBot      = hat{uri: "bot", title: "Bot"}
	hatService  = hat{uri: "service", title: "Service"}
	hatAccount  = hat{uri: "account", title: "Registered as %s"}
	hatsOfRanks = map[byte]hat{
		'q': {uri: "founder", title: "Founder"},
		'a': {uri: "admin", title: "Admin"},
		'o': {uri: "operator", title: "Operator"},
		'h': {uri: "half-operator", title: "Half-operator"},
		'v': {uri: "voice", title: "Voice"},
		'O': {uri: "creator", title: "Creator"}, // of a !channel. RFC 2811 §4.1
		'y': hatOper, 'Y': hatOper,              // InspIRCd
	}
)

// Hats are what somebody in a channel wears, for a client in that language; nil if
// nothing. They go to everybody who knows presences of rooms: a room advertises them,
// and no client has to. XEP-0317 §3.1
func Hats(m irc.Member, s *irc.Support, lang string) *stanza.Element {
	if m.Modes == "" && m.Flags == 0 && m.Account == "" && !isService(m.Person) {
		return nil
	}
	lang = Language(lang)
	hats := stanza.E(NSHats, "hats")
	add := func(h hat, args ...string) {
		hats.Add(stanza.E(NSHats, "hat").Set("title", Say(lang, h.title, args...)).Set("uri", hatURI+h.uri).SetLang(lang))
	}
	oper := m.Flags&irc.FlagOper != 0
	for i := range len(m.Modes) {
		h, ok := hatsOfRanks[m.Modes[i]]
		switch {
		case h == hatOper:
			oper = true
		case ok && s.Rank(m.Modes[i]) >= 0:
			add(h)
		}
	}
	if oper {
		add(hatOper)
	}
	if m.Flags&irc.FlagBot != 0 {
		add(hatBot)
	}
	if isService(m.Person) {
		add(hatService)
	}
	if m.Account != "" {
		add(hatAccount, Strip(m.Account))
	}
	if len(hats.Nodes) == 0 {
		return nil
	}
	return hats
}

// sameHats says whether somebody wears the same before and after.
func sameHats(a, b irc.Member) bool {
	return a.Modes == b.Modes && a.Flags == b.Flags && a.Account == b.Account && isService(a.Person) == isService(b.Person)
}

// isService tells ChanServ and its like: by the nick, which networks with services keep
// for them, on a host that they are put on. No numeric says it.
func isService(p irc.Person) bool {
	if len(p.Nick) < len("Serv") || !strings.EqualFold(p.Nick[len(p.Nick)-len("Serv"):], "Serv") {
		return false
	}
	host := lowerASCII(p.Host)
	return host == "services" || strings.HasPrefix(host, "services.") || strings.HasSuffix(host, ".services")
}
