package stanza

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// in is a stanza on a component's stream.
func in(children string) string {
	return "<message from='a@b/c' to='d@e' id='1' type='chat'>" + children + "</message>"
}

// reader reads text by the byte, so that everything is cut everywhere.
func reader(text string, l Limits) *Reader {
	return NewReader(bufio.NewReaderSize(iotest.OneByteReader(strings.NewReader(text)), 16), Accept, l)
}

// dump shows every name with its namespace.
func (e *Element) dump(b *strings.Builder) {
	fmt.Fprintf(b, "<{%s}%s", e.Space, e.Local)
	for _, a := range e.Attrs {
		fmt.Fprintf(b, " {%s}%s=%q", a.Space, a.Name, a.Value)
	}
	b.WriteString(">")
	for _, n := range e.Nodes {
		if n.Element != nil {
			n.Element.dump(b)
		} else {
			fmt.Fprintf(b, "%q", n.Text)
		}
	}
	b.WriteString("</>")
}

func dump(children []*Element) string {
	var b strings.Builder
	for _, e := range children {
		e.dump(&b)
	}
	return b.String()
}

func TestReadChildren(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"none", "", ""},
		{"text in the stanza is dropped", " x <a/>\ny", `<{}a></>`},
		{"content namespace", "<body>hi</body>", `<{}body>"hi"</>`},
		{"content namespace, written out", "<a xmlns='u'><b xmlns='jabber:component:accept'/></a>", `<{u}a><{}b></></>`},
		{"no namespace", "<a xmlns=''><b/></a>", "<{\x00}a><{\x00}b></></>"},
		{"another one is inherited", "<a xmlns='u'><b/></a><c/>", `<{u}a><{u}b></></><{}c></>`},
		{"and left again", "<a xmlns='u'/><c/>", `<{u}a></><{}c></>`},
		{"prefix", "<p:a xmlns:p='u'><p:b/><c/></p:a>", `<{u}a><{u}b></><{}c></></>`},
		{"prefix within itself", "<p:a xmlns:p='u'><p:b xmlns:p='v'/><p:c/></p:a>", `<{u}a><{v}b></><{u}c></></>`},
		{"prefix of the content namespace", "<p:a xmlns:p='jabber:component:accept' p:x='1' x='2'/>", `<{}a {jabber:component:accept}x="1" {}x="2"></>`},
		{"prefix declared after its use", "<a p:x='1' xmlns:p='u'/>", `<{}a {u}x="1"></>`},
		{"prefixes that are always there", "<stream:a xml:lang='de'/>", `<{http://etherx.jabber.org/streams}a {http://www.w3.org/XML/1998/namespace}lang="de"></>`},
		{"attribute without a prefix", "<a xmlns='u' x='1'/>", `<{u}a {}x="1"></>`},
		{"order of attributes", "<a z='1' b='2' a='3'/>", `<{}a {}z="1" {}b="2" {}a="3"></>`},
		{"mixed content", "<a>1<b/>2<c>3</c>4</a>", `<{}a>"1"<{}b></>"2"<{}c>"3"</>"4"</>`},
		{"white space is text", "<a> <b/>\n</a>", `<{}a>" "<{}b></>"\n"</>`},
		{"entities", "<a x='&lt;&apos;&quot;'>a&amp;&gt;&#65;&#x1F600;&#x0041;b</a>", `<{}a {}x="<'\"">"a&>A😀Ab"</>`},
		{"entity first and last", "<a>&lt;</a><b>&#13;&#10;</b>", `<{}a>"<"</><{}b>"\r\n"</>`},
		{"line ends", "<a x='1\r\n2\n3\t4\r5&#10;&#9;'>1\r\n2\r3\n4\r</a>", `<{}a {}x="1 2 3 4 5\n\t">"1\n2\n3\n4\n"</>`},
		{"CDATA", "<a>1<![CDATA[<b>&amp;\r\n]]]>2<![CDATA[]]><![CDATA[é]]></a>", `<{}a>"1<b>&amp;\n]2é"</>`},
		{"empty CDATA", "<a><![CDATA[]]></a>", `<{}a></>`},
		{"quotes and brackets in text", `<a x="'>" y='">]]>'>'"] ]]</a>`, `<{}a {}x="'>" {}y="\">]]>">"'\"] ]]"</>`},
		{"space in tags", "<a  x = '1'\n\ty\t=\r\"2\" ></a \n>", `<{}a {}x="1" {}y="2"></>`},
		{"beyond ASCII", "<a x='é'>日本😀\ufffd\u0085</a>", `<{}a {}x="é">"日本😀�\u0085"</>`},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := reader(in(c.in), Limits{}).Next()
			if err != nil {
				t.Fatal(err)
			}
			if got := dump(s.Children); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestReadHeader(t *testing.T) {
	for _, c := range []struct{ name, content, in, want string }{
		{"message", Accept, "<message from='a@b/c' to='d@e' id='i' type='chat' xml:lang='de' x='y'/>", "message a@b/c d@e i chat de"},
		{"presence", Accept, "<presence to='d@e' from='a@b/c'></presence>", "presence a@b/c d@e   "},
		{"iq", Accept, "<iq to='d@e/&lt;' from='b' id='&quot;' type='get'/>", `iq b d@e/< " get `},
		{"prefix", Accept, "<p:iq xmlns:p='jabber:component:accept' from='a' to='b' p:id='2' id='1'/>", "iq a b 1  "},
		{"beyond ASCII", Accept, "<message from='#日本語@b/é' to='d@e'/>", "message #日本語@b/é d@e   "},
		{"client", Client, "<message id='1'/>", "message   1  "},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := NewReader(bufio.NewReader(strings.NewReader(c.in+c.in)), c.content, Limits{})
			for range 2 { // the second one's addresses come out of the cache
				s, err := r.Next()
				if err != nil {
					t.Fatal(err)
				}
				if got := header(s); got != c.want {
					t.Errorf("got %q, want %q", got, c.want)
				}
			}
		})
	}
}

func header(s *Stanza) string {
	return strings.Join([]string{s.Kind.String(), s.From.String(), s.To.String(), s.ID, s.Type, s.Lang}, " ")
}

func TestReadRefused(t *testing.T) {
	const whole = "message a@b/c d@e 1 chat "
	limits := Limits{Bytes: 200, Depth: 4, Attrs: 5, Elements: 6}
	for _, c := range []struct {
		name, in string
		want     Condition
		header   string
	}{
		{"too large", in("<body>" + strings.Repeat("x", 200) + "</body>"), PolicyViolation, whole},
		{"much too large", in(strings.Repeat("<a x='y'>text</a>", 1000)), PolicyViolation, whole},
		{"a start tag too large", "<message id='" + strings.Repeat("x", 200) + "'><body/></message>", PolicyViolation, "none     "},
		{"too deep", in("<a><b><c><d/></c></b></a>"), PolicyViolation, whole},
		{"much too deep", in(strings.Repeat("<a>", 500) + strings.Repeat("</a>", 500)), PolicyViolation, whole},
		{"too many elements", in("<a/><a/><a/><a/><a/><a/>"), PolicyViolation, whole},
		{"too many attributes", in("<a a='' b='' c='' d='' e='' f=''/>"), PolicyViolation, whole},
		{"too many in the start tag", "<iq a='' b='' c='' d='' from='a' to='b'/>", PolicyViolation, "iq a b   "},
		{"comment", in("<a><!-- </a> -- --></a>"), BadRequest, whole},
		{"comment in the stanza", in("<!---->"), BadRequest, whole},
		{"processing instruction", in("<?php </message> ? > ?>"), BadRequest, whole},
		{"forbidden character", in("<a>\x0b</a>"), BadRequest, whole},
		{"NUL", in("<a>\x00</a>"), BadRequest, whole},
		{"forbidden reference", in("<a>&#11;</a>"), BadRequest, whole},
		{"surrogate reference", in("<a>&#xD800;</a>"), BadRequest, whole},
		{"huge reference", in("<a>&#99999999999999999999;</a>"), BadRequest, whole},
		{"U+FFFE", in("<a x='\ufffe'/>"), BadRequest, whole},
		{"invalid UTF-8", in("<a>\xff</a>"), BadRequest, whole},
		{"surrogate", in("<a>\xed\xa0\x80</a>"), BadRequest, whole},
		{"invalid UTF-8 in CDATA", in("<a><![CDATA[\xff]]></a>"), BadRequest, whole},
		{"forbidden character in CDATA", in("<a><![CDATA[\x01]]></a>"), BadRequest, whole},
		{"forbidden character in the header", "<message from='a@b' id='\x01' to='d@e'/>", BadRequest, "message a@b d@e \x01  "},
		{"name beyond ASCII", in("<é/>"), BadRequest, whole},
		{"two colons", in("<a:b:c/>"), BadRequest, whole},
		{"nothing before the colon", in("<:a/>"), BadRequest, whole},
		{"nothing after the colon", in("<a:/>"), BadRequest, whole},
		{"unknown prefix", in("<p:a/>"), BadRequest, whole},
		{"unknown prefix of an attribute", in("<a p:x=''/>"), BadRequest, whole},
		{"prefix that was left", in("<a><b xmlns:p='u'/><p:c/></a>"), BadRequest, whole},
		{"unknown prefix in the header", "<message from='a' to='b' p:x=''/>", BadRequest, "message a b   "},
		{"attribute twice", in("<a x='' x=''/>"), BadRequest, whole},
		{"attribute twice by namespace", in("<a xmlns:p='u' xmlns:q='u' p:x='' q:x=''/>"), BadRequest, whole},
		{"default namespace twice", in("<a xmlns='u' xmlns='v'/>"), BadRequest, whole},
		{"prefix twice", in("<a xmlns:p='u' xmlns:p='v'/>"), BadRequest, whole},
		{"prefix taken back", in("<a xmlns:p=''/>"), BadRequest, whole},
		{"xml for another", in("<a xmlns:xml='u'/>"), BadRequest, whole},
		{"another for xml", in("<a xmlns:p='" + XML + "'/>"), BadRequest, whole},
		{"xml by default", in("<a xmlns='" + XML + "'/>"), BadRequest, whole},
		{"xmlns", in("<a xmlns:xmlns='u'/>"), BadRequest, whole},
		{"from that is none", "<iq from='a@b@c' to='d@e' type='get' id='2'/>", JIDMalformed, "iq  d@e 2 get "},
		{"to that is none", "<iq from='a@b/c' to='@e' type='get' id='2'/>", JIDMalformed, "iq a@b/c  2 get "},
		{"both none", "<iq from='' to='' id='2'/>", JIDMalformed, "iq   2  "},
		{"no to", "<iq from='a@b/c' type='get'/>", BadRequest, "iq a@b/c   get "},
		{"no from", "<iq to='a@b/c' type='get'/>", BadRequest, "iq  a@b/c  get "},
		{"another stanza", "<handshake from='a' to='b'/>", FeatureNotImplemented, "none a b   "},
		{"another namespace", "<message xmlns='jabber:client' from='a' to='b'/>", FeatureNotImplemented, "none a b   "},
		{"no namespace", "<message xmlns='' from='a' to='b'/>", FeatureNotImplemented, "none a b   "},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := reader(" \n"+c.in+" "+in(""), limits)
			s, err := r.Next()
			var refused *Refused
			var se *Error
			if s != nil || !errors.As(err, &refused) || !errors.As(err, &se) {
				t.Fatalf("got %v, %v", s, err)
			}
			if got := header(refused.Stanza); se.Condition != c.want || got != c.header || refused.Stanza.Children != nil {
				t.Errorf("%v for %q, want %v for %q", se, got, c.want, c.header)
			}
			if s, err := r.Next(); err != nil || header(s) != whole {
				t.Errorf("and then: %v, %v", s, err)
			}
			if _, err := r.Next(); err != io.ErrUnexpectedEOF {
				t.Errorf("at last: %v", err)
			}
			if cap(r.scan.buf) > 2*limits.Bytes {
				t.Errorf("%d bytes kept", cap(r.scan.buf))
			}
		})
	}
}

// What is at the limit passes.
func TestReadLimits(t *testing.T) {
	deep, wide := in("<a><b><c/></b></a>"), in("<a/><a/><a/><a/><a/>")
	for _, c := range []struct {
		name, in string
		limits   Limits
	}{
		{"bytes", deep, Limits{Bytes: len(deep)}},
		{"depth", deep, Limits{Depth: 4}},
		{"elements", wide, Limits{Elements: 6}},
		{"attributes", in("<a xmlns='u' b='' c='' d='' e=''/>"), Limits{Attrs: 5}},
		{"prefixes", in("<a" + prefixes(40) + "><b" + prefixes(24) + "/><b" + prefixes(24) + "/></a>"), Limits{}},
		{"defaults", in(strings.Repeat("<a>", 31) + strings.Repeat("</a>", 31) + strings.Repeat("<a/>", 4096-32)), Limits{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := reader(c.in, c.limits).Next()
			if err != nil || len(s.Children) == 0 {
				t.Errorf("got %v, %v", s, err)
			}
		})
	}
	_, err := reader(in("<a"+prefixes(40)+"><b"+prefixes(25)+"/></a>"), Limits{}).Next()
	var e *Error
	if !errors.As(err, &e) || e.Condition != PolicyViolation {
		t.Errorf("too many prefixes: %v", err)
	}
}

func prefixes(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, " xmlns:p%d='u%d'", i, i)
	}
	return b.String()
}

func TestReadEnd(t *testing.T) {
	ours := errors.New("ours")
	for _, c := range []struct {
		name, in string
		src      error
		want     string
	}{
		{"closed", " </stream:stream>", nil, "EOF"},
		{"closed, with space", "</stream:stream \n>", nil, "EOF"},
		{"gone", " \n", nil, "unexpected EOF"},
		{"gone within", "<message", nil, "unexpected EOF"},
		{"gone while skipping", "<message><!-- ", nil, "unexpected EOF"},
		{"source fails", "  ", ours, "ours"},
		{"source fails within", "<message><bo", ours, "ours"},
		{"stream error", "<stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>" +
			"<text xmlns='urn:ietf:params:xml:ns:xmpp-streams'>twice</text><x/></stream:error>", nil, "stream error: conflict: twice"},
		{"empty stream error", "<stream:error/>", nil, "stream error: undefined-condition: "},
		{"huge stream error", "<stream:error>" + strings.Repeat("<a/>", 5000) + "</stream:error>", nil, "stream error: undefined-condition: "},
		{"text between", "x", nil, "malformed XML: text between stanzas"},
		{"another end tag", "</stream>", nil, "malformed XML: unexpected end tag"},
		{"comment between", "<!-- -->", nil, "malformed XML: comment, processing instruction or DTD between stanzas"},
		{"declaration between", "<?xml version='1.0'?>", nil, "malformed XML: comment, processing instruction or DTD between stanzas"},
		{"DTD", "<!DOCTYPE a>", nil, "malformed XML: comment, processing instruction or DTD between stanzas"},
		{"DTD within", in("<!DOCTYPE a>"), nil, "malformed XML: DTD in a stanza"},
		{"half a CDATA", in("<![CDAT[]]>"), nil, "malformed XML: DTD in a stanza"},
		{"unknown entity", in("&nbsp;"), nil, "malformed XML: unknown entity"},
		{"number that is none", in("&#x;"), nil, "malformed XML: unknown entity"},
		{"upper case X", in("&#X41;"), nil, "malformed XML: unknown entity"},
		{"digit that is none", in("&#4a;"), nil, "malformed XML: unknown entity"},
		{"bare ampersand", in("a & b"), nil, "malformed XML: reference without an end"},
		{"other end tag", in("<a></b>"), nil, "malformed XML: end tag of another element"},
		{"other prefix", in("<p:a xmlns:p='u'></a>"), nil, "malformed XML: end tag of another element"},
		{"less in an attribute", in("<a b='<'/>"), nil, "malformed XML: < in an attribute"},
		{"less in a tag", in("<a <b/>"), nil, "malformed XML: < in a tag"},
		{"less in an end tag", in("<a></a <b/>"), nil, "malformed XML: < in an end tag"},
		{"quote never closed", "<message id='1><body/></message>", nil, "malformed XML: < in an attribute"},
		{"no quotes", in("<a b=c/>"), nil, "malformed XML: attribute without quotes"},
		{"no value", in("<a b/>"), nil, "malformed XML: no = where one must be"},
		{"no space", in("<a b='1'c='2'/>"), nil, "malformed XML: no space before an attribute"},
		{"slash in a tag", in("<a / >"), nil, "malformed XML: / in a tag"},
		{"no name", in("<>"), nil, "malformed XML: no name where one must be"},
		{"space before a name", in("< a/>"), nil, "malformed XML: no name where one must be"},
		{"digit before a name", in("<1/>"), nil, "malformed XML: no name where one must be"},
		{"]]>", in("<a>]]></a>"), nil, "malformed XML: ]]> in text"},
		{"attribute in an end tag", in("<a></a b=''>"), nil, "malformed XML: no > where one must be"},
		{"fatal after a refusal", in("<p:a/><b></c>"), nil, "malformed XML: end tag of another element"},
	} {
		t.Run(c.name, func(t *testing.T) {
			src := io.Reader(strings.NewReader(in("") + c.in))
			if c.src != nil {
				src = io.MultiReader(src, iotest.ErrReader(c.src))
			}
			r := NewReader(bufio.NewReader(src), Accept, Limits{})
			if _, err := r.Next(); err != nil {
				t.Fatal(err)
			}
			for range 2 { // it stays
				if s, err := r.Next(); s != nil || err == nil || err.Error() != c.want {
					t.Errorf("got %v, %v", s, err)
				}
			}
		})
	}
}

// What is skipped costs no memory, however long it is.
func TestReadSkipsWithoutMemory(t *testing.T) {
	r := NewReader(bufio.NewReader(&endless{text: in(strings.Repeat("<a x='y'>text</a>", 100_000))}), Accept, Limits{})
	allocs := testing.AllocsPerRun(3, func() {
		if _, err := r.Next(); err == nil {
			t.Fatal("accepted")
		}
	})
	if allocs > 10 || cap(r.scan.buf) > 2*DefaultLimits.Bytes {
		t.Errorf("%v allocations for each, %d bytes kept", allocs, cap(r.scan.buf))
	}
}
