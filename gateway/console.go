package gateway

import (
	"fmt"
	"strings"

	"isthmus/ircside/irc"
	"isthmus/mapping"
	"isthmus/xmppside/muc"
	"isthmus/xmppside/stanza"
)

// A verb is what people can write to a network's address whose client has no forms.
type verb struct {
	name, usage, does string
	gateway           bool // it works at the gateway's own address
	allowed           func(*user) bool
	run               func(c *call)
}

// A call is one use of a verb.
type call struct {
	user    *user
	at      mapping.Address
	asked   *stanza.Stanza
	rest    string // what follows the verb
	replies func(text string)
}

func anybody(*user) bool { return true }

// verbs are all of them, in the order of the help.
func verbs() []verb {
	return []verb{
		{"help", "help", "what can be written here", true, anybody, (*call).help},
		{"networks", "networks", "the networks that this gateway knows", true, anybody, (*call).networks},
		{"status", "status", "how your connections stand", true, anybody, (*call).status},
		{"connect", "connect [NICK]", "connect to this network and stay, with no room", false, anybody, (*call).connect},
		{"disconnect", "disconnect [REASON]", "leave this network and all its rooms", false, anybody, (*call).disconnect},
		{"notes", "notes", "what the server has said: message of the day, notices", false, anybody, (*call).notes},
		{"raw", "raw LINE", "send an IRC line as it is", false, mayRaw, (*call).raw},
	}
}

func mayRaw(u *user) bool { return u.config.Gateway.RawCommands }

// console is a message to the gateway or to a network: a command in words.
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
		u.refuse(s, notFound("That is a mask: write to a nick or a channel."))
		return
	}
	if at.Kind == mapping.Network {
		if _, known := u.config.Network(at.Network); !known && u.known(at.Network) == nil {
			u.refuse(s, notFound(unknownNetwork, at.Network))
			return
		}
	}
	name, rest, _ := strings.Cut(strings.TrimSpace(body), " ")
	c := &call{user: u, at: at, asked: s, rest: strings.TrimSpace(rest)}
	c.replies = func(text string) {
		answer := &stanza.Stanza{Kind: stanza.Message, Type: "chat", From: s.To, To: s.From, ID: newID()}
		answer.Children = []*stanza.Element{stanza.T("", "body", cutText(text, u.space()))}
		u.send(answer)
	}
	for _, v := range verbs() {
		if strings.EqualFold(v.name, name) && v.allowed(u) && (v.gateway || at.Kind == mapping.Network) {
			v.run(c)
			return
		}
	}
	c.help()
}

func (c *call) help() {
	var b strings.Builder
	if c.at.Kind == mapping.Network {
		fmt.Fprintf(&b, "This is the network %s. You can write here:", c.at.Network)
	} else {
		b.WriteString("This is a gateway to IRC. You can write here:")
	}
	for _, v := range verbs() {
		if v.allowed(c.user) && (v.gateway || c.at.Kind == mapping.Network) {
			fmt.Fprintf(&b, "\n%s: %s", v.usage, v.does)
		}
	}
	if c.at.Kind == mapping.Network {
		if room, err := c.user.hub.scheme.JID(mapping.Address{Kind: mapping.Channel, Network: c.at.Network, Name: "#channel"}); err == nil {
			fmt.Fprintf(&b, "\nTo enter a channel, join the room %s.", room)
		}
	}
	c.replies(b.String())
}

func (c *call) networks() {
	names := c.user.networks()
	if len(names) == 0 {
		c.replies("No network is configured.")
		return
	}
	c.replies("Networks: " + strings.Join(names, ", "))
}

func (c *call) status() {
	var b strings.Builder
	for _, up := range c.user.inOrder() {
		if c.at.Kind == mapping.Network && up != c.user.known(c.at.Network) {
			continue
		}
		if b.Len() > 0 {
			b.WriteString("\n")
		}
		b.WriteString(up.name + ": " + up.describe())
	}
	if b.Len() == 0 {
		b.WriteString("Not connected.")
	}
	c.replies(b.String())
}

// describe says how an uplink stands.
func (up *uplink) describe() string {
	var rooms []string
	for _, r := range up.list() {
		rooms = append(rooms, r.channel)
	}
	in := "in no channel"
	if len(rooms) > 0 {
		in = "in " + strings.Join(rooms, " ")
	}
	switch up.state {
	case linkUp:
		return "connected as " + up.view.Self().Nick + ", " + in
	case linkClosing:
		return "leaving"
	}
	text := "connecting"
	if up.lastErr != nil {
		text += "; the last try failed: " + mapping.Strip(up.lastErr.Error())
	}
	return text
}

func (c *call) connect() {
	nick := c.rest
	if nick == "" {
		nick = c.user.defaultNick()
	}
	up, err := c.user.uplink(c.at.Network, nick)
	if err != nil {
		c.user.refuse(c.asked, err)
		return
	}
	up.standing = true
	up.ready(func() {
		c.replies("Connected as " + up.view.Self().Nick + ".")
	}, func(err error) {
		up.standing = false
		c.replies("Not connected: " + c.user.stanzaError(err, mapping.ForConnection, up.ircd()).Words())
	})
}

func (c *call) disconnect() {
	up := c.user.known(c.at.Network)
	if up == nil {
		c.replies("Not connected.")
		return
	}
	up.standing = false
	up.failWishes(timedOut("You have disconnected from the network."))
	up.evictAll("You have disconnected from the network.", muc.StatusTechnical)
	up.close(mapping.Line(c.rest))
	c.replies("Disconnected.")
}

func (c *call) notes() {
	up := c.user.known(c.at.Network)
	if up == nil || len(up.notes) == 0 {
		c.replies("The server has said nothing.")
		return
	}
	c.replies(strings.Join(up.notes, "\n"))
}

// raw sends a line as it is, where the operator allows it, and says so in the log.
func (c *call) raw() {
	up := c.user.known(c.at.Network)
	if up == nil || up.state != linkUp {
		c.replies("Not connected.")
		return
	}
	command, _, _ := strings.Cut(c.rest, " ")
	up.log.Info().Str("command", command).Msg("raw line")
	up.ask(irc.Raw{Line: c.rest}, func(q *question) {
		var lines []string
		for _, f := range q.faults {
			lines = append(lines, mapping.Strip(f.Text))
		}
		for _, l := range q.lines {
			lines = append(lines, mapping.Strip(strings.Join(l.Params[min(1, len(l.Params)):], " ")))
		}
		if len(lines) == 0 {
			lines = []string{"Sent."}
		}
		const most = 100
		if len(lines) > most {
			lines = append(lines[:most], fmt.Sprintf("and %d lines more", len(lines)-most))
		}
		c.replies(strings.Join(lines, "\n"))
	})
}
