package gateway

import (
	"slices"
	"strconv"
	"strings"

	"isthmus/mapping"
	"isthmus/xmppside/form"
	"isthmus/xmppside/iq"
	"isthmus/xmppside/jid"
	"isthmus/xmppside/rsm"
	"isthmus/xmppside/stanza"
)

// Searching for channels: by the form of XEP-0055, and by that of XEP-0433. At the
// address of a network its channels are searched, at the gateway's those of all networks
// that can be listed.

const (
	nsSearch  = "jabber:iq:search"
	nsChannel = "urn:xmpp:channel-search:0"
	maxTerms  = 128 // bytes of what is looked for
	maxWords  = 16  // of them
)

func searchTopic(m *iq.Mux[query]) {
	m.Handle("get", nsSearch, "query", nsSearch, query.searchForm, iq.Gateway, iq.Network)
	m.Handle("set", nsSearch, "query", nsSearch, query.search, iq.Gateway, iq.Network)
	m.Handle("get", nsChannel+":search", "search", nsChannel+":search", query.channelSearch, iq.Gateway, iq.Network)
	m.Handle("set", nsChannel+":search", "search", nsChannel+":search", query.channelSearch, iq.Gateway, iq.Network)
}

// lists gives then the channels of the networks that a query is about, exactly once: of
// those that there is a list of, else why there is none.
func (q query) lists(then func([]*mapping.Listing, error)) {
	u := q.user
	names := []string{q.at.Network}
	if q.at.Kind == mapping.Gateway {
		names = u.networks()
	}
	var lists []*mapping.Listing
	var first error
	open := len(names)
	if open == 0 {
		then(nil, notFound("No network is configured."))
	}
	for _, name := range names {
		u.listing(name, u.config.Gateway.JoinTimeout, func(list *mapping.Listing, err error) {
			if list != nil {
				lists = append(lists, list)
			} else if first == nil {
				first = err
			}
			switch open--; {
			case open > 0:
			case len(lists) > 0:
				then(sorted(lists), nil)
			case len(names) > 1:
				then(nil, noLists())
			default:
				then(nil, first)
			}
		})
	}
}

func noLists() *stanza.Error {
	return &stanza.Error{
		Type: stanza.Wait, Condition: stanza.RecipientUnavailable,
		Text: "You are connected to no network now, so no channels can be listed. Join a channel first, or write \"connect\" to a network's address, and ask again.",
	}
}

// The fields of the form of XEP-0055; those that no registry has begin with x-.
// XEP-0068 §3.3
const (
	fieldName  = "x-name"
	fieldTopic = "x-topic"
	fieldLeast = "x-min-users"
	fieldMost  = "x-max-users"
	fieldOrder = "x-order"
	fieldUsers = "x-users"
)

// searchForm is what can be looked for. XEP-0055 §2.1
func (q query) searchForm(r *iq.Request) {
	say := func(text string) string { return mapping.Say(r.IQ.Lang, text) }
	instructions := say("Look for channels. What is left empty does not count.")
	f := form.Of(form.Ask, nsSearch)
	f.Title, f.Instructions = say("Search for channels"), instructions
	f.Add(
		form.Field{Var: fieldName, Kind: form.TextSingle, Label: say("Name, or a part of it; * and ? stand for anything")},
		form.Field{Var: fieldTopic, Kind: form.TextSingle, Label: say("Words of the topic")},
		form.Field{Var: fieldLeast, Kind: form.TextSingle, Label: say("At least so many people")},
		form.Field{Var: fieldMost, Kind: form.TextSingle, Label: say("At most so many people")},
		form.Field{Var: fieldOrder, Kind: form.ListSingle, Label: say("Order"), Values: []string{"users"}, Options: []form.Option{
			{Label: say("Most people first"), Value: "users"}, {Label: say("By name"), Value: "name"}}},
	)
	r.Result(stanza.E(nsSearch, "query", stanza.T(nsSearch, "instructions", instructions), f.Element()))
}

// search answers the form that was filled in. XEP-0055 §3
func (q query) search(r *iq.Request) {
	f := form.Parse(r.Payload().Child(form.NS, "x"))
	if f == nil || f.Type != form.Submit {
		r.Fail(badRequest("Fill in the form that this address answers a question without one with."))
		return
	}
	how := mapping.Search{Mask: strings.TrimSpace(f.Value(fieldName)), Topic: f.Value(fieldTopic), Order: mapping.ByUsers}
	if f.Value(fieldOrder) == "name" {
		how.Order = mapping.ByName
	}
	var err *stanza.Error
	if how.Least, err = count(f, fieldLeast); err == nil {
		how.Most, err = count(f, fieldMost)
	}
	if isEndless(how) {
		err = tooLong()
	}
	page, bad := rsm.Parse(r.Payload())
	for _, e := range []*stanza.Error{err, bad} {
		if e != nil {
			r.Fail(e)
			return
		}
	}
	q.lists(func(lists []*mapping.Listing, err error) {
		if err != nil {
			r.Fail(q.user.stanzaError(err, mapping.ForList, ""))
			return
		}
		q.foundByForm(r, page, q.user.find(lists, how))
	})
}

// isEndless says that a search would take too long among many channels.
func isEndless(how mapping.Search) bool {
	return len(how.Mask)+len(how.Topic)+len(how.Words) > maxTerms || len(strings.Fields(how.Topic+" "+how.Words)) > maxWords
}

func tooLong() *stanza.Error { return badRequest("That is too long to look for.") }

// count reads a number of people; 0 if there is none.
func count(f *form.Form, name string) (int, *stanza.Error) {
	text := strings.TrimSpace(f.Value(name))
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil || n < 0 {
		return 0, badRequest("%s is no number of people.", clip(text))
	}
	return int(n), nil
}

// clip keeps what somebody wrote short.
func clip(text string) string { return cutText(text, 6*40) }

// foundByForm answers with a form of many items, none if nothing was found. XEP-0055 §3
func (q query) foundByForm(r *iq.Request, page rsm.Request, found *mapping.Found) {
	say := func(text string) string { return mapping.Say(r.IQ.Lang, text) }
	answer := stanza.E(nsSearch, "query")
	rows := stanza.E("", "rows")
	err := q.user.page(rows, page, found, func(j jid.JID, c *mapping.ListedChannel) *stanza.Element {
		cell := func(name, value string) *stanza.Element {
			return stanza.E(form.NS, "field", stanza.T(form.NS, "value", value)).Set("var", name)
		}
		return stanza.E(form.NS, "item", cell("jid", j.String()), cell(fieldName, c.Name),
			cell(fieldUsers, strconv.Itoa(c.Users)), cell(fieldTopic, c.Topic))
	})
	if err != nil {
		r.Fail(err)
		return
	}
	if found.Len() > 0 {
		f := form.Of(form.Result, nsSearch)
		f.Columns = []form.Field{
			{Var: "jid", Kind: form.JIDSingle, Label: say("Address")},
			{Var: fieldName, Kind: form.TextSingle, Label: say("Name")},
			{Var: fieldUsers, Kind: form.TextSingle, Label: say("People")},
			{Var: fieldTopic, Kind: form.TextSingle, Label: say("Topic")},
		}
		x := f.Element()
		for _, e := range rows.Children() {
			if e.Space == form.NS {
				x.Add(e)
			}
		}
		answer.Add(x, rows.Child(rsm.NS, "set"))
	}
	r.Result(answer)
}

// sorted puts lists into the order of their networks, so that a search that is repeated
// is known again.
func sorted(lists []*mapping.Listing) []*mapping.Listing {
	slices.SortFunc(lists, func(a, b *mapping.Listing) int { return strings.Compare(a.Network, b.Network) })
	return lists
}
