package gateway

import (
	"strconv"
	"testing"

	"isthmus/xmppside/form"
	"isthmus/xmppside/jid"
)

// Of the clients that were shown a room's form the last few are remembered, each with
// what it was shown last, in memory of its own.
func TestShownForms(t *testing.T) {
	client := func(i int) jid.JID {
		j, err := jid.Parse("ann@x/" + strconv.Itoa(i))
		if err != nil {
			t.Fatal(err)
		}
		return j
	}
	var s shownForms
	for i := range maxShown + 2 {
		for _, value := range []string{"old", strconv.Itoa(i)} {
			f := form.Of(form.Ask, "").Add(form.Field{Var: "f", Kind: form.TextSingle, Label: "F", Values: []string{value}})
			s.keep(client(i), f)
			f.Fields[0].Values[0] = "altered"
		}
	}
	for i := range maxShown + 2 {
		f := s.of(client(i))
		if known := i >= 2; known != (f != nil) || known && f.Value("f") != strconv.Itoa(i) {
			t.Errorf("client %d: %+v", i, f)
		}
	}
	if len(s) != maxShown {
		t.Errorf("%d forms", len(s))
	}
}
