package disco

import (
	"cmp"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha3"
	"crypto/sha512"
	"encoding/base64"
	"slices"
	"strings"

	"isthmus/xmppside/form"
	"isthmus/xmppside/stanza"
)

// Namespaces of what a presence announces.
const (
	NSCaps   = "http://jabber.org/protocol/caps" // XEP-0115
	NSCaps2  = "urn:xmpp:caps"                   // XEP-0390
	NSHashes = "urn:xmpp:hashes:2"               // XEP-0300
)

// A Hash is a hash of what a client would answer.
type Hash struct{ Algorithm, Value string }

// Caps are what a presence announces. Two that are equal announce the same; the zero
// Caps are nothing at all.
type Caps struct {
	Node string  // of the software. XEP-0115 §4
	Ver  Hash    // XEP-0115; without an algorithm Value is a version, and no hash
	Set  [2]Hash // XEP-0390: the first two that can be verified here
}

// IsZero says that nothing is announced.
func (c Caps) IsZero() bool { return c == Caps{} }

// maxName bounds what is kept of an announcement: bytes of each string.
const maxName = 200

// Announced reads a presence. What is too long to be meant is left out.
func Announced(p *stanza.Stanza) (c Caps) {
	if e := p.Child(NSCaps, "c"); e != nil {
		node, ver, algorithm := e.Attr("node"), e.Attr("ver"), e.Attr("hash")
		if ver != "" && len(node) <= maxName && len(ver) <= maxName && len(algorithm) <= maxName {
			c.Node, c.Ver = node, Hash{algorithm, ver}
		}
	}
	n := 0
	for _, e := range p.Child(NSCaps2, "c").Children() {
		h := Hash{e.Attr("algo"), strings.TrimSpace(e.Text())}
		if e.Space == NSHashes && e.Local == "hash" && h.isKnown() && n < len(c.Set) {
			c.Set[n] = h
			n++
		}
	}
	return c.clone()
}

// clone has strings of its own, for what was read shares its stanza's.
func (c Caps) clone() Caps {
	copied := func(h Hash) Hash { return Hash{strings.Clone(h.Algorithm), strings.Clone(h.Value)} }
	return Caps{strings.Clone(c.Node), copied(c.Ver), [2]Hash{copied(c.Set[0]), copied(c.Set[1])}}
}

// QueryNode is the node to ask about. XEP-0115 §6.2, XEP-0390 §4.3; "" asks for what
// holds now, which is all that a version without a hash is good for.
func (c Caps) QueryNode() string {
	switch {
	case c.Ver.isKnown():
		return c.Node + "#" + c.Ver.Value
	case c.Set[0].isKnown():
		return NSCaps2 + "#" + c.Set[0].Algorithm + "." + c.Set[0].Value
	}
	return ""
}

// Keys name what can be verified of the announcement, the better first: two clients
// that share a key can do the same.
func (c Caps) Keys() (keys []string) {
	for _, h := range c.Set {
		if h.isKnown() {
			keys = append(keys, "0390 "+h.Algorithm+" "+h.Value)
		}
	}
	if c.Ver.isKnown() {
		keys = append(keys, "0115 "+c.Ver.Algorithm+" "+c.Ver.Value)
	}
	return keys
}

// Verified are those of the Keys that an answer bears out.
func (c Caps) Verified(i Info) (keys []string) {
	for _, key := range c.Keys() {
		kind, rest, _ := strings.Cut(key, " ")
		algorithm, value, _ := strings.Cut(rest, " ")
		ok := kind == "0115" && i.matchesVer(Hash{algorithm, value}) || kind == "0390" && i.matches(Hash{algorithm, value})
		if ok {
			keys = append(keys, key)
		}
	}
	return keys
}

// algorithms by their names. XEP-0300 §3, and IANA's registry
var algorithms = map[string]func([]byte) []byte{
	"sha-1":    func(b []byte) []byte { h := sha1.Sum(b); return h[:] },
	"sha-256":  func(b []byte) []byte { h := sha256.Sum256(b); return h[:] },
	"sha-512":  func(b []byte) []byte { h := sha512.Sum512(b); return h[:] },
	"sha3-256": func(b []byte) []byte { h := sha3.Sum256(b); return h[:] },
	"sha3-512": func(b []byte) []byte { h := sha3.Sum512(b); return h[:] },
}

// isKnown says whether a hash can be verified here.
func (h Hash) isKnown() bool {
	return algorithms[h.Algorithm] != nil && h.Value != "" && len(h.Value) <= maxName
}

// Of is the value for a text; the algorithm must be one that is known here.
func (h Hash) Of(text []byte) string {
	return base64.StdEncoding.EncodeToString(algorithms[h.Algorithm](text))
}

// matchesVer says whether an answer has that verification string and can have no other
// meaning. XEP-0115 §5.4
func (i Info) matchesVer(h Hash) bool {
	text, ok := i.verification()
	return ok && h.Of(text) == h.Value
}

// nsSoftware is the FORM_TYPE of the one form that clients answer with. XEP-0232
const nsSoftware = "urn:xmpp:dataforms:softwareinfo"

// verification is what the string of XEP-0115 §5.1 is made of; ok is false for an answer
// that is ill-formed, or could be read as another one. What separates the parts there
// may be within them as well, and nothing tells features from fields: whoever wants
// others' clients taken for what they are not writes one as the other. So words have to
// look like what they pass for, and there is no form but the usual one.
func (i Info) verification() (text []byte, ok bool) {
	var list []string
	for _, id := range slices.SortedFunc(slices.Values(i.Identities), Identity.compare) {
		if !isToken(id.Category) || !isToken(id.Type) || id.Lang != "" && !isToken(id.Lang) {
			return nil, false
		}
		list = append(list, id.Category+"/"+id.Type+"/"+id.Lang+"/"+id.Name)
	}
	features := slices.Clone(i.Features)
	slices.Sort(features)
	if len(list) == 0 || repeats(list) || repeats(features) {
		return nil, false
	}
	list = append(list, features...)
	seen := false
	for _, f := range i.Forms {
		t, has := f.Field("FORM_TYPE")
		if !has || t.Kind != form.Hidden {
			continue // §5.4, 3.6
		}
		if seen || t.Value() != nsSoftware || len(slices.Compact(slices.Clone(t.Values))) > 1 {
			return nil, false
		}
		seen = true
		list = append(list, nsSoftware)
		for _, x := range sorted(f) {
			if x.Var != "FORM_TYPE" {
				list = append(append(list, x.Var), slices.Sorted(slices.Values(x.Values))...)
			}
		}
	}
	for _, s := range list {
		if strings.Contains(s, "<") {
			return nil, false
		}
		text = append(append(text, s...), '<')
	}
	return text, true
}

// compare orders identities by their parts: "de" comes before "de-AT". XEP-0115 §5.1
func (id Identity) compare(other Identity) int {
	return cmp.Or(strings.Compare(id.Category, other.Category), strings.Compare(id.Type, other.Type),
		strings.Compare(id.Lang, other.Lang), strings.Compare(id.Name, other.Name))
}

// repeats says whether a sorted list has anything twice.
func repeats(list []string) bool { return len(slices.Compact(slices.Clone(list))) < len(list) }

func sorted(f *form.Form) []form.Field {
	fields := slices.Clone(f.Fields)
	slices.SortStableFunc(fields, func(a, b form.Field) int { return strings.Compare(a.Var, b.Var) })
	return fields
}

// matches says whether an answer has that hash. What identities inherit of a language is
// part of it, though not everybody who writes one thinks so. XEP-0390 §4.1
func (i Info) matches(h Hash) bool {
	for _, lang := range []string{i.Lang, ""} {
		if text, ok := i.input(lang); ok && h.Of(text) == h.Value {
			return true
		}
	}
	return false
}

// What separates the parts of XEP-0390's input, the inner first.
const us, rs, gs, fs = "\x1f", "\x1e", "\x1d", "\x1c"

// input is what XEP-0390 §4.1 has hashed; ok is false for an answer that cannot be.
func (i Info) input(lang string) (text []byte, ok bool) {
	if i.strange {
		return nil, false
	}
	var features, identities, forms []string
	for _, f := range i.Features {
		features = append(features, f+us)
	}
	for _, id := range i.Identities {
		own := id.Lang
		if own == "" {
			own = lang
		}
		identities = append(identities, id.Category+us+id.Type+us+own+us+id.Name+us+rs)
	}
	for _, f := range i.Forms {
		if t, has := f.Field("FORM_TYPE"); !has || t.Kind != form.Hidden || len(t.Values) != 1 { // XEP-0068
			return nil, false
		}
		var fields []string
		for _, x := range f.Fields {
			var values []string
			for _, v := range x.Values {
				values = append(values, v+us)
			}
			fields = append(fields, x.Var+us+joined(values)+rs)
		}
		forms = append(forms, joined(fields)+gs)
	}
	for _, part := range [][]string{features, identities, forms} {
		text = append(append(text, joined(part)...), fs...)
	}
	return text, true
}

// joined is a list in order, as one. That no part can hold a separator is XML's doing.
func joined(list []string) string {
	slices.Sort(list)
	return strings.Join(list, "")
}
