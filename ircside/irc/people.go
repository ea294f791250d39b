package irc

import "strings"

func (c *Core) onQuit(in *incoming) {
	nick, reason := in.Source.Name, in.Param(0)
	for _, g := range c.inside.All() {
		if g != nil {
			g.drop(c.support, nick)
		}
	}
	if b := c.splitBatch(in); b != nil && c.split < maxSplit && isName(nick) {
		c.split++
		b.quit = append(b.quit, strings.Clone(nick)) // not the line: there may be thousands
		b.reason = reason
		return
	}
	split := isSplit(reason)
	c.event(Quit{Nicks: []string{nick}, Reason: reason, Split: split, Lost: !split && isLost(reason)})
}

// failures are the reasons that servers give for who has said none, in lower case: alone,
// or before more in brackets or behind a colon. Most networks put "Quit: " before what
// people say themselves; where one does not, they are believed.
var failures = []string{
	"ping timeout", "connection timed out", "connection reset by peer", "broken pipe",
	"remote host closed the connection", "client closed connection", "connection closed", "eof from client",
	"read error", "write error", "max sendq exceeded", "sendq exceeded", "recvq exceeded", "excess flood",
	"killed",
}

// isLost tells by the reason that a connection failed, or that the network ended it.
func isLost(reason string) bool {
	reason = strings.ToLower(reason)
	for _, words := range failures {
		if rest, ok := strings.CutPrefix(reason, words); ok {
			return rest == "" || rest[0] == ':' || strings.HasPrefix(rest, " (")
		}
	}
	return false
}

// isSplit tells "hub.example.net leaf.example.net" from what a person writes.
func isSplit(reason string) bool {
	a, b, ok := strings.Cut(reason, " ")
	return ok && isServer(a) && isServer(b)
}

func isServer(name string) bool {
	if !strings.Contains(name, ".") || strings.HasPrefix(name, ".") || strings.HasSuffix(name, ".") {
		return false
	}
	for i := range len(name) {
		ch := name[i]
		ok := ch == '.' || ch == '-' || ch == '*' || ch == '_' ||
			'0' <= ch && ch <= '9' || 'a' <= ch|0x20 && ch|0x20 <= 'z'
		if !ok {
			return false
		}
	}
	return true
}

func (c *Core) onNick(in *incoming) {
	old, new := in.Source.Name, in.Param(0)
	if !isName(new) {
		return
	}
	if in.ask != nil && in.ask.verb == "NICK" {
		old = c.nick // COMPAT InspIRCd 3: what answers a label comes from the new nick
	}
	r := Renamed{Old: old, New: new}
	for _, g := range c.inside.All() {
		if g != nil {
			g.rename(c.support, old, new)
		}
	}
	if c.isMe(old) {
		r.Ref = c.refOf(in, "NICK", "")
		c.nick = strings.Clone(new)
	}
	c.event(r)
	c.finish(r.Ref)
}

func (g *gathering) rename(s *Support, old, new string) {
	for i := range g.members {
		if s.same(g.members[i].Nick, old) {
			g.members[i].Nick = new
		}
	}
}

// onAway is away-notify. https://ircv3.net/specs/extensions/away-notify
func (c *Core) onAway(in *incoming) {
	p := in.from()
	p.AwayText = in.Param(0)
	p.Away = p.AwayText != ""
	c.event(About{Person: p, Known: KnownAway})
}

func (c *Core) onAccount(in *incoming) {
	p := in.from()
	p.Account = account(in.Param(0))
	c.event(About{Person: p, Known: KnownAccount})
}

// onLogged is 900, with our account, and 901: we are logged in, or not any more.
// https://ircv3.net/specs/extensions/sasl-3.1
func (c *Core) onLogged(in *incoming) {
	p := Person{Nick: c.nick}
	if in.Command == "900" {
		p.Account = account(in.Param(2))
	}
	c.event(About{Person: p, Known: KnownAccount})
}

func (c *Core) onChghost(in *incoming) {
	if len(in.Params) < 2 {
		return
	}
	p := in.from()
	p.User, p.Host = in.Param(0), in.Param(1)
	c.event(About{Person: p, Known: KnownHost})
}

func (c *Core) onSetname(in *incoming) {
	p := in.from()
	p.Realname = in.Param(0)
	c.event(About{Person: p, Known: KnownRealname})
}

// onAwayReply is 301: whom we wrote to, or asked about, is away.
func (c *Core) onAwayReply(in *incoming) {
	if len(in.Params) < 3 {
		return
	}
	ref := c.refOf(in, "WHOIS", in.Param(1))
	if in.ask != nil && in.ask.verb != "WHOIS" {
		ref = 0
	}
	if ref != 0 {
		c.event(Answer{Ref: ref, Line: in.Line})
		return
	}
	c.event(AwayReply{Nick: in.Param(1), Text: in.Last()})
	c.event(About{Person: Person{Nick: in.Param(1), Away: true, AwayText: in.Last()}, Known: KnownAway})
}

// onWho is 352: channel user host server nick flags :hops realname. RFC 2812 §5.1
func (c *Core) onWho(in *incoming) {
	if len(in.Params) < 8 {
		return
	}
	_, realname, _ := strings.Cut(in.Last(), " ")
	p := Person{Nick: in.Param(5), User: in.Param(2), Host: in.Param(3), Realname: realname}
	c.who(p, in.Param(6), KnownHost|KnownRealname)
}

// onWhox is 354, in the order that whoxFields asks for: token, channel, user,
// host, nick, flags, account, realname. https://ircv3.net/specs/extensions/whox
func (c *Core) onWhox(in *incoming) {
	if len(in.Params) != 9 || in.Param(1) != whoxToken {
		c.answer(in)
		return
	}
	p := Person{
		Nick: in.Param(5), User: in.Param(3), Host: in.Param(4),
		Account: account(in.Param(7)), Realname: in.Param(8),
	}
	c.who(p, in.Param(6), KnownHost|KnownRealname|KnownAccount)
}

func (c *Core) who(p Person, flags string, known Known) {
	p.Away = strings.HasPrefix(flags, "G")
	if strings.Contains(flags, "*") {
		p.Flags |= FlagOper
	}
	if b := c.support.Bot; b != 0 && strings.IndexByte(flags[min(1, len(flags)):], b) >= 0 {
		p.Flags |= FlagBot
	}
	c.event(About{Person: p, Known: known | KnownAway | KnownFlags})
}
