package stanza

import "testing"

func TestElement(t *testing.T) {
	e := E("u", "a", T("u", "b", "1"), nil, T("", "b", "2"), T("", "b", "3")).Set("x", "4").Set("y", "").SetLang("de")
	e.Attrs = append(e.Attrs, Attr{Space: "v", Name: "z", Value: "5"})
	for _, c := range []struct{ name, got, want string }{
		{"child", e.Child("u", "b").Text(), "1"},
		{"first child of the name", e.Child("", "b").Text(), "2"},
		{"no such child", e.Child("v", "b").Text(), ""},
		{"attribute", e.Attr("x"), "4"},
		{"empty attribute is not set", dump([]*Element{E("", "a").Set("y", "").SetLang("")}), "<{}a></>"},
		{"attribute of another namespace", e.Attr("z"), ""},
		{"language", e.Lang(), "de"},
		{"language is no plain attribute", e.Attr("lang"), ""},
		{"children", dump(e.Children()), `<{u}b>"1"</><{}b>"2"</><{}b>"3"</>`},
		{"own text only", (&Element{Nodes: []Node{{Text: "a"}, {Element: T("", "b", "x")}, {Text: "c"}}}).Text(), "ac"},
		{"empty text", dump([]*Element{T("", "a", "")}), "<{}a></>"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.got != c.want {
				t.Errorf("got %q, want %q", c.got, c.want)
			}
		})
	}
}

func TestNoElement(t *testing.T) {
	var e *Element
	if e.Child("", "a") != nil || e.Children() != nil || e.Text()+e.Attr("x")+e.Lang() != "" {
		t.Error("nobody has something")
	}
}

func TestStanzaTexts(t *testing.T) {
	s := &Stanza{Kind: Message, Children: []*Element{T("u", "body", "other"), T("", "body", ""), T("", "subject", "s"), T("", "body", "second")}}
	if text, ok := s.Body(); text != "" || !ok {
		t.Errorf("body %q, %v", text, ok)
	}
	if text, ok := s.Subject(); text != "s" || !ok {
		t.Errorf("subject %q, %v", text, ok)
	}
	if text, ok := (&Stanza{}).Body(); text != "" || ok {
		t.Errorf("no body: %q, %v", text, ok)
	}
}

func TestKindString(t *testing.T) {
	for kind, want := range map[Kind]string{0: "none", Message: "message", Presence: "presence", IQ: "iq", IQ + 1: "none"} {
		if got := kind.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
