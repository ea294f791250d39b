package stanza

// A parser turns the text of one stanza, whose bounds the scanner found, into
// elements. They come out of a few slices that the scanner's counts size, and their
// strings are parts of the text wherever nothing in them was escaped.
//
// What breaks XML itself is fatal. What only this stanza may not have is noted in
// refusal, and parsing goes on: the rest may yet be fatal, and the header is wanted.
type parser struct {
	text    string
	pos     int
	fatal   *SyntaxError
	refusal *Error

	spaces spaces
	open   []frame
	raw    []rawAttr // of the tag at hand
	nodes  []Node    // of all open elements, the innermost's last
	run    int       // what of the value at hand is not in buf starts here
	buf    []byte    // the value at hand, as far as it differs from the text

	children []*Element
	elements []Element
	attrs    []Attr
	done     []Node
}

// A frame is an open element. The root has no el.
type frame struct {
	el            *Element
	prefix, local string
	space         string // the default namespace within
	spaces        int    // where its prefixes start
	nodes         int    // where its nodes start
}

// A rawAttr is an attribute before its prefix is resolved.
type rawAttr struct{ prefix, name, value string }

// A head is what the root's start tag says.
type head struct {
	space, local            string
	typ, id, from, to, lang string
	hasFrom, hasTo          bool
}

// reset starts on another stanza.
func (p *parser) reset(text string, s *scanner) {
	p.text, p.pos, p.fatal, p.refusal = text, 0, nil, nil
	if s.refusal != nil {
		return
	}
	p.children = make([]*Element, 0, s.children)
	p.elements = make([]Element, 0, s.elements-1)
	p.attrs = make([]Attr, 0, s.attrs)
	p.done = make([]Node, 0, s.nodes)
}

// release forgets the stanza, lest the parser keep its memory alive.
func (p *parser) release() {
	clear(p.open[:cap(p.open)])
	clear(p.raw[:cap(p.raw)])
	clear(p.nodes)
	p.open, p.raw, p.nodes = p.open[:0], p.raw[:0], p.nodes[:0]
	p.spaces.close(0)
	p.text, p.children, p.elements, p.attrs, p.done = "", nil, nil, nil, nil
}

// broken notes that the text is not XML; the first reason stays. It ends parsing.
func (p *parser) broken(reason string) {
	if p.fatal == nil {
		p.fatal = &SyntaxError{reason}
	}
	p.pos = len(p.text)
}

// refuse notes that this stanza will not do; the first reason stays.
func (p *parser) refuse(c Condition, text string) {
	if p.refusal == nil {
		p.refusal = &Error{Type: Modify, Condition: c, Text: text}
	}
}

// root reads the stanza's start tag and opens it, unless it is empty.
func (p *parser) root() head {
	f, empty := p.startTag()
	h := head{space: p.space(f), local: f.local}
	for _, a := range p.raw {
		switch {
		case a.prefix != "":
			if p.attrSpace(a.prefix) == XML && a.name == "lang" {
				h.lang = a.value
			}
		case a.name == "from":
			h.from, h.hasFrom = a.value, true
		case a.name == "to":
			h.to, h.hasTo = a.value, true
		case a.name == "id":
			h.id = a.value
		case a.name == "type":
			h.typ = a.value
		}
	}
	if !empty {
		p.open = append(p.open, f)
	}
	return h
}

// content reads what the root holds, and its end tag.
func (p *parser) content() []*Element {
	for len(p.open) > 0 && p.fatal == nil {
		if text := p.chars('<'); text != "" && len(p.open) > 1 {
			p.nodes = append(p.nodes, Node{Text: text})
		}
		switch {
		case p.pos+1 >= len(p.text):
			p.broken("stanza cut short")
		case p.text[p.pos+1] == '/':
			p.endTag()
		default:
			p.element()
		}
	}
	if p.pos != len(p.text) {
		p.broken("stanza goes on after its end tag")
	}
	return p.children
}

// element reads a start tag, and opens its element, unless that is empty.
func (p *parser) element() {
	f, empty := p.startTag()
	p.elements = append(p.elements, Element{Space: p.space(f), Local: f.local, Attrs: p.resolve()})
	f.el = &p.elements[len(p.elements)-1]
	if len(p.open) == 1 {
		p.children = append(p.children, f.el)
	} else {
		p.nodes = append(p.nodes, Node{Element: f.el})
	}
	if empty {
		p.spaces.close(f.spaces)
		return
	}
	f.nodes = len(p.nodes)
	p.open = append(p.open, f)
}

// endTag reads an end tag and closes the innermost element.
func (p *parser) endTag() {
	p.pos += len("</")
	f := &p.open[len(p.open)-1]
	if prefix, local := p.name(); prefix != f.prefix || local != f.local {
		p.broken("end tag of another element")
	}
	p.blank()
	p.expect('>')
	if nodes := p.nodes[f.nodes:]; f.el != nil && len(nodes) > 0 {
		n := len(p.done)
		p.done = append(p.done, nodes...)
		f.el.Nodes = p.done[n:len(p.done):len(p.done)]
		clear(nodes)
		p.nodes = p.nodes[:f.nodes]
	}
	p.spaces.close(f.spaces)
	p.open = p.open[:len(p.open)-1]
}

// startTag reads a start tag, its attributes into raw.
func (p *parser) startTag() (f frame, empty bool) {
	p.expect('<')
	f.spaces = len(p.spaces.list)
	if n := len(p.open); n > 0 {
		f.space = p.open[n-1].space
	}
	p.raw = p.raw[:0]
	f.prefix, f.local = p.name()
	declared := false
	for p.fatal == nil {
		blank := p.blank()
		switch c := p.at(); {
		case c == '>':
			p.pos++
			return f, false
		case c == '/':
			p.pos++
			p.expect('>')
			return f, true
		case !blank:
			p.broken("no space before an attribute")
		default:
			p.attr(&f, &declared)
		}
	}
	return f, true
}

// attr reads an attribute of f; declared is whether f has a default namespace of
// its own.
func (p *parser) attr(f *frame, declared *bool) {
	prefix, name := p.name()
	p.blank()
	p.expect('=')
	p.blank()
	quote := p.at()
	if quote != '"' && quote != '\'' {
		p.broken("attribute without quotes")
		return
	}
	p.pos++
	value := p.chars(quote)
	p.expect(quote)
	switch {
	case prefix == "xmlns":
		p.declare(f, name, value)
		return
	case prefix == "" && name == "xmlns":
		if *declared {
			p.refuse(BadRequest, "attribute twice")
		}
		*declared = true
		f.space = p.defaultSpace(value)
		return
	}
	for _, a := range p.raw {
		if a.name == name && a.prefix == prefix {
			p.refuse(BadRequest, "attribute twice")
		}
	}
	p.raw = append(p.raw, rawAttr{prefix, name, value})
}

// resolve makes the attributes in raw an element's.
func (p *parser) resolve() []Attr {
	if len(p.raw) == 0 {
		return nil
	}
	n := len(p.attrs)
	for _, raw := range p.raw {
		a := Attr{Name: raw.name, Value: raw.value}
		if raw.prefix != "" {
			a.Space = p.attrSpace(raw.prefix)
			for _, other := range p.attrs[n:] {
				if other.Name == a.Name && other.Space == a.Space {
					p.refuse(BadRequest, "attribute twice")
				}
			}
		}
		p.attrs = append(p.attrs, a)
	}
	return p.attrs[n:len(p.attrs):len(p.attrs)]
}
