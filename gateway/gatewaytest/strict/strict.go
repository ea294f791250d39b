// Package strict is the model of a client that takes chat rooms at their word. It
// reads every stanza between clients and gateway and notes what a real client
// would choke on: somebody leaves who never came, a subject comes before one's own
// presence, a question is answered twice.
//
// The rules are those of XEP-0045 §7 and RFC 6120 §8, and of the clients in the
// field where they are less patient. What a client sees is kept for each pair of
// client (a full address) and room (the address that the client used, for some
// servers do not fold it).
//
// A Checker belongs to one goroutine. The package imports the vocabulary packages
// xmppside/jid and xmppside/stanza, and nothing else of ours; not testing either.
package strict

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"isthmus/xmppside/jid"
	"isthmus/xmppside/stanza"
)

// A Checker knows what each client believes.
type Checker struct {
	rooms      map[place]*room
	known      map[jid.JID]bool // bare and full addresses that ever sent something
	asked      map[question]int // IQs of clients: 1 open, -1 answered
	asking     map[question]bool
	said       map[question]int // messages that an error may answer
	anew       bool             // an IRC connection of the gateway's was lost
	violations []string
}

// place is a room as one client sees it.
type place struct{ client, room jid.JID }

// question names a stanza that may be answered: who sent it, to whom, its id.
type question struct {
	from, to jid.JID
	id       string
}

// New makes a checker of clients that have done nothing yet.
func New() *Checker {
	return &Checker{
		rooms: map[place]*room{}, known: map[jid.JID]bool{}, asked: map[question]int{},
		asking: map[question]bool{}, said: map[question]int{},
	}
}

// Violations are what was found so far, in order: who, where, what.
func (c *Checker) Violations() []string { return slices.Clone(c.violations) }

// Pending is what is still owed: joins, departures, renames and IQs without an
// end. It is for the end of a script, when nothing more will come.
func (c *Checker) Pending() []string {
	var out []string
	for q, state := range c.asked {
		if state > 0 {
			out = append(out, fmt.Sprintf("%s: IQ %q to %s was never answered", q.from, q.id, q.to))
		}
	}
	for at, r := range c.rooms {
		for _, what := range r.pending() {
			out = append(out, fmt.Sprintf("%s in %s: %s", at.client, at.room, what))
		}
	}
	slices.Sort(out)
	return out
}

// StreamLost says that the component's stream ended: what was on its way is owed
// no more.
func (c *Checker) StreamLost() {
	clear(c.asked)
	clear(c.asking)
	for at, r := range c.rooms {
		if r.lost(); r.state == absent {
			delete(c.rooms, at)
		}
	}
}

// LinkLost says that the gateway lost sight of a network: people may be others when it
// sees them again.
func (c *Checker) LinkLost() { c.anew = true }

// ToGateway takes a stanza that a client sends. What clients do is not judged.
func (c *Checker) ToGateway(s *stanza.Stanza) {
	c.known[s.From], c.known[s.From.Bare()] = true, true
	switch s.Kind {
	case stanza.IQ:
		q := question{s.From, s.To, s.ID}
		if s.Type != "result" && s.Type != "error" { // what is no type is answered as well: RFC 6120 §8.2.3
			c.asked[q] = 1
		} else {
			delete(c.asking, question{s.To, s.From, s.ID})
		}
	case stanza.Message:
		if s.Type == "error" {
			c.bounced(s)
		} else {
			c.said[question{s.From, s.To, s.ID}]++
		}
	case stanza.Presence:
		c.presenceSent(s)
	}
}

// FromGateway takes a stanza that the gateway sends, and judges it.
func (c *Checker) FromGateway(s *stanza.Stanza) {
	switch {
	case s.From.IsZero():
		c.violate(s, "no from")
	case s.To.IsZero():
		c.violate(s, "no to")
	case s.Kind == stanza.IQ:
		c.iq(s)
	case !c.known[s.To]:
		c.violate(s, "to somebody who never was there")
	case s.Kind == stanza.Presence:
		c.presence(s)
	case s.Kind == stanza.Message:
		c.message(s)
	}
}

// iq judges an IQ. RFC 6120 §8.2.3.
func (c *Checker) iq(s *stanza.Stanza) {
	switch s.Type {
	case "get", "set":
		q := question{s.From, s.To, s.ID}
		switch {
		case s.ID == "":
			c.violate(s, "question without an id")
		case c.asking[q]:
			c.violate(s, "question with the id of one that is open")
		case len(s.Children) != 1:
			c.violate(s, "question without exactly one payload")
		}
		c.asking[q] = true
	case "result", "error":
		q := question{s.To, s.From, s.ID}
		switch state := c.asked[q]; {
		case state > 0:
			c.asked[q] = -1
		case state < 0:
			c.violate(s, "answered twice")
		default:
			c.violate(s, "answer to what nobody asked")
		}
		if (s.Type == "error") != (s.Child("", "error") != nil) {
			c.violate(s, "type and error do not fit")
		}
		c.page(s)
	default:
		c.violate(s, "IQ of type "+s.Type)
	}
}

// violate notes a violation, with the stanza for which it was found.
func (c *Checker) violate(s *stanza.Stanza, what string) {
	c.violations = append(c.violations, fmt.Sprintf("%s from %s: %s: %s %s",
		s.To, s.From, what, s.Kind, describe(s)))
}

// describe is a stanza in short: type, id and all that is in it.
func describe(s *stanza.Stanza) string {
	text := fmt.Sprintf("type=%q id=%q %s", s.Type, s.ID, canonical(s.Children))
	if len(text) > 400 {
		text = text[:400] + "…"
	}
	return text
}

// canonical writes elements so that equal ones are equal strings.
func canonical(elements []*stanza.Element) string {
	var b strings.Builder
	for _, e := range elements {
		attrs := map[string]string{}
		for _, a := range e.Attrs {
			attrs[a.Space+" "+a.Name] = a.Value
		}
		fmt.Fprintf(&b, "<%s %s", e.Space, e.Local)
		for _, name := range slices.Sorted(maps.Keys(attrs)) {
			fmt.Fprintf(&b, "%s=%q", name, attrs[name])
		}
		fmt.Fprintf(&b, ">%s%s</>", e.Text(), canonical(e.Children()))
	}
	return b.String()
}
