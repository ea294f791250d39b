package mapping

import (
	"slices"
	"strconv"
	"unicode/utf8"

	"isthmus/xmppside/stanza"
)

// What message markup says of how a body looks, and the other way round. XEP-0394

// nsMarkup is its namespace.
const nsMarkup = "urn:xmpp:markup:0"

// spanMarks are what a span may be, in the order in which they are written. XEP-0394 §4.1
var spanMarks = [...]struct {
	name string
	mark marks
}{{"strong", bold}, {"emphasis", italic}, {"code", mono}, {"deleted", struck}}

// An edge is where a mark begins or ends.
type edge struct {
	at   int // in characters
	mark marks
	ends bool
}

// readMarkup says how a body looks by the markup of a message; of the part of the body
// from cut.from to cut.to nothing is left. Spans that are none are left out. ok is false
// if nothing is left. XEP-0394 §4, XEP-0426
func readMarkup(markup *stanza.Element, body string, cut extent) (s Styled, ok bool) {
	var edges []edge
	characters := utf8.RuneCountInString(body)
	for _, e := range markup.Children() {
		mark := marksOf(e)
		start, err := strconv.ParseUint(e.Attr("start"), 10, 31)
		end, err2 := strconv.ParseUint(e.Attr("end"), 10, 31)
		if mark != 0 && err == nil && err2 == nil && start < end && int(end) <= characters {
			edges = append(edges, edge{int(start), mark, false}, edge{int(end), mark, true})
		}
	}
	if len(edges) == 0 {
		return Styled{}, false
	}
	slices.SortStableFunc(edges, func(a, b edge) int { return a.at - b.at })
	r := htmlReader{body: body, cut: cut, gapTo: -1}
	var open [8]int // by bit of the mark: spans may overlap, whatever the rules are
	n, last := 0, 0
	var look style
	for i := range body {
		for len(edges) > 0 && edges[0].at <= n {
			r.take(i-last, look)
			last = i
			look = edges[0].apply(&open)
			edges = edges[1:]
		}
		n++
	}
	r.take(len(body)-last, look)
	s = r.out.styled()
	return s, !s.IsPlain()
}

// apply counts an edge, and is the look that all that is open makes.
func (e edge) apply(open *[8]int) (look style) {
	for i := range open {
		if e.mark&(1<<i) != 0 && e.ends {
			open[i]--
		} else if e.mark&(1<<i) != 0 {
			open[i]++
		}
		if open[i] > 0 {
			look.marks |= 1 << i
		}
	}
	return look
}

// marksOf are what an element of markup makes of its part of the body.
func marksOf(e *stanza.Element) (m marks) {
	if e.Space != nsMarkup {
		return 0
	}
	if e.Local == "bcode" {
		return mono
	}
	for _, known := range spanMarks {
		if e.Local == "span" && e.Child(nsMarkup, known.name) != nil {
			m |= known.mark
		}
	}
	return m
}

// maxMadeSpans is how many spans the markup of a message from IRC may have.
const maxMadeSpans = 50

// markup is the text as message markup; nil if it can say nothing of it, or has to say
// too much.
func (s Styled) markup() *stanza.Element {
	var marked marks
	for _, known := range spanMarks {
		marked |= known.mark
	}
	out := stanza.E(nsMarkup, "markup")
	n, start := 0, 0
	var now marks
	span := func(next marks) {
		if now != 0 && next != now {
			out.Add(markupSpan(start, n, now))
		}
		if next != now {
			now, start = next, n
		}
	}
	s.each(0, len(s.text), func(text string, look style) bool {
		span(look.marks & marked)
		n += utf8.RuneCountInString(text)
		return true
	})
	span(0)
	if len(out.Nodes) == 0 || len(out.Nodes) > maxMadeSpans {
		return nil
	}
	return out
}

func markupSpan(start, end int, m marks) *stanza.Element {
	e := stanza.E(nsMarkup, "span").Set("start", strconv.Itoa(start)).Set("end", strconv.Itoa(end))
	for _, known := range spanMarks {
		if m&known.mark != 0 {
			e.Add(stanza.E(nsMarkup, known.name))
		}
	}
	return e
}
