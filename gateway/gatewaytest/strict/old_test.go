package strict

import (
	"strings"
	"testing"
)

const (
	oldIn    = knock + "\n" + bob + "\n" + self
	line     = `< <message from="#c@gw" to="ann@x/d" type="groupchat"><body>bob has joined</body></message>`
	topic    = `< <message from="#c@gw" to="ann@x/d" type="groupchat"><subject>t</subject><body>The topic is: t</body></message>`
	oldPast  = `< <message from="#c@gw/bob" to="ann@x/d" type="groupchat"><body>x</body><delay xmlns="urn:xmpp:delay" stamp="2000-01-01T00:00:00Z"/><x xmlns="jabber:x:delay" stamp="20000101T00:00:00"/></message>`
	knockOut = `< <presence type="error" from="#c@gw/ann" to="ann@x/d" id="k"><x xmlns="http://jabber.org/protocol/muc"/><error code="403" type="auth"><forbidden xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/><text xmlns="urn:ietf:params:xml:ns:xmpp-stanzas">no</text></error></presence>`
)

// What an old client is told is judged by what it can show.
func TestOld(t *testing.T) {
	for _, c := range []struct{ name, script, want string }{
		{"in", lines(oldIn, oldPast, topic, line, bobSays), ""},
		{"turned away", lines(knock, knockOut), ""},
		{"refused", lines(oldIn, said, refused, line), ""},
		{"leaves", lines(oldIn, exit, line, selfOut), ""},
		{"becomes modern", lines(oldIn, entered), ""},
		{"a line for a modern one", lines(entered, line), "a line of the room's own"},
		{"a line after it became modern", lines(oldIn, entered, line), "a line of the room's own"},
		{"subject alone", lines(oldIn, subject), "nothing to show"},
		{"topic of somebody", lines(oldIn, with(topic, "#c@gw", "#c@gw/bob")), "in the name of"},
		{"delay of one kind", lines(oldIn, past), "a delay"},
		{"much history", oldIn + strings.Repeat("\n"+oldPast, 21), "more history"},
		{"payload", lines(oldIn, with(bobSays, "<body>", `<x xmlns="y"/><body>`)), "is sent y"},
		{"control characters", lines(oldIn, with(line, "bob", "b&#10;b")), "control characters"},
		{"rank alone", lines(oldIn, bobOp), "nothing new"},
		{"another nick", lines(with(knock, "/ann", "/Ann"), with(self, "</x>", `<status code="210"/></x>`)), "does not know 210"},
		{"says somebody who is not in", lines(oldIn, with(bobSays, "/bob", "/eve")), "not in the room"},
		{"muc#user in private", lines(oldIn, with(with(bobSays, "groupchat", "chat"), "<body>", `<x xmlns="http://jabber.org/protocol/muc#user"/><body>`)), "muc#user"},
		{"refused by an error alone", lines(oldIn, said, refused), "by an error alone"},
		{"turned away without code", lines(knock, with(knockOut, ` code="403"`, "")), "without the code"},
		{"turned away without text", lines(knock, with(knockOut, ">no<", "><")), "without a text"},
		{"turned away without muc", lines(knock, with(knockOut, `<x xmlns="http://jabber.org/protocol/muc"/>`, "")), "muc element"},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := New()
			feed(t, k, c.script)
			got := strings.Join(append(k.Violations(), k.Pending()...), "; ")
			if c.want == "" && got != "" || !strings.Contains(got, c.want) {
				t.Errorf("found %q, want %q", got, c.want)
			}
		})
	}
}
