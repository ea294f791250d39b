// Package stanza is XMPP's vocabulary on the wire: elements, the three stanzas,
// their errors, a reader with limits and a writer that cannot write what a server
// would close the stream for.
//
// The package does no IO of its own: Reader takes the buffered reader that it is
// given, Append appends to a slice. Elements belong to whoever holds them; nothing
// changes one that was handed on. It imports jid and nothing else of ours.
package stanza

import "isthmus/xmppside/jid"

// Kind tells the three stanzas apart.
type Kind uint8

// The three stanzas.
const (
	Message Kind = iota + 1
	Presence
	IQ
)

// String is the element's name.
func (k Kind) String() string {
	switch k {
	case Message:
		return "message"
	case Presence:
		return "presence"
	case IQ:
		return "iq"
	}
	return "none"
}

// A Stanza is a message, a presence or an IQ. RFC 6120 §8.
type Stanza struct {
	Kind     Kind
	Type     string // as it was sent; "" is none
	ID       string
	From, To jid.JID
	Lang     string
	Children []*Element
}

// Child is the first child of that name; nil if there is none. Children in the
// stream's own namespace have the space "".
func (s *Stanza) Child(space, local string) *Element { return find(s.Children, space, local) }

// Body is the text of <body/>; ok tells an empty one from none.
func (s *Stanza) Body() (text string, ok bool) { return childText(s.Children, "body") }

// Subject is the text of <subject/>; ok tells an empty one from none.
func (s *Stanza) Subject() (text string, ok bool) { return childText(s.Children, "subject") }

// Reply is an empty stanza of the same kind and id, back to the sender.
func (s *Stanza) Reply(typ string) *Stanza {
	return &Stanza{Kind: s.Kind, Type: typ, ID: s.ID, From: s.To, To: s.From}
}

// Refuse is the error stanza that answers s. What was sent is not repeated.
// RFC 6120 §8.3.1.
func (s *Stanza) Refuse(err *Error) *Stanza {
	r := s.Reply("error")
	r.Children = []*Element{err.Element()}
	return r
}

// Error is the <error/> of a stanza of type error; nil if there is none.
func (s *Stanza) Error() *Error {
	if e := s.Child("", "error"); e != nil {
		return ParseError(e)
	}
	return nil
}

func find(nodes []*Element, space, local string) *Element {
	for _, e := range nodes {
		if e.Local == local && e.Space == space {
			return e
		}
	}
	return nil
}

func childText(nodes []*Element, local string) (string, bool) {
	if e := find(nodes, "", local); e != nil {
		return e.Text(), true
	}
	return "", false
}
