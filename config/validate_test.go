package config

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// valid is the minimal configuration, without a file.
func valid() *Config {
	c := Default()
	c.Component.Domain = "irc.example.org"
	c.Component.Secret = NewSecret("hunter2")
	c.Networks = []Network{{Name: "libera", Addresses: []string{"irc.libera.chat:6697"}, IRC: c.IRC}}
	return c
}

func TestValidateDefault(t *testing.T) {
	want := []string{
		"component.domain: is missing",
		"component.secret: is missing: set it, or secret_file, or the variable ISTHMUS_COMPONENT_SECRET",
		"network: there is none, and gateway.open_networks is off",
	}
	if got := problems(t, Default().Validate()); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if err := valid().Validate(); err != nil {
		t.Error(err)
	}
}

// TestValidateEverySetting sets each setting to values that cannot be meant, and
// expects exactly one problem that names the key.
func TestValidateEverySetting(t *testing.T) {
	for key, values := range map[string][]func(*Config){
		"component.address": each(func(c *Config, s string) { c.Component.Address = s },
			"", "localhost", "localhost:0", "localhost:65536", "localhost:xmpp", ":5347", "::1:5347", "a b:1", "-a:1", "1.2.3:4", strings.Repeat("a.", 130)+"a:1"),
		"component.domain": each(func(c *Config, s string) { c.Component.Domain = s },
			"", "IRC.example.org", "a@b", "a/b", "a b", "a\nb", "\xff", strings.Repeat("x", 256), "irc.example.org:5347", "[::1]", "192.0.2.1", "irc..org", ".org", "irc.example.org.", "-a", "irc.exämple:1", "[ä]", "ä..org", "ä.org."),
		"component.secret":        {func(c *Config) { c.Component.Secret = Secret{} }},
		"component.ping_interval": times(func(c *Config) *time.Duration { return &c.Component.PingInterval }, 0),
		"component.ping_timeout":  times(func(c *Config) *time.Duration { return &c.Component.PingTimeout }, 0),
		"component.write_timeout": times(func(c *Config) *time.Duration { return &c.Component.WriteTimeout }, 0),
		"component.queue_bytes":   each(func(c *Config, n int) { c.Component.QueueBytes = n }, -1, 0, 256<<10-1, 1<<30+1),
		"component.max_stanza":    each(func(c *Config, n int) { c.Component.MaxStanza, c.Component.QueueBytes = n, 1<<30 }, -1, 0, 9999, 16<<20+1),
		"log.level":               each(func(c *Config, s Level) { c.Log.Level = s }, "", "INFO", "loud"),
		"log.format":              each(func(c *Config, s LogFormat) { c.Log.Format = s }, "", "xml"),
		"store.path":              each(func(c *Config, s string) { c.Store.Path = s }, "a\x00b", "\xff", strings.Repeat("x", 4001)),
		"store.postgres":          each(func(c *Config, s string) { c.Store.Postgres = NewSecret(s) }, "isthmus.db", "mysql://x", "host=localhost"),
		"gateway.name":            each(func(c *Config, s string) { c.Gateway.Name = s }, "", "a\nb", "\xff", strings.Repeat("x", 256)),
		"gateway.fixed_network":   each(func(c *Config, s string) { c.Gateway.FixedNetwork = s }, "oftc", "irc.oftc.net"),
		"gateway.contacts":        append(each(func(c *Config, s string) { c.Gateway.Contacts = []string{s} }, "", "admin@example.org", "mailto:a b", "xmpp:a\n", "xmpp:"+strings.Repeat("x", 500)), func(c *Config) { c.Gateway.Contacts = slices.Repeat([]string{"xmpp:a@b"}, 11) }),
		"gateway.list_interval":   times(func(c *Config) *time.Duration { return &c.Gateway.ListInterval }, 0),
		"gateway.allow":           each(func(c *Config, s string) { c.Gateway.Allow = []string{"*", s} }, "", "a@b@c", "a/b", "a b", "a\x00"),
		"gateway.admins":          each(func(c *Config, s string) { c.Gateway.Admins = []string{s} }, "", "a@b@c", "a.example", "a@b/c"),
		"gateway.deny":            each(func(c *Config, s string) { c.Gateway.Deny = []string{"*", s} }, "", "a@b@c", "a/b", "a b", "a\x00"),
		"gateway.realname": append(each(func(c *Config, s string) { c.Gateway.Realname = s },
			"{jid}", "{nick", "a\rb", "\xff", strings.Repeat("x", 201)),
			func(c *Config) { c.Gateway.PublishJIDs, c.Gateway.Realname = true, "x" }),
		"gateway.linger":             times(func(c *Config) *time.Duration { return &c.Gateway.Linger }),
		"gateway.backlog":            each(func(c *Config, n int) { c.Gateway.Backlog, c.Gateway.History = n, 0 }, -1, 100001),
		"gateway.history":            each(func(c *Config, n int) { c.Gateway.History = n }, -1, 101),
		"gateway.hold_words":         each(func(c *Config, n int) { c.Gateway.HoldWords = n }, -1, 10001),
		"gateway.hold_time":          times(func(c *Config) *time.Duration { return &c.Gateway.HoldTime }),
		"gateway.lost_limit":         times(func(c *Config) *time.Duration { return &c.Gateway.LostLimit }, 0),
		"gateway.join_timeout":       times(func(c *Config) *time.Duration { return &c.Gateway.JoinTimeout }, 0),
		"gateway.answer_timeout":     times(func(c *Config) *time.Duration { return &c.Gateway.AnswerTimeout }, 0),
		"gateway.stop_timeout":       times(func(c *Config) *time.Duration { return &c.Gateway.StopTimeout }, 0),
		"gateway.remember_occupants": times(func(c *Config) *time.Duration { return &c.Gateway.RememberOccupants }),
		"gateway.max_users":          each(func(c *Config, n int) { c.Gateway.MaxUsers = n }, -1, 1000001),
		"gateway.max_networks":       each(func(c *Config, n int) { c.Gateway.MaxNetworks = n }, -1, 1000001),
		"gateway.max_rooms":          each(func(c *Config, n int) { c.Gateway.MaxRooms = n }, -1, 1000001),
		"network":                    {func(c *Config) { c.Networks = nil }},
		"network[0].name":            each(func(c *Config, s string) { c.Networks[0].Name = s }, "", "a b", "a%b", "a@b", "ä", "a:b", strings.Repeat("x", 256)),
		"network[1].name":            each(func(c *Config, s string) { c.Networks = append(c.Networks, c.Networks[0]); c.Networks[1].Name = s }, "libera", "LiberA"),
		"network[0].addresses": append(each(func(c *Config, s string) { c.Networks[0].Addresses = []string{"localhost:1", s} }, "", "irc.libera.chat", "a:b:c", "a%b:1"),
			func(c *Config) { c.Networks[0].Addresses = nil }),
		"network[0].password": each(func(c *Config, s string) { c.Networks[0].Password = NewSecret(s) }, "a\nb", "a\x00b", strings.Repeat("x", 401)),
	} {
		for i, change := range values {
			expectOnly(t, key, i, change)
		}
	}
}

// TestValidateIRC does the same for what [irc] and every [[network]] have. What is
// wrong in [irc] is not said again for each network that inherits it.
func TestValidateIRC(t *testing.T) {
	for key, values := range map[string][]func(*IRC){
		"tls_ca_file":      {func(n *IRC) { n.TLSCAFile = "/nonexistent" }},
		"bind_address":     {func(n *IRC) { n.Bind = "localhost" }, func(n *IRC) { n.Bind = "127.0.0.1:1" }},
		"encoding":         each(func(n *IRC, s string) { n.Encoding = s }, "", "cp437", "utf-16", "utf-16be", "replacement"),
		"fallback_charset": each(func(n *IRC, s string) { n.FallbackCharset = s }, "", "nonesuch", "utf-16le"),
		"rate":             each(func(n *IRC, f float64) { n.Rate = f }, 0, -1, 0.009, 1e7),
		"burst":            each(func(n *IRC, i int) { n.Burst = i }, 0, -1, 1000001),
		"connect_interval": times(func(n *IRC) *time.Duration { return &n.ConnectInterval }),
		"connect_burst":    each(func(n *IRC, i int) { n.ConnectBurst = i }, 0, -1, 1000001),
		"connect_timeout":  times(func(n *IRC) *time.Duration { return &n.ConnectTimeout }, 0),
		"register_timeout": times(func(n *IRC) *time.Duration { return &n.RegisterTimeout }, 0),
		"ping_interval":    times(func(n *IRC) *time.Duration { return &n.PingInterval }, 0),
		"ping_timeout":     times(func(n *IRC) *time.Duration { return &n.PingTimeout }, 0),
		"write_timeout":    times(func(n *IRC) *time.Duration { return &n.WriteTimeout }, 0),
		"lister_nick":      each(func(n *IRC, s string) { n.ListerNick = s }, "", "a\nb", strings.Repeat("x", 65)),
		"list_min_users":   each(func(n *IRC, i int) { n.ListMinUsers = i }, -1, 1000001),
		"who_limit":        each(func(n *IRC, i int) { n.WhoLimit = i }, -1, 1000001),
		"quit_message":     each(func(n *IRC, s string) { n.QuitMessage = s }, "a\nb", "\x00", "\xff", strings.Repeat("x", 301)),
		"groupchat10":      each(func(n *IRC, s OldRule) { n.Groupchat10 = s }, "", "yes"),
		"gc_warn":          each(func(n *IRC, s WarnRule) { n.GCWarn = s }, "", "off"),
		"ops_are_owners":   each(func(n *IRC, s OwnerRule) { n.OpsAreOwners = s }, "", "maybe"),
	} {
		for i, change := range values {
			expectOnly(t, "irc."+key, i, func(c *Config) { change(&c.IRC); c.Networks[0].IRC = c.IRC })
			expectOnly(t, "network[0]."+key, i, func(c *Config) { change(&c.Networks[0].IRC) })
		}
	}
}

func TestValidateAllAtOnce(t *testing.T) {
	c := valid()
	c.Component.Domain, c.Log.Level, c.Gateway.Linger, c.IRC.Rate, c.Networks[0].Name = "", "x", 1, 0, ""
	want := []string{"component.domain", "log.level", "gateway.linger", "irc.rate", "network[0].name"}
	var got []string
	for _, p := range c.problems() {
		got = append(got, p.Key)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestValidateAccepts(t *testing.T) {
	for name, change := range map[string]func(*Config){
		"open networks alone":  func(c *Config) { c.Networks, c.Gateway.OpenNetworks = nil, true },
		"fixed and open":       func(c *Config) { c.Gateway.OpenNetworks, c.Gateway.FixedNetwork = true, "irc.oftc.net" },
		"fixed by host":        func(c *Config) { c.Gateway.FixedNetwork = "IRC.libera.chat" },
		"no pacing":            func(c *Config) { c.Networks[0].ConnectInterval = 0 },
		"no linger, no words":  func(c *Config) { c.Gateway.Linger, c.Gateway.HoldTime, c.Gateway.HoldWords = 0, 0, 0 },
		"IPv6":                 func(c *Config) { c.Component.Address, c.IRC.Bind = "[::1]:5347", "fe80::1%lo" },
		"a host by one label":  func(c *Config) { c.Component.Address = "prosody:5347" },
		"escaped JID patterns": func(c *Config) { c.Gateway.Deny = []string{`d\27artagnan@example.org`, "*", "[::1]"} },
		"Japanese":             func(c *Config) { c.IRC.Encoding, c.IRC.FallbackCharset = "iso-2022-jp", "Shift_JIS" },
		"real name":            func(c *Config) { c.Gateway.Realname = "{nick} ({nick} on Jabber)" },
		"same host, two ports": func(c *Config) {
			c.Networks = append(c.Networks, Network{Name: "b", Addresses: []string{"irc.libera.chat:6667"}, IRC: c.IRC})
		},
	} {
		c := valid()
		change(c)
		if err := c.Validate(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// expectOnly changes a valid configuration and expects one problem, with that key.
func expectOnly(t *testing.T, key string, i int, change func(*Config)) {
	t.Helper()
	c := valid()
	change(c)
	if found := c.problems(); len(found) != 1 || found[0].Key != key || found[0].Text == "" {
		t.Errorf("%s, value %d: %v", key, i, found)
	}
}

// each makes a change for each of the values.
func each[C, V any](set func(*C, V), values ...V) []func(*C) {
	var all []func(*C)
	for _, v := range values {
		all = append(all, func(c *C) { set(c, v) })
	}
	return all
}

// times makes a change for each time that is too short or too long, and the others given.
func times[C any](field func(*C) *time.Duration, others ...time.Duration) []func(*C) {
	return each(func(c *C, d time.Duration) { *field(c) = d }, append(others, -1, 30, time.Millisecond-1, 24*time.Hour+1)...)
}
