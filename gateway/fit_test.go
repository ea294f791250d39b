package gateway

import (
	"strings"
	"testing"

	"isthmus/xmppside/stanza"
)

func TestCutText(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"", ""},
		{"abcde", "abcde"},
		{"abcdef", "abcde…"},
		{"abcdé", "abcd…"},
		{strings.Repeat("é", 9), "éé…"},
	} {
		if got := cutText(tt.text, 30); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.text, got, tt.want)
		}
	}
}

func TestAddFitting(t *testing.T) {
	for space, want := range map[int]int{0: 0, 13: 0, 14: 1, 20: 1, 21: 2, 28: 3, 100: 3} {
		e, item := stanza.E("", "list"), stanza.E("", "item") // <list/>, <item/>
		addFitting(e, space, []*stanza.Element{item, item, item})
		if got := len(e.Children()); got != want {
			t.Errorf("%d bytes: %d items, want %d", space, got, want)
		}
	}
}
