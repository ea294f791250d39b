package irc

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	ircv4 "gopkg.in/irc.v4"
)

// Limits of lines, in bytes.
const (
	// MaxLine is the longest line that ParseLine takes, tags, CR and LF included:
	// 8191 of tags (IRCv3 message-tags), and as much again for networks that raise
	// LINELEN.
	MaxLine = 16 << 10
	// MaxTags is how much tag data a client may send, without '@' and the space.
	// https://ircv3.net/specs/extensions/message-tags#size-limit
	MaxTags = 4094

	maxParams = 15 // RFC 2812 §2.3: a server would join what goes beyond
)

// What is wrong with a line. ErrUnsayable is what each [UnsayableError] is.
var (
	ErrTooLong   = errors.New("irc: line too long")
	ErrMalformed = errors.New("irc: malformed line")
	ErrUnsayable = errors.New("irc: cannot be said on IRC")
)

// An UnsayableError tells what cannot be said on IRC, and why not.
type UnsayableError struct {
	What string // "channel", "nick", "parameter", …
	Why  string // "is empty", "holds a line break", …
}

// Error says it for people, without quoting what was to be said.
func (e *UnsayableError) Error() string { return fmt.Sprintf("%s %s", e.What, e.Why) }

// Is makes each of them an [ErrUnsayable].
func (e *UnsayableError) Is(target error) bool { return target == ErrUnsayable }

// A Source is who sent a line: a server, or somebody as nick!user@host.
type Source struct{ Name, User, Host string }

// A Line is one IRC message (RFC 2812 §2.3.1, IRCv3 message-tags). Its strings are
// bytes as they came, see [Charset.DecodeLine].
type Line struct {
	Tags    map[string]string // decoded; nil if there are none
	Source  Source            // zero if the line names none
	Command string            // letters in upper case, or three digits
	Params  []string
}

// ParseLine reads a line, with or without its CR LF, and takes no more than
// [MaxLine] bytes ([ErrTooLong]). It is lenient about spaces and about how many
// parameters there are, and refuses ([ErrMalformed]) what has no command, or a CR
// or LF inside. It cannot panic.
//
// It is ours and not irc.v4's because that one panics on "@a ", and costs three
// times as much on the busiest path there is; irc.v4 decodes and encodes the values
// of tags, and the tests hold the two parsers against each other.
//
// The strings share their memory: whoever keeps a short one for long clones it.
func ParseLine(raw []byte) (Line, error) {
	if len(raw) > MaxLine {
		return Line{}, ErrTooLong
	}
	raw = bytes.TrimRight(raw, "\r\n")
	if bytes.IndexByte(raw, '\n') >= 0 || bytes.IndexByte(raw, '\r') >= 0 {
		return Line{}, ErrMalformed
	}
	var l Line
	rest := string(raw)
	if strings.HasPrefix(rest, "@") {
		var tags string
		tags, rest, _ = strings.Cut(rest[1:], " ")
		l.Tags = parseTags(tags)
		rest = strings.TrimLeft(rest, " ")
	}
	if strings.HasPrefix(rest, ":") {
		var source string
		source, rest, _ = strings.Cut(rest[1:], " ")
		l.Source = parseSource(source)
	}
	command, rest := nextWord(rest)
	if !isCommand(command) {
		return Line{}, ErrMalformed
	}
	l.Command = strings.ToUpper(command)
	l.Params = parseParams(rest)
	return l, nil
}

// parseTags keeps the last of tags that have one name, as message-tags demands.
func parseTags(s string) map[string]string {
	if s == "" {
		return nil
	}
	tags := make(map[string]string, strings.Count(s, ";")+1)
	for tag := range strings.SplitSeq(s, ";") {
		name, value, _ := strings.Cut(tag, "=")
		if name == "" {
			continue
		}
		if strings.IndexByte(value, '\\') >= 0 {
			value = ircv4.ParseTagValue(value)
		}
		tags[name] = value
	}
	return tags
}

func parseSource(s string) Source {
	name, host, _ := strings.Cut(s, "@")
	name, user, _ := strings.Cut(name, "!")
	return Source{Name: name, User: user, Host: host}
}

// nextWord cuts off a word, and the spaces before it.
func nextWord(s string) (word, rest string) {
	s = strings.TrimLeft(s, " ")
	if i := strings.IndexByte(s, ' '); i >= 0 {
		return s[:i], s[i:]
	}
	return s, ""
}

// parseParams reads parameters; each has a space before it.
func parseParams(s string) []string {
	var room [maxParams]string
	params := room[:0]
	for {
		s = strings.TrimLeft(s, " ")
		if s == "" {
			break
		}
		if s[0] == ':' {
			params = append(params, s[1:])
			break
		}
		var word string
		word, s = nextWord(s)
		params = append(params, word)
	}
	if len(params) == 0 {
		return nil
	}
	return slices.Clone(params)
}

// isCommand tells letters and digits: a server never sends, and we never say,
// anything else.
func isCommand(s string) bool {
	for i := range len(s) {
		if !isAlnum(s[i]) {
			return false
		}
	}
	return s != ""
}

func isAlnum(c byte) bool {
	return '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z'
}

// Param is the parameter of that index from 0, or "" if there is none.
func (l Line) Param(i int) string {
	if i < 0 || i >= len(l.Params) {
		return ""
	}
	return l.Params[i]
}

// Last is the last parameter, or "" if there is none.
func (l Line) Last() string { return l.Param(len(l.Params) - 1) }

// Numeric is the command as a number, or 0 if it is not three digits.
func (l Line) Numeric() int {
	if len(l.Command) != 3 {
		return 0
	}
	n := 0
	for i := range 3 {
		c := l.Command[i]
		if c < '0' || c > '9' {
			return 0
		}
		n = n*10 + int(c-'0')
	}
	return n
}

// Append prints the line with CR LF behind b. It is the only way out to the
// network, and says exactly the line that it is given or, b being unchanged, fails:
// with an [UnsayableError] where that would be another line, or several; with
// [ErrTooLong] beyond limit bytes (512, or the network's LINELEN; tags are not
// counted, but limited by [MaxTags]).
func (l Line) Append(b []byte, limit int) ([]byte, error) {
	out, err := appendTags(b, l.Tags)
	if err != nil {
		return b, err
	}
	start := len(out)
	if out, err = l.Source.append(out); err != nil {
		return b, err
	}
	if !isCommand(l.Command) {
		return b, &UnsayableError{"command", "is not letters or digits"}
	}
	out = append(out, l.Command...)
	if out, err = appendParams(out, l.Params); err != nil {
		return b, err
	}
	out = append(out, '\r', '\n')
	if len(out)-start > limit {
		return b, ErrTooLong
	}
	return out, nil
}

// appendTags prints tags in the order of their names, so that equal lines are equal
// bytes.
func appendTags(b []byte, tags map[string]string) ([]byte, error) {
	if len(tags) == 0 {
		return b, nil
	}
	start := len(b)
	sep := byte('@')
	for _, name := range slices.Sorted(maps.Keys(tags)) {
		if !isTagName(name) {
			return b, &UnsayableError{"tag", "has a name that is none"}
		}
		b = append(append(b, sep), name...)
		sep = ';'
		value := tags[name]
		if strings.IndexByte(value, 0) >= 0 || !utf8.ValidString(value) {
			return b, &UnsayableError{"tag", "holds NUL, or is not UTF-8"}
		}
		if strings.ContainsAny(value, "; \\\r\n") {
			value = ircv4.EncodeTagValue(value)
		}
		if value != "" {
			b = append(append(b, '='), value...)
		}
	}
	if len(b)-start-1 > MaxTags {
		return b, ErrTooLong
	}
	return append(b, ' '), nil
}

// isTagName tells [ '+' ] [ vendor '/' ] key, not caring where the slash is.
func isTagName(s string) bool {
	s = strings.TrimPrefix(s, "+")
	for i := range len(s) {
		if c := s[i]; !isAlnum(c) && c != '-' && c != '.' && c != '/' {
			return false
		}
	}
	return s != ""
}

func (s Source) append(b []byte) ([]byte, error) {
	if s == (Source{}) {
		return b, nil
	}
	b = append(b, ':')
	start := len(b)
	b = append(b, s.Name...)
	if s.User != "" {
		b = append(append(b, '!'), s.User...)
	}
	if s.Host != "" {
		b = append(append(b, '@'), s.Host...)
	}
	if text := string(b[start:]); parseSource(text) != s || strings.ContainsAny(text, " \r\n\x00") {
		return b, &UnsayableError{"source", "holds a space, a separator, a line break or NUL"}
	}
	return append(b, ' '), nil
}

func appendParams(b []byte, params []string) ([]byte, error) {
	if len(params) > maxParams {
		return b, &UnsayableError{"line", "has too many parameters"}
	}
	for i, p := range params {
		if strings.ContainsAny(p, "\r\n\x00") {
			return b, &UnsayableError{"parameter", "holds a line break or NUL"}
		}
		b = append(b, ' ')
		if p == "" || p[0] == ':' || strings.IndexByte(p, ' ') >= 0 {
			if i < len(params)-1 {
				return b, &UnsayableError{"parameter", "is empty, or holds a space or a leading colon"}
			}
			b = append(b, ':')
		}
		b = append(b, p...)
	}
	return b, nil
}
