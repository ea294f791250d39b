package mapping

import (
	"bufio"
	"flag"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"isthmus/ircside/irc"
	"isthmus/xmppside/stanza"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// recorded is a client of which it is known what it announces.
func recorded(t *testing.T, name string) Features {
	t.Helper()
	text, err := os.ReadFile("testdata/clients/" + name + ".txt")
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			list = append(list, line)
		}
	}
	return NewFeatures(list...)
}

// content reads what a message holds.
func content(t *testing.T, xml string) []*stanza.Element {
	t.Helper()
	in := bufio.NewReader(strings.NewReader("<message>" + xml + "</message>"))
	s, err := stanza.NewReader(in, stanza.Client, stanza.Limits{}).Next()
	if err != nil {
		t.Fatalf("%s: %v", xml, err)
	}
	return s.Children
}

// What each of five kinds of clients gets of each kind of message, to the byte, and
// what IRC does. The file is testdata/delivery.txt; a line of it that begins with "said"
// is the message; one with "heard" is words from IRC.
func TestDelivery(t *testing.T) {
	const name = "testdata/delivery.txt"
	golden, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	clients := []struct {
		name  string
		class Class
	}{
		{"bot", Class{Old: true}},
		{"xhtml desktop", Class{Features: recorded(t, "psi")}},
		{"modern desktop", Class{Features: recorded(t, "gajim")}},
		{"mobile", Class{Features: recorded(t, "conversations")}},
		{"console", Class{Features: recorded(t, "profanity")}},
		{"all of it", Class{Features: NewFeatures(slices.Concat(Usual(), Supported(), []string{"urn:example:poll"})...)}},
		{"not known", Class{}},
	}
	var out strings.Builder
	var more []string
	var about Reference
	for line := range strings.Lines(string(golden)) {
		line = strings.TrimSuffix(line, "\n")
		words := strings.Fields(line)
		switch {
		case line == "" || line[0] == '#':
		case words[0] == "room":
			more, about = words[1:], Reference{}
		case words[0] == "about":
			about = Reference{Nick: words[1], Old: words[2] == "old", Body: strings.Join(words[3:], " ")}
		case words[0] != "said" && words[0] != "heard":
			continue // what came of it, which is written anew
		}
		out.WriteString(line + "\n")
		if len(words) > 0 && words[0] == "heard" {
			text, err := strconv.Unquote(`"` + strings.TrimPrefix(line, "heard ") + `"`)
			if err != nil {
				t.Fatalf("%s: %v", line, err)
			}
			said := irc.Text{Body: text}
			for _, c := range clients {
				fmt.Fprintf(&out, "  %-15s %s\n", c.name, written(Dressed(stanza.Body(Incoming(said)), Looks(said), c.class)))
			}
		}
		if len(words) == 0 || words[0] != "said" {
			continue
		}
		xml := strings.ReplaceAll(strings.TrimSpace(strings.TrimPrefix(line, "said")), `\n`, "&#10;")
		children := content(t, xml)
		before := written(children)
		for _, c := range clients {
			fmt.Fprintf(&out, "  %-15s %s\n", c.name, written(Deliver(children, c.class, more, about)))
		}
		fmt.Fprintf(&out, "  %-15s %s\n", "irc", shownCodes(Carried(children, about, false)))
		fmt.Fprintf(&out, "  %-15s %s\n", "irc, private", shownCodes(Carried(children, Reference{}, true)))
		if written(children) != before {
			t.Errorf("changed what was said: %s", line)
		}
	}
	switch {
	case out.String() == string(golden):
	case *update:
		if err := os.WriteFile(name, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("another delivery; -update rewrites %s:\n%s", name, out.String())
	}
}

// shownCodes is a text as IRC gets it, in one line.
func shownCodes(s Styled) string {
	quoted := strconv.Quote(strings.ReplaceAll(s.coded(0, len(s.text)), `"`, "\x00"))
	return strings.NewReplacer(`\x00`, `"`, `\\`, `\`).Replace(quoted[1 : len(quoted)-1])
}

func written(children []*stanza.Element) string {
	if children == nil {
		return "-"
	}
	var b []byte
	for _, c := range children {
		b = c.Append(b)
	}
	return strings.ReplaceAll(string(b), "\n", `\n`)
}

// Whatever a message holds, nobody gets what they have not announced, nobody gets what
// is refused, and IRC gets one text.
func FuzzDeliver(f *testing.F) {
	for _, seed := range []string{
		"<body>&gt; a&#10;b</body><reply xmlns='urn:xmpp:reply:0' id='1' to='a@b/c'/><fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'><body start='0' end='3'/></fallback>",
		"<body>x</body><x xmlns='jabber:x:oob'><url>https://x</url></x><replace xmlns='urn:xmpp:message-correct:0' id='1'/>",
		"<retract xmlns='urn:xmpp:message-retract:1'/><a/><b xmlns=''/><body/><body xml:lang='x'>y</body>",
	} {
		f.Add(seed, "said before", true)
	}
	classes := []Class{{}, {Old: true}, {Features: NewFeatures(slices.Concat(Usual(), Supported())...)}, {Features: NewFeatures("urn:xmpp:reply:0", "jabber:x:oob")}}
	f.Fuzz(func(t *testing.T, xml, before string, old bool) {
		in := bufio.NewReader(strings.NewReader("<message>" + xml + "</message>"))
		s, err := stanza.NewReader(in, stanza.Client, stanza.Limits{}).Next()
		if err != nil {
			return
		}
		about := Reference{Nick: before, Body: before, Old: old}
		for _, class := range classes {
			for _, e := range Deliver(s.Children, class, Supported(), about) {
				p := payloadOf(e)
				if p.rule != core && !class.Features.Has(p.feature) || p.rule == refused || p.rule == never || class.Old && e.Space != "" {
					t.Errorf("%v gets %s", class.Features.All(), e.Append(nil))
				}
			}
		}
		Carried(s.Children, about, old)
	})
}

// Encryption is known by whatever announces it.
func TestEncrypted(t *testing.T) {
	for xml, want := range map[string]bool{
		"<body>x</body>": false,
		"<body>x</body><encrypted xmlns='eu.siacs.conversations.axolotl'/>":                  true,
		"<encrypted xmlns='urn:xmpp:omemo:1'/>":                                              true,
		"<encrypted xmlns='urn:xmpp:omemo:2'/>":                                              true,
		"<body>x</body><x xmlns='jabber:x:encrypted'>q</x>":                                  true,
		"<openpgp xmlns='urn:xmpp:openpgp:0'/>":                                              true,
		"<body>x</body><encryption xmlns='urn:xmpp:eme:0' namespace='urn:xmpp:otr:0'/>":      true,
		"<body>x</body><x xmlns='jabber:x:signed'/>":                                         false,
		"<body>x</body><fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:omemo:2'/>":       true,
		"<body>x</body><z xmlns='y'><encrypted xmlns='eu.siacs.conversations.axolotl'/></z>": false,
	} {
		if got := Encrypted(content(t, xml)); got != want {
			t.Errorf("%s: %v", xml, got)
		}
	}
}

func TestFeatureLists(t *testing.T) {
	if u := Usual(); !slices.IsSorted(u) || !slices.Contains(u, nsXHTML) || slices.Contains(u, "") || slices.Contains(u, "urn:xmpp:receipts") {
		t.Errorf("usual: %q", u)
	}
	if s := Supported(); !slices.IsSorted(s) || !slices.Contains(s, "urn:xmpp:receipts") || slices.Contains(s, "urn:xmpp:openpgp:0") {
		t.Errorf("supported: %q", s)
	}
	for feature, want := range map[string]bool{"urn:x": true, nsXHTML: true, "urn:xmpp:eme:0": false, "urn:xmpp:omemo:2": false, "": false, "urn:xmpp:sid:0": false} {
		if MayPass(feature) != want {
			t.Errorf("MayPass(%q) is %v", feature, !want)
		}
	}
	if got := FeatureName("de", "http://jabber.org/protocol/swb"); got != "gemeinsame Zeichenfläche" {
		t.Errorf("name: %s", got)
	}
	if got := FeatureName("de", "urn:x"); got != "urn:x" {
		t.Errorf("name: %s", got)
	}
}

// Ten thousand payloads cost what they weigh, and no more.
func TestManyPayloads(t *testing.T) {
	children := []*stanza.Element{stanza.T("", "body", "x")}
	for i := range 10000 {
		children = append(children, stanza.E(fmt.Sprint("urn:x:", i%100), "x"), stanza.E(nsFallback, "fallback").Set("for", "urn:x"))
	}
	if got := Deliver(children, Class{}, nil, Reference{}); len(got) != 1 {
		t.Errorf("%d elements", len(got))
	}
	if Encrypted(children) || !IsRich(children) || Carried(children, Reference{}, false).String() != "x" {
		t.Error("not taken for what it is")
	}
}

// Ranges that are none, or nonsense, are no fallback; what stands in for the words of a
// message is never cut within a character.
func TestFallbackRanges(t *testing.T) {
	for _, c := range []struct{ ranges, body, rest string }{
		{"<body start='0' end='4'/>", "> a\nb", "b"},
		{"<body start='0' end='3'/>", "😀é\nb", "b"},
		{"<body start='0' end='99'/>", "> a\nb", "> a\nb"},
		{"<body start='3' end='1'/>", "> a\nb", "> a\nb"},
		{"<body start='-1' end='1'/>", "> a\nb", "> a\nb"},
		{"<body start='0' end='99999999999999999999'/>", "> a\nb", "> a\nb"},
		{"<body start='x'/>", "> a\nb", "> a\nb"},
		{"<body/>", "> a\nb", ""},
		{"", "> a\nb", ""},
		{"<subject/>", "> a\nb", "> a\nb"},
	} {
		xml := "<fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'>" + c.ranges + "</fallback>"
		if rest, _ := withoutFallback(content(t, xml), nsReply, c.body); rest != c.rest {
			t.Errorf("%s: %q", c.ranges, rest)
		}
	}
}
