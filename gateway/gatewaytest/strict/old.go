package strict

import (
	"strings"
	"unicode"

	"isthmus/xmppside/stanza"
)

// An old client speaks groupchat 1.0: it comes in by a presence without the muc <x/>,
// and shows bodies, show and status, and the text of errors. Of muc#user it knows
// nothing.

const (
	nsOldDelay = "jabber:x:delay"
	mostPast   = 20 // messages of the history: it cannot ask for less
)

// heardOld judges a groupchat message to an old client.
func (r *room) heardOld(s *stanza.Stanza) string {
	body, isBody := s.Body()
	_, subject := s.Subject()
	delayed, oldDelayed := s.Child(nsDelay, "delay") != nil, s.Child(nsOldDelay, "x") != nil
	for _, c := range s.Children {
		if c.Space != "" && c.Space != nsDelay && c.Space != nsOldDelay {
			return "an old client is sent " + c.Space
		}
	}
	nick := s.From.Resource()
	_, present := r.members[nick]
	switch {
	case !isBody || body == "":
		return "nothing to show to an old client"
	case delayed != oldDelayed:
		return "a delay that not every client knows"
	case delayed && !subject:
		if r.past++; r.past > mostPast {
			return "more history than an old client can want"
		}
	case subject && nick != "":
		return "a sentence about the topic in the name of an occupant"
	case nick == "" && strings.ContainsFunc(body, unicode.IsControl):
		return "control characters in a line"
	case nick == "":
		r.refusals = max(r.refusals-1, 0)
	case !present:
		return "message from " + nick + ", who is not in the room"
	}
	return ""
}

// readable judges an error for an old client that wanted to come in. XEP-0045 of 2008,
// §7.1.2; XEP-0086.
func readable(s *stanza.Stanza) string {
	e := s.Child("", "error")
	switch {
	case e.Attr("code") == "":
		return "an error without the code that old clients know"
	case e.Child(stanza.Stanzas, "text").Text() == "":
		return "an error without a text"
	case s.Child(nsMUC, "x") == nil:
		return "an error for an entry without the muc element"
	}
	return ""
}
