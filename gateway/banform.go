package gateway

import (
	"slices"

	"isthmus/ircside/irc"
	"isthmus/mapping"
	"isthmus/xmppside/form"
	"isthmus/xmppside/iq"
	"isthmus/xmppside/muc"
	"isthmus/xmppside/stanza"
)

// Bans by an action: in words for how long they are stands before the reason. The form asks
// whom first, and then which of the masks that mean them is to be banned.

// asSuits is the value of a choice that leaves the mask to us.
const asSuits = "default"

func banAction() action {
	return action{
		name: "ban", title: "Send somebody out of a channel, for good or for a while: 1h, 2d", at: []iq.Place{iq.Network, iq.Room}, run: (*call).ban,
		args: []arg{
			{name: "channel", label: "Channel", kind: form.TextSingle},
			{name: "nick", label: "Nick", kind: form.TextSingle},
			{name: "mask", label: "Who is meant", kind: form.ListSingle, stage: 1, optional: true, inForm: true,
				value: func(*call) string { return asSuits }, choose: (*call).banMasks, check: (*call).badMask},
			{name: "duration", label: "For how long, as 90m, 12h, 3d or 2w; nothing is for good", kind: form.TextSingle, stage: 1, optional: true, inForm: true,
				asked: (*call).hasTimedBans, check: (*call).badDuration},
			{name: "reason", label: "Reason", kind: form.TextSingle, stage: 1, optional: true, rest: true},
		},
	}
}

// shown is the room that a form is about, if we are in it by now; nothing is answered.
func (c *call) shown() *room {
	up := c.uplink()
	if up == nil || up.state != linkUp {
		return nil
	}
	if r, ok := up.rooms.Get(c.args["channel"]); ok && r.open() {
		return r
	}
	return nil
}

// banMasks are the masks to choose from: those that can be made of what is known of whoever
// is to be banned.
func (c *call) banMasks() []form.Option {
	first := form.Option{Label: c.words("As suits best"), Value: asSuits}
	r := c.shown()
	if r == nil {
		return []form.Option{first}
	}
	m, mask, err := r.target(muc.Item{Nick: mapping.Resource(c.args["nick"])})
	if mask != "" || err != nil && m.Nick == "" && m.Account == "" {
		return []form.Option{first}
	}
	who := r.personOf(m)
	if mask := r.banMask(who); mask != "" {
		first.Label = c.words("As suits best: %s", mapping.Strip(mask))
	}
	out := []form.Option{first}
	for _, kind := range mapping.BanKinds() {
		if mask := r.maskBy(kind, who); mask != "" {
			out = append(out, form.Option{Label: c.words(banLabels[kind], mapping.Strip(mask)), Value: string(kind)})
		}
	}
	return out
}

var banLabels = map[mapping.BanKind]string{
	mapping.BanByAccount: "The account: %s", mapping.BanByHost: "The host: %s", mapping.BanByUser: "The user name on the host: %s",
	mapping.BanByNick: "The nick: %s",
}

func (c *call) badMask() string {
	if !slices.ContainsFunc(c.banMasks(), func(o form.Option) bool { return o.Value == c.args["mask"] }) {
		return "There is no such mask to choose."
	}
	return ""
}

func (c *call) hasTimedBans() bool {
	r := c.shown()
	return r != nil && irc.HasTimedBans(r.up.view.Support())
}

func (c *call) badDuration() string {
	if limit, rest := mapping.BanTime(c.args["duration"]); limit == 0 || rest != "" {
		return "That is no time for a ban. Write it as 90m, 12h, 3d or 2w."
	}
	return ""
}

// ban bans whomever an IQ would, and then kicks; for a while, if the reason begins with
// for how long, or the form says so.
func (c *call) ban() {
	r := c.room()
	if r == nil {
		return
	}
	limit, reason := mapping.BanTime(c.args["reason"])
	if duration, formal := c.args["duration"]; formal {
		limit, _ = mapping.BanTime(duration)
		reason = c.args["reason"]
	}
	p, refused := r.planBanBy(c.banKind(), muc.Item{Affiliation: muc.Outcast, Nick: mapping.Resource(c.args["nick"]), Reason: reason})
	switch {
	case refused != nil:
		c.fail(refused, mapping.ForAdmin)
		return
	case limit > 0 && !irc.HasTimedBans(r.up.view.Support()):
		c.fail(notAllowed("The network has no bans that end by themselves. Ban without a time, and lift it later."), mapping.ForAdmin)
		return
	}
	done := func(err error) {
		if err != nil {
			c.fail(err, mapping.ForAdmin)
			return
		}
		r.kickAll(p, func(err error) { c.banned(p, err) })
	}
	if limit > 0 {
		r.up.ask(irc.TimedBan{Channel: r.channel, Mask: p.modes[0].Arg, For: limit}, func(q *question) { done(q.err()) })
		return
	}
	r.setModes(p, done)
}

// banKind is the kind of mask that was chosen.
func (c *call) banKind() mapping.BanKind {
	if kind := c.args["mask"]; kind != asSuits {
		return mapping.BanKind(kind)
	}
	return mapping.BanAsSuits
}

// planBanBy is a plan that bans by masks of a kind.
func (r *room) planBanBy(kind mapping.BanKind, item muc.Item) (plan, *stanza.Error) {
	p := plan{kicked: map[string]bool{}, by: kind}
	return p, r.planBan(&p, item)
}

// banned answers when all that a ban comes to is done. The ban is there also where the
// network does not let us kick.
func (c *call) banned(p plan, err error) {
	switch {
	case err != nil && len(p.bans) > 0:
		se := c.user.stanzaError(err, mapping.ForAdmin, c.ircd())
		c.tell(c.words("%s is banned as %s.", mapping.Strip(c.args["nick"]), mapping.Strip(p.bans[0].mask)),
			c.words("But they could not be sent out: %s", mapping.InLanguage(se, c.lang).Words()))
	case err != nil:
		c.fail(err, mapping.ForAdmin)
	case len(p.bans) == 0:
		c.say("Done.") // it was a mask
	default:
		c.say("%s is banned as %s.", mapping.Strip(c.args["nick"]), mapping.Strip(p.bans[0].mask))
	}
}
