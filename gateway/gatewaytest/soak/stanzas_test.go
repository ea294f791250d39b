package soak

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"isthmus/xmppside/stanza"
)

const (
	visitors  = 32 // Jabber users who send what makes no sense
	resources = 2  // of each
)

// A babbler makes well-formed stanzas that make no sense, or nearly.
type babbler struct {
	*rand.Rand
	turn    int
	order   []int              // in which combinations come
	present map[[2]string]bool // whom each client sent presence to and did not take it back

	from     string // who sends the stanza that is made
	payloads []func(b *babbler) string
	asked    map[string][]asked   // by client: what it can do
	sessions map[string][2]string // by client: node and session of the command that it began last
}

func newBabbler(seed uint64) *babbler {
	b := &babbler{
		Rand: rand.New(rand.NewPCG(seed, 0)), present: map[[2]string]bool{}, payloads: slices.Concat(payloads, surfaces),
		asked: map[string][]asked{}, sessions: map[string][2]string{},
	}
	b.order = b.Perm(len(kinds) * len(places) * len(b.payloads))
	return b
}

func pick[T any](b *babbler, list []T) T { return list[b.IntN(len(list))] }

// A kind is a stanza's name and type. The last ones are no types.
type kind struct{ name, typ string }

var kinds = []kind{
	{"message", ""}, {"message", "normal"}, {"message", "chat"}, {"message", "groupchat"},
	{"message", "headline"}, {"message", "error"}, {"message", "shout"},
	{"presence", ""}, {"presence", "unavailable"}, {"presence", "subscribe"}, {"presence", "subscribed"},
	{"presence", "unsubscribe"}, {"presence", "unsubscribed"}, {"presence", "probe"},
	{"presence", "error"}, {"presence", "available"},
	{"iq", "get"}, {"iq", "set"}, {"iq", "result"}, {"iq", "error"}, {"iq", ""}, {"iq", "ask"},
}

var (
	channels = []string{"#soak", "#ä", "#x[1]", "#X{1}", "#busy", "#q", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#日本", "#-"}
	nicks    = []string{"bob", "bill", "sat0", "sat1", "v1", "v2", "v3", "nobody"}
	conds    = []stanza.Condition{
		stanza.BadRequest, stanza.Conflict, stanza.FeatureNotImplemented, stanza.Forbidden, stanza.Gone,
		stanza.InternalServerError, stanza.ItemNotFound, stanza.JIDMalformed, stanza.NotAcceptable,
		stanza.NotAllowed, stanza.NotAuthorized, stanza.PolicyViolation, stanza.RecipientUnavailable,
		stanza.Redirect, stanza.RegistrationRequired, stanza.RemoteServerNotFound, stanza.RemoteServerTimeout,
		stanza.ResourceConstraint, stanza.ServiceUnavailable, stanza.SubscriptionRequired,
		stanza.UndefinedCondition, stanza.UnexpectedRequest,
	}
)

// places are addresses of each kind; some are none.
var places = []func(b *babbler) string{
	func(b *babbler) string { return pick(b, []string{"gw", "GW", "gw/resource"}) },
	func(b *babbler) string { return pick(b, []string{"net@gw", "wild@gw", "irc.test@gw", "net@gw/x"}) },
	func(b *babbler) string { return fmt.Sprintf("n%d.example@gw", b.IntN(1000)) }, // no such network
	func(b *babbler) string { return pick(b, channels) + "%net@gw" },
	func(b *babbler) string { return fmt.Sprintf("#r%d%%net@gw", b.IntN(1000)) },
	func(b *babbler) string { return pick(b, channels) + "%nowhere@gw" + pick(b, []string{"", "/nick"}) },
	func(b *babbler) string { return pick(b, channels) + "%net@gw/" + pick(b, nicks) },
	func(b *babbler) string { return pick(b, channels) + "%net@gw/" + b.word() },
	func(b *babbler) string { return pick(b, nicks) + "%net@gw" + pick(b, []string{"", "/x"}) },
	func(b *babbler) string { return fmt.Sprintf("n%d%%net@gw", b.IntN(1000)) },
	func(b *babbler) string {
		return pick(b, []string{"0", "#", "#a,b", "$*", "@#soak", "a!b\\40c", "*", "\\20", "#\\20x", "%", "a%b%", "#\u202ex", "~", "\\5c\\20"}) + "%net@gw"
	},
	func(b *babbler) string {
		return pick(b, []string{"a b@gw", "@gw", "a:b@gw", "x@@gw", "\u0378@gw", "gw/", strings.Repeat("ä", 600) + "@gw", "&quot;@gw", "%@gw", "%net@gw", "#soak@gw"})
	},
	func(b *babbler) string {
		return pick(b, []string{"elsewhere.example", "a@elsewhere.example/b", "x.gw"})
	},
	func(b *babbler) string { return "" },
}

// word is what may stand where a name, a nick or a text does, escaped.
func (b *babbler) word() string {
	switch b.IntN(12) {
	case 0:
		return strings.Repeat(pick(b, []string{"n", "ö", "🐚"}), 1+b.IntN(250))
	case 1:
		return pick(b, []string{"\u202eevil", "a\u200bb", "\ufeff", "a\u0300\u0301", "ﷺ", "\ufffd\ufffd", "\ue000"})
	case 2:
		return pick(b, []string{"0", "-", "@op", "+v", "~&amp;x", "#soak", "$*", "a,b", "a b", "a!b@c", ":x", "*"})
	case 3:
		return "👩‍👩‍👧‍👦" + pick(b, []string{"", "️", "!"})
	case 4:
		return pick(b, nicks)
	}
	return fmt.Sprintf("w%d", b.IntN(300))
}

// text is what may be a body, escaped.
func (b *babbler) text() string {
	switch b.IntN(16) {
	case 0:
		return ""
	case 1:
		return strings.Repeat(pick(b, []string{"word ", "ö", "🐚", "x\n", "&lt;"}), b.IntN(1200))
	case 2:
		return pick(b, []string{"\n\n\n", " ", "\t", "a\nb\nc", "/me", "/me dances", "\u2028x\u2029", "\u0085", "\ufffdACTION x\ufffd"})
	case 3:
		return pick(b, []string{"help", "status", "connect", "connect " + b.word(), "disconnect", "disconnect x", "notes", "networks", "raw QUIT", "HELP me"})
	case 4:
		return fmt.Sprintf("nick%d: QUIT :\ufffd JOIN 0", b.IntN(9))
	}
	return "text " + b.word()
}

// el is an element of a namespace.
func el(name, space, attrs, content string) string {
	return "<" + name + " xmlns='" + space + "' " + attrs + ">" + content + "</" + name + ">"
}

const (
	nsMUC  = "http://jabber.org/protocol/muc"
	nsForm = "jabber:x:data"
)

// payloads are all that clients put into stanzas, and what none does.
var payloads = []func(b *babbler) string{
	func(b *babbler) string { return "" },
	func(b *babbler) string { return el("x", nsMUC, "", "") },
	func(b *babbler) string {
		return el("x", nsMUC, "", fmt.Sprintf("<password>%s</password><history maxchars='%d' maxstanzas='-%d' seconds='99999999999999999999' since='%s'/>", b.word(), b.IntN(99), b.IntN(9), b.word()))
	},
	func(b *babbler) string { return "<body>" + b.text() + "</body>" },
	func(b *babbler) string {
		return "<body>" + b.text() + "</body><body xml:lang='de'>" + b.text() + "</body>"
	},
	func(b *babbler) string { return "<body>" + strings.Repeat(b.word()+" ", b.large(3000)) + "</body>" },
	func(b *babbler) string { return "<subject>" + b.text() + "</subject>" },
	func(b *babbler) string { return "<subject/><body>x</body><thread>" + b.word() + "</thread>" },
	func(b *babbler) string {
		return "<show>" + pick(b, []string{"away", "xa", "dnd", "chat", "gone"}) + "</show><status>" + b.text() + "</status>"
	},
	func(b *babbler) string {
		return "<priority>" + b.word() + "</priority>" + el("x", nsMUC, "", "") + "<show>away</show>"
	},
	func(b *babbler) string { return el("query", "http://jabber.org/protocol/disco#info", "", "") },
	func(b *babbler) string {
		return el("query", "http://jabber.org/protocol/disco#info", "node='"+b.word()+"'", "")
	},
	func(b *babbler) string { return el("query", "http://jabber.org/protocol/disco#items", "", "") },
	func(b *babbler) string {
		return el("query", "http://jabber.org/protocol/disco#items", "node='"+b.word()+"'", "<set xmlns='http://jabber.org/protocol/rsm'/>")
	},
	func(b *babbler) string { return el("ping", "urn:xmpp:ping", "", "") },
	func(b *babbler) string { return el("query", "jabber:iq:version", "", "<name>"+b.word()+"</name>") },
	func(b *babbler) string { return el("time", "urn:xmpp:time", "", "") },
	func(b *babbler) string { return el("query", "jabber:iq:last", "", "") },
	func(b *babbler) string { return el("vCard", "vcard-temp", "", "") },
	func(b *babbler) string {
		return el("query", "jabber:iq:register", "", el("x", nsForm, "type='submit'", ""))
	},
	func(b *babbler) string { return el("query", "jabber:iq:search", "", "") },
	func(b *babbler) string {
		return el("command", "http://jabber.org/protocol/commands", "node='"+b.word()+"' action='execute'", "")
	},
	func(b *babbler) string {
		return el("query", "urn:xmpp:mam:2", "queryid='"+b.word()+"'", el("x", nsForm, "type='submit'", ""))
	},
	func(b *babbler) string { return el("query", nsMUC+"#admin", "", b.items()) },
	func(b *babbler) string { return el("query", nsMUC+"#admin", "", b.items()+b.items()+b.items()) },
	func(b *babbler) string {
		return el("query", nsMUC+"#admin", "", strings.Repeat("<item nick='x' role='none'/>", 1+b.IntN(200)))
	},
	func(b *babbler) string { return el("query", nsMUC+"#owner", "", "") },
	func(b *babbler) string { return el("query", nsMUC+"#owner", "", b.form()) },
	func(b *babbler) string {
		return el("query", nsMUC+"#owner", "", "<destroy jid='"+b.word()+"'><reason>"+b.text()+"</reason></destroy>")
	},
	func(b *babbler) string {
		return el("x", nsMUC+"#user", "", "<invite to='"+pick(b, []string{"bob%net@gw", "v1@x", "nobody%net@gw", "@", ""})+"'><reason>"+b.text()+"</reason></invite>")
	},
	func(b *babbler) string {
		return el("x", nsMUC+"#user", "", "<decline to='bob%net@gw'/>"+b.items()+"<status code='110'/>")
	},
	func(b *babbler) string {
		return el("x", "jabber:x:conference", "jid='#soak%net@gw' password='"+b.word()+"'", "")
	},
	func(b *babbler) string {
		return el("x", "jabber:x:conference", "jid='"+pick(b, []string{"coven@y", "bob%net@gw", "#c%net@gw", "@", ""})+"' reason='"+b.word()+"'", "")
	},
	func(b *babbler) string { return b.answer() },
	func(b *babbler) string { return el("query", "jabber:iq:register", "", b.answer()) },
	func(b *babbler) string { return el("query", "jabber:iq:register", "", "<remove/>") },
	func(b *babbler) string { return el("query", "jabber:iq:roster", "", "<item jid='gw'/>") },
	func(b *babbler) string { return b.failure() },
	func(b *babbler) string { return b.failure() + b.failure() + "<body>x</body>" },
	func(b *babbler) string { return "<error/>" },
	func(b *babbler) string { return strings.Repeat("<a>", 1+b.IntN(30)) + "x" + "" },
	func(b *babbler) string { return strings.Repeat("<a b='c'>", 30+b.IntN(40)) },
	func(b *babbler) string { return strings.Repeat("<a/>", 1+b.IntN(100)) },
	func(b *babbler) string {
		return pick(b, []string{strings.Repeat("<a/>", 4000), strings.Repeat("<a/>", 5000), "<a/>", "<b/>"})
	},
	func(b *babbler) string { return "<a " + b.attrs(1+b.IntN(80)) + "/>" },
	func(b *babbler) string {
		return el("x", "urn:"+b.word(), "", "<y xmlns=''><z xmlns='a'/></y>"+b.word())
	},
	func(b *babbler) string { return "<p:x xmlns:p='jabber:client'><p:body>x</p:body></p:x>" },
	func(b *babbler) string { return el("active", "http://jabber.org/protocol/chatstates", "", "") },
	func(b *babbler) string {
		return el("stanza-id", "urn:xmpp:sid:0", "by='#soak%net@gw' id='"+b.word()+"'", "") + "<body>" + b.text() + "</body>"
	},
	func(b *babbler) string {
		return el("delay", "urn:xmpp:delay", "stamp='"+b.word()+"' from='gw'", "") + el("occupant-id", "urn:xmpp:occupant-id:0", "id='x'", "") + "<body>forged</body>"
	},
	func(b *babbler) string {
		return el("html", "http://jabber.org/protocol/xhtml-im", "", el("body", "http://www.w3.org/1999/xhtml", "", "<p>"+b.text()+"</p>"))
	},
	func(b *babbler) string {
		return el("ping", "urn:xmpp:ping", "", "") + el("ping", "urn:xmpp:ping", "", "")
	},
	func(b *babbler) string { return "between " + b.word() + " elements" + el("x", nsMUC, "", "") },
}

// large is a number that is large once in a while: what is large takes its time.
func (b *babbler) large(most int) int {
	if b.IntN(16) == 0 {
		return most - b.IntN(most/2)
	}
	return 1 + b.IntN(most/50)
}

// items are what an admin query says.
func (b *babbler) items() string {
	attr := func(name string, values ...string) string {
		if b.IntN(2) == 0 {
			return ""
		}
		return " " + name + "='" + pick(b, values) + "'"
	}
	return "<item" + attr("nick", b.word(), pick(b, nicks), "") + attr("jid", "bob%net@gw", "*!*\\40h%net@gw", "v1@x", "@", "") +
		attr("role", "none", "visitor", "participant", "moderator", "king") +
		attr("affiliation", "outcast", "none", "member", "admin", "owner", "king") + "><reason>" + b.text() + "</reason></item>"
}

// form is a form that is submitted.
func (b *babbler) form() string {
	field := func(name string) string {
		return "<field var='" + name + "'><value>" + b.word() + "</value></field>"
	}
	return el("x", nsForm, "type='"+pick(b, []string{"submit", "cancel", "form", ""})+"'",
		field("muc#roomconfig_roomname")+field("muc#roomconfig_membersonly")+field(b.word())+"<field/><item/>")
}

// failure is an error of every condition, and of none.
func (b *babbler) failure() string {
	name := "no-such-condition"
	if b.IntN(20) > 0 {
		name = string(pick(b, conds))
	}
	return "<error type='" + pick(b, []string{"cancel", "wait", "auth", "modify", "continue", "odd"}) + "'>" +
		el(name, "urn:ietf:params:xml:ns:xmpp-stanzas", "", "") + "</error>"
}

func (b *babbler) attrs(n int) string {
	var out []string
	for i := range n {
		out = append(out, fmt.Sprintf("a%d='%s'", i, "v"))
	}
	return strings.Join(out, " ")
}

// round is one stanza from each visitor, in some order, each from one of its clients, and
// what they answer.
func (b *babbler) round() []string {
	out := b.answers()
	for _, v := range b.Perm(visitors) {
		b.turn++
		b.from = fmt.Sprintf("v%d@x/r%d", v, b.IntN(resources))
		if b.turn%3 == 0 {
			out = append(out, b.nearly(b.from, v))
		} else {
			out = append(out, b.senseless(b.from))
		}
	}
	return out
}

// senseless is the next combination of kind, type, place and payload. All come in turn.
func (b *babbler) senseless(from string) string {
	n := b.order[b.turn%len(b.order)]
	k := kinds[n%len(kinds)]
	n /= len(kinds)
	to := places[n%len(places)](b)
	return b.stanza(k, from, to, closed(b.payloads[n/len(places)](b)))
}

// closed ends the elements that a payload leaves open.
func closed(payload string) string {
	return payload + strings.Repeat("</a>", strings.Count(payload, "<a>")+strings.Count(payload, "<a b='c'>"))
}

func (b *babbler) stanza(k kind, from, to, payload string) string {
	attrs := fmt.Sprintf(" from='%s' id='%s%d'", from, pick(b, []string{"q", "q-", "ü", "a&lt;b&quot;", "x y", "🐚"}), b.turn)
	if to != "" {
		attrs += " to='" + to + "'"
	}
	if k.typ != "" {
		attrs += " type='" + k.typ + "'"
	}
	switch k {
	case kind{"presence", ""}, kind{"presence", "subscribe"}, kind{"presence", "probe"}:
		b.present[[2]string{from, to}] = true
	}
	return "<" + k.name + attrs + ">" + payload + "</" + k.name + ">"
}

// nearly is what an honest client might send at another time.
func (b *babbler) nearly(from string, v int) string {
	if b.IntN(2) == 0 {
		return b.clever(v)
	}
	room := pick(b, channels) + "%net@gw"
	own := fmt.Sprintf("%s/v%d", room, v)
	switch b.IntN(16) {
	case 0:
		return b.stanza(kind{"presence", ""}, from, own, el("x", nsMUC, "", ""))
	case 1, 2, 3, 11, 12: // oftener than they join, so that rooms do not grow
		return b.stanza(kind{"presence", "unavailable"}, from, own, "<status>"+b.text()+"</status>")
	case 4:
		return b.stanza(kind{"presence", ""}, from, fmt.Sprintf("%s/v%d%s", room, v, pick(b, []string{"", "", "", "_", "x"})), "<show>"+pick(b, []string{"away", "chat"})+"</show>")
	case 5, 6:
		return b.stanza(kind{"message", "groupchat"}, from, room, "<body>"+b.text()+"</body>")
	case 7:
		return b.stanza(kind{"message", "groupchat"}, from, room, "<subject>"+b.text()+"</subject>")
	case 8:
		return b.stanza(kind{"message", "chat"}, from, room+"/"+pick(b, nicks), "<body>"+b.text()+"</body>")
	case 9:
		return b.stanza(kind{"iq", "set"}, from, room, el("query", nsMUC+"#admin", "", b.items()))
	case 10:
		return b.stanza(kind{"iq", "get"}, from, room+"/"+pick(b, nicks), el(pick(b, []string{"ping", "time"}), pick(b, []string{"urn:xmpp:ping", "urn:xmpp:time"}), "", ""))
	}
	return b.stanza(kind{"iq", "get"}, from, room, el("query", nsMUC+"#admin", "", "<item affiliation='"+pick(b, []string{"outcast", "member", "owner"})+"'/>"))
}

// goodbyes is what the visitors' server sends when all of them go offline and delete
// their accounts, and what ends the connections that they asked for by name.
func (b *babbler) goodbyes() []string {
	var out []string
	for at := range b.present {
		if at[1] != "" {
			out = append(out, fmt.Sprintf("<presence from='%s' to='%s' type='unavailable'/>", at[0], at[1]))
			out = append(out, fmt.Sprintf("<presence from='%s' to='%s' type='unsubscribe'/>", at[0], at[1]))
		}
	}
	clear(b.present)
	slices.Sort(out)
	for v := range visitors {
		for _, network := range []string{"net", "wild"} {
			out = append(out, fmt.Sprintf("<message from='v%d@x/r0' to='%s@gw' type='chat'><body>disconnect</body></message>", v, network))
		}
	}
	return out
}

// answer is a form of registration or of a voice request that somebody has filled in.
func (b *babbler) answer() string {
	field := func(name, value string) string {
		return "<field var='" + name + "'><value>" + value + "</value></field>"
	}
	nick := pick(b, []string{"bob", "v1", "nobody", "", b.word()})
	return el("x", nsForm, "type='"+pick(b, []string{"submit", "submit", "cancel", "form"})+"'",
		field("FORM_TYPE", nsMUC+pick(b, []string{"#register", "#request", "#other"}))+
			field("muc#role", pick(b, []string{"participant", "moderator", "none"}))+
			field("muc#roomnick", nick)+field("muc#register_roomnick", nick)+field("irc#reason", b.word())+
			field(pick(b, []string{"muc#request_allow", "muc#register_allow", "irc#member"}), pick(b, []string{"1", "0", "true", "x"})))
}
