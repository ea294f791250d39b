package adhoc

import (
	"errors"
	"strings"
	"testing"

	"isthmus/xmppside/form"
	"isthmus/xmppside/stanza"
)

func command(attrs ...string) *stanza.Element {
	e := stanza.E(NS, "command")
	for i := 0; i+1 < len(attrs); i += 2 {
		e.Set(attrs[i], attrs[i+1])
	}
	return e
}

func TestParse(t *testing.T) {
	filled := form.Of(form.Submit, "").Add(form.Field{Var: "nick", Values: []string{"bob"}}).Element()
	for _, tt := range []struct {
		name string
		e    *stanza.Element
		want Request
		err  string
	}{
		{"first", command("node", "status"), Request{Node: "status", Action: Execute}, ""},
		{"said", command("node", "status", "action", "execute"), Request{Node: "status", Action: Execute}, ""},
		{"in a language", command("node", "status").SetLang("de"), Request{Node: "status", Action: Execute, Lang: "de"}, ""},
		{"later", command("node", "a", "sessionid", "s", "action", "prev"), Request{Node: "a", Session: "s", Action: Prev}, ""},
		{"cancel", command("node", "a", "sessionid", "s", "action", "cancel"), Request{Node: "a", Session: "s", Action: Cancel}, ""},
		{"no node", command(), Request{}, "item-not-found"},
		{"no such action", command("node", "a", "action", "explode"), Request{}, "bad-request malformed-action"},
		{"none has begun", command("node", "a", "action", "next"), Request{}, "bad-request bad-action"},
		{"nothing to cancel", command("node", "a", "action", "cancel"), Request{}, "bad-request bad-action"},
		{"huge", command("node", strings.Repeat("x", 1<<20)), Request{Node: strings.Repeat("x", 1<<20), Action: Execute}, ""},
	} {
		got, err := Parse(tt.e)
		if got != tt.want || said(err) != tt.err {
			t.Errorf("%s: got %+v, %q", tt.name, got, said(err))
		}
	}
	got, err := Parse(command("node", "a", "sessionid", "s").Add(filled))
	if err != nil || got.Form.Value("nick") != "bob" {
		t.Error(got, err)
	}
	got, err = Parse(command("node", "a").Add(stanza.E("jabber:x:oob", "x")))
	if err != nil || got.Form != nil {
		t.Error("what is no form is one", got, err)
	}
}

// said is an error's conditions.
func said(err error) string {
	var e *stanza.Error
	if !errors.As(err, &e) {
		return ""
	}
	if e.App != nil {
		return string(e.Condition) + " " + e.App.Local
	}
	return string(e.Condition)
}

func TestElement(t *testing.T) {
	a := Answer{
		Node: "ban", Session: "s", Lang: "en", Status: Executing, Form: form.Of(form.Ask, ""),
		Actions: []Action{Complete, Prev}, Default: Complete,
	}
	const want = `<command xmlns='http://jabber.org/protocol/commands' node='ban' sessionid='s' status='executing' xml:lang='en'>` +
		`<actions execute='complete'><prev/><complete/></actions><x xmlns='jabber:x:data' type='form'/></command>`
	if got := string(a.Element().Append(nil)); got != want {
		t.Error(got)
	}
	if !a.Allows(Prev) || a.Allows(Next) {
		t.Error("allows what is not there")
	}
	done := Answer{Node: "ban", Session: "s", Status: Completed, Notes: []Note{{Info, "done & over"}, {Failure, "not"}}}
	const over = `<command xmlns='http://jabber.org/protocol/commands' node='ban' sessionid='s' status='completed'>` +
		`<note type='info'>done &amp; over</note><note type='error'>not</note></command>`
	if got := string(done.Element().Append(nil)); got != over {
		t.Error(got)
	}
}

func TestRefusals(t *testing.T) {
	for want, e := range map[string]*stanza.Error{
		"bad-request bad-action": BadAction(), "bad-request bad-sessionid": BadSession(),
		"not-allowed session-expired": Expired(), "bad-request bad-payload": BadPayload("%s is missing.", "nick"),
	} {
		if said(e) != want || e.Words() == "" {
			t.Errorf("%s is %s: %q", want, said(e), e.Words())
		}
	}
	if got := BadPayload("%s is missing.", "nick").Words(); got != "nick is missing." {
		t.Error(got)
	}
}
