package stanza

import (
	"strings"
	"unicode/utf8"
)

// What a byte may be.
const (
	plain     = 1 << iota // it stands for itself in text and in attributes
	nameStart             // it may start a name
	nameByte              // it may be in a name
	textByte              // it is written as it is in text
	attrByte              // it is written as it is in an attribute
)

// class is what each byte may be. Names are ASCII: no protocol of ours has others,
// and the editions of XML disagree about them.
var class = classes()

func classes() (class [256]uint8) {
	for c := range class {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', c == '_':
			class[c] = plain | nameStart | nameByte
		case '0' <= c && c <= '9', c == '-', c == '.':
			class[c] = plain | nameByte
		case ' ' <= c && c < utf8.RuneSelf && !strings.ContainsRune(`&<'"]`, rune(c)):
			class[c] = plain
		}
		if class[c]&plain != 0 && c != '>' || c == ']' {
			class[c] |= textByte | attrByte
		}
	}
	class['\n'] |= textByte
	return class
}

// isName says whether s is a name without a prefix.
func isName(s string) bool {
	if s == "" || class[s[0]]&nameStart == 0 {
		return false
	}
	for i := 1; i < len(s); i++ {
		if class[s[i]]&nameByte == 0 {
			return false
		}
	}
	return true
}

// isChar says whether XML can hold r. XML 1.0 §2.2.
func isChar(r rune) bool {
	switch {
	case r < ' ':
		return r == '\t' || r == '\n' || r == '\r'
	case r < 0xd800, 0xe000 <= r && r <= 0xfffd, 0x10000 <= r && r <= utf8.MaxRune:
		return true
	}
	return false
}

// at is the next byte; 0 if there is none.
func (p *parser) at() byte {
	if p.pos < len(p.text) {
		return p.text[p.pos]
	}
	return 0
}

// expect reads c, which must be next.
func (p *parser) expect(c byte) {
	if p.at() != c {
		p.broken("no " + string(rune(c)) + " where one must be")
		return
	}
	p.pos++
}

// blank reads white space, and says whether there was any.
func (p *parser) blank() bool {
	start := p.pos
	for p.pos < len(p.text) {
		switch p.text[p.pos] {
		case ' ', '\t', '\r', '\n':
			p.pos++
			continue
		}
		break
	}
	return p.pos > start
}

// name reads a name.
func (p *parser) name() (prefix, local string) {
	start, colon := p.pos, -1
	for p.pos < len(p.text) {
		c := p.text[p.pos]
		if c == ':' && colon < 0 {
			colon = p.pos
		} else if c >= utf8.RuneSelf || c == ':' {
			p.refuse(BadRequest, "name beyond ASCII or with two colons")
		} else if class[c]&nameByte == 0 {
			break
		}
		p.pos++
	}
	local = p.text[start:p.pos]
	if local == "" || class[local[0]]&nameStart == 0 && local[0] < utf8.RuneSelf && local[0] != ':' {
		p.broken("no name where one must be")
		return "", ""
	}
	if colon >= 0 {
		prefix, local = p.text[start:colon], p.text[colon+1:p.pos]
		if !isName(prefix) || !isName(local) {
			p.refuse(BadRequest, "malformed name")
		}
	}
	return prefix, local
}

// chars reads character data up to end: an attribute's up to its quote, text up to
// the next tag, over CDATA sections.
func (p *parser) chars(end byte) string {
	p.run, p.buf = p.pos, p.buf[:0]
	for {
		p.pos += plainPrefix(p.text[p.pos:])
		if p.pos == len(p.text) {
			return ""
		}
		c := p.text[p.pos]
		switch {
		case c == end && (c != '<' || !p.section()):
			if len(p.buf) == 0 {
				return p.text[p.run:p.pos]
			}
			p.flush(0)
			return string(p.buf)
		case c == end:
		case c >= utf8.RuneSelf:
			p.multibyte()
		default:
			p.special(c, end)
		}
	}
}

// plainPrefix is how many bytes of s stand for themselves.
func plainPrefix(s string) int {
	for i := range len(s) {
		if class[s[i]]&plain == 0 {
			return i
		}
	}
	return len(s)
}

// flush takes over what of the text comes before pos, and skips n bytes.
func (p *parser) flush(n int) {
	p.buf = append(p.buf, p.text[p.run:p.pos]...)
	p.pos += n
	p.run = p.pos
}

// multibyte reads a character beyond ASCII.
func (p *parser) multibyte() {
	r, n := utf8.DecodeRuneInString(p.text[p.pos:])
	if r == utf8.RuneError && n == 1 || !isChar(r) {
		p.refuse(BadRequest, "invalid UTF-8, or a character that XML forbids")
	}
	p.pos += n
}

// special reads a byte that is not plain. XML 1.0 §2.11 (line ends), §3.3.3 (white
// space in attributes).
func (p *parser) special(c, end byte) {
	text := end == '<'
	switch {
	case c == '&':
		p.flush(1)
		p.reference()
	case c == '\r':
		n := 1
		if strings.HasPrefix(p.text[p.pos:], "\r\n") {
			n = 2
		}
		p.flush(n)
		if text {
			p.buf = append(p.buf, '\n')
		} else {
			p.buf = append(p.buf, ' ')
		}
	case (c == '\n' || c == '\t') && !text:
		p.flush(1)
		p.buf = append(p.buf, ' ')
	case text && strings.HasPrefix(p.text[p.pos:], "]]>"):
		p.broken("]]> in text")
	case c == '<':
		p.broken("< in an attribute")
	default:
		if !isChar(rune(c)) {
			p.refuse(BadRequest, "a character that XML forbids")
		}
		p.pos++
	}
}

// section reads a CDATA section, if there is one.
func (p *parser) section() bool {
	const start, end = "<![CDATA[", "]]>"
	if !strings.HasPrefix(p.text[p.pos:], start) {
		return false
	}
	p.flush(len(start))
	n := strings.Index(p.text[p.pos:], end)
	if n < 0 {
		p.broken("CDATA section without an end")
		return true
	}
	for stop := p.pos + n; p.pos < stop; {
		switch c := p.text[p.pos]; {
		case c >= utf8.RuneSelf:
			p.multibyte()
		case c == '\r':
			p.special(c, '<')
		default:
			if !isChar(rune(c)) {
				p.refuse(BadRequest, "a character that XML forbids")
			}
			p.pos++
		}
	}
	p.flush(len(end))
	return true
}

// reference reads a reference behind its &. XML 1.0 §4.1; of the named ones XMPP
// has the five that XML defines. RFC 6120 §11.1.
func (p *parser) reference() {
	name, _, ok := strings.Cut(p.text[p.pos:], ";")
	if !ok {
		p.broken("reference without an end")
		return
	}
	var r rune
	switch name {
	case "amp":
		r = '&'
	case "lt":
		r = '<'
	case "gt":
		r = '>'
	case "apos":
		r = '\''
	case "quot":
		r = '"'
	default:
		if r, ok = number(name); !ok {
			p.broken("unknown entity")
			return
		}
		if !isChar(r) {
			p.refuse(BadRequest, "a character that XML forbids")
			r = utf8.RuneError
		}
	}
	p.buf = utf8.AppendRune(p.buf, r)
	p.pos += len(name) + 1
	p.run = p.pos
}

// number is the character that #65 or #x41 stands for; one that is none if the
// number is too large.
func number(s string) (r rune, ok bool) {
	digits, base := strings.TrimPrefix(s, "#"), rune(10)
	if digits == s {
		return 0, false
	}
	if hex, ok := strings.CutPrefix(digits, "x"); ok {
		digits, base = hex, 16
	}
	for _, c := range digits {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c && c <= 'f' && base == 16:
			c -= 'a' - 10
		case 'A' <= c && c <= 'F' && base == 16:
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = min(r*base+c, utf8.MaxRune+1)
	}
	return r, digits != ""
}
