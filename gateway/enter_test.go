package gateway

import (
	"fmt"
	"strings"
	"testing"
)

// Of a join that is too long little is kept for the stay.
func TestLongJoin(t *testing.T) {
	for _, n := range []int{maxJoinID, maxJoinID + 1, 50000} {
		s := parse(t, fmt.Sprintf("<presence from='ann@x/d' to='#c%%net@gw/ann' id='%s' xml:lang='de-%[1]s'><x xmlns='http://jabber.org/protocol/muc'>%[1]s</x></presence>", strings.Repeat("x", n)))
		h := header(s)
		if len(h.ID) > maxJoinID || n <= maxJoinID && h.ID != s.ID || len(h.Append(nil)) > 2*maxJoinID {
			t.Errorf("of an id of %d bytes %d are kept, of the join %d", n, len(h.ID), len(h.Append(nil)))
		}
		if h.Lang != "de" {
			t.Errorf("its language is %.100s", h.Lang)
		}
	}
}
