package script

import (
	"strings"
	"time"

	"isthmus/xmppside/stanza"
)

// A wish is a request of ann's, and how it is known to be answered.
type wish struct {
	before []string // what IRC users say before it
	id     string
	from   string // "" is ann@x/d
	to     string
	raw    string                              // the stanza, without its addresses and id
	ended  func(s *stanza.Stanza, w wish) bool // nil: IRC tells only refusals
	within time.Duration
	fails  bool // it is refused, also when nothing is lost
	ours   bool // by the gateway, which does not ask the network
	moot   bool // done, for a gateway that has not heard from the network why not
}

func (w wish) client() string {
	if w.from == "" {
		return "ann@x/d"
	}
	return w.from
}

// Other clients of ann's: one that enters by its presence alone, and one that says what
// it can do, which the others do not.
const (
	old  = "ann@x/old"
	able = "ann@x/able"

	abilities = "<query xmlns='http://jabber.org/protocol/disco#info'><feature var='http://jabber.org/protocol/muc'/><feature var='urn:y'/></query>"
)

// How wishes end, besides by an error that has their id.
func byID(s *stanza.Stanza, w wish) bool { return s.ID == w.id && s.Type != "error" }

func bySelf(s *stanza.Stanza, _ wish) bool {
	return s.Kind == stanza.Presence && s.Type == "" && strings.Contains(string(s.Append(nil)), "code='110'")
}

// byNick is our presence by another nick, or that we are sent away who are not in.
func byNick(s *stanza.Stanza, w wish) bool {
	return bySelf(s, w) || byGoing(s, w) && !strings.Contains(string(s.Append(nil)), "code='303'")
}

func byGoing(s *stanza.Stanza, _ wish) bool {
	return s.Kind == stanza.Presence && s.Type == "unavailable" && strings.Contains(string(s.Append(nil)), "code='110'")
}

func bySubject(s *stanza.Stanza, _ wish) bool {
	_, is := s.Subject()
	return s.Kind == stanza.Message && is
}

func byWords(s *stanza.Stanza, w wish) bool {
	return s.Kind == stanza.Message && s.Type == "chat" && s.From.String() == w.to
}

// The deadlines of the configuration in header, with a second to spare.
const (
	answer = 21 * time.Second
	enters = 122 * time.Second // it waits for the registration, and then for the JOIN
	words  = answer + 31*time.Second
	lists  = 61 * time.Second

	asked    = 6 * time.Second // clients, what they can do
	services = 2 * 20 * time.Second
)

const wishHeader = `config gateway.answer_timeout = "20s"
config gateway.join_timeout = "1m"
config gateway.hold_time = "30s"
config gateway.raw_commands = true
config gateway.linger = "10m"
`

const admin, owner = "http://jabber.org/protocol/muc#admin", "http://jabber.org/protocol/muc#owner"

func iqOf(typ, payload string) string { return "<iq type='" + typ + "'%s>" + payload + "</iq>" }

func adminSet(item string) string {
	return iqOf("set", "<query xmlns='"+admin+"'><item "+item+"/></query>")
}

func adminGet(item string) string {
	return iqOf("get", "<query xmlns='"+admin+"'><item "+item+"/></query>")
}

func submit(field, value string) string {
	return iqOf("set", "<query xmlns='"+owner+"'><x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'><value>http://jabber.org/protocol/muc#roomconfig</value></field>"+
		"<field var='"+field+"'><value>"+value+"</value></field></x></query>")
}

// ownerSet is a form of a room's configuration, filled in: names, each with its value.
func ownerSet(fields ...string) string {
	form := ""
	for i := 0; i < len(fields); i += 2 {
		form += "<field var='" + fields[i] + "'><value>" + fields[i+1] + "</value></field>"
	}
	return iqOf("set", "<query xmlns='"+owner+"'><x xmlns='jabber:x:data' type='submit'>"+form+"</x></query>")
}

func queryGet(space string) string { return iqOf("get", "<query xmlns='"+space+"'/>") }

func groupchat(text string) string {
	return "<message type='groupchat'%s><body>" + text + "</body></message>"
}

func chat(text string) string { return "<message type='chat'%s><body>" + text + "</body></message>" }

func command(node string) string {
	return iqOf("set", "<command xmlns='http://jabber.org/protocol/commands' node='"+node+"'/>")
}

// submitted is a form of registration or of a request, filled in.
func submitted(formType, fields string) string {
	form := "<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'><value>http://jabber.org/protocol/muc" + formType + "</value></field>" + fields + "</x>"
	if formType == "#register" {
		return "<query xmlns='jabber:iq:register'>" + form + "</query>"
	}
	return form
}

const (
	enterMUC = "<presence%s><x xmlns='http://jabber.org/protocol/muc'/></presence>"
	room     = "#c%net@gw"
)

// wishes are all requests that a client can make, as far as the network has a word in
// their answers.
func wishes() []wish {
	return []wish{
		{id: "join", to: room + "/ann", raw: enterMUC, ended: bySelf, within: enters},
		{before: []string{"bob: JOIN #c", "carol: JOIN #c"}, id: "again", to: room + "/ann", raw: enterMUC, ended: bySelf, within: enters},
		{id: "say", to: room, raw: groupchat("words"), ended: byID, within: words},
		{id: "long", to: room, raw: groupchat(strings.Repeat("many words ", 100)), ended: byID, within: words},
		{id: "action", to: room, raw: groupchat("/me waves"), ended: byID, within: words},
		{id: "private", to: room + "/bob", raw: chat("words"), within: answer},
		{id: "direct", to: "bob%net@gw", raw: chat("words"), within: answer},
		{id: "nobody", to: "zoe%net@gw", raw: chat("words"), within: answer, fails: true},
		{id: "subject", to: room, raw: "<message type='groupchat'%s><subject>topic</subject></message>", ended: bySubject, within: answer},
		{id: "same", to: room, raw: "<message type='groupchat'%s><subject>topic</subject></message>", ended: bySubject, within: answer},
		{id: "nick", to: room + "/anna", raw: "<presence%s/>", ended: byNick, within: enters},
		{id: "back", to: room + "/ann", raw: "<presence%s/>", ended: byNick, within: enters},
		{id: "taken", to: room + "/bob", raw: "<presence%s/>", ended: byNick, within: enters, fails: true},

		{id: "voice", to: room, raw: adminSet("nick='bob' affiliation='member'"), ended: byID, within: answer},
		{id: "op", to: room, raw: adminSet("nick='bob' role='moderator'"), ended: byID, within: answer},
		{id: "deop", to: room, raw: adminSet("nick='bob' affiliation='none'"), ended: byID, within: answer},
		{id: "ban", to: room, raw: adminSet("nick='carol' affiliation='outcast'"), ended: byID, within: 2 * answer},
		{id: "bans", to: room, raw: adminGet("affiliation='outcast'"), ended: byID, within: answer},
		{id: "unban", to: room, raw: adminSet(`jid='*!carol\40localhost%net@gw' affiliation='none'`), ended: byID, within: 2 * answer},
		{id: "unban2", to: room, raw: adminSet("jid='zoe%net@gw' affiliation='none'"), ended: byID, within: answer, fails: true},
		{id: "kick", to: room, raw: adminSet("nick='bob' role='none'"), ended: byID, within: answer},
		{id: "kick2", to: room, raw: adminSet("nick='zoe' role='none'"), ended: byID, within: answer, fails: true},
		{id: "owners", to: room, raw: adminGet("affiliation='owner'"), ended: byID, within: answer},
		{id: "default", to: room, raw: iqOf("set", "<query xmlns='"+owner+"'><x xmlns='jabber:x:data' type='submit'/></query>"), ended: byID, within: enters},
		{id: "invite", to: room, raw: "<message%s><x xmlns='http://jabber.org/protocol/muc#user'><invite to='bob%net@gw'/></x></message>", within: answer},
		{id: "invite2", to: room, raw: "<message%s><x xmlns='http://jabber.org/protocol/muc#user'><invite to='zoe%net@gw'/></x></message>", within: answer, fails: true},
		{id: "invite3", to: "bob%net@gw", raw: "<message%s><x xmlns='jabber:x:conference' jid='" + room + "'/></message>", within: answer},
		{before: []string{"bob: JOIN #i", "bob: MODE #i +i"}, id: "knock", to: "#i%net@gw", raw: iqOf("set", submitted("#register", "")), ended: byID, within: enters},
		{id: "knock2", to: "#nowhere%net@gw", raw: iqOf("set", submitted("#register", "")), ended: byID, within: enters, fails: true},
		{id: "wordknock", to: "net@gw", raw: chat("knock #i"), ended: byWords, within: enters},
		{before: []string{"bob: JOIN #m", "bob: MODE #m +m", "carol: JOIN #m"}, id: "enter", to: "#m%net@gw/ann", raw: enterMUC, ended: bySelf, within: enters},
		{id: "plea", to: "#m%net@gw", raw: "<message%s>" + submitted("#request", "<field var='muc#role'><value>participant</value></field>") + "</message>", within: answer},
		{before: []string{"bob: MODE #m +o ann"}, id: "grant", to: "#m%net@gw", raw: "<message%s>" + submitted("#request", "<field var='muc#roomnick'><value>carol</value></field><field var='muc#request_allow'><value>1</value></field>") + "</message>", within: answer, moot: true},

		{id: "info", to: room, raw: queryGet("http://jabber.org/protocol/disco#info"), ended: byID, within: answer},
		{id: "items", to: room, raw: queryGet("http://jabber.org/protocol/disco#items"), ended: byID, within: answer},
		{id: "info2", to: "#other%net@gw", raw: queryGet("http://jabber.org/protocol/disco#info"), ended: byID, within: lists},
		{id: "items2", to: "net@gw", raw: queryGet("http://jabber.org/protocol/disco#items"), ended: byID, within: lists},
		{id: "items3", to: "gw", raw: queryGet("http://jabber.org/protocol/disco#items"), ended: byID, within: answer},
		{id: "selfping", to: room + "/ann", raw: iqOf("get", "<ping xmlns='urn:xmpp:ping'/>"), ended: byID, within: answer},
		{before: []string{"bob: JOIN #c"}, id: "ping", to: room + "/bob", raw: iqOf("get", "<ping xmlns='urn:xmpp:ping'/>"), ended: byID, within: answer, fails: true},
		{id: "version", to: room + "/bob", raw: queryGet("jabber:iq:version"), ended: byID, within: answer, fails: true},
		{id: "time", to: "bob%net@gw", raw: iqOf("get", "<time xmlns='urn:xmpp:time'/>"), ended: byID, within: answer, fails: true},
		{id: "last", to: "bob%net@gw", raw: queryGet("jabber:iq:last"), ended: byID, within: answer},
		{id: "rooms", to: room + "/bob", raw: iqOf("get", "<query xmlns='http://jabber.org/protocol/disco#items' node='http://jabber.org/protocol/muc#rooms'/>"), ended: byID, within: answer},
		{id: "vcard", to: room + "/bob", raw: iqOf("get", "<vCard xmlns='vcard-temp'/>"), ended: byID, within: answer},
		{id: "unknown", to: room, raw: queryGet("urn:unknown"), ended: byID, within: answer, fails: true},
		{id: "form", to: room, raw: queryGet(owner), ended: byID, within: enters},
		{id: "config", to: room, raw: ownerSet("muc#roomconfig_changesubject", "1", "muc#roomconfig_roomdesc", "it", "irc#bans", "x!*@*"), ended: byID, within: 3 * answer},
		{id: "afar", to: "#v%net@gw", raw: queryGet(owner), ended: byID, within: enters + 2*answer},
		{id: "config2", to: "#v%net@gw", raw: ownerSet("muc#roomconfig_moderatedroom", "1"), ended: byID, within: enters + 2*answer},
		{before: []string{"bob: JOIN #v"}, id: "destroy3", to: "#v%net@gw", raw: iqOf("set", "<query xmlns='"+owner+"'><destroy/></query>"), ended: byID, within: enters + services + 3*answer},
		{id: "search", to: "net@gw", raw: queryGet("jabber:iq:search"), ended: byID, within: answer},
		{id: "find", to: "net@gw", raw: iqOf("set", "<query xmlns='jabber:iq:search'><x xmlns='jabber:x:data' type='submit'><field var='name'><value>c</value></field></x></query>"), ended: byID, within: lists},
		{id: "register", to: room, raw: queryGet("jabber:iq:register"), ended: byID, within: answer},

		{id: "reserve", to: room, raw: iqOf("set", "<query xmlns='jabber:iq:register'><x xmlns='jabber:x:data' type='submit'/></query>"), ended: byID, within: enters, fails: true},
		{id: "voicewish", to: room, raw: "<message%s><x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'><value>http://jabber.org/protocol/muc#request</value></field><field var='muc#role'><value>participant</value></field></x></message>", within: answer, fails: true, ours: true},
		{id: "directinvite", to: "bob%net@gw", raw: "<message%s><x xmlns='jabber:x:conference' jid='#c%net@gw'/></message>", within: answer, fails: true},
		{id: "moderators", to: room, raw: adminGet("role='moderator'"), ended: byID, within: answer},
		{id: "configure", to: room, raw: submit("muc#roomconfig_moderatedroom", "1"), ended: byID, within: enters + 2*answer},
		{id: "configure2", to: room, raw: submit("muc#roomconfig_roomdesc", "words"), ended: byID, within: enters + 2*answer},
		{id: "lists", to: "net@gw", raw: iqOf("get", "<query xmlns='http://jabber.org/protocol/disco#items'><set xmlns='http://jabber.org/protocol/rsm'><max>2</max></set></query>"), ended: byID, within: lists},
		{id: "channels", to: "gw", raw: iqOf("get", "<search xmlns='urn:xmpp:channel-search:0:search'><x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'><value>urn:xmpp:channel-search:0:search-params</value></field><field var='q'><value>c</value></field></x></search>"), ended: byID, within: lists},

		{id: "status", to: "net@gw", raw: command("status"), ended: byID, within: answer},
		{id: "wordstatus", to: "net@gw", raw: chat("status"), ended: byWords, within: answer},
		{id: "wordraw", to: "net@gw", raw: chat("raw VERSION"), ended: byWords, within: answer},
		{id: "wordconnect", to: "net@gw", raw: chat("connect"), ended: byWords, within: enters},

		{before: []string{"bob: JOIN #i", "bob: MODE #i +i"}, id: "wordknock2", to: "net@gw", raw: chat("knock #i please"), ended: byWords, within: enters},
		{id: "knockwish", to: "#i%net@gw", raw: iqOf("set", "<query xmlns='jabber:iq:register'><x xmlns='jabber:x:data' type='submit'/></query>"), ended: byID, within: enters, fails: true},
		{id: "wordlist", to: "net@gw", raw: chat("list"), ended: byWords, within: lists},
		{id: "wordsearch", to: "net@gw", raw: chat("search words"), ended: byWords, within: lists},
		{id: "wordop", to: "net@gw", raw: chat("op #c bob"), ended: byWords, within: answer},
		{id: "worddeop", to: "net@gw", raw: chat("deop #c bob"), ended: byWords, within: answer},
		{id: "wordvoice", to: "net@gw", raw: chat("voice #c bob"), ended: byWords, within: answer},
		{id: "worddevoice", to: "net@gw", raw: chat("devoice #c bob"), ended: byWords, within: answer},
		{id: "wordkick", to: "net@gw", raw: chat("kick #c bob"), ended: byWords, within: answer},
		{id: "wordban", to: "net@gw", raw: chat("ban #c bob"), ended: byWords, within: 2 * answer},
		{id: "wordunban", to: "net@gw", raw: chat("unban #c bob"), ended: byWords, within: 2 * answer},
		{id: "wordtimed", to: "net@gw", raw: chat("ban #c dan 1h enough"), ended: byWords, within: 2 * answer},
		{id: "wordtopic", to: "net@gw", raw: chat("topic #c words"), ended: byWords, within: answer},
		{id: "wordinvite", to: "net@gw", raw: chat("invite #c carol"), ended: byWords, within: answer},
		{id: "wordfeatures", to: "net@gw", raw: chat("features #c"), ended: byWords, within: answer},
		{id: "wordrequire", to: "net@gw", raw: chat("allow #c urn:x"), ended: byWords, within: answer},
		{id: "wordidentify", to: "net@gw", raw: chat("identify secret"), ended: byWords, within: enters},
		{before: []string{"ChanServ: JOIN #services", "NickServ: JOIN #services", "appoint NickServ"}, id: "wordinviteme", to: "net@gw", raw: chat("invite-me #i"), ended: byWords, within: enters + services},
		{id: "wordunbanme", to: "net@gw", raw: chat("unban-me #i"), ended: byWords, within: enters + services},
		{id: "wordgetkey", to: "net@gw", raw: chat("get-key #k"), ended: byWords, within: enters + services},
		{id: "wordregister", to: "net@gw", raw: chat("register #c"), ended: byWords, within: answer + services},
		{id: "wordnick", to: "net@gw", raw: chat("register-nick secret a@x"), ended: byWords, within: enters + answer + services},
		{id: "wordfollow", to: "net@gw", raw: chat("follow #i"), ended: byWords, within: answer},

		{before: []string{"bob: JOIN #k", "bob: MODE #k +k sesame"}, id: "key", to: "#k%net@gw/ann", raw: enterMUC, ended: bySelf, within: enters, fails: true},
		{id: "key2", to: "#k%net@gw/ann", raw: "<presence%s><x xmlns='http://jabber.org/protocol/muc'><password>sesame</password></x></presence>", ended: bySelf, within: enters},
		{id: "refused", to: "#k%net@gw", raw: adminSet("nick='bob' role='none'"), ended: byID, within: answer, fails: true},
		{id: "old", from: old, to: "#o%net@gw/ann", raw: "<presence%s/>", ended: bySelf, within: enters + asked},
		{id: "oldleaves", from: old, to: "#o%net@gw/ann", raw: "<presence type='unavailable'%s/>", ended: byGoing, within: answer},
		{id: "makes", to: "#q%net@gw/ann", raw: enterMUC, ended: bySelf, within: enters},
		{id: "wordrequire2", to: "net@gw", raw: chat("require #q urn:y"), ended: byWords, within: answer},
		{id: "empties", to: "#q%net@gw/ann", raw: "<presence type='unavailable'%s/>", ended: byGoing, within: answer},
		{id: "able", from: able, to: "#q%net@gw/ann", raw: enterMUC, ended: bySelf, within: enters + asked},
		{id: "unable", from: old, to: "#q%net@gw/ann", raw: enterMUC, ended: bySelf, within: enters + asked, fails: true},
		{id: "unable2", from: old, to: "#q%net@gw/ann", raw: "<presence%s/>", ended: bySelf, within: enters + asked, fails: true},
		{id: "late", to: room, raw: groupchat("words"), ended: byID, within: words},
		{id: "leave", to: "#k%net@gw/ann", raw: "<presence type='unavailable'%s/>", ended: byGoing, within: answer},
		{id: "destroy", to: room, raw: iqOf("set", "<query xmlns='"+owner+"'><destroy/></query>"), ended: byID, within: enters + services, fails: true},
		{id: "destroy2", to: "#i%net@gw", raw: iqOf("set", "<query xmlns='"+owner+"'><destroy/></query>"), ended: byID, within: enters + services, fails: true},
		{id: "leave2", to: room + "/ann", raw: "<presence type='unavailable'%s/>", ended: byGoing, within: answer},
		{id: "notin", to: room, raw: groupchat("words"), ended: byID, within: answer, fails: true},
		{id: "worddisconnect", to: "net@gw", raw: chat("disconnect"), ended: byWords, within: answer},
	}
}
