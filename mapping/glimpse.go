package mapping

import (
	"slices"
	"strings"

	"isthmus/ircside/irc"
)

// A Glimpse is what a network tells of a channel to who is not in it: the answer to MODE,
// which is 324 and, on most, 329. The zero Glimpse is of a channel of which it tells
// nothing.
type Glimpse struct {
	support *irc.Support // nil: no modes were told
	modes   string       // the letters of those that are set, sorted
	madeAt  int64        // Unix seconds, 0 if unknown
}

// maxLetters is how many modes of a channel there may be: that is all letters and digits.
const maxLetters = 62

// Take takes an event in that tells of the channel.
func (g *Glimpse) Take(ev irc.Event, s *irc.Support) {
	switch ev := ev.(type) {
	case irc.MadeAt:
		g.madeAt = ev.At.Unix()
	case irc.Modes:
		if !ev.Whole {
			return
		}
		var letters []byte
		for _, c := range ev.Changes {
			if c.Add && c.Kind != irc.PrefixMode && c.Kind != irc.ListMode && len(letters) < maxLetters && !slices.Contains(letters, c.Mode) {
				letters = append(letters, c.Mode)
			}
		}
		slices.Sort(letters)
		g.support, g.modes = s, string(letters)
	}
}

// channel is as much of it as can be known.
func (g Glimpse) channel() irc.Channel { return irc.Channel{Modes: g.modes} }

// Hidden says that the channel is not for others to see, whatever a list has told before.
func (g Glimpse) Hidden() bool {
	return g.support != nil && (strings.Contains(g.modes, "s") || !isTrue(g.channel(), g.support, FieldPublic))
}
