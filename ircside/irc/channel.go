package irc

import (
	"slices"
	"strconv"
	"time"
)

// A gathering is a channel that we have joined and whose names are still coming.
type gathering struct {
	name    string
	members []Member
	secret  byte
	ref     Ref
	fresh   bool    // it began with our JOIN, not with a NAMES
	after   []Event // topic and modes, which come before the names
}

// maxAfter bounds what a server can make us keep until the names are complete.
const maxAfter = 16

// channelEvent tells what is news about a channel: at once, or after the names if
// they are still coming, for nobody can know a channel that is not Joined.
func (c *Core) channelEvent(channel string, ev Event) {
	if g, ok := c.joining.Get(channel); ok && g.fresh && len(g.after) < maxAfter {
		g.after = append(g.after, ev)
		return
	}
	c.event(ev)
}

// onJoin has the channel in its first parameter, and with extended-join account
// and real name behind it. https://ircv3.net/specs/extensions/extended-join
func (c *Core) onJoin(in *incoming) {
	channel, p := in.Param(0), in.from()
	if len(in.Params) >= 3 {
		p.Account, p.Realname = account(in.Param(1)), in.Param(2)
	}
	if c.isMe(p.Nick) {
		g := &gathering{name: channel, fresh: true}
		g.ref = c.refOf(in, "JOIN", channel)
		c.joining.Set(channel, g)
		c.event(About{Person: p, Known: KnownHost})
		return
	}
	if g, ok := c.joining.Get(channel); ok {
		g.members = append(g.members, Member{Person: p})
	}
	c.event(Came{Channel: channel, Person: p, At: in.time()})
}

// account reads what stands for "none".
func account(s string) string {
	if s == "*" || s == "0" {
		return ""
	}
	return s
}

func (c *Core) onNames(in *incoming) {
	if len(in.Params) < 4 {
		return
	}
	channel := in.Param(2)
	g, ok := c.joining.Get(channel)
	if !ok {
		g = &gathering{name: channel}
		c.joining.Set(channel, g)
	}
	if s := in.Param(1); s != "" {
		g.secret = s[0]
	}
	rest := in.Last()
	for rest != "" {
		var word string
		word, rest = cutSpace(rest)
		if word == "" {
			continue
		}
		modes, who := c.support.SplitPrefixes(word)
		if nick, user, host := splitMask(who); nick != "" {
			g.members = append(g.members, Member{Person{Nick: nick, User: user, Host: host}, modes})
		}
	}
}

func cutSpace(s string) (word, rest string) {
	for i := range len(s) {
		if s[i] == ' ' {
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}

// splitMask takes nick!user@host apart; user and host may be missing.
func splitMask(mask string) (nick, user, host string) {
	for i := range len(mask) {
		if mask[i] != '!' {
			continue
		}
		nick, rest := mask[:i], mask[i+1:]
		for j := range len(rest) {
			if rest[j] == '@' {
				return nick, rest[:j], rest[j+1:]
			}
		}
		return nick, rest, ""
	}
	return mask, "", ""
}

func (c *Core) onNamesEnd(in *incoming) {
	channel := in.Param(1)
	g, ok := c.joining.Get(channel)
	if !ok {
		return
	}
	c.joining.Delete(channel)
	j := Joined{Ref: g.ref, Channel: g.name, Members: g.members, Secret: g.secret}
	if g.fresh && len(g.members) == 1 && g.members[0].Modes != "" {
		j.Created = true
	}
	c.event(j)
	c.tell = append(c.tell, g.after...)
	if !in.batched { // else the batch ends the answer
		c.finish(g.ref)
	}
}

func (c *Core) onPart(in *incoming) {
	c.forget(in.Param(0), in.Source.Name)
	w := Went{Channel: in.Param(0), Nick: in.Source.Name, Reason: in.Param(1), Ref: in.ref}
	if c.isMe(w.Nick) {
		w.Ref = c.refOf(in, "PART", w.Channel)
	}
	c.event(w)
	c.finish(w.Ref)
}

func (c *Core) onKick(in *incoming) {
	c.forget(in.Param(0), in.Param(1))
	c.event(Went{
		Channel: in.Param(0), Nick: in.Param(1), Kick: true, By: in.Source.Name,
		Reason: in.Param(2), Ref: in.ref,
	})
}

// forget keeps a gathering true to who went meanwhile.
func (c *Core) forget(channel, nick string) {
	g, ok := c.joining.Get(channel)
	if !ok {
		return
	}
	if c.isMe(nick) {
		c.joining.Delete(channel)
		return
	}
	g.drop(c.support, nick)
}

func (g *gathering) drop(s *Support, nick string) {
	nick = s.Fold(nick)
	g.members = slices.DeleteFunc(g.members, func(m Member) bool { return s.Fold(m.Nick) == nick })
}

func (c *Core) onMode(in *incoming) {
	if !c.support.IsChannel(in.Param(0)) || len(in.Params) < 2 {
		return // our own user modes
	}
	c.channelEvent(in.Param(0), Modes{
		Channel: in.Param(0), By: in.Source.Name, Ref: in.ref,
		Changes: ParseModes(c.support, in.Params[1:]),
	})
}

func (c *Core) onModeIs(in *incoming) {
	if len(in.Params) < 3 {
		return
	}
	c.channelEvent(in.Param(1), Modes{
		Channel: in.Param(1), Whole: true, Ref: in.ref,
		Changes: ParseModes(c.support, in.Params[2:]),
	})
}

func (c *Core) onTopic(in *incoming) {
	c.channelEvent(in.Param(0), Topic{
		Channel: in.Param(0), Text: in.Param(1), By: in.Source.Name, At: in.time(),
		Changed: true, Ref: in.ref,
	})
}

func (c *Core) onTopicIs(in *incoming) {
	t := Topic{Channel: in.Param(1), Ref: in.ref}
	if in.Command == "332" {
		t.Text = in.Last()
	}
	c.channelEvent(t.Channel, t)
}

// onTopicBy is 333: channel, who, when. By without Text belongs to the Topic before.
func (c *Core) onTopicBy(in *incoming) {
	at, err := strconv.ParseInt(in.Param(3), 10, 64)
	if err != nil || at < 0 || at > maxUnix {
		return
	}
	c.channelEvent(in.Param(1), TopicBy{Channel: in.Param(1), By: in.Param(2), At: time.Unix(at, 0)})
}

// maxUnix is the last second of the year 9999, after which no stamp can be written.
const maxUnix = 253402300799

// listLetter is which list a numeric tells of: its entries and their end.
func (c *Core) listLetter(in *incoming) byte {
	switch in.Command {
	case "348", "349":
		return or(c.support.Excepts, 'e')
	case "346", "347":
		return or(c.support.Invex, 'I')
	case "728", "729":
		return 'q'
	}
	return 'b'
}

func or(a, b byte) byte {
	if a != 0 {
		return a
	}
	return b
}

// onEntry is channel, mask, who, when; 728 has the mode's letter before the mask.
func (c *Core) onEntry(in *incoming) {
	params := in.Params[min(1, len(in.Params)):]
	if in.Command == "728" && len(params) > 1 {
		params = append([]string{params[0]}, params[2:]...)
	}
	if len(params) < 2 {
		return
	}
	e := Entry{Ref: c.listRef(in), Channel: params[0], Mode: c.listLetter(in), Mask: params[1]}
	if len(params) > 2 {
		e.By = params[2]
	}
	if len(params) > 3 {
		if at, err := strconv.ParseInt(params[3], 10, 64); err == nil && at > 0 && at < maxUnix {
			e.At = time.Unix(at, 0)
		}
	}
	c.event(e)
}

func (c *Core) onInvite(in *incoming) {
	c.event(Invited{Channel: in.Param(1), By: in.from(), Nick: in.Param(0), Self: c.isMe(in.Param(0))})
}
