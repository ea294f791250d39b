package gateway

import (
	"bufio"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"isthmus/config"
	"isthmus/ircside/irc"
	"isthmus/mapping"
	"isthmus/xmppside/disco"
	"isthmus/xmppside/jid"
	"isthmus/xmppside/stanza"
)

// A fixture is a client as testdata/clients has it.
type fixture struct {
	name     string
	about    map[string]string
	presence *stanza.Stanza
	answer   *stanza.Stanza // nil: it does not answer
}

func readFixture(t *testing.T, file string) fixture {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok := strings.Cut(strings.TrimPrefix(string(text), "<!--"), "-->")
	f := fixture{name: strings.TrimSuffix(filepath.Base(file), ".xml"), about: map[string]string{}}
	for _, line := range strings.Split(head, "\n") {
		if key, value, ok := strings.Cut(line, ": "); ok {
			f.about[key] = value
		}
	}
	for _, key := range []string{"program", "version", "recorded", "auto", "on"} {
		if !ok || f.about[key] == "" {
			t.Fatalf("%s: the comment at the top does not say %q", file, key)
		}
	}
	in := stanza.NewReader(bufio.NewReader(strings.NewReader(rest)), stanza.Client, stanza.Limits{})
	if f.presence, err = in.Next(); err != nil || f.presence.Kind != stanza.Presence {
		t.Fatalf("%s: no presence: %v", file, err)
	}
	if !strings.Contains(rest, "<iq") {
		return f
	}
	if f.answer, err = in.Next(); err != nil || f.answer.Kind != stanza.IQ {
		t.Fatalf("%s: what follows the presence is no answer: %v", file, err)
	}
	return f
}

// knock sends its presence without the muc <x/> and says what came of it.
func (f fixture) knock(t *testing.T, p *play) string {
	t.Helper()
	s := *f.presence
	s.From, s.To, s.ID = jid.MustParse("ann@x/d"), jid.MustParse("#c%net@gw/ann"), "p"
	p.outlet.to("ann@x/d")
	p.HandleStanza(&s)
	time.Sleep(ladderTime + time.Second)
	synctest.Wait()
	got := p.outlet.to("ann@x/d")
	switch {
	case slices.Contains(got, "presence unavailable 110 307 333"):
		return "kicked"
	case slices.Contains(got, "presence p 110"):
		return "in"
	}
	return strings.Join(got, "; ")
}

// starts makes a hub with a rule for old clients, which this client answers.
func (f fixture) starts(t *testing.T, docs Documents, rule config.OldRule) *play {
	t.Helper()
	p := start(t, docs)
	c := *p.config.Load()
	c.Networks = slices.Clone(c.Networks)
	c.Networks[0].Groupchat10 = rule
	p.Reload(&c)
	p.outlet.answers = func(iq *stanza.Stanza) *stanza.Stanza {
		if iq.Child(nsInfo, "query") == nil {
			return nil
		}
		return f.answer
	}
	return p
}

// lose sends everybody away, who may not hear of it.
func lose(p *play) {
	p.network.mu.Lock()
	last := p.network.seats[len(p.network.seats)-1]
	p.network.mu.Unlock()
	last.sink([]irc.Event{irc.Closed{Err: &irc.CloseError{Reason: irc.CloseBanned}}})
	synctest.Wait()
}

// What each client answers is what its presence announces: a hash that is not borne out
// would be asked for again with each client of its kind.
func TestFixtureHashes(t *testing.T) {
	files, err := filepath.Glob("testdata/clients/*.xml")
	if err != nil || len(files) == 0 {
		t.Fatal("no clients", err)
	}
	for _, file := range files {
		f := readFixture(t, file)
		caps := disco.Announced(f.presence)
		if caps.IsZero() || f.answer == nil || f.answer.Type != "result" {
			continue
		}
		info, ok := disco.ParseInfo(f.answer.Child(disco.NSInfo, "query"), f.answer.Lang)
		if verified := caps.Verified(info); !ok || !slices.Equal(verified, caps.Keys()) {
			t.Errorf("%s: of %q are borne out %q", f.name, caps.Keys(), verified)
		}
	}
}

// Each client that somebody uses, under each rule, in every state.
func TestLadder(t *testing.T) {
	files, err := filepath.Glob("testdata/clients/*.xml")
	if err != nil || len(files) == 0 {
		t.Fatal("no clients", err)
	}
	for _, file := range files {
		f := readFixture(t, file)
		for _, rule := range []config.OldRule{config.OldOff, config.OldAuto, config.OldOn} {
			fresh := map[config.OldRule]string{config.OldOff: "kicked", config.OldAuto: f.about["auto"], config.OldOn: f.about["on"]}[rule]
			t.Run(f.name+"/"+string(rule), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { f.climbs(t, rule, fresh) })
			})
		}
	}
}

func (f fixture) climbs(t *testing.T, rule config.OldRule, fresh string) {
	expect := func(state, got, want string) {
		t.Helper()
		if got != want {
			t.Errorf("%s: %s, want %s", state, got, want)
		}
	}
	p := f.starts(t, newNotebook(), rule)
	expect("fresh", f.knock(t, p), fresh)
	p.end(t)

	p = f.starts(t, newNotebook(), rule)
	p.play(t, join("ann@x/d", "j"))
	lose(p)
	expect("lost track", f.knock(t, p), "kicked")
	expect("lost track, and was told", f.knock(t, p), fresh)
	p.end(t)

	docs := newNotebook()
	p = f.starts(t, docs, rule)
	p.play(t, join("ann@x/d", "j"))
	p.end(t)
	p = f.starts(t, docs, rule)
	expect("restarted", f.knock(t, p), "kicked")
	expect("restarted, and was told", f.knock(t, p), fresh)
	p.play(t, leave("ann@x/d"))
	expect("left", f.knock(t, p), fresh)
	p.end(t)
}

// Who says more than is kept, and leaves before it is let in, is out; all of it is
// answered, and what it has sent elsewhere goes on.
func TestLeavesBehindTooMuch(t *testing.T) {
	inBubble(t, func(t *testing.T, p *play) {
		p.play(t, "<presence from='ann@x/d' to='#c%net@gw/ann' id='p'/>", "<presence from='ann@x/d' to='#other%net@gw/ann' id='q'/>")
		for range maxBehind {
			p.play(t, say("ann@x/d", "m"))
		}
		p.play(t, leave("ann@x/d"))
		got := p.outlet.to("ann@x/d")
		refused := 0
		for _, line := range got {
			if line == "message error m wait/resource-constraint" {
				refused++
			}
		}
		if last := got[len(got)-1]; refused != maxBehind || len(got) != maxBehind+1 || last != "presence unavailable 110" {
			t.Errorf("%d refused, %q", refused, got)
		}
		time.Sleep(2 * ladderTime)
		synctest.Wait()
		if said := p.said("ann"); !slices.Equal(said, []string{"JOIN"}) {
			t.Errorf("on IRC %q", said)
		}
		if u := p.everybody()[0]; u.hasRoom(mapping.Address{Kind: mapping.Channel, Network: "net", Name: "#c"}) {
			t.Error("it is in the room that it has left")
		}
	})
}

// Who gives up a join that waits for what its client can do is out, and what it has said
// meanwhile is answered.
func TestLeavesWhileLookedInto(t *testing.T) {
	inBubble(t, func(t *testing.T, p *play) {
		if err := p.set("net", "#c", require("urn:a")); err != nil {
			t.Fatal(err)
		}
		p.play(t, join("ann@x/d", "j"), say("ann@x/d", "m"), leave("ann@x/d"))
		same(t, "ann", p.outlet.to("ann@x/d"), "message error m modify/not-acceptable", "presence unavailable 110")
	})
}
