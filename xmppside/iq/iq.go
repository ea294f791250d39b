// Package iq routes IQ requests to the functions that answer them and sees to it
// that each is answered exactly once. What disco#info says an address supports is
// computed from what is registered there.
//
// A Mux is built once and read only; a Request belongs to whoever answers it. The
// package does no IO and imports jid and stanza.
package iq

import (
	"maps"
	"slices"

	"isthmus/xmppside/stanza"
)

// A Place is where an IQ can be sent.
type Place uint8

// The places of the gateway.
const (
	Gateway Place = iota
	Network
	Room
	Occupant
	Nick
	places
)

// A Request waits for its one answer. It may be kept, and answered later.
type Request struct {
	IQ   *stanza.Stanza
	send func(*stanza.Stanza)
	word func(e *stanza.Error, lang string) *stanza.Error
	done bool
}

// NewRequest wraps an IQ of type get or set; send takes the answer, and word puts an
// error into the language of the request.
func NewRequest(iq *stanza.Stanza, send func(*stanza.Stanza), word func(e *stanza.Error, lang string) *stanza.Error) *Request {
	return &Request{IQ: iq, send: send, word: word}
}

// Payload is what is asked: the only child element. Nil if there is not exactly
// one. RFC 6120 §8.2.3.
func (r *Request) Payload() *stanza.Element {
	if len(r.IQ.Children) != 1 {
		return nil
	}
	return r.IQ.Children[0]
}

// Result answers. A second answer is dropped.
func (r *Request) Result(payload ...*stanza.Element) {
	answer := r.IQ.Reply("result")
	answer.Children = payload
	r.answer(answer)
}

// Fail refuses. A second answer is dropped.
func (r *Request) Fail(err *stanza.Error) { r.answer(r.IQ.Refuse(r.word(err, r.IQ.Lang))) }

// Done says whether it has been answered.
func (r *Request) Done() bool { return r.done }

func (r *Request) answer(s *stanza.Stanza) {
	if !r.done {
		r.done = true
		r.send(s)
	}
}

// A Mux knows which function answers which IQ, on whose behalf.
type Mux[T any] struct {
	serve    map[key]func(T, *Request)
	nodes    map[node]func(T, *Request)
	names    map[[2]string]bool
	features [places]map[string]bool
	describe [places][]func(T) []*stanza.Element
}

// A node is a part of a place that disco can ask for: space is the namespace of the
// question. XEP-0030 §3.2, §4.2
type node struct {
	at          Place
	space, name string
}

type key struct {
	at           Place
	typ          string
	space, local string
}

// NewMux makes an empty one.
func NewMux[T any]() *Mux[T] {
	m := &Mux[T]{serve: map[key]func(T, *Request){}, nodes: map[node]func(T, *Request){}, names: map[[2]string]bool{}}
	for i := range m.features {
		m.features[i] = map[string]bool{}
	}
	return m
}

// Handle registers who answers IQs of a type (get, set) with a payload of that
// name, at all the places given. feature is what disco#info says for it there; ""
// is nothing.
func (m *Mux[T]) Handle(typ, space, local, feature string, serve func(T, *Request), at ...Place) {
	for _, place := range at {
		m.serve[key{place, typ, space, local}] = serve
		m.Feature(feature, place)
	}
	m.names[[2]string{space, local}] = true
}

// Feature advertises what is no IQ.
func (m *Mux[T]) Feature(feature string, at ...Place) {
	for _, place := range at {
		if feature != "" {
			m.features[place][feature] = true
		}
	}
}

// Node registers who answers what is asked about a node, by the namespace of the
// question (disco#info or disco#items).
func (m *Mux[T]) Node(space, name string, serve func(T, *Request), at ...Place) {
	for _, place := range at {
		m.nodes[node{place, space, name}] = serve
	}
}

// AtNode is who answers a question about a node; nil: there is no such node.
func (m *Mux[T]) AtNode(at Place, space, name string) func(T, *Request) {
	return m.nodes[node{at, space, name}]
}

// Describe adds to what disco#info says of a place: features that hold at times, forms
// (XEP-0128). f may answer nothing.
func (m *Mux[T]) Describe(f func(T) []*stanza.Element, at ...Place) {
	for _, place := range at {
		m.describe[place] = append(m.describe[place], f)
	}
}

// Description is what all of those say, in the order in which they were registered.
func (m *Mux[T]) Description(on T, at Place) (out []*stanza.Element) {
	for _, f := range m.describe[at] {
		out = append(out, f(on)...)
	}
	return out
}

// Features are what a place supports, sorted. XEP-0030 §3.
func (m *Mux[T]) Features(at Place) []string {
	return slices.Sorted(maps.Keys(m.features[at]))
}

// Serve answers an IQ of type get or set, or has it answered.
func (m *Mux[T]) Serve(on T, at Place, r *Request) {
	p := r.Payload()
	if p == nil || r.IQ.ID == "" {
		r.Fail(&stanza.Error{Type: stanza.Modify, Condition: stanza.BadRequest, Text: "A request has an id and exactly one element."})
		return
	}
	if serve := m.serve[key{at, r.IQ.Type, p.Space, p.Local}]; serve != nil {
		serve(on, r)
		return
	}
	condition := stanza.ServiceUnavailable // RFC 6120 §8.4
	if m.names[[2]string{p.Space, p.Local}] {
		condition = stanza.FeatureNotImplemented
	}
	r.Fail(&stanza.Error{Type: stanza.Cancel, Condition: condition, Text: "This is not supported here."})
}
