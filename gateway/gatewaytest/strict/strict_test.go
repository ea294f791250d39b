package strict

import (
	"bufio"
	"strings"
	"testing"

	"isthmus/xmppside/stanza"
)

// Parts of conversations; ann is a client in #c, whose self-presence is in them.
const (
	join    = `> <presence from="ann@x/d" to="#c@gw/ann" id="j"><x xmlns="http://jabber.org/protocol/muc"/></presence>`
	bob     = `< <presence from="#c@gw/bob" to="ann@x/d"><x xmlns="http://jabber.org/protocol/muc#user"><item affiliation="none" role="participant"/></x></presence>`
	self    = `< <presence from="#c@gw/ann" to="ann@x/d"><x xmlns="http://jabber.org/protocol/muc#user"><item affiliation="none" role="participant"/><status code="110"/></x></presence>`
	subject = `< <message from="#c@gw" to="ann@x/d" type="groupchat"><subject/></message>`
	past    = `< <message from="#c@gw/old" to="ann@x/d" type="groupchat"><body>x</body><delay xmlns="urn:xmpp:delay" stamp="2000-01-01T00:00:00Z"/></message>`
	entered = join + "\n" + bob + "\n" + self + "\n" + past + "\n" + subject
	bobSays = `< <message from="#c@gw/bob" to="ann@x/d" type="groupchat"><body>hi</body></message>`
	bobGoes = `< <presence type="unavailable" from="#c@gw/bob" to="ann@x/d"><x xmlns="http://jabber.org/protocol/muc#user"><item affiliation="none" role="none"/></x></presence>`
	selfOut = `< <presence type="unavailable" from="#c@gw/ann" to="ann@x/d"><x xmlns="http://jabber.org/protocol/muc#user"><item affiliation="none" role="none"/><status code="110"/></x></presence>`
	exit    = `> <presence type="unavailable" from="ann@x/d" to="#c@gw/ann"/>`
	refusal = `< <presence type="error" from="#c@gw/ann" to="ann@x/d" id="j"><error type="auth"><forbidden xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error></presence>`
	ping    = `> <iq type="get" id="1" from="ann@x/d" to="gw"><ping xmlns="urn:xmpp:ping"/></iq>`
	pong    = `< <iq type="result" id="1" from="gw" to="ann@x/d"/>`
	said    = `> <message type="groupchat" id="m" from="ann@x/d" to="#c@gw"><body>x</body></message>`
	refused = `< <message type="error" id="m" from="#c@gw" to="ann@x/d"><error type="auth"><forbidden xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error></message>`
	lost    = `> <presence type="error" from="ann@x/d" to="#c@gw/bob"><error type="cancel"><service-unavailable xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error></presence>`
	knock   = `> <presence from="ann@x/d" to="#c@gw/ann" id="k"/>`

	configured = `< <message type="groupchat" from="#c@gw" to="ann@x/d"><x xmlns="http://jabber.org/protocol/muc#user"><status code="104"/></x></message>`
)

func lines(l ...string) string { return strings.Join(l, "\n") }

// with changes one thing in a stanza.
func with(line, old, new string) string {
	if !strings.Contains(line, old) {
		panic(line + " has no " + old)
	}
	return strings.Replace(line, old, new, 1)
}

var (
	rename = with(with(bobGoes, `role="none"`, `role="participant" nick="rob"`), `</x>`, `<status code="303"/></x>`)
	rob    = with(bob, "/bob", "/rob")
	bobOp  = with(bob, `affiliation="none" role="participant"`, `affiliation="admin" role="moderator"`)
)

// paged is an answer of service discovery with that content.
func paged(content string) string {
	return lines(`> <iq type="get" id="1" from="ann@x/d" to="gw"><query xmlns="http://jabber.org/protocol/disco#items"/></iq>`,
		`< <iq type="result" id="1" from="gw" to="ann@x/d"><query xmlns="http://jabber.org/protocol/disco#items">`+
			strings.ReplaceAll(content, "<set>", `<set xmlns="http://jabber.org/protocol/rsm">`)+`</query></iq>`)
}

const (
	itemA = `<item jid="a@gw"/>`
	itemB = `<item jid="b@gw"/>`
)

var conversations = []struct{ name, script, want string }{
	{"join", entered, ""},
	{"talk", lines(entered, bobSays), ""},
	{"leave", lines(entered, exit, selfOut), ""},
	{"others leave", lines(entered, bobGoes), ""},
	{"mode", lines(entered, bobOp), ""},
	{"rename", lines(entered, rename, rob), ""},
	{"join repeated", lines(entered, entered), ""},
	{"join repeated in vain", lines(entered, join, refusal, bobSays), ""},
	{"join refused", lines(join, refusal), ""},
	{"join after refusal", lines(join, refusal, entered), ""},
	{"join given up", lines(join, exit, selfOut), ""},
	{"page", paged(itemA + itemB + `<set><first index="3">a</first><last>b</last><count>5</count></set>`), ""},
	{"page of one", paged(itemA + `<set><first index="0">a</first><last>a</last><count>5</count></set>`), ""},
	{"count", paged(`<set><count>5</count></set>`), ""},
	{"item twice", paged(itemA + itemA), "item twice"},
	{"row twice", paged(`<x xmlns="jabber:x:data">` + itemA + itemA + `</x>`), "item twice"},
	{"page without ends", paged(itemA + `<set><count>5</count></set>`), "ends do not fit"},
	{"page with ends of nothing", paged(`<set><first index="0">a</first><last>a</last></set>`), "ends do not fit"},
	{"page of one with two ends", paged(itemA + `<set><first index="0">a</first><last>b</last></set>`), "two ends"},
	{"page with a count of its own kind", paged(itemA + `<set><first index="0">a</first><last>a</last><count exact="true">5</count></set>`), "unknown attributes"},
	{"page of more than there is", paged(itemA + itemB + `<set><first index="0">a</first><last>b</last><count>1</count></set>`), "more than there is"},
	{"page beyond the end", paged(itemA + itemB + `<set><first index="4">a</first><last>b</last><count>5</count></set>`), "beyond the end"},
	{"kicked without being in", lines(knock, with(selfOut, `</x>`, `<status code="307"/></x>`)), ""},
	{"other nick", lines(with(join, "/ann", "/Ann"), with(self, `</x>`, `<status code="210"/></x>`), subject), ""},
	{"late history", lines(entered, past), ""},
	{"question", lines(ping, pong), ""},
	{"same id again", lines(ping, pong, ping, pong), ""},
	{"message refused", lines(entered, said, refused), ""},
	{"left by bounce", lines(entered, lost), ""},

	{"made", lines(join, with(with(self, `affiliation="none" role="participant"`, `affiliation="owner" role="moderator"`), `</x>`, `<status code="201"/></x>`), subject), ""},
	{"destroyed", lines(entered, with(selfOut, `</x>`, `<destroy/></x>`)), ""},
	{"configured", lines(entered, configured), ""},

	{"destroyed for another", lines(entered, with(bobGoes, `</x>`, `<destroy/></x>`)), "for somebody else"},
	{"made by who is nothing", lines(join, with(self, `</x>`, `<status code="201"/></x>`)), "did not make"},
	{"made by another", lines(join, with(bob, `</x>`, `<status code="201"/></x>`)), "did not make"},
	{"configured by somebody", lines(entered, with(configured, `#c@gw`, `#c@gw/bob`)), "with more in it"},
	{"configured in words", lines(entered, with(configured, `</x>`, `</x><body>new</body>`)), "with more in it"},
	{"no from", with(bobSays, ` from="#c@gw/bob"`, ""), "no from"},
	{"no to", with(bobSays, ` to="ann@x/d"`, ""), "no to"},
	{"stranger", with(bobSays, "ann@x/d", "eve@x/d"), "never was there"},
	{"never joined", lines(ping, pong, bobSays), "not in"},
	{"never joined, presence", lines(ping, pong, bob), "not in"},
	{"another spelling of the room", lines(entered, with(bobSays, "#c", "#C")), "not in"},
	{"after leaving", lines(entered, exit, selfOut, bobSays), "not in"},
	{"after a bounce", lines(entered, lost, bobSays), "not in"},
	{"left twice", lines(entered, exit, selfOut, selfOut), "not in"},
	{"never came", lines(entered, with(bobGoes, "/bob", "/eve")), "never came"},
	{"left, and again", lines(entered, bobGoes, bobGoes), "never came"},
	{"two self-presences", lines(join, bob, self, self, subject), "between self-presence and subject"},
	{"self-presence again", lines(entered, self), "nothing new"},
	{"others after self", lines(join, self, bob, subject), "between self-presence and subject"},
	{"twice in one join", lines(join, bob, bob, self, subject), "twice in one join"},
	{"nothing new", lines(entered, bob), "nothing new"},
	{"nothing new after a change", lines(entered, bobOp, bobOp), "nothing new"},
	{"subject first", lines(join, subject), "subject before"},
	{"message first", lines(join, bob, bobSays), "message before"},
	{"live before subject", lines(join, bob, self, bobSays), "live message before"},
	{"not in the room", lines(entered, with(bobSays, "/bob", "/eve")), "not in the room"},
	{"said after leaving", lines(entered, bobGoes, bobSays), "not in the room"},
	{"said under the old nick", lines(entered, rename, rob, bobSays), "not in the room"},
	{"answered twice", lines(ping, pong, pong), "answered twice"},
	{"nobody asked", lines(ping, with(pong, `id="1"`, `id="2"`)), "nobody asked"},
	{"answered from elsewhere", lines(ping, with(pong, `from="gw"`, `from="#c@gw"`)), "nobody asked"},
	{"role none", lines(join, with(bob, "participant", "none")), "role none"},
	{"strange role", lines(join, with(bob, "participant", "owner")), "role owner"},
	{"outcast", lines(join, with(bob, `affiliation="none"`, `affiliation="outcast"`)), "affiliation outcast"},
	{"owner who is visitor", lines(join, with(bob, `affiliation="none" role="participant"`, `affiliation="owner" role="visitor"`)), "but visitor"},
	{"absent with a role", lines(entered, with(bobGoes, `role="none"`, `role="visitor"`)), "absent with the role"},
	{"303 without nick", lines(entered, with(rename, ` nick="rob"`, "")), "303 without"},
	{"renamed to one who is there", lines(entered, with(rename, "rob", "ann")), "who is there"},
	{"self without 110", lines(entered, with(bobOp, "/bob", "/ann")), "110 and nick"},
	{"110 for another", lines(entered, with(bobOp, "</x>", `<status code="110"/></x>`)), "110 and nick"},
	{"other nick, no 210", lines(with(join, "/ann", "/Ann"), self), "no 210"},
	{"210, same nick", lines(join, with(self, "</x>", `<status code="210"/></x>`)), "the one asked for"},
	{"error without id", lines(join, with(refusal, ` id="j"`, "")), "without the id"},
	{"error for nothing", lines(entered, refusal), "nobody sent"},
	{"departure answers a join", lines(join, selfOut), "answer to a join"},
	{"message error for nothing", lines(entered, refused), "nobody sent"},
	{"refused twice", lines(entered, said, refused, refused), "nobody sent"},
	{"private, not in", lines(ping, pong, with(bobSays, "groupchat", "chat")), "private"},
	{"join without end", join, "join was never answered"},
	{"no subject", lines(join, bob, self), "no subject"},
	{"no departure", lines(entered, exit), "never confirmed"},
	{"renamed to nobody", lines(entered, rename), "nobody came"},
	{"no answer", ping, "never answered"},
}

func TestConversations(t *testing.T) {
	for _, c := range conversations {
		t.Run(c.name, func(t *testing.T) {
			k := New()
			feed(t, k, c.script)
			got := append(k.Violations(), k.Pending()...)
			switch {
			case c.want == "" && len(got) > 0:
				t.Errorf("found %q", got)
			case c.want != "" && len(got) == 0:
				t.Errorf("found nothing, not %q", c.want)
			case c.want != "" && !strings.Contains(got[0], c.want):
				t.Errorf("found %q, not %q", got[0], c.want)
			}
		})
	}
}

func feed(t *testing.T, k *Checker, script string) {
	for line := range strings.Lines(script) {
		dir, raw, _ := strings.Cut(line, " ")
		s := parse(t, raw)
		if dir == ">" {
			k.ToGateway(s)
		} else {
			k.FromGateway(s)
		}
	}
}

// parse reads a stanza even if it lacks an address.
func parse(t *testing.T, raw string) *stanza.Stanza {
	s, err := stanza.NewReader(bufio.NewReader(strings.NewReader(raw)), stanza.Client, stanza.Limits{}).Next()
	if err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
	return s
}

// A lost stream takes what was under way with it, and nobody's place.
func TestStreamLost(t *testing.T) {
	k := New()
	feed(t, k, lines(entered, ping, strings.ReplaceAll(join, "#c", "#d")))
	k.StreamLost()
	if got := k.Pending(); len(got) > 0 {
		t.Errorf("pending: %q", got)
	}
	feed(t, k, bobSays)
	if got := k.Violations(); len(got) > 0 {
		t.Errorf("found %q", got)
	}
	feed(t, k, strings.ReplaceAll(bob, "#c", "#d")) // the join is answered all the same
	if got := k.Violations(); len(got) > 0 {
		t.Errorf("found %q", got)
	}
}
