package mapping

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"isthmus/ircside/irc"
	"isthmus/xmppside/jid"
	"isthmus/xmppside/stanza"
)

// everyDest are all that can be refused.
var everyDest = []Dest{ForJoin, ForNick, ForMessage, ForSubject, ForAdmin, ForInvite, ForKnock, ForConnection, ForList}

// TestFault holds the table: each numeric, for whom, and the answer as type and
// condition.
func TestFault(t *testing.T) {
	tests := []struct {
		numerics   []int
		dests      []Dest
		text, ircd string
		want       string
	}{
		{[]int{416}, []Dest{ForList}, "Output too large, truncated", "", "wait/resource-constraint"},
		{[]int{263, 439, 438}, everyDest, "", "", "wait/resource-constraint"},
		{[]int{401, 402, 441}, everyDest, "", "", "cancel/item-not-found"},
		{[]int{403}, []Dest{ForSubject, ForAdmin}, "", "", "cancel/item-not-found"},
		{[]int{403}, []Dest{ForJoin}, "", "", "modify/jid-malformed"},
		{[]int{404}, everyDest, "Cannot send to channel (+m)", "", "auth/forbidden"},
		{[]int{404}, []Dest{ForMessage}, "You cannot send CTCPs to this channel (+C)", "InspIRCd-4", "auth/forbidden"},
		{[]int{404}, []Dest{ForMessage}, "You cannot send external messages to this channel whilst the +n mode is set", "InspIRCd-4", "auth/forbidden"},
		{[]int{404}, []Dest{ForMessage}, "You cannot send notices to this channel (+T)", "InspIRCd-4", "auth/forbidden"},
		{[]int{404}, []Dest{ForMessage}, "You cannot send colors to this channel (+c)", "InspIRCd-4", "auth/forbidden"},
		{[]int{404}, []Dest{ForMessage}, "You must be logged in to speak here", "", "auth/forbidden"},
		{[]int{404}, []Dest{ForMessage}, "You cannot send messages whilst banned", "InspIRCd-4", "auth/forbidden"},
		{[]int{405}, everyDest, "", "", "wait/resource-constraint"},
		{[]int{407, 417}, everyDest, "", "", "modify/policy-violation"},
		{[]int{408}, []Dest{ForMessage}, "You cannot use control codes on this channel", "ircd-hybrid-8.2.43", "modify/not-acceptable"},
		{[]int{408}, []Dest{ForMessage}, "No such service", "", "cancel/item-not-found"},
		{[]int{411, 412}, everyDest, "", "", "modify/bad-request"},
		{[]int{415}, []Dest{ForAdmin}, "Bad Server/host mask", "", "modify/bad-request"},
		{[]int{415}, []Dest{ForMessage}, "Cannot send to channel (+R)", "solanum-1.0", "auth/forbidden"},
		{[]int{421, 472, 501, 517}, everyDest, "", "", "cancel/feature-not-implemented"},
		{[]int{430, 435, 447}, everyDest, "", "", "cancel/not-allowed"},
		{[]int{431}, everyDest, "", "", "modify/jid-malformed"},
		{[]int{432}, everyDest, "", "", "modify/not-acceptable"},
		{[]int{433, 436, 443, 467, 714}, everyDest, "", "", "cancel/conflict"},
		{[]int{437}, []Dest{ForNick, ForJoin}, "Nick/channel is temporarily unavailable", "", "wait/resource-constraint"},
		{[]int{437}, []Dest{ForJoin}, "You must wait for 30 seconds after being kicked to rejoin (+J is set)", "InspIRCd-4", "wait/resource-constraint"},
		{[]int{437}, []Dest{ForNick}, "Cannot change nickname while banned on channel", "u2.10.12", "cancel/not-allowed"},
		{[]int{440}, everyDest, "", "", "wait/service-unavailable"},
		{[]int{442}, everyDest, "", "", "modify/not-acceptable"},
		{[]int{448, 484, 485, 499, 518, 573, 742, 926, 972, 974}, everyDest, "", "", "cancel/not-allowed"},
		{[]int{451}, everyDest, "", "", "wait/internal-server-error"},
		{[]int{461}, everyDest, "", "", "cancel/bad-request"},
		{[]int{462}, everyDest, "", "", "cancel/not-allowed"},
		{[]int{404}, []Dest{ForMessage}, "Your message was blocked: no", "InspIRCd-3", "auth/forbidden"},
		{[]int{447}, everyDest, "Cannot change nickname while on #c (you're banned)", "", "cancel/not-allowed"},
		{[]int{463, 465, 466, 481, 482, 486, 491, 492, 502, 531, 723}, everyDest, "", "", "auth/forbidden"},
		{[]int{464, 902, 904, 905, 906, 907, 908}, everyDest, "", "", "auth/not-authorized"},
		{[]int{468}, []Dest{ForConnection}, "Invalid username", "", "modify/not-acceptable"},
		{[]int{468}, []Dest{ForAdmin}, "Only servers can change that mode", "UnrealIRCd-6", "cancel/not-allowed"},
		{[]int{470}, everyDest, "", "", "cancel/gone"},
		{[]int{471}, everyDest, "", "", "wait/service-unavailable"},
		{[]int{473}, everyDest, "", "", "auth/registration-required"},
		{[]int{474}, everyDest, "", "", "auth/forbidden"},
		{[]int{475}, everyDest, "", "", "auth/not-authorized"},
		{[]int{476}, everyDest, "", "", "modify/jid-malformed"},
		{[]int{477}, []Dest{ForJoin}, "", "", "auth/registration-required"},
		{[]int{477}, []Dest{ForMessage, ForSubject}, "", "", "auth/forbidden"},
		{[]int{477}, []Dest{ForAdmin}, "Channel doesn't support modes", "ngircd-26.1", "cancel/feature-not-implemented"},
		{[]int{477}, []Dest{ForAdmin}, "You need to be identified to a registered account to use this mode", "solanum-1.0", "auth/forbidden"},
		{[]int{609}, []Dest{ForJoin}, "This channel may not be joined while it is throttled", "InspIRCd-3", "wait/resource-constraint"},
		{[]int{478, 512, 734}, everyDest, "", "", "wait/resource-constraint"},
		{[]int{479}, []Dest{ForJoin}, "Illegal channel name", "ircd-hybrid-8.2.43", "modify/jid-malformed"},
		{[]int{479}, []Dest{ForJoin}, "Illegal channel name", "", "modify/jid-malformed"},
		{[]int{479}, []Dest{ForJoin}, "Cannot join channel (link failed)", "UnrealIRCd-6.1", "cancel/not-allowed"},
		{[]int{480}, []Dest{ForJoin}, "Cannot join channel (+j) - throttle exceeded", "solanum-1.0", "wait/resource-constraint"},
		{[]int{480}, []Dest{ForJoin}, "Cannot join channel (+S) - SSL/TLS required", "ircd-hybrid-8.2.43", "modify/not-acceptable"},
		{[]int{480}, []Dest{ForAdmin}, "Cannot knock on #c", "UnrealIRCd-6", "cancel/not-allowed"},
		{[]int{480}, []Dest{ForKnock}, "Cannot knock on #c (Channel does not exist!)", "UnrealIRCd-6", "cancel/item-not-found"},
		{[]int{480}, []Dest{ForKnock}, "Cannot knock on #c (You're already there!)", "UnrealIRCd-6", "cancel/conflict"},
		{[]int{480}, []Dest{ForKnock}, "Cannot knock on #c (Channel is not invite only!)", "UnrealIRCd-6", "modify/unexpected-request"},
		{[]int{480}, []Dest{ForKnock}, "Cannot knock on #c (You're banned!)", "UnrealIRCd-6", "auth/forbidden"},
		{[]int{480}, []Dest{ForKnock}, "Cannot knock on #c (You are KNOCK flooding)", "UnrealIRCd-6", "wait/resource-constraint"},
		{[]int{480}, []Dest{ForKnock}, "Cannot knock on #c (No knocks are allowed! (+K))", "UnrealIRCd-6", "cancel/not-allowed"},
		{[]int{488, 490, 494}, everyDest, "", "", "modify/not-acceptable"},
		{[]int{489}, []Dest{ForJoin}, "Cannot join channel (Secure connection is required)", "InspIRCd-3", "modify/not-acceptable"},
		{[]int{489}, []Dest{ForMessage}, "You need voice", "u2.10.12", "auth/forbidden"},
		{[]int{495, 500}, everyDest, "", "", "wait/resource-constraint"},
		{[]int{519, 520}, []Dest{ForJoin}, "", "", "auth/forbidden"},
		{[]int{519, 520}, []Dest{ForAdmin}, "", "u2.10.12", "modify/bad-request"},
		{[]int{524}, []Dest{ForJoin}, "Channel is quarantined", "u2.10.12", "auth/forbidden"},
		{[]int{524}, []Dest{ForAdmin}, "Help not found", "ircd-hybrid-8.2.43", "cancel/item-not-found"},
		{[]int{690, 696, 743}, everyDest, "", "", "modify/bad-request"},
		{[]int{698}, everyDest, "", "", "cancel/item-not-found"},
		{[]int{712}, everyDest, "", "", "wait/resource-constraint"},
		{[]int{713}, everyDest, "", "", "modify/unexpected-request"},
		{[]int{715}, []Dest{ForInvite}, "You may invite again later", "", "wait/resource-constraint"},
		{[]int{715}, []Dest{ForAdmin}, "KNOCK is disabled", "", "cancel/not-allowed"},
		{[]int{716}, everyDest, "", "", "cancel/recipient-unavailable"},
		{[]int{717}, []Dest{ForInvite}, "", "", "wait/resource-constraint"},
		{[]int{717}, []Dest{ForMessage}, "", "", "cancel/recipient-unavailable"},
		{[]int{468}, []Dest{ForNick}, "Malformed username", "", "modify/not-acceptable"},
		{[]int{999, 697}, everyDest, "no idea", "", "cancel/undefined-condition"},
	}
	chosen := map[int]map[string]bool{} // by numeric, what its rows say
	for _, tt := range tests {
		for _, n := range tt.numerics {
			for _, d := range tt.dests {
				row, _ := choose(numerics[n], d, strings.ToLower(tt.text), strings.ToLower(tt.ircd))
				if chosen[n] == nil {
					chosen[n] = map[string]bool{}
				}
				chosen[n][row.say] = true
				got := Fault(irc.Fault{Numeric: n, Text: tt.text}, d, tt.ircd)
				checkError(t, got, tt.want, tt.text)
			}
		}
	}
	for n, rows := range numerics {
		for _, r := range rows {
			if !chosen[n][r.say] {
				t.Errorf("no test for %d, %q", n, r.say)
			}
		}
	}
}

// What the table has, the network can refuse: each numeric comes out of package irc as a
// Fault, once we are in.
func TestFaultIsTold(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	core := irc.NewCore(irc.Identity{Nick: "ann", User: "u", PingAfter: time.Hour, PingTimeout: time.Hour}, at)
	told := func(text string) bool {
		line, err := irc.ParseLine([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		core.Recv(line, at)
		_, events := core.Take()
		return slices.ContainsFunc(events, func(ev irc.Event) bool { _, is := ev.(irc.Fault); return is })
	}
	told(":s 001 ann :Hi")
	told(":s 376 ann :End")
	for n := range numerics {
		if !told(fmt.Sprintf(":s %03d ann #c :no", n)) {
			t.Errorf("nothing produces %d", n)
		}
	}
}

func TestIsRefusal(t *testing.T) {
	for n := range 1000 {
		if want := n != 697 && n != 711 && n != 718; IsRefusal(irc.Fault{Numeric: n}) != want {
			t.Errorf("%d: want %v", n, want)
		}
		if _, ok := numerics[n]; ok && !IsRefusal(irc.Fault{Numeric: n}) {
			t.Errorf("%d is no refusal, and is in the table", n)
		}
	}
}

// A refusal takes the voice away if it says so, or says nothing; not if it is about what
// was said. It always forbids.
func TestSilenced(t *testing.T) {
	for text, want := range map[string]bool{
		"404 Cannot send to channel":                                                               true,
		"404 Cannot send to channel (+m)":                                                          true,
		"404 Cannot send to nick/channel: you are banned":                                          true,
		"404 Only registered users may speak here":                                                 true,
		"404 \x02Cannot send CTCP\x02 to channel (+C)":                                             false,
		"404 You cannot send notices to this channel (+T)":                                         false,
		"404 No colours here (+c)":                                                                 false,
		"404 No external messages (+n)":                                                            false,
		"404 Your message to this channel contained a banned phrase (x) and was blocked.":          false,
		"404 Your message was blocked: no":                                                         false,
		"404 Your message exceeded the maximum of 50% capital letters":                             false,
		"404 You cannot send messages to this channel until you have been a member for 5 seconds.": false,
		"404 Something else":                                                                       false,
		"415 Cannot send message to channel (+M)":                                                  true,
		"415 Bad Server/host mask":                                                                 false,
		"477 You need a registered nick to speak":                                                  true,
		"489 Cannot send to channel (+v)":                                                          true,
		"417 Input line was too long":                                                              false,
		"439 Message target change too fast":                                                       false,
		"999 what":                                                                                 false,
	} {
		number, words, _ := strings.Cut(text, " ")
		numeric, _ := strconv.Atoi(number)
		f := irc.Fault{Numeric: numeric, Target: "#c", Text: words}
		if got := Silenced(f, "x"); got != want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
	for numeric, rows := range numerics {
		for _, r := range rows {
			if r.silenced && (r.condition != stanza.Forbidden || !r.dests.has(ForMessage)) {
				t.Errorf("%d: %+v", numeric, r)
			}
		}
	}
}

func TestFailures(t *testing.T) {
	tests := map[string]string{
		"TIMEOUT": "wait/remote-server-timeout", "UNSAYABLE": "modify/bad-request", "JOIN UNSAYABLE": "modify/bad-request", "ACCOUNT_REQUIRED": "auth/registration-required",
		"NEED_REGISTRATION": "auth/registration-required", "ACCOUNT_REQUIRED_TO_CONNECT": "auth/registration-required",
		"JOIN CHANNEL_RENAMED": "cancel/gone", "RENAME CHANNEL_NAME_IN_USE": "cancel/conflict", "RENAME CANNOT_RENAME": "cancel/not-allowed",
		"REDACT INVALID_TARGET": "cancel/not-allowed", "REDACT REDACT_FORBIDDEN": "auth/forbidden",
		"REDACT REDACT_WINDOW_EXPIRED": "cancel/not-allowed", "REDACT UNKNOWN_MSGID": "cancel/item-not-found",
		"BATCH MULTILINE_MAX_BYTES": "modify/policy-violation", "BATCH MULTILINE_MAX_LINES": "modify/policy-violation",
		"BATCH MULTILINE_INVALID": "wait/internal-server-error", "BATCH MULTILINE_INVALID_TARGET": "wait/internal-server-error", "CHATHISTORY INVALID_TARGET": "cancel/item-not-found",
		"METADATA KEY_NO_PERMISSION": "auth/forbidden", "METADATA KEY_INVALID": "modify/not-acceptable",
		"METADATA VALUE_INVALID": "modify/not-acceptable", "METADATA LIMIT_REACHED": "wait/resource-constraint",
		"METADATA TOO_MANY_SUBS": "wait/resource-constraint", "METADATA RATE_LIMITED": "wait/resource-constraint",
		"SETNAME INVALID_REALNAME": "modify/not-acceptable", "SETNAME CANNOT_CHANGE_REALNAME": "cancel/not-allowed",
		"NICK NICKNAME_RESERVED": "cancel/conflict", "INVALID_UTF8": "modify/bad-request", "ACCOUNT_EXISTS": "cancel/conflict",
		"INVALID_CODE": "auth/not-authorized", "BAD_ACCOUNT_NAME": "modify/not-acceptable", "WEAK_PASSWORD": "modify/not-acceptable",
		"INVALID_EMAIL": "modify/not-acceptable", "UNACCEPTABLE_EMAIL": "modify/not-acceptable",
		"ACCOUNT_NAME_MUST_BE_NICK": "modify/not-acceptable", "TEMPORARILY_UNAVAILABLE": "wait/service-unavailable",
		"FROB NO_IDEA": "cancel/undefined-condition", "FROB INVALID_UTF8": "modify/bad-request", "FROB INVALID_TARGET": "cancel/undefined-condition",
	}
	for name, want := range tests {
		command, code, found := strings.Cut(name, " ")
		if !found {
			command, code = "PRIVMSG", name
		}
		for _, d := range everyDest {
			checkError(t, Fault(irc.Fault{Command: command, Code: code, Text: "as it is"}, d, ""), want, "as it is")
		}
	}
	badName := irc.Fault{Command: "JOIN", Code: irc.CodeUnsayable, Text: "channel is too long"}
	checkError(t, Fault(badName, ForJoin, ""), "modify/jid-malformed", badName.Text)
	for name := range failures {
		if tests[name] == "" {
			t.Errorf("no test for %s", name)
		}
	}
}

func TestClosed(t *testing.T) {
	tests := map[irc.CloseReason]string{
		irc.CloseLost: "wait/remote-server-timeout", irc.CloseSilent: "wait/remote-server-timeout",
		irc.CloseDNS: "cancel/remote-server-not-found", irc.CloseRefused: "wait/remote-server-timeout",
		irc.CloseTLS: "modify/not-acceptable", irc.CloseThrottled: "wait/resource-constraint", irc.CloseBanned: "auth/forbidden",
		irc.ClosePassword: "auth/not-authorized", irc.CloseShutdown: "wait/remote-server-timeout",
		irc.CloseUnregister: "wait/remote-server-timeout", irc.CloseProtocol: "cancel/remote-server-not-found",
		250: "wait/remote-server-timeout",
	}
	for reason, want := range tests {
		for _, d := range everyDest {
			checkError(t, Closed(&irc.CloseError{Reason: reason, Text: "so it is"}, d), want, "so it is")
		}
	}
	for reason := range closings {
		if tests[reason] == "" {
			t.Errorf("no test for reason %d", reason)
		}
	}
	checkError(t, Closed(nil, ForMessage), "wait/remote-server-timeout", "Not sent. ")
}

// checkError holds an error against type and condition, its text against what must
// be in it.
func checkError(t *testing.T, e *stanza.Error, want, within string) {
	t.Helper()
	if got := string(e.Type) + "/" + string(e.Condition); got != want {
		t.Errorf("got %q, want %q (%v)", got, want, e)
	}
	if len(e.Words()) < 10 || !strings.Contains(e.Words(), within) {
		t.Errorf("%v says %q, without %q", e, e.Words(), within)
	}
}

func TestFaultText(t *testing.T) {
	e := Fault(irc.Fault{Numeric: 474, Text: "\x02Cannot\x02 join\x00 channel\r\n (+b) "}, ForJoin, "")
	if want := "Ask one of its operators, or have ChanServ lift the ban by the command \"unban-me\" if you have access. (Cannot join channel   (+b))"; !strings.HasSuffix(e.Words(), want) {
		t.Errorf("got %q, want %q at its end", e.Words(), want)
	}
	if e := Fault(irc.Fault{Numeric: 999, Text: "\x02\x02"}, ForJoin, ""); e.Words() != "The network refused this." {
		t.Errorf("of an empty text: %q", e.Words())
	}
}

// What names the channel is told with its name, wherever the number has it.
func TestFaultNamed(t *testing.T) {
	const banned, ours = "while you are banned from #c. Leave it first.", "while you are banned from one of your channels."
	tests := []struct {
		f    irc.Fault
		want string
	}{
		{irc.Fault{Numeric: 435, Target: "#c", Text: "Cannot change nickname while banned on channel"}, "cannot take that nick " + banned},
		{irc.Fault{Numeric: 435, Target: "anna", Extra: "#c"}, "cannot take that nick " + banned},
		{irc.Fault{Numeric: 435, Target: "anna"}, "cannot take that nick " + ours},
		{irc.Fault{Numeric: 437, Target: "#c", Text: "Cannot change nickname while banned on channel"}, "cannot change your nick " + banned},
		{irc.Fault{Numeric: 437, Target: "anna", Text: "Cannot change nickname while banned on channel"}, "cannot change your nick " + ours},
		{irc.Fault{Numeric: 437, Target: "#c", Text: "Nick/channel is temporarily unavailable"}, "The network holds that name back"},
		{irc.Fault{Numeric: 447, Extra: "#c", Text: "Can't change nickname while on #c (+N is set)"}, "#c allows no change of nick."},
		{irc.Fault{Numeric: 447, Extra: "#c", Text: "Cannot change nickname while on #c (you're banned)"}, "cannot change your nick " + banned},
		{irc.Fault{Numeric: 447}, "One of your channels allows no change of nick."},
	}
	for _, tt := range tests {
		e := Fault(tt.f, ForNick, "")
		if !strings.Contains(e.Words(), tt.want) {
			t.Errorf("%v: %q, without %q", tt.f, e.Words(), tt.want)
		}
		if in := InLanguage(e, "de"); strings.Contains(in.Words(), "%s") || strings.Contains(in.Words(), "Leave it") {
			t.Errorf("%v: %q", tt.f, in.Words())
		}
	}
}

func TestMoved(t *testing.T) {
	e := Moved(jid.MustParse(`#new%irc.net@gw.example/ann`), "#new", "there")
	if want := "xmpp:%23new%25irc.net@gw.example?join"; e.URI != want || e.Type != stanza.Cancel || e.Condition != stanza.Gone || !strings.HasSuffix(e.Words(), "to #new. Join that one, or be invited there by the command \"follow\". (there)") {
		t.Errorf("got %+v, want %s", e, want)
	}
	if got, want := JoinURI(jid.MustParse(`#a?\20é[%n@gw`)), "xmpp:%23a%3F%5C20%C3%A9%5B%25n@gw?join"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
