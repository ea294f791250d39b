package gateway

import (
	"encoding/json"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"isthmus/ircside/irc"
	"isthmus/mapping"
	"isthmus/xmppside/disco"
	"isthmus/xmppside/jid"
	"isthmus/xmppside/stanza"
)

// require is a change that adds a required feature.
func require(f string) func(settings) (settings, *stanza.Error) {
	return func(s settings) (_ settings, err *stanza.Error) {
		s.Required, err = featureList(append(slices.Clone(s.Required), f))
		return s, err
	}
}

// What was set is there after a restart, by any spelling of the channel; so is what
// clients can do, by their hashes.
func TestSettingsAreKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNotebook()
		p := start(t, n)
		for _, f := range []string{"urn:b", "urn:a", "urn:a"} {
			if err := p.set("net", "#Wß[", require(f)); err != nil {
				t.Fatal(err)
			}
		}
		if err := p.set("net", "#gone", require("urn:a")); err != nil {
			t.Fatal(err)
		}
		if err := p.set("net", "#gone", func(settings) (settings, *stanza.Error) { return settings{}, nil }); err != nil {
			t.Fatal(err)
		}
		p.teach([]string{"0115 sha-1 x"}, mapping.NewFeatures("urn:a", "urn:b"))
		p.end(t)
		p = start(t, n)
		defer p.end(t)
		if got := p.settings("net", "#wß{"); !slices.Equal(got.Required, []string{"urn:a", "urn:b"}) {
			t.Errorf("after a restart: %+v", got)
		}
		if got := p.settings("net", "#gone"); len(got.Required) > 0 || n.has(KindChannel, "net #gone") != "" {
			t.Errorf("what was taken back is there: %+v", got)
		}
		if f, ok := p.capable(disco.Caps{Ver: disco.Hash{Algorithm: "sha-1", Value: "x"}}); !ok || !f.Has("urn:b") {
			t.Error("forgot what a hash stands for")
		}
	})
}

// Settings that differ in anything but by whom they are differ; those of older documents
// leave the rest as nobody has said.
func TestSettingsDiffer(t *testing.T) {
	zero, five, also := 0, 5, 5
	for name, s := range map[string]settings{
		"optional": {Optional: []string{"urn:a"}}, "required": {Required: []string{"urn:a"}}, "rule": {Groupchat10: "off"},
		"lang": {Lang: "de"}, "history": {History: &five}, "no history": {History: &zero}, "comings": {NoComings: true},
		"encoding": {Encoding: "koi8-r"}, "fallback": {Fallback: "koi8-r"},
	} {
		if s.equal(settings{}) || (settings{}).equal(s) || !s.equal(s) {
			t.Errorf("%s does not count", name)
		}
		if passes := name != "optional" && name != "required" && name != "rule"; s.passes(settings{}) != passes {
			t.Errorf("%s: wrong about what is passed on", name)
		}
	}
	if !(settings{By: "ann@x", History: &five}).equal(settings{History: &also}) || (settings{History: &zero}).equal(settings{History: &five}) {
		t.Error("history is compared wrongly")
	}
	var old settings
	if err := json.Unmarshal([]byte(`{"optional":["urn:a"],"groupchat10":"on","by":"ann@x"}`), &old); err != nil || old.History != nil || old.Lang != "" || old.NoComings {
		t.Errorf("an older document: %+v, %v", old, err)
	}
}

// Damaged documents are passed over; there is none of what does not fit.
func TestDamagedSettings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNotebook()
		n.docs[docKey{KindChannel, "net #a"}] = "{"
		n.docs[docKey{KindChannel, "nothing"}] = "{}"
		n.docs[docKey{KindChannel, "net #b"}] = `{"required":["urn:a"],"elsewhere":1}`
		n.docs[docKey{KindChannel, "net #d"}] = `{"by":"ann@x"}`
		n.docs[docKey{KindFeatures, "0115 sha-1 x"}] = "[1]"
		p := start(t, n)
		defer p.end(t)
		if len(*p.channels.Load()) != 1 || len(p.settings("net", "#B").Required) != 1 || len(p.features.byKey) != 0 {
			t.Errorf("loaded %+v", *p.channels.Load())
		}
	})
}

// A store that takes nothing more is said so, and nothing is changed.
func TestSettingsThatCannotBeKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := start(t, newNotebook())
		defer p.end(t)
		p.Hub.mu.Lock()
		p.keeper.stopping = true
		p.Hub.mu.Unlock()
		err := p.set("net", "#a", require("urn:a"))
		p.Hub.mu.Lock()
		p.keeper.stopping = false
		p.Hub.mu.Unlock()
		if err == nil || err.Condition != stanza.ResourceConstraint || len(p.settings("net", "#a").Required) > 0 {
			t.Errorf("err is %v, and set is %+v", err, p.settings("net", "#a"))
		}
	})
}

// Who is elsewhere, and busy, is not told of a channel's settings: nobody waits to tell them.
func TestSettingsAreToldInTheChannel(t *testing.T) {
	inBubble(t, func(t *testing.T, p *play) {
		p.play(t, join("ann@x/d", "a"), "<presence from='bob@x/d' to='#other%net@gw/bob' id='b'><x xmlns='http://jabber.org/protocol/muc'/></presence>")
		p.to("ann@x/d")
		p.to("bob@x/d")
		_, all := p.stall()
		for i := range mailbox + 2 {
			p.play(t, fmt.Sprintf("<iq from='bob@x/d' to='gw' type='get' id='%d'><ping xmlns='urn:xmpp:ping'/></iq>", i))
		}
		before := runtime.NumGoroutine()
		for i := range 10 {
			if err := p.set("net", "#c", require(fmt.Sprint("urn:", i))); err != nil {
				t.Fatal(err)
			}
		}
		if n := runtime.NumGoroutine() - before; n > 0 {
			t.Errorf("%d wait to tell who is not concerned", n)
		}
		all()
		synctest.Wait()
		if got := p.to("ann@x/d"); len(got) == 0 || got[0] != "message groupchat 104" {
			t.Errorf("who is there was told %q", got)
		}
	})
}

// What is required by the time that somebody comes in counts, though they were asked
// for less when they came.
func TestRequiredMeanwhile(t *testing.T) {
	inBubble(t, func(t *testing.T, p *play) {
		p.fails = []irc.Event{}
		p.answers = func(*stanza.Stanza) *stanza.Stanza {
			return parse(t, "<iq type='result' from='ann@x/d' to='gw' id='i'><query xmlns='http://jabber.org/protocol/disco#info'><feature var='urn:b'/></query></iq>")
		}
		p.play(t, join("ann@x/d", "a"))
		for _, f := range []string{"urn:a", "urn:b"} {
			if err := p.set("net", "#c", require(f)); err != nil {
				t.Fatal(err)
			}
		}
		p.seats[0].sink([]irc.Event{irc.Registered{Nick: "ann", Support: irc.DefaultSupport()}})
		time.Sleep(2 * featureTime)
		synctest.Wait()
		same(t, "ann", p.to("ann@x/d"), "presence a 110", "message groupchat", "presence unavailable 110 307")
		if len(p.listeners) != 0 {
			t.Errorf("%d channels are shown to somebody", len(p.listeners))
		}
	})
}

// However many change something at a time, nothing is lost, and what is kept is what is.
func TestManyChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNotebook()
		p := start(t, n)
		var all sync.WaitGroup
		for i := range maxInList {
			all.Go(func() {
				if err := p.set("net", "#a", require(fmt.Sprintf("urn:%d", i))); err != nil {
					t.Error(err)
				}
				p.settings("net", "#a")
			})
		}
		all.Wait()
		if err := p.set("net", "#a", require("urn:more")); err == nil {
			t.Error("a list has no bound")
		}
		p.end(t)
		if got := len(p.settings("net", "#a").Required); got != maxInList || strings.Count(n.has(KindChannel, "net #a"), "urn:") != maxInList {
			t.Errorf("%d are required, and kept is %s", got, n.has(KindChannel, "net #a"))
		}
	})
}

// Channels with settings are bounded, and what names no feature is none.
func TestSettingsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := start(t, nil)
		defer p.end(t)
		all := map[channelKey]settings{}
		for i := range maxChannels {
			all[channelKeyOf("net", fmt.Sprint("#", i))] = settings{Groupchat10: "off"}
		}
		p.channels.Store(&all)
		if err := p.set("net", "#new", require("urn:a")); err == nil {
			t.Error("channels have no bound")
		}
		if err := p.set("net", "#7", require("urn:a")); err != nil {
			t.Error(err)
		}
		all = map[channelKey]settings{}
		for i := range maxOpenChannels {
			all[channelKeyOf(fmt.Sprint("irc", i, ".example"), "#a")] = settings{Groupchat10: "off"}
		}
		p.channels.Store(&all)
		if err := p.set("another.example", "#new", require("urn:a")); err == nil {
			t.Error("channels of users' own networks have no bound")
		}
		if err := p.set("net", "#new", require("urn:a")); err != nil {
			t.Error(err)
		}
	})
	for _, f := range []string{"", "a b", "a\nb", "\u202ex", "a\x00", strings.Repeat("x", maxFeature+1)} {
		if _, err := featureList([]string{f}); err == nil {
			t.Errorf("%q is a feature", f)
		}
	}
	if list, err := optionalList([]string{"urn:xmpp:reply:0", "urn:x", "urn:x"}); err != nil || !slices.Equal(list, []string{"urn:x"}) {
		t.Errorf("%q %v", list, err)
	}
}

// One user makes so many channels have settings, and more once others are as they were;
// an admin as many as there may be. Who it was is kept.
func TestSettingsOfOneUser(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNotebook()
		p := start(t, n)
		ann := newUser(p.Hub, jid.MustParse("ann@x"))
		ann.config = p.config.Load()
		set := func(u *user, i int, s settings) *stanza.Error {
			u.changes = pace{}
			return u.set("net", fmt.Sprint("#", i), func(settings) (settings, *stanza.Error) { return s, nil })
		}
		off := settings{Groupchat10: "off"}
		for i := range maxOwnChannels {
			if err := set(ann, i, off); err != nil {
				t.Fatal(err)
			}
		}
		bob := newUser(p.Hub, jid.MustParse("bob@x"))
		bob.config = ann.config
		if err := set(bob, 0, settings{Groupchat10: "on"}); err != nil {
			t.Error("another operator:", err)
		}
		p.end(t)
		p = start(t, n)
		defer p.end(t)
		ann.hub, bob.hub = p.Hub, p.Hub
		if err := set(ann, 99, off); err == nil || err.Condition != stanza.ResourceConstraint {
			t.Error("one user has no bound:", err)
		}
		if err := set(ann, 5, settings{Groupchat10: "on"}); err != nil {
			t.Error("those that there are:", err)
		}
		if err := set(bob, 99, off); err != nil {
			t.Error("another user:", err)
		}
		if err := set(bob, 0, settings{}); err != nil {
			t.Error(err)
		}
		time.Sleep(time.Second)
		if n.has(KindChannel, "net #0") != "" {
			t.Error("not put back:", n.has(KindChannel, "net #0"))
		}
		if err := set(ann, 100, off); err != nil {
			t.Error("after another was put back:", err)
		}
		admin := *ann.config
		admin.Gateway.Admins = []string{"ann@x"}
		ann.config = &admin
		for i := range 2 * maxOwnChannels {
			if err := set(ann, 1000+i, off); err != nil {
				t.Fatal("an admin:", err)
			}
		}
	})
}
