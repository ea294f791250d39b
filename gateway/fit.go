package gateway

import (
	"unicode/utf8"

	"isthmus/xmppside/stanza"
)

// An answer over component.max_stanza would never be sent. Half of that is for what an
// answer holds; the rest is for its addresses and its id.

// space is how many bytes an answer may hold.
func (u *user) space() int { return u.hub.most / 2 }

// addFitting adds elements to another until they are more than an answer may hold.
func addFitting(e *stanza.Element, space int, items []*stanza.Element) {
	space -= len(e.Append(nil))
	var b []byte
	for _, item := range items {
		b = item.Append(b[:0])
		if space -= len(b); space < 0 {
			return
		}
		e.Add(item)
	}
}

// cutText is as much of a text as an answer may hold, whatever characters are in it.
func cutText(text string, space int) string {
	const longest = len("&quot;") // of a byte
	most := space / longest
	if len(text) <= most {
		return text
	}
	for most > 0 && !utf8.RuneStart(text[most]) {
		most--
	}
	return text[:most] + "…"
}
