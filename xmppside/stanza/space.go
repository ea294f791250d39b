package stanza

// xmlns is the namespace of the prefix xmlns, which nothing may declare.
const xmlns = "http://www.w3.org/2000/xmlns/"

// maxPrefixes is how many prefixes may be declared at a time.
const maxPrefixes = 64

// spaces are the prefixes that are declared, outer ones first. The content
// namespace is "" here, as in elements.
type spaces struct {
	content string
	list    []binding
}

type binding struct{ prefix, space string }

// close forgets what was declared since the list had n entries.
func (s *spaces) close(n int) {
	clear(s.list[n:])
	s.list = s.list[:n]
}

// find is what a prefix stands for.
func (s *spaces) find(prefix string) (string, bool) {
	for i := len(s.list) - 1; i >= 0; i-- {
		if s.list[i].prefix == prefix {
			return s.list[i].space, true
		}
	}
	switch prefix {
	case "xml":
		return XML, true
	case "stream":
		return Streams, true
	}
	return "", false
}

// declare takes in xmlns:prefix='value'. Namespaces in XML 1.0 §3.
func (p *parser) declare(f *frame, prefix, value string) {
	for _, b := range p.spaces.list[f.spaces:] {
		if b.prefix == prefix {
			p.refuse(BadRequest, "attribute twice")
		}
	}
	switch {
	case value == "", value == xmlns, prefix == "xmlns", (prefix == "xml") != (value == XML):
		p.refuse(BadRequest, "namespace that cannot be declared")
	case len(p.spaces.list) == maxPrefixes:
		p.refuse(PolicyViolation, "too many namespaces")
	default:
		if value == p.spaces.content {
			value = ""
		}
		p.spaces.list = append(p.spaces.list, binding{prefix, value})
	}
}

// defaultSpace is what xmlns='value' makes the default namespace.
func (p *parser) defaultSpace(value string) string {
	switch value {
	case "":
		return NoSpace
	case p.spaces.content:
		return ""
	case XML, xmlns:
		p.refuse(BadRequest, "namespace that cannot be declared")
	}
	return value
}

// space is the namespace of the element that f opens.
func (p *parser) space(f frame) string {
	if f.prefix == "" {
		return f.space
	}
	space, ok := p.spaces.find(f.prefix)
	if !ok {
		p.refuse(BadRequest, "prefix without a namespace")
	}
	return space
}

// attrSpace is the namespace of an attribute with that prefix. Without one it is in
// none, not in the default namespace, so "" cannot stand for the latter here.
func (p *parser) attrSpace(prefix string) string {
	if prefix == "" {
		return ""
	}
	space, ok := p.spaces.find(prefix)
	if !ok {
		p.refuse(BadRequest, "prefix without a namespace")
	}
	if space == "" {
		space = p.spaces.content
	}
	return space
}
