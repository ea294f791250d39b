package gateway

import (
	"slices"
	"strings"
	"unicode"

	"isthmus/ircside/irc"
	"isthmus/mapping"
	"isthmus/xmppside/form"
	"isthmus/xmppside/iq"
	"isthmus/xmppside/stanza"
)

const (
	nickServNick = "NickServ"
	// maxForwards is how many channels are remembered that have sent us elsewhere.
	maxForwards = 50
	// maxSecret is how long what is told to services may be: it must not be cut.
	maxSecret = 200
)

// stepActions are what one may do next where a network has refused something: the
// texts of errors name them.
func stepActions() []action {
	at := []iq.Place{iq.Network, iq.Room}
	channel := arg{name: "channel", label: "Channel", kind: form.TextSingle}
	password := arg{name: "password", label: "Password", kind: form.TextPrivate}
	return []action{
		{name: "invite-me", title: "Have ChanServ invite you into a channel", at: at, args: []arg{channel}, run: askChanServ("INVITE")},
		{name: "unban-me", title: "Have ChanServ lift your ban from a channel", at: at, args: []arg{channel}, run: askChanServ("UNBAN")},
		{name: "get-key", title: "Have ChanServ tell you the key of a channel, and keep it for an hour", at: at, args: []arg{channel}, run: (*call).getKey},
		{name: "follow", title: "Be invited to where a channel sends those who join it", at: at, args: []arg{channel}, run: (*call).follow},
		{name: "identify", title: "Log in with NickServ", at: at[:1], run: (*call).identify,
			args: []arg{password, {name: "account", label: "Account, if it is not your nick", kind: form.TextSingle, optional: true}}},
		{name: "register-nick", title: "Have NickServ register your nick", at: at[:1], run: (*call).registerNick,
			args: []arg{password, {name: "email", label: "Address for mail", kind: form.TextSingle, optional: true}}},
	}
}

// connected runs then once the network has let us in; if it does not, the call is
// answered by that.
func (c *call) connected(then func(*uplink)) {
	up, err := c.user.uplink(c.at.Network, c.user.defaultNick())
	if err != nil {
		c.fail(err, mapping.ForConnection)
		return
	}
	up.ready(func() {
		up.stay() // an invitation may come, or a join
		then(up)
	}, func(err error) { c.fail(err, mapping.ForConnection) })
}

// askChanServ has ChanServ do something for us about a channel, and tells what it says.
func askChanServ(verb string) func(*call) {
	return func(c *call) {
		c.connected(func(up *uplink) {
			if channel, ok := c.channel(); ok {
				c.services(up, consult{service: chanServ, command: verb + " " + channel}, func(lines []string) { c.tell(lines...) })
			}
		})
	}
}

// services gives services a command; then is called with what they say, which never
// holds the secret.
func (c *call) services(up *uplink, ask consult, then func(lines []string)) {
	ask.ends = func(string) bool { return false } // only silence ends what they say
	ask.then = func(lines []string, err error) {
		f, refused := err.(irc.Fault)
		switch {
		case refused && (f.Numeric == 401 || f.Numeric == 403):
			c.fail(notFound("The network has no %s.", ask.service), mapping.ForAdmin)
		case len(lines) == 0:
			c.fail(err, mapping.ForMessage)
		default:
			then(lines)
		}
	}
	up.consult(&ask)
}

// getKey keeps the key that ChanServ tells.
func (c *call) getKey() {
	c.connected(func(up *uplink) {
		channel, ok := c.channel()
		if !ok {
			return
		}
		c.services(up, consult{service: chanServ, command: "GETKEY " + channel, hushed: true}, func(lines []string) {
			for _, line := range lines {
				key := mapping.ChannelKey(line, channel)
				if key != "" && c.user.keepKey(mapping.Address{Kind: mapping.Channel, Network: c.at.Network, Name: channel}, key) {
					c.say("The key of %s is kept for an hour: join the room again.", channel)
					return
				}
			}
			c.tell(lines...)
		})
	})
}

// forwarded remembers where a channel sends those who join it.
func (up *uplink) forwarded(channel, to string) {
	if len(up.forwards) >= maxForwards {
		clear(up.forwards)
	}
	up.forwards[up.view.Support().Fold(channel)] = to
}

// follow invites the client that asks to where a channel has sent us.
func (c *call) follow() {
	up := c.online()
	if up == nil {
		return
	}
	to, ok := up.forwards[up.view.Support().Fold(c.args["channel"])]
	scheme := c.user.hub.scheme
	room, err := scheme.JID(mapping.Address{Kind: mapping.Channel, Network: up.name, Name: to})
	if !ok || err != nil {
		c.fail(notFound("That channel has sent you nowhere lately."), mapping.ForAdmin)
		return
	}
	by, _ := scheme.JID(mapping.Address{Kind: mapping.Network, Network: up.name})
	up.stay()
	c.user.offer(c.client, mapping.Invitation{Room: room, From: by, Sender: by, Key: c.user.keptKey(mapping.Address{Network: up.name, Name: to})})
	c.say("You are invited to %s.", to)
}

// identify logs in with NickServ. The password is kept nowhere.
func (c *call) identify() {
	words := []string{"IDENTIFY", c.args["account"], c.args["password"]}
	c.nickServ(words)
}

// registerNick has NickServ register the nick that we have. The password is kept
// nowhere.
func (c *call) registerNick() {
	words := []string{"REGISTER", c.args["password"], c.args["email"]}
	c.nickServ(words)
}

// nickServ gives NickServ a command of words, empty ones left out, and tells what it
// says.
func (c *call) nickServ(words []string) {
	words = slices.DeleteFunc(words, func(w string) bool { return w == "" })
	for _, w := range words {
		if strings.ContainsFunc(w, unicode.IsSpace) || len(w) > maxSecret {
			c.fail(badRequest("NickServ takes neither spaces nor more than %s characters.", "200"), mapping.ForAdmin)
			return
		}
	}
	c.connected(func(up *uplink) {
		c.trusted(up, nickServNick, func() {
			ask := consult{service: nickServNick, command: strings.Join(words, " "), secret: c.args["password"]}
			c.services(up, ask, func(lines []string) { c.tell(lines...) })
		})
	})
}

// trusted runs then if the network says that a nick is a service of it: where there is
// none anybody may take the nick.
func (c *call) trusted(up *uplink, service string, then func()) {
	up.ask(irc.Whois{Nick: service}, func(q *question) {
		w, ok := irc.ParseWhois(up.view.Support(), service, q.lines)
		f, refused := q.err().(irc.Fault)
		switch {
		case ok && w.IsService():
			then()
		case ok:
			c.fail(&stanza.Error{
				Type: stanza.Cancel, Condition: stanza.NotAllowed, Args: []string{service, c.addressOf(service)},
				Text: "The network does not say that %s is one of its services, so the password was not sent. Ask the network's operators how to log in there. If you know whom you deal with, write to %s yourself.",
			}, mapping.ForAdmin)
		case refused && (f.Numeric == 401 || f.Numeric == 403):
			c.fail(notFound("The network has no %s.", service), mapping.ForAdmin)
		case q.err() != nil:
			c.fail(q.err(), mapping.ForAdmin)
		default:
			c.fail(notFound("The network tells nothing of %s.", service), mapping.ForAdmin)
		}
	})
}

// addressOf is the address of somebody on the network that a call is about.
func (c *call) addressOf(nick string) string {
	j, err := c.user.hub.scheme.JID(mapping.Address{Kind: mapping.Nick, Network: c.at.Network, Name: nick})
	if err != nil {
		return nick
	}
	return j.String()
}
