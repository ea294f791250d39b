package mapping

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"isthmus/xmppside/jid"
	"isthmus/xmppside/stanza"
)

// A Reference is the message that another one answers or corrects; the zero Reference
// is one that is not known.
type Reference struct {
	Nick, Body string
	Old        bool // much was said since
}

// nick is whom a reply answers: who said what it refers to, else whom it names.
func (about Reference) nick(reply *stanza.Element) string {
	if about.Nick != "" {
		return about.Nick
	}
	to, err := jid.Parse(reply.Attr("to"))
	if err != nil {
		return ""
	}
	return to.Resource()
}

// CarriedFeatures are those whose payloads people on IRC see something of, sorted.
func CarriedFeatures() []string { return []string{nsXHTML, nsMarkup} }

// RefersTo is the id of what a message refers to: of a reply that which the room gave
// it, of a correction that which its sender did. XEP-0461 §4.1, XEP-0308 §3
func RefersTo(children []*stanza.Element) (id string, isReply bool) {
	if e := find(children, nsCorrect, "replace"); e != nil {
		return e.Attr("id"), false
	}
	return find(children, nsReply, "reply").Attr("id"), true
}

// fewLetters is how much of a message may change without IRC being told again.
const fewLetters = 3

// Carried is what of a message goes to IRC, as the text of a message; without text it is
// nothing at all. A quotation becomes the name of who is answered, a file its address, a
// correction of more than a few letters a new message. private says that it goes to one
// person, who knows whom it answers.
func Carried(children []*stanza.Element, about Reference, private bool) Styled {
	body := find(children, "", "body").Text()
	if _, ok := standIn(children, body); ok {
		return Styled{}
	}
	about.Nick = about.nick(find(children, nsReply, "reply"))
	whole, url := formatted(children, extent{}), ""
	if file := fileURL(children); file != "" {
		url = strings.TrimPrefix(withURL(body, file), body)
		body += url
		whole = whole.before(url)
	}
	switch {
	case body == "":
		return Styled{}
	case find(children, nsCorrect, "replace") != nil:
		if about.Body != "" && differBy(about.Body, body) <= fewLetters {
			return Styled{}
		}
		return whole.after("* fix: ")
	case private || about.Nick == "" || find(children, nsReply, "reply") == nil:
		return whole
	}
	said := whole
	if cut, quoted := fallbackOf(children, nsReply, body); quoted {
		said = formatted(children, cut)
		if cut.to < len(body) {
			said = said.before(url)
		}
		said = said.from(len(said.text) - len(strings.TrimLeft(said.text, " \n")))
	}
	switch {
	case said.text == "":
		return whole
	case about.Old && about.Body != "":
		return said.after(about.Nick + `: "` + shortened(about.Body) + `": `)
	case strings.HasPrefix(said.text, "/me "):
		return said
	}
	return said.after(about.Nick + ": ")
}

// formatted is the body of a message, less a part of it, in the look that is said besides.
func formatted(children []*stanza.Element, cut extent) Styled {
	body := find(children, "", "body")
	text := body.Text()
	cut = extent{min(cut.from, len(text)), min(cut.to, len(text))} // it may be of a file's address
	for _, e := range children {
		switch {
		case e.Space == nsXHTML && e.Local == "html":
			if s, ok := readHTML(htmlBody(e, body.Lang()), text, cut); ok {
				return s
			}
		case e.Space == nsMarkup && e.Local == "markup" && e.Lang() == body.Lang():
			if s, ok := readMarkup(e, text, cut); ok {
				return s
			}
		}
	}
	return Plain(text[:cut.from] + text[cut.to:])
}

// addressed says something to somebody. What one does cannot be.
func addressed(body, nick string) string {
	if nick == "" || strings.HasPrefix(body, "/me ") {
		return body
	}
	return nick + ": " + body
}

// shortened is the beginning of something that was said.
func shortened(body string) string {
	const most = 40 // characters
	body = Line(body)
	n := 0
	for i := range body {
		if n++; n > most {
			return strings.TrimSpace(body[:i]) + "…"
		}
	}
	return body
}

// differBy is how many characters of two texts are not the same at their beginnings and
// ends.
func differBy(a, b string) int {
	for a != "" && b != "" {
		r, n := utf8.DecodeRuneInString(a)
		if q, _ := utf8.DecodeRuneInString(b); q != r {
			break
		}
		a, b = a[n:], b[n:]
	}
	for a != "" && b != "" {
		r, n := utf8.DecodeLastRuneInString(a)
		if q, _ := utf8.DecodeLastRuneInString(b); q != r {
			break
		}
		a, b = a[:len(a)-n], b[:len(b)-n]
	}
	return max(utf8.RuneCountInString(a), utf8.RuneCountInString(b))
}

// fileURL is where a file is that a message shares; "" if it shares none. XEP-0066 §3,
// XEP-0447 §3
func fileURL(children []*stanza.Element) string {
	if url := find(children, nsOOB, "x").Child(nsOOB, "url").Text(); url != "" {
		return Line(url)
	}
	sources := find(children, nsSharing, "file-sharing").Child(nsSharing, "sources")
	return Line(sources.Child("http://jabber.org/protocol/url-data", "url-data").Attr("target"))
}

// withURL is a text that names an address.
func withURL(body, url string) string {
	switch {
	case strings.Contains(body, url):
		return body
	case body == "":
		return url
	}
	return body + " " + url
}

// standIn is the payload that a whole body stands in for, and that is no loss to who
// cannot use it; ok is false for words that are meant. A message of such a payload with
// nothing in its body is none either. XEP-0428 §2.2
func standIn(children []*stanza.Element, body string) (p *payload, ok bool) {
	for _, e := range children {
		if e.Space != nsFallback || e.Local != "fallback" {
			continue
		}
		if p := bySpace[e.Attr("for")]; p != nil && p.wordless {
			if rest, _ := cutRanges(e, body); strings.TrimSpace(rest) == "" {
				return p, true
			}
		}
	}
	if e := retraction(children); e != nil { // whose body says that the client is too old
		return payloadOf(e), true
	}
	return nil, false
}

// retraction is the element that takes a message back, as the first version of
// XEP-0424 has it: its fallback is not marked for it.
func retraction(children []*stanza.Element) *stanza.Element {
	for _, e := range children {
		if p := payloadOf(e); p.name == "retractions" && e.Space != nsFallback && e.Local == "retract" {
			return e
		}
	}
	return nil
}

// withoutFallback is a body without what stands in for a payload; marked says whether
// anything does.
func withoutFallback(children []*stanza.Element, feature, body string) (rest string, marked bool) {
	cut, marked := fallbackOf(children, feature, body)
	if !marked {
		return body, false
	}
	return strings.TrimLeft(body[:cut.from]+body[cut.to:], " \n"), true
}

// fallbackOf is the part of a body that stands in for a payload; marked says whether any
// does.
func fallbackOf(children []*stanza.Element, feature, body string) (cut extent, marked bool) {
	for _, e := range children {
		if e.Space == nsFallback && e.Local == "fallback" && e.Attr("for") == feature {
			if cut, ok := fallbackRange(e, body); ok {
				return cut, true
			}
		}
	}
	return extent{}, false
}

// cutRanges is a body without the range that a fallback marks.
func cutRanges(e *stanza.Element, body string) (rest string, ok bool) {
	cut, ok := fallbackRange(e, body)
	return body[:cut.from] + body[cut.to:], ok
}

// fallbackRange is the first range that a fallback marks; without any it is all of the
// body. Positions count code points. ok is false for a range that there is not.
// XEP-0428 §2.2, XEP-0426
func fallbackRange(e *stanza.Element, body string) (cut extent, ok bool) {
	part := e.Child(nsFallback, "body")
	switch {
	case part == nil:
		return extent{0, len(body)}, e.Child(nsFallback, "subject") == nil
	case part.Attr("start") == "" && part.Attr("end") == "":
		return extent{0, len(body)}, true
	}
	start, err := strconv.ParseUint(part.Attr("start"), 10, 31)
	end, err2 := strconv.ParseUint(part.Attr("end"), 10, 31)
	from, to := position(body, int(start)), position(body, int(end))
	if err != nil || err2 != nil || start > end || from < 0 || to < 0 {
		return extent{}, false
	}
	return extent{from, to}, true
}

// position is where the n-th character of a text begins; -1 if it has not as many.
func position(text string, n int) int {
	for i := range text {
		if n == 0 {
			return i
		}
		n--
	}
	if n == 0 {
		return len(text)
	}
	return -1
}
