package gateway

import (
	"slices"
	"strings"

	"isthmus/ircside/irc"
	"isthmus/mapping"
	"isthmus/xmppside/stanza"
)

// note takes in what a presence tells about its client: its language, away or not, what
// it can do.
func (c *client) note(s *stanza.Stanza) {
	c.announce(s)
	if s.Lang != "" || c.lang == "" {
		c.lang = strings.Clone(mapping.Language(s.Lang))
	}
	c.away = ""
	switch show := s.Child("", "show").Text(); show {
	case "away", "xa", "dnd":
		c.away = statusText(s)
		if c.away == "" {
			c.away = map[string]string{"away": "Away", "xa": "Away for long", "dnd": "Busy"}[show]
		}
	}
}

// showing is what of a presence others are shown, to tell a change.
func showing(s *stanza.Stanza) string {
	return brief(s.Child("", "show").Text()) + "\x00" + statusText(s)
}

func statusText(s *stanza.Stanza) string { return brief(s.Child("", "status").Text()) }

// maxBrief is how many bytes of a text are read that goes into a line of IRC, or half of
// it: more than fits.
const maxBrief = 4096

// brief is the beginning of a text, to keep: what was read shares the memory of its
// whole stanza.
func brief(text string) string { return strings.Clone(text[:min(len(text), maxBrief)]) }

// updateAway has the network know whether we are there: we are away when all of the
// user's clients are.
func (up *uplink) updateAway() {
	if up.state != linkUp {
		return
	}
	text, here, some := "", false, false
	for _, r := range up.list() {
		for _, o := range slices.Concat(r.members, r.queue) {
			some = true
			if o.client.away == "" {
				here = true
			} else {
				text = o.client.away
			}
		}
	}
	switch {
	case !some:
		return // nobody is there to be either
	case here:
		text = ""
	}
	text = mapping.Line(text)
	if text != up.awayText {
		up.awayText = text
		up.do(irc.Away{Text: text})
		up.user.last = append(up.user.last, func() { up.showAway(text) })
	}
}

// showAway shows it to our own clients as well, which the network does not tell us.
func (up *uplink) showAway(text string) {
	if up.state == linkUp && up.awayText == text {
		self := irc.Person{Nick: up.view.Self().Nick, Away: text != "", AwayText: text}
		up.event(irc.About{Person: self, Known: irc.KnownAway})
	}
}
