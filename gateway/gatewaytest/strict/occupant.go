package strict

import (
	"fmt"

	"isthmus/xmppside/stanza"
)

const nsID = "urn:xmpp:occupant-id:0"

// identities are the occupant-ids of a room that has them. XEP-0421
type identities struct {
	some   bool              // the room has them
	of     map[string]string // nick → id
	before map[string]string // while a join is repeated: those of the last one
	coming map[string]string // new nick that 303 announced → id
}

// idsOf are the occupant-ids of a stanza.
func idsOf(s *stanza.Stanza) (ids []string) {
	for _, e := range s.Children {
		if e.Space == nsID && e.Local == "occupant-id" {
			ids = append(ids, e.Attr("id"))
		}
	}
	return ids
}

// again forgets who is there, for a join; in: one that is repeated.
func (i *identities) again(in bool) {
	i.before, i.some = nil, false
	if in {
		i.before = i.of
	}
	i.of, i.coming = map[string]string{}, map[string]string{}
}

// badID says what is wrong with a stanza's own id. XEP-0421 §4: there is exactly one, of
// at most 128 characters, in all that an occupant sends.
func (i *identities) badID(s *stanza.Stanza) (id, why string) {
	switch ids := idsOf(s); {
	case len(ids) > 1:
		return "", "several occupant-ids"
	case len(ids) == 0 && i.some:
		return "", "no occupant-id"
	case len(ids) == 0:
		return "", ""
	case ids[0] == "" || len(ids[0]) > 128:
		return "", "occupant-id of a forbidden length"
	default:
		i.some = true
		return ids[0], ""
	}
}

// came judges the id of a presence that is there: it stays the same for as long as
// somebody is in, and through changes of nick. anew: it may change once, for the
// gateway has lost sight of them.
func (i *identities) came(s *stanza.Stanza, anew bool) string {
	nick := s.From.Resource()
	id, why := i.badID(s)
	if why != "" || id == "" {
		return why
	}
	was := i.of[nick]
	if announced, ok := i.coming[nick]; ok {
		was = announced
		delete(i.coming, nick)
	}
	i.of[nick] = id
	if was != "" && was != id && !anew {
		return fmt.Sprintf("occupant-id changed while %s was in", nick)
	}
	return ""
}

// went judges the id of a presence that goes; next is the new nick of a rename.
func (i *identities) went(s *stanza.Stanza, next string) string {
	nick := s.From.Resource()
	was := i.of[nick]
	if was == "" {
		was = i.before[nick]
	}
	delete(i.of, nick)
	if was == "" {
		return "" // of who is not in
	}
	id, why := i.badID(s)
	if next != "" {
		i.coming[next] = id
	}
	if why == "" && id != was {
		why = "gone with another occupant-id"
	}
	return why
}

// said judges the id of a message from an occupant.
func (i *identities) said(s *stanza.Stanza, delayed bool) string {
	id, why := i.badID(s)
	if _, subject := s.Subject(); subject && why == "no occupant-id" {
		return "" // nobody knows who set it
	}
	if is := i.of[s.From.Resource()]; why == "" && is != "" && id != is && !delayed {
		why = "said with another occupant-id"
	}
	return why
}
