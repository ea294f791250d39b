package stanza

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
)

// FuzzRead: no panic; the limits hold; what is accepted is the tree that
// encoding/xml sees, and is the same once written and read again; a stanza that
// is refused does not hide the next one.
func FuzzRead(f *testing.F) {
	for _, s := range []string{
		benchMessage, benchPresence, in("<a xmlns='u' xmlns:p='v' p:x='1'>1<p:b/>&lt;&#65;<![CDATA[<]]><c xmlns=''/></a>\r\n"),
		in("<!-- -->") + in(""), in("<?x?>") + in(""), in("<a>\xff\x01</a>") + in(""), in("<a></b>"), "<stream:error><x/></stream:error>",
		"</stream:stream>", " <iq/>", in("<a b='&quot;\t' xml:lang='x'/>"), in("<a:b xmlns:a='jabber:component:accept'/>"), in(strings.Repeat("<a>", 9)),
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		limits := Limits{Bytes: 1000, Depth: 6, Attrs: 8, Elements: 12}
		r := NewReader(bufio.NewReaderSize(bytes.NewReader(text), 16), Accept, limits)
		reference := newReference(text)
		for {
			s, err := r.Next()
			if cap(r.scan.buf) > 2*limits.Bytes {
				t.Fatalf("%d bytes kept", cap(r.scan.buf))
			}
			var refused *Refused
			if errors.As(err, &refused) {
				reference = nil // it may have stopped where we went on
				continue
			}
			if err != nil {
				return
			}
			checkLimits(t, s, limits)
			checkIdentity(t, s)
			if reference != nil {
				checkReference(t, s, reference)
			}
		}
	})
}

func checkLimits(t *testing.T, s *Stanza, l Limits) {
	elements := 1
	var walk func(e *Element, depth int)
	walk = func(e *Element, depth int) {
		if elements++; depth > l.Depth || len(e.Attrs) > l.Attrs {
			t.Errorf("depth %d, %d attributes", depth, len(e.Attrs))
		}
		for _, c := range e.Children() {
			walk(c, depth+1)
		}
	}
	for _, c := range s.Children {
		walk(c, 2)
	}
	if elements > l.Elements {
		t.Errorf("%d elements", elements)
	}
}

func checkIdentity(t *testing.T, s *Stanza) {
	out := s.Append(nil)
	again, err := NewReader(bufio.NewReader(bytes.NewReader(out)), Accept, Limits{}).Next()
	if err != nil {
		t.Fatalf("%v: %q", err, out)
	}
	if header(again) != header(s) || !same(again.Children, s.Children) {
		t.Errorf("read and written again: %s\nwas %s", dump(again.Children), dump(s.Children))
	}
}

// same says whether both are the same, without children or with none.
func same(a, b []*Element) bool { return len(a) == 0 && len(b) == 0 || reflect.DeepEqual(a, b) }

func newReference(text []byte) *xml.Decoder {
	d := xml.NewDecoder(io.MultiReader(
		strings.NewReader("<stream:stream xmlns='"+Accept+"' xmlns:stream='"+Streams+"'>"), bytes.NewReader(text)))
	if _, err := d.Token(); err != nil {
		panic(err)
	}
	return d
}

// checkReference compares s with the next element that encoding/xml sees.
func checkReference(t *testing.T, s *Stanza, d *xml.Decoder) {
	for {
		tok, err := d.Token()
		if err != nil {
			t.Fatalf("encoding/xml refuses what was accepted: %v", err)
		}
		start, ok := tok.(xml.StartElement)
		if !ok {
			continue
		}
		e := reference(t, d, start)
		want := (&Element{}).Set("from", s.From.String()).Set("to", s.To.String())
		if e.Local != s.Kind.String() || e.Space != "" || e.Attr("from") != want.Attr("from") || e.Attr("to") != want.Attr("to") ||
			e.Attr("id") != flat(s.ID) || e.Attr("type") != flat(s.Type) || e.Lang() != flat(s.Lang) {
			t.Errorf("header %q, encoding/xml says %+v", header(s), e)
		}
		var children []*Element
		for _, c := range s.Children {
			children = append(children, flatten(c))
		}
		if !same(children, e.Children()) {
			t.Errorf("got  %s\nwant %s", dump(children), dump(e.Children()))
		}
		return
	}
}

// reference builds an element as we do, out of encoding/xml's tokens.
func reference(t *testing.T, d *xml.Decoder, start xml.StartElement) *Element {
	space := func(s string) string {
		switch s {
		case "":
			return NoSpace
		case Accept:
			return ""
		}
		return s
	}
	e := &Element{Space: space(start.Name.Space), Local: start.Name.Local}
	for _, a := range start.Attr {
		if a.Name.Space != "xmlns" && a.Name != (xml.Name{Local: "xmlns"}) {
			e.Attrs = append(e.Attrs, Attr{a.Name.Space, a.Name.Local, flat(a.Value)})
		}
	}
	for {
		tok, err := d.Token()
		if err != nil {
			t.Fatalf("encoding/xml refuses what was accepted: %v", err)
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			e.Nodes = append(e.Nodes, Node{Element: reference(t, d, tok)})
		case xml.EndElement:
			return e
		case xml.CharData:
			if n := len(e.Nodes); n > 0 && e.Nodes[n-1].Element == nil {
				e.Nodes[n-1].Text += string(tok)
			} else if len(tok) > 0 {
				e.Nodes = append(e.Nodes, Node{Text: string(tok)})
			}
		}
	}
}

// flat hides that encoding/xml leaves the white space of attributes as it was
// written, which XML 1.0 §3.3.3 does not.
func flat(s string) string { return strings.NewReplacer("\n", " ", "\t", " ").Replace(s) }

func flatten(e *Element) *Element {
	out := &Element{Space: e.Space, Local: e.Local}
	for _, a := range e.Attrs {
		out.Attrs = append(out.Attrs, Attr{a.Space, a.Name, flat(a.Value)})
	}
	for _, n := range e.Nodes {
		if n.Element != nil {
			n.Element = flatten(n.Element)
		}
		out.Nodes = append(out.Nodes, n)
	}
	return out
}
