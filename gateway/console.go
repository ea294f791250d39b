package gateway

import (
	"strconv"
	"strings"

	"isthmus/ircside/irc"
	"isthmus/mapping"
	"isthmus/xmppside/form"
	"isthmus/xmppside/iq"
	"isthmus/xmppside/muc"
	"isthmus/xmppside/stanza"
)

// consoleActions are about networks and the gateway itself.
func consoleActions() []action {
	services, network := []iq.Place{iq.Gateway, iq.Network}, []iq.Place{iq.Network}
	return []action{
		{name: "help", title: "What can be written here", at: services, run: (*call).help},
		{name: "networks", title: "The networks that this gateway knows", at: services, run: (*call).networks},
		{name: "status", title: "How your connections stand", at: services, run: (*call).status},
		{name: "connect", title: "Connect to this network and stay, with no room", at: network, run: (*call).connect,
			args: []arg{{name: "nick", label: "Nick", kind: form.TextSingle, optional: true, value: func(c *call) string { return c.user.defaultNick() }}}},
		{name: "disconnect", title: "Leave this network and all its rooms", at: network, run: (*call).disconnect,
			args: []arg{{name: "reason", label: "Reason", kind: form.TextSingle, optional: true, rest: true}}},
		{name: "notes", title: "What the server has said: message of the day, notices", at: network, run: (*call).notes},
		{name: "raw", title: "Send an IRC line as it is", at: network, allowed: mayRaw, run: (*call).raw,
			args: []arg{{name: "line", label: "Line", kind: form.TextSingle, rest: true}}},
	}
}

func mayRaw(u *user) bool { return u.config.Gateway.RawCommands }

// console is a message to the gateway or to a network: an action in words.
func (u *user) console(s *stanza.Stanza, at mapping.Address) {
	body, ok := s.Body()
	if !ok || strings.TrimSpace(body) == "" {
		return
	}
	if s.Type == "groupchat" {
		u.refuse(s, badRequest("This is no room."))
		return
	}
	if at.Kind == mapping.Mask {
		u.rankMessage(s, at)
		return
	}
	if err := (query{user: u, at: at}).unknown(); at.Kind == mapping.Network && err != nil {
		u.refuse(s, err)
		return
	}
	name, rest, _ := strings.Cut(strings.TrimSpace(body), " ")
	list := actionsAt(u, place(at))
	a := list[0] // help
	for _, other := range list {
		if strings.EqualFold(other.name, name) {
			a = other
		}
	}
	c := u.call(a, at, s.From, u.language(s))
	c.reply = func(o outcome) { u.sayOutcome(s, c, o) }
	if missing := c.read(rest); missing != "" {
		c.say("%s is missing. Write: %s", missing, a.usage())
		return
	}
	a.run(c)
}

// read takes arguments in words; missing is the label of one that there has to be.
func (c *call) read(rest string) (missing string) {
	for _, g := range c.action.args {
		if g.inForm {
			continue
		}
		var word string
		if rest = strings.TrimSpace(rest); g.rest {
			word, rest = rest, ""
		} else {
			word, rest, _ = strings.Cut(rest, " ")
		}
		if word == "" && !g.optional {
			return c.words(g.label)
		}
		c.args[g.name] = strings.Clone(word)
	}
	return ""
}

// sayOutcome answers in words, also what went wrong.
func (u *user) sayOutcome(s *stanza.Stanza, c *call, o outcome) {
	text := strings.Join(o.lines, "\n")
	if o.err != nil {
		text = o.err.Words()
	}
	answer := &stanza.Stanza{Kind: stanza.Message, Type: "chat", From: s.To, To: s.From, ID: newID()}
	if c.lang != mapping.English {
		answer.Lang = c.lang
	}
	answer.Children = []*stanza.Element{stanza.T("", "body", cutText(text, u.space()))}
	u.send(answer)
}

func (c *call) help() {
	lines := []string{c.words("This is a gateway to IRC. You can write here:")}
	if c.at.Kind == mapping.Network {
		lines[0] = c.words("This is the network %s. You can write here:", c.at.Network)
	}
	for _, a := range actionsAt(c.user, place(c.at)) {
		lines = append(lines, a.usage()+": "+c.words(a.title))
	}
	if c.at.Kind == mapping.Network {
		room := mapping.Address{Kind: mapping.Channel, Network: c.at.Network, Name: "#channel"}
		if j, err := c.user.hub.scheme.JID(room); err == nil {
			lines = append(lines, c.words("To enter a channel, join the room %s.", j.String()))
		}
	}
	c.tell(lines...)
}

func (c *call) networks() {
	names := c.user.networks()
	if len(names) == 0 {
		c.say("No network is configured.")
		return
	}
	c.say("Networks: %s", strings.Join(names, ", "))
}

func (c *call) status() {
	var lines []string
	for _, up := range c.user.inOrder() {
		if c.at.Kind != mapping.Network || up == c.uplink() {
			lines = append(lines, up.name+": "+up.describe(c))
		}
	}
	if len(lines) == 0 {
		c.say("Not connected.")
		return
	}
	c.tell(lines...)
}

// describe says how an uplink stands.
func (up *uplink) describe(c *call) string {
	var rooms []string
	for _, r := range up.list() {
		rooms = append(rooms, r.channel)
	}
	switch {
	case up.state == linkUp && len(rooms) == 0:
		return c.words("connected as %s, in no channel", up.view.Self().Nick)
	case up.state == linkUp:
		return c.words("connected as %s, in %s", up.view.Self().Nick, strings.Join(rooms, " "))
	case up.state == linkClosing:
		return c.words("leaving")
	case up.lastErr != nil:
		return c.words("connecting; the last try failed: %s", mapping.InLanguage(up.user.stanzaError(up.lastErr, mapping.ForConnection, up.ircd()), c.lang).Words())
	}
	return c.words("connecting")
}

func (c *call) connect() {
	nick := c.args["nick"]
	if nick == "" {
		nick = c.user.defaultNick()
	}
	up, err := c.user.uplink(c.at.Network, nick)
	if err != nil {
		c.fail(err, mapping.ForConnection)
		return
	}
	up.standing = true
	up.ready(func() {
		c.say("Connected as %s.", up.view.Self().Nick)
	}, func(err error) {
		up.standing = false
		c.fail(err, mapping.ForConnection)
	})
}

func (c *call) disconnect() {
	up := c.uplink()
	if up == nil {
		c.say("Not connected.")
		return
	}
	up.standing = false
	gone := timedOut("You have disconnected from the network.")
	up.failWishes(gone)
	up.evictAll(gone, muc.StatusTechnical)
	up.close(mapping.Line(c.args["reason"]))
	c.say("Disconnected.")
}

func (c *call) notes() {
	up := c.uplink()
	if up == nil || len(up.notes) == 0 {
		c.say("The server has said nothing.")
		return
	}
	c.tell(up.notes...)
}

// raw sends a line as it is, where the operator allows it, and says so in the log.
func (c *call) raw() {
	up := c.online()
	if up == nil {
		return
	}
	command, _, _ := strings.Cut(c.args["line"], " ")
	up.log.Info().Str("command", command).Msg("raw line")
	up.ask(irc.Raw{Line: c.args["line"]}, func(q *question) {
		var lines []string
		for _, f := range q.faults {
			lines = append(lines, mapping.Strip(f.Text))
		}
		for _, l := range q.lines {
			lines = append(lines, mapping.Strip(strings.Join(l.Params[min(1, len(l.Params)):], " ")))
		}
		if len(lines) == 0 {
			lines = []string{c.words("Sent.")}
		}
		const most = 100
		if len(lines) > most {
			lines = append(lines[:most], c.words("and %s lines more", strconv.Itoa(len(lines)-most)))
		}
		c.tell(lines...)
	})
}
