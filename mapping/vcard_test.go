package mapping

import (
	"strings"
	"testing"
	"time"

	"isthmus/ircside/irc"
)

// A vCard has a size that any stanza takes, and is text whatever the network tells.
func TestVCard(t *testing.T) {
	long := strings.Repeat("ä\x02\x00\xff", 4000)
	w := irc.Profile{
		Nick: long, User: long, Host: long, Realname: long, Server: long, ServerInfo: long, Account: long, AwayText: long,
		From: long, Away: true, Oper: true, Bot: true, Secure: true, HasIdle: true, Idle: 90 * time.Hour,
	}
	for range 500 {
		w.Channels = append(w.Channels, "#"+strings.Repeat("x", 50))
	}
	card := VCard(w, "de")
	if n := len(card.Append(nil)); n > 8000 {
		t.Errorf("%d bytes", n)
	}
	text := card.Child(NSVCard, "DESC").Text()
	for _, want := range []string{"IRC-Operator\n", "\nUntätig seit: 90:00:00", ", …\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in %q", want, text)
		}
	}
	if got := VCard(irc.Profile{Nick: "ann"}, ""); got.Child(NSVCard, "FN").Text() != "ann" || got.Child(NSVCard, "DESC").Text() != "" {
		t.Errorf("%s", got.Append(nil))
	}
}
