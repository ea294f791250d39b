package mapping

import (
	"testing"

	"isthmus/ircside/irc"
)

// Between scenes that are the same for all everybody has the same standing; and there are
// scenes that differ, by each mode that silences, and by who is let in.
func TestSameForAll(t *testing.T) {
	people := []irc.Person{{ID: 1, Nick: "ann", User: "u", Host: "h"}, {ID: 1, Nick: "ann", User: "u", Host: "h", Account: "ann"}}
	for _, s := range []*irc.Support{network("ov"), inspircd, unreal6, solanum, hybrid8, undernet} {
		var scenes []Scene
		for _, modes := range subsets("mMRni") {
			for _, quiets := range []string{"", "ann!*@*", "bob!*@*"} {
				scenes = append(scenes, Scene{Channel: irc.Channel{Name: "#c", Modes: modes, Quiets: quiets}, Support: s})
			}
			for _, listed := range []string{"ann!*@*", "*!*@h", "*!*@other"} {
				scenes = append(scenes, Scene{Channel: irc.Channel{Name: "#c", Modes: modes, Exempt: listed}, Support: s})
			}
			for _, silenced := range []uint64{1, 2} {
				scenes = append(scenes, Scene{Channel: irc.Channel{Name: "#c", Modes: modes}, Support: s, Roles: RolePolicy{Silenced: silenced}})
			}
		}
		alike, different := 0, 0
		for _, a := range scenes {
			for _, b := range scenes {
				same := SameForAll(a, b)
				for _, p := range people {
					for _, ranks := range []string{"", "v", "o"} {
						if m := (irc.Member{Person: p, Modes: ranks}); same && !SameStanding(a, b, m) {
							t.Errorf("%s: %+v and %+v are the same for all, but not for %+v", s.Version, a.Channel, b.Channel, m)
						}
					}
				}
				if same {
					alike++
				} else {
					different++
				}
			}
		}
		if alike <= len(scenes) || different == 0 {
			t.Errorf("%s: of %d pairs %d are alike", s.Version, alike+different, alike)
		}
	}
}
