// Package disco is the vocabulary of service discovery (XEP-0030) as far as clients are
// asked what they can do: their answer, and the hashes of it that presences announce
// (XEP-0115, XEP-0390).
//
// What was parsed shares the memory of its stanza. The package does no IO and imports
// form and stanza.
package disco

import (
	"strings"

	"isthmus/xmppside/form"
	"isthmus/xmppside/stanza"
)

// NSInfo is the namespace of the question what somebody is and can do.
const NSInfo = "http://jabber.org/protocol/disco#info"

// An Identity is what somebody is. XEP-0030 §3.1
type Identity struct{ Category, Type, Lang, Name string }

// An Info is the answer to disco#info.
type Info struct {
	Identities []Identity
	Features   []string // in the order of the answer
	Forms      []*form.Form
	Lang       string // what identities without one inherit
	strange    bool   // something else is in it, which no hash covers
}

// The most that is read of an answer. A client with plugins comes to 200 features and
// 8 KiB.
const (
	MaxFeatures = 1000
	MaxBytes    = 16 << 10 // of all features
)

// ParseInfo reads an answer; ok is false for what is none, or is beyond all measure.
// lang is the stanza's.
func ParseInfo(query *stanza.Element, lang string) (info Info, ok bool) {
	if query == nil || query.Space != NSInfo || query.Local != "query" {
		return Info{}, false
	}
	info.Lang = lang
	if own := query.Lang(); own != "" {
		info.Lang = own
	}
	size := 0
	for _, e := range query.Children() {
		switch {
		case e.Space == NSInfo && e.Local == "identity":
			info.Identities = append(info.Identities, Identity{e.Attr("category"), e.Attr("type"), e.Lang(), e.Attr("name")})
		case e.Space == NSInfo && e.Local == "feature":
			info.Features = append(info.Features, e.Attr("var"))
			size += len(e.Attr("var"))
		case e.Space == form.NS && e.Local == "x":
			info.Forms = append(info.Forms, form.Parse(e))
			info.strange = info.strange || !isPlain(e)
		default:
			info.strange = true
		}
	}
	return info, len(info.Features) <= MaxFeatures && len(info.Identities) <= MaxFeatures && size <= MaxBytes
}

// isPlain says whether a form has fields alone, all of them with a name. XEP-0390 §4.1
func isPlain(x *stanza.Element) bool {
	for _, e := range x.Children() {
		if e.Local == "reported" || e.Local == "item" || e.Local == "field" && e.Attr("var") == "" {
			return false
		}
	}
	return true
}

// Element writes it down, as the answer about a node; "" is none.
func (i Info) Element(node string) *stanza.Element {
	query := stanza.E(NSInfo, "query").Set("node", node)
	for _, id := range i.Identities {
		query.Add(stanza.E(NSInfo, "identity").Set("category", id.Category).Set("type", id.Type).Set("name", id.Name).SetLang(id.Lang))
	}
	for _, f := range i.Features {
		query.Add(stanza.E(NSInfo, "feature").Set("var", f))
	}
	for _, f := range i.Forms {
		query.Add(f.Element())
	}
	return query
}

// isToken says whether s is a word as categories and types of identities are: without
// what separates anything.
func isToken(s string) bool { return s != "" && !strings.ContainsAny(s, "/<:#") }
