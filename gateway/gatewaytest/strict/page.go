package strict

import (
	"strconv"

	"isthmus/xmppside/stanza"
)

// page judges a long answer: no item comes twice, and what it says of itself as a part of
// a result set is so. XEP-0059 §2.2
func (c *Checker) page(s *stanza.Stanza) {
	for _, payload := range s.Children {
		items, seen := 0, map[string]bool{}
		for _, e := range payload.Children() {
			rows := []*stanza.Element{e}
			if e.Space == "jabber:x:data" {
				rows = e.Children()
			}
			for _, row := range rows {
				if row.Local != "item" {
					continue
				}
				items++
				address := row.Attr("jid") + row.Attr("address") + row.Attr("node")
				if address != "" && seen[address] {
					c.violate(s, "item twice: "+address)
				}
				seen[address] = true
			}
		}
		if set := payload.Child("http://jabber.org/protocol/rsm", "set"); set != nil {
			c.resultSet(s, set, items)
		}
	}
}

// resultSet judges a <set/> beside so many items.
func (c *Checker) resultSet(s *stanza.Stanza, set *stanza.Element, items int) {
	const ns = "http://jabber.org/protocol/rsm"
	first, last, count := set.Child(ns, "first"), set.Child(ns, "last"), set.Child(ns, "count")
	switch {
	case (first == nil) != (items == 0), (last == nil) != (items == 0):
		c.violate(s, "page whose ends do not fit its items")
		return
	case items == 1 && first.Text() != last.Text():
		c.violate(s, "page of one item with two ends")
	case first != nil && len(first.Attrs) > 1, count != nil && len(count.Attrs) > 0: // XEP-0059 §4
		c.violate(s, "page with unknown attributes")
	}
	if count == nil {
		return
	}
	all, err := strconv.Atoi(count.Text())
	if err != nil || all < items {
		c.violate(s, "page of more than there is")
		return
	}
	if first == nil {
		return
	}
	if index, err := strconv.Atoi(first.Attr("index")); err != nil || index < 0 || index+items > all {
		c.violate(s, "page beyond the end")
	}
}
