package gateway

import (
	"fmt"
	"strings"
	"testing"

	"isthmus/mapping"
	"isthmus/xmppside/disco"
	"isthmus/xmppside/stanza"
)

// Of the hashes that are known the one that was used least goes first.
func TestKnownFeaturesAreBounded(t *testing.T) {
	k := newKnownFeatures()
	f := mapping.NewFeatures("x")
	for i := range maxKnownFeatures {
		if gone := k.add(fmt.Sprint(i), f); gone != "" {
			t.Fatalf("forgot %s too early", gone)
		}
	}
	k.get("0")
	k.add("1", f)
	if gone := k.add("new", f); gone != "2" {
		t.Errorf("forgot %s", gone)
	}
	if _, ok := k.get("2"); ok || k.used.Len() != maxKnownFeatures || len(k.byKey) != maxKnownFeatures {
		t.Errorf("%d known", k.used.Len())
	}
	if got, ok := k.get("0"); !ok || got != f {
		t.Error("forgot what was used")
	}
}

// answer has a client announce software that can do one thing, and say so.
func answer(c *client, feature string) {
	info := disco.Info{Identities: []disco.Identity{{Category: "client", Type: "pc"}}, Features: []string{feature}}
	ver := "client/pc//<" + feature + "<"
	c.announce(&stanza.Stanza{Children: []*stanza.Element{
		stanza.E(disco.NSCaps, "c").Set("node", "n").Set("hash", "sha-256").Set("ver", disco.Hash{Algorithm: "sha-256"}.Of([]byte(ver))),
	}})
	c.answered(&stanza.Stanza{Type: "result", Children: []*stanza.Element{info.Element("")}})
}

// Who makes software up fills nobody else's memory with it.
func TestTeachingIsBounded(t *testing.T) {
	x := newBench(t, "", 1, 1)
	h := x.user.hub
	for i := range 3 * maxTaught {
		c := x.user.client(x.user.jid)
		answer(c, fmt.Sprint("urn:x:", i))
		if !c.features.Has(fmt.Sprint("urn:x:", i)) || !c.verified {
			t.Fatalf("answer %d is not believed", i)
		}
	}
	if n := len(h.features.byKey); n != maxTaught {
		t.Errorf("%d hashes were taught", n)
	}
}

// A client that announces something else all the time is asked one thing at a time.
func TestStormOfHashes(t *testing.T) {
	x := newBench(t, "", 1, 1)
	for i := range 1000 {
		x.stanza(t, fmt.Sprintf(`<presence from="ann@x/0" to="#c%%net@gw/ann"><c xmlns="http://jabber.org/protocol/caps" hash="sha-1" node="n" ver="v%d"/></presence>`, i))
	}
	if x.asked != 1 {
		t.Errorf("asked %d times", x.asked)
	}
}

// An answer beyond all measure is none, and what could be taken for two features is not
// one.
func TestStrangeAnswers(t *testing.T) {
	x := newBench(t, "", 1, 1)
	for name, features := range map[string][]string{
		"huge": {strings.Repeat("x", disco.MaxBytes+1), "urn:x"},
		"many": append(make([]string, disco.MaxFeatures), "urn:x"),
		"two":  {"a\nurn:x\nb", ""},
	} {
		c := x.user.client(x.user.jid)
		c.asked, c.features = false, mapping.Features{}
		c.answered(&stanza.Stanza{Type: "result", Children: []*stanza.Element{disco.Info{Features: features}.Element("")}})
		if c.features.Has("urn:x") || !c.asked {
			t.Errorf("%s: %q", name, c.features.All())
		}
	}
	c := x.user.client(x.user.jid)
	for _, s := range []*stanza.Stanza{nil, {Type: "error"}, {Type: "result"}, {Type: "result", Children: []*stanza.Element{stanza.E("x", "query")}}} {
		c.features = mapping.Features{}
		if c.answered(s); c.features.Known() {
			t.Errorf("%v says something", s)
		}
	}
}
