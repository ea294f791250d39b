package gateway

import (
	"fmt"
	"strings"
	"testing"

	"isthmus/ircside/irc"
)

// What is too much for one message is refused, and nothing of it is said: too many
// lines, and what would be shown and kept besides the words.
func TestTooMuch(t *testing.T) {
	for _, c := range []struct{ name, content string }{
		{"lines", "<body>" + strings.Repeat("x\n", maxLines+1) + "</body>"},
		{"words", "<body>" + strings.Repeat("many words ", 8000) + "</body>"},
		{"a word", "<body>" + strings.Repeat("x", 60000) + "</body>"},
		{"something else", "<body>x</body><x xmlns='y'>" + strings.Repeat("z", maxWeight) + "</x>"},
		{"elements", "<body>x</body><x xmlns='y'>" + strings.Repeat("<z/>", 2000) + "</x>"},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := newBench(t, "", 1, 1)
			x.stanza(t, fmt.Sprintf(`<message from="ann@x/0" to="#c%%net@gw" type="groupchat" id="m">%s</message>`, c.content))
			if got := string(x.xml); !strings.Contains(got, "policy-violation") {
				t.Errorf("answered by %.300s", got)
			}
			if len(x.lines) > 0 {
				t.Errorf("said %.100s", x.lines)
			}
		})
	}
}

// What codes would make too much is said without them.
func TestMuchInBold(t *testing.T) {
	x := newBench(t, "", 1, 1)
	line := strings.Repeat("x", x.up.budget("#c", irc.Privmsg))
	x.stanza(t, fmt.Sprintf(`<message from="ann@x/0" to="#c%%net@gw" type="groupchat" id="m"><body>%s</body>`+
		`<html xmlns="http://jabber.org/protocol/xhtml-im"><body xmlns="http://www.w3.org/1999/xhtml"><b>%[1]s</b></body></html></message>`, strings.Repeat(line, 60)))
	if n := strings.Count(string(x.lines), "PRIVMSG #c \x02"); n != 61 { // a line more, for the codes
		t.Errorf("said %d lines: %.100s", n, x.lines)
	}
	x.stanza(t, `<message from="ann@x/0" to="#c%net@gw" type="groupchat" id="m"><body>`+strings.Repeat(line+" ", maxLines)+
		`</body><markup xmlns="urn:xmpp:markup:0"><bcode start="0" end="2000"/></markup></message>`)
	if n := strings.Count(string(x.lines), "PRIVMSG #c x"); n != maxLines {
		t.Errorf("said %d lines: %.100s", n, x.lines)
	}
}

// As much as may be is said.
func TestMuch(t *testing.T) {
	x := newBench(t, "", 1, 1)
	x.stanza(t, `<message from="ann@x/0" to="#c%net@gw" type="groupchat" id="m"><body>`+strings.Repeat("x\n", maxLines)+`</body></message>`)
	if n := strings.Count(string(x.lines), "PRIVMSG #c x"); n != maxLines {
		t.Errorf("said %d lines: %.100s", n, x.lines)
	}
}
