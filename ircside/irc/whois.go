package irc

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Profile is what WHOIS tells of somebody. What it does not tell is zero.
type Profile struct {
	Nick, User, Host, Realname string
	Server, ServerInfo         string
	Account                    string
	Channels                   []string // without the ranks; at most maxProfile
	AwayText                   string
	Away, Oper, Bot, Secure    bool
	Service                    bool   // the server says that they are one of the network
	From                       string // where they really come from, as some are told
	Idle                       time.Duration
	HasIdle                    bool      // Idle is known
	Signon                     time.Time // when they came
}

// maxProfile bounds the channels of a Profile.
const maxProfile = 500

// profiles take each numeric in; p are its parameters without the first, our nick: the
// nick that it is about comes first. https://modern.ircdocs.horse/#whois-message
var profiles = map[string]func(w *Profile, s *Support, p []string){
	"309": (*Profile).service,
	"310": (*Profile).service,
	"311": func(w *Profile, _ *Support, p []string) {
		w.Nick, w.User, w.Host, w.Realname = p[0], at(p, 1), at(p, 2), at(p, len(p)-1)
	},
	"312": func(w *Profile, _ *Support, p []string) { w.Server, w.ServerInfo = at(p, 1), at(p, 2) },
	"313": func(w *Profile, _ *Support, _ []string) { w.Oper = true },
	"317": (*Profile).idle,
	"319": (*Profile).channels,
	"330": func(w *Profile, _ *Support, p []string) { w.Account = account(at(p, 1)) },
	"301": func(w *Profile, _ *Support, p []string) { w.Away, w.AwayText = true, at(p, 1) },
	"307": func(w *Profile, _ *Support, p []string) { // the nick is the account's, where 330 tells no other
		if w.Account == "" {
			w.Account = p[0]
		}
	},
	"335": func(w *Profile, _ *Support, _ []string) { w.Bot = true },
	"338": (*Profile).actually,
	"378": (*Profile).connects,
	"671": func(w *Profile, _ *Support, _ []string) { w.Secure = true },
}

// ParseWhois reads the answer to a [Whois]. ok is false if it tells of nobody. Lines
// about anybody else, and what is no such line, are left out.
func ParseWhois(s *Support, nick string, lines []Line) (w Profile, ok bool) {
	for _, l := range lines {
		take := profiles[l.Command]
		if take == nil || len(l.Params) < 2 || !s.same(l.Params[1], nick) {
			continue
		}
		ok = true
		take(&w, s, l.Params[1:])
	}
	if w.Nick == "" {
		w.Nick = nick
	}
	return w, ok
}

// at is a parameter; "" if there are not so many.
func at(p []string, i int) string {
	if i < 0 || i >= len(p) {
		return ""
	}
	return p[i]
}

// idle is 317: nick, seconds, and with most servers when they came.
func (w *Profile) idle(_ *Support, p []string) {
	if n, err := strconv.ParseUint(at(p, 1), 10, 31); err == nil {
		w.Idle, w.HasIdle = time.Duration(n)*time.Second, true
	}
	if len(p) < 4 {
		return // the last is a text
	}
	if n, err := strconv.ParseInt(p[2], 10, 64); err == nil && n > 0 && n < maxUnix {
		w.Signon = time.Unix(n, 0)
	}
}

// channels is 319, which may come several times: each with its ranks before it, and with
// what else some servers mark it by.
func (w *Profile) channels(s *Support, p []string) {
	for _, word := range strings.Fields(at(p, len(p)-1)) {
		_, name := s.SplitPrefixes(word)
		if !s.IsChannel(name) { // '&' may be a rank and begin channels
			name = word
		}
		for name != "" && !s.IsChannel(name) {
			name = name[1:]
		}
		if isName(name) && len(w.Channels) < maxProfile && !slices.Contains(w.Channels, name) {
			w.Channels = append(w.Channels, name)
		}
	}
}

// actually is 338: an address, or user and address, between nick and text.
func (w *Profile) actually(_ *Support, p []string) {
	if len(p) > 2 {
		w.From = p[len(p)-2]
	}
}

// service is 309 of OFTC and 310 of ngIRCd, which with other servers say something else.
func (w *Profile) service(_ *Support, p []string) {
	w.Service = w.Service || strings.Contains(strings.ToLower(at(p, 1)), "service")
}

// IsService says that somebody is a service of the network, or an operator of it: by what
// its servers say, not by what people choose themselves, as their hosts. Most servers
// have services as operators. InspIRCd that hides its operators tells but the name of
// their server, which says so on most networks; if it hides that too, nobody is a service.
func (w Profile) IsService() bool {
	labels := strings.Split(strings.ToLower(w.Server), ".")
	return w.Oper || w.Service || slices.Contains(labels, "services") || slices.Contains(labels, "service")
}

// connects is 378: "is connecting from user@host address".
func (w *Profile) connects(_ *Support, p []string) {
	if words := strings.Fields(at(p, len(p)-1)); len(p) > 1 && len(words) > 0 {
		w.From = words[len(words)-1]
	}
}
