package stanza

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"isthmus/xmppside/jid"
)

// What is written is well-formed whatever it is made of, because a server closes
// the stream, with all its users, for less. Characters that XML forbids become
// U+FFFD, elements and attributes whose names are none are left out.
//
// The content namespace is taken to be Accept: within another namespace, an element
// with the Space "" declares that.

// Append writes the stanza to b. The order of the header is fixed: from, to, id,
// type, xml:lang; what is empty is left out. A stanza without a kind is nothing.
func (s *Stanza) Append(b []byte) []byte {
	if s.Kind < Message || s.Kind > IQ {
		return b
	}
	b = AppendHead(b, s.Kind, s.Type, s.ID, s.From, s.To, s.Lang)
	if len(s.Children) == 0 {
		return append(b, "/>"...)
	}
	b = append(b, '>')
	b = s.AppendChildren(b)
	return appendEnd(b, "", s.Kind.String())
}

// AppendChildren writes what the stanza holds, to be used by AppendTo and
// AppendTail for as many recipients as there are.
func (s *Stanza) AppendChildren(b []byte) []byte {
	for _, e := range s.Children {
		b = e.append(b, "")
	}
	return b
}

// AppendTo writes the stanza with another recipient and with children that
// AppendChildren wrote.
func (s *Stanza) AppendTo(b []byte, to jid.JID, children []byte) []byte {
	if s.Kind < Message || s.Kind > IQ {
		return b
	}
	return AppendTail(AppendHead(b, s.Kind, s.Type, s.ID, s.From, to, s.Lang), s.Kind, children)
}

// AppendHead writes a start tag, all but its end, which AppendTail writes. The kind
// must be one of the three.
func AppendHead(b []byte, kind Kind, typ, id string, from, to jid.JID, lang string) []byte {
	b = append(b, '<')
	b = append(b, kind.String()...)
	b = appendAttr(b, " from='", from.String())
	b = appendAttr(b, " to='", to.String())
	b = appendAttr(b, " id='", id)
	b = appendAttr(b, " type='", typ)
	return appendAttr(b, " xml:lang='", lang)
}

// AppendTail ends the start tag that AppendHead began, and the stanza after the
// children that AppendChildren wrote.
func AppendTail(b []byte, kind Kind, children []byte) []byte {
	if len(children) == 0 {
		return append(b, "/>"...)
	}
	b = append(b, '>')
	b = append(b, children...)
	return appendEnd(b, "", kind.String())
}

func appendAttr(b []byte, start, value string) []byte {
	if value == "" {
		return b
	}
	b = append(b, start...)
	b = appendEscaped(b, value, true)
	return append(b, '\'')
}

func appendEnd(b []byte, prefix, name string) []byte {
	b = append(b, "</"...)
	b = append(b, prefix...)
	b = append(b, name...)
	return append(b, '>')
}

// Append writes the element to b as a child of a stanza.
func (e *Element) Append(b []byte) []byte { return e.append(b, "") }

// append writes the element where def is the default namespace.
func (e *Element) append(b []byte, def string) []byte {
	space := e.Space
	if space == Accept {
		space = ""
	}
	if !isName(e.Local) || space == xmlns {
		return b
	}
	prefix := ""
	if space == XML { // which only its prefix can say
		space, prefix = def, "xml:"
	}
	b = append(b, '<')
	b = append(b, prefix...)
	b = append(b, e.Local...)
	if space != def {
		b = append(b, " xmlns='"...)
		b = appendSpace(b, space)
		b = append(b, '\'')
	}
	b = e.appendAttrs(b)
	if len(e.Nodes) == 0 {
		return append(b, "/>"...)
	}
	b = append(b, '>')
	for _, n := range e.Nodes {
		if n.Element != nil {
			b = n.Element.append(b, space)
		} else {
			b = appendEscaped(b, n.Text, false)
		}
	}
	return appendEnd(b, prefix, e.Local)
}

func appendSpace(b []byte, space string) []byte {
	switch space {
	case "":
		return append(b, Accept...)
	case NoSpace:
		return b
	}
	return appendEscaped(b, space, true)
}

// appendAttrs writes the attributes in their order. Each in a namespace but XML's
// declares a prefix of its own: there are hardly any.
func (e *Element) appendAttrs(b []byte) []byte {
	declared := 0
	for i, a := range e.Attrs {
		if !a.valid() || e.repeats(i) {
			continue
		}
		b = append(b, ' ')
		switch a.Space {
		case "":
		case XML:
			b = append(b, "xml:"...)
		default:
			b = appendPrefix(append(b, "xmlns:"...), declared)
			b = append(b, "='"...)
			b = appendEscaped(b, a.Space, true)
			b = append(b, "' "...)
			b = append(appendPrefix(b, declared), ':')
			declared++
		}
		b = append(b, a.Name...)
		b = append(b, "='"...)
		b = appendEscaped(b, a.Value, true)
		b = append(b, '\'')
	}
	return b
}

func appendPrefix(b []byte, n int) []byte { return strconv.AppendInt(append(b, 'a'), int64(n), 10) }

// valid says whether the attribute can be written, and as itself: two namespaces
// with forbidden characters might become the same one.
func (a Attr) valid() bool {
	switch a.Space {
	case "":
		return isName(a.Name) && a.Name != "xmlns"
	case XML:
		return isName(a.Name)
	case xmlns:
		return false
	}
	for i, r := range a.Space {
		if !isChar(r) || r == utf8.RuneError && !strings.HasPrefix(a.Space[i:], "\ufffd") {
			return false
		}
	}
	return isName(a.Name)
}

// repeats says whether an attribute before that at i has its name.
func (e *Element) repeats(i int) bool {
	for _, a := range e.Attrs[:i] {
		if a.Name == e.Attrs[i].Name && a.Space == e.Attrs[i].Space {
			return true
		}
	}
	return false
}

// appendEscaped writes text, or an attribute's value. White space that reading
// would change is written as a reference.
func appendEscaped(b []byte, s string, attr bool) []byte {
	itself := uint8(textByte)
	if attr {
		itself = attrByte
	}
	run := 0
	for i := 0; i < len(s); {
		c := s[i]
		if class[c]&itself != 0 {
			i++
			continue
		}
		n, as := 1, ""
		switch c {
		case '&':
			as = "&amp;"
		case '<':
			as = "&lt;"
		case '>':
			as = "&gt;"
		case '\'':
			as = "&apos;"
		case '"':
			as = "&quot;"
		case '\t':
			as = "&#9;"
		case '\n':
			as = "&#10;"
		case '\r':
			as = "&#13;"
		default:
			var r rune
			r, n = utf8.DecodeRuneInString(s[i:])
			if isChar(r) && (r != utf8.RuneError || n > 1) {
				i += n
				continue
			}
			as = "\ufffd"
		}
		b = append(b, s[run:i]...)
		b = append(b, as...)
		i += n
		run = i
	}
	return append(b, s[run:]...)
}
