//go:build e2e && linux

package realtest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"isthmus/xmppside/stanza"
)

const (
	nsItems = "http://jabber.org/protocol/disco#items"
	nsInfo  = "http://jabber.org/protocol/disco#info"
	nsRSM   = "http://jabber.org/protocol/rsm"
	nsData  = "jabber:x:data"
)

// service is the address of the pair's network.
func (p *pair) service() string { return p.network + "@" + Component }

// people makes the script's channel, with a topic and two people in it, and a secret
// channel.
func (p *pair) people() (topic string) {
	p.t.Helper()
	dave, erin := p.founder("dave"), p.plain("erin")
	erin.Join(p.channel, "")
	topic = "About " + p.tag + ", and more"
	dave.Send("TOPIC " + p.channel + " :\x02About\x02 " + p.tag + ", and more")
	erin.Expect("the topic", Is("TOPIC", p.channel))
	dave.Join(p.name("#s"), "")
	dave.Send("MODE " + p.name("#s") + " +s")
	dave.Sync()
	return topic
}

// until asks until an answer will do: the gateway lists channels at most once a second,
// for all scripts together.
func until(t *testing.T, what string, ask func() bool) {
	t.Helper()
	tick := time.NewTicker(300 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(Patience); time.Now().Before(deadline); <-tick.C {
		if ask() {
			return
		}
	}
	t.Fatalf("no %s", what)
}

// item finds the item of an address in an answer.
func item(answer *stanza.Stanza, attr, address string) *stanza.Element {
	for _, e := range answer.Children[0].Children() {
		if e.Local == "item" && e.Attr(attr) == address {
			return e
		}
	}
	return nil
}

// value is that of a field of the answer's form.
func value(form *stanza.Element, name string) string {
	for _, e := range form.Children() {
		if e.Local == "field" && e.Attr("var") == name {
			return e.Child(nsData, "value").Text()
		}
	}
	return ""
}

// scriptList: who is not connected sees the channels of the network, and what they are
// about, in pages; who is, too; a secret channel nobody sees but who is in it.
func scriptList(t *testing.T, p *pair) {
	topic, alice := p.people(), p.jabber("alice")
	browse := `<query xmlns="` + nsItems + `"/>`
	listed := func(by *guest, people int) {
		t.Helper()
		want := fmt.Sprintf("%s (%d): %s", p.channel, people, topic)
		until(t, want, func() bool {
			answer := by.IQ("get", p.service(), browse)
			done(t, answer)
			if item(answer, "jid", p.address(p.name("#s"))) != nil {
				t.Fatal("a secret channel")
			}
			e := item(answer, "jid", p.room)
			return e != nil && e.Attr("name") == want
		})
	}
	listed(alice, 2)

	info := alice.IQ("get", p.room, `<query xmlns="`+nsInfo+`"/>`)
	done(t, info)
	form := info.Child(nsInfo, "query").Child(nsData, "x")
	if got := value(form, "muc#roominfo_subject"); got != topic {
		t.Errorf("the subject is %q", got)
	}
	if got := value(form, "muc#roominfo_occupants"); got != "2" {
		t.Errorf("there are %q people", got)
	}

	seen, after := 0, ""
	for page := 0; ; page++ {
		answer := alice.IQ("get", p.service(), `<query xmlns="`+nsItems+`"><set xmlns="`+nsRSM+`"><max>2</max><after>`+strings.ReplaceAll(after, "&", "&amp;")+`</after></set></query>`)
		done(t, answer)
		set := answer.Child(nsItems, "query").Child(nsRSM, "set")
		if set.Child(nsRSM, "last") == nil {
			break
		}
		if item(answer, "jid", p.room) != nil {
			seen++
		}
		if after = set.Child(nsRSM, "last").Text(); page > 1000 {
			t.Fatal("the pages do not end")
		}
	}
	if seen != 1 {
		t.Errorf("it is on %d pages", seen)
	}

	alice.Message("chat", p.service(), "connect")
	alice.Expect("to be connected", func(s *stanza.Stanza) bool {
		text, _ := s.Body()
		return strings.HasPrefix(text, "Connected")
	})
	listed(alice, 2)
	outside := alice.features(p.room)
	has(t, outside, "muc_public")
	t.Logf("to outsiders: %q", outside)
	if slices.ContainsFunc(alice.features(p.address(p.name("#s"))), func(f string) bool { return f == "muc_hidden" || f == "muc_open" }) {
		t.Error("a secret channel shows what it is")
	}
	alice.JoinRoom(p.address(p.name("#s")), alice.nick, "")
	until(t, "secret channel for who is in it", func() bool {
		answer := alice.IQ("get", p.service(), browse)
		done(t, answer)
		return item(answer, "jid", p.address(p.name("#s"))) != nil
	})
	bob := p.jabber("bob")
	for i, nick := range []string{"frank", "gina"} { // one list each, which alice's link may have brought
		p.plain(nick).Join(p.channel, "")
		listed(bob, 3+i)
	}
}

// scriptSearch: a channel is found by name, topic and people, by both forms, and in words.
func scriptSearch(t *testing.T, p *pair) {
	topic, alice := p.people(), p.jabber("alice")
	field := func(name, value string) string {
		return `<field var="` + name + `"><value>` + value + `</value></field>`
	}
	search := func(to string, fields ...string) *stanza.Stanza {
		answer := alice.IQ("set", to, `<query xmlns="jabber:iq:search"><x xmlns="jabber:x:data" type="submit">`+strings.Join(fields, "")+`</x></query>`)
		done(t, answer)
		return answer
	}
	found := func(answer *stanza.Stanza) bool {
		for _, e := range answer.Child("jabber:iq:search", "query").Child(nsData, "x").Children() {
			if e.Local == "item" && value(e, "jid") == p.room {
				return value(e, "x-topic") == topic && value(e, "x-users") == "2"
			}
		}
		return false
	}
	until(t, "channel by its name", func() bool { return found(search(p.service(), field("x-name", p.channel[1:]))) })
	if !found(search(Component, field("x-topic", "MORE "+p.tag+","), field("x-min-users", "2"), field("x-max-users", "2"))) {
		t.Error("not found by topic and people, everywhere")
	}
	if found(search(p.service(), field("x-name", p.channel), field("x-min-users", "3"))) {
		t.Error("found among the larger ones")
	}
	answer := alice.IQ("get", p.service(), `<search xmlns="urn:xmpp:channel-search:0:search"><x xmlns="jabber:x:data" type="submit">`+
		field("FORM_TYPE", "urn:xmpp:channel-search:0:search-params")+field("q", p.channel[1:]+" about")+`</x></search>`)
	done(t, answer)
	e := item(answer, "address", p.room)
	if e == nil || e.Child("urn:xmpp:channel-search:0:search", "nusers").Text() != "2" || e.Child("urn:xmpp:channel-search:0:search", "description").Text() != topic {
		t.Errorf("by the other form: %+v", e)
	}
	alice.Message("chat", p.service(), "search "+p.channel)
	alice.Expect("it in words", func(s *stanza.Stanza) bool {
		text, _ := s.Body()
		return strings.Contains(text, p.room+" (2): "+topic)
	})
}
