package mapping

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"isthmus/ircside/irc"
	"isthmus/xmppside/jid"
	"isthmus/xmppside/stanza"
)

// A Dest says what was refused: the same numeric means different things to a join
// and to a message.
type Dest uint8

// What can be refused.
const (
	ForJoin       Dest = iota // a presence that enters a room
	ForNick                   // a presence that changes the nick
	ForMessage                // a message, to a room or to somebody
	ForSubject                // a message that sets the subject
	ForAdmin                  // a role, an affiliation, a list, the configuration
	ForInvite                 // an invitation
	ForKnock                  // a wish to be let in
	ForConnection             // getting onto the network: all that waits for it
	ForList                   // the channels of the network
)

// dests are a set of them; 0 is every one.
type dests uint16

// of makes a set.
func of(ds ...Dest) (set dests) {
	for _, d := range ds {
		set |= 1 << d
	}
	return set
}

func (set dests) has(d Dest) bool { return set == 0 || set&(1<<d) != 0 }

// A refusal is a row of the tables: what to answer, and when. The first row that
// fits is the one.
type refusal struct {
	dests     dests
	words     string // one of these, separated by bars, is in the text; "" asks for none
	ircds     string // the server's name begins with one of these; "" asks for none
	typ       stanza.ErrorType
	condition stanza.Condition
	say       string // what happened, and what to do
	named     string // say, where the channel is known that it is about: that is its %s
	silenced  bool   // who said something may say nothing in the channel, whatever it is
}

// always is the row of what has one meaning.
func always(typ stanza.ErrorType, condition stanza.Condition, say string) []refusal {
	return []refusal{{typ: typ, condition: condition, say: say}}
}

// fits says whether the row is for this text of that server.
func (r refusal) fits(text, ircd string) bool {
	return oneOf(r.words, func(w string) bool { return strings.Contains(text, w) }) &&
		oneOf(r.ircds, func(name string) bool { return strings.HasPrefix(ircd, name) })
}

func oneOf(list string, is func(string) bool) bool {
	return list == "" || slices.ContainsFunc(strings.Split(list, "|"), is)
}

// IsRefusal says whether a fault is one. Some numbers look so and only say that what
// was asked for is so already: an entry is on its list (697), somebody may write to
// us (718).
func IsRefusal(f irc.Fault) bool {
	return f.Numeric != 697 && f.Numeric != 711 && f.Numeric != 718
}

// Fault is the stanza error for a refusal by the network. ircd is the server's
// version as 004 has it, for some numbers have several meanings. The text says what
// to do next, and what the network said; an unknown refusal is
// cancel/undefined-condition with the latter alone.
func Fault(f irc.Fault, d Dest, ircd string) *stanza.Error {
	rows := numerics[f.Numeric]
	if f.Numeric == 0 {
		rows = failures[f.Code]
		if own, ok := failures[f.Command+" "+f.Code]; ok {
			rows = own
		}
	}
	said := told(f.Text)
	row, ok := choose(rows, d, strings.ToLower(said), strings.ToLower(ircd))
	if !ok {
		return unforeseen(f, said)
	}
	e := row.error(said)
	if channel := channelOf(f); row.named != "" && channel != "" {
		e.Text, e.Args = row.named, []string{channel}
	}
	return e
}

// channelOf is the channel that a refusal is about; "" if it names none. No nick begins
// as channels do. RFC 2812 §1.3, §2.3.1
func channelOf(f irc.Fault) string {
	for _, name := range []string{f.Target, f.Extra} {
		if name != "" && strings.IndexByte("#&+!", name[0]) >= 0 {
			return Strip(name)
		}
	}
	return ""
}

// Silenced says whether the refusal of a message means that its sender has no voice in
// the channel at all.
func Silenced(f irc.Fault, ircd string) bool {
	row, ok := choose(numerics[f.Numeric], ForMessage, strings.ToLower(told(f.Text)), strings.ToLower(ircd))
	return ok && row.silenced
}

// nsReplies is that of the element which tells programs the code of a FAIL that is not in
// the tables.
const nsReplies = "https://ircv3.net/specs/extensions/standard-replies"

// unforeseen is for a refusal of which nothing is known.
func unforeseen(f irc.Fault, said string) *stanza.Error {
	e := &stanza.Error{Type: stanza.Cancel, Condition: stanza.UndefinedCondition, Text: "The network refused this.", Said: said}
	if f.Code != "" {
		e.Said = strings.TrimSpace(told(f.Code) + " " + said)
		e.App = stanza.E(nsReplies, "fail").Set("command", told(f.Command)).Set("code", told(f.Code))
	}
	return e
}

// choose finds the row for d, else one that is for something else: it is nearer to
// the truth than none.
func choose(rows []refusal, d Dest, text, ircd string) (refusal, bool) {
	for _, forAny := range []bool{false, true} {
		for _, r := range rows {
			if (forAny || r.dests.has(d)) && r.fits(text, ircd) {
				return r, true
			}
		}
	}
	return refusal{}, false
}

// error puts the network's own words behind ours.
func (r refusal) error(said string) *stanza.Error {
	return &stanza.Error{Type: r.typ, Condition: r.condition, Text: r.say, Said: said}
}

// told is what the network said, without formatting.
func told(text string) string { return strings.TrimSpace(Strip(text)) }

// Closed is the stanza error for what waited when the connection to a network ended;
// e is nil if we ended it ourselves.
func Closed(e *irc.CloseError, d Dest) *stanza.Error {
	if e == nil {
		return notSent(d, closedByUs, "")
	}
	row, ok := closings[e.Reason]
	if !ok {
		row = closings[irc.CloseLost]
	}
	return notSent(d, row, told(e.Text))
}

// notSent says of a message that it is lost, which of a join goes without saying.
func notSent(d Dest, r refusal, said string) *stanza.Error {
	e := r.error(said)
	if d == ForMessage || d == ForSubject {
		e.Lead = "Not sent."
	}
	return e
}

// TooManyChannels is the answer to a join beyond as many as the network allows (405),
// which tells how many that are (CHANLIMIT).
func TooManyChannels(limit int, said string) *stanza.Error {
	return &stanza.Error{
		Type: stanza.Wait, Condition: stanza.ResourceConstraint, Said: said,
		Text: "You are in as many channels as the network allows, which is %s. Leave one first.", Args: []string{strconv.Itoa(limit)},
	}
}

// Moved is the answer to a join that the network forwards to another channel (470),
// or of a channel that has another name by now. XEP-0045 §7.2.9 names no such case;
// RFC 6120 §8.3.3.5.
func Moved(room jid.JID, channel, said string) *stanza.Error {
	return &stanza.Error{
		Type: stanza.Cancel, Condition: stanza.Gone, URI: JoinURI(room), Said: said,
		Text: "This channel sends those who join it to %s. Join that one, or be invited there by the command \"follow\".", Args: []string{channel},
	}
}

// Renamed is the answer to a join of a channel that has another name by now.
// https://ircv3.net/specs/extensions/channel-rename
func Renamed(room jid.JID, channel, said string) *stanza.Error {
	e := Moved(room, channel, said)
	e.Text = "This channel is called %s by now. Join that one, or be invited there by the command \"follow\"."
	return e
}

// JoinURI is the address of a room as a link that joins it. RFC 5122 §2.7.1,
// XEP-0147.
func JoinURI(room jid.JID) string {
	return "xmpp:" + url.PathEscape(room.Local()) + "@" + room.Domain() + "?join"
}

// closedByUs is for what waits when the user leaves the network.
var closedByUs = refusal{typ: stanza.Wait, condition: stanza.RemoteServerTimeout,
	say: "The connection to the network was closed before it answered. Join again to connect."}

// closings say why a connection is no more. A certificate is "modify", for clients
// take cancel/not-acceptable of a join for a demand to use their registered nick.
var closings = map[irc.CloseReason]refusal{
	irc.CloseLost:       {typ: stanza.Wait, condition: stanza.RemoteServerTimeout, say: "The connection to the network was lost. Try again in a while."},
	irc.CloseSilent:     {typ: stanza.Wait, condition: stanza.RemoteServerTimeout, say: "The network stopped answering. Try again in a while."},
	irc.CloseDNS:        {typ: stanza.Cancel, condition: stanza.RemoteServerNotFound, say: "There is no host of that name. Check the name of the network."},
	irc.CloseRefused:    {typ: stanza.Wait, condition: stanza.RemoteServerTimeout, say: "The network takes no connections now. Try again in a while."},
	irc.CloseTLS:        {typ: stanza.Modify, condition: stanza.NotAcceptable, say: "The network cannot be reached safely, as its certificate does not hold. Ask the gateway's operator."},
	irc.CloseThrottled:  {typ: stanza.Wait, condition: stanza.ResourceConstraint, say: "The network wants connections to come more slowly. Try again in a few minutes."},
	irc.CloseBanned:     {typ: stanza.Auth, condition: stanza.Forbidden, say: "The network has banned this connection. Ask its operators."},
	irc.ClosePassword:   {typ: stanza.Auth, condition: stanza.NotAuthorized, say: "The network wants another password. Ask the gateway's operator."},
	irc.CloseShutdown:   {typ: stanza.Wait, condition: stanza.RemoteServerTimeout, say: "The network's server is stopping. Try again in a while."},
	irc.CloseUnregister: {typ: stanza.Wait, condition: stanza.RemoteServerTimeout, say: "The network did not let us in. Try again in a while."},
	irc.CloseProtocol:   {typ: stanza.Cancel, condition: stanza.RemoteServerNotFound, say: "What answers there is no IRC server. Check the name of the network."},
}
