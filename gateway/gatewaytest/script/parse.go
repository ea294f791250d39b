package script

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"isthmus/gateway/gatewaytest/ircd"
)

// A step is a line of a script. Without a verb it is only text.
type step struct {
	line int
	text string
	verb string // first word, or what sort of line it is: "xmpp>", "user", "irc"
	who  string // of "user" and "irc"
	rest string
}

// A header is what a script says before anything happens.
type header struct {
	ircd     ircd.Config
	settings []string // TOML: keys at the top
	network  []string // TOML: of the network that there is
	tables   []string // TOML: further tables
	problems []string
}

var (
	output   = regexp.MustCompile(`^[^\s:]+[<>] `)
	userLine = regexp.MustCompile(`^([^\s:]+): (.*)$`)
	ircLine  = regexp.MustCompile(`^irc (\S+)> (.*)$`)
)

// parse reads a script. What an earlier run wrote is dropped.
func parse(script string) (*header, []step) {
	h := &header{ircd: ircd.Config{Name: "irc.test", Caps: ircd.AllCaps(), Strict: false}}
	var steps []step
	for i, text := range strings.Split(strings.TrimRight(script, "\n"), "\n") {
		s := step{line: i + 1, text: text}
		if output.MatchString(text) && !strings.HasPrefix(text, "xmpp> ") {
			continue
		}
		if m := ircLine.FindStringSubmatch(text); m != nil {
			s.verb, s.who, s.rest = "irc", m[1], m[2]
		} else if m := userLine.FindStringSubmatch(text); m != nil {
			s.verb, s.who, s.rest = "user", m[1], m[2]
		} else if text != "" && text[0] != '#' {
			s.verb, s.rest, _ = strings.Cut(text, " ")
		}
		switch s.verb {
		case "config":
			h.setting(strings.TrimSpace(s.rest))
			s.verb = ""
		case "ircd":
			for _, option := range strings.Fields(s.rest) {
				if err := h.option(option); err != nil {
					h.problems = append(h.problems, fmt.Sprintf("line %d: %v", s.line, err))
				}
			}
			s.verb = ""
		}
		steps = append(steps, s)
	}
	return h, steps
}

// setting sorts a line of TOML: into further tables once there was one, else by its
// key into the network's settings or those of everything.
func (h *header) setting(line string) {
	key, isNetwork := strings.CutPrefix(line, "network.")
	switch {
	case len(h.tables) > 0, strings.HasPrefix(line, "["):
		h.tables = append(h.tables, line)
	case isNetwork:
		h.network = append(h.network, key)
	default:
		h.settings = append(h.settings, line)
	}
}

// config is the whole configuration: what scripts take for granted, but for the keys
// that this one sets.
func (h *header) config() string {
	common := []string{
		`component.address = "xmpp.test:5347"`, `component.domain = "` + gatewayHost + `"`,
		`component.secret = "` + secret + `"`, `log.level = "error"`,
	}
	network := []string{
		`name = "net"`, `addresses = ["irc.test:6667"]`, `tls = false`,
		`rate = 1000000`, `burst = 1000000`, `connect_interval = "0s"`,
	}
	lines := merge(common, h.settings)
	lines = append(lines, "[[network]]")
	lines = append(lines, merge(network, h.network)...)
	return strings.Join(append(lines, h.tables...), "\n") + "\n"
}

// merge is base without the keys that more sets, and more.
func merge(base, more []string) []string {
	key := func(line string) string {
		k, _, _ := strings.Cut(line, "=")
		return strings.TrimSpace(k)
	}
	base = slices.DeleteFunc(base, func(line string) bool {
		return slices.ContainsFunc(more, func(m string) bool { return key(m) == key(line) })
	})
	return append(base, more...)
}

// option is one of the ircd's.
func (h *header) option(option string) error {
	key, value, _ := strings.Cut(option, "=")
	c := &h.ircd
	switch key {
	case "caps": // all, none (CAP is unknown), or a list
		switch value {
		case "all":
			c.Caps = ircd.AllCaps()
		case "none":
			c.Caps = nil
		default:
			c.Caps = strings.FieldsFunc(value, func(r rune) bool { return r == ',' })
		}
	case "prefix":
		c.Prefix = value
	case "software":
		c.Software = value
	case "casemapping":
		c.CaseMapping = value
	case "noextbans":
		c.NoExtBans = true
	case "isupport":
		c.ISupport = append(c.ISupport, value)
	case "password":
		c.Password = value
	case "account":
		name, password, _ := strings.Cut(value, ":")
		if c.Accounts == nil {
			c.Accounts = map[string]string{}
		}
		c.Accounts[name] = password
	case "nicklen":
		n, err := strconv.Atoi(value)
		c.NickLen = n
		return err
	case "knock":
		c.Knock = value
	case "listmodes":
		c.ListModes = true
	case "listmost":
		n, err := strconv.Atoi(value)
		c.ListMost = n
		return err
	case "listbusy":
		c.ListBusy = true
	case "listempty":
		c.ListEmpty = value
	case "cutnick":
		c.CutNick = true
	case "motd":
		c.MOTD = append(c.MOTD, value)
	default:
		return fmt.Errorf("the ircd has no option %q", key)
	}
	return nil
}
