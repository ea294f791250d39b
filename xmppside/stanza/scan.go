package stanza

import (
	"bufio"
	"bytes"
	"io"
	"unicode/utf8"
)

// A scanner finds where a stanza ends, and counts what is in it, so that the
// parser has it whole and knows how much to allocate. It looks at each byte once
// and keeps none of a stanza that it refuses but the start tag.
type scanner struct {
	src    *bufio.Reader
	limits Limits
	buf    []byte
	state  scanState
	tally

	refusal *Error // why the stanza is only skipped
	broken  string // why the stream is
}

// tally is what the scanner knows of the stanza at hand.
type tally struct {
	depth    int    // of open elements; -1: the stream was closed
	size     int    // bytes so far
	head     int    // bytes of the start tag; 0: it has not ended
	lost     bool   // not even the start tag was kept
	quote    byte   // that ends the attribute's value
	mark     string // what must follow <!, or the last byte before > that ends a section
	tail     int    // how many such bytes were seen
	need     int    // and how many it takes
	written  bool   // there was text since the last tag
	tagAttrs int    // attributes of the tag at hand

	elements, children, nodes, attrs int
}

// A scanState is where in the XML the scanner stands.
type scanState uint8

const (
	inText     scanState = iota
	afterLess            // <
	inTag                // <name …
	inValue              // <name attr='…
	afterSlash           // <name /
	inEndTag             // </…
	inMark               // <!…
	inSection            // a CDATA section, a comment, a processing instruction
	atEnd
)

// idleBuffer is how much room is kept from one stanza to the next, in bytes.
const idleBuffer = 128 << 10

// next reads the next stanza, or the stream's end tag, into buf.
func (s *scanner) next() error {
	if cap(s.buf) > idleBuffer {
		s.buf = nil
	}
	s.buf, s.state, s.tally, s.refusal = s.buf[:0], inText, tally{}, nil
	if err := s.skipSpace(); err != nil {
		return err
	}
	for s.state != atEnd {
		p, err := s.peek()
		if err != nil {
			return err
		}
		n := s.step(p)
		s.keep(p[:n])
		if _, err := s.src.Discard(n); err != nil {
			return err
		}
		if s.broken != "" {
			return &SyntaxError{s.broken}
		}
	}
	return nil
}

// peek is what has come and was not read yet; at least one byte.
func (s *scanner) peek() ([]byte, error) {
	if _, err := s.src.Peek(1); err == io.EOF {
		return nil, io.ErrUnexpectedEOF
	} else if err != nil {
		return nil, err
	}
	return s.src.Peek(s.src.Buffered())
}

// skipSpace reads up to the next < between stanzas.
func (s *scanner) skipSpace() error {
	for {
		p, err := s.peek()
		if err != nil {
			return err
		}
		rest := bytes.TrimLeft(p, " \t\r\n")
		if _, err := s.src.Discard(len(p) - len(rest)); err != nil {
			return err
		}
		if len(rest) == 0 {
			continue
		}
		if rest[0] != '<' {
			return &SyntaxError{"text between stanzas"}
		}
		return nil
	}
}

// keep takes in the bytes that were scanned last.
func (s *scanner) keep(p []byte) {
	before := s.size
	s.size += len(p)
	if s.size > s.limits.Bytes {
		s.refuse(PolicyViolation, "stanza too large")
	}
	end := s.size
	if s.refusal != nil && s.head > 0 {
		end = min(end, s.head)
	}
	switch {
	case s.lost:
	case end > s.limits.Bytes:
		s.buf, s.lost = s.buf[:0], true
	case end > before:
		s.buf = append(s.buf, p[:end-before]...)
	default:
		s.buf = s.buf[:end]
	}
}

// refuse makes the stanza one that is skipped; the first reason stays.
func (s *scanner) refuse(c Condition, text string) {
	if s.refusal == nil {
		s.refusal = &Error{Type: Modify, Condition: c, Text: text}
	}
}

// step looks at p up to the stanza's end and says how far it came.
func (s *scanner) step(p []byte) int {
	i := 0
	for i < len(p) && s.state != atEnd && s.broken == "" {
		switch s.state {
		case inText:
			i += s.text(p[i:])
		case afterLess:
			i += s.less(p[i])
		case inTag:
			i += s.tag(p[i:])
			if s.depth == 1 && s.head == 0 && s.state == inText {
				s.head = s.size + i
			}
		case inValue:
			i += s.value(p[i:])
		case afterSlash:
			i += s.slash(p[i])
			if s.state == atEnd {
				s.head = s.size + i
			}
		case inEndTag:
			i += s.endTag(p[i:])
		case inMark:
			i += s.marked(p[i])
		case inSection:
			i += s.section(p[i:])
		}
	}
	return i
}

func (s *scanner) text(p []byte) int {
	n := bytes.IndexByte(p, '<')
	if n != 0 {
		s.written = true
	}
	if n < 0 {
		return len(p)
	}
	s.state = afterLess
	return n + 1
}

func (s *scanner) less(c byte) int {
	switch {
	case s.depth == 0 && (c == '!' || c == '?'):
		s.broken = "comment, processing instruction or DTD between stanzas"
		return 1
	case c == '!':
		s.state, s.mark = inMark, ""
		return 1
	case c == '?':
		s.refuse(BadRequest, "processing instruction")
		s.state, s.mark, s.need, s.tail = inSection, "?", 1, 0
		return 1
	}
	if s.written && s.depth > 1 {
		s.nodes++
	}
	s.written = false
	if c == '/' {
		s.state = inEndTag
		s.depth--
		return 1
	}
	s.startTag(c)
	return 0
}

// startTag begins with the first byte of the name.
func (s *scanner) startTag(c byte) {
	if class[c]&nameStart == 0 && c != ':' && c < utf8.RuneSelf {
		s.broken = "no name where one must be"
	}
	s.state, s.tagAttrs = inTag, 0
	s.elements++
	switch s.depth++; s.depth {
	case 1:
	case 2:
		s.children++
	default:
		s.nodes++
	}
	if s.depth > s.limits.Depth {
		s.refuse(PolicyViolation, "elements nested too deeply")
	}
	if s.elements > s.limits.Elements {
		s.refuse(PolicyViolation, "too many elements")
	}
}

func (s *scanner) tag(p []byte) int {
	for i, c := range p {
		switch c {
		case '>':
			s.state = inText
		case '/':
			s.state = afterSlash
		case '\'', '"':
			s.state, s.quote = inValue, c
			if s.tagAttrs++; s.tagAttrs > s.limits.Attrs {
				s.refuse(PolicyViolation, "too many attributes")
			}
			if s.depth > 1 && !bytes.HasSuffix(p[:i], []byte("xmlns=")) {
				s.attrs++ // an estimate: more may turn out to be declarations, or fewer
			}
		case '<':
			s.broken = "< in a tag"
		default:
			continue
		}
		return i + 1
	}
	return len(p)
}

func (s *scanner) value(p []byte) int {
	n := bytes.IndexByte(p, s.quote)
	if n < 0 {
		n = len(p)
	} else {
		s.state = inTag
	}
	if bytes.IndexByte(p[:n], '<') >= 0 {
		s.broken = "< in an attribute"
	}
	return min(n+1, len(p))
}

func (s *scanner) slash(c byte) int {
	if c != '>' {
		s.broken = "/ in a tag"
	}
	s.depth--
	s.endOf()
	return 1
}

func (s *scanner) endTag(p []byte) int {
	n := bytes.IndexByte(p, '>')
	if n < 0 {
		n = len(p)
	} else {
		s.endOf()
	}
	if bytes.IndexByte(p[:n], '<') >= 0 {
		s.broken = "< in an end tag"
	}
	return min(n+1, len(p))
}

// endOf comes after the end of an element.
func (s *scanner) endOf() {
	s.state = inText
	if s.depth <= 0 {
		s.state = atEnd
	}
}

// marked takes what follows <! by the byte.
func (s *scanner) marked(c byte) int {
	if s.mark == "" {
		s.tail, s.mark = 0, "--"
		if c == '[' {
			s.mark = "[CDATA["
		}
	}
	if s.mark[s.tail] != c {
		s.broken = "DTD in a stanza"
		return 1
	}
	if s.tail++; s.tail < len(s.mark) {
		return 1
	}
	if s.mark == "--" {
		s.refuse(BadRequest, "comment")
		s.mark = "-"
	} else {
		s.mark = "]"
		s.written = true
	}
	s.state, s.tail, s.need = inSection, 0, 2
	return 1
}

func (s *scanner) section(p []byte) int {
	for i, c := range p {
		switch {
		case c == s.mark[0]:
			s.tail++
		case c == '>' && s.tail >= s.need:
			s.state = inText
			return i + 1
		default:
			s.tail = 0
		}
	}
	return len(p)
}
