package stanza

import (
	"bufio"
	"encoding/xml"
	"strings"
	"testing"
	"unicode/utf8"

	"isthmus/xmppside/jid"
)

func TestAppendElement(t *testing.T) {
	for _, c := range []struct {
		name string
		e    *Element
		want string
	}{
		{"empty", E("", "a"), "<a/>"},
		{"text", T("", "body", `<&>'" ]]>`), "<body>&lt;&amp;&gt;&apos;&quot; ]]&gt;</body>"},
		{"white space in text", T("", "a", "\t\n\r"), "<a>&#9;\n&#13;</a>"},
		{"white space in an attribute", E("", "a").Set("x", "\t\n\r"), "<a x='&#9;&#10;&#13;'/>"},
		{"quotes in an attribute", E("", "a").Set("x", `<&>'"`), "<a x='&lt;&amp;&gt;&apos;&quot;'/>"},
		{"forbidden", T("", "a", "\x00\x0b\x1f\ufffe\uffff\xff\xed\xa0\x80"), "<a>" + strings.Repeat("\ufffd", 9) + "</a>"},
		{"not forbidden", T("", "a", "\x7f\u0085\ufffd\u2028é日😀"), "<a>\x7f\u0085\ufffd\u2028é日😀</a>"},
		{"order of attributes", E("", "a").Set("z", "1").Set("b", "2").Set("c", ""), "<a z='1' b='2'/>"},
		{"namespace", E("u", "a", E("u", "b"), E("v", "c", E("v", "d"))), "<a xmlns='u'><b/><c xmlns='v'><d/></c></a>"},
		{"content namespace within", E("u", "a", E("", "b", E("u", "c"))), "<a xmlns='u'><b xmlns='jabber:component:accept'><c xmlns='u'/></b></a>"},
		{"content namespace by name", E(Accept, "a", E("", "b")), "<a><b/></a>"},
		{"no namespace", E(NoSpace, "a", E(NoSpace, "b"), E("", "c")), "<a xmlns=''><b/><c xmlns='jabber:component:accept'/></a>"},
		{"namespace to escape", E("'&\x01", "a"), "<a xmlns='&apos;&amp;\ufffd'/>"},
		{"XML's own namespace", E("u", "a", E(XML, "b", E("u", "c"))), "<a xmlns='u'><xml:b><c/></xml:b></a>"},
		{"language", E("", "a").SetLang("de").SetLang(""), "<a xml:lang='de'/>"},
		{"attributes in namespaces", &Element{Local: "a", Attrs: []Attr{{"u", "x", "1"}, {"u", "y", "2"}, {Accept, "x", "3"}}},
			"<a xmlns:a0='u' a0:x='1' xmlns:a1='u' a1:y='2' xmlns:a2='jabber:component:accept' a2:x='3'/>"},
		{"attributes that cannot be", &Element{Local: "a", Attrs: []Attr{{"", "xmlns", "u"}, {xmlns, "p", "u"}, {NoSpace, "q", ""}, {"\xff", "q", ""},
			{"", "", "1"}, {"", "a b", "1"}, {"", "x:y", "1"}, {"", "1", "1"}, {"", "é", "1"}, {"", "x", "1"}, {"", "x", "2"}, {XML, "a>", "3"}}}, "<a x='1'/>"},
		{"elements that cannot be", E("", "a", E("", ""), E("", "b c"), E("", "x:y"), E("", "-"), E(xmlns, "d"), E("", "b/><c")), "<a></a>"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := string(c.e.Append([]byte("x"))); got != "x"+c.want {
				t.Errorf("got  %s\nwant x%s", got, c.want)
			}
		})
	}
}

func TestAppendStanza(t *testing.T) {
	from, to := jid.MustParse("a@b/'<"), jid.MustParse("d@e")
	for _, c := range []struct {
		name string
		s    *Stanza
		want string
	}{
		{"whole", &Stanza{IQ, "get", "1", from, to, "en", []*Element{E("u", "q"), T("", "x", "y")}},
			"<iq from='a@b/&apos;&lt;' to='d@e' id='1' type='get' xml:lang='en'><q xmlns='u'/><x>y</x></iq>"},
		{"empty", &Stanza{Kind: Presence, To: to}, "<presence to='d@e'/>"},
		{"escaped", &Stanza{Kind: Message, ID: "'\n", Type: "&", Lang: "\x01"}, "<message id='&apos;&#10;' type='&amp;' xml:lang='\ufffd'/>"},
		{"no kind", &Stanza{To: to}, ""},
		{"unknown kind", &Stanza{Kind: IQ + 1, To: to}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := string(c.s.Append(nil))
			if got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			if shared := string(c.s.AppendTo(nil, c.s.To, c.s.AppendChildren(nil))); shared != got {
				t.Errorf("AppendTo: %s", shared)
			}
		})
	}
}

func TestAppendAllocates(t *testing.T) {
	s, err := reader(benchMessage, Limits{}).Next()
	if err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 0, 1024)
	if n := testing.AllocsPerRun(10, func() { b = s.AppendTo(s.Append(b[:0]), s.From, nil) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// asXML is what XML makes of text that it may not be able to hold.
func asXML(s string) string {
	var b strings.Builder
	for _, r := range s {
		if !isChar(r) {
			r = utf8.RuneError
		}
		b.WriteRune(r)
	}
	return b.String()
}

// encoding/xml reads the same text, and our reader the same tree.
func FuzzAppend(f *testing.F) {
	f.Add("u", "a", "x", "v", "text")
	f.Add("", "body", "", "\r\n\t", "<&>'\"]]>")
	f.Add(NoSpace, "a", "xmlns", "\xff", "\x00\ufffe")
	f.Add(Accept, "a:b", XML, " ", "\xed\xa0\x80é")
	f.Add(XML, "a", xmlns, "", "]]>")
	f.Fuzz(func(t *testing.T, space, local, attr, value, text string) {
		inner := E(attr, "z") // asXML: two namespaces that look the same once written are one
		if space != NoSpace {
			space = asXML(space)
		}
		if attr != NoSpace {
			inner.Space = asXML(attr)
		}
		e := &Element{Space: space, Local: local, Nodes: []Node{{Text: text}, {Element: E("", local)}, {Element: inner}}, Attrs: []Attr{
			{"", "x", value}, {"", attr, value}, {space, "y", value}, {attr, local, value}}}
		s := &Stanza{Message, attr, value, jid.MustParse("a@b/c"), jid.MustParse("d@e"), local, []*Element{T("", "body", text), e}}
		out := s.Append(nil)
		var got struct {
			ID       string `xml:"id,attr"`
			Type     string `xml:"type,attr"`
			Lang     string `xml:"http://www.w3.org/XML/1998/namespace lang,attr"`
			Body     string `xml:"jabber:component:accept body"`
			Children []struct {
				Text string `xml:",chardata"`
				X    string `xml:"x,attr"`
			} `xml:",any"`
		}
		d := xml.NewDecoder(strings.NewReader(string(out)))
		d.DefaultSpace = Accept
		if err := d.Decode(&got); err != nil {
			t.Fatalf("%v: %q", err, out)
		}
		if local != "body" && (got.Body != asXML(text) || got.ID != asXML(value) || got.Type != asXML(attr) || got.Lang != asXML(local)) {
			t.Errorf("got %q out of %q", got, out)
		}
		for _, c := range got.Children {
			if c.Text != asXML(text) || c.X != asXML(value) {
				t.Errorf("got %q out of %q", c, out)
			}
		}
		again, err := NewReader(bufio.NewReader(strings.NewReader(string(out))), Accept, Limits{}).Next()
		if err != nil {
			t.Fatalf("%v: %q", err, out)
		}
		if back := again.Append(nil); string(back) != string(out) {
			t.Errorf("read and written again: %q, was %q", back, out)
		}
	})
}
