package gateway

import (
	"fmt"
	"strings"
	"testing"
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

// As much as may be is said.
func TestMuch(t *testing.T) {
	x := newBench(t, "", 1, 1)
	x.stanza(t, `<message from="ann@x/0" to="#c%net@gw" type="groupchat" id="m"><body>`+strings.Repeat("x\n", maxLines)+`</body></message>`)
	if n := strings.Count(string(x.lines), "PRIVMSG #c x"); n != maxLines {
		t.Errorf("said %d lines: %.100s", n, x.lines)
	}
}
