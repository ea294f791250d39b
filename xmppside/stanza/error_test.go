package stanza

import (
	"reflect"
	"testing"
)

// Every condition, with every type and as much else as there may be, survives.
func TestErrorRoundTrip(t *testing.T) {
	types := []ErrorType{Auth, Cancel, Continue, Modify, Wait}
	if len(legacyCode) != 22 {
		t.Errorf("%d conditions, RFC 6120 §8.3.3 has 22", len(legacyCode))
	}
	for condition, code := range legacyCode {
		t.Run(string(condition), func(t *testing.T) {
			for _, typ := range types {
				for _, e := range []*Error{
					{Type: typ, Condition: condition},
					{Type: typ, Condition: condition, Text: "Nein <&>", Lang: "de", URI: "xmpp:a@b?join", By: "c@d", App: E("u", "x", T("u", "y", "z"))},
				} {
					el := e.Element()
					if el.Local != "error" || el.Space != "" || el.Attr("code") != code {
						t.Errorf("got %s", el.Append(nil))
					}
					if got := ParseError(el); !reflect.DeepEqual(got, e) {
						t.Errorf("got %+v, want %+v", got, e)
					}
				}
			}
		})
	}
}

func TestErrorElement(t *testing.T) {
	e := &Error{Type: Cancel, Condition: Gone, Text: "moved", URI: "xmpp:a@b", By: "c@d", App: E("u", "x")}
	const want = "<error by='c@d' code='302' type='cancel'>" +
		"<gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>xmpp:a@b</gone>" +
		"<text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas' xml:lang='en'>moved</text><x xmlns='u'/></error>"
	if got := string(e.Element().Append(nil)); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := e.Error(); got != "cancel/gone: moved" {
		t.Errorf("got %q", got)
	}
}

func TestParseErrorForeign(t *testing.T) {
	undefined := Error{Type: Cancel, Condition: UndefinedCondition}
	for _, c := range []struct {
		name string
		el   *Element
		want Error
	}{
		{"none", nil, undefined},
		{"empty", E("", "error"), undefined},
		{"unknown type", E("", "error", E(Stanzas, "conflict")).Set("type", "fatal"), Error{Type: Cancel, Condition: Conflict}},
		{"unknown condition", E("", "error", E(Stanzas, "payment-required")).Set("type", "auth"), Error{Type: Auth, Condition: UndefinedCondition}},
		{"condition in no namespace of ours", E("", "error", E("", "conflict")), Error{Type: Cancel, Condition: UndefinedCondition, App: E("", "conflict")}},
		{"application's condition first", E("", "error", E("u", "x"), E(Stanzas, "gone"), E("u", "y")), Error{Type: Cancel, Condition: Gone, App: E("u", "x")}},
		{"address between white space", E("", "error", T(Stanzas, "redirect", "\n xmpp:a@b\n")), Error{Type: Cancel, Condition: Redirect, URI: "xmpp:a@b"}},
		{"text alone", E("", "error", T(Stanzas, "text", "why")), Error{Type: Cancel, Condition: UndefinedCondition, Text: "why"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := ParseError(c.el); !reflect.DeepEqual(*got, c.want) {
				t.Errorf("got %+v, want %+v", *got, c.want)
			}
		})
	}
}

// What the wire makes of an error is the same error.
func TestRefuse(t *testing.T) {
	s, err := reader(in("<body/>"), Limits{}).Next()
	if err != nil {
		t.Fatal(err)
	}
	want := &Error{Type: Wait, Condition: ResourceConstraint, Text: "later", Lang: "en"}
	r, err := reader(string(s.Refuse(want).Append(nil)), Limits{}).Next()
	if err != nil {
		t.Fatal(err)
	}
	if header(r) != "message d@e a@b/c 1 error " || !reflect.DeepEqual(r.Error(), want) {
		t.Errorf("got %q, %+v", header(r), r.Error())
	}
	if s.Error() != nil {
		t.Errorf("got %v where there is none", s.Error())
	}
}
