// Package form is the vocabulary of data forms (XEP-0004), with the ranges of XEP-0122:
// what a service asks, what a client fills in, and what disco#info tells besides
// (XEP-0128).
//
// Forms belong to whoever made them. The package does no IO and imports stanza.
package form

import (
	"slices"
	"strconv"
	"strings"

	"isthmus/xmppside/stanza"
)

// NS is the namespace of forms, NSValidate that of their ranges.
const (
	NS         = "jabber:x:data"
	NSValidate = "http://jabber.org/protocol/xdata-validate"
)

// A Type says what a form is for. XEP-0004 §3.1
type Type string

// The types of forms.
const (
	Ask    Type = "form"   // to be filled in
	Submit Type = "submit" // filled in
	Cancel Type = "cancel" // given up
	Result Type = "result" // an answer
)

// A Kind says what values a field takes. XEP-0004 §3.3. That of a submitted field is
// often left out, for the service knows it.
type Kind string

// The kinds of fields.
const (
	Boolean     Kind = "boolean"
	Fixed       Kind = "fixed" // a text among the fields
	Hidden      Kind = "hidden"
	JIDMulti    Kind = "jid-multi"
	JIDSingle   Kind = "jid-single"
	ListMulti   Kind = "list-multi"
	ListSingle  Kind = "list-single"
	TextMulti   Kind = "text-multi"
	TextPrivate Kind = "text-private"
	TextSingle  Kind = "text-single"
)

// A Form is a form, or what was filled in.
type Form struct {
	Type         Type
	Title        string
	Instructions string
	Fields       []Field
	Columns      []Field   // of a result with many items: what each has
	Items        [][]Field // XEP-0004 §3.4
}

// A Field is one of its questions, or the answer to it.
type Field struct {
	Var      string
	Kind     Kind // "": not said
	Label    string
	Desc     string
	Required bool
	Values   []string
	Options  []Option
	Range    Range
}

// An Option is what a list can be.
type Option struct{ Label, Value string }

// A Range bounds a number; the zero Range is none. XEP-0122 §4.2.3
type Range struct{ Min, Max int }

// Of begins a form of that type and FORM_TYPE (XEP-0068); "" is none.
func Of(t Type, formType string) *Form {
	f := &Form{Type: t}
	if formType != "" {
		f.Add(Field{Var: "FORM_TYPE", Kind: Hidden, Values: []string{formType}})
	}
	return f
}

// Add adds fields and returns f.
func (f *Form) Add(fields ...Field) *Form {
	f.Fields = append(f.Fields, fields...)
	return f
}

// FormType is what FORM_TYPE says; "" if it is not there.
func (f *Form) FormType() string { return f.Value("FORM_TYPE") }

// Field finds one by name. A field that is absent is not the same as an empty one.
func (f *Form) Field(name string) (Field, bool) {
	if f == nil {
		return Field{}, false
	}
	i := slices.IndexFunc(f.Fields, func(x Field) bool { return x.Var == name })
	if i < 0 {
		return Field{}, false
	}
	return f.Fields[i], true
}

// Value is the first value of a field; "" if there is none.
func (f *Form) Value(name string) string {
	x, _ := f.Field(name)
	return x.Value()
}

// Value is the first value; "" if there is none.
func (x Field) Value() string {
	if len(x.Values) == 0 {
		return ""
	}
	return x.Values[0]
}

// Bool reads a boolean; ok is false for what is none. XEP-0004 §3.3
func (x Field) Bool() (value, ok bool) {
	switch x.Value() {
	case "1", "true":
		return true, true
	case "0", "false":
		return false, true
	}
	return false, false
}

// Bool is the value of a boolean field.
func Bool(value bool) []string {
	if value {
		return []string{"1"}
	}
	return []string{"0"}
}

// Element writes it down.
func (f *Form) Element() *stanza.Element {
	x := stanza.E(NS, "x").Set("type", string(f.Type))
	if f.Title != "" {
		x.Add(stanza.T(NS, "title", f.Title))
	}
	if f.Instructions != "" {
		x.Add(stanza.T(NS, "instructions", f.Instructions))
	}
	for _, field := range f.Fields {
		x.Add(field.element())
	}
	if len(f.Columns) > 0 {
		x.Add(row("reported", f.Columns))
	}
	for _, item := range f.Items {
		x.Add(row("item", item))
	}
	return x
}

func row(name string, fields []Field) *stanza.Element {
	e := stanza.E(NS, name)
	for _, field := range fields {
		e.Add(field.element())
	}
	return e
}

func (x Field) element() *stanza.Element {
	e := stanza.E(NS, "field").Set("var", x.Var).Set("type", string(x.Kind)).Set("label", x.Label)
	if x.Desc != "" {
		e.Add(stanza.T(NS, "desc", x.Desc))
	}
	if x.Required {
		e.Add(stanza.E(NS, "required"))
	}
	if x.Range != (Range{}) {
		e.Add(stanza.E(NSValidate, "validate", stanza.E(NSValidate, "range").
			Set("min", strconv.Itoa(x.Range.Min)).Set("max", strconv.Itoa(x.Range.Max))).Set("datatype", "xs:integer"))
	}
	for _, v := range x.Values {
		e.Add(stanza.T(NS, "value", v))
	}
	for _, o := range x.Options {
		e.Add(stanza.E(NS, "option", stanza.T(NS, "value", o.Value)).Set("label", o.Label))
	}
	return e
}

// Parse reads what a client filled in, or a form of disco#info; nil if x is no form.
// Fields without a name are left out, as are labels and options. The strings are those
// of x.
func Parse(x *stanza.Element) *Form {
	if x == nil || x.Space != NS || x.Local != "x" {
		return nil
	}
	f := &Form{Type: Type(x.Attr("type"))}
	for _, e := range x.Children() {
		if e.Space != NS || e.Local != "field" || e.Attr("var") == "" {
			continue
		}
		field := Field{Var: e.Attr("var"), Kind: Kind(e.Attr("type"))}
		for _, v := range e.Children() {
			if v.Space == NS && v.Local == "value" {
				field.Values = append(field.Values, v.Text())
			}
		}
		f.Fields = append(f.Fields, field)
	}
	return f
}

// Lines are the values of a field of several lines, each line one, empty ones left out:
// clients write them as several values or as one.
func (x Field) Lines() []string {
	var out []string
	for _, v := range x.Values {
		for line := range strings.SplitSeq(v, "\n") {
			if line = strings.TrimSpace(line); line != "" {
				out = append(out, line)
			}
		}
	}
	return out
}
