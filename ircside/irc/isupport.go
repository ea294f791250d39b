package irc

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Numbers of ISUPPORT: what holds where a network says nothing, and what is clamped.
const (
	defaultLineLen = 512
	defaultModes   = 3
	maxLineLen     = MaxLine / 2
	maxNumber      = 1 << 20
)

// setters tells what to do with the value of each token that matters to us; all
// others are left out. They may be applied in any order.
var setters = map[string]func(s *Support, value string){
	"NETWORK":       func(s *Support, v string) { s.Network = v },
	"CASEMAPPING":   func(s *Support, v string) { s.CaseMapping = ParseCaseMapping(v) },
	"CHANTYPES":     func(s *Support, v string) { s.ChanTypes = only(v, isSymbol) },
	"PREFIX":        (*Support).setPrefix,
	"CHANMODES":     (*Support).setChanModes,
	"STATUSMSG":     func(s *Support, v string) { s.StatusMsg = only(v, isSymbol) },
	"NICKLEN":       func(s *Support, v string) { s.NickLen = number(v, 0) },
	"USERLEN":       func(s *Support, v string) { s.UserLen = number(v, 0) },
	"HOSTLEN":       func(s *Support, v string) { s.HostLen = number(v, 0) },
	"CHANNELLEN":    func(s *Support, v string) { s.ChannelLen = number(v, 0) },
	"TOPICLEN":      func(s *Support, v string) { s.TopicLen = number(v, 0) },
	"KICKLEN":       func(s *Support, v string) { s.KickLen = number(v, 0) },
	"AWAYLEN":       func(s *Support, v string) { s.AwayLen = number(v, 0) },
	"KEYLEN":        func(s *Support, v string) { s.KeyLen = number(v, 0) },
	"NAMELEN":       func(s *Support, v string) { s.NameLen = number(v, 0) },
	"LINELEN":       (*Support).setLineLen,
	"MODES":         (*Support).setModes,
	"CHANLIMIT":     func(s *Support, v string) { s.ChanLimit = limits(v) },
	"MAXLIST":       func(s *Support, v string) { s.MaxList = limits(v) },
	"TARGMAX":       (*Support).setTargMax,
	"MONITOR":       (*Support).setMonitor,
	"EXCEPTS":       func(s *Support, v string) { s.Excepts = letter(v, 'e') },
	"INVEX":         func(s *Support, v string) { s.Invex = letter(v, 'I') },
	"BOT":           func(s *Support, v string) { s.Bot = letter(v, 0) },
	"EXTBAN":        (*Support).setExtBan,
	"ACCOUNTEXTBAN": func(s *Support, v string) { s.AccountExtBan = words(v) },
	"ELIST":         func(s *Support, v string) { s.EList = only(v, isAlnum) },
	"CLIENTTAGDENY": func(s *Support, v string) { s.ClientTagDeny = v },
	"WHOX":          func(s *Support, _ string) { s.WHOX = true },
	"UTF8ONLY":      func(s *Support, _ string) { s.UTF8Only = true },
	"SAFELIST":      func(s *Support, _ string) { s.SafeList = true },
	"KNOCK":         func(s *Support, _ string) { s.Knock = true },
}

// With is what holds after a line of 005: its parameters but for the first, our
// nick. Later tokens replace earlier ones, and -TOKEN brings the default back. Junk,
// and the text at the end of the line, are passed over; numbers are clamped.
func (s *Support) With(tokens []string) *Support {
	known := maps.Clone(s.tokens)
	if known == nil {
		known = make(map[string]string)
	}
	for _, token := range tokens {
		name, value, _ := strings.Cut(token, "=")
		if gone, ok := strings.CutPrefix(name, "-"); ok {
			delete(known, gone)
		} else if setters[name] != nil {
			known[name] = unescape(value)
		}
	}
	out := DefaultSupport()
	out.Server, out.Version, out.tokens, out.lacking = s.Server, s.Version, known, s.lacking
	for name, value := range known {
		setters[name](out, value)
	}
	return out
}

// With004 is what holds after 004: its parameters but for the first, our nick.
func (s *Support) With004(params []string) *Support {
	out := *s
	if len(params) >= 2 {
		out.Server, out.Version = params[0], params[1]
	}
	return &out
}

// unescape decodes \xHH, but leaves it as it is where it stands for a control
// character.
func unescape(s string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == '\\' && i+3 < len(s) && s[i+1] == 'x' {
			if n, err := strconv.ParseUint(s[i+2:i+4], 16, 8); err == nil && n >= ' ' && n != 0x7f {
				c, i = byte(n), i+3
			}
		}
		out = append(out, c)
	}
	return string(out)
}

// setPrefix reads "(modes)symbols". Empty means that there are no ranks.
func (s *Support) setPrefix(v string) {
	if v == "" {
		s.Prefixes = nil
		return
	}
	modes, symbols, ok := strings.Cut(strings.TrimPrefix(v, "("), ")")
	if !ok || v[0] != '(' {
		return
	}
	s.Prefixes = nil
	for i := range min(len(modes), len(symbols)) {
		p := Prefix{modes[i], symbols[i]}
		_, taken := s.PrefixOf(p.Symbol)
		if isAlnum(p.Mode) && isSymbol(p.Symbol) && !taken && s.Rank(p.Mode) < 0 {
			s.Prefixes = append(s.Prefixes, p)
		}
	}
}

// setChanModes reads "A,B,C,D"; classes beyond D take no parameter that we know of.
func (s *Support) setChanModes(v string) {
	s.ChanModes = [4]string{}
	class, rest := "", v
	for i := range s.ChanModes {
		class, rest, _ = strings.Cut(rest, ",")
		s.ChanModes[i] = only(class, isAlnum)
	}
}

func (s *Support) setLineLen(v string) {
	s.LineLen = min(max(number(v, 0), defaultLineLen), maxLineLen)
}

func (s *Support) setModes(v string) {
	s.Modes = 0
	if v != "" {
		s.Modes = max(1, number(v, defaultModes))
	}
}

func (s *Support) setMonitor(v string) {
	s.Monitor = -1
	if v != "" {
		s.Monitor = number(v, 0)
	}
}

func (s *Support) setTargMax(v string) {
	s.TargMax = make(map[string]int)
	for _, word := range words(v) {
		command, n, _ := strings.Cut(word, ":")
		s.TargMax[strings.ToUpper(command)] = number(n, 0)
	}
}

// setExtBan reads "prefix,types"; the prefix may be missing.
func (s *Support) setExtBan(v string) {
	prefix, types, _ := strings.Cut(v, ",")
	s.ExtBanPrefix, s.ExtBans = 0, only(types, isAlnum)
	if len(prefix) == 1 && isSymbol(prefix[0]) {
		s.ExtBanPrefix = prefix[0]
	}
}

// limits reads "ab:10,c:20".
func limits(v string) map[byte]int {
	out := make(map[byte]int)
	for _, word := range words(v) {
		keys, n, _ := strings.Cut(word, ":")
		for i := range len(keys) {
			out[keys[i]] = number(n, 0)
		}
	}
	return out
}

func words(v string) []string {
	return strings.FieldsFunc(v, func(r rune) bool { return r == ',' })
}

func letter(v string, def byte) byte {
	if len(v) == 1 && isAlnum(v[0]) {
		return v[0]
	}
	return def
}

// number reads a number that is not negative, up to maxNumber; def stands for what
// is none.
func number(v string, def int) int {
	digits := v != ""
	for i := range len(v) {
		digits = digits && '0' <= v[i] && v[i] <= '9'
	}
	if !digits {
		return def
	}
	n, err := strconv.Atoi(v)
	if err != nil {
		return maxNumber
	}
	return min(n, maxNumber)
}

// only keeps those bytes that fit, each once.
func only(v string, fits func(byte) bool) string {
	out := make([]byte, 0, len(v))
	for i := range len(v) {
		if fits(v[i]) && !slices.Contains(out, v[i]) {
			out = append(out, v[i])
		}
	}
	return string(out)
}

// isSymbol tells what may stand before a name without being part of a nick, a
// separator, or a line's structure.
func isSymbol(c byte) bool {
	return c > ' ' && c < 0x7f && !isAlnum(c) && c != ',' && c != ':'
}
