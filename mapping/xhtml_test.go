package mapping

import (
	"bufio"
	"fmt"
	"strings"
	"testing"
	"unicode"

	"isthmus/ircside/irc"
	"isthmus/xmppside/stanza"
)

// htmlMessage is a message of a body and XHTML.
func htmlMessage(body, html string) string {
	return "<body>" + strings.ReplaceAll(body, "\n", "&#10;") + "</body><html xmlns='http://jabber.org/protocol/xhtml-im'><body xmlns='http://www.w3.org/1999/xhtml'>" + html + "</body></html>"
}

// The words are those of the body, the look is that of the XHTML.
func TestReadHTML(t *testing.T) {
	for _, c := range []struct{ name, body, html, want string }{
		{"nothing to format", "a b", "a b", "a b"},
		{"no XHTML", "a b", "", "a b"},
		{"strong", "a b c", "a <strong>b</strong> c", "a \x02b\x02 c"},
		{"in the middle of a word", "abc", "a<b>b</b>c", "a\x02b\x02c"},
		{"nested", "a b c", "<b>a <em>b</em></b> c", "\x02a \x1db\x0f c"},
		{"crossed", "abc", "<b>a<i>b</i></b><i>c</i>", "\x02a\x1db\x02c\x1d"},
		{"of the body itself", "a", "<p style='font-weight: bold'>a</p>", "\x02a\x02"},
		{"and not within", "ab", "<b>a<span style='font-weight: normal'>b</span></b>", "\x02a\x02b"},
		{"styling in the body", "a *b* c", "a <b>b</b> c", "a *\x02b\x02* c"},
		{"punctuation", "b!", "<b>b!</b>", "\x02b!\x02"},
		{"only punctuation", ":-)", "<b>:-)</b>", "\x02:-)\x02"},
		{"spaces of the file", "OMG, I'm green", "\n  <p>\n <i>OMG</i>,\n    I'm <span style='color:green'>green</span>\n </p>\n", "\x1dOMG\x1d, I'm \x0303green\x0f"},
		{"colour before digits", "42 43", "<span style='color: red'>42</span> 43", "\x030442\x0f 43"},
		{"colour before a comma", "a,1", "a<span style='color: red'>,1</span>", "a\x0304\x02\x02,1\x0f"},
		{"no-break spaces", "a  b", "a &#160;<b>b</b>", "a  \x02b\x02"},
		{"lines", "a\nb", "a<br/><b>b</b>", "a\n\x02b\x02"},
		{"lines of the body", "a\nb", "<p>a</p><p>b</p>", "a\nb"},
		{"lines that the body has not", "a b", "<p>a</p>\n<p>b</p>", "a\nb"},
		{"nor a space", "ab", "a<br/>b", "a\nb"},
		{"a list", "To do: - one - two", "To do: <ul><li>one</li><li>two</li></ul>", "To do:\n- one\n- two"},
		{"a list in lines", "To do:\n 1. one\n 2. two", "To do: <ol><li>one</li><li><b>two</b></li></ol>", "To do:\n 1. one\n 2. \x02two\x02"},
		{"a list with numbers of its own", "1. one", "<ol><li>1. <b>one</b></li></ol>", "1. \x02one\x02"},
		{"a quotation", "> a\nb", "<blockquote>a</blockquote><b>b</b>", "> a\n\x02b\x02"},
		{"a link", "see docs.", "see <a href='https://x.test/d'>docs</a>.", "see docs <https://x.test/d>."},
		{"a link that says where", "see https://x.test/d", "see <a href='https://x.test/d'>https://x.test/d</a>", "see https://x.test/d"},
		{"a link as the body has it", "see docs (https://x.test/d).", "see <a href='https://x.test/d'>docs</a>.", "see docs (https://x.test/d)."},
		{"a link as Markdown has it", "see [docs](https://x.test/d) *b*", "see <a href='https://x.test/d'>docs</a> <b>b</b>", "see [docs](https://x.test/d) *\x02b\x02*"},
		{"to a script", "see docs", "see <a href='javascript:alert(1)'>docs</a>", "see docs"},
		{"with control characters", "see docs", "see <a href='https://x.test/&#10;QUIT'>docs</a>", "see docs"},
		{"to somebody", "ann", "<a href='mailto:ann@x'>ann</a>", "ann <mailto:ann@x>"},
		{"to an address", "ann@x", "<a href='mailto:ann@x'>ann@x</a>", "ann@x"},
		{"in bold", "docs", "<b><a href='https://x.test/'>docs</a></b>", "\x02docs\x02 <https://x.test/>"},
		{"a picture", "look", "look <img src='https://x.test/p' alt='a cat'/>", "look [a cat]"},
		{"a picture in words", "look a cat", "look <img src='https://x.test/p' alt='a cat'/>", "look a cat"},
		{"a picture by address", "look https://x.test/p !", "look <img src='https://x.test/p' alt='a cat'/> <b>!</b>", "look https://x.test/p \x02!\x02"},
		{"a smiley", "hi :-)", "<b>hi</b> <img src='cid:1' alt=':-)'/>", "\x02hi\x02 :-)"},
		{"other words", "harmless", "<b>harmful</b>", "harmless"},
		{"more words", "a", "<b>a</b> b", "a"},
		{"fewer words", "a b", "<b>a</b>", "a b"},
		{"other letters", "a", "<b>A</b>", "a"},
		{"no words", "", "<b>a</b>", ""},
		{"script", "a", "<b>a</b><script>alert(1)</script><style>x</style>", "\x02a\x02"},
		{"unknown", "ab", "<blink><b>a</b></blink><x xmlns='y'>c</x>b", "\x02a\x02b"},
		{"an action", "/me waves", "/me <b>waves</b>", "/me \x02waves\x02"},
		{"all", "abcdefg", "<b>a</b><i>b</i><u>c</u><s>d</s><code>e</code><del>f</del><ins>g</ins>", "\x02a\x02\x1db\x1d\x1fc\x1f\x1ed\x1e\x11e\x1e\x11f\x1f\x1eg\x1f"},
	} {
		s := Carried(content(t, htmlMessage(c.body, c.html)), Reference{}, false)
		if got := s.coded(0, len(s.text)); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// Of XHTML in several languages that of the body counts.
func TestHTMLLanguage(t *testing.T) {
	const html = "<html xmlns='http://jabber.org/protocol/xhtml-im'>%s</html>"
	const body = "<body xmlns='http://www.w3.org/1999/xhtml'%s><b>a</b></body>"
	for langs, want := range map[string]bool{"": true, " xml:lang='de'": true, " xml:lang='fr'": false} {
		xml := "<body xml:lang='de'>a</body>" + fmt.Sprintf(html, fmt.Sprintf(body, langs))
		if got := !Carried(content(t, xml), Reference{}, false).IsPlain(); got != want {
			t.Errorf("%q: %v", langs, got)
		}
	}
	both := "<body>a</body>" + fmt.Sprintf(html, "<body xmlns='http://www.w3.org/1999/xhtml' xml:lang='de'>b</body>"+fmt.Sprintf(body, ""))
	if Carried(content(t, both), Reference{}, false).IsPlain() {
		t.Error("another language counts")
	}
}

// What answers, corrects or holds a file keeps its look.
func TestFormattedCarried(t *testing.T) {
	const quoted = "<reply xmlns='urn:xmpp:reply:0' to='#c%net@gw/bob' id='m1'/><fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'><body start='0' end='5'/></fallback>"
	for _, c := range []struct{ name, xml, want string }{
		{"a reply", htmlMessage("> hi\nfine", "<blockquote><b>hi</b></blockquote><i>fine</i>") + quoted, "bob: \x1dfine\x1d"},
		{"a link in the quotation", htmlMessage("> hi\nfine", "<blockquote><a href='http://x'>hi</a></blockquote><i>fine</i>") + quoted, "bob: \x1dfine\x1d"},
		{"a bold reply", htmlMessage("> hi\nfine", "<b>hi<br/>fine</b>") + quoted, "bob: \x02fine\x02"},
		{"a correction", htmlMessage("a b", "a <b>b</b>") + "<replace xmlns='urn:xmpp:message-correct:0' id='1'/>", "* fix: a \x02b\x02"},
		{"a file", htmlMessage("a", "<b>a</b>") + "<x xmlns='jabber:x:oob'><url>https://x.test/p</url></x>", "\x02a\x02 https://x.test/p"},
		{"a quotation beyond the words", "<body>hi</body><reply xmlns='urn:xmpp:reply:0' to='#c%net@gw/bob' id='m1'/><fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'><body start='5' end='7'/></fallback><x xmlns='jabber:x:oob'><url>https://x.test/p</url></x>", "bob: hi https://x.test/p"},
		{"markup", "<body>> hi&#10;fine</body><markup xmlns='urn:xmpp:markup:0'><span start='2' end='7'><emphasis/></span></markup>" + quoted, "bob: \x1dfi\x1dne"},
	} {
		s := Carried(content(t, c.xml), Reference{}, false)
		if got := s.coded(0, len(s.text)); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// Without end, there is no look to it.
func TestDeepHTML(t *testing.T) {
	words := stanza.T(nsHTML, "b", "a")
	for range 10_000 {
		words = stanza.E(nsHTML, "i", words)
	}
	deep := []*stanza.Element{stanza.T("", "body", "a"), stanza.E(nsXHTML, "html", stanza.E(nsHTML, "body", words))}
	if s := Carried(deep, Reference{}, false); s.String() != "a" || !s.IsPlain() {
		t.Errorf("%q", s.text)
	}
	many := stanza.E(nsHTML, "body")
	for i := range 50_000 {
		many.Add(stanza.T(nsHTML, "a", "a").Set("href", fmt.Sprint("https://x.test/", i)), stanza.E(nsHTML, "br"), stanza.E(nsHTML, "img").Set("alt", "b"))
	}
	s := Carried([]*stanza.Element{stanza.T("", "body", strings.Repeat("a", 50_000)), stanza.E(nsXHTML, "html", many)}, Reference{}, false)
	if n := strings.Count(s.text, "<") + strings.Count(s.text, "["); n != maxLinks {
		t.Errorf("%d links", n)
	}
	s.Lines(400, 100)
	dots := htmlMessage(strings.Repeat(".", 60_000), "<b>a"+strings.Repeat("!", 60_000)+"</b>")
	if !Carried(content(t, dots), Reference{}, false).IsPlain() {
		t.Error("dots are something else")
	}
	items := stanza.E(nsHTML, "body")
	for range 20_000 {
		items.Add(stanza.E(nsHTML, "li"), stanza.E(nsHTML, "a").Set("href", "https://x.test/"), stanza.E(nsHTML, "img").Set("alt", "b"))
	}
	Carried([]*stanza.Element{stanza.T("", "body", strings.Repeat(".", 100_000)), stanza.E(nsXHTML, "html", items)}, Reference{}, false)
}

// IRC's codes are XHTML, and links are links.
func TestMadeHTML(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"a\x02b\x02c", "a<strong>b</strong>c"},
		{"\x02\x1dx", "<strong><em>x</em></strong>"},
		{"\x1fu\x1es\x0f\x1es", "<span style='text-decoration: underline'>u</span><span style='text-decoration: underline line-through'>s</span><span style='text-decoration: line-through'>s</span>"},
		{"\x11m", "<span style='font-family: monospace'>m</span>"},
		{"\x0304,12r\x16v", "<span style='color: #ff0000; background-color: #0000fc'>r</span><span style='color: #0000fc; background-color: #ff0000'>v</span>"},
		{"\x04abcdefh", "<span style='color: #abcdef'>h</span>"},
		{"\x16v", "v"},
		{"\x02a  b   c", "<strong>a \u00a0b \u00a0 c</strong>"},
		{"\x02<&>", "<strong>&lt;&amp;&gt;</strong>"},
		{"\x02see\x02 https://x.test/a, and (http://y.test/b).", "<strong>see</strong> <a href='https://x.test/a'>https://x.test/a</a>, and (<a href='http://y.test/b'>http://y.test/b</a>)."},
		{"\x02https://x.test/", "<strong><a href='https://x.test/'>https://x.test/</a></strong>"},
		{"https://x.test/a\x02b\x02", "https://x.test/a<strong>b</strong>"},
		{"\x02a\x02 :// https:// http://. x://y", "<strong>a</strong> :// https:// http://. x://y"},
	} {
		got := string(codes(c.text).html().Append(nil))
		got = strings.TrimPrefix(got, "<html xmlns='http://jabber.org/protocol/xhtml-im'><body xmlns='http://www.w3.org/1999/xhtml'>")
		if want := c.want + "</body></html>"; got != want {
			t.Errorf("%q:\n%s\n%s", c.text, got, want)
		}
	}
}

// allowed71 are the elements that XEP-0071 §7.8 recommends, with their attributes.
var allowed71 = map[string]string{"body": "", "a": "href", "em": "", "strong": "", "span": "style"}

// Whatever is said on IRC looks like something to nobody else but in elements that are
// allowed, whose text is the body; and read again, it looks the same to IRC.
func FuzzLooks(f *testing.F) {
	f.Add("\x02a\x0304,5b \x1dhttps://x.test/\x0f\x04ffffff,000000c\x1e\x11\x16", true)
	f.Fuzz(func(t *testing.T, text string, act bool) {
		said := irc.Text{Body: text}
		if act {
			said.Kind, said.Status = irc.Action, '@'
		}
		looks, body := Looks(said), Incoming(said)
		if looks.String() != body && body != "" && Strip(text) != "" {
			t.Fatalf("%q: %q, and the body is %q", text, looks.String(), body)
		}
		class := Class{Features: NewFeatures(nsXHTML, nsMarkup)}
		children := Dressed(stanza.Body(body), looks, class)
		var raw []byte
		for _, c := range children {
			raw = c.Append(raw)
		}
		if len(raw) > 20*maxMadeHTML+10*len(text) {
			t.Fatalf("%d bytes of %d", len(raw), len(text))
		}
		read, err := stanza.NewReader(bufio.NewReader(strings.NewReader("<message from='a@b/c' to='d@e'>"+string(raw)+"</message>")), stanza.Accept, stanza.Limits{}).Next()
		if err != nil {
			t.Fatalf("%q: %v", raw, err)
		}
		if html := read.Child(nsXHTML, "html"); html != nil {
			got := strings.ReplaceAll(textWithin(t, html), "\u00a0", " ")
			if want := strings.ReplaceAll(body, "\u00a0", " "); got != want {
				t.Fatalf("%q is %q in XHTML", want, got)
			}
		}
	})
}

// textWithin is all text of an element, which has what is allowed alone.
func textWithin(t *testing.T, e *stanza.Element) string {
	var all strings.Builder
	for _, n := range e.Nodes {
		if n.Element == nil {
			all.WriteString(n.Text)
			continue
		}
		attr, ok := allowed71[n.Element.Local]
		if n.Element.Space != nsHTML || !ok || len(n.Element.Attrs) > 1 || len(n.Element.Attrs) == 1 && n.Element.Attrs[0].Name != attr {
			t.Fatalf("not allowed: %s", n.Element.Append(nil))
		}
		if href := n.Element.Attr("href"); n.Element.Local == "a" && !strings.HasPrefix(href, "http://") && !strings.HasPrefix(href, "https://") {
			t.Fatalf("a link to %s", href)
		}
		all.WriteString(textWithin(t, n.Element))
	}
	return all.String()
}

// Whatever the XHTML and the markup of a message are, IRC gets the words of its body, in
// order; and with what is added in them.
func FuzzReadHTML(f *testing.F) {
	f.Add("a b c", "a <b>b<i style='color:red'>c</i></b><br/><a href='https://x'>d</a><img alt='x'/>", "<span start='0' end='2'><code/></span>")
	f.Add("> a\nb", "<blockquote>a</blockquote><p>b</p>", "<bcode start='1' end='99999999999'/>")
	f.Fuzz(func(t *testing.T, body, html, markup string) {
		xml := "<message>" + htmlMessage(body, html) + "<markup xmlns='urn:xmpp:markup:0'>" + markup + "</markup></message>"
		s, err := stanza.NewReader(bufio.NewReader(strings.NewReader(xml)), stanza.Client, stanza.Limits{}).Next()
		if err != nil {
			return
		}
		said, _ := s.Body()
		_, text := Outgoing(Carried(s.Children, Reference{}, true))
		if text.coded(0, len(text.text)) != text.text && Strip(strings.ReplaceAll(text.coded(0, len(text.text)), "\n", "")) != strings.ReplaceAll(text.text, "\n", "") {
			t.Fatalf("%q is not %q", text.coded(0, len(text.text)), text.text)
		}
		want := []rune(clean(said))
		for _, r := range text.text {
			if len(want) > 0 && want[0] == r {
				want = want[1:]
			} else if len(want) > 0 && unicode.IsSpace(want[0]) && r == '\n' {
				want = want[1:]
			}
		}
		if rest := strings.TrimPrefix(string(want), "/me "); strings.TrimSpace(rest) != "" && len(s.Children) == 3 && !strings.HasPrefix(clean(said), "/me ") {
			t.Fatalf("%q became %q, without %q", said, text.text, rest)
		}
	})
}
