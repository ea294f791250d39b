package mapping

import (
	"slices"
	"strings"
	"testing"
	"time"

	"isthmus/ircside/irc"
)

func TestGlimpse(t *testing.T) {
	listed := &ListedChannel{Name: "#c", Topic: "tea", Users: 3}
	moded := &ListedChannel{Name: "#c", Modes: "it", Moded: true}
	at := time.Date(2001, 2, 3, 4, 5, 6, 0, time.UTC)
	for _, c := range []struct {
		name     string
		s        *irc.Support
		listed   *ListedChannel
		modes    string // of 324; "" is no answer
		features string
		hidden   bool
	}{
		{"no answer", solanum, listed, "", "muc_public", false},
		{"no answer, but modes in the list", solanum, moded, "", "muc_membersonly muc_unsecured muc_unmoderated muc_public muc_temporary", false},
		{"plain", solanum, listed, "+nt", "muc_open muc_unsecured muc_unmoderated muc_public muc_temporary", false},
		{"newer than the list", solanum, moded, "+m", "muc_open muc_unsecured muc_moderated muc_public muc_temporary", false},
		{"all, without what outsiders are not told", solanum, listed, "+iklmPnt", "muc_membersonly muc_passwordprotected muc_moderated muc_public muc_persistent", false},
		{"with a parameter", solanum, listed, "+fk #d", "muc_open muc_passwordprotected muc_unmoderated muc_public muc_temporary", false},
		{"none are set", solanum, listed, "+", "muc_open muc_unsecured muc_unmoderated muc_public muc_temporary", false},
		{"registered", inspircd, listed, "+r", "muc_open muc_unsecured muc_unmoderated muc_public muc_persistent", false},
		{"no knocks", solanum, listed, "+p", "muc_open muc_unsecured muc_unmoderated muc_public muc_temporary", false},
		{"private", inspircd, listed, "+p", "muc_open muc_unsecured muc_unmoderated muc_hidden muc_temporary", true},
		{"secret", solanum, listed, "+s", "muc_open muc_unsecured muc_unmoderated muc_hidden muc_temporary", true},
	} {
		var g Glimpse
		if c.modes != "" {
			g.Take(irc.Modes{Channel: "#c", Whole: true, Changes: irc.ParseModes(c.s, strings.Fields(c.modes))}, c.s)
			g.Take(irc.MadeAt{Channel: "#c", At: at}, c.s)
		}
		if got := strings.Join(ListedFeatures(c.listed, g), " "); got != c.features {
			t.Errorf("%s: %q, want %q", c.name, got, c.features)
		}
		if g.Hidden() != c.hidden {
			t.Errorf("%s: hidden is %v", c.name, g.Hidden())
		}
		made := strings.Contains(string(ListedInfo(c.listed, g, RoomNotes{}).Append(nil)), "2001-02-03T04:05:06Z")
		if made != (c.modes != "") {
			t.Errorf("%s: told when it was made: %v", c.name, made)
		}
	}
	var g Glimpse
	g.Take(irc.Modes{Changes: irc.ParseModes(solanum, []string{"+s"})}, solanum) // a change is not all of them
	if g != (Glimpse{}) {
		t.Errorf("%+v", g)
	}
	g.Take(irc.Modes{Whole: true, Changes: slices.Repeat(irc.ParseModes(solanum, []string{"+tn"}), 100)}, solanum)
	if g.modes != "nt" {
		t.Errorf("letters are %q", g.modes)
	}
}
