package stanza

import (
	"bufio"
	"hash/maphash"
	"io"
	"strings"

	"isthmus/xmppside/jid"
)

// Limits bound what one stanza may cost. A limit that is not positive is that of
// DefaultLimits.
type Limits struct {
	Bytes    int // of the stanza as it was sent
	Depth    int // of elements within each other, the stanza itself included
	Attrs    int // of one element, namespace declarations included
	Elements int // in one stanza, itself included
}

// DefaultLimits are above what servers pass on from honest clients.
var DefaultLimits = Limits{Bytes: 512 << 10, Depth: 32, Attrs: 64, Elements: 4096}

// A SyntaxError is XML that is not well-formed; where the next stanza starts is
// unknown, so it ends the stream.
type SyntaxError struct{ Reason string }

// Error says it for a log.
func (e *SyntaxError) Error() string { return "malformed XML: " + e.Reason }

// A StreamError is why the server is about to close the stream. RFC 6120 §4.9.
type StreamError struct {
	Condition string // its element's name, as "conflict"; RFC 6120 §4.9.3
	Text      string
}

// Error says it for a log.
func (e *StreamError) Error() string { return "stream error: " + e.Condition + ": " + e.Text }

// A Refused is a stanza that was skipped. The stream goes on after it.
type Refused struct {
	// Stanza is its header as far as it could be read. Kind is 0 if it is none
	// of the three; addresses that are none, or missing, are zero.
	Stanza *Stanza
	Err    *Error // what to answer, if the stanza is one to be answered
}

// Error says it for a log.
func (e *Refused) Error() string { return "stanza refused: " + e.Err.Error() }

// Unwrap is the stanza error.
func (e *Refused) Unwrap() error { return e.Err }

// A Reader reads the stanzas of an open stream. It belongs to one goroutine, and
// keeps no more than Limits.Bytes of a stanza, however long that is.
type Reader struct {
	scan  scanner
	parse parser
	both  bool // addresses are required
	err   error
	known jidCache
}

// NewReader reads from r what follows the stream header, in which content is the
// default namespace (Accept, Client) and the prefix stream is Streams.
func NewReader(r *bufio.Reader, content string, l Limits) *Reader {
	or := func(n, other int) int {
		if n > 0 {
			return n
		}
		return other
	}
	return &Reader{
		scan: scanner{src: r, limits: Limits{
			Bytes:    or(l.Bytes, DefaultLimits.Bytes),
			Depth:    or(l.Depth, DefaultLimits.Depth),
			Attrs:    or(l.Attrs, DefaultLimits.Attrs),
			Elements: or(l.Elements, DefaultLimits.Elements),
		}},
		parse: parser{spaces: spaces{content: content}},
		both:  content == Accept,
		known: jidCache{seed: maphash.MakeSeed()},
	}
}

// Next is the next stanza. It waits for as long as the source does, and returns as
// soon as the stanza's last byte is there. Text directly in the stanza and its
// attributes beyond the five known ones are dropped.
//
// A *Refused costs that stanza only: too large, deep or rich; holding a comment, a
// processing instruction, a character that XML forbids, invalid UTF-8 or a name
// without a namespace; of unknown kind; with an address that is none, or on a
// component's stream without one. Every other error is the stream's end and stays:
// io.EOF once the peer has closed the stream, io.ErrUnexpectedEOF when it left
// without that, *StreamError, *SyntaxError, or what the source said.
func (r *Reader) Next() (*Stanza, error) {
	if r.err != nil {
		return nil, r.err
	}
	s, err := r.next()
	if _, ok := err.(*Refused); !ok {
		r.err = err
	}
	return s, err
}

func (r *Reader) next() (*Stanza, error) {
	if err := r.scan.next(); err != nil {
		return nil, err
	}
	text := string(r.scan.buf)
	if r.scan.depth < 0 {
		if name, ok := strings.CutPrefix(text, "</stream:stream"); ok && strings.Trim(name, " \t\r\n") == ">" {
			return nil, io.EOF
		}
		return nil, &SyntaxError{"unexpected end tag"}
	}
	r.parse.reset(text, &r.scan)
	defer r.parse.release()
	h := r.parse.root()
	var children []*Element
	if r.scan.refusal == nil {
		children = r.parse.content()
	}
	switch {
	case r.parse.fatal != nil && !r.scan.lost:
		return nil, r.parse.fatal
	case h.space == Streams && h.local == "error":
		return nil, streamError(children)
	}
	s, err := r.stanza(h)
	s.Children = children
	switch {
	case r.scan.refusal != nil:
		err = r.scan.refusal
	case r.parse.refusal != nil:
		err = r.parse.refusal
	}
	if err != nil {
		s.Children = nil
		return nil, &Refused{s, err}
	}
	return s, nil
}

// stanza makes the header, and says what is wrong with it.
func (r *Reader) stanza(h head) (*Stanza, *Error) {
	s := &Stanza{Type: h.typ, ID: h.id, Lang: h.lang}
	for k := Message; k <= IQ && h.space == ""; k++ {
		if k.String() == h.local {
			s.Kind = k
		}
	}
	var fromErr, toErr error
	if h.hasFrom {
		s.From, fromErr = r.known.parse(h.from)
	}
	if h.hasTo {
		s.To, toErr = r.known.parse(h.to)
	}
	switch {
	case s.Kind == 0:
		return s, &Error{Type: Cancel, Condition: FeatureNotImplemented, Text: "neither message, presence nor iq"}
	case fromErr != nil:
		return s, &Error{Type: Modify, Condition: JIDMalformed, Text: "The address of the sender is malformed.", Said: fromErr.Error()}
	case toErr != nil:
		return s, &Error{Type: Modify, Condition: JIDMalformed, Text: "The address of the recipient is malformed.", Said: toErr.Error()}
	case r.both && !(h.hasFrom && h.hasTo):
		return s, &Error{Type: Modify, Condition: BadRequest, Text: "no from or no to"}
	}
	return s, nil
}

// streamError reads what a <stream:error/> holds.
func streamError(children []*Element) *StreamError {
	const space = "urn:ietf:params:xml:ns:xmpp-streams"
	e := &StreamError{Condition: string(UndefinedCondition)}
	for _, c := range children {
		switch {
		case c.Space != space:
		case c.Local == "text":
			e.Text = c.Text()
		default:
			e.Condition = c.Local
		}
	}
	return e
}

// A jidCache remembers the addresses that came last: most of a stream's are among
// few. Its size is fixed, and a stranger cannot choose whom they displace.
type jidCache struct {
	seed maphash.Seed
	jids [256]jid.JID
}

// parse is jid.Parse. What it returns shares no memory with s.
func (c *jidCache) parse(s string) (jid.JID, error) {
	slot := &c.jids[maphash.String(c.seed, s)%uint64(len(c.jids))]
	if s != "" && slot.String() == s {
		return *slot, nil
	}
	j, err := jid.Parse(strings.Clone(s))
	if err == nil {
		*slot = j
	}
	return j, err
}
