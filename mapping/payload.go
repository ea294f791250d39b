package mapping

import (
	"slices"
	"strings"

	"isthmus/xmppside/muc"
	"isthmus/xmppside/stanza"
)

// A message holds words, and perhaps payloads: elements that some clients can use and
// others cannot. It is made for each class of client: who announced a payload gets it
// as it is, who did not gets something to read instead, or nothing. What nobody here
// knows is a payload as well, named by its namespace.

// A rule says when a payload is passed on.
type rule uint8

const (
	usual   rule = iota // to everybody who announced it
	allowed             // if the room allows it besides
	refused             // never, and its message neither
	never               // it alone is left out
	core                // always
)

// A payload is a kind of elements, by their namespaces.
type payload struct {
	name     string // as people call it
	rule     rule
	feature  string   // what announces it
	more     []string // other namespaces of it, which are features of their own
	wordless bool     // a body along with it is for those who cannot use it, and no loss
	kept     bool     // it means something later, too, though it has no body
}

// payloads are those that the gateway knows.
var payloads = []payload{
	{name: "formatted text", feature: nsXHTML},    // XEP-0071
	{name: "message markup", feature: nsMarkup},   // XEP-0394
	{name: "message styling", feature: nsStyling}, // XEP-0393
	{name: "replies", feature: nsReply},           // XEP-0461
	{name: "corrections", feature: nsCorrect},     // XEP-0308
	{name: "retractions", feature: "urn:xmpp:message-retract:1", wordless: true, kept: true, // XEP-0424
		more: []string{"urn:xmpp:message-retract:0"}},
	{name: "reactions", feature: "urn:xmpp:reactions:0", wordless: true, kept: true},          // XEP-0444
	{name: "typing notifications", feature: nsChatStates, wordless: true},                     // XEP-0085
	{name: "addresses of files", feature: nsOOB},                                              // XEP-0066
	{name: "file sharing", feature: nsSharing},                                                // XEP-0447
	{name: "chat markers", rule: allowed, feature: "urn:xmpp:chat-markers:0", wordless: true}, // XEP-0333
	{name: "receipts", rule: allowed, feature: "urn:xmpp:receipts", wordless: true},           // XEP-0184
	{name: "stickers", rule: allowed, feature: "urn:xmpp:stickers:0"},                         // XEP-0449
	{name: "bits of binary", rule: allowed, feature: "urn:xmpp:bob"},                          // XEP-0231
	{name: "shared whiteboard", rule: allowed, feature: "http://jabber.org/protocol/swb", // XEP-0113
		more: []string{"http://jabber.org/protocol/sxe"}}, // as Psi has it
	{name: "shared editing", rule: allowed, feature: "urn:xmpp:sxe:0"}, // XEP-0284
	{rule: refused, feature: "eu.siacs.conversations.axolotl"},         // XEP-0384
	{rule: refused, feature: "jabber:x:encrypted"},                     // XEP-0027
	{rule: refused, feature: "urn:xmpp:openpgp:0"},                     // XEP-0373, XEP-0374
	{rule: refused, feature: "urn:xmpp:eme:0"},                         // XEP-0380
	{rule: core, feature: ""},                                          // body, subject, thread
	{rule: core, feature: "urn:xmpp:sid:0"},                            // origin-id. XEP-0359
	{rule: core, feature: "urn:xmpp:hints"},                            // XEP-0334
}

// Namespaces that something is done about besides.
const (
	nsXHTML      = "http://jabber.org/protocol/xhtml-im"
	nsStyling    = "urn:xmpp:styling:0"
	nsReply      = "urn:xmpp:reply:0"
	nsCorrect    = "urn:xmpp:message-correct:0"
	nsChatStates = "http://jabber.org/protocol/chatstates"
	nsOOB        = "jabber:x:oob"
	nsSharing    = "urn:xmpp:sfs:0"
	nsFallback   = "urn:xmpp:fallback:0"
	nsOMEMO      = "urn:xmpp:omemo:" // and a number
)

// bySpace finds a payload by a namespace of its elements.
var bySpace = func() map[string]*payload {
	out := map[string]*payload{}
	for _, p := range payloads {
		for _, space := range append(p.more, p.feature) {
			p := p
			p.feature = space
			out[space] = &p
		}
	}
	return out
}()

var (
	merely  = bySpace[""] // of words alone
	nothing = payload{rule: never}
)

// payloadOf is what an element is; of what is unknown its namespace is the feature.
func payloadOf(e *stanza.Element) *payload {
	space := e.Space
	switch {
	case space == nsFallback:
		space = e.Attr("for") // it goes with that
		if p, ok := bySpace[space]; ok && p.rule == core {
			return &nothing
		}
	case space == "" && (e.Local == "body" || e.Local == "subject" || e.Local == "thread"): // RFC 6121 §5.2
		return merely
	case space == "":
		return &nothing
	}
	if p, ok := bySpace[space]; ok {
		return p
	}
	if strings.HasPrefix(space, nsOMEMO) {
		return &payload{rule: refused}
	}
	return &payload{rule: allowed, feature: space}
}

// Usual are the features that every room passes on, sorted.
func Usual() []string { return features(usual) }

// Supported are the features that a room may be told to pass on besides, sorted. It may
// be told any other namespace as well.
func Supported() []string { return features(allowed) }

func features(r rule) (out []string) {
	for space, p := range bySpace {
		if p.rule == r {
			out = append(out, space)
		}
	}
	slices.Sort(out)
	return out
}

// FeatureName is how people call a feature, in their language; the namespace itself if
// it has no name.
func FeatureName(lang, feature string) string {
	if p := bySpace[feature]; p != nil && p.name != "" {
		return Say(lang, p.name)
	}
	return feature
}

// MayPass says whether a room may be told to pass a feature on: what is refused is so
// whatever a room says.
func MayPass(feature string) bool {
	r := payloadOf(&stanza.Element{Space: feature}).rule
	return r == allowed || r == usual
}

// Encrypted says whether a message is for the eyes of some alone, which nobody on IRC
// can read; nor can anybody read what stands in for it.
func Encrypted(children []*stanza.Element) bool {
	return slices.ContainsFunc(children, func(e *stanza.Element) bool { return payloadOf(e).rule == refused })
}

// IsRich says whether a message holds more than every client can use, so that it has to
// be made for each class.
func IsRich(children []*stanza.Element) bool {
	return slices.ContainsFunc(children, func(e *stanza.Element) bool { return payloadOf(e).rule != core })
}

// Unknown is the first feature of a message that nobody here knows, and that a room which
// allows those features does not pass on; "" if there is none.
func Unknown(children []*stanza.Element, more []string) string {
	for _, e := range children {
		if p := payloadOf(e); p.rule == allowed && p.name == "" && !slices.Contains(more, p.feature) {
			return p.feature
		}
	}
	return ""
}

// IsKept says whether a message without words means something to those who come later.
func IsKept(children []*stanza.Element) bool {
	return slices.ContainsFunc(children, func(e *stanza.Element) bool { return payloadOf(e).kept })
}

// Passes says whether a room that allows those features besides passes anything of a
// message on.
func Passes(children []*stanza.Element, more []string) bool {
	return slices.ContainsFunc(children, func(e *stanza.Element) bool {
		p := payloadOf(e)
		return p.rule == usual || p.rule == allowed && slices.Contains(more, p.feature)
	})
}

// Deliver is what a client of a class gets of a message in a room that allows some
// features more; nil if there is nothing in it for such a client. about is what the
// message refers to.
func Deliver(children []*stanza.Element, class Class, more []string, about Reference) []*stanza.Element {
	d := delivery{class: class, more: more}
	text := d.text(children, about)
	out := make([]*stanza.Element, 0, len(children)+1)
	placed, something := false, text != ""
	for _, e := range children {
		switch {
		case isBody(e) && text == "":
		case isBody(e) && !placed:
			placed = true
			if e.Text() != text {
				e = stanza.T("", "body", text).SetLang(e.Lang())
			}
			out = append(out, e)
		case d.gets(e):
			out = append(out, e)
			something = something || payloadOf(e).rule != core || e.Space == "" && e.Local == "subject"
		}
	}
	if !something {
		return nil
	}
	if text != "" && !placed {
		out = slices.Insert(out, 0, stanza.T("", "body", text))
	}
	if d.unformatted && text != "" && class.Features.Has(nsStyling) && find(children, nsStyling, "unstyled") == nil {
		out = append(out, stanza.E(nsStyling, "unstyled")) // a star is a star. XEP-0393 §7
	}
	return out
}

func isBody(e *stanza.Element) bool { return e.Space == "" && e.Local == "body" }

// A delivery is a message on its way to clients of a class.
type delivery struct {
	class       Class
	more        []string
	unformatted bool // formatting is left out
}

// gets says whether the class can use an element.
func (d *delivery) gets(e *stanza.Element) bool {
	p := payloadOf(e)
	if d.class.Old {
		return e.Space == "" && p.rule == core
	}
	if d.can(p) {
		return true
	}
	d.unformatted = d.unformatted || p.feature == nsXHTML || p.feature == nsMarkup
	return false
}

func (d *delivery) can(p *payload) bool {
	switch p.rule {
	case core:
		return true
	case usual:
		return d.class.Features.Has(p.feature)
	case allowed:
		return slices.Contains(d.more, p.feature) && d.class.Features.Has(p.feature)
	}
	return false
}

// text is what the class reads: the body, less what stands in for nothing that it would
// miss, with what it needs to know besides.
func (d *delivery) text(children []*stanza.Element, about Reference) string {
	body := find(children, "", "body").Text()
	if p, ok := standIn(children, body); ok && !d.can(p) {
		return ""
	}
	if reply := find(children, nsReply, "reply"); reply != nil && !d.canUse(nsReply) && body != "" {
		if _, quoted := withoutFallback(children, nsReply, body); !quoted {
			body = addressed(body, about.nick(reply))
		}
	}
	if url := fileURL(children); url != "" && !d.getsFile(children) {
		body = withURL(body, url)
	}
	return body
}

// getsFile says whether the class can use what tells it where a file is.
func (d *delivery) getsFile(children []*stanza.Element) bool {
	return slices.ContainsFunc(children, func(e *stanza.Element) bool {
		return (e.Space == nsOOB || e.Space == nsSharing) && d.gets(e)
	})
}

func (d *delivery) canUse(feature string) bool { return !d.class.Old && d.can(bySpace[feature]) }

// find is the first element of that name; nil if there is none.
func find(children []*stanza.Element, space, local string) *stanza.Element {
	for _, e := range children {
		if e.Local == local && e.Space == space {
			return e
		}
	}
	return nil
}

// FeaturesChanged tells that a room passes other features on by now, or requires others.
// XEP-0045 §10.2.1
func FeaturesChanged(class Class) []Shown {
	if class.Old {
		return LineFor(class, "What this room passes on, or requires of clients, has changed.")
	}
	return []Shown{{Line: true, Children: []*stanza.Element{muc.User{Status: []muc.Status{muc.StatusConfigChanged}}.Element()}}}
}
