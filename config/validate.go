package config

import (
	"cmp"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/htmlindex"
)

// day is the longest that any time may be set to.
const day = 24 * time.Hour

// Validate finds everything that is wrong with c, as an *Error.
func (c *Config) Validate() error {
	if problems := c.problems(); len(problems) > 0 {
		return &Error{Problems: problems}
	}
	return nil
}

// A checker gathers problems.
type checker struct{ found []Problem }

func (k *checker) bad(key, text string) { k.found = append(k.found, Problem{Key: key, Text: text}) }

// require notes a problem unless ok.
func (k *checker) require(ok bool, key, text string) {
	if !ok {
		k.bad(key, text)
	}
}

// within requires v to be between lo and hi, which are allowed too.
func within[T cmp.Ordered](k *checker, key string, v, lo, hi T) {
	if !(lo <= v && v <= hi) {
		k.bad(key, fmt.Sprintf("%v is not between %v and %v", v, lo, hi))
	}
}

// time requires a duration to be one that somebody can have meant.
func (k *checker) time(key string, d time.Duration) {
	if d < time.Millisecond || d > day {
		k.bad(key, fmt.Sprintf("%v is not between %v and %v", d, time.Millisecond, day))
	}
}

// pause is time where none is a choice.
func (k *checker) pause(key string, d time.Duration) {
	if d != 0 {
		k.time(key, d)
	}
}

// oneOf requires v to be one of the words.
func oneOf[T ~string](k *checker, key string, v T, words ...T) {
	if !slices.Contains(words, v) {
		k.bad(key, fmt.Sprintf("%q is none of %q", v, words))
	}
}

// line requires text that can be part of a line of IRC.
func (k *checker) line(key, s string, limit int) {
	switch {
	case !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl):
		k.bad(key, "has a control character or is not UTF-8")
	case len(s) > limit:
		k.bad(key, fmt.Sprintf("has more than %d bytes", limit))
	}
}

// problems is everything that is wrong with c, in the order of the file.
func (c *Config) problems() []Problem {
	k := &checker{}
	k.component(&c.Component)
	oneOf(k, "log.level", c.Log.Level, LevelTrace, LevelDebug, LevelInfo, LevelWarn, LevelError)
	oneOf(k, "log.format", c.Log.Format, LogJSON, LogConsole)
	k.store(&c.Store)
	k.gateway(c)
	k.irc("irc.", &c.IRC)
	k.networks(c)
	return k.found
}

func (k *checker) component(c *Component) {
	k.address("component.address", c.Address)
	switch {
	case c.Domain == "":
		k.bad("component.domain", "is missing")
	case c.Domain != strings.ToLower(c.Domain):
		k.bad("component.domain", "has to be in lower case, as the server writes it")
	case !isDomain(c.Domain):
		k.bad("component.domain", fmt.Sprintf("%q is no domain", c.Domain))
	}
	if c.Secret.IsZero() && c.SecretFile == "" {
		k.bad("component.secret", "is missing: set it, or secret_file, or the variable "+EnvPrefix+"_COMPONENT_SECRET")
	}
	k.time("component.ping_interval", c.PingInterval)
	k.time("component.ping_timeout", c.PingTimeout)
	k.time("component.write_timeout", c.WriteTimeout)
	within(k, "component.max_stanza", c.MaxStanza, 10000, 16<<20) // RFC 6120 §13.12
	within(k, "component.queue_bytes", c.QueueBytes, max(c.MaxStanza, 64<<10), 1<<30)
}

// isDomain says whether s can be the address of a component: a host name, or one beyond
// ASCII, of which the server knows more. RFC 7622 §3.2.
func isDomain(s string) bool {
	if !strings.ContainsFunc(s, func(r rune) bool { return r > unicode.MaxASCII }) {
		return isHostName(s)
	}
	return utf8.ValidString(s) && len(s) <= 255 && !strings.ContainsAny(s, "@/ \"&'<>:[]") &&
		!strings.ContainsFunc(s, unicode.IsControl) && !slices.Contains(strings.Split(s, "."), "")
}

// store looks at the settings alone: whether there can be a database is for whoever
// opens it to say.
func (k *checker) store(s *Store) {
	k.line("store.path", s.Path, 4000)
	if url := s.Postgres.Reveal(); url != "" {
		k.require(strings.HasPrefix(url, "postgres://") || strings.HasPrefix(url, "postgresql://"),
			"store.postgres", "does not begin with postgres://")
	}
}

func (k *checker) gateway(c *Config) {
	g := &c.Gateway
	k.line("gateway.name", g.Name, 255)
	k.require(g.Name != "", "gateway.name", "is empty")
	if g.FixedNetwork != "" {
		if _, ok := c.Network(g.FixedNetwork); !ok {
			k.bad("gateway.fixed_network", fmt.Sprintf("%q is no network of this file", g.FixedNetwork))
		}
	}
	k.contacts(g.Contacts)
	k.patterns("gateway.allow", g.Allow)
	k.patterns("gateway.deny", g.Deny)
	k.patterns("gateway.admins", g.Admins)
	for _, p := range g.Admins {
		k.require(p == "" || strings.Contains(p, "@"), "gateway.admins", "takes bare JIDs: a whole domain has to be written *@"+p)
	}
	k.line("gateway.realname", g.Realname, 200)
	k.require(!g.PublishJIDs || g.Realname == "", "gateway.realname", "publish_jids makes the JID the real name: one of them has to go")
	k.require(!strings.ContainsAny(strings.ReplaceAll(g.Realname, "{nick}", ""), "{}"), "gateway.realname", "knows no other word in braces than {nick}")
	k.pause("gateway.linger", g.Linger)
	within(k, "gateway.backlog", g.Backlog, 0, 100000)
	within(k, "gateway.history", g.History, 0, max(g.Backlog, 0))
	within(k, "gateway.hold_words", g.HoldWords, 0, 10000)
	k.pause("gateway.hold_time", g.HoldTime)
	k.time("gateway.lost_limit", g.LostLimit)
	k.time("gateway.join_timeout", g.JoinTimeout)
	k.time("gateway.answer_timeout", g.AnswerTimeout)
	k.time("gateway.stop_timeout", g.StopTimeout)
	k.time("gateway.list_interval", g.ListInterval)
	k.pause("gateway.remember_occupants", g.RememberOccupants)
	within(k, "gateway.max_users", g.MaxUsers, 0, 1000000)
	within(k, "gateway.max_networks", g.MaxNetworks, 0, 1000000)
	within(k, "gateway.max_rooms", g.MaxRooms, 0, 1000000)
}

// irc checks what [irc] and each [[network]] have; prefix begins the keys.
func (k *checker) irc(prefix string, n *IRC) {
	if n.TLSCAFile != "" {
		why := checkCAFile(n.TLSCAFile)
		k.require(why == "", prefix+"tls_ca_file", why)
	}
	if n.Bind != "" {
		_, err := netip.ParseAddr(n.Bind)
		k.require(err == nil, prefix+"bind_address", fmt.Sprintf("%q is no IP address", n.Bind))
	}
	k.charset(prefix+"encoding", n.Encoding)
	k.charset(prefix+"fallback_charset", n.FallbackCharset)
	within(k, prefix+"rate", n.Rate, 0.01, 1e6)
	within(k, prefix+"burst", n.Burst, 1, 1000000)
	k.pause(prefix+"connect_interval", n.ConnectInterval)
	within(k, prefix+"connect_burst", n.ConnectBurst, 1, 1000000)
	k.time(prefix+"connect_timeout", n.ConnectTimeout)
	k.time(prefix+"register_timeout", n.RegisterTimeout)
	k.time(prefix+"ping_interval", n.PingInterval)
	k.time(prefix+"ping_timeout", n.PingTimeout)
	k.time(prefix+"write_timeout", n.WriteTimeout)
	k.line(prefix+"lister_nick", n.ListerNick, 64)
	k.require(n.ListerNick != "", prefix+"lister_nick", "is empty")
	within(k, prefix+"list_min_users", n.ListMinUsers, 0, 1000000)
	within(k, prefix+"who_limit", n.WhoLimit, 0, 1000000)
	k.line(prefix+"quit_message", n.QuitMessage, 300)
	oneOf(k, prefix+"ops_are_owners", n.OpsAreOwners, OwnersAuto, OwnersAlways, OwnersNever)
	oneOf(k, prefix+"groupchat10", n.Groupchat10, OldOff, OldAuto, OldOn)
	oneOf(k, prefix+"gc_warn", n.GCWarn, WarnText, WarnRefuse)
}

func (k *checker) networks(c *Config) {
	if len(c.Networks) == 0 && !c.Gateway.OpenNetworks {
		k.bad("network", "there is none, and gateway.open_networks is off")
	}
	seen := map[string]int{}
	for i := range c.Networks {
		n := &c.Networks[i]
		name := strings.ToLower(n.Name)
		first, known := seen[name]
		switch {
		case n.Name == "":
			k.bad(networkKey(i, "name"), "is missing")
		case len(n.Name) > 255 || !consistsOf(n.Name, nameCharacter):
			k.bad(networkKey(i, "name"), fmt.Sprintf("%q has to be of letters, digits, dots, hyphens and underscores", n.Name))
		case known:
			k.bad(networkKey(i, "name"), fmt.Sprintf("%q is the name of network[%d] too", n.Name, first))
		default:
			seen[name] = i
		}
		k.require(len(n.Addresses) > 0, networkKey(i, "addresses"), "is missing")
		for _, a := range n.Addresses {
			k.address(networkKey(i, "addresses"), a)
		}
		k.line(networkKey(i, "password"), n.Password.Reveal(), 400)
		k.inherited(i, &n.IRC)
	}
}

// inherited checks what a network has from [irc] and says again, without repeating what
// is wrong with [irc] itself.
func (k *checker) inherited(i int, n *IRC) {
	own := &checker{}
	own.irc("irc.", n)
	for _, p := range own.found {
		if !slices.Contains(k.found, p) {
			k.bad(networkKey(i, strings.TrimPrefix(p.Key, "irc.")), p.Text)
		}
	}
}

// networkKey is the key of a setting of a network, as decoding errors name it too.
func networkKey(i int, key string) string { return "network[" + strconv.Itoa(i) + "]." + key }

// address requires host:port.
func (k *checker) address(key, s string) {
	host, port, err := net.SplitHostPort(s)
	if err != nil {
		k.bad(key, fmt.Sprintf("%q is not of the form host:port", s))
		return
	}
	if _, err := netip.ParseAddr(host); err != nil && !isHostName(host) {
		k.bad(key, fmt.Sprintf("%q has neither a host name nor an IP address", s))
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		k.bad(key, fmt.Sprintf("%q has a port that is not between 1 and 65535", s))
	}
}

// IsCharset says whether a character set is known and has ASCII in its place, as IRC's
// grammar is written in it. (UTF-16 has not.)
func IsCharset(name string) bool {
	const sample = ":a!b@c PRIVMSG #d,e :{f}"
	e, err := htmlindex.Get(name)
	if err != nil {
		return false
	}
	text, err := e.NewDecoder().String(sample)
	return err == nil && text == sample
}

func (k *checker) charset(key, name string) {
	if !IsCharset(name) {
		k.bad(key, fmt.Sprintf("%q is no character set that IRC can be written in", name))
	}
}

// contacts requires URIs.
func (k *checker) contacts(list []string) {
	const most = 10
	k.require(len(list) <= most, "gateway.contacts", fmt.Sprintf("has more than %d", most))
	for _, c := range list {
		if u, err := url.Parse(c); err == nil && utf8.ValidString(c) && u.Scheme != "" && !strings.Contains(c, " ") {
			k.line("gateway.contacts", c, 500)
		} else {
			k.bad("gateway.contacts", fmt.Sprintf("%q is no URI, as mailto:admin@example.org and xmpp:admin@example.org are", c))
		}
	}
}

// patterns requires something that [Gateway.Allowed] can match.
func (k *checker) patterns(key string, patterns []string) {
	for _, p := range patterns {
		switch {
		case p == "":
			k.bad(key, "has an empty pattern, which nobody matches")
		case strings.Count(p, "@") > 1 || strings.ContainsAny(p, "/ ") || strings.ContainsFunc(p, unicode.IsControl):
			k.bad(key, fmt.Sprintf("%q is a pattern for neither bare JIDs nor domains", p))
		}
	}
}
