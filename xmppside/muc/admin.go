package muc

import "isthmus/xmppside/stanza"

// AdminQuery is the answer to a question for a list: XEP-0045 §9.5, §9.8.
func AdminQuery(items []Item) *stanza.Element {
	query := stanza.E(NSAdmin, "query")
	for _, i := range items {
		query.Add(i.Element(NSAdmin))
	}
	return query
}

// OwnerForm is the answer to a question for a room's configuration: XEP-0045 §10.2.
func OwnerForm(x *stanza.Element) *stanza.Element { return stanza.E(NSOwner, "query", x) }
