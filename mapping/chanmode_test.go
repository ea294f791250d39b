package mapping

import (
	"strings"
	"testing"

	"isthmus/ircside/irc"
)

// ircdSupport is what servers of a kind say that they support.
func ircdSupport(version, chanModes string, more ...string) *irc.Support {
	s := irc.DefaultSupport().With004([]string{"irc.test", version})
	return s.With(append([]string{"CHANMODES=" + chanModes}, more...))
}

// The CHANMODES of real servers, as they say them with all that they have.
var (
	inspircd = ircdSupport("InspIRCd-3", "IXbegw,k,BEFHJLdfjlp,ACDGKMNOPQRSTUcimnprstuz", "PREFIX=(Yqaohv)!~&@%+", "KEYLEN=32", "EXCEPTS=e", "INVEX=I", "MAXLIST=b:3,e:3,I:3")
	unreal6  = ircdSupport("UnrealIRCd-6.1.4", "beI,fkL,lFH,cdimnprstzCDGKMNOPQRSTVZ", "PREFIX=(qaohv)~&@%+")
	solanum  = ircdSupport("solanum-1.0-dev", "eIbq,k,flj,CFLMPQRSTcgimnprstuz", "PREFIX=(ov)@+")
	hybrid8  = ircdSupport("ircd-hybrid-1:8.2.43+dfsg.1-1", "beI,k,l,cimnprstuCKLMNORSTV", "PREFIX=(ohv)@%+")
	ngircd26 = ircdSupport("ngircd-26.1", "beI,k,l,imMnOPQRstVz", "PREFIX=(qaohv)~&@%+")
	ergo2    = ircdSupport("ergo-v2.14.0", "Ibe,k,fl,CEMRUimnstu", "PREFIX=(qaohv)~&@%+")
	undernet = ircdSupport("u2.10.12.19", "b,k,l,imnpstrDdRcCMP", "PREFIX=(ov)@+")
	snircd   = ircdSupport("u2.10.12.10+snircd(1.4.3)", "b,k,l,imnpstrDducCNMT", "PREFIX=(ov)@+")
	irc2     = ircdSupport("2.11.2p3", "beIR,k,l,imnpstaqrzZ", "PREFIX=(ov)@+")
	nameless = ircdSupport("", "b,k,l,imnpst")
)

// Each letter means what its server means by it; what is ambiguous and of no server
// that we know means nothing.
func TestModesOf(t *testing.T) {
	tests := []struct {
		field string
		want  map[*irc.Support]string // the letters, the one to set first
	}{
		{FieldChangeSubject, map[*irc.Support]string{inspircd: "t", unreal6: "t", solanum: "t", hybrid8: "t", ngircd26: "t", ergo2: "t", undernet: "t", snircd: "t", irc2: "t", nameless: "t"}},
		{FieldMembersOnly, map[*irc.Support]string{inspircd: "i", unreal6: "i", solanum: "i", hybrid8: "i", ngircd26: "i", ergo2: "i", undernet: "i", snircd: "i", irc2: "i", nameless: "i"}},
		{FieldModerated, map[*irc.Support]string{inspircd: "m", unreal6: "m", solanum: "m", hybrid8: "m", ngircd26: "m", ergo2: "m", undernet: "m", snircd: "m", irc2: "m", nameless: "m"}},
		{FieldUnregistered, map[*irc.Support]string{inspircd: "M", unreal6: "M", solanum: "R", hybrid8: "M", ngircd26: "M", ergo2: "M", undernet: "M", snircd: "M"}},
		{FieldPublic, map[*irc.Support]string{inspircd: "sp", unreal6: "sp", solanum: "s", hybrid8: "s", ngircd26: "s", ergo2: "s", undernet: "sp", snircd: "sp", irc2: "sp", nameless: "sp"}},
		{FieldPersistent, map[*irc.Support]string{inspircd: "P", unreal6: "P", solanum: "P", ngircd26: "P"}},
		{fieldRegistered, map[*irc.Support]string{inspircd: "r", unreal6: "r", hybrid8: "r", undernet: "R"}},
		{FieldAllowInvites, map[*irc.Support]string{inspircd: "A", unreal6: "V", solanum: "g", hybrid8: "V", ngircd26: "V"}},
		{"irc#registered_only", map[*irc.Support]string{inspircd: "R", unreal6: "R", solanum: "r", hybrid8: "R", ngircd26: "R", ergo2: "R", undernet: "r", snircd: "r"}},
		{"irc#tls_only", map[*irc.Support]string{inspircd: "z", unreal6: "z", solanum: "S", hybrid8: "S", ngircd26: "z"}},
		{"irc#no_external", map[*irc.Support]string{inspircd: "n", unreal6: "n", solanum: "n", hybrid8: "n", ngircd26: "n", ergo2: "n", undernet: "n", snircd: "n", irc2: "n", nameless: "n"}},
		{"irc#no_formatting", map[*irc.Support]string{inspircd: "c", unreal6: "c", solanum: "c", hybrid8: "c", undernet: "c", snircd: "c"}},
		{"irc#strip_formatting", map[*irc.Support]string{inspircd: "S", unreal6: "S"}},
		{"irc#no_ctcp", map[*irc.Support]string{inspircd: "C", unreal6: "C", solanum: "C", hybrid8: "C", ergo2: "C", undernet: "C", snircd: "C"}},
		{"irc#no_notice", map[*irc.Support]string{inspircd: "T", unreal6: "T", solanum: "T", hybrid8: "T", snircd: "N"}},
		{"irc#no_nick_change", map[*irc.Support]string{inspircd: "N", unreal6: "N", hybrid8: "N"}},
		{"irc#no_knock", map[*irc.Support]string{inspircd: "K", unreal6: "K", solanum: "p", hybrid8: "K"}},
		{"irc#no_kick", map[*irc.Support]string{inspircd: "Q", unreal6: "Q", ngircd26: "Q"}},
		{"irc#no_forward", map[*irc.Support]string{solanum: "Q"}},
		{"irc#free_forward", map[*irc.Support]string{solanum: "F"}},
		{"irc#operators_hear", map[*irc.Support]string{solanum: "z", ergo2: "U"}},
		{FieldAuditorium, map[*irc.Support]string{inspircd: "u", ergo2: "u"}},
		{"irc#delayed_joins", map[*irc.Support]string{inspircd: "D", unreal6: "D", undernet: "D", snircd: "D"}},
		{"irc#censor", map[*irc.Support]string{inspircd: "G", unreal6: "G"}},
		{"irc#forward", map[*irc.Support]string{inspircd: "L", unreal6: "L", solanum: "f", ergo2: "f"}},
		{"irc#flood", map[*irc.Support]string{inspircd: "f", unreal6: "f"}},
		{"irc#join_throttle", map[*irc.Support]string{inspircd: "j", solanum: "j"}},
		{"irc#nick_throttle", map[*irc.Support]string{inspircd: "F"}},
		{"irc#history", map[*irc.Support]string{inspircd: "H", unreal6: "H"}},
		{"irc#repeat", map[*irc.Support]string{inspircd: "E"}},
		{"irc#rejoin_delay", map[*irc.Support]string{inspircd: "J"}},
		{"irc#message_delay", map[*irc.Support]string{inspircd: "d"}},
	}
	covered := map[string]bool{}
	for _, tt := range tests {
		covered[tt.field] = true
		for _, s := range []*irc.Support{inspircd, unreal6, solanum, hybrid8, ngircd26, ergo2, undernet, snircd, irc2, nameless} {
			var got []byte
			for _, m := range modesOf(s, tt.field) {
				got = append(got, m.letter)
			}
			if string(got) != tt.want[s] {
				t.Errorf("%s on %q is %q, want %q", tt.field, s.Version, got, tt.want[s])
			}
		}
	}
	for _, m := range chanModes {
		if !covered[m.field] {
			t.Errorf("%s is not in the table of the test", m.field)
		}
		if fieldLabels[m.field] == "" && m.field != fieldRegistered {
			t.Errorf("%s has no label", m.field)
		}
	}
}

// On each server a letter means one thing.
func TestLettersMeanOneThing(t *testing.T) {
	for _, s := range []*irc.Support{inspircd, unreal6, solanum, hybrid8, ngircd26, ergo2, undernet, snircd, irc2, nameless} {
		seen := map[byte]string{}
		for _, m := range chanModes {
			if !m.fits(s, strings.ToLower(s.Version)) {
				continue
			}
			if other := seen[m.letter]; other != "" {
				t.Errorf("%c on %q is %s and %s", m.letter, s.Version, other, m.field)
			}
			seen[m.letter] = m.field
		}
	}
}

func TestLists(t *testing.T) {
	for s, want := range map[*irc.Support]string{
		inspircd: "b irc#bans e irc#exceptions I irc#invitations", solanum: "b irc#bans e irc#exceptions I irc#invitations q irc#quiets",
		unreal6: "b irc#bans e irc#exceptions I irc#invitations", undernet: "b irc#bans", nameless: "b irc#bans",
		ircdSupport("", "bxJ,k,l,i", "EXCEPTS=x", "INVEX=J"): "b irc#bans x irc#exceptions J irc#invitations",
	} {
		var got []string
		for _, l := range Lists(s) {
			got = append(got, string(rune(l.Mode)), l.Field)
		}
		if text := strings.Join(got, " "); text != want {
			t.Errorf("%q: %s, want %s", s.Version, text, want)
		}
	}
}

func TestRoomFeatures(t *testing.T) {
	tests := []struct {
		name string
		s    *irc.Support
		ch   irc.Channel
		want string
	}{
		{"plain", inspircd, irc.Channel{Modes: "nt"}, "open unsecured unmoderated public temporary"},
		{"all", inspircd, irc.Channel{Modes: "ikmsP"}, "membersonly passwordprotected moderated hidden persistent"},
		{"private", inspircd, irc.Channel{Modes: "p"}, "open unsecured unmoderated hidden temporary"},
		{"no knocking", solanum, irc.Channel{Modes: "p"}, "open unsecured unmoderated public temporary"},
		{"registered", hybrid8, irc.Channel{Modes: "r"}, "open unsecured unmoderated public persistent"},
		{"registered only", solanum, irc.Channel{Modes: "r"}, "open unsecured unmoderated public temporary"},
		{"secret by its symbol", nameless, irc.Channel{Secret: '@'}, "open unsecured unmoderated hidden temporary"},
	}
	for _, tt := range tests {
		got := strings.ReplaceAll(strings.Join(RoomFeatures(tt.ch, tt.s), " "), "muc_", "")
		if got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

// Where a server's own letters are set, formatted text is not sent.
func TestTakesFormatting(t *testing.T) {
	refuse := map[*irc.Support]string{
		inspircd: "cS", unreal6: "cS", solanum: "c", hybrid8: "c", undernet: "c", snircd: "c", ngircd26: "", ergo2: "", irc2: "", nameless: "",
	}
	for s, letters := range refuse {
		for mode := range strings.SplitSeq("a,c,m,n,C,S,Z,", ",") {
			want := mode == "" || !strings.Contains(letters, mode)
			if got := TakesFormatting(irc.Channel{Modes: "nt" + mode}, s); got != want {
				t.Errorf("%s +%s: %v", s.Version, mode, got)
			}
		}
	}
}
