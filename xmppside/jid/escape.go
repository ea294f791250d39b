package jid

import "strings"

// hex are the digits of the escape codes. XEP-0106 §3.1: case is significant.
const hex = "0123456789abcdef"

// Escape makes a localpart of any text: what a localpart cannot hold becomes a
// backslash and two hexadecimal digits. XEP-0106 §3.2.
//
// A backslash is escaped only where it would else read as an escape (XEP-0106
// §4.2), in upper case too, because a server may fold the case of what follows.
// A space at either end is escaped like any other: IRC has none, so nothing hangs
// on that rule of the XEP. Control characters stay; New refuses them.
func Escape(s string) string {
	i := 0
	for i < len(s) && !mustEscape(s, i) {
		i++
	}
	if i == len(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 8)
	b.WriteString(s[:i])
	for ; i < len(s); i++ {
		c := s[i]
		if !mustEscape(s, i) {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('\\')
		b.WriteByte(hex[c>>4])
		b.WriteByte(hex[c&15])
	}
	return b.String()
}

// Unescape is the text that Escape made a localpart of. A backslash that starts
// none of the ten escapes stands for itself. XEP-0106 §3.3.
func Unescape(s string) string {
	i := strings.IndexByte(s, '\\')
	if i < 0 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	b.WriteString(s[:i])
	for ; i < len(s); i++ {
		c := s[i]
		if c == '\\' {
			if plain, ok := escaped(s[i+1:]); ok {
				c = plain
				i += 2
			}
		}
		b.WriteByte(c)
	}
	return b.String()
}

// mustEscape says whether the byte at i cannot stay as it is.
func mustEscape(s string, i int) bool {
	switch s[i] {
	case ' ', '"', '&', '\'', '/', ':', '<', '>', '@':
		return true
	case '\\':
		_, ok := escaped(strings.ToLower(s[i+1 : min(i+3, len(s))]))
		return ok
	}
	return false
}

// escaped is the character whose code s begins with.
func escaped(s string) (byte, bool) {
	if len(s) < 2 {
		return 0, false
	}
	switch s[:2] {
	case "20":
		return ' ', true
	case "22":
		return '"', true
	case "26":
		return '&', true
	case "27":
		return '\'', true
	case "2f":
		return '/', true
	case "3a":
		return ':', true
	case "3c":
		return '<', true
	case "3e":
		return '>', true
	case "40":
		return '@', true
	case "5c":
		return '\\', true
	}
	return 0, false
}
