package irc

import "strings"

// A ModeKind is how a channel mode takes parameters (ISUPPORT PREFIX, CHANMODES).
type ModeKind uint8

// The kinds of channel modes.
const (
	PrefixMode ModeKind = iota // a member's rank: always a nick
	ListMode                   // class A: a mask; without one, it asks for the list
	KeyMode                    // class B: always a parameter
	LimitMode                  // class C: a parameter when it is set
	FlagMode                   // class D: none
)

// takes tells whether a mode has a parameter, or may have.
func (k ModeKind) takes(add bool) bool { return k < LimitMode || k == LimitMode && add }

// A ModeChange is one letter of a MODE line.
type ModeChange struct {
	Add  bool // else it is taken away
	Mode byte
	Kind ModeKind // as ParseModes found it; FormatModes asks the Support
	Arg  string   // nick, mask, key or number; "" where it takes none, or none was given
}

// ParseModes reads what follows the channel in MODE, or in 324: letters, then their
// parameters. It takes several runs of letters, missing parameters and superfluous
// ones as they come; letters that the network did not list take none.
func ParseModes(s *Support, params []string) []ModeChange {
	var out []ModeChange
	for len(params) > 0 {
		letters := params[0]
		params = params[1:]
		add := true
		for i := range len(letters) {
			c := letters[i]
			if c == '+' || c == '-' {
				add = c == '+'
			}
			if !isAlnum(c) {
				continue
			}
			change := ModeChange{Add: add, Mode: c, Kind: s.Class(c)}
			if change.Kind.takes(add) && len(params) > 0 {
				change.Arg, params = params[0], params[1:]
			}
			out = append(out, change)
		}
		for len(params) > 0 && !strings.HasPrefix(params[0], "+") && !strings.HasPrefix(params[0], "-") {
			params = params[1:]
		}
	}
	return out
}

// FormatModes puts changes, in their order, into as few MODE lines as the network
// allows: what to say behind the channel in each. No line has more parameters than
// MODES allows, or takes more than budget bytes (spaces between the parameters
// included) unless a single change does. Reading all lines gives the changes back.
func FormatModes(s *Support, changes []ModeChange, budget int) [][]string {
	limit := maxParams - 2 // the channel and the letters
	if s.Modes > 0 {
		limit = min(limit, s.Modes)
	}
	var out [][]string
	var g modeGroup
	for _, c := range changes {
		c.Kind = s.Class(c.Mode)
		if len(g.letters) > 0 && !g.room(c, limit, budget) {
			out = append(out, g.params())
			g = modeGroup{}
		}
		g.add(c)
	}
	if len(g.letters) > 0 {
		out = append(out, g.params())
	}
	return out
}

// A modeGroup is a MODE line in the making.
type modeGroup struct {
	letters []byte
	args    []string
	bytes   int // of args, with a space before each
	sign    byte
	bare    bool // a parameter was left out: none may follow, it would be taken for that
}

func sign(add bool) byte {
	if add {
		return '+'
	}
	return '-'
}

// room tells whether one more change may follow.
func (g *modeGroup) room(c ModeChange, limit, budget int) bool {
	n := len(g.letters) + g.bytes + 1
	if sign(c.Add) != g.sign {
		n++
	}
	if c.Kind.takes(c.Add) && c.Arg != "" {
		if g.bare || len(g.args) >= limit {
			return false
		}
		n += 1 + len(c.Arg)
	}
	return n <= budget
}

func (g *modeGroup) add(c ModeChange) {
	if s := sign(c.Add); s != g.sign {
		g.letters = append(g.letters, s)
		g.sign = s
	}
	g.letters = append(g.letters, c.Mode)
	switch {
	case !c.Kind.takes(c.Add):
	case c.Arg == "":
		g.bare = true
	default:
		g.args = append(g.args, c.Arg)
		g.bytes += 1 + len(c.Arg)
	}
}

func (g *modeGroup) params() []string {
	return append([]string{string(g.letters)}, g.args...)
}
