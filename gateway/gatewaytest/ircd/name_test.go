package ircd

import "testing"

func TestGlob(t *testing.T) {
	for _, tc := range []struct {
		mask, name string
		want       bool
	}{
		{"", "", true}, {"*", "", true}, {"?", "", false}, {"a", "", false}, {"", "a", false},
		{"a*c", "abbc", true}, {"a*c", "abbd", false}, {"a?c", "abc", true}, {"*a*b", "xaxb", true},
		{"*a*b", "xaxbx", false}, {"**", "x", true}, {"a**", "a", true}, {"*ab", "aab", true},
	} {
		if got := glob(tc.mask, tc.name); got != tc.want {
			t.Errorf("glob(%q, %q) = %v", tc.mask, tc.name, got)
		}
	}
}

func TestFold(t *testing.T) {
	for mapping, want := range map[string]string{
		"ascii": "az[]\\^_é", "rfc1459": "az{}|~_é", "strict-rfc1459": "az{}|^_é",
	} {
		s := &Server{support: support{"CASEMAPPING": mapping}}
		if got := s.fold("AZ[]\\^_é"); got != want {
			t.Errorf("%s: %q, want %q", mapping, got, want)
		}
	}
}

func TestFullMask(t *testing.T) {
	for mask, want := range map[string]string{
		"": "*!*@*", "a": "a!*@*", "a!b": "a!b@*", "b@c": "*!b@c", "a!b@c": "a!b@c", "!@": "*!*@*", "a!@c": "a!*@c",
	} {
		if got := fullMask(mask); got != want {
			t.Errorf("fullMask(%q) = %q, want %q", mask, got, want)
		}
	}
}

func TestUnescape(t *testing.T) {
	for in, want := range map[string]string{
		"": "", `a\:b\sc\\d\r\n`: "a;b c\\d\r\n", `a\`: "a", `\x\\s`: `x\s`,
	} {
		if got := unescape(in); got != want {
			t.Errorf("unescape(%q) = %q, want %q", in, got, want)
		}
	}
	for _, s := range []string{"", "; \\\r\n", `\:`, "plain"} {
		if got := unescape(escape(s)); got != s {
			t.Errorf("unescape(escape(%q)) = %q", s, got)
		}
	}
}
