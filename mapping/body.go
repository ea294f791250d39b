package mapping

import (
	"strings"

	"isthmus/ircside/irc"
)

// Outgoing makes text for IRC of the body of a message: "/me " at its beginning
// makes all of it an action (XEP-0245 §3.1), for a message is said in one way or the
// other ([irc.Say]). No control characters are left but line breaks, which [Split]
// takes out: what would be formatting, or begin a CTCP request, cannot be forged. What is
// meant to be formatting is put in by [Styled.Lines].
func Outgoing(body Styled) (kind irc.TextKind, text Styled) {
	text = body.clean()
	const act = "/me "
	if rest, ok := strings.CutPrefix(text.text, act); ok && strings.TrimSpace(rest) != "" {
		if text.IsPlain() {
			return irc.Action, Plain(rest)
		}
		return irc.Action, text.from(len(act))
	}
	return irc.Privmsg, text
}

// Line makes one line of a text, as a topic or a reason must be. Breaks become
// slashes.
func Line(text string) string {
	lines, _ := Split(clean(text), len(text)+1, 0)
	for i, line := range lines {
		lines[i] = strings.TrimSpace(line)
	}
	return strings.Join(lines, " / ")
}

// clean leaves line feeds as the only control characters. What separates lines in
// Unicode is one as well; a tabulator is a space.
func clean(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\r', r == 0x85, r == 0x2028, r == 0x2029:
			return '\n'
		case r == '\t':
			return ' '
		case isControl(r):
			return -1
		}
		return r
	}, s)
}
