package irc

import "strings"

// keep is s as a View keeps it: cut, and not as a part of its line, which would live
// for as long. What is known already stays what it is.
func keep(known, s string) string {
	if s = cut(s, maxKept); s == known {
		return known
	}
	return strings.Clone(s)
}

// pack is a person with strings of their own, all in one piece of memory.
func pack(p Person) Person {
	fields := [...]*string{&p.Nick, &p.User, &p.Host, &p.Account, &p.Realname, &p.AwayText}
	size := 0
	for _, f := range fields {
		*f = cut(*f, maxKept)
		size += len(*f)
	}
	var b strings.Builder
	b.Grow(size)
	for _, f := range fields {
		b.WriteString(*f)
	}
	text := b.String()
	for _, f := range fields {
		*f, text = text[:len(*f)], text[len(*f):]
	}
	return p
}

// admits says whether a View can take another member in by that nick.
func (v *View) admits(nick string) bool { return isName(nick) && v.places < maxPlaces }
