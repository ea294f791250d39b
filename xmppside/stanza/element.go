package stanza

import "strings"

// An Element is an XML element. Those in the stream's own namespace
// (jabber:component:accept, jabber:client) have the Space "", those in no
// namespace at all have NoSpace.
//
// The strings of a stanza that was read share its memory: who keeps one for long
// clones it.
type Element struct {
	Space, Local string
	Attrs        []Attr
	Nodes        []Node
}

// An Attr is an attribute; Space is "" but for xml:lang and its like.
type Attr struct{ Space, Name, Value string }

// Namespaces that mean something to the reader and the writer.
const (
	XML     = "http://www.w3.org/XML/1998/namespace" // of the prefix xml
	Streams = "http://etherx.jabber.org/streams"     // of the prefix stream
	Accept  = "jabber:component:accept"              // a component's stream. XEP-0114 §3
	Client  = "jabber:client"                        // a client's stream
	NoSpace = "\x00"                                 // xmlns='': no XML can hold this string
)

// A Node is an element or, without one, text.
type Node struct {
	Element *Element
	Text    string
}

// E makes an element of children; nil children are left out.
func E(space, local string, children ...*Element) *Element {
	return (&Element{Space: space, Local: local}).Add(children...)
}

// T makes an element of text.
func T(space, local, text string) *Element {
	if text == "" {
		return &Element{Space: space, Local: local}
	}
	e := &struct { // one piece of memory: each message has one
		Element
		node [1]Node
	}{Element{Space: space, Local: local}, [1]Node{{Text: text}}}
	e.Nodes = e.node[:]
	return &e.Element
}

// Body is what a message of words alone holds.
func Body(text string) []*Element {
	all := &struct { // one piece of memory: each message has one
		list [1]*Element
		body Element
		node [1]Node
	}{body: Element{Local: "body"}, node: [1]Node{{Text: text}}}
	all.list[0] = &all.body
	all.body.Nodes = all.node[:]
	return all.list[:]
}

// Set adds an attribute, unless its value is empty, and returns e. For elements
// that are being made.
func (e *Element) Set(name, value string) *Element {
	if value != "" {
		e.Attrs = append(e.Attrs, Attr{Name: name, Value: value})
	}
	return e
}

// SetLang adds xml:lang, unless it is empty, and returns e. For elements that are
// being made.
func (e *Element) SetLang(lang string) *Element {
	if lang != "" {
		e.Attrs = append(e.Attrs, Attr{Space: XML, Name: "lang", Value: lang})
	}
	return e
}

// Add adds children and returns e. For elements that are being made.
func (e *Element) Add(children ...*Element) *Element {
	for _, c := range children {
		if c != nil {
			e.Nodes = append(e.Nodes, Node{Element: c})
		}
	}
	return e
}

// Attr is the value of an attribute; "" if there is none, or no e.
func (e *Element) Attr(name string) string { return e.attr("", name) }

// Lang is xml:lang; "" if there is none, or no e.
func (e *Element) Lang() string { return e.attr(XML, "lang") }

func (e *Element) attr(space, name string) string {
	if e == nil {
		return ""
	}
	for _, a := range e.Attrs {
		if a.Name == name && a.Space == space {
			return a.Value
		}
	}
	return ""
}

// Child is the first child of that name; nil if there is none, or no e.
func (e *Element) Child(space, local string) *Element {
	if e == nil {
		return nil
	}
	for _, n := range e.Nodes {
		if n.Element != nil && n.Element.Local == local && n.Element.Space == space {
			return n.Element
		}
	}
	return nil
}

// Children are all child elements, in order; none if there is no e.
func (e *Element) Children() []*Element {
	if e == nil {
		return nil
	}
	var out []*Element
	for _, n := range e.Nodes {
		if n.Element != nil {
			out = append(out, n.Element)
		}
	}
	return out
}

// Text is the element's own text, without that of its children.
func (e *Element) Text() string {
	if e == nil {
		return ""
	}
	if len(e.Nodes) == 1 && e.Nodes[0].Element == nil {
		return e.Nodes[0].Text
	}
	var text strings.Builder
	for _, n := range e.Nodes {
		if n.Element == nil {
			text.WriteString(n.Text)
		}
	}
	return text.String()
}
