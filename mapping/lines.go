package mapping

import (
	"strconv"
	"strings"

	"isthmus/ircside/irc"
	"isthmus/xmppside/muc"
	"isthmus/xmppside/stanza"
)

// A client that speaks groupchat 1.0 knows who is there and who is not, and that
// somebody is away. What else happens in a room it is told in words: a line for each
// event, from the room's own address. Nobody else is sent one, for all of it is in
// presences. XEP-0007 §2.

// maxNamed is how many people one line names.
const maxNamed = 10

// Old says one change to an old client, given its presences: those that it has a use
// for, and the line. Of our own going it is told before it is out.
func (sc Scene) old(lang string, c irc.Change, presences []Shown) []Shown {
	if !c.Before.IsNobody() && c.Before.Nick == c.After.Nick && sameAway(c.Before, c.After) {
		presences = nil // a rank alone would look like another entering
	}
	text := sc.line(lang, c)
	switch {
	case text == "":
		return presences
	case c.Self && c.After.IsNobody():
		return append([]Shown{lineOf(text)}, presences...)
	}
	return append(presences, lineOf(text))
}

func sameAway(a, b irc.Member) bool { return a.Away == b.Away && a.AwayText == b.AwayText }

func lineOf(text string) Shown {
	return Shown{Line: true, Children: []*stanza.Element{stanza.T("", "body", text)}}
}

// gone says each way to go in words.
var gone = map[irc.Cause]string{
	irc.CausePart:     "%s has left",
	irc.CauseQuit:     "%s has left the network",
	irc.CauseKick:     "%s has been kicked",
	irc.CauseBan:      "%s has been banned",
	irc.CauseClosed:   "%s has been sent away, as one has to be invited now",
	irc.CauseUnlisted: "%s has been sent away, and has to be invited from now on",
	irc.CauseLost:     "%s has lost the connection to the network",
}

// line is one change in words; "" for what goes without saying. A netsplit is summed
// up by [SplitLine].
func (sc Scene) line(lang string, c irc.Change) string {
	before, after := Strip(c.Before.Nick), Strip(c.After.Nick)
	switch {
	case sc.NoComings && isComing(c):
		return ""
	case c.After.IsNobody() && c.Cause != irc.CauseSplit:
		text, ok := gone[c.Cause]
		if !ok {
			text = gone[irc.CausePart]
		}
		return Say(lang, text, before) + byWhom(lang, c.Actor) + why(c.Reason)
	case c.After.IsNobody():
		return ""
	case c.Before.IsNobody() && c.Cause == irc.CauseSeen:
		return "" // they were there already
	case c.Before.IsNobody():
		return Say(lang, "%s has joined", after)
	case c.Before.Nick != c.After.Nick:
		return Say(lang, "%s is now known as %s", before, after)
	case c.Before.Modes != c.After.Modes:
		return sc.rankLine(lang, c)
	}
	return ""
}

// isComing says whether somebody else comes, or goes of their own accord.
func isComing(c irc.Change) bool {
	left := c.Cause == irc.CausePart || c.Cause == irc.CauseQuit || c.Cause == irc.CauseLost
	return !c.Self && (c.Before.IsNobody() || c.After.IsNobody() && left)
}

func byWhom(lang, actor string) string {
	if actor = Strip(actor); actor == "" {
		return ""
	}
	return Say(lang, " (by %s)", actor)
}

func why(reason string) string {
	if reason = strings.TrimSpace(Strip(reason)); reason == "" {
		return ""
	}
	return ": " + reason
}

// rankLine tells of the highest rank that somebody has gained or lost.
func (sc Scene) rankLine(lang string, c irc.Change) string {
	for _, p := range sc.Support.Prefixes {
		had, has := strings.IndexByte(c.Before.Modes, p.Mode) >= 0, strings.IndexByte(c.After.Modes, p.Mode) >= 0
		if had != has {
			return Say(lang, rankText(p.Mode, sc.Support, has), Strip(c.After.Nick)) + byWhom(lang, c.Actor)
		}
	}
	return ""
}

// rankText says of a rank that it is given or taken. A rank is known by its place, but
// for those above an operator's, which have names on all networks that have several.
func rankText(mode byte, s *irc.Support, has bool) string {
	texts := [2]string{"%s is no longer an owner", "%s is now an owner"}
	switch rank, op, voice := s.Rank(mode), s.Rank('o'), s.Rank('v'); {
	case isServerRank(mode):
		texts = [2]string{"%s is no longer an operator of the network here", "%s is here as an operator of the network"}
	case rank == op:
		texts = [2]string{"%s is no longer an operator", "%s is now an operator"}
	case rank < op && mode == 'a':
		texts = [2]string{"%s is no longer an administrator", "%s is now an administrator"}
	case rank < op:
	case voice < 0 || rank < voice:
		texts = [2]string{"%s is no longer a half-operator", "%s is now a half-operator"}
	default:
		texts = [2]string{"%s has no voice any more", "%s has voice now"}
	}
	if has {
		return texts[1]
	}
	return texts[0]
}

// LineFor says something to an old client in the room's name; nothing to any other.
func LineFor(class Class, text string, args ...string) []Shown {
	if !class.Old {
		return nil
	}
	return []Shown{lineOf(Say(class.Lang, text, args...))}
}

// SplitLine sums a netsplit up for an old client: who is gone, of a channel.
func SplitLine(class Class, nicks []string) []Shown {
	named := make([]string, 0, maxNamed)
	for _, nick := range nicks[:min(len(nicks), maxNamed)] {
		named = append(named, Strip(nick))
	}
	list := strings.Join(named, ", ")
	switch more := len(nicks) - len(named); {
	case len(nicks) == 0:
		return nil
	case more > 0:
		return LineFor(class, "The network has split, and these are gone: %s and %s more", list, strconv.Itoa(more))
	}
	return LineFor(class, "The network has split, and these are gone: %s", list)
}

// ModeLine says to an old client which modes of the channel itself somebody changed,
// without the key.
func ModeLine(class Class, by string, changes []irc.ModeChange) []Shown {
	var letters, args strings.Builder
	var sign byte
	for _, m := range changes {
		if m.Kind == irc.PrefixMode {
			continue // that of somebody, who is told of by their change
		}
		s := byte('-')
		if m.Add {
			s = '+'
		}
		if s != sign {
			sign = s
			letters.WriteByte(s)
		}
		letters.WriteByte(m.Mode)
		if m.Arg != "" && m.Kind != irc.KeyMode {
			args.WriteString(" " + Strip(m.Arg))
		}
	}
	if sign == 0 || !class.Old {
		return nil
	}
	text := Say(class.Lang, "The modes of the channel have changed: %s", letters.String()+args.String())
	return []Shown{lineOf(text + byWhom(class.Lang, by))}
}

// Farewell is [Gone], with the reason in a line before it for an old client.
func Farewell(class Class, nick, reason string, codes ...muc.Status) []Shown {
	out := []Shown{Gone(class, nick, reason, codes...)}
	if reason == "" {
		return out
	}
	return append(LineFor(class, "%s is no longer in the room: %s", Strip(nick), Say(class.Lang, reason)), out...)
}
