package irc

import "strings"

// A Person is somebody on the network, for as long as the seat can see them.
type Person struct {
	ID                                  uint64 // never reused, kept through renames; the View's own
	Stay                                uint64 // their number, the same for all views: see [Stays]; 0: none
	Nick, User, Host, Account, Realname string
	AwayText                            string
	Away                                bool
	Flags                               WhoFlags
}

// Mask is nick!user@host, or what of it is known.
func (p Person) Mask() string {
	if p.User == "" && p.Host == "" {
		return p.Nick
	}
	return p.Nick + "!" + p.User + "@" + p.Host
}

// SplitMask takes nick!user@host apart; user and host may be missing.
func SplitMask(mask string) (nick, user, host string) {
	nick, rest, _ := strings.Cut(mask, "!")
	user, host, _ = strings.Cut(rest, "@")
	return nick, user, host
}

// A Member is a person in a channel; the zero Member is nobody.
type Member struct {
	Person
	Modes string // prefix modes as letters ("ov"), highest first
}

// IsNobody tells the zero Member.
func (m Member) IsNobody() bool { return m.Nick == "" }

// A Cause is why somebody came, went or changed.
type Cause uint8

// The causes of a Change.
const (
	CauseSeen     Cause = iota // they were there, and we see it now (NAMES)
	CauseJoin                  // JOIN
	CausePart                  // PART
	CauseKick                  // KICK
	CauseBan                   // KICK just after the same actor's +b on them
	CauseQuit                  // QUIT
	CauseSplit                 // QUIT by a netsplit
	CauseNick                  // NICK
	CauseMode                  // MODE
	CauseAbout                 // away, account, host, realname
	CauseLost                  // QUIT by a connection that failed, or that was ended for them
	CauseUnlisted              // KICK just after the same actor's -I on them: they need an invitation again
	CauseClosed                // KICK just after the same actor's +i, of who has no rank
)

// A Change is one difference in who is where. Nobody before: they came. Nobody
// after: they went. Two nicks: they renamed themselves.
type Change struct {
	Channel       string
	Before, After Member
	Cause         Cause
	Actor, Reason string
	Self          bool
}

// Channel is what a View knows of a channel besides its members.
type Channel struct {
	Name    string // as the network spells it
	Topic   string
	TopicBy string
	TopicAt int64  // Unix seconds; 0 unknown
	Modes   string // flag modes as letters, in the order of the alphabet
	Key     string // +k, where we were told
	Limit   string // +l
	Params  string // of other modes that are set, as "f=#other j=5:3"; see [Channel.Param]
	Quiets  string // masks of who may not speak, as far as we have seen them set, spaces between
	Exempt  string // masks of who needs no invitation (ISUPPORT INVEX), likewise
	Secret  byte   // 353's symbol
	Open    bool   // we are in it
	Created bool   // our JOIN made it
	MadeAt  int64  // Unix seconds, when it was made; 0 unknown
}

// Has tells whether a flag mode is set.
func (c Channel) Has(mode byte) bool {
	for i := range len(c.Modes) {
		if c.Modes[i] == mode {
			return true
		}
	}
	return false
}

// Param is the parameter of a mode that is set; "" if it is not, or has none that we
// were told.
func (c Channel) Param(mode byte) string {
	switch mode {
	case 'k':
		return c.Key
	case 'l':
		return c.Limit
	}
	for word := range strings.FieldsSeq(c.Params) {
		if word[0] == mode {
			return word[len("f="):]
		}
	}
	return ""
}
