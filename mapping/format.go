package mapping

import (
	"strings"
	"unicode/utf8"
)

// The codes of mIRC that something follows, https://modern.ircdocs.horse/formatting.
// The others (bold 02, reset 0f, monospace 11, reverse 16, italic 1d, strikethrough
// 1e, underline 1f) are control characters like any other to [Strip].
const (
	colourCode    = 0x03 // one or two digits, perhaps a comma and as many again
	hexColourCode = 0x04 // six hexadecimal digits, perhaps a comma and six again
)

// Strip takes formatting out of a text from IRC: mIRC's codes, with the digits of
// colours, and every other control character. Tabulators and line breaks become
// spaces, invalid UTF-8 becomes U+FFFD, what is no character for XML goes. All else
// stays, in its order.
//
// (ircfmt of ergochat/irc-go knows neither hexadecimal colours nor the other control
// characters.)
func Strip(s string) string {
	i := strings.IndexFunc(s, isStripped)
	if i < 0 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for {
		b.WriteString(s[:i])
		n, instead := control(s[i:])
		b.WriteString(instead)
		s = s[i+n:]
		if i = strings.IndexFunc(s, isStripped); i < 0 {
			b.WriteString(s)
			return b.String()
		}
	}
}

// control is how long a control character is at the beginning of a text, with what
// belongs to it, and what stands in for it.
func control(s string) (n int, instead string) {
	r, n := utf8.DecodeRuneInString(s)
	switch r {
	case colourCode:
		return n + colourLen(s[n:], 1, 2, isDigit), ""
	case hexColourCode:
		return n + colourLen(s[n:], 6, 6, isHex), ""
	case '\t', '\n', '\r':
		return n, " "
	case utf8.RuneError:
		return n, "\ufffd"
	}
	return n, ""
}

func isStripped(r rune) bool { return isControl(r) || r == utf8.RuneError }

// colourLen is how much of s are the digits of a colour, with those of a second one
// behind a comma.
func colourLen(s string, least, most int, is func(byte) bool) int {
	n := digits(s, most, is)
	if n < least {
		return 0
	}
	if n < len(s) && s[n] == ',' {
		if second := digits(s[n+1:], most, is); second >= least {
			n += 1 + second
		}
	}
	return n
}

// digits counts those that s begins with, up to most.
func digits(s string, most int, is func(byte) bool) (n int) {
	for n < len(s) && n < most && is(s[n]) {
		n++
	}
	return n
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isHex(c byte) bool { return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'f' }
