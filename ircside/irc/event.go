package irc

import "time"

// A Ref ties an event to the command that brought it about; 0 is none. It finds
// the IQ for an answer, the join for a refusal, the message for an echo.
//
// Each command that is given with a Ref ends with exactly one [Done] of that Ref,
// after all that the network said about it, or with [Closed]; but see [Say].
type Ref uint64

// An Event is something that a seat learnt from its network.
type Event interface{ event() }

// Registered says that the network let us in: 001 to the end of the MOTD.
type Registered struct {
	Nick    string
	Support *Support // what 005 said; a later change comes as Supports
	Caps    Caps     // what was granted
}

// Supports says that the network changed what it supports, or grants, while we are
// on it. It tells all that holds by now.
type Supports struct {
	Support *Support
	Caps    Caps
}

// Connecting tells how far a session has come, for whoever asks the network's
// address ("connecting to 127.0.0.1:6697").
type Connecting struct{ Text string }

// Note is what a server says to us that is no conversation: MOTD, notices of
// servers, statistics, numerics that nobody asked for, WALLOPS, ERROR.
type Note struct {
	From string // server name or nick
	Text string
}

// Joined says that we are in a channel, and who else is: JOIN to 366. It comes
// again for each later complete NAMES; View makes it the differences.
type Joined struct {
	Ref     Ref
	Channel string // as the network spells it
	Members []Member
	Secret  byte // 353's symbol: '=', '@' or '*'
	Created bool // we are alone in it, and its operator
}

// MadeAt says when a channel was made (329).
type MadeAt struct {
	Channel string
	At      time.Time
}

// Came says that somebody joined a channel.
type Came struct {
	Channel string
	Person  Person // ID unset: the View gives it
	At      time.Time
}

// Went says that somebody, perhaps we, left a channel by PART or KICK.
type Went struct {
	Ref     Ref // of our own PART, or of our KICK
	Channel string
	Nick    string
	Kick    bool
	By      string // nick or server, for a kick
	Reason  string
}

// Quit says that people left the network. A netsplit is one Quit of many.
type Quit struct {
	Nicks  []string
	Reason string
	Split  bool
	Lost   bool // they did not mean to: their connection failed, or was ended for them
}

// Renamed says that somebody, perhaps we, changed nick.
type Renamed struct {
	Ref      Ref
	Old, New string
}

// Modes says that a channel's modes changed, or, when Whole, what they are (324).
type Modes struct {
	Ref     Ref
	Channel string
	By      string // nick or server
	Changes []ModeChange
	Whole   bool // 324: all modes but prefixes and lists
}

// Topic says what a channel's topic is. By and At may be unknown.
type Topic struct {
	Ref     Ref
	Channel string
	Text    string
	By      string // nick, or nick!user@host as 333 has it
	At      time.Time
	Changed bool // it changed just now, by TOPIC; else it is what 332/333/331 told
}

// About says what is new about a person: away, account, user, host, realname.
// Only what Known names is meant.
type About struct {
	Person Person
	Known  Known
	Flags  WhoFlags // with KnownFlags
}

// Known says which fields of an About are meant.
type Known uint8

// What an About can tell.
const (
	KnownAway Known = 1 << iota
	KnownAccount
	KnownHost // user and host
	KnownRealname
	KnownFlags
)

// WhoFlags are what WHO and numerics tell about somebody besides.
type WhoFlags uint8

// The flags of WHO.
const (
	FlagOper WhoFlags = 1 << iota
	FlagBot
)

// TextKind says what kind of text a Text is.
type TextKind uint8

// The kinds of text.
const (
	Privmsg   TextKind = iota
	Notice             // a NOTICE
	Action             // CTCP ACTION: "/me"
	CTCP               // a CTCP request, but for ACTION: Verb and Body
	CTCPReply          // the answer to one: Verb and Body
)

// Text is something said: to a channel, or to us.
type Text struct {
	Ref    Ref // of our own Say, when this is its echo
	Kind   TextKind
	From   Person // Nick, and what else the line told; a server has no User
	Server bool   // From is a server
	Self   bool   // we said it: an echo, or another client of ours
	Target string // channel without a status prefix, or a nick
	Status byte   // STATUSMSG prefix, 0 for all
	Verb   string // of a CTCP, upper case
	Body   string // valid UTF-8; mIRC codes still in it
	ID     string // msgid, "" where the network has none
	At     time.Time
	Tags   map[string]string // client tags ("+…"), decoded; nil if none
}

// Invited says that somebody was invited: we, or (invite-notify) another.
type Invited struct {
	Channel string
	By      Person
	Nick    string // who is invited
	Self    bool
}

// AwayReply says that whom we wrote to is away (301).
type AwayReply struct {
	Nick, Text string
}

// Entry is one line of a list that we asked for: bans, exceptions, quiets.
type Entry struct {
	Ref     Ref
	Channel string
	Mode    byte // 'b', 'e', 'I', 'q'
	Mask    string
	By      string
	At      time.Time
}

// Answer is one line of an answer to a command that has no event of its own:
// WHOIS, VERSION and raw lines.
type Answer struct {
	Ref  Ref
	Line Line
}

// Done is the end of a command: the network has said all that it will say. No
// Fault with the same Ref before it means success.
type Done struct{ Ref Ref }

// Closed is the last event of a session, and comes exactly once. Commands that
// are not Done by then never will be.
type Closed struct {
	Err *CloseError // nil: it ended because we wished it
}

func (Registered) event() {}
func (Supports) event()   {}
func (Connecting) event() {}
func (Note) event()       {}
func (Joined) event()     {}
func (MadeAt) event()     {}
func (Came) event()       {}
func (Went) event()       {}
func (Quit) event()       {}
func (Renamed) event()    {}
func (Modes) event()      {}
func (Topic) event()      {}
func (About) event()      {}
func (Text) event()       {}
func (Invited) event()    {}
func (AwayReply) event()  {}
func (Entry) event()      {}
func (Answer) event()     {}
func (Fault) event()      {}
func (Done) event()       {}
func (Closed) event()     {}

// TopicBy says who set the topic that was told just before, and when (333).
type TopicBy struct {
	Channel string
	By      string // nick, or nick!user@host
	At      time.Time
}

func (TopicBy) event() {}
