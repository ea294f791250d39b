package irc

import "time"

// A Command is something that a seat is asked to do.
//
// Core turns it into lines by what the network supports; what cannot be said on
// IRC at all (a target that would be several, a line break) is refused with
// [ErrUnsayable] by [Core.Do] before anything is sent.
type Command interface {
	// lines are what to send; they may be none.
	lines(s *Support) ([]Line, error)
	// verb is the IRC command of the lines, as "JOIN".
	verb() string
	// target is the channel, the nick, or both with a space between, that an answer
	// names; "" if there is none.
	target() string
}

// Join enters a channel.
type Join struct{ Channel, Key string }

// Part leaves a channel.
type Part struct{ Channel, Reason string }

// Say sends text, one line each. They are all of one message: the echo of the
// first tells the ID, the echo of the last that all were taken. Each must fit
// (see Core.Budget); a longer one is cut.
type Say struct {
	Target string
	Status byte     // of a channel only those of the rank with this symbol hear it (STATUSMSG); 0: all
	Kind   TextKind // Privmsg, Notice, Action, CTCP, CTCPReply
	Verb   string   // of a CTCP
	Lines  []string
	Tags   map[string]string // client tags, where the network has message-tags
	// OnlyRefusals says that nobody waits for its end: given to a network that tells no
	// more than what it refuses, it has no Done.
	OnlyRefusals bool
}

// Nick changes our nick.
type Nick struct{ Nick string }

// SetTopic sets a channel's topic.
type SetTopic struct{ Channel, Text string }

// Kick removes somebody from a channel.
type Kick struct{ Channel, Nick, Reason string }

// SetModes changes a channel's modes, in as few lines as the network allows.
type SetModes struct {
	Channel string
	Changes []ModeChange
}

// TimedBan bans for a while, where the network has such bans ([HasTimedBans]).
type TimedBan struct {
	Channel, Mask string
	For           time.Duration // at least a second
}

// GetModes asks for a channel's modes (324).
type GetModes struct{ Channel string }

// GetList asks for a list mode's entries: Entry for each, then Done.
type GetList struct {
	Channel string
	Mode    byte
}

// Invite invites somebody.
type Invite struct{ Nick, Channel string }

// Away marks us away; with no text, back.
type Away struct{ Text string }

// Who asks who is in a channel or what is known of a nick; by WHOX where the
// network has it. About for each.
type Who struct{ Mask string }

// Whois asks about somebody: Answer for each line, to be read by [ParseWhois]. Far has
// their own server asked, for no other knows how long they have been idle; it may be
// split off and the answer never come.
type Whois struct {
	Nick string
	Far  bool
}

// Raw sends one line as it is. It must not hold a line break.
type Raw struct{ Line string }

// QuitCmd leaves the network.
type QuitCmd struct{ Reason string }
