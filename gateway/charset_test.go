package gateway

import (
	"strings"
	"testing"
	"testing/synctest"

	"isthmus/xmppside/form"
	"isthmus/xmppside/stanza"
)

// Channels are written as their settings say from when they say so, by any spelling.
func TestCharsets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := start(t, newNotebook())
		defer p.end(t)
		of := p.charsets("net", "iso-8859-1")
		if _, ok := of("#c"); ok {
			t.Error("a channel without settings has a charset")
		}
		set := func(s settings) {
			t.Helper()
			if err := p.set("net", "#C", func(settings) (settings, *stanza.Error) { return s, nil }); err != nil {
				t.Fatal(err)
			}
		}
		for _, c := range []struct {
			s         settings
			out, read string // of é and of the byte that is и in KOI8-R
		}{
			{settings{Encoding: "koi8-r"}, "?", "и"},
			{settings{Fallback: "koi8-r"}, "\xe9", "и"},
			{settings{Encoding: "utf-8", Fallback: "windows-1251"}, "é", "Й"},
		} {
			set(c.s)
			charset, ok := of("#c")
			if out, read := string(charset.Encode("é")), charset.Decode([]byte{0xc9}); !ok || out != c.out || read != c.read {
				t.Errorf("%+v: writes %q, reads %q", c.s, out, read)
			}
		}
		set(settings{Encoding: "of a damaged document"})
		if _, ok := of("#c"); ok {
			t.Error("there is no such charset")
		}
	})
}

func TestCharsetName(t *testing.T) {
	for name, want := range map[string]string{"": "", " KOI8-R ": "koi8-r", "latin1": "latin1", "Shift_JIS": "-", "gbk": "gbk"} {
		got, err := charsetName(form.Field{Values: []string{name}})
		if want == "-" && err == nil && got != "shift_jis" || want != "-" && (err != nil || got != want) {
			t.Errorf("%q: %q, %v", name, got, err)
		}
	}
	for _, bad := range []string{"utf-16", "iso-2022-jp", "gb18030", "euc-jp", "x", "replacement", strings.Repeat("utf-8", 1000), "utf\x00-8"} {
		if got, err := charsetName(form.Field{Values: []string{bad}}); err == nil {
			t.Errorf("%.20q: %q", bad, got)
		}
	}
	if _, err := charsetName(form.Field{Values: []string{"utf-8", "utf-8"}}); err == nil {
		t.Error("two at a time")
	}
}
