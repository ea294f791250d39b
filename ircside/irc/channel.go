package irc

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// A gathering is a channel whose names are still coming.
type gathering struct {
	name    string
	members []Member
	bytes   int // of the names
	secret  byte
	ref     Ref
	fresh   bool    // it began with our JOIN, not with a NAMES
	after   []Event // topic and modes, which come before the names
}

// load is what all gatherings keep.
type load struct{ bytes, events int }

// channelEvent tells what is news about a channel: at once, or after the names if
// they are still coming, for nobody can know a channel that is not Joined.
func (c *Core) channelEvent(channel string, ev Event) {
	if g, _ := c.inside.Get(channel); g != nil && g.fresh && c.load.events < maxHeld {
		g.after = append(g.after, ev)
		c.load.events++
		return
	}
	c.event(ev)
}

// gather begins to gather a channel's names; nil: there are too many channels.
func (c *Core) gather(channel string, fresh bool) *gathering {
	old, in := c.inside.Get(channel)
	if !in && c.inside.Len() >= maxChannels {
		return nil
	}
	g := &gathering{name: strings.Clone(channel), fresh: fresh}
	if old != nil {
		c.unload(old)
	}
	c.inside.Set(g.name, g)
	return g
}

// gathering is the channel's, and nil if its names are told, or nobody's business.
func (c *Core) gathering(channel string) *gathering {
	g, _ := c.inside.Get(channel)
	return g
}

func (c *Core) unload(g *gathering) {
	c.load.bytes -= g.bytes
	c.load.events -= len(g.after)
}

// add puts somebody into a gathering. Beyond all measure nobody is.
func (c *Core) add(g *gathering, m Member) {
	const each = 256 // roughly what an entry takes, and what its line does
	if c.load.bytes < maxGathered {
		g.members = append(g.members, m)
		g.bytes += each
		c.load.bytes += each
	}
}

// onJoin has the channel in its first parameter, and with extended-join account
// and real name behind it. https://ircv3.net/specs/extensions/extended-join
func (c *Core) onJoin(in *incoming) {
	channel, p, known := in.Param(0), in.from(), Known(0)
	if len(in.Params) >= 3 {
		p.Account, p.Realname = account(in.Param(1)), in.Param(2)
		known = KnownAccount | KnownRealname
	}
	if p.Host != "" {
		known |= KnownHost
	}
	g := c.gathering(channel)
	switch {
	case !isName(p.Nick) || !isName(channel) || !c.support.IsChannel(channel):
	case c.isMe(p.Nick):
		if g = c.gather(channel, true); g == nil {
			return
		}
		g.ref = c.refOf(in, "JOIN", channel)
		if known != 0 {
			c.event(About{Person: p, Known: known})
		}
	case g != nil && g.fresh: // and Joined will tell
		c.add(g, Member{Person: p})
	default:
		if g != nil {
			c.add(g, Member{Person: p})
		}
		c.event(Came{Channel: channel, Person: p, At: in.time()})
	}
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
	g, ok := c.inside.Get(channel)
	if !ok {
		return // somebody asked for the names of a channel that we are not in
	}
	if g == nil {
		g = c.gather(channel, false)
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
		if nick, user, host := SplitMask(who); isName(nick) {
			c.add(g, Member{Person{Nick: nick, User: user, Host: host}, modes})
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

func (c *Core) onNamesEnd(in *incoming) {
	g := c.gathering(in.Param(1))
	if g == nil {
		return
	}
	c.unload(g)
	c.inside.Set(g.name, nil)
	a := c.find(g.ref)
	j := Joined{Channel: g.name, Members: g.members, Secret: g.secret}
	if a != nil {
		j.Ref = a.ref
	}
	if g.fresh && len(g.members) == 1 && c.isMe(g.members[0].Nick) {
		j.Created = strings.ContainsAny(g.members[0].Modes, "qao")
	}
	c.event(j)
	c.tell = append(c.tell, g.after...)
	if a != nil && (!in.batched || a.open <= 0) { // else the batch ends the answer
		c.finish(a.ref)
	}
}

func (c *Core) onPart(in *incoming) {
	w := Went{Channel: in.Param(0), Nick: in.Source.Name, Reason: in.Param(1), Ref: in.ref}
	join := c.forget(w.Channel, w.Nick)
	if c.isMe(w.Nick) {
		w.Ref = c.refOf(in, "PART", w.Channel)
	}
	c.event(w)
	c.finish(w.Ref)
	c.finish(join)
}

func (c *Core) onKick(in *incoming) {
	w := Went{
		Channel: in.Param(0), Nick: in.Param(1), Kick: true, By: in.Source.Name,
		Reason: in.Param(2), Ref: in.ref,
	}
	join := c.forget(w.Channel, w.Nick)
	if c.isMe(w.By) {
		w.Ref = c.refOf(in, "KICK", w.Nick)
	}
	c.event(w)
	c.finish(join)
}

// forget keeps a gathering true to who went meanwhile. If it was we, it tells the
// JOIN that this is the end of.
func (c *Core) forget(channel, nick string) (join Ref) {
	g := c.gathering(channel)
	if c.isMe(nick) {
		c.inside.Delete(channel)
		if g != nil {
			c.unload(g)
			return g.ref
		}
		return 0
	}
	if g != nil {
		g.drop(c.support, nick)
	}
	return 0
}

func (g *gathering) drop(s *Support, nick string) {
	g.members = slices.DeleteFunc(g.members, func(m Member) bool { return s.same(m.Nick, nick) })
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

// onMadeAt is 329: channel and Unix seconds.
func (c *Core) onMadeAt(in *incoming) {
	if at, err := strconv.ParseInt(in.Param(2), 10, 64); err == nil && at > 0 && at < maxUnix {
		c.channelEvent(in.Param(1), MadeAt{Channel: in.Param(1), At: time.Unix(at, 0)})
	}
}

func (c *Core) onTopic(in *incoming) {
	c.channelEvent(in.Param(0), Topic{
		Channel: in.Param(0), Text: in.Param(1), By: in.Source.Name, At: in.time(),
		Changed: true, Ref: in.ref,
	})
}

func (c *Core) onTopicIs(in *incoming) {
	if len(in.Params) < 3 {
		return
	}
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
	if len(in.Params) < 2 {
		return
	}
	c.event(Invited{Channel: in.Param(1), By: in.from(), Nick: in.Param(0), Self: c.isMe(in.Param(0))})
}
