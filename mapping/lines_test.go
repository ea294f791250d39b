package mapping

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode"

	"isthmus/ircside/irc"
	"isthmus/xmppside/muc"
	"isthmus/xmppside/stanza"
)

func lineScene() Scene {
	s := irc.DefaultSupport().With([]string{"PREFIX=(Yqaohv)!~&@%+", "CHANMODES=b,k,l,imnpst"})
	return Scene{Channel: irc.Channel{Name: "#c"}, Support: s}
}

var allCauses = []irc.Cause{
	irc.CauseSeen, irc.CauseJoin, irc.CausePart, irc.CauseKick, irc.CauseBan, irc.CauseQuit,
	irc.CauseSplit, irc.CauseNick, irc.CauseMode, irc.CauseAbout, irc.CauseLost, irc.CauseUnlisted, irc.CauseClosed,
}

// ranked are all who can be on one side of a change, but for nobody.
func ranked(nick string) (out []irc.Member) {
	for _, modes := range []string{"", "v", "h", "o", "ov", "a", "q", "qaohv", "Y", "Yo"} {
		for _, away := range []bool{false, true} {
			out = append(out, irc.Member{Person: irc.Person{Nick: nick, Away: away}, Modes: modes})
		}
	}
	return out
}

// everyChange are all changes there can be, as far as they are told apart.
func everyChange() (out []irc.Change) {
	const hostile = "be\x02gone\x03,\r\nnow%s\x1b"
	befores := append([]irc.Member{{}}, ranked("ann")...)
	afters := append(append([]irc.Member{{}}, ranked("ann")...), ranked("bea")...)
	for _, cause := range allCauses {
		for _, self := range []bool{false, true} {
			for _, before := range befores {
				for _, after := range afters {
					for _, actor := range []string{"", "bo\x02b"} {
						c := irc.Change{Channel: "#c", Before: before, After: after, Cause: cause, Self: self, Actor: actor, Reason: hostile}
						if !before.IsNobody() || !after.IsNobody() {
							out = append(out, c)
						}
					}
				}
			}
		}
	}
	return out
}

// Whatever happens: who knows presences is never shown a line, and an old client is
// shown no presence that others are not, and at most one line, which is about
// somebody, clean, and the last unless it is about its own end.
func TestLinesAlways(t *testing.T) {
	sc := lineScene()
	for _, c := range everyChange() {
		name := fmt.Sprintf("%+v", c)
		modern := Presence(sc, Class{}, c)
		for _, s := range modern {
			if s.Line {
				t.Fatalf("%s: a line for a client that needs none", name)
			}
		}
		shown := Presence(sc, Class{Old: true}, c)
		lines := 0
		var rest []Shown
		for i, s := range shown {
			if !s.Line {
				rest = append(rest, s)
				continue
			}
			lines++
			if first := c.Self && c.After.IsNobody(); first && i != 0 || !first && i != len(shown)-1 {
				t.Fatalf("%s: the line is at %d of %d", name, i, len(shown))
			}
			text := s.Children[0].Text()
			if strings.ContainsFunc(text, unicode.IsControl) || !strings.Contains(text, "ann") && !strings.Contains(text, "bea") {
				t.Fatalf("%s: %q", name, text)
			}
			if strings.Contains(text, "%s") && !strings.Contains(text, "now%s") {
				t.Fatalf("%s: %q", name, text)
			}
		}
		if want := wantsLine(c); lines != want {
			t.Fatalf("%s: %d lines, want %d", name, lines, want)
		}
		for i := range modern { // which are not for old clients
			modern[i].Children = slices.DeleteFunc(modern[i].Children, func(e *stanza.Element) bool { return e.Local == "hats" })
		}
		if len(rest) > 0 && !reflect.DeepEqual(rest, modern) {
			t.Fatalf("%s: presences of its own", name)
		}
		if came, went := c.Before.IsNobody() || c.Before.Nick != c.After.Nick, c.After.IsNobody(); (came || went || c.Before.Away != c.After.Away) && len(rest) != len(modern) {
			t.Fatalf("%s: %d presences, not %d", name, len(rest), len(modern))
		}
		for _, s := range Presence(sc, Class{Old: true, Lang: "de"}, c) {
			if s.Line && s.Children[0].Text() == shown[0].Children[0].Text() {
				t.Fatalf("%s: not in German", name)
			}
		}
	}
}

// wantsLine says of how much of a change words are needed.
func wantsLine(c irc.Change) int {
	switch {
	case c.After.IsNobody() && c.Cause == irc.CauseSplit: // summed up
	case c.Before.IsNobody() && c.Cause == irc.CauseSeen: // no news
	case c.Before.Nick == c.After.Nick && c.Before.Modes == c.After.Modes: // away, account
	default:
		return 1
	}
	return 0
}

func member(nick, modes string) irc.Member {
	return irc.Member{Person: irc.Person{Nick: nick}, Modes: modes}
}

func TestLines(t *testing.T) {
	sc := lineScene()
	ann := member("ann", "")
	said := map[irc.Cause]bool{}
	for _, c := range []struct {
		change irc.Change
		want   string
		german string
	}{
		{irc.Change{After: ann, Cause: irc.CauseJoin}, "ann has joined", "ann ist da"},
		{irc.Change{Before: ann, Cause: irc.CausePart}, "ann has left", "ann ist gegangen"},
		{irc.Change{Before: ann, Cause: irc.CausePart, Reason: "bye"}, "ann has left: bye", "ann ist gegangen: bye"},
		{irc.Change{Before: ann, Cause: irc.CauseQuit, Reason: "Ping timeout"}, "ann has left the network: Ping timeout", "ann hat das Netz verlassen: Ping timeout"},
		{irc.Change{Before: ann, Cause: irc.CauseLost}, "ann has lost the connection to the network", "ann hat die Verbindung zum Netz verloren"},
		{irc.Change{Before: ann, Cause: irc.CauseKick, Actor: "bob", Reason: "flood"}, "ann has been kicked (by bob): flood", "ann wurde hinausgeworfen (durch bob): flood"},
		{irc.Change{Before: ann, Cause: irc.CauseClosed, Actor: "bob"}, "ann has been sent away, as one has to be invited now (by bob)", "ann ist weggeschickt worden, weil jetzt eine Einladung nötig ist (durch bob)"},
		{irc.Change{Before: ann, Cause: irc.CauseUnlisted, Actor: "bob"}, "ann has been sent away, and has to be invited from now on (by bob)", "ann ist weggeschickt worden und braucht von nun an eine Einladung (durch bob)"},
		{irc.Change{Before: ann, Cause: irc.CauseBan, Actor: "bob"}, "ann has been banned (by bob)", "ann wurde verbannt (durch bob)"},
		{irc.Change{Before: ann, After: member("bea", "o"), Cause: irc.CauseNick}, "ann is now known as bea", "ann heißt jetzt bea"},
		{irc.Change{Before: ann, After: member("ann", "o"), Cause: irc.CauseMode, Actor: "bob"}, "ann is now an operator (by bob)", "ann ist jetzt Operator (durch bob)"},
		{irc.Change{Before: ann, After: member("ann", "o"), Cause: irc.CauseMode}, "ann is now an operator", "ann ist jetzt Operator"},
		{irc.Change{Before: member("ann", "o"), After: member("ann", "v"), Cause: irc.CauseMode, Actor: "bob"}, "ann is no longer an operator (by bob)", "ann ist nicht mehr Operator (durch bob)"},
		{irc.Change{Before: member("ann", "o"), After: member("ann", "ov"), Cause: irc.CauseMode}, "ann has voice now", "ann hat jetzt Stimmrecht"},
		{irc.Change{Before: member("ann", "v"), After: ann, Cause: irc.CauseMode}, "ann has no voice any more", "ann hat kein Stimmrecht mehr"},
		{irc.Change{Before: ann, After: member("ann", "h"), Cause: irc.CauseMode}, "ann is now a half-operator", "ann ist jetzt Halb-Operator"},
		{irc.Change{Before: member("ann", "h"), After: ann, Cause: irc.CauseMode}, "ann is no longer a half-operator", "ann ist nicht mehr Halb-Operator"},
		{irc.Change{Before: ann, After: member("ann", "a"), Cause: irc.CauseMode}, "ann is now an administrator", "ann verwaltet den Kanal jetzt"},
		{irc.Change{Before: member("ann", "a"), After: ann, Cause: irc.CauseMode}, "ann is no longer an administrator", "ann verwaltet den Kanal nicht mehr"},
		{irc.Change{Before: ann, After: member("ann", "qo"), Cause: irc.CauseMode}, "ann is now an owner", "ann gehört der Kanal jetzt"},
		{irc.Change{Before: member("ann", "qo"), After: member("ann", "o"), Cause: irc.CauseMode}, "ann is no longer an owner", "ann gehört der Kanal nicht mehr"},
		{irc.Change{Before: ann, After: member("ann", "Y"), Cause: irc.CauseMode}, "ann is here as an operator of the network", "ann ist als Operator des Netzes hier"},
		{irc.Change{Before: member("ann", "Y"), After: ann, Cause: irc.CauseMode}, "ann is no longer an operator of the network here", "ann ist hier nicht mehr Operator des Netzes"},
	} {
		said[c.change.Cause] = true
		if got := sc.line("en", c.change); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
		if got := sc.line("de", c.change); got != c.german {
			t.Errorf("%q, want %q", got, c.german)
		}
	}
	for cause := range gone {
		if !said[cause] || !slices.Contains(allCauses, cause) {
			t.Errorf("no test for cause %d", cause)
		}
	}
}

func text(shown []Shown) string {
	if len(shown) != 1 || !shown[0].Line {
		return fmt.Sprintf("%d shown", len(shown))
	}
	return shown[0].Children[0].Text()
}

func TestSplitLine(t *testing.T) {
	old := Class{Old: true, Lang: "de"}
	many := strings.Fields("a b c d e f g h i j k l")
	for _, c := range []struct {
		nicks []string
		want  string
	}{
		{nil, "0 shown"},
		{[]string{"a"}, "Das Netz ist zerfallen, und es fehlen: a"},
		{many[:10], "Das Netz ist zerfallen, und es fehlen: a, b, c, d, e, f, g, h, i, j"},
		{many, "Das Netz ist zerfallen, und es fehlen: a, b, c, d, e, f, g, h, i, j und 2 weitere"},
	} {
		if got := text(SplitLine(old, c.nicks)); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
	if SplitLine(Class{}, many) != nil || LineFor(Class{}, "x") != nil {
		t.Error("a line for a client that needs none")
	}
}

func TestModeLine(t *testing.T) {
	sc := lineScene()
	modes := func(params ...string) []irc.ModeChange { return irc.ParseModes(sc.Support, params) }
	for _, c := range []struct {
		changes []irc.ModeChange
		want    string
	}{
		{modes("+m"), "The modes of the channel have changed: +m (by bob)"},
		{modes("+kl-i+b", "secret", "5", "x!*@*"), "The modes of the channel have changed: +kl-i+b 5 x!*@* (by bob)"},
		{modes("+ovm", "ann", "ann"), "The modes of the channel have changed: +m (by bob)"},
		{modes("+o", "ann"), "0 shown"},
		{nil, "0 shown"},
	} {
		if got := text(ModeLine(Class{Old: true}, "bob", c.changes)); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
		if ModeLine(Class{}, "bob", c.changes) != nil {
			t.Error("a line for a client that needs none")
		}
	}
}

func TestFarewell(t *testing.T) {
	const reason = "The gateway is stopping."
	if got := Farewell(Class{}, "ann", reason, muc.StatusShutdown); len(got) != 1 || got[0].Line {
		t.Errorf("%+v", got)
	}
	if got := Farewell(Class{Old: true}, "ann", ""); len(got) != 1 || got[0].Line {
		t.Errorf("%+v", got)
	}
	got := Farewell(Class{Old: true, Lang: "de"}, "ann", reason, muc.StatusShutdown)
	if len(got) != 2 || text(got[:1]) != "ann ist nicht mehr im Raum: Das Gateway wird beendet." || got[1].Type != "unavailable" {
		t.Errorf("%+v", got)
	}
}
