package iq

import (
	"slices"
	"testing"

	"isthmus/xmppside/jid"
	"isthmus/xmppside/stanza"
)

// ask is an IQ from a client to the gateway, with that payload.
func ask(typ, id string, payload ...*stanza.Element) *stanza.Stanza {
	return &stanza.Stanza{
		Kind: stanza.IQ, Type: typ, ID: id, From: jid.MustParse("ann@x/d"), To: jid.MustParse("gw"), Children: payload,
	}
}

func asIs(e *stanza.Error, _ string) *stanza.Error { return e }

func ping() *stanza.Element { return stanza.E("urn:xmpp:ping", "ping") }

// testMux answers pings at the gateway and in rooms, and keeps what it was asked on
// whose behalf.
func testMux(asked *[]string) *Mux[string] {
	m := NewMux[string]()
	m.Handle("get", "urn:xmpp:ping", "ping", "urn:xmpp:ping", func(who string, r *Request) {
		*asked = append(*asked, who)
		r.Result(stanza.E("urn:test", "pong"))
	}, Gateway, Room)
	m.Feature("muc", Room)
	m.Feature("", Gateway)
	return m
}

func TestServe(t *testing.T) {
	for _, c := range []struct {
		name      string
		at        Place
		iq        *stanza.Stanza
		condition stanza.Condition // "" is a result
	}{
		{"registered", Gateway, ask("get", "1", ping()), ""},
		{"registered at another place too", Room, ask("get", "1", ping()), ""},
		{"known, but not there", Occupant, ask("get", "1", ping()), stanza.FeatureNotImplemented},
		{"known, but not of that type", Gateway, ask("set", "1", ping()), stanza.FeatureNotImplemented},
		{"unknown", Gateway, ask("get", "1", stanza.E("urn:what", "ping")), stanza.ServiceUnavailable},
		{"no payload", Gateway, ask("get", "1"), stanza.BadRequest},
		{"two payloads", Gateway, ask("get", "1", ping(), ping()), stanza.BadRequest},
		{"no id", Gateway, ask("get", "", ping()), stanza.BadRequest},
	} {
		t.Run(c.name, func(t *testing.T) {
			var asked []string
			var answers []*stanza.Stanza
			m := testMux(&asked)
			m.Serve("ann", c.at, NewRequest(c.iq, func(s *stanza.Stanza) { answers = append(answers, s) }, asIs))
			if len(answers) != 1 {
				t.Fatalf("%d answers", len(answers))
			}
			a := answers[0]
			if a.Kind != stanza.IQ || a.ID != c.iq.ID || a.From != c.iq.To || a.To != c.iq.From {
				t.Errorf("answered by %+v", a)
			}
			if c.condition == "" {
				if a.Type != "result" || a.Child("urn:test", "pong") == nil || !slices.Equal(asked, []string{"ann"}) {
					t.Errorf("answered by %+v, asked %v", a, asked)
				}
				return
			}
			if e := a.Error(); e == nil || e.Condition != c.condition || e.Text == "" || len(asked) != 0 {
				t.Errorf("refused by %+v, asked %v", e, asked)
			}
		})
	}
}

// A request is answered once, whatever comes first.
func TestOnce(t *testing.T) {
	refusal := &stanza.Error{Type: stanza.Cancel, Condition: stanza.ItemNotFound}
	for _, c := range []struct {
		name  string
		twice func(*Request)
		typ   string
	}{
		{"two results", func(r *Request) { r.Result(); r.Result() }, "result"},
		{"a result, then a refusal", func(r *Request) { r.Result(); r.Fail(refusal) }, "result"},
		{"a refusal, then a result", func(r *Request) { r.Fail(refusal); r.Result() }, "error"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var types []string
			r := NewRequest(ask("get", "1", ping()), func(s *stanza.Stanza) { types = append(types, s.Type) }, asIs)
			if r.Done() {
				t.Error("done before it was answered")
			}
			c.twice(r)
			if !slices.Equal(types, []string{c.typ}) || !r.Done() {
				t.Errorf("answered by %v", types)
			}
		})
	}
}

// What is advertised is what is registered, sorted.
func TestFeatures(t *testing.T) {
	m := testMux(new([]string))
	want := map[Place][]string{Gateway: {"urn:xmpp:ping"}, Room: {"muc", "urn:xmpp:ping"}}
	for at := range places {
		if got := m.Features(at); !slices.Equal(got, want[at]) {
			t.Errorf("place %d supports %v", at, got)
		}
	}
}
