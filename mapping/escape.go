package mapping

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/bidi"
	"golang.org/x/text/unicode/norm"

	"isthmus/xmppside/jid"
)

// Servers apply stringprep to every address (RFC 6122): the local part by Nodeprep,
// the resource by Resourceprep, with what Unicode was in version 3.2. What they
// refuse bounces, and what they fold makes two names one. Names of IRC may hold any
// of it, so each such character is written as \u, its code point in hexadecimal
// digits, and a semicolon: the nick "ann☃" of a network that has it stays, "ann😀"
// is the resource "ann\u1f600;". Nicks of RFC 2812 are never changed, as they hold
// no semicolon.

// Resource is the resource part that stands for an occupant's nick. Different nicks
// have different ones; [NickFromResource] is the way back.
func Resource(nick string) string {
	return prepare(nick, unfitResource)
}

// NickFromResource is the nick that a resource stands for: what [Resource] made, or
// what somebody asks for. It may be no nick that IRC takes: see [Nick].
func NickFromResource(resource string) string { return unescape(resource) }

// localpart is the local part that stands for a name: XEP-0106 for what local parts
// cannot hold, and our own escapes for what servers would refuse or fold.
func localpart(name string) string { return prepare(jid.Escape(name), unfitLocalpart) }

// nameFrom is what a local part stands for, by both kinds of escapes.
func nameFrom(local string) string { return jid.Unescape(unescape(local)) }

// prepare escapes what is unfit in s by itself, then, if it must, what is unfit only
// in its place: marks that would join the character before, and letters that are
// written from right to left, which may not stand beside others (RFC 3454 §6).
func prepare(s string, unfit func(rune) bool) string {
	if isPlain(s) {
		return s
	}
	out := escape(s, unfit)
	if !norm.NFKC.IsNormalString(out) {
		out = escape(s, func(r rune) bool { return unfit(r) || joins(r) })
	}
	if mixesDirections(out) {
		marks := !norm.NFKC.IsNormalString(escape(s, unfit))
		out = escape(s, func(r rune) bool { return unfit(r) || isRightToLeft(r) || marks && joins(r) })
	}
	return out
}

// isPlain says whether s is of printable ASCII without a backslash, as most are.
func isPlain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' || s[i] == '\\' {
			return false
		}
	}
	return true
}

// escape writes the runes that are unfit as escapes, and the backslashes that would
// read as the beginning of one.
func escape(s string, unfit func(rune) bool) string {
	var b strings.Builder
	for i, r := range s {
		_, size := escaped(s[i:])
		if size > 0 || unfit(r) {
			b.WriteString(`\u` + strconv.FormatInt(int64(r), 16) + ";")
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

func unescape(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		if r, size := escaped(s[i:]); size > 0 {
			b.WriteRune(r)
			i += size
			continue
		}
		b.WriteByte(s[i])
		i++
	}
	return b.String()
}

// maxEscape is the length of the longest escape.
const maxEscape = len(`\u10ffff;`)

// escaped is the character whose escape s begins with, and the escape's length; 0 if
// it begins with none. Capitals count, because a client may fold as it likes.
func escaped(s string) (rune, int) {
	if len(s) < 4 || s[0] != '\\' || s[1] != 'u' && s[1] != 'U' {
		return 0, 0
	}
	end := strings.IndexByte(s[:min(len(s), maxEscape)], ';')
	if end < 0 {
		return 0, 0
	}
	code, err := strconv.ParseUint(s[2:end], 16, 21)
	if err != nil || !utf8.ValidRune(rune(code)) {
		return 0, 0
	}
	return rune(code), end + 1
}

// unfitResource says what Resourceprep forbids or changes (RFC 6122 appendix B).
func unfitResource(r rune) bool {
	switch {
	case r < 0x80:
		return r < ' ' || r == 0x7f
	case r == 0x034f, r == 0x1806, 0x180b <= r && r <= 0x180d, 0xfe00 <= r && r <= 0xfe0f: // RFC 3454 B.1
		return true
	case 0x2ff0 <= r && r <= 0x2ffb, 0xfff9 <= r && r <= 0xfffd: // C.6, C.7
		return true
	case !unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S): // C.1 to C.5, C.8, C.9
		return true
	}
	return !isOld(r) || !norm.NFKC.IsNormalString(string(r))
}

// unfitLocalpart says what Nodeprep forbids or changes, but for ASCII, which is
// XEP-0106's (RFC 6122 appendix A).
func unfitLocalpart(r rune) bool {
	if r < 0x80 || unfitResource(r) {
		return r < ' ' || r >= 0x7f
	}
	return isRightToLeft(r) || foldsAway(r)
}

func foldsAway(r rune) bool {
	s := string(r)
	return cases.Fold().String(s) != s
}

// joins says whether r can become one with, or change places with, what is before.
func joins(r rune) bool {
	return !norm.NFKC.PropertiesString(string(r)).BoundaryBefore()
}

func isRightToLeft(r rune) bool {
	switch direction(r) {
	case bidi.R, bidi.AL:
		return true
	}
	return false
}

func direction(r rune) bidi.Class {
	p, _ := bidi.LookupRune(r)
	return p.Class()
}

// mixesDirections says whether s breaks the rule for text from right to left: it
// begins and ends with such a letter, and holds none of the other kind.
// RFC 3454 §6.
func mixesDirections(s string) bool {
	if strings.IndexFunc(s, isRightToLeft) < 0 {
		return false
	}
	first, _ := utf8.DecodeRuneInString(s)
	last, _ := utf8.DecodeLastRuneInString(s)
	leftToRight := func(r rune) bool { return direction(r) == bidi.L }
	return !isRightToLeft(first) || !isRightToLeft(last) || strings.ContainsFunc(s, leftToRight)
}
