package main

import (
	"fmt"
	"strings"

	"isthmus/ircside/irc"
	"isthmus/xmppside/muc"
	"isthmus/xmppside/stanza"
)

// lineOf is what an IRC client makes of what is typed into the window of the channel.
func lineOf(typed string) string {
	command, rest, _ := strings.Cut(typed, " ")
	switch command {
	case "/join":
		return "JOIN " + rest
	case "/op":
		return "MODE " + demoChannel + " +o " + rest
	case "/me":
		return "PRIVMSG " + demoChannel + " :\x01ACTION " + rest + "\x01"
	case "/msg":
		nick, text, _ := strings.Cut(rest, " ")
		return "PRIVMSG " + nick + " :" + text
	}
	return "PRIVMSG " + demoChannel + " :" + typed
}

// tellLine is what an IRC client shows of a line; "" if nothing.
func tellLine(raw string) string {
	l, err := irc.ParseLine([]byte(raw))
	if err != nil {
		return ""
	}
	who, last := l.Source.Name, ""
	if n := len(l.Params); n > 0 {
		last = l.Params[n-1]
	}
	why := ""
	if last != "" {
		why = " (" + last + ")"
	}
	switch l.Command {
	case "JOIN":
		return fmt.Sprintf("-!- %s has joined %s", who, l.Param(0))
	case "PART":
		return fmt.Sprintf("-!- %s has left %s", who, l.Param(0))
	case "QUIT":
		return fmt.Sprintf("-!- %s has quit%s", who, why)
	case "KICK":
		return fmt.Sprintf("-!- %s was kicked by %s%s", l.Param(1), who, why)
	case "MODE":
		return fmt.Sprintf("-!- mode/%s [%s] by %s", l.Param(0), strings.Join(l.Params[min(1, len(l.Params)):], " "), who)
	case "NICK":
		return fmt.Sprintf("-!- %s is now known as %s", who, last)
	case "TOPIC":
		return fmt.Sprintf("-!- %s changed the topic to: %s", who, last)
	case "PRIVMSG":
		return tellWords(who, l.Param(0), last)
	}
	return ""
}

// tellWords is what an IRC client shows of somebody's words.
func tellWords(who, target, text string) string {
	action, isAction := strings.CutPrefix(strings.TrimSuffix(text, "\x01"), "\x01ACTION ")
	switch {
	case isAction:
		return "* " + who + " " + action
	case strings.HasPrefix(text, "\x01"):
		return "" // CTCP
	case strings.HasPrefix(target, "#"):
		return "<" + who + "> " + text
	}
	return "[" + who + "] " + text
}

// A roster is who is in the room and with which role, as a client has been told.
type roster map[string]muc.Role

// tell is what a client shows of a stanza from the room; "" if nothing. It keeps who is
// there.
func (r roster) tell(s *stanza.Stanza) string {
	nick := s.From.Resource()
	switch {
	case s.From.Bare().String() != demoRoom:
		return ""
	case s.Type == "error":
		return "error: " + s.Error().Text
	case s.Kind == stanza.Presence && s.Type == "unavailable":
		delete(r, nick)
		return tellGone(s)
	case s.Kind == stanza.Presence:
		return r.tellHere(s)
	}
	body, _ := s.Body()
	action, isAction := strings.CutPrefix(body, "/me ")
	switch {
	case body == "":
		return ""
	case s.Type == "chat":
		return nick + ", to you alone: " + body
	case isAction:
		return "* " + nick + " " + action
	}
	return nick + ": " + body
}

// tellHere is what a client shows of a presence of somebody in the room.
func (r roster) tellHere(s *stanza.Stanza) string {
	nick, role := s.From.Resource(), roleIn(s)
	before, known := r[nick]
	r[nick] = role
	self := hasStatus(s, muc.StatusSelf)
	switch {
	case self && !known:
		return fmt.Sprintf("You are in as %s (%v).", nick, role)
	case self && before != role:
		return fmt.Sprintf("You are now a %v.", role)
	case !known:
		return fmt.Sprintf("%s is here (%v).", nick, role)
	case before != role:
		return fmt.Sprintf("%s is now a %v.", nick, role)
	}
	return ""
}

// tellGone is what a client shows when somebody goes.
func tellGone(s *stanza.Stanza) string {
	item := s.Child(muc.NSUser, "x").Child(muc.NSUser, "item")
	nick := s.From.Resource()
	switch {
	case hasStatus(s, muc.StatusKicked):
		return fmt.Sprintf("%s was kicked by %s: %s", nick, item.Child(muc.NSUser, "actor").Attr("nick"), item.Child(muc.NSUser, "reason").Text())
	case hasStatus(s, muc.StatusSelf):
		return "You are out of the room."
	}
	return nick + " has left."
}

// roleIn is the role that a presence names.
func roleIn(s *stanza.Stanza) muc.Role {
	role, _ := muc.ParseRole(s.Child(muc.NSUser, "x").Child(muc.NSUser, "item").Attr("role"))
	return role
}

// hasStatus says whether a presence has a status code.
func hasStatus(s *stanza.Stanza, code muc.Status) bool {
	for _, e := range s.Child(muc.NSUser, "x").Children() {
		if e.Local == "status" && e.Attr("code") == fmt.Sprint(uint16(code)) {
			return true
		}
	}
	return false
}
