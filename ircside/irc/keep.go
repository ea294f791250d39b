package irc

import "unique"

// keepNick is a nick as views keep it: cut, and once for all who see it.
func keepNick(nick string) unique.Handle[string] { return unique.Make(cut(nick, maxKept)) }

// admits says whether a View can take another member in by that nick.
func (v *View) admits(nick string) bool { return isName(nick) && v.places < maxPlaces }
