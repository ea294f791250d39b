package gateway

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"isthmus/xmppside/muc"
	"isthmus/xmppside/stanza"
)

// words are something said in a room, as it is shown to its clients.
type words struct {
	seq      uint64 // counts what was said in the room
	id       string // its stanza-id: the network's msgid where there is one
	stanzaID string // its message id
	nick     string
	occupant string // its speaker's id
	at       time.Time
	lang     string
	children []*stanza.Element // what a message holds besides what the room adds
	size     int               // bytes that the children take, about

	own      bool  // one of our own clients said it
	fleeting bool  // it means nothing to those who come later
	rich     *rich // not every client can use all of that; nil: every one can
}

// maxBacklog is how many bytes of words a room keeps.
const maxBacklog = 256 << 10

// A backlog is what was said in a room last, in memory. It serves history on join
// and what clients missed.
type backlog struct {
	limit int // messages; 0: none
	seq   uint64
	ring  []words // grows up to limit; the oldest are at first, the others behind them, round its end
	first int
	count int
	size  int // of all that is kept
}

// add numbers words, and keeps them.
func (b *backlog) add(w words) words {
	b.seq++
	w.seq, w.size = b.seq, weight(w.children)
	if w.rich != nil {
		w.size += w.rich.looks.Weight()
	}
	if b.limit <= 0 {
		return w
	}
	if b.count >= b.limit {
		b.drop()
	}
	b.push(w)
	for b.size > maxBacklog {
		b.drop()
	}
	return w
}

// push puts words behind the others. There is room for twice as many when it runs out, up
// to the limit.
func (b *backlog) push(w words) {
	if b.count == len(b.ring) {
		ring := make([]words, min(max(8, 2*len(b.ring)), b.limit))
		copy(ring, b.list())
		b.ring, b.first = ring, 0
	}
	*b.at(b.count) = w
	b.count++
	b.size += w.size
}

// drop forgets the oldest.
func (b *backlog) drop() {
	oldest := b.at(0)
	b.size -= oldest.size
	*oldest = words{}
	b.first, b.count = (b.first+1)%len(b.ring), b.count-1
}

// at is where those are that are so many after the oldest.
func (b *backlog) at(i int) *words { return &b.ring[(b.first+i)%len(b.ring)] }

// list copies what is kept, oldest first.
func (b *backlog) list() []words {
	list := make([]words, b.count)
	for i := range list {
		list[i] = *b.at(i)
	}
	return list
}

// weight is how much memory elements take, about.
func weight(elements []*stanza.Element) (n int) {
	for _, e := range elements {
		n += 64 + len(e.Space) + len(e.Local)
		for _, a := range e.Attrs {
			n += 48 + len(a.Name) + len(a.Value)
		}
		for _, node := range e.Nodes {
			n += len(node.Text)
			if node.Element != nil {
				n += weight([]*stanza.Element{node.Element})
			}
		}
	}
	return n
}

// clone copies an element, with all its strings: what was read shares the memory of
// its whole stanza.
func clone(e *stanza.Element) *stanza.Element {
	c := &stanza.Element{Space: strings.Clone(e.Space), Local: strings.Clone(e.Local)}
	for _, a := range e.Attrs {
		c.Attrs = append(c.Attrs, stanza.Attr{Space: strings.Clone(a.Space), Name: strings.Clone(a.Name), Value: strings.Clone(a.Value)})
	}
	for _, n := range e.Nodes {
		if n.Element != nil {
			c.Nodes = append(c.Nodes, stanza.Node{Element: clone(n.Element)})
		} else {
			c.Nodes = append(c.Nodes, stanza.Node{Text: strings.Clone(n.Text)})
		}
	}
	return c
}

// find is the last of the words that are kept and fit.
func (b *backlog) find(fits func(words) bool) (w words, ok bool) {
	for i := b.count - 1; i >= 0; i-- {
		if w := b.at(i); fits(*w) {
			return *w, true
		}
	}
	return words{}, false
}

// since are the words after a number.
func (b *backlog) since(seq uint64) []words {
	return slices.DeleteFunc(b.list(), func(w words) bool { return w.seq <= seq })
}

// wanted are the words that a join asks for: every limit that it names holds; most
// counts if it names none. usable says whether the client can use them, and chars is how
// long their stanza is. XEP-0045 §7.2.14.
func (b *backlog) wanted(h muc.History, most int, now time.Time, usable func(words) bool, chars func(words) int) []words {
	list := slices.DeleteFunc(b.list(), func(w words) bool { return !usable(w) })
	if h.MaxStanzas.Set {
		most = h.MaxStanzas.N
	} else if h.Seconds.Set || !h.Since.IsZero() || h.MaxChars.Set {
		most = len(list)
	}
	list = list[max(0, len(list)-most):]
	for len(list) > 0 && (h.Seconds.Set && now.Sub(list[0].at) > time.Duration(h.Seconds.N)*time.Second ||
		!h.Since.IsZero() && list[0].at.Before(h.Since)) {
		list = list[1:]
	}
	if !h.MaxChars.Set {
		return list
	}
	total := 0
	for i := len(list) - 1; i >= 0; i-- {
		if total += chars(list[i]); total > h.MaxChars.N {
			return list[i+1:]
		}
	}
	return list
}

// sendHistory tells a newcomer what was said before.
func (r *room) sendHistory(o *occupant, h muc.History) {
	chars := func(w words) int {
		if m := r.spoken(o, w, r.rendered(o, w), true); m != nil {
			return utf8.RuneCount(m.Append(nil))
		}
		return 0
	}
	usable := func(w words) bool { return w.rich == nil || r.rendered(o, w) != nil }
	limit := r.historyMost()
	most := min(r.up.user.config.Gateway.History, limit)
	if o.old {
		most = min(most, maxOldHistory)
	}
	list := r.backlog.wanted(h, most, time.Now(), usable, chars)
	for _, w := range list[max(0, len(list)-limit):] {
		r.show(o, w, true)
	}
}
