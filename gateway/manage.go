package gateway

import (
	"strings"
	"time"

	"isthmus/ircside/irc"
	"isthmus/mapping"
	"isthmus/xmppside/form"
	"isthmus/xmppside/iq"
	"isthmus/xmppside/muc"
	"isthmus/xmppside/stanza"
)

// What moderators have the room do by IQs and forms, for clients that have neither.

// manageActions are about channels, and written to their network.
func manageActions() []action {
	at := []iq.Place{iq.Network}
	channel := arg{name: "channel", label: "Channel", kind: form.TextSingle}
	nick := arg{name: "nick", label: "Nick", kind: form.TextSingle}
	reason := arg{name: "reason", label: "Reason", kind: form.TextSingle, optional: true, rest: true}
	mode := func(letter byte, add bool) func(*call) {
		return func(c *call) { c.rank(irc.ModeChange{Add: add, Mode: letter, Kind: irc.PrefixMode}) }
	}
	return []action{
		{name: "kick", title: "Send somebody out of a channel", at: at, args: []arg{channel, nick, reason}, run: (*call).kick},
		banAction(),
		{name: "unban", title: "Lift the bans of somebody: a nick, a mask, or $ and an account", at: at, args: []arg{channel, nick}, run: (*call).unban},
		{name: "op", title: "Make somebody an operator of a channel", at: at, args: []arg{channel, nick}, run: mode('o', true)},
		{name: "deop", title: "Make an operator of a channel one no longer", at: at, args: []arg{channel, nick}, run: mode('o', false)},
		{name: "voice", title: "Let somebody speak in a moderated channel", at: at, args: []arg{channel, nick}, run: mode('v', true)},
		{name: "devoice", title: "Let somebody speak in a moderated channel no longer", at: at, args: []arg{channel, nick}, run: mode('v', false)},
		{name: "invite", title: "Invite somebody into a channel", at: at, args: []arg{channel, nick, reason}, run: (*call).invite},
		{name: "topic", title: "Set the topic of a channel", at: at, run: (*call).topic,
			args: []arg{channel, {name: "text", label: "Topic", kind: form.TextSingle, optional: true, rest: true}}},
		{name: "key", title: "Keep the key of a channel for the next hour, to enter without giving it", at: []iq.Place{iq.Network, iq.Room}, run: (*call).keep,
			args: []arg{channel, {name: "key", label: "Key", kind: form.TextPrivate}}},
	}
}

// room is that of the channel that a call names, if it can be spoken to; if not, the
// call is answered.
func (c *call) room() *room {
	up := c.online()
	if up == nil {
		return nil
	}
	if r, ok := up.rooms.Get(c.args["channel"]); ok && r.open() {
		return r
	}
	c.fail(notIn(), mapping.ForAdmin)
	return nil
}

// ends answers a call by what the network said.
func (c *call) ends(q *question) { c.endsWith(q.err()) }

func (c *call) endsWith(err error) {
	if err != nil {
		c.fail(err, mapping.ForAdmin)
		return
	}
	c.say("Done.")
}

func (c *call) kick() {
	if r := c.room(); r != nil {
		r.up.ask(irc.Kick{Channel: r.channel, Nick: c.args["nick"], Reason: mapping.Line(c.args["reason"])}, c.ends)
	}
}

// unban lifts bans: of a mask, of an account ($ann), or all that name a nick.
func (c *call) unban() {
	r := c.room()
	if r == nil {
		return
	}
	p, refused := r.plan([]muc.Item{{Affiliation: muc.AffiliationNone, Nick: mapping.Resource(c.args["nick"])}})
	switch {
	case refused != nil:
		c.fail(refused, mapping.ForAdmin)
		return
	case len(p.pardons) == 0 || p.pardons[0].in:
		c.fail(notFound("%s is in the room, and not banned.", c.args["nick"]), mapping.ForAdmin)
		return
	}
	p.lists = "b" // a membership stays
	r.unlist(p, func(p plan, err error) {
		if err != nil {
			c.fail(err, mapping.ForAdmin)
			return
		}
		r.setModes(p, c.endsWith)
	})
}

func (c *call) invite() {
	if r := c.room(); r != nil {
		r.up.call(c.args["nick"], r.channel, c.args["reason"], c.endsWith)
	}
}

func (c *call) rank(change irc.ModeChange) {
	if r := c.room(); r != nil {
		change.Arg = c.args["nick"]
		r.up.ask(irc.SetModes{Channel: r.channel, Changes: []irc.ModeChange{change}}, c.ends)
	}
}

func (c *call) topic() {
	if r := c.room(); r != nil {
		r.up.ask(irc.SetTopic{Channel: r.channel, Text: mapping.Line(c.args["text"])}, c.ends)
	}
}

const (
	maxKeys = 20        // of a user, kept at a time
	keyTime = time.Hour // for which one is
)

// A keptKey is a channel's, kept for clients that do not give one; old ones cannot.
type keptKey struct{ key string }

// keep keeps a key. It is in memory only.
func (c *call) keep() {
	if !c.user.keepKey(mapping.Address{Network: c.at.Network, Name: c.args["channel"]}, c.args["key"]) {
		c.fail(tooMuch(), mapping.ForAdmin)
		return
	}
	c.say("The key is kept for an hour.")
}

// keepKey keeps the key of a channel; false: there are too many.
func (u *user) keepKey(channel mapping.Address, key string) bool {
	at := keyOf(channel.Network, channel.Name)
	if len(u.keys) >= maxKeys && u.keys[at] == nil {
		return false
	}
	k := &keptKey{key}
	u.keys[at] = k
	u.after(keyTime, func() {
		if u.keys[at] == k {
			delete(u.keys, at)
		}
	})
	return true
}

// keyOf names a channel, in whatever case somebody writes it.
func keyOf(network, channel string) mapping.Address {
	return mapping.Address{Kind: mapping.Channel, Network: network, Name: strings.ToLower(channel)}
}

// keptKey is the key that is kept for a channel; "" if none is.
func (u *user) keptKey(at mapping.Address) string {
	if k := u.keys[keyOf(at.Network, at.Name)]; k != nil {
		return k.key
	}
	return ""
}

// oldJoinError is the answer to an old client's entry; where it would be told to give a
// key it is told how.
func (r *room) oldJoinError(o *occupant, err error) *stanza.Error {
	se := r.up.joinError(err)
	network, bad := r.up.user.hub.scheme.JID(mapping.Address{Kind: mapping.Network, Network: r.up.name})
	if !o.old || bad != nil || se.Condition != stanza.NotAuthorized {
		return se
	}
	told := *se
	told.Text, told.Args = "The channel wants a key. Write to %s: key %s KEY, and enter again.", []string{network.String(), r.channel}
	return &told
}
