package gateway

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"isthmus/xmppside/jid"
	"isthmus/xmppside/stanza"
)

func somebody(h *Hub, name string) *user {
	u := newUser(h, jid.MustParse(name+"@x"))
	h.mu.Lock()
	h.users[u.jid] = u
	h.mu.Unlock()
	return u
}

func parcelOf(nick, words, what string) *parcel {
	return &parcel{at: channelKeyOf("net", "#c"), nick: nick, lines: strings.Split(words, "\n"), children: []*stanza.Element{stanza.E(what, "x")}}
}

// Parcels are found by the id of their words, else by who said them and what, in order;
// and not when they were taken back, or have waited for too long.
func TestParcels(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newBench(t, "", 0, 1).user.hub
		at := channelKeyOf("net", "#c")
		one, two, three := parcelOf("ann", "yes", "1"), parcelOf("ann", "yes", "2"), parcelOf("ann", "no\nmore", "3")
		for _, p := range []*parcel{one, two, three} {
			h.deposit(p)
		}
		h.identify(two, []string{"m2"})
		for _, c := range []struct {
			nick, id, words string
			after           uint64
			want            *parcel
		}{
			{"ann", "", "yes", 0, one}, {"ann", "m9", "yes", 0, one}, {"ann", "", "yes", one.n, two}, {"ann", "", "yes", two.n, nil},
			{"ann", "m2", "otherwise", 0, two}, {"ann", "m2", "yes", two.n, nil}, {"bob", "m2", "yes", 0, nil}, {"bob", "", "yes", 0, nil},
			{"ann", "", "more", 0, nil}, {"ann", "", "no", 0, three}, {"ann", "", "", 0, nil},
		} {
			if got := h.parcelFor(at, c.nick, c.id, c.words, c.after); got != c.want {
				t.Errorf("%+v: %+v", c, got)
			}
		}
		if h.parcelFor(channelKeyOf("net", "#d"), "ann", "m2", "yes", 0) != nil {
			t.Error("found in another channel")
		}
		h.takeBack(one)
		h.takeBack(one)
		h.takeBack(nil)
		h.identify(one, []string{"m1"})
		if got := h.parcelFor(at, "ann", "m1", "yes", 0); got != two {
			t.Errorf("after it was taken back: %+v", got)
		}
		time.Sleep(parcelTime)
		if got := h.parcelFor(at, "ann", "", "yes", 0); got != nil {
			t.Errorf("too late: %+v", got)
		}
		p := &h.parcels
		if len(p.queue)+len(p.byID)+len(p.byWords)+p.size != 0 || p.some.Load() != 0 {
			t.Errorf("something is left: %+v", p)
		}
	})
}

// Further lines of a message that was shown whole say nothing new, for as long as they
// may come: who says the same later is heard.
func TestFurtherLines(t *testing.T) {
	for _, c := range []struct {
		pause time.Duration
		want  string
	}{{parcelTime - time.Second, "10001"}, {parcelTime, "11111"}} {
		synctest.Test(t, func(t *testing.T) {
			x := newBench(t, "", 3, 1)
			p := parcelOf("nick1", "a\nb\nc\nd", "urn:x")
			p.children = []*stanza.Element{stanza.T("", "body", "a\nb\nc\nd")}
			x.user.hub.deposit(p)
			var shown strings.Builder
			for _, line := range []string{"a", "b", "c", "d", "d"} {
				before := x.sent
				x.recv(t, ":nick1!u@h PRIVMSG #c :"+line)
				fmt.Fprint(&shown, x.sent-before)
				time.Sleep(c.pause)
			}
			if got := shown.String(); got != c.want {
				t.Errorf("with %v between them: %s, want %s", c.pause, got, c.want)
			}
		})
	}
}

// Words are found whatever codes the network leaves in them, on their first line and on
// further ones; what they look like is what their sender said.
func TestFormattedWords(t *testing.T) {
	for _, lines := range [][]string{{"a", "b"}, {"\x02a\x02", "\x02b\x02"}, {"\x0304a", "b"}, {"a", "\x1db"}} {
		x := newBench(t, "", 3, 1)
		p := parcelOf("nick1", "a\nb", "urn:x")
		p.children = []*stanza.Element{stanza.T("", "body", "a\nb")}
		x.user.hub.deposit(p)
		for i, line := range lines {
			before := x.sent
			x.recv(t, ":nick1!u@h PRIVMSG #c :"+line)
			if x.sent-before != 1-i {
				t.Errorf("%q of %q: %d stanzas", line, lines, x.sent-before)
			}
		}
		if xml := string(x.xml); !strings.Contains(xml, "<body>a\nb</body>") || strings.Contains(xml, "<html") {
			t.Errorf("%q: %s", lines, xml)
		}
	}
}

// However much is said, not all of it waits.
func TestParcelsAreBounded(t *testing.T) {
	h := newBench(t, "", 0, 1).user.hub
	for i := range 3 * maxParcels {
		h.deposit(parcelOf("ann", fmt.Sprint(i), "x"))
	}
	if n := len(h.parcels.queue); n != maxParcels || len(h.parcels.byWords) != maxParcels {
		t.Errorf("%d parcels", n)
	}
	for i := range 300 {
		h.deposit(parcelOf("ann", fmt.Sprint(i), strings.Repeat("x", maxWeight)))
	}
	if h.parcels.size > maxParcelBytes {
		t.Errorf("%d bytes", h.parcels.size)
	}
}

// Who shows a channel is known while they do, and no longer than they are there.
func TestListeners(t *testing.T) {
	h := newBench(t, "", 0, 1).user.hub
	at := channelKeyOf("net", "#c")
	ann, bob := somebody(h, "ann"), somebody(h, "bob")
	for _, u := range []*user{ann, bob, bob} {
		h.listen(u, at)
	}
	if !h.listened(ann, at) || len(h.others(ann, at)) != 1 {
		t.Error("bob does not listen")
	}
	h.unlisten(bob, at)
	h.unlisten(bob, at)
	if h.listened(ann, at) || len(h.others(ann, at)) != 0 {
		t.Error("bob listens")
	}
	h.listen(bob, at)
	bob.forget()
	if ann.abort(); h.listened(ann, at) || len(h.listeners)+len(ann.listens)+len(bob.listens) != 0 {
		t.Errorf("somebody who is gone listens: %v", h.listeners)
	}
	if h.listen(bob, at); len(h.listeners) != 0 {
		t.Error("somebody who is gone begins to listen")
	}
}

// Nobody waits for a user who is busy, nor fills that user's mailbox.
func TestSharingWaitsForNobody(t *testing.T) {
	x := newBench(t, "", 0, 1)
	h, at := x.user.hub, channelKeyOf("net", "#c")
	h.users[x.user.jid] = x.user
	bob := somebody(h, "bob")
	h.listen(x.user, at)
	h.listen(bob, at)
	r, _ := x.up.rooms.Get("#c")
	for range 3 * mailbox {
		r.share(words{nick: "ann", fleeting: true})
	}
	if n := len(bob.mail); n != mailbox/2 {
		t.Errorf("%d of %d in the mailbox", n, mailbox)
	}
}

// A user who floods is stopped: what is typed all the time is dropped, what is more than
// that refused.
func TestFloodWithoutWords(t *testing.T) {
	x := newBench(t, "", 0, 1)
	before := x.sent
	for range 3 * maxPassed {
		x.stanza(t, `<message from="ann@x/0" to="#c%net@gw" type="groupchat" id="m"><composing xmlns="http://jabber.org/protocol/chatstates"/></message>`)
	}
	if n := x.sent - before; n != maxPassed {
		t.Errorf("%d were shown", n)
	}
	x.stanza(t, `<message from="ann@x/0" to="#c%net@gw" type="groupchat" id="m"><reactions xmlns="urn:xmpp:reactions:0" id="1"/></message>`)
	if got := string(x.xml); !strings.Contains(got, "resource-constraint") {
		t.Errorf("answered by %s", got)
	}
	y := newBench(t, "", 0, 1)
	for range 20 {
		y.stanza(t, `<message from="ann@x/0" to="#c%net@gw" type="groupchat" id="m"><reactions xmlns="urn:xmpp:reactions:0" id="1">`+strings.Repeat("x", 30000)+`</reactions></message>`)
	}
	if !strings.Contains(string(y.xml), "resource-constraint") {
		t.Errorf("answered by %.200s", y.xml)
	}
	if len(x.lines)+len(y.lines) > 0 {
		t.Errorf("said on IRC: %s%s", x.lines, y.lines)
	}
}

// Nobody who is not in the channel as we see it is shown to say anything, nor anybody
// without a voice, nor somebody else who has the nick.
func TestSharedByStrangers(t *testing.T) {
	x := newBench(t, "", 3, 1)
	at := channelKeyOf("net", "#c")
	who := func(nick string) uint64 {
		m, _ := x.up.view.Member("#c", nick)
		return m.Stay
	}
	said := func(stay uint64, nick string) string {
		before := x.sent
		x.user.shared(at, stay, words{nick: nick, fleeting: true, children: []*stanza.Element{stanza.E("http://jabber.org/protocol/chatstates", "composing")}})
		if x.sent == before {
			return ""
		}
		_, from, _ := strings.Cut(string(x.xml), "from='")
		from, _, _ = strings.Cut(from, "'")
		return from
	}
	one := who("nick1")
	if from := said(lot(), "mallory"); from != "" {
		t.Error("shown of a stranger:", from)
	}
	if from := said(one, "nick1"); from != "#c%net@gw/nick1" {
		t.Error("not shown of a member:", from)
	}
	if from := said(one, "other"); from != "#c%net@gw/nick1" {
		t.Error("not shown of who has a nick that we do not know yet:", from)
	}
	if from := said(lot(), "nick1"); from != "" {
		t.Error("shown of who has the nick as we see it:", from)
	}
	x.recv(t, ":nick1!u@h NICK other", ":nick2!u@h NICK nick1")
	if from := said(one, "nick1"); from != "#c%net@gw/other" {
		t.Error("shown of who has the nick by now:", from)
	}
	x.recv(t, ":s MODE #c +m")
	if from := said(one, "other"); from != "" {
		t.Error("shown of somebody without a voice")
	}
	x.user.shared(channelKeyOf("net", "#d"), one, words{nick: "nick1"})
	x.user.shared(channelKeyOf("other", "#c"), one, words{nick: "nick1"})
}
