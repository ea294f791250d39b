package irc

import (
	"slices"
	"testing"
)

// What is said in a channel is written as the channel has it, and all else as the network
// has it.
func TestCharsets(t *testing.T) {
	make := func(encoding, fallback string) Charset {
		c, err := NewCharset(encoding, fallback)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	russian := make("koi8-r", "")
	c := Charsets{make("", ""), func(name string) (Charset, bool) { return russian, name == "#мир" || name == "&caf\u00e9" }}
	const said, koi = "мир", "\xcd\xc9\xd2"
	for _, x := range []struct {
		name       string
		raw, plain Line
	}{
		{"a message", Line{Command: "PRIVMSG", Params: []string{"#мир", koi}}, Line{Params: []string{"#мир", said}}},
		{"for some", Line{Command: "NOTICE", Params: []string{"@+#мир", koi}}, Line{Params: []string{"@+#мир", said}}},
		{"a topic", Line{Command: "TOPIC", Params: []string{"#мир", koi}}, Line{Params: []string{"#мир", said}}},
		{"a reason", Line{Command: "KICK", Params: []string{"#мир", "bob", koi}}, Line{Params: []string{"#мир", "bob", said}}},
	} {
		in := Line{Command: x.raw.Command, Params: slices.Clone(x.raw.Params)}
		if got := c.DecodeLine(in); !slices.Equal(got.Params, x.plain.Params) {
			t.Errorf("%s: read %q", x.name, got.Params)
		}
		out := Line{Command: x.raw.Command, Params: slices.Clone(x.plain.Params)}
		if got := c.EncodeLine(out); !slices.Equal(got.Params, x.raw.Params) || !slices.Equal(out.Params, x.plain.Params) {
			t.Errorf("%s: wrote %q", x.name, got.Params)
		}
	}
	for _, x := range []struct {
		name string
		in   Line
		want string // the last parameter
	}{
		{"the topic that is told", Line{Command: "332", Params: []string{"ann", "#мир", koi}}, said},
		{"a name in the network's", Line{Command: "PRIVMSG", Params: []string{"&caf\xe9", koi}}, said},
		{"UTF-8 all the same", Line{Command: "PRIVMSG", Params: []string{"#мир", said}}, said},
		{"another channel", Line{Command: "PRIVMSG", Params: []string{"#c", "caf\xe9"}}, "caf\u00e9"},
		{"a nick", Line{Command: "PRIVMSG", Params: []string{"ann", "caf\xe9"}}, "caf\u00e9"},
		{"nicks", Line{Command: "353", Params: []string{"ann", "=", "#мир", "caf\xe9"}}, "caf\u00e9"},
		{"a name alone", Line{Command: "PART", Params: []string{"#caf\xe9"}}, "#caf\u00e9"},
		{"symbols alone", Line{Command: "PRIVMSG", Params: []string{"@@@@@@@@@@@@", "\xe9"}}, "\u00e9"},
		{"nothing", Line{Command: "PRIVMSG", Params: []string{"", "\xe9"}}, "\u00e9"},
	} {
		if got := c.DecodeLine(x.in); got.Last() != x.want {
			t.Errorf("%s: %q", x.name, got.Last())
		}
	}
	if got := c.EncodeLine(Line{Command: "PRIVMSG", Params: []string{"#c", said}}); got.Last() != said {
		t.Errorf("another channel is written %q", got.Last())
	}
	if got := c.EncodeLine(Line{Command: "QUIT"}); len(got.Params) > 0 {
		t.Errorf("%q", got.Params)
	}
	latin := Charsets{make("iso-8859-1", ""), c.Channel}
	if got := latin.EncodeLine(Line{Command: "KICK", Params: []string{"&caf\u00e9", "h\u00e9", said}}); !slices.Equal(got.Params, []string{"&caf\xe9", "h\xe9", koi}) {
		t.Errorf("wrote %q", got.Params)
	}
}
