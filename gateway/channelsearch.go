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

// Extended channel search, XEP-0433.

// The keys that results can be sorted by. XEP-0433 §6.1
const (
	orderUsers   = "{" + nsChannel + ":order}nusers"
	orderAddress = "{" + nsChannel + ":order}address"
)

// typeMUC is the only type of channels that there is here.
const typeMUC = "xep-0045"

// channelSearch is XEP-0433: what can be looked for if nothing is filled in, else what
// was found.
func (q query) channelSearch(r *iq.Request) {
	x := r.Payload().Child(form.NS, "x")
	if x == nil {
		r.Result(stanza.E(nsChannel+":search", "search", channelForm(r.IQ.Lang).Element()))
		return
	}
	how, none, err := channelTerms(form.Parse(x))
	page, bad := rsm.Parse(r.Payload())
	for _, e := range []*stanza.Error{err, bad} {
		if e != nil {
			r.Fail(e)
			return
		}
	}
	if none {
		r.Result(stanza.E(nsChannel+":search", "result"))
		return
	}
	q.lists(func(lists []*mapping.Listing, err error) {
		if err != nil {
			r.Fail(limited(q.user.stanzaError(err, mapping.ForList, "")))
			return
		}
		q.foundChannels(r, page, q.user.find(lists, how))
	})
}

// channelForm is the form with its defaults. XEP-0433 §4.2.1
func channelForm(lang string) *form.Form {
	say := func(text string) string { return mapping.Say(lang, text) }
	yes := []string{"true"}
	return form.Of(form.Ask, nsChannel+":search-params").Add(
		form.Field{Var: "q", Kind: form.TextSingle, Label: say("Words to look for")},
		form.Field{Var: "all", Kind: form.Boolean, Label: say("All channels, whatever the words are"), Values: []string{"false"}},
		form.Field{Var: "sinname", Kind: form.Boolean, Label: say("Look in names"), Values: yes},
		form.Field{Var: "sindescription", Kind: form.Boolean, Label: say("Look in topics"), Values: yes},
		form.Field{Var: "sinaddress", Kind: form.Boolean, Label: say("Look in addresses"), Values: yes},
		form.Field{Var: "min_users", Kind: form.TextSingle, Label: say("At least so many people"), Values: []string{"1"}},
		form.Field{Var: "types", Kind: form.ListMulti, Label: say("Kinds of rooms"), Values: []string{typeMUC}, Options: []form.Option{
			{Label: say("Group chats"), Value: typeMUC}}},
		form.Field{Var: "key", Kind: form.ListSingle, Label: say("Order"), Values: []string{orderUsers}, Options: []form.Option{
			{Label: say("Most people first"), Value: orderUsers}, {Label: say("By address"), Value: orderAddress}}},
	)
}

// channelTerms reads what is looked for. none: nothing that there is here can be meant.
// What the form does not have counts as its default. XEP-0433 §4.2.2
func channelTerms(f *form.Form) (how mapping.Search, none bool, err *stanza.Error) {
	// The name of a channel is most of its address.
	flag := func(def bool, names ...string) bool {
		for _, name := range names {
			if field, ok := f.Field(name); ok {
				value, _ := field.Bool()
				return value
			}
		}
		return def
	}
	how.Words = strings.TrimSpace(f.Value("q"))
	how.InName = flag(true, "sinname") || flag(true, "sinaddress", "sinaddr")
	how.InTopic = flag(true, "sindescription")
	all := flag(false, "all")
	_, asked := f.Field("q")
	switch {
	case f == nil || f.Type != form.Submit:
		return how, false, channelError(badRequest("Fill in the form that this address answers a question without one with."), "no-search-conditions")
	case all && how.Words != "":
		e := channelError(badRequest("One looks for words, or for all channels."), "conflicting-fields")
		e.App.Add(stanza.T(e.App.Space, "var", "all"), stanza.T(e.App.Space, "var", "q"))
		return how, false, e
	case !all && !asked:
		return how, false, channelError(badRequest("Say what to look for."), "no-search-conditions")
	case !all && (how.Words == "" || isEndless(how)):
		return how, false, channelError(badRequest("Give words to look for, and not too many."), "invalid-search-terms")
	}
	if _, ok := f.Field("min_users"); !ok && !all {
		how.Least = 1
	} else if how.Least, err = count(f, "min_users"); err != nil {
		return how, false, err
	}
	switch f.Value("key") {
	case orderUsers, "":
		how.Order = mapping.ByUsers
	case orderAddress:
		how.Order = mapping.ByName
	default:
		return how, false, channelError(&stanza.Error{Type: stanza.Modify, Condition: stanza.FeatureNotImplemented, Text: "Channels are not sorted by that."}, "invalid-sort-key")
	}
	types, ok := f.Field("types")
	return how, ok && !slices.Contains(types.Values, typeMUC), nil
}

// channelError adds the condition of the specification. XEP-0433 §4.2.2
func channelError(e *stanza.Error, condition string) *stanza.Error {
	e.App = stanza.E(nsChannel+":error", condition)
	return e
}

// limited says of a network that wants to be asked less that there is a limit.
// XEP-0433 §4.2.2.4
func limited(e *stanza.Error) *stanza.Error {
	if e.Condition != stanza.ResourceConstraint {
		return e
	}
	out := *e
	out.App = stanza.E(nsChannel+":error", "rate-limit").Set("retry-after", seconds(listPause))
	return &out
}

// foundChannels answers with what was found. XEP-0433 §6.2
func (q query) foundChannels(r *iq.Request, page rsm.Request, found *mapping.Found) {
	ns := nsChannel + ":search"
	answer := stanza.E(ns, "result")
	anonymity := "muc_semianonymous"
	if q.user.config.Gateway.PublishJIDs {
		anonymity = "{" + nsChannel + ":anonymity}none"
	}
	err := q.user.page(answer, page, found, func(j jid.JID, c *mapping.ListedChannel) *stanza.Element {
		item := stanza.E(ns, "item", stanza.T(ns, "name", c.Name)).Set("address", j.String())
		if c.Topic != "" {
			item.Add(stanza.T(ns, "description", c.Topic))
		}
		item.Add(stanza.T(ns, "nusers", strconv.Itoa(c.Users)), stanza.T(ns, "service-type", typeMUC))
		if c.Moded && c.Open() {
			item.Add(stanza.T(ns, "is-open", "true"))
		}
		return item.Add(stanza.T(ns, "anonymity-mode", anonymity))
	})
	if err != nil {
		r.Fail(err)
		return
	}
	r.Result(answer)
}
