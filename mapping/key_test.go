package mapping

import "testing"

func TestChannelKey(t *testing.T) {
	for line, want := range map[string]string{
		"Key for channel #c is sesame.":    "sesame",
		"Key for channel #C is a.b..":      "a.b.",
		"Channel #c key is: sesame":        "sesame",
		"Channel #c key is: a.":            "a.",
		"The channel #c has no key.":       "",
		"#c does not have a key set.":      "",
		"Key for channel #d is sesame.":    "",
		"The key of #c is not for you":     "",
		"Key for channel #c is two words.": "",
		"":                                 "",
		"\u212aEY for #c is: x":            "",
	} {
		if got := ChannelKey(line, "#c"); got != want {
			t.Errorf("%q tells %q", line, got)
		}
	}
}
