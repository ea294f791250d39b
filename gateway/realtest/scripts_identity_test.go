//go:build e2e && linux

package realtest

import (
	"strings"
	"testing"

	"isthmus/xmppside/stanza"
)

// idOf is the occupant-id of a presence or a message; "" if there is not exactly one.
func idOf(s *stanza.Stanza) (id string) {
	n := 0
	for _, e := range s.Children {
		if e.Space == "urn:xmpp:occupant-id:0" && e.Local == "occupant-id" {
			id = e.Attr("id")
			n++
		}
	}
	if n != 1 {
		return ""
	}
	return id
}

// scriptOccupantID: the same for two Jabber users who come at different times, and not for
// who takes the nick. XEP-0421
func scriptOccupantID(t *testing.T, p *pair) {
	dave := p.founder("dave")
	enter := func(name string) (*guest, map[string]string) {
		g, ids := p.jabber(name), map[string]string{}
		for _, s := range g.JoinRoom(p.room, g.nick, "") {
			if s.Kind == stanza.Presence {
				ids[s.From.Resource()] = idOf(s)
			}
		}
		return g, ids
	}
	alice, seen := enter("alice")
	id := seen[dave.Nick]
	if id == "" || seen[alice.nick] == "" || id == seen[alice.nick] {
		t.Fatalf("alice sees %q", seen)
	}
	bob, other := enter("bob")
	if other[dave.Nick] != id || other[alice.nick] != seen[alice.nick] {
		t.Errorf("alice sees %q, bob %q", seen, other)
	}
	came := alice.Expect("bob", Presence("", p.in(bob.nick)))
	if idOf(came) != other[bob.nick] {
		t.Errorf("bob is %q to alice and %q to himself", idOf(came), other[bob.nick])
	}
	dave.Say(p.channel, "hello")
	for _, g := range []*guest{alice, bob} {
		if got := idOf(g.Expect("hello", Body("groupchat", p.in(dave.Nick), "hello"))); got != id {
			t.Errorf("to %s it is %q who speaks, and not %q", g.nick, got, id)
		}
	}
	old, davy := dave.Nick, p.name("davy")
	dave.Send("NICK " + davy)
	for _, g := range []*guest{alice, bob} {
		if got := idOf(g.Expect("davy", Presence("", p.in(davy)))); got != id {
			t.Errorf("to %s davy is %q, and not %q", g.nick, got, id)
		}
	}
	dave.Nick = davy
	erin := p.plain("erin")
	erin.Send("NICK " + old)
	erin.Nick = old
	erin.Join(p.channel, "")
	var ids []string
	for _, g := range []*guest{alice, bob} {
		ids = append(ids, idOf(g.Expect("the next of that nick", Presence("", p.in(old)))))
	}
	if ids[0] == "" || ids[0] != ids[1] || ids[0] == id {
		t.Errorf("who takes the nick is %q; dave was %q", ids, id)
	}
}

// scriptVCard: what WHOIS tells, and for how long somebody has been idle. XEP-0054, XEP-0012
func scriptVCard(t *testing.T, p *pair) {
	dave, alice := p.founder("dave"), p.member("alice")
	answer := alice.IQ("get", p.in(dave.Nick), `<vCard xmlns="vcard-temp"/>`)
	done(t, answer)
	card := answer.Child("vcard-temp", "vCard")
	if got := card.Child("vcard-temp", "NICKNAME").Text(); got != dave.Nick {
		t.Errorf("the nick is %q", got)
	}
	if text := card.Child("vcard-temp", "DESC").Text(); !strings.Contains(text, p.channel) || !strings.Contains(text, "Server: ") {
		t.Errorf("nothing of the channel, or of the server: %q", text)
	}
	answer = alice.IQ("get", p.private(dave.Nick), `<query xmlns="jabber:iq:last"/>`)
	done(t, answer)
	if seconds := answer.Child("jabber:iq:last", "query").Attr("seconds"); seconds == "" {
		t.Errorf("idle for %q", seconds)
	}
	answer = alice.IQ("get", p.in(dave.Nick), `<query xmlns="http://jabber.org/protocol/disco#items" node="http://jabber.org/protocol/muc#rooms"/>`)
	done(t, answer)
	rooms := answer.Child("http://jabber.org/protocol/disco#items", "query").Children()
	if len(rooms) != 1 || rooms[0].Attr("jid") != p.room {
		t.Errorf("dave is in %v", rooms)
	}
	failed(t, alice.IQ("get", p.private(p.name("nobody")), `<vCard xmlns="vcard-temp"/>`), stanza.Cancel, stanza.ItemNotFound)
}
