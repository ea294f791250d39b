package gateway

import (
	"time"
	"unicode/utf8"

	"isthmus/xmppside/muc"
	"isthmus/xmppside/stanza"
)

// words are something said in a room, as it is shown to its clients.
type words struct {
	seq      uint64 // counts what was said in the room
	id       string // its stanza-id: the network's msgid where there is one
	more     []string
	stanzaID string // its message id
	nick     string
	at       time.Time
	lang     string
	children []*stanza.Element // what a message holds besides what the room adds
}

// A backlog is what was said in a room last, in memory. It serves history on join
// and what clients missed.
type backlog struct {
	limit int
	seq   uint64
	ring  []words // at most limit, oldest at head
	head  int
}

// add keeps words, and numbers them.
func (b *backlog) add(w words) words {
	b.seq++
	w.seq = b.seq
	switch {
	case b.limit <= 0:
	case len(b.ring) < b.limit:
		b.ring = append(b.ring, w)
	default:
		b.ring[b.head] = w
		b.head = (b.head + 1) % len(b.ring)
	}
	return w
}

// all are the words kept, oldest first.
func (b *backlog) all() []words {
	out := make([]words, 0, len(b.ring))
	out = append(out, b.ring[b.head:]...)
	return append(out, b.ring[:b.head]...)
}

// since are the words after a number.
func (b *backlog) since(seq uint64) []words {
	list := b.all()
	for i, w := range list {
		if w.seq > seq {
			return list[i:]
		}
	}
	return nil
}

// wanted are the words that a join asks for: every limit that it names holds; most
// counts if it names none. XEP-0045 §7.2.14.
func (b *backlog) wanted(h muc.History, most int, now time.Time) []words {
	list := b.all()
	if h.MaxStanzas.Set {
		most = h.MaxStanzas.N
	} else if h.Seconds.Set || !h.Since.IsZero() || h.MaxChars.Set {
		most = len(list)
	}
	if most < len(list) {
		list = list[len(list)-most:]
	}
	for len(list) > 0 && (h.Seconds.Set && now.Sub(list[0].at) > time.Duration(h.Seconds.N)*time.Second ||
		!h.Since.IsZero() && list[0].at.Before(h.Since)) {
		list = list[1:]
	}
	if !h.MaxChars.Set {
		return list
	}
	chars := 0
	for i := len(list) - 1; i >= 0; i-- {
		for _, c := range list[i].children {
			chars += utf8.RuneCount(c.Append(nil))
		}
		if chars > h.MaxChars.N {
			return list[i+1:]
		}
	}
	return list
}

// sendHistory tells a newcomer what was said before.
func (r *room) sendHistory(o *occupant, h muc.History) {
	for _, w := range r.backlog.wanted(h, r.up.user.config.Gateway.History, time.Now()) {
		r.show(o, w, true)
	}
}
