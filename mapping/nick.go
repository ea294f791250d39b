package mapping

import (
	"hash/fnv"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"isthmus/ircside/irc"
)

const (
	shortNick = 9  // bytes that every network takes: RFC 2812 §1.2.1
	nickTries = 12 // so often another nick is tried
)

// FitNick is the nearest nick to what was asked for that a network takes: letters,
// digits and []\`_^{|}- (RFC 2812 §2.3.1), neither digit nor hyphen first, no longer
// than NICKLEN. Letters with accents lose them, other characters become an
// underscore, but for letters and digits of all scripts where the network folds
// those. What nothing is left of becomes "user" and digits.
func FitNick(asked string, s *irc.Support) string {
	takes := isNickASCII
	if s.CaseMapping == irc.Unicode {
		takes = func(r rune) bool { return isNickASCII(r) || r >= 0x80 && unicode.In(r, unicode.L, unicode.Nd) }
	}
	return cutNick(nickOf(asked, takes), s.NickLen)
}

// FirstNick is what to ask a network for that has not said yet what it takes: letters
// of all scripts, at any length.
func FirstNick(asked string) string {
	return FitNick(asked, &irc.Support{CaseMapping: irc.Unicode})
}

// nickOf makes a nick of whatever was asked for.
func nickOf(asked string, takes func(rune) bool) string {
	var b strings.Builder
	kept := false
	for _, r := range norm.NFC.String(asked) {
		if takes(r) {
			b.WriteRune(r)
			kept = true
			continue
		}
		letters := inASCII(r)
		kept = kept || letters != "_" && letters != ""
		b.WriteString(letters)
	}
	nick := b.String()
	switch {
	case !kept:
		return numbered(asked)
	case isDigit(nick[0]), nick[0] == '-':
		return "_" + nick
	}
	return nick
}

// numbered is a nick for what leaves none: always the same for the same.
func numbered(asked string) string {
	h := fnv.New32a()
	h.Write([]byte(asked))
	return "user" + strconv.Itoa(1000+int(h.Sum32()%9000))
}

func isNickASCII(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r != 0 && strings.ContainsRune("[]\\`_^{|}-", r)
}

// spelt are the letters that are no letter with an accent.
var spelt = map[rune]string{
	'ß': "ss", 'ẞ': "SS", 'æ': "ae", 'Æ': "AE", 'œ': "oe", 'Œ': "OE", 'ø': "o", 'Ø': "O", 'đ': "d", 'Đ': "D",
	'ð': "d", 'Ð': "D", 'ł': "l", 'Ł': "L", 'þ': "th", 'Þ': "Th", 'ı': "i", 'ħ': "h", 'Ħ': "H",
}

// inASCII is what stands for a character: letters and digits, nothing for an accent,
// an underscore for anything else.
func inASCII(r rune) string {
	if s, ok := spelt[r]; ok {
		return s
	}
	if unicode.Is(unicode.M, r) {
		return ""
	}
	var b strings.Builder
	for _, part := range norm.NFKD.String(string(r)) {
		switch {
		case isNickASCII(part):
			b.WriteRune(part)
		case !unicode.Is(unicode.M, part):
			return "_"
		}
	}
	if b.Len() == 0 {
		return "_"
	}
	return b.String()
}

// cutNick cuts a nick to n bytes; 0 is no limit.
func cutNick(nick string, n int) string {
	if n <= 0 || len(nick) <= n {
		return nick
	}
	for n > 1 && !utf8.RuneStart(nick[n]) {
		n--
	}
	return nick[:n]
}

// NickRetry is what to try next after the network refused us for the attempt-th time
// (from 1), now by this numeric; "" when it is enough. Before 001 nobody tells
// NICKLEN, so a nick is tried at its full length first.
//
// A nick that is not taken (432) is tried in ASCII, then cut to what every network
// takes, then with a number, last as "user". One that is in use (433, 436, 437) gets
// underscores, then a number.
func NickRetry(asked string, attempt, numeric int, s *irc.Support) string {
	if attempt > nickTries {
		return ""
	}
	nick, limit := nickOf(asked, isNickASCII), s.NickLen
	if limit == 0 {
		limit = shortNick
	}
	switch numeric {
	case 433, 436, 437:
		if attempt <= 2 {
			return withTail(nick, strings.Repeat("_", attempt), s.NickLen)
		}
		return withTail(nick, strconv.Itoa(attempt), limit)
	}
	var better []string
	for _, n := range []string{cutNick(nick, s.NickLen), cutNick(nick, limit)} {
		if n != FirstNick(asked) && !slices.Contains(better, n) {
			better = append(better, n)
		}
	}
	if attempt <= len(better) {
		return better[attempt-1]
	}
	if attempt > nickTries/2 { // it is the word that the network dislikes
		nick = numbered(asked)
	}
	return withTail(nick, strconv.Itoa(attempt), limit)
}

// withTail puts tail behind as much of a nick as leaves room for it.
func withTail(nick, tail string, limit int) string {
	if limit > 0 {
		nick = cutNick(nick, max(1, limit-len(tail)))
	}
	return nick + tail
}
