package gateway

import (
	"fmt"
	"strings"
	"testing"

	"isthmus/mapping"
	"isthmus/xmppside/adhoc"
	"isthmus/xmppside/form"
	"isthmus/xmppside/iq"
	"isthmus/xmppside/jid"
	"isthmus/xmppside/stanza"
)

// A command of several stages goes on, goes back, and is run behind the last. What the
// address says is not asked.
func TestStages(t *testing.T) {
	inBubble(t, func(t *testing.T, p *play) {
		u := newUser(p.Hub, jid.MustParse("ann@x"))
		var ran string
		a := action{name: "three", title: "Three", args: []arg{
			{name: "channel", label: "Channel"}, {name: "who", label: "Who", kind: form.TextSingle, stage: 1},
			{name: "pin", label: "PIN", kind: form.TextPrivate, stage: 2, optional: true},
			{name: "how", label: "How", kind: form.ListSingle, stage: 2, choose: func(c *call) []form.Option {
				return []form.Option{{Value: c.args["who"] + "-gently"}}
			}},
		}, run: func(c *call) {
			ran = fmt.Sprint(c.args["channel"], c.args["who"], c.args["pin"], c.args["how"])
			c.say("Sent.")
			c.say("Sent.") // once
		}}
		client, at := jid.MustParse("ann@x/d"), mapping.Address{Kind: mapping.Channel, Network: "net", Name: "#c"}
		s := &errand{id: "s1", at: jid.MustParse("#c%net@gw"), call: u.call(a, at, client, "en"), stage: -1}
		s.call.reply = func(outcome) {}
		u.keepErrand(s)
		answers := 0
		step := func(action adhoc.Action, fields ...form.Field) string {
			var got *stanza.Stanza
			r := iq.NewRequest(&stanza.Stanza{Kind: stanza.IQ, Type: "set", ID: "i", From: client, To: s.at}, func(s *stanza.Stanza) { got = s; answers++ }, mapping.InLanguage)
			if action == "" {
				u.forward(s, r)
			} else {
				u.step(adhoc.Request{Node: "three", Session: "s1", Action: action, Form: form.Of(form.Submit, "").Add(fields...)}, r)
			}
			return string(got.Append(nil))
		}
		has := func(got string, wants ...string) {
			t.Helper()
			for _, want := range wants {
				if !strings.Contains(got, want) {
					t.Errorf("no %s in %s", want, got)
				}
			}
		}
		has(step(""), "<actions execute='next'><next/></actions>", "var='who'")
		has(step(adhoc.Prev), "bad-action")
		has(step(adhoc.Next), "bad-payload")
		has(step(adhoc.Execute, form.Field{Var: "who", Values: []string{"bob"}}), "<actions execute='complete'><prev/><complete/></actions>", "<value>bob-gently</value>")
		has(step(adhoc.Prev), "<value>bob</value>")
		has(step(adhoc.Next, form.Field{Var: "who", Values: []string{" carol\r\nQUIT "}}), "carol / QUIT-gently")
		if strings.Contains(step(adhoc.Complete, form.Field{Var: "pin", Values: []string{"1"}}), "<value>1</value>") {
			t.Error("a secret is shown")
		}
		has(step(adhoc.Complete, form.Field{Var: "how", Values: []string{strings.Repeat("x", maxBrief+9)}}), "status='completed'", "Sent.")
		if want := "#ccarol / QUIT1" + strings.Repeat("x", maxBrief); ran != want || answers != 8 {
			t.Errorf("ran with %q, answered %d times", ran, answers)
		}
		has(step(adhoc.Complete), "bad-sessionid")
		for range 3 * maxErrands {
			u.keepErrand(&errand{call: s.call})
		}
		if len(u.errands) != maxErrands {
			t.Errorf("%d errands are kept", len(u.errands))
		}
		p.ended.Add(1)
		go u.run()
		<-u.done // nothing else keeps it
		if len(u.errands) != 0 || u.sweeping {
			t.Errorf("%d errands never end", len(u.errands))
		}
	})
}

// Each action has one name, can be asked for by a form, and says what it does.
func TestActions(t *testing.T) {
	seen := map[string]bool{}
	for _, a := range actions() {
		if a.name == "" || a.title == "" || a.run == nil || len(a.at) == 0 || seen[a.name] || strings.ContainsAny(a.name, " \n") {
			t.Errorf("%+v", a)
		}
		seen[a.name] = true
		for i, g := range a.args {
			if g.name == "" || g.label == "" || g.kind == "" || g.rest && i < len(a.args)-1 {
				t.Errorf("%s: %+v", a.name, g)
			}
		}
	}
	if first := actions()[0].name; first != "help" {
		t.Error("the first is", first)
	}
}
