package irc

import "strings"

// A Support is what a network says that it supports: ISUPPORT (005), and the names
// of 004. Nobody changes one; [Support.With] makes another. Lengths are bytes, 0 where
// the network did not say.
//
// https://modern.ircdocs.horse/#rplisupport-parameters
type Support struct {
	Network         string // NETWORK
	Server, Version string // 004

	CaseMapping CaseMapping
	ChanTypes   string    // what channels begin with
	Prefixes    []Prefix  // highest first
	ChanModes   [4]string // classes A, B, C, D: see [ModeKind]
	StatusMsg   string    // symbols that may stand before a channel

	NickLen, UserLen, HostLen, ChannelLen int
	TopicLen, KickLen, AwayLen, NameLen   int
	KeyLen                                int
	LineLen                               int            // CR LF included, tags not; never 0
	Modes                                 int            // parameters in a MODE line; 0: no limit
	ChanLimit                             map[byte]int   // joined channels by type; 0: no limit
	MaxList                               map[byte]int   // entries by list mode; 0: no limit
	TargMax                               map[string]int // targets by command; 0: no limit
	Monitor                               int            // 0: has none; -1: no limit
	Excepts, Invex, Bot                   byte           // mode letters; 0: has none
	ExtBanPrefix                          byte           // before the type of an extended ban; may be 0
	ExtBans                               string         // types of extended bans
	AccountExtBan                         []string       // names of the one for accounts
	EList                                 string         // how LIST can be searched
	ClientTagDeny                         string         // tags that are dropped, as the network lists them
	WHOX, UTF8Only, SafeList, Knock       bool

	tokens  map[string]string // what was said of all this by 005
	lacking string            // flags of channels that it has named there and does not know
}

// A Prefix is a rank in a channel: its mode letter, and its symbol in NAMES.
type Prefix struct{ Mode, Symbol byte }

// DefaultSupport is what holds before a network says anything: RFC 1459's ranks,
// modes and names.
func DefaultSupport() *Support {
	return &Support{
		ChanTypes: "#&",
		Prefixes:  []Prefix{{'o', '@'}, {'v', '+'}},
		ChanModes: [4]string{"b", "k", "l", "imnpst"},
		LineLen:   defaultLineLen,
		Modes:     defaultModes,
	}
}

// IsChannel tells a channel from a nick by how it begins.
func (s *Support) IsChannel(name string) bool {
	return name != "" && strings.IndexByte(s.ChanTypes, name[0]) >= 0
}

// Fold brings all spellings of a nick or channel to one.
func (s *Support) Fold(name string) string { return s.CaseMapping.Fold(name) }

// SplitStatus takes the symbols (STATUSMSG) off a channel that a message is for. Of
// several it tells the lowest, whom all see; 0 is none. Where a symbol begins channels
// as well ('&' on some networks), "&#c" is #c for a rank and "&c" a channel.
func (s *Support) SplitStatus(target string) (status byte, channel string) {
	n := 0
	for n < len(target) && strings.IndexByte(s.StatusMsg, target[n]) >= 0 {
		n++
	}
	for n > 0 && !s.IsChannel(target[n:]) {
		n--
	}
	for i := range n {
		if status == 0 || s.symbolRank(target[i]) > s.symbolRank(status) {
			status = target[i]
		}
	}
	return status, target[n:]
}

func (s *Support) symbolRank(symbol byte) int {
	mode, _ := s.PrefixOf(symbol)
	return s.Rank(mode)
}

// Rank tells how high a prefix mode is: 0 is the highest, -1 is no prefix mode.
func (s *Support) Rank(mode byte) int {
	for i, p := range s.Prefixes {
		if p.Mode == mode {
			return i
		}
	}
	return -1
}

// PrefixOf is the mode that a symbol stands for.
func (s *Support) PrefixOf(symbol byte) (mode byte, ok bool) {
	for _, p := range s.Prefixes {
		if p.Symbol == symbol {
			return p.Mode, true
		}
	}
	return 0, false
}

// SymbolOf is the symbol of a prefix mode.
func (s *Support) SymbolOf(mode byte) (symbol byte, ok bool) {
	if i := s.Rank(mode); i >= 0 {
		return s.Prefixes[i].Symbol, true
	}
	return 0, false
}

// SortModes brings prefix modes into their order, highest first, each once. Letters
// that are no prefix modes are left out.
func (s *Support) SortModes(modes string) string {
	if modes == "" || len(modes) == 1 && s.Rank(modes[0]) >= 0 {
		return modes
	}
	out := make([]byte, 0, len(s.Prefixes))
	for _, p := range s.Prefixes {
		if strings.IndexByte(modes, p.Mode) >= 0 {
			out = append(out, p.Mode)
		}
	}
	return string(out)
}

// Class tells how a channel mode takes parameters. What the network did not list
// takes none.
func (s *Support) Class(mode byte) ModeKind {
	if s.Rank(mode) >= 0 {
		return PrefixMode
	}
	for i, kind := range [...]ModeKind{ListMode, KeyMode, LimitMode} {
		if strings.IndexByte(s.ChanModes[i], mode) >= 0 {
			return kind
		}
	}
	return FlagMode
}

// Lists tells whether the network has a channel mode of that letter and kind.
func (s *Support) Lists(mode byte, kind ModeKind) bool {
	if kind == PrefixMode {
		return s.Rank(mode) >= 0
	}
	return s.Rank(mode) < 0 && strings.IndexByte(s.ChanModes[kind-ListMode], mode) >= 0 &&
		strings.IndexByte(s.lacking, mode) < 0
}

// SplitPrefixes takes the symbols off an entry of NAMES: "@+ann!a@host" is "ov" and
// "ann!a@host".
func (s *Support) SplitPrefixes(entry string) (modes, rest string) {
	var held []byte
	for entry != "" {
		mode, ok := s.PrefixOf(entry[0])
		if !ok {
			break
		}
		held = append(held, mode)
		entry = entry[1:]
	}
	return s.SortModes(string(held)), entry
}
