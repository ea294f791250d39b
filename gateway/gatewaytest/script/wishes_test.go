package script

import (
	"bytes"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"isthmus/gateway/gatewaytest/xmppd"
	"isthmus/xmppside/stanza"
)

// A sieve is a connection of which some of the lines that come are swallowed. It counts
// them over all connections of a network.
type sieve struct {
	mu      sync.Mutex
	lines   int
	swallow func(n int) bool
	last    string // what was swallowed last
}

func (s *sieve) over(conn net.Conn) net.Conn { return &sieved{Conn: conn, sieve: s} }

// keep says whether a line comes through.
func (s *sieve) keep(line string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lines++
	if !s.swallow(s.lines) {
		return true
	}
	s.last = line
	return false
}

type sieved struct {
	net.Conn
	sieve *sieve
	in    bytes.Buffer // what is not a whole line yet
	out   bytes.Buffer
}

// Read implements net.Conn; it is called by one goroutine.
func (s *sieved) Read(p []byte) (int, error) {
	for s.out.Len() == 0 {
		n, err := s.Conn.Read(p)
		s.in.Write(p[:n])
		for {
			line, rest, ok := bytes.Cut(s.in.Bytes(), []byte("\n"))
			if !ok {
				break
			}
			if s.sieve.keep(string(bytes.TrimRight(line, "\r"))) {
				s.out.Write(append(line, '\n'))
			}
			s.in = *bytes.NewBuffer(append([]byte(nil), rest...))
		}
		if err != nil {
			return 0, err
		}
	}
	return s.out.Read(p)
}

// A wish is a request of ann@x/d, and how it is known to be answered.
type wish struct {
	before []string // what IRC users say before it
	id     string
	to     string
	raw    string                                 // the stanza, without its addresses and id
	ended  func(s *stanza.Stanza, id string) bool // nil: IRC tells only refusals
	within time.Duration
	fails  bool // it is refused, also when nothing is lost
}

// How wishes end, besides by an error that has their id.
func byID(s *stanza.Stanza, id string) bool { return s.ID == id && s.Type != "error" }

func bySelf(s *stanza.Stanza, _ string) bool {
	return s.Kind == stanza.Presence && s.Type == "" && strings.Contains(string(s.Append(nil)), "code='110'")
}

// byNick is our presence by another nick, or that we are sent away who are not in.
func byNick(s *stanza.Stanza, id string) bool {
	return bySelf(s, id) || byGoing(s, id) && !strings.Contains(string(s.Append(nil)), "code='303'")
}

func byGoing(s *stanza.Stanza, _ string) bool {
	return s.Kind == stanza.Presence && s.Type == "unavailable" && strings.Contains(string(s.Append(nil)), "code='110'")
}

func bySubject(s *stanza.Stanza, _ string) bool {
	_, is := s.Subject()
	return s.Kind == stanza.Message && is
}

func byWords(s *stanza.Stanza, _ string) bool { return s.Kind == stanza.Message && s.Type == "chat" }

// The deadlines of the configuration in header, with a second to spare.
const (
	answer = 21 * time.Second
	enters = 122 * time.Second // it waits for the registration, and then for the JOIN
	words  = answer + 31*time.Second
	lists  = 61 * time.Second

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
		{id: "nobody", to: "zoe%net@gw", raw: chat("words"), within: answer},
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
		{id: "invite2", to: room, raw: "<message%s><x xmlns='http://jabber.org/protocol/muc#user'><invite to='zoe%net@gw'/></x></message>", within: answer},
		{id: "invite3", to: "bob%net@gw", raw: "<message%s><x xmlns='jabber:x:conference' jid='" + room + "'/></message>", within: enters},
		{before: []string{"bob: JOIN #i", "bob: MODE #i +i"}, id: "knock", to: "#i%net@gw", raw: iqOf("set", submitted("#register", "")), ended: byID, within: enters},
		{id: "knock2", to: "#nowhere%net@gw", raw: iqOf("set", submitted("#register", "")), ended: byID, within: enters, fails: true},
		{id: "wordknock", to: "net@gw", raw: chat("knock #i"), ended: byWords, within: enters},
		{id: "plea", to: room, raw: "<message%s>" + submitted("#request", "<field var='muc#role'><value>participant</value></field>") + "</message>", within: answer},
		{id: "grant", to: room, raw: "<message%s>" + submitted("#request", "<field var='muc#roomnick'><value>bob</value></field><field var='muc#request_allow'><value>1</value></field>") + "</message>", within: answer},

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
		{id: "voicewish", to: room, raw: "<message%s><x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'><value>http://jabber.org/protocol/muc#request</value></field><field var='muc#role'><value>participant</value></field></x></message>", within: answer},
		{id: "directinvite", to: "bob%net@gw", raw: "<message%s><x xmlns='jabber:x:conference' jid='#c%net@gw'/></message>", within: answer},
		{id: "moderators", to: room, raw: adminGet("role='moderator'"), ended: byID, within: answer},
		{id: "configure", to: room, raw: submit("muc#roomconfig_moderatedroom", "1"), ended: byID, within: enters + 2*answer},
		{id: "configure2", to: room, raw: submit("muc#roomconfig_roomdesc", "words"), ended: byID, within: enters + 2*answer},
		{id: "lists", to: "net@gw", raw: iqOf("get", "<query xmlns='http://jabber.org/protocol/disco#items'><set xmlns='http://jabber.org/protocol/rsm'><max>2</max></set></query>"), ended: byID, within: lists},
		{id: "channels", to: "gw", raw: iqOf("get", "<search xmlns='urn:xmpp:channel-search:0:search'><x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'><value>urn:xmpp:channel-search:0:search-params</value></field><field var='q'><value>c</value></field></x></search>"), ended: byID, within: lists},

		{id: "status", to: "net@gw", raw: command("status"), ended: byID, within: answer},
		{id: "wordstatus", to: "net@gw", raw: chat("status"), ended: byWords, within: answer},
		{id: "wordraw", to: "net@gw", raw: chat("raw VERSION"), ended: byWords, within: answer},
		{id: "wordconnect", to: "net@gw", raw: chat("connect"), ended: byWords, within: enters},

		{before: []string{"bob: JOIN #i", "bob: MODE #i +i"}, id: "wordknock", to: "net@gw", raw: chat("knock #i please"), ended: byWords, within: enters},
		{id: "knockwish", to: "#i%net@gw", raw: iqOf("set", "<query xmlns='jabber:iq:register'><x xmlns='jabber:x:data' type='submit'/></query>"), ended: byID, within: enters, fails: true},
		{id: "wordlist", to: "net@gw", raw: chat("list"), ended: byWords, within: lists},
		{id: "wordsearch", to: "net@gw", raw: chat("search words"), ended: byWords, within: lists},
		{id: "wordop", to: "net@gw", raw: chat("op #c bob"), ended: byWords, within: answer},
		{id: "wordkick", to: "net@gw", raw: chat("kick #c bob"), ended: byWords, within: answer},
		{id: "wordban", to: "net@gw", raw: chat("ban #c bob"), ended: byWords, within: answer},
		{id: "wordtopic", to: "net@gw", raw: chat("topic #c words"), ended: byWords, within: answer},
		{id: "wordinvite", to: "net@gw", raw: chat("invite #c carol"), ended: byWords, within: answer},
		{id: "wordfeatures", to: "net@gw", raw: chat("features #c"), ended: byWords, within: answer},
		{id: "wordrequire", to: "net@gw", raw: chat("allow #c urn:x"), ended: byWords, within: answer},
		{id: "wordidentify", to: "net@gw", raw: chat("identify secret"), ended: byWords, within: enters},
		{before: []string{"ChanServ: JOIN #services", "NickServ: JOIN #services", "appoint NickServ"}, id: "wordinviteme", to: "net@gw", raw: chat("invite-me #i"), ended: byWords, within: enters + services},
		{id: "wordgetkey", to: "net@gw", raw: chat("get-key #k"), ended: byWords, within: enters + services},
		{id: "wordregister", to: "net@gw", raw: chat("register #c"), ended: byWords, within: answer + services},
		{id: "wordnick", to: "net@gw", raw: chat("register-nick secret a@x"), ended: byWords, within: enters + answer + services},
		{id: "wordfollow", to: "net@gw", raw: chat("follow #i"), ended: byWords, within: answer},

		{before: []string{"bob: JOIN #k", "bob: MODE #k +k sesame"}, id: "key", to: "#k%net@gw/ann", raw: enterMUC, ended: bySelf, within: enters, fails: true},
		{id: "key2", to: "#k%net@gw/ann", raw: "<presence%s><x xmlns='http://jabber.org/protocol/muc'><password>sesame</password></x></presence>", ended: bySelf, within: enters},
		{id: "refused", to: "#k%net@gw", raw: adminSet("nick='bob' role='none'"), ended: byID, within: answer, fails: true},
		{id: "late", to: room, raw: groupchat("words"), ended: byID, within: words},
		{id: "leave", to: "#k%net@gw/ann", raw: "<presence type='unavailable'%s/>", ended: byGoing, within: answer},
		{id: "destroy", to: room, raw: iqOf("set", "<query xmlns='"+owner+"'><destroy/></query>"), ended: byID, within: enters + services, fails: true},
		{id: "destroy2", to: "#i%net@gw", raw: iqOf("set", "<query xmlns='"+owner+"'><destroy/></query>"), ended: byID, within: enters + services, fails: true},
		{id: "leave2", to: room + "/ann", raw: "<presence type='unavailable'%s/>", ended: byGoing, within: answer},
		{id: "notin", to: room, raw: groupchat("words"), ended: byID, within: answer, fails: true},
		{id: "worddisconnect", to: "net@gw", raw: chat("disconnect"), ended: byWords, within: answer},
	}
}

// answers are what a client is told, by the wish that it waits for.
type answers struct {
	mu     sync.Mutex
	now    *wish
	done   bool
	failed bool
	counts map[string]int    // results and errors that have an id
	nicks  map[string]string // of ours, by room
}

// idle says whether a wish wants no answer: to leave a room that the client is not in,
// to be called as it is.
func (a *answers) idle(w wish) bool {
	room, nick, _ := strings.Cut(w.to, "/")
	return strings.Contains(w.raw, "'unavailable'") && a.nicks[room] == "" || w.raw == "<presence%s/>" && a.nicks[room] == nick
}

func (a *answers) hear(dir, raw string) {
	s, err := xmppd.Parse(raw)
	if err != nil || dir == ">" || s.To.String() != "ann@x/d" && s.To.String() != "ann@x" {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	isError := s.Type == "error"
	if isError || s.Kind == stanza.IQ && s.Type == "result" {
		a.counts[s.ID]++
	}
	switch {
	case bySelf(s, ""):
		a.nicks[s.From.Bare().String()] = s.From.Resource()
	case byGoing(s, ""):
		delete(a.nicks, s.From.Bare().String())
	}
	switch {
	case a.now == nil || a.done:
	case isError && s.ID == a.now.id:
		a.done, a.failed = true, true
	case !isError && a.now.ended != nil && a.now.ended(s, a.now.id) && (s.Kind != stanza.IQ || s.ID == a.now.id):
		a.done = true
	}
}

func (a *answers) is() (done, failed bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.done, a.failed
}

// grant makes all wishes in turn, while the network's lines that swallow names are lost,
// and says what was not answered as it should be.
func grant(caps string, swallow func(int) bool) (lines int, lost string, outcome map[string]bool, problems []string) {
	text := wishHeader + "ircd caps=" + caps + "\n"
	header, _ := parse(text)
	r := newRunner(text, header, synctest.Wait)
	s := &sieve{swallow: swallow}
	r.sieve = s.over
	a := &answers{counts: map[string]int{}, nicks: map[string]string{}}
	r.xmpp.Tap(func(dir, raw string) { r.record.tap(dir, raw); a.hear(dir, raw) })
	r.start(header, assembled)
	outcome = map[string]bool{}
	for _, w := range wishes() {
		for _, line := range w.before {
			who, what, _ := strings.Cut(line, ": ")
			_ = r.user(who).say(what)
			r.settle()
		}
		a.mu.Lock()
		a.now, a.done, a.failed = &w, false, false
		idle := a.idle(w)
		a.mu.Unlock()
		addresses := fmt.Sprintf(" from='ann@x/d' to='%s' id='%s'", w.to, w.id)
		if !r.xmpp.Inject(strings.Replace(w.raw, "%s", addresses, 1)) {
			problems = append(problems, w.id+": the gateway is not connected")
		}
		r.settle()
		if w.ended == nil {
			time.Sleep(w.within)
			r.settle()
			continue
		}
		for waited := time.Duration(0); waited < w.within; waited += time.Second {
			if done, _ := a.is(); done || idle {
				break
			}
			time.Sleep(time.Second)
			r.settle()
		}
		done, failed := a.is()
		if !done && !idle {
			problems = append(problems, fmt.Sprintf("%s was not answered within %v", w.id, w.within))
		}
		outcome[w.id] = !failed
	}
	time.Sleep(3 * time.Minute) // in which nothing may be answered again
	r.settle()
	for id, n := range a.counts {
		if n > 1 {
			problems = append(problems, fmt.Sprintf("%s was answered %d times", id, n))
		}
	}
	r.end()
	return s.lines, s.last, outcome, problems
}

// No wish is left open: each line that the network says is lost in turn, and then all
// of them from some point on. Each request is answered within its deadline, and once.
func TestNoWishIsLeftOpen(t *testing.T) {
	for _, caps := range []string{"all", "none"} {
		t.Run(caps, func(t *testing.T) {
			try := func(swallow func(int) bool) (lines int, lost string, outcome map[string]bool, problems []string) {
				synctest.Test(t, func(*testing.T) { lines, lost, outcome, problems = grant(caps, swallow) })
				return
			}
			total, _, outcome, problems := try(func(int) bool { return false })
			for _, p := range problems {
				t.Error("nothing is lost:", p)
			}
			for _, w := range wishes() {
				if granted, asked := outcome[w.id]; asked && granted == w.fails {
					t.Errorf("nothing is lost: %s is granted: %v; its row says fails: %v", w.id, granted, w.fails)
				}
			}
			for n := 1; n <= total; n++ {
				_, lost, _, problems := try(func(i int) bool { return i == n })
				for _, p := range problems {
					t.Errorf("without line %d, %q: %s", n, lost, p)
				}
			}
			for n := 1; n <= total; n += 4 {
				_, _, _, problems := try(func(i int) bool { return i >= n })
				for _, p := range problems {
					t.Errorf("without line %d and all behind it: %s", n, p)
				}
			}
			t.Logf("%d lines, %d wishes", total, len(wishes()))
		})
	}
}
