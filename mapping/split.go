package mapping

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Split makes lines of a text: each at most budget bytes long (never less than a
// character has), at most limit of them (0: all). It breaks at the line breaks of
// the text, then between words, within a word only if it is too long for a line, and
// never within a character; nor within what reads as one (a letter with its accents,
// an emoji of several parts), unless that alone is too long.
//
// Blank lines are left out, for IRC has no empty message and each line costs time.
// So are the spaces at which a line is broken; else nothing is lost. rest says that
// the text goes on behind the last line.
func Split(text string, budget, limit int) (lines []string, rest bool) {
	budget = max(budget, utf8.UTFMax)
	for text != "" {
		line, after := cutLine(text)
		text = after
		for strings.TrimSpace(line) != "" {
			if limit > 0 && len(lines) == limit {
				return lines, true
			}
			var head string
			head, line = cutWords(line, budget)
			lines = append(lines, head)
		}
	}
	return lines, false
}

// cutLine takes the first line off a text. CR LF is one break.
func cutLine(text string) (line, rest string) {
	i := strings.IndexAny(text, "\r\n")
	if i < 0 {
		return text, ""
	}
	if strings.HasPrefix(text[i:], "\r\n") {
		return text[:i], text[i+2:]
	}
	return text[:i], text[i+1:]
}

// cutWords takes as many words as fit off a line, or a part of a long one. What is
// taken is not blank, as the line is not.
func cutWords(line string, budget int) (head, rest string) {
	if len(line) <= budget {
		return line, ""
	}
	if i := strings.LastIndexByte(line[:budget+1], ' '); i >= 0 {
		if head := strings.TrimRight(line[:i], " "); strings.TrimSpace(head) != "" {
			return head, strings.TrimLeft(line[i:], " ")
		}
	}
	if blank := len(line) - len(strings.TrimLeftFunc(line, unicode.IsSpace)); blank > 0 {
		return cutWords(line[blank:], budget) // an indent that leaves no room for the word
	}
	i := cutAt(line, budget)
	return line[:i], line[i:]
}

// maxParts bounds how far back cutAt looks for the beginning of what reads as one
// character.
const maxParts = 16

// cutAt is the last place up to n at which s may be cut.
func cutAt(s string, n int) int {
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	if n == 0 { // bytes that begin no character: no UTF-8
		_, size := utf8.DecodeRuneInString(s)
		return size
	}
	for i, parts := n, 0; i > 0 && parts < maxParts; parts++ {
		if startsCharacter(s, i) {
			return i
		}
		_, size := utf8.DecodeLastRuneInString(s[:i])
		i -= size
	}
	return n
}

// startsCharacter says, near enough to Unicode's annex 29, whether what reads as one
// character begins at i.
func startsCharacter(s string, i int) bool {
	next, _ := utf8.DecodeRuneInString(s[i:])
	last, _ := utf8.DecodeLastRuneInString(s[:i])
	const joiner = '\u200d'
	switch {
	case unicode.Is(unicode.M, next), next == joiner, last == joiner:
		return false
	case 0x1f3fb <= next && next <= 0x1f3ff: // tones of skin
		return false
	case 0xe0020 <= next && next <= 0xe007f: // tags of flags
		return false
	}
	return !isRegional(next) || flagLetters(s[:i])%2 == 0
}

// isRegional tells the letters two of which are a flag.
func isRegional(r rune) bool { return 0x1f1e6 <= r && r <= 0x1f1ff }

// flagLetters counts those at the end of s, as far as it matters.
func flagLetters(s string) (n int) {
	for n < 2*maxParts {
		r, size := utf8.DecodeLastRuneInString(s)
		if !isRegional(r) {
			return n
		}
		s = s[:len(s)-size]
		n++
	}
	return n
}
