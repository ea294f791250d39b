package soak

import (
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"maps"
	"slices"
	"strings"

	"isthmus/xmppside/stanza"
)

const (
	nsInfo    = "http://jabber.org/protocol/disco#info"
	nsItems   = "http://jabber.org/protocol/disco#items"
	nsCaps    = "http://jabber.org/protocol/caps"
	nsRSM     = "http://jabber.org/protocol/rsm"
	nsCommand = "http://jabber.org/protocol/commands"
	nsSearch  = "jabber:iq:search"
	nsChannel = "urn:xmpp:channel-search:0"
)

// programs are how many clients there are that differ in what they can do.
const programs = 24

var (
	nodes = []string{
		"list", "search", "help", "networks", "status", "connect", "disconnect", "notes", "raw", "knock",
		"kick", "ban", "unban", "op", "deop", "voice", "devoice", "invite", "topic", "key", "features",
		"allow", "disallow", "require", "unrequire", "oldclients", "register", "invite-me", "unban-me",
		"get-key", "follow", "identify", "register-nick",
	}
	abilities = []string{
		nsMUC, "urn:xmpp:reply:0", "urn:xmpp:reactions:0", "urn:xmpp:message-correct:0",
		"jabber:x:conference", "http://jabber.org/protocol/xhtml-im", "urn:xmpp:message-retract:1", "jabber:x:oob",
	}
	configured = []string{
		"roomname", "roomdesc", "membersonly", "moderatedroom", "publicroom", "allowinvites",
		"passwordprotectedroom", "roomsecret", "maxusers", "changesubject", "whois", "persistentroom",
	}
)

// surfaces are further payloads: of what has pages, stages, forms and hashes.
var surfaces = []func(b *babbler) string{
	func(b *babbler) string { return b.command() },
	func(b *babbler) string { return b.command() },
	func(b *babbler) string { return el("query", nsInfo, "node='"+pick(b, nodes)+"'", "") },
	func(b *babbler) string {
		return el("query", nsItems, "node='"+pick(b, []string{nsCommand, "x-roomuser-item", b.word()})+"'", b.page())
	},
	func(b *babbler) string { return el("query", nsItems, "", b.page()) },
	func(b *babbler) string { return el("query", nsSearch, "", b.page()+b.search()) },
	func(b *babbler) string { return el("query", nsSearch, "", "<nick>"+b.word()+"</nick>"+b.page()) },
	func(b *babbler) string { return el("search", nsChannel+":search", "", b.page()+b.search()) },
	func(b *babbler) string { return el("query", nsMUC+"#owner", "", b.roomconfig()) },
	func(b *babbler) string { return el("query", nsMUC+"#owner", "", b.roomconfig()) },
	func(b *babbler) string { return b.invitations() },
	func(b *babbler) string { return b.caps() },
	func(b *babbler) string { return b.caps() + el("x", nsMUC, "", "") },
	func(b *babbler) string { return b.rich() },
	func(b *babbler) string { return b.rich() + "<body>" + b.text() + "</body>" },
	func(b *babbler) string { return b.rich() + b.rich() + "<body>&gt; quoted\n" + b.text() + "</body>" },
}

// values are a submitted form with any of some fields.
func (b *babbler) values(prefix string, names ...string) string {
	var fields strings.Builder
	for range b.IntN(5) {
		value := pick(b, []string{"0", "1", "true", "none", "-1", "99999999999999999999", "bob%net@gw", "*!*@*", "#soak", "", b.word(), b.word()})
		name := prefix + pick(b, names)
		fields.WriteString("<field var='" + name + "'>" + strings.Repeat("<value>"+value+"</value>", b.IntN(3)) + "</field>")
	}
	return el("x", nsForm, "type='"+pick(b, []string{"submit", "submit", "submit", "cancel", "form", "result", ""})+"'", fields.String())
}

// page asks for a page, or not.
func (b *babbler) page() string {
	at := pick(b, []string{"", "<after/>", "<before/>", "<after>" + b.word() + "</after>", "<before>2 #soak net</before>", "<index>" + b.word() + "</index>", "<index>-1</index>"})
	most := pick(b, []string{"", "<max>0</max>", "<max>1</max>", "<max>-5</max>", "<max>99999999999999999999</max>", "<max>" + b.word() + "</max>"})
	return pick(b, []string{"", el("set", nsRSM, "", most+at), el("set", nsRSM, "", at+most+at)})
}

func (b *babbler) search() string {
	return b.values("", "x-name", "x-topic", "x-min-users", "x-max-users", "x-order", "q", "all", "key", "min_users", "types", "sindescription", "FORM_TYPE")
}

func (b *babbler) roomconfig() string {
	if b.IntN(8) == 0 {
		return b.values("muc#roomconfig_", "FORM_TYPE", "getmemberlist", b.word())
	}
	return b.values("muc#roomconfig_", configured...)
}

// command is a command, or a stage of one that this client has begun.
func (b *babbler) command() string {
	node, session := pick(b, nodes), pick(b, []string{"", "", b.word()})
	if at, begun := b.sessions[b.from]; begun && b.IntN(2) == 0 {
		node, session = at[0], at[1]
	}
	attrs := "node='" + node + "' action='" + pick(b, []string{"execute", "execute", "next", "prev", "complete", "cancel", "go"}) + "'"
	if session != "" {
		attrs += " sessionid='" + session + "'"
	}
	form := b.values("", "nick", "channel", "password", "line", "reason", "name", "text", "who", "account", "email")
	return el("command", nsCommand, attrs, pick(b, []string{"", form, form}))
}

func (b *babbler) invitations() string {
	var out strings.Builder
	for range 1 + b.IntN(40) {
		out.WriteString("<invite to='" + pick(b, []string{"bob%net@gw", "v1@x", "v2@x/r0", "#soak%net@gw/bob", "gw", b.word() + "%net@gw"}) + "'><reason>" + b.word() + "</reason><continue thread='" + b.word() + "'/></invite>")
	}
	return el("x", nsMUC+"#user", "", out.String()+pick(b, []string{"", "<password>x</password>", "<decline to='v1@x'><reason>" + b.text() + "</reason></decline>"}))
}

// rich is what messages hold beside words.
func (b *babbler) rich() string {
	id := pick(b, []string{"", b.word(), fmt.Sprintf("q%d", b.IntN(b.turn+1))})
	return pick(b, []string{
		el("replace", "urn:xmpp:message-correct:0", "id='"+id+"'", ""),
		el("reply", "urn:xmpp:reply:0", "to='#soak%net@gw/bob' id='"+id+"'", "") +
			el("fallback", "urn:xmpp:fallback:0", "for='urn:xmpp:reply:0'", fmt.Sprintf("<body start='%d' end='%d'/>", b.IntN(20)-5, b.IntN(40)-5)),
		el("reactions", "urn:xmpp:reactions:0", "id='"+id+"'", strings.Repeat("<reaction>🐚</reaction>", b.IntN(30))),
		el("retract", "urn:xmpp:message-retract:1", "id='"+id+"'", ""),
		el("displayed", "urn:xmpp:chat-markers:0", "id='"+id+"'", "") + el("no-store", "urn:xmpp:hints", "", ""),
		el("request", "urn:xmpp:receipts", "", ""),
		el("x", "jabber:x:oob", "", "<url>https://x.example/"+b.word()+"</url>"),
		el("encrypted", "eu.siacs.conversations.axolotl", "", "<payload>x</payload>") + el("encryption", "urn:xmpp:eme:0", "namespace='x'", ""),
		el("data", "urn:xmpp:bob", "cid='"+id+"' type='image/png'", strings.Repeat("AAAA", b.large(2000))),
		el("markup", "urn:xmpp:markup:0", "", "<span start='-1' end='99999'/>"),
		el("paused", "http://jabber.org/protocol/chatstates", "", ""),
	})
}

// A program is a client by its number: what it answers, and the hash of that.
// XEP-0115 §5.1
func program(n int) (ver, answer string) {
	text := fmt.Sprintf("client/pc//program %d<", n)
	answer = fmt.Sprintf("<identity category='client' type='pc' name='program %d'/>", n)
	can := []string{fmt.Sprintf("urn:x:%d", n), nsInfo}
	for i, ability := range abilities {
		if n>>(i%4)&1 == i/4 {
			can = append(can, ability)
		}
	}
	slices.Sort(can)
	for _, ability := range can {
		text += ability + "<"
		answer += "<feature var='" + ability + "'/>"
	}
	sum := sha1.Sum([]byte(text))
	return base64.StdEncoding.EncodeToString(sum[:]), answer
}

// caps are what a presence announces: a program, or a hash that nothing bears out.
func (b *babbler) caps() string {
	ver, _ := program(b.IntN(programs))
	hash := func(algorithm string) string {
		return el("hash", "urn:xmpp:hashes:2", "algo='"+algorithm+"'", pick(b, []string{ver, b.word(), ""}))
	}
	old := el("c", nsCaps, "hash='"+pick(b, []string{"sha-1", "sha-1", "sha-1", "md5", ""})+"' node='"+b.word()+"' ver='"+pick(b, []string{ver, ver, ver, b.word(), ""})+"'", "")
	return pick(b, []string{old, old, el("c", "urn:xmpp:caps", "", hash("sha-256")+hash("sha3-256")+hash("x")), old + old})
}

// hear takes in what a visitor is asked, and which command it has begun. The rig's mutex
// is held.
func (b *babbler) hear(s *stanza.Stanza) {
	at := s.To.String()
	if query := s.Child(nsInfo, "query"); s.Kind == stanza.IQ && s.Type == "get" && query != nil && strings.HasPrefix(at, "v") {
		b.asked[at] = append(b.asked[at], asked{s.From.String(), s.ID, query.Attr("node")})
	}
	if c := s.Child(nsCommand, "command"); c != nil && s.Type == "result" && c.Attr("status") == "executing" {
		b.sessions[at] = [2]string{c.Attr("node"), c.Attr("sessionid")}
	}
}

// asked is a question what a client can do.
type asked struct{ from, id, node string }

// answers are what visitors say that they can do, if they say anything.
func (b *babbler) answers() []string {
	var out []string
	for _, client := range slices.Sorted(maps.Keys(b.asked)) {
		for _, q := range b.asked[client] {
			if answer, typ := b.able(q); typ != "" {
				out = append(out, "<iq from='"+client+"' to='"+q.from+"' id='"+q.id+"' type='"+typ+"'>"+answer+"</iq>")
			}
		}
	}
	clear(b.asked)
	return out
}

// able is an answer and its type: what the announced program can do, nonsense, or nothing.
func (b *babbler) able(q asked) (answer, typ string) {
	switch b.IntN(8) {
	case 0:
		return "", ""
	case 1:
		return el("error", "", "type='cancel'", el("service-unavailable", "urn:ietf:params:xml:ns:xmpp-stanzas", "", "")), "error"
	case 2:
		return el("query", nsInfo, "", "<feature/><feature var='"+b.word()+"'/><feature var='"+b.word()+"'/><identity/>"+b.form()), "result"
	case 3:
		return el("query", nsInfo, "", strings.Repeat("<feature var='"+strings.Repeat("x", 20)+"'/>", b.large(1500))), "result"
	case 4:
		return el("x", "urn:x", b.attrs(b.IntN(70)), b.word()), "result"
	}
	_, ver, _ := strings.Cut(q.node, "#")
	for n := range programs {
		if hash, answer := program(n); hash == ver {
			return el("query", nsInfo, "", answer), "result"
		}
	}
	return el("query", nsInfo, "", "<feature var='"+nsMUC+"'/>"), "result"
}

// clever is what an honest client might send that can do more: it gets further in what
// has stages, pages, forms and hashes.
func (b *babbler) clever(v int) string {
	room := pick(b, channels) + "%net@gw"
	place := pick(b, []string{"gw", "net@gw", "net@gw", room, room, room})
	ask := func(typ, to, payload string) string { return b.stanza(kind{"iq", typ}, b.from, to, payload) }
	own := fmt.Sprintf("%s/v%d", room, v)
	switch b.IntN(12) {
	case 0, 1, 2:
		return ask("set", place, b.command())
	case 3:
		return ask("set", room, el("query", nsMUC+"#owner", "", b.roomconfig()))
	case 4:
		return ask(pick(b, []string{"get", "set"}), pick(b, []string{"gw", "net@gw"}), el("query", nsSearch, "", b.page()+b.search()))
	case 5:
		return ask("get", pick(b, []string{"gw", "net@gw"}), el("search", nsChannel+":search", "", b.page()+b.search()))
	case 6:
		return ask("get", place, el("query", nsItems, pick(b, []string{"", "node='" + nsCommand + "'"}), b.page()))
	case 7:
		return ask(pick(b, []string{"get", "set"}), room, el("query", "jabber:iq:register", "", pick(b, []string{"", b.answer()})))
	case 8:
		return b.stanza(kind{"message", ""}, b.from, room, pick(b, []string{b.invitations(), b.answer()}))
	case 9:
		return b.stanza(kind{"presence", ""}, b.from, own, el("x", nsMUC, "", "")+b.caps())
	case 10:
		return b.stanza(kind{"presence", "unavailable"}, b.from, own, b.caps())
	}
	return b.stanza(kind{"message", "groupchat"}, b.from, room, b.rich()+pick(b, []string{"", "<body>" + b.text() + "</body>"}))
}
