// Package rsm is the vocabulary of result set management (XEP-0059): which part of a
// long answer is asked for, and which one it is.
//
// A result set is a list that is sorted by the UIDs of its items, so that a place in it
// is found by any UID, also by that of an item that is no more. The package holds no
// state, does no IO and imports stanza.
package rsm

import (
	"strconv"

	"isthmus/xmppside/stanza"
)

// NS is the namespace. XEP-0059 §4
const NS = "http://jabber.org/protocol/rsm"

// A Request says which page is asked for.
type Request struct {
	Asked    bool   // there was a <set/> at all
	Max      int    // items; -1: as many as the service likes
	After    string // the UID before the page; "": from the start
	Before   string // the UID behind the page, unless Last; "": none
	Last     bool   // an empty <before/>: the last page
	Index    int    // of the first item, if ByIndex
	ByIndex  bool
	backward bool
}

// Parse reads the <set/> among children; nil or none is no request. Errors are
// modify/bad-request.
func Parse(in *stanza.Element) (Request, *stanza.Error) {
	r := Request{Max: -1}
	set := in.Child(NS, "set")
	if set == nil {
		return r, nil
	}
	r.Asked = true
	after, before, index := set.Child(NS, "after"), set.Child(NS, "before"), set.Child(NS, "index")
	switch {
	case after != nil && before != nil, index != nil && (before != nil || after != nil):
		return r, bad("A page is asked for by one of after, before and index.")
	case after != nil:
		r.After = after.Text()
	case before != nil:
		r.Before = before.Text()
		r.Last = r.Before == ""
		r.backward = true
	}
	ok := true
	if index != nil {
		r.ByIndex = true
		r.Index, ok = number(index.Text())
	}
	if limit := set.Child(NS, "max"); limit != nil && ok {
		r.Max, ok = number(limit.Text())
	}
	if !ok {
		return r, bad("The numbers of a page are not negative.")
	}
	return r, nil
}

func bad(text string) *stanza.Error {
	return &stanza.Error{Type: stanza.Modify, Condition: stanza.BadRequest, Text: text}
}

// maxNumber is what larger numbers count as.
const maxNumber = 1 << 30

func number(s string) (int, bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	switch {
	case err != nil && err.(*strconv.NumError).Err == strconv.ErrRange && s[0] != '-':
		return maxNumber, true
	case err != nil || n < 0:
		return 0, false
	}
	return int(min(n, maxNumber)), true
}

// A Set is a sorted list of items.
type Set interface {
	// Len is how many there are.
	Len() int
	// Place is the index of the first item whose UID is uid or comes behind it, and
	// whether it is that item; ok is false for what is no UID.
	Place(uid string) (index int, exact, ok bool)
}

// Backward says that the page is the one before something: what does not fit is left
// out at its beginning.
func (r Request) Backward() bool { return r.backward }

// Range is which items are asked for, at most: from the one to before the other. An
// item-not-found says that the request names what is no place in the set. XEP-0059 §2.4
func (r Request) Range(in Set) (from, to int, err *stanza.Error) {
	from, to = 0, in.Len()
	uid := r.After + r.Before // one of them
	place, exact, ok := 0, false, true
	if uid != "" {
		place, exact, ok = in.Place(uid)
	}
	switch {
	case !ok:
		return 0, 0, &stanza.Error{Type: stanza.Cancel, Condition: stanza.ItemNotFound, Text: "There is no such page."}
	case r.ByIndex:
		from = min(r.Index, to)
	case r.Before != "":
		to = place
	case r.After != "" && exact:
		from = place + 1
	case r.After != "":
		from = place
	}
	switch {
	case r.Max < 0 || r.Max >= to-from:
	case r.backward:
		from = to - r.Max
	default:
		to = from + r.Max
	}
	return from, to, nil
}

// A Page is the part of a result set that an answer has.
type Page struct {
	Index, Items int    // of its first item, and how many it has
	First, Last  string // UIDs, if it has any
	Count        int    // items in the whole set, as far as is known
}

// Element writes down which page it is. XEP-0059 §2.2
func (p Page) Element() *stanza.Element {
	set := stanza.E(NS, "set")
	if p.Items > 0 {
		set.Add(stanza.T(NS, "first", p.First).Set("index", strconv.Itoa(p.Index)), stanza.T(NS, "last", p.Last))
	}
	return set.Add(stanza.T(NS, "count", strconv.Itoa(p.Count)))
}
