package mapping

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"isthmus/xmppside/stanza"
)

// What XHTML-IM says of how a body looks, and the other way round. XEP-0071

// nsHTML is the namespace of its elements.
const nsHTML = "http://www.w3.org/1999/xhtml"

const (
	maxHTMLDepth = 64 // of elements within each other
	maxLinks     = 20 // whose addresses are added to a text
	maxBreaks    = 20 // that are added to one
	maxLoose     = 99 // bytes between words in which one is looked for
	maxItem      = 3  // digits of the number of an item of a list
)

// htmlMarks are elements that make what they hold look otherwise.
var htmlMarks = map[string]marks{
	"strong": bold, "b": bold, "h1": bold, "h2": bold, "h3": bold, "h4": bold, "h5": bold, "h6": bold,
	"em": italic, "i": italic, "cite": italic, "dfn": italic, "var": italic,
	"u": underline, "ins": underline, "s": struck, "strike": struck, "del": struck,
	"code": mono, "pre": mono, "tt": mono, "kbd": mono, "samp": mono,
}

var (
	htmlBlocks = set("address", "blockquote", "br", "dd", "div", "dl", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "table", "tr", "ul")
	htmlUnread = set("script", "style", "head", "title", "template", "object", "iframe", "noscript")
)

func set(names ...string) map[string]bool {
	out := make(map[string]bool, len(names))
	for _, name := range names {
		out[name] = true
	}
	return out
}

// readHTML says how a body looks by the XHTML of a message. The words are those of the
// body, always: the XHTML must have the same, but for spaces and punctuation, which are
// what clients write for its elements. Lines break where either does. The address of a
// link, or what a picture is of, is added where the body does not say it. Of the part of
// the body from cut.from to cut.to nothing is left. ok is false if the XHTML says
// something else, or nothing of looks.
func readHTML(html *stanza.Element, body string, cut extent) (s Styled, ok bool) {
	r := &htmlReader{body: body, cut: cut, gapTo: -1}
	if html == nil || !r.element(html, style{}, 0) || !r.end() {
		return Styled{}, false
	}
	s = r.out.styled()
	return s, r.added || !s.IsPlain()
}

// htmlBody is the XHTML that is of the same language as a body; nil if there is none.
func htmlBody(html *stanza.Element, lang string) (found *stanza.Element) {
	for _, e := range html.Children() {
		if e.Space == nsHTML && e.Local == "body" && (e.Lang() == lang || e.Lang() == "" && found == nil) {
			if found = e; e.Lang() == lang {
				return e
			}
		}
	}
	return found
}

// An extent is a part of a text, in bytes.
type extent struct{ from, to int }

// An htmlReader goes through XHTML and the body at once.
type htmlReader struct {
	body  string
	at    int // how far the body is read
	cut   extent
	out   stylist
	look  style // of what was read last
	broke bool  // a line ends before the next word
	added bool  // something is in the text that is not in the body

	links, breaks int // that were added

	gapFrom, gapTo int // where what is loose was looked for last, and how far it goes
}

// element reads an element; false: it does not go with the body.
func (r *htmlReader) element(e *stanza.Element, look style, depth int) bool {
	if depth > maxHTMLDepth {
		return false
	}
	look.marks |= htmlMarks[e.Local]
	look = look.declared(e.Attr("style"))
	block := htmlBlocks[e.Local]
	r.broke = r.broke || block
	if e.Local == "li" {
		r.item(e)
	}
	before := r.at
	for _, n := range e.Nodes {
		switch {
		case n.Element == nil:
			if !r.words(n.Text, look) {
				return false
			}
		case n.Element.Space == nsHTML && !htmlUnread[n.Element.Local]:
			if !r.element(n.Element, look, depth+1) {
				return false
			}
		}
	}
	switch e.Local {
	case "a":
		r.link(e.Attr("href"), strings.TrimSpace(r.body[before:r.at]), look)
	case "img":
		r.picture(e.Attr("alt"), e.Attr("src"), look)
	}
	r.broke = r.broke || block
	return true
}

// words reads text; false: it is not that of the body.
func (r *htmlReader) words(text string, look style) bool {
	for _, c := range text {
		switch {
		case !isLoose(c):
			gap := r.gap()
			next, n := utf8.DecodeRuneInString(r.body[r.at+gap:])
			if next != c || n == 0 {
				return false
			}
			r.pass(gap, look)
			r.take(n, look)
		case unicode.IsSpace(c): // the body's are what counts
		default:
			if at := r.loose(c); at >= 0 {
				r.pass(at, look)
				_, n := utf8.DecodeRuneInString(r.body[r.at:])
				r.take(n, look)
			}
		}
	}
	return true
}

// item reads the number of an item of a list, which XHTML does not say.
func (r *htmlReader) item(e *stanza.Element) {
	gap := r.gap()
	n := digits(r.body[r.at+gap:], maxItem, isDigit)
	after := r.body[r.at+gap+n:]
	if own := strings.TrimSpace(e.Text()); n > 0 && digits(own, 1, isDigit) == 0 && after != "" && (after[0] == '.' || after[0] == ')') {
		r.pass(gap, style{})
		r.take(n, style{})
	}
}

// end reads what is left of the body; false: there are words in it.
func (r *htmlReader) end() bool {
	gap := r.gap()
	if r.at+gap != len(r.body) {
		return false
	}
	r.broke = false
	r.pass(gap, style{})
	return true
}

// isLoose tells what a client may write otherwise in a body than in XHTML.
func isLoose(r rune) bool {
	return unicode.IsSpace(r) || r == utf8.RuneError || isControl(r) ||
		r < utf8.RuneSelf && (unicode.IsPunct(r) || unicode.IsSymbol(r))
}

// gap is how long what is loose is in the body from here on.
func (r *htmlReader) gap() int {
	if r.at >= r.gapFrom && r.at <= r.gapTo { // each element may ask
		return r.gapTo - r.at
	}
	r.gapFrom, r.gapTo = r.at, len(r.body)
	if i := strings.IndexFunc(r.body[r.at:], func(c rune) bool { return !isLoose(c) }); i >= 0 {
		r.gapTo = r.at + i
	}
	return r.gapTo - r.at
}

// loose is where a loose character is in that; -1 if it is not.
func (r *htmlReader) loose(c rune) int {
	for i, other := range r.body[r.at:] {
		switch {
		case !isLoose(other), i > maxLoose:
			return -1
		case other == c:
			return i
		}
	}
	return -1
}

// pass writes so much of the body that the XHTML does not have, before something of that
// look.
func (r *htmlReader) pass(n int, look style) {
	between := look.common(r.look)
	gap := r.body[r.at : r.at+n]
	isCut := r.cut.from <= r.at && r.at < r.cut.to
	if r.broke && !isCut && r.breaks < maxBreaks && r.out.text.Len() > 0 && !strings.ContainsAny(gap, "\r\n") {
		r.out.write("\n", between)
		r.added = true
		r.breaks++
		trimmed := strings.TrimLeft(gap, " ")
		r.at += len(gap) - len(trimmed)
		n = len(trimmed)
	}
	r.broke = false
	r.take(n, between)
}

// take writes so much of the body.
func (r *htmlReader) take(n int, look style) {
	from, to := r.at, r.at+n
	r.at, r.look = to, look
	r.out.write(r.body[from:max(from, min(to, r.cut.from))], look)
	r.out.write(r.body[min(to, max(from, r.cut.to)):to], look)
}

// link says where a link goes, if its words do not.
func (r *htmlReader) link(href, words string, look style) {
	if !isAddress(href) || href == words || strings.TrimPrefix(href, "mailto:") == words || r.maybe(href, look) {
		return
	}
	r.add("<"+href+">", href)
}

// picture says what a picture is of, if that is said at all.
func (r *htmlReader) picture(alt, src string, look style) {
	hasAlt, hasSrc := alt != "" && r.maybe(alt, look), isAddress(src) && r.maybe(src, look)
	if alt = Line(alt); alt != "" && !hasAlt && !hasSrc && !strings.Contains(r.body, alt) {
		r.add("["+alt+"]", src)
	}
}

// maybe reads text if it is what comes next.
func (r *htmlReader) maybe(text string, look style) bool {
	rest := r.body[r.at+r.gap():]
	for _, c := range text {
		if isLoose(c) {
			continue
		}
		rest = strings.TrimLeftFunc(rest, isLoose)
		next, n := utf8.DecodeRuneInString(rest)
		if n == 0 || next != c {
			return false
		}
		rest = rest[n:]
	}
	n := len(r.body) - r.at - len(rest)
	if n == 0 {
		return false
	}
	r.pass(0, look)
	r.take(n, look)
	return true
}

// add adds a note to the text, unless the body says it in other words.
func (r *htmlReader) add(note, unless string) {
	if r.cut.from < r.at && r.at <= r.cut.to || unless != "" && strings.Contains(r.body, unless) {
		return
	}
	if r.links++; r.links > maxLinks {
		return
	}
	if r.out.text.Len() > 0 {
		note = " " + note
	}
	r.out.write(note, style{})
	r.added = true
}

// isAddress says whether something is the address of what people may look at.
func isAddress(url string) bool {
	scheme, rest, _ := strings.Cut(url, ":")
	switch lowerASCII(scheme) {
	case "http", "https", "ftp", "mailto", "xmpp", "irc", "ircs":
		return rest != "" && !strings.ContainsFunc(url, func(r rune) bool {
			return isControl(r) || unicode.IsSpace(r) || r == '<' || r == '>' || r == utf8.RuneError
		})
	}
	return false
}
