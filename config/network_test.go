package config

import (
	"reflect"
	"strings"
	"testing"
)

func TestNetwork(t *testing.T) {
	c := valid()
	c.Networks = []Network{
		{Name: "libera", Addresses: []string{"irc.libera.chat:6697", "irc.eu.libera.chat:6697"}},
		{Name: "local", Addresses: []string{"127.0.0.1:6667", "[::1]:6667"}},
		{Name: "irc.eu.libera.chat", Addresses: []string{"127.0.0.1:6668"}},
	}
	for name, want := range map[string]string{
		"libera": "libera", "LIBERA": "libera", "Irc.Libera.Chat": "libera",
		"irc.eu.libera.chat": "irc.eu.libera.chat", // a name goes before a host
		"127.0.0.1":          "local",              // the first of two
		"::1":                "local",
		"":                   "", "libera.chat": "", "irc.libera.chat:6697": "", "oftc": "", "irc.oftc.net": "",
	} {
		got, ok := c.Network(name)
		if got.Name != want || ok != (want != "") || got.PublicOnly {
			t.Errorf("%q: %+v, %v", name, got, ok)
		}
	}
}

func TestNetworkOpen(t *testing.T) {
	c := valid()
	c.Gateway.OpenNetworks = true
	c.IRC.TLS, c.IRC.TLSVerify, c.IRC.Rate = false, false, 5
	c.IRC.Lister = true // which users do not get at hosts of their choice
	want := Network{Name: "irc.oftc.net", Addresses: []string{"irc.oftc.net:6697"}, IRC: c.IRC, PublicOnly: true}
	want.Lister = false
	want.TLS, want.TLSVerify = true, true
	if got, ok := c.Network("Irc.OFTC.net"); !ok || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v", got, ok)
	}
	if got, _ := c.Network("irc.libera.chat"); got.Name != "libera" || got.PublicOnly {
		t.Errorf("a configured network became %+v", got)
	}
	for _, name := range []string{
		"", "localhost", "127.0.0.1", "127.1", "0x7f.1", "::1", "[::1]", "irc.oftc.net:6667", ".", "a.", ".a", "a..b", "a b.c", "a%b.c", "a@b.c",
		"a.b\n", "ä.example", "-a.b", "a-.b", strings.Repeat("a", 64) + ".b", strings.Repeat("a.", 127) + "b",
	} {
		if got, ok := c.Network(name); ok {
			t.Errorf("%q is the network %+v", name, got)
		}
	}
}

func TestAllowed(t *testing.T) {
	for name, tc := range map[string]struct {
		allow, deny []string
		yes, no     []string
	}{
		"nobody said":   {nil, nil, []string{"a@b", "b"}, nil},
		"a domain":      {[]string{"Example.org"}, nil, []string{"a@example.org", "A@EXAMPLE.org", "example.org"}, []string{"a@sub.example.org", "example.org@b", "a@b"}},
		"subdomains":    {[]string{"*.example.org"}, nil, []string{"a@x.y.example.org"}, []string{"a@example.org"}},
		"one person":    {[]string{"a@b"}, nil, []string{"a@b"}, []string{"aa@b", "b", "a@bb"}},
		"some people":   {[]string{"a*@b", "?@c"}, nil, []string{"a@b", "axx@b", "x@c"}, []string{"xa@b", "xx@c", "@c"}},
		"deny wins":     {[]string{"*"}, []string{"bad@b", "*.evil"}, []string{"good@b", "a@evil"}, []string{"bad@b", "a@x.evil"}},
		"escapes":       {[]string{`d\27artagnan@b`}, nil, []string{`d\27artagnan@b`}, []string{"d7artagnan@b", "d'artagnan@b"}},
		"no brackets":   {[]string{"[ab]@c"}, nil, []string{"[ab]@c"}, []string{"a@c"}},
		"star in stars": {[]string{"a*b*c@d"}, nil, []string{"abc@d", "aXbXbXc@d"}, []string{"ab@d", "acb@d"}},
	} {
		g := Gateway{Allow: tc.allow, Deny: tc.deny}
		for _, jid := range tc.yes {
			if !g.Allowed(jid) {
				t.Errorf("%s: %s is not allowed", name, jid)
			}
		}
		for _, jid := range tc.no {
			if g.Allowed(jid) {
				t.Errorf("%s: %s is allowed", name, jid)
			}
		}
	}
}

// TestGlobIsQuick would take for ever if each star were tried against each other.
func TestGlobIsQuick(t *testing.T) {
	if glob(strings.Repeat("*a", 200)+"b", strings.Repeat("a", 2000)) {
		t.Error("matched")
	}
}

func TestIdentKey(t *testing.T) {
	a, b, c := valid(), valid(), valid()
	b.Gateway.IdentSecret = NewSecret("x")
	c.Component.Secret = NewSecret("x")
	if a.IdentKey() != valid().IdentKey() || a.IdentKey() == b.IdentKey() || b.IdentKey() != c.IdentKey() {
		t.Error("the key does not depend on ident_secret, else on the component's secret")
	}
	c.Gateway.IdentSecret = NewSecret("y")
	if before := c.IdentKey(); before == b.IdentKey() {
		t.Error("ident_secret does not go first")
	}
}
