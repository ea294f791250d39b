package form

import "testing"

func TestSame(t *testing.T) {
	for _, c := range []struct {
		name    string
		kind    Kind
		was, is []string
		same    bool
	}{
		{"yes", Boolean, []string{"1"}, []string{"true"}, true},
		{"no", Boolean, []string{"0"}, []string{"1"}, false},
		{"two answers", Boolean, []string{"1"}, []string{"1", "0"}, false},
		{"no answer", Boolean, []string{"0"}, nil, false},
		{"nonsense", Boolean, []string{"0"}, []string{"x"}, false},
		{"a text", TextSingle, []string{"a"}, []string{" a "}, true},
		{"another", TextSingle, []string{"a"}, []string{"A"}, false},
		{"no text", TextPrivate, nil, []string{""}, true},
		{"a text taken out", TextSingle, []string{"a"}, nil, false},
		{"two texts", TextSingle, []string{"a"}, []string{"a", "b"}, false},
		{"a choice", ListSingle, []string{"none"}, []string{"none"}, true},
		{"another choice", ListSingle, []string{"none"}, []string{"0"}, false},
		{"a list", TextMulti, []string{"a", "b"}, []string{"b\na\n"}, true},
		{"a longer one", JIDMulti, []string{"a"}, []string{"a", "b"}, false},
		{"an empty one", JIDMulti, nil, []string{""}, true},
	} {
		if got := (Field{Var: "f", Values: c.is}).Same(Field{Var: "f", Kind: c.kind, Values: c.was}); got != c.same {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
