package irc

import "unique"

// keepNick is a nick as views keep it: cut, once for all who see it, and not as a
// part of its line, which would live for as long.
func keepNick(nick string) string { return unique.Make(cut(nick, maxKept)).Value() }

// admits says whether a View can take another member in by that nick.
func (v *View) admits(nick string) bool { return isName(nick) && v.places < maxPlaces }
