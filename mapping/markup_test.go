package mapping

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"isthmus/xmppside/stanza"
)

// Spans count characters; what is no span is none.
func TestReadMarkup(t *testing.T) {
	for _, c := range []struct{ name, body, markup, want string }{
		{"nothing", "abc", "", "abc"},
		{"each", "abcd", "<span start='0' end='1'><strong/></span><span start='1' end='2'><emphasis/></span><span start='2' end='3'><code/></span><span start='3' end='4'><deleted/></span>", "\x02a\x02\x1db\x1d\x11c\x1e\x11d\x1e"},
		{"several", "abc", "<span start='1' end='2'><strong/><emphasis/></span>", "a\x02\x1db\x0fc"},
		{"characters", "😀é日x", "<span start='1' end='3'><strong/></span>", "😀\x02é日\x02x"},
		{"all of it", "abc", "<span start='0' end='3'><strong/></span>", "\x02abc\x02"},
		{"a block of code", "see:\nx = 1\ny", "<bcode start='5' end='10'/>", "see:\n\x11x = 1\x11\ny"},
		{"overlapping", "abc", "<span start='0' end='2'><strong/></span><span start='1' end='3'><strong/></span>", "\x02abc\x02"},
		{"crossed", "abc", "<span start='0' end='2'><strong/></span><span start='1' end='3'><emphasis/></span>", "\x02a\x1db\x02c\x1d"},
		{"quotation, list", "> a", "<bquote start='0' end='3'/><list start='0' end='3'><li start='0'/></list>", "> a"},
		{"unknown", "abc", "<span start='0' end='1'><blink/></span><x xmlns='y' start='0' end='1'><strong/></x>", "abc"},
		{"too long", "abc", "<span start='0' end='4'><strong/></span>", "abc"},
		{"turned round", "abc", "<span start='2' end='1'><strong/></span>", "abc"},
		{"empty", "abc", "<span start='1' end='1'><strong/></span>", "abc"},
		{"negative", "abc", "<span start='-1' end='2'><strong/></span>", "abc"},
		{"no numbers", "abc", "<span start='x' end='y'><strong/></span><span><strong/></span>", "abc"},
		{"huge numbers", "abc", "<span start='0' end='99999999999999999999'><strong/></span><span start='4294967296' end='4294967297'><strong/></span>", "abc"},
		{"one that is none among others", "abc", "<span start='0' end='9'><strong/></span><span start='1' end='2'><emphasis/></span>", "a\x1db\x1dc"},
	} {
		xml := "<body>" + strings.ReplaceAll(c.body, "\n", "&#10;") + "</body><markup xmlns='urn:xmpp:markup:0'>" + c.markup + "</markup>"
		s := Carried(content(t, xml), Reference{}, false)
		if got := s.coded(0, len(s.text)); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// Markup is said in spans that do not overlap, and read again it is what it was.
func TestMadeMarkup(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"\x02b", "<span start='0' end='1'><strong/></span>"},
		{"é\x02😀\x1di\x02j", "<span start='1' end='2'><strong/></span><span start='2' end='3'><strong/><emphasis/></span><span start='3' end='4'><emphasis/></span>"},
		{"a\x11c\x0304d\x11e", "<span start='1' end='3'><code/></span>"},
		{"a\x1ed\x1e b", "<span start='1' end='2'><deleted/></span>"},
		{"\x1fu\x1f\x0304r", ""},
		{strings.Repeat("\x02a", 2*maxMadeSpans+2), ""},
	} {
		s := codes(c.text)
		got := s.markup()
		if c.want == "" {
			if got != nil {
				t.Errorf("%q: %s", c.text, got.Append(nil))
			}
			continue
		}
		if xml := string(got.Append(nil)); xml != "<markup xmlns='urn:xmpp:markup:0'>"+c.want+"</markup>" {
			t.Errorf("%q: %s", c.text, xml)
		}
		again, ok := readMarkup(got, s.text, extent{})
		if !ok || string(again.markup().Append(nil)) != string(got.Append(nil)) {
			t.Errorf("%q: read again %v", c.text, again)
		}
	}
}

// Spans without end cost no more than their time.
func TestManySpans(t *testing.T) {
	markup := stanza.E(nsMarkup, "markup")
	for i := range 50_000 {
		markup.Add(stanza.E(nsMarkup, "span", stanza.E(nsMarkup, spanMarks[i%4].name)).Set("start", fmt.Sprint(i)).Set("end", fmt.Sprint(50_000-i%100)))
	}
	start := time.Now()
	s := Carried([]*stanza.Element{stanza.T("", "body", strings.Repeat("a", 50_000)), markup}, Reference{}, false)
	if s.IsPlain() || len(s.text) != 50_000 {
		t.Errorf("%d bytes", len(s.text))
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("took %v", took)
	}
}
