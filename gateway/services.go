package gateway

import (
	"slices"
	"strings"
	"time"

	"isthmus/ircside/irc"
	"isthmus/mapping"
	"isthmus/xmppside/form"
	"isthmus/xmppside/iq"
	"isthmus/xmppside/stanza"
)

const (
	chanServ = "ChanServ"
	// serviceTime is how long services may take to answer, serviceQuiet how long their
	// silence is the end of an answer, or what they still say no conversation.
	serviceTime  = 15 * time.Second
	serviceQuiet = 3 * time.Second
	// maxConsults is how many commands wait for services, maxSaid how many lines of an
	// answer are kept.
	maxConsults = 16
	maxSaid     = 50
)

// A consult is a command to services and what they say to it, which is shown to nobody
// as a message. There is one at a time with each of them.
type consult struct {
	service string
	command string
	secret  string                 // what of it is written down nowhere
	hushed  bool                   // nothing of the answer is
	ends    func(line string) bool // a line is the last of the answer
	then    func(lines []string, err error)
	lines   []string
	timer   *timer
}

// An aftermath is what is known of a command to services for a moment when it has ended.
type aftermath struct {
	n      uint64 // counts them
	secret string
	hushed bool
}

// consult gives services a command; then is called once, with what they said.
func (up *uplink) consult(c *consult) {
	if len(up.consults) >= maxConsults {
		c.then(nil, errBusy)
		return
	}
	up.consults = append(up.consults, c)
	if up.consulting(c.service) == c {
		up.say(c)
	}
}

// consulting is the command that services are answering; nil: none.
func (up *uplink) consulting(service string) *consult {
	i := slices.IndexFunc(up.consults, func(c *consult) bool { return strings.EqualFold(c.service, service) })
	if i < 0 {
		return nil
	}
	return up.consults[i]
}

func (up *uplink) say(c *consult) {
	c.timer = up.user.after(serviceTime, func() {
		up.consulted(c, timedOut("The services of the network do not answer. Try again later."))
	})
	up.give(irc.Say{Target: c.service, Lines: []string{c.command}}, func([]string) {}, func(err error) { up.consulted(c, err) })
}

// consulted ends a command, if it has not ended, and gives the next.
func (up *uplink) consulted(c *consult, err error) {
	i := slices.Index(up.consults, c)
	if i < 0 {
		return
	}
	up.consults = slices.Delete(up.consults, i, i+1)
	c.timer.stop()
	up.deafen(c)
	c.then(c.lines, err)
	if next := up.consulting(c.service); next != nil && next.timer == nil {
		up.say(next)
	}
}

// deafen has what services still say right after a command be no conversation.
func (up *uplink) deafen(c *consult) {
	service := up.view.Support().Fold(c.service)
	up.lastDeaf++
	after := aftermath{up.lastDeaf, c.secret, c.hushed}
	up.deaf[service] = after
	up.user.after(serviceQuiet, func() {
		if up.deaf[service] == after {
			delete(up.deaf, service)
		}
	})
}

// hide is a text without a secret, if there is one.
func hide(text, secret string) string {
	if secret == "" {
		return text
	}
	return strings.ReplaceAll(text, secret, "…")
}

// overheard takes what services say to a command, and what more they say right after
// it. It is noted, and no conversation.
func (up *uplink) overheard(t irc.Text) bool {
	c := up.consulting(t.From.Nick)
	after, ended := up.deaf[up.view.Support().Fold(t.From.Nick)]
	if c == nil && !ended {
		return false
	}
	body := hide(mapping.Incoming(t), after.secret)
	if c != nil {
		body = hide(body, c.secret)
	}
	if !after.hushed && (c == nil || !c.hushed) {
		up.note(t.From.Nick + ": " + body)
	}
	if c == nil || c.timer == nil || len(c.lines) >= maxSaid {
		return true
	}
	c.lines = append(c.lines, body)
	if c.ends(body) {
		up.consulted(c, nil)
		return true
	}
	c.timer.stop()
	c.timer = up.user.after(serviceQuiet, func() { up.consulted(c, nil) })
	return true
}

// abandonConsults ends all commands to services, for there is no link any more.
func (up *uplink) abandonConsults() {
	list := up.consults
	up.consults = nil
	for _, c := range list {
		if c.timer != nil {
			c.timer.stop()
		}
		c.then(nil, timedOut("The connection to the network was lost before it answered."))
	}
}

// chanServ gives ChanServ a command about a channel, and confirms it where it asks for
// that. then is told how it ended: with errUnregistered if the channel is not
// registered, or there are no services.
func (up *uplink) chanServ(verb, channel, rest string, then func(said string, err error)) {
	ends := func(line string) bool {
		reply, _ := mapping.Service(line, channel)
		return reply != mapping.ServiceWords
	}
	confirmed := false
	var heard func([]string, error)
	give := func(rest string) {
		up.consult(&consult{service: chanServ, command: strings.TrimSpace(verb + " " + channel + " " + rest), ends: ends, then: heard})
	}
	heard = func(lines []string, err error) {
		if f, ok := err.(irc.Fault); ok && (f.Numeric == 401 || f.Numeric == 403) {
			then("", errUnregistered)
			return
		}
		if err != nil {
			then("", err)
			return
		}
		last := lines[len(lines)-1]
		reply, key := mapping.Service(last, channel)
		switch {
		case reply == mapping.ServiceDone:
			then(strings.Join(lines, "\n"), nil)
		case reply == mapping.ServiceNoChannel:
			then("", errUnregistered)
		case reply == mapping.ServiceTwice && !confirmed:
			confirmed = true
			give(channel)
		case reply == mapping.ServiceKey && !confirmed:
			confirmed = true
			give(key)
		case reply == mapping.ServiceRefusal:
			then("", mapping.ServiceError(last))
		default:
			then("", mapping.ServiceError(strings.Join(lines, " ")))
		}
	}
	give(rest)
}

// errUnregistered is a channel that services know nothing of.
var errUnregistered = &stanza.Error{Type: stanza.Cancel, Condition: stanza.ItemNotFound, Text: "The network has no services, or the channel is not registered."}

// serviceActions are what services do for a channel.
func serviceActions() []action {
	return []action{
		{name: "register", title: "Have ChanServ register a channel that you are an operator of", at: []iq.Place{iq.Network, iq.Room}, run: (*call).register,
			args: []arg{
				{name: "channel", label: "Channel", kind: form.TextSingle},
				{name: "about", label: "What it is about", kind: form.TextSingle, optional: true, rest: true},
			}},
	}
}

// register has ChanServ register a channel.
func (c *call) register() {
	up := c.online()
	if up == nil {
		return
	}
	channel := c.args["channel"]
	if !up.view.Support().IsChannel(channel) || strings.ContainsAny(channel, " ,") {
		c.fail(badRequest("Say which channel: %s", "#channel"), mapping.ForAdmin)
		return
	}
	up.chanServ("REGISTER", channel, mapping.Line(c.args["about"]), func(said string, err error) {
		if err != nil {
			c.fail(err, mapping.ForAdmin)
			return
		}
		c.tell(said)
	})
}
