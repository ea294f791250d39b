package irc

import (
	"strings"
	"time"
)

func (c *Core) onWelcome(in *incoming) {
	if c.phase >= phaseMOTD {
		return
	}
	c.phase = phaseMOTD
	c.banned, c.goodbye = false, "" // it was to be soon, and is not yet
	if nick := in.Param(0); isName(nick) && nick != "*" {
		c.nick = strings.Clone(nick)
	}
	c.note(in)
}

func (c *Core) onMyInfo(in *incoming) {
	c.support = c.support.With004(in.Params[min(1, len(in.Params)):])
	c.note(in)
}

func (c *Core) onSupport(in *incoming) {
	if len(in.Params) < 2 {
		return
	}
	c.support = c.support.With(in.Params[1:])
	c.inside.Refold(c.support.CaseMapping)
	c.supports()
}

// supports tells what the network supports by now, once it has let us in.
func (c *Core) supports() {
	if c.phase == phaseReady {
		c.event(Supports{Support: c.support, Caps: c.caps})
	}
}

func (c *Core) onMOTDEnd(in *incoming) {
	if c.phase == phaseMOTD {
		c.phase = phaseReady
		c.event(Registered{Nick: c.nick, Support: c.support, Caps: c.caps})
	}
}

// onBadNick tries another nick while we register, and is a refusal later.
func (c *Core) onBadNick(in *incoming) {
	n := in.Numeric()
	if c.phase >= phaseMOTD {
		c.fault(in, n)
		return
	}
	if c.dead != nil {
		return
	}
	c.tries++
	nick := ""
	if c.id.Retry != nil {
		nick = c.id.Retry(c.tries, n, c.support)
	}
	if nick == "" {
		c.event(c.faultOf(in, n))
		c.die(CloseUnregister, "no nick that the network takes: "+in.Last())
		return
	}
	c.nick = nick
	c.urgent("NICK", nick)
}

// onBadUser is a refusal of our user name, which we give once: some servers end the link
// then, and others wait for another. Once we are in, 468 is MODE's.
func (c *Core) onBadUser(in *incoming) {
	if c.phase >= phaseMOTD {
		c.fault(in, in.Numeric())
		return
	}
	if c.dead == nil {
		c.event(c.faultOf(in, in.Numeric()))
		c.die(CloseUnregister, in.Last())
	}
}

// onBanned is a refusal to let us in: 463, 464, 465, and 466, which announces that there
// will be one (RFC 1459 §6.1). Once we are in, 464 is OPER's.
func (c *Core) onBanned(in *incoming) {
	if c.phase >= phaseMOTD {
		c.fault(in, in.Numeric())
		return
	}
	c.event(c.faultOf(in, in.Numeric()))
	c.goodbye = in.Last()
	if in.Command == "464" {
		c.die(ClosePassword, in.Last())
		return
	}
	c.banned = true
}

func (c *Core) onPing(in *incoming) { c.urgent("PONG", in.Params...) }

func (c *Core) onError(in *incoming) {
	c.goodbye = in.Last()
	c.event(Note{From: in.Source.Name, Text: in.Last()})
}

// farewell tells by the server's last words why it let us go.
func (c *Core) farewell(err *CloseError) *CloseError {
	text := strings.ToLower(c.goodbye)
	has := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(text, w) {
				return true
			}
		}
		return false
	}
	out := &CloseError{Reason: CloseLost, Text: c.goodbye}
	switch {
	case has("throttl", "too fast", "too many connections", "too many host connections",
		"too many user connections", "too many times", "try again later", "session limit",
		"connection limit"):
		out.Reason, out.Wait = CloseThrottled, 10*time.Second
	case c.banned, has("k-line", "k:line", "g-line", "z-line", "d-line", "banned", "akill", "autokill", "x-line"):
		out.Reason = CloseBanned
	case has("shutting down", "shutdown", "terminat", "restart", "going down"):
		out.Reason = CloseShutdown
	case c.phase < phaseMOTD:
		out.Reason = CloseUnregister
	}
	if out.Text == "" && err != nil {
		out.Text = err.Text
	}
	return out
}

// note hands on what a server tells at the door.
func (c *Core) note(in *incoming) {
	c.event(Note{From: in.Source.Name, Text: strings.Join(in.Params[min(1, len(in.Params)):], " ")})
}

// onHiddenHost learns how the network shows our host. 396 is no RFC's, but common.
func (c *Core) onHiddenHost(in *incoming) {
	host := in.Param(1)
	user, host, both := strings.Cut(host, "@")
	if !both {
		user, host = "", user
	}
	if host == "" || strings.ContainsAny(host, " !") {
		return
	}
	c.event(About{Person: Person{Nick: c.nick, User: user, Host: host}, Known: KnownHost})
}

// onOper learns that we are an operator of the network by now (381).
func (c *Core) onOper(in *incoming) {
	c.note(in)
	c.event(About{Person: Person{Nick: c.nick, Flags: FlagOper}, Known: KnownFlags})
}
