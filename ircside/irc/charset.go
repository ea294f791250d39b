package irc

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
)

// A Charset is how a network writes text, see [NewCharset]; the zero value knows
// UTF-8 alone.
type Charset struct {
	out  encoding.Encoding // nil: UTF-8
	fall encoding.Encoding // of what is no UTF-8
}

const (
	defaultEncoding = "utf-8"
	defaultFallback = "windows-1252"
)

// NewCharset makes a Charset from names as the WHATWG's Encoding standard has them.
// In encoding we write; "" is UTF-8. In fallback we read what is not UTF-8; "" is
// encoding, or windows-1252 if that is UTF-8.
//
// UTF-16 and ISO-2022-JP cannot be written: text in them may hold bytes that are
// separators to IRC.
func NewCharset(encoding, fallback string) (Charset, error) {
	if encoding == "" {
		encoding = defaultEncoding
	}
	out, err := htmlindex.Get(encoding)
	if err != nil {
		return Charset{}, fmt.Errorf("encoding %q: %w", encoding, err)
	}
	name, err := htmlindex.Name(out)
	if err != nil {
		return Charset{}, fmt.Errorf("encoding %q: %w", encoding, err)
	}
	switch name {
	case "utf-16le", "utf-16be", "iso-2022-jp", "replacement":
		return Charset{}, fmt.Errorf("encoding %q: IRC cannot carry it", encoding)
	case defaultEncoding:
		out = nil
	}
	if fallback == "" && out == nil {
		fallback = defaultFallback
	} else if fallback == "" {
		fallback = encoding
	}
	fall, err := htmlindex.Get(fallback)
	if err != nil {
		return Charset{}, fmt.Errorf("fallback encoding %q: %w", fallback, err)
	}
	return Charset{out, fall}, nil
}

// Decode reads text as UTF-8 if it is that, even if cut off inside its last
// character, which is dropped; else by the fallback. What it gives is valid UTF-8,
// control characters and all.
func (c Charset) Decode(b []byte) string { return c.text(string(b)) }

func (c Charset) text(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	if whole := s[:len(s)-cutTail(s)]; utf8.ValidString(whole) {
		return whole
	}
	return c.word(s)
}

// word decodes what is never cut off, so that two names do not become one.
func (c Charset) word(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	if c.fall != nil {
		if out, err := c.fall.NewDecoder().String(s); err == nil {
			s = out
		}
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}

// cutTail is how many bytes at the end are the beginning of a character. A lone
// 0xE9, or two such bytes, end many a word in Latin-1; so they count only if there is
// UTF-8 before them.
func cutTail(s string) int {
	for n := 1; n <= min(3, len(s)); n++ {
		tail := s[len(s)-n:]
		if !utf8.RuneStart(tail[0]) {
			continue
		}
		whole := s[:len(s)-n]
		if utf8.FullRuneInString(tail) || n < 3 && utf8.RuneCountInString(whole) == len(whole) {
			return 0
		}
		return n
	}
	return 0
}

// Encode writes text, with '?' for each character that the encoding lacks.
func (c Charset) Encode(s string) []byte {
	if c.out == nil || isASCII(s) {
		return []byte(s)
	}
	enc := c.out.NewEncoder()
	if b, err := enc.Bytes([]byte(s)); err == nil {
		return b
	}
	out := make([]byte, 0, len(s))
	for _, r := range s {
		enc.Reset()
		b, err := enc.Bytes(utf8.AppendRune(nil, r))
		if err != nil {
			b = []byte{'?'}
		}
		out = append(out, b...)
	}
	return out
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// DecodeLine decodes a line that came: each parameter for itself, because the name
// of a channel and what is said in it may differ, and only the last one may have been
// cut off. Tags are UTF-8 on every network.
func (c Charset) DecodeLine(l Line) Line {
	l.Source = Source{c.word(l.Source.Name), c.word(l.Source.User), c.word(l.Source.Host)}
	for i, p := range l.Params {
		switch {
		case utf8.ValidString(p):
		case i == len(l.Params)-1:
			l.Params[i] = c.text(p)
		default:
			l.Params[i] = c.word(p)
		}
	}
	for name, value := range l.Tags {
		if !utf8.ValidString(value) {
			l.Tags[name] = strings.ToValidUTF8(value, "\uFFFD")
		}
	}
	return l
}

// EncodeLine encodes a line that is to be sent; the one that it is given stays as it
// is.
func (c Charset) EncodeLine(l Line) Line {
	if c.out == nil {
		return l
	}
	l.Params = slices.Clone(l.Params)
	for i, p := range l.Params {
		l.Params[i] = string(c.Encode(p))
	}
	return l
}

// Lengthens says whether anything takes more bytes than in UTF-8, by which it is known how
// much goes into a line: as in GB18030, ISO-2022-JP and EUC-JP.
func (c Charset) Lengthens() bool {
	for r := rune(utf8.RuneSelf); r <= 0xffff; r++ {
		if utf8.ValidRune(r) && len(c.Encode(string(r))) > utf8.RuneLen(r) {
			return true
		}
	}
	return false
}
