package mapping

import "isthmus/ircside/irc"

// Incoming is what was said on IRC as the body of a message: without codes, with
// "/me " for an action (XEP-0245). What only some ranks are told (STATUSMSG) says so,
// as IRC clients do: "[@] ". It is "" if nothing is left.
func Incoming(t irc.Text) string {
	body := Strip(t.Body)
	if body != "" && t.Status != 0 {
		body = "[" + string(rune(t.Status)) + "] " + body
	}
	if t.Kind == irc.Action {
		return "/me " + body
	}
	return body
}
