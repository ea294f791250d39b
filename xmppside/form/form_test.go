package form

import (
	"reflect"
	"testing"

	"isthmus/xmppside/stanza"
)

func TestElement(t *testing.T) {
	f := Of(Ask, "urn:x").Add(
		Field{Var: "n", Kind: TextSingle, Label: "N", Desc: "how many", Required: true, Values: []string{"3"}, Range: Range{1, 9}},
		Field{Var: "l", Kind: ListSingle, Values: []string{"a"}, Options: []Option{{"A", "a"}, {"", "b"}}})
	f.Title, f.Instructions = "T", "Do it"
	f.Columns = []Field{{Var: "c", Label: "C"}}
	f.Items = [][]Field{{{Var: "c", Values: []string{"<&"}}}}
	const want = `<x xmlns='jabber:x:data' type='form'><title>T</title><instructions>Do it</instructions>` +
		`<field var='FORM_TYPE' type='hidden'><value>urn:x</value></field>` +
		`<field var='n' type='text-single' label='N'><desc>how many</desc><required/>` +
		`<validate xmlns='http://jabber.org/protocol/xdata-validate' datatype='xs:integer'><range min='1' max='9'/></validate><value>3</value></field>` +
		`<field var='l' type='list-single'><value>a</value><option label='A'><value>a</value></option><option><value>b</value></option></field>` +
		`<reported><field var='c' label='C'/></reported><item><field var='c'><value>&lt;&amp;</value></field></item></x>`
	if got := string(f.Element().Append(nil)); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestParse(t *testing.T) {
	f := Of(Submit, "urn:x").Add(
		Field{Var: "on", Values: []string{"true"}}, Field{Var: "off", Kind: Boolean, Values: Bool(false)},
		Field{Var: "empty"}, Field{Var: "", Values: []string{"nameless"}}, Field{Var: "odd", Values: []string{"yes"}},
		Field{Var: "many", Values: []string{"a\n b \n", "", "c"}})
	got := Parse(f.Element())
	if got.FormType() != "urn:x" || got.Type != Submit || len(got.Fields) != 6 {
		t.Fatalf("%+v", got)
	}
	for _, c := range []struct {
		name      string
		value, ok bool
	}{{"on", true, true}, {"off", false, true}, {"empty", false, false}, {"odd", false, false}, {"absent", false, false}} {
		x, _ := got.Field(c.name)
		if value, ok := x.Bool(); value != c.value || ok != c.ok {
			t.Errorf("%s: %v, %v", c.name, value, ok)
		}
	}
	if _, there := got.Field("empty"); !there {
		t.Error("an empty field is none")
	}
	if _, there := got.Field("absent"); there {
		t.Error("a field out of nothing")
	}
	many, _ := got.Field("many")
	if lines := many.Lines(); !reflect.DeepEqual(lines, []string{"a", "b", "c"}) {
		t.Errorf("lines %q", lines)
	}
	for _, none := range []*stanza.Element{nil, stanza.E("", "x"), stanza.E(NS, "y")} {
		if Parse(none) != nil {
			t.Error("a form out of nothing")
		}
	}
	if (*Form)(nil).Value("x") != "" {
		t.Error("no form has no values")
	}
}
