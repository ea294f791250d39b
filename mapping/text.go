package mapping

import (
	"slices"

	"isthmus/ircside/irc"
	"isthmus/xmppside/stanza"
)

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

// Looks is the body that [Incoming] makes, and how its characters look.
func Looks(t irc.Text) Styled {
	s := codes(t.Body)
	if s.text != "" && t.Status != 0 {
		s = s.after("[" + string(rune(t.Status)) + "] ")
	}
	if t.Kind == irc.Action {
		s = s.after("/me ")
	}
	return s
}

// Dressed is what a client of a class gets of a body that looks like something: the
// body, and its look in the ways that the client has announced. XEP-0071, XEP-0394
func Dressed(body []*stanza.Element, looks Styled, class Class) []*stanza.Element {
	if class.Old || looks.IsPlain() {
		return body
	}
	out := body
	add := func(e *stanza.Element) {
		if e != nil {
			out = append(slices.Clip(out), e)
		}
	}
	if class.Features.Has(nsXHTML) {
		add(looks.html())
	}
	if class.Features.Has(nsMarkup) {
		add(looks.markup())
	}
	return out
}
