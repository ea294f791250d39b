package ircside

import (
	"strings"

	"isthmus/ircside/irc"
)

// logged says what of a line may be written down: never what proves who one is. It
// knows the commands whose parameters are no secret; what is sent to services, and
// what a user made up, is told by its command alone.
func logged(l irc.Line) string {
	const hidden = " (…)"
	switch c := l.Command; {
	case c == "PRIVMSG" || c == "NOTICE":
		if who := strings.ToLower(l.Param(0)); strings.Contains(who, "serv") || isService(who) || isService(strings.ToLower(l.Source.Name)) {
			return c + " " + l.Param(0) + hidden
		}
	case c == "JOIN" && len(l.Params) > 1 && l.Source.Name == "":
		return c + " " + l.Param(0) + hidden // keys
	case c == "MODE" && strings.Contains(l.Param(1), "k"), c == "324" && strings.Contains(l.Param(2), "k"):
		return c + " " + l.Param(0) + " " + l.Param(1) + hidden
	case c == "696" && l.Param(2) == "k": // a key that the network does not take
		return c + " " + l.Param(1) + hidden
	case l.Numeric() == 0 && !harmless[c]:
		return c + hidden
	}
	return l.Command + " " + strings.Join(l.Params, " ")
}

// isService tells the services whose names do not say so: QuakeNet's and Undernet's.
func isService(name string) bool {
	name, _, _ = strings.Cut(name, "@")
	return name == "q" || name == "x" || strings.HasSuffix(name, "serv")
}

// harmless are the commands whose parameters prove nothing.
var harmless = map[string]bool{
	"PRIVMSG": true, "NOTICE": true, "TAGMSG": true, "JOIN": true, "PART": true, "KICK": true,
	"QUIT": true, "NICK": true, "USER": true, "MODE": true, "TOPIC": true, "INVITE": true,
	"NAMES": true, "LIST": true, "WHO": true, "WHOIS": true, "WHOWAS": true, "AWAY": true,
	"PING": true, "PONG": true, "CAP": true, "ERROR": true, "BATCH": true, "ACK": true,
	"ACCOUNT": true, "CHGHOST": true, "SETNAME": true, "FAIL": true, "WARN": true, "NOTE": true,
}
