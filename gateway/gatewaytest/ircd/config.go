package ircd

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Config says what kind of server it is. The zero Config is an old one: it knows no
// CAP, and has ops and voices.
type Config struct {
	Name     string // of the server; "" is "irc.test"
	Software string // what it calls itself in 004; "" is "isthmus-ircd"
	Network  string // 005 NETWORK; "" is "Test"

	// Caps are the capabilities offered, as "name" or "name=value"; see AllCaps.
	// Nil: CAP is an unknown command here. Empty: it is known, and offers nothing.
	Caps []string

	// ISupport replaces tokens of 005 ("MODES=6"), adds others, or takes some away
	// ("-WHOX"). The server goes by what it announces: CHANMODES, CHANLIMIT,
	// CHANNELLEN, CHANTYPES, ELIST, MODES, MAXLIST, STATUSMSG, lengths.
	ISupport []string

	// NoExtBans refuses extended bans (743), whatever 005 says, as ircd-hybrid does
	// unless it is told otherwise.
	NoExtBans bool

	NickLen int  // bytes; 0 is 30
	CutNick bool // cut nicks that are longer, rather than refuse them with 432

	ListModes bool   // LIST has a channel's modes before its topic: "[+nt] topic"
	ListMost  int    // channels that LIST tells before it refuses more (416); 0: all
	ListBusy  bool   // LIST is refused (263)
	ListEmpty string // a notice that LIST is answered with, and no channel; "": it works

	MOTD        []string          // none: 422
	Prefix      string            // as 005 has it; "" is "(ov)@+"
	CaseMapping string            // "ascii", "rfc1459" (also ""), "strict-rfc1459"
	Password    string            // "": none is asked for
	Accounts    map[string]string // account to password, for SASL PLAIN

	// Knock is how operators are told of a KNOCK: "" by 710, "inspircd" and "hybrid" by
	// the notices of those. "none": the command is unknown.
	Knock string

	// Strict watches all connections, not only those of ServeConnStrict.
	Strict bool
	// Violation is told of each violation as it is found, besides the list that
	// Violations gives. It runs in the server's goroutine and must not call the
	// server. May be nil.
	Violation func(conn, problem string)

	Now func() time.Time // nil: time.Now
}

// AllCaps are the capabilities that the server knows, a fresh slice.
func AllCaps() []string {
	return []string{
		"account-notify", "account-tag", "away-notify", "batch", "cap-notify",
		"chghost", "echo-message", "extended-join", "invite-notify",
		"labeled-response", "message-tags", "multi-prefix", "sasl=PLAIN",
		"server-time", "setname", "standard-replies", "userhost-in-names",
	}
}

// withDefaults fills in what was left out.
func (c Config) withDefaults() Config {
	or := func(s *string, def string) {
		if *s == "" {
			*s = def
		}
	}
	or(&c.Name, "irc.test")
	or(&c.Software, software)
	or(&c.Network, "Test")
	or(&c.CaseMapping, "rfc1459")
	if modes, symbols := splitPrefix(c.Prefix); modes == "" || len(modes) != len(symbols) {
		c.Prefix = "(ov)@+"
	}
	if c.NickLen == 0 {
		c.NickLen = 30
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return c
}

// splitPrefix takes "(ov)@+" apart.
func splitPrefix(p string) (modes, symbols string) {
	modes, symbols, ok := strings.Cut(strings.TrimPrefix(p, "("), ")")
	if !ok {
		return "", ""
	}
	return modes, symbols
}

// support is what 005 announces: token to value.
type support map[string]string

// newSupport is the default set with the configuration's changes.
func newSupport(c Config) support {
	_, symbols := splitPrefix(c.Prefix)
	s := support{
		"AWAYLEN": "200", "CASEMAPPING": c.CaseMapping, "CHANLIMIT": "#:50",
		"CHANMODES": "beI,k,l,imnpst", "CHANNELLEN": "64", "CHANTYPES": "#",
		"ELIST": "MNU", "EXCEPTS": "e", "INVEX": "I", "KICKLEN": "255",
		"MAXLIST": "beI:100", "MODES": "4", "NAMELEN": "128", "NETWORK": c.Network,
		"NICKLEN": strconv.Itoa(c.NickLen), "PREFIX": c.Prefix, "STATUSMSG": symbols,
		"TARGMAX":  "KICK:4,NOTICE:4,PRIVMSG:4,TAGMSG:4",
		"TOPICLEN": "307", "USERLEN": "10", "WHOX": "",
	}
	for _, token := range c.ISupport {
		key, value, _ := strings.Cut(token, "=")
		if gone, ok := strings.CutPrefix(key, "-"); ok {
			delete(s, gone)
		} else {
			s[key] = value
		}
	}
	return s
}

// tokens are what goes into 005, sorted.
func (s support) tokens() []string {
	var out []string
	for key, value := range s {
		if value != "" {
			key += "=" + value
		}
		out = append(out, key)
	}
	slices.Sort(out)
	return out
}

// number is a token's value, or a number too large to matter.
func (s support) number(key string) int {
	_, after, found := strings.Cut(s[key], ":") // CHANLIMIT, MAXLIST
	if !found {
		after = s[key]
	}
	if n, err := strconv.Atoi(after); err == nil {
		return n
	}
	return 1 << 30
}

// cut shortens text to a token's number of bytes.
func (s support) cut(key, text string) string {
	return text[:min(len(text), s.number(key))]
}
