package gateway

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"isthmus/config"
	"isthmus/mapping"
	"isthmus/xmppside/form"
	"isthmus/xmppside/iq"
	"isthmus/xmppside/muc"
	"isthmus/xmppside/stanza"
)

// A room says which features of clients it could pass on, which it does, and which it
// requires of whoever enters: in disco#info before one enters, in the form of the
// owners, by commands. It is all about those who come in through this gateway: people on
// IRC have no features, and none are asked of them. XEP-0007 §3

// nsFeatures names the form, its fields among others, and the condition of a refusal.
const nsFeatures = "urn:isthmus:conference-features"

// nsTraffic is the node of what a room passes on. XEP-0045 §18.1.1
const nsTraffic = "http://jabber.org/protocol/muc#traffic"

// featureTime is how long a client that enters has to say what it can do.
const featureTime = 4 * time.Second

func featuresTopic(m *iq.Mux[query]) {
	m.Describe(query.features, iq.Room)
	m.Node(nsInfo, nsTraffic, traffic, iq.Room)
}

// settings are those of the channel that a question is about.
func (q query) settings() settings { return q.user.settings(q.at.Network, q.at.Name) }

// settings are those of a channel, by any name of its network.
func (u *user) settings(network, channel string) settings {
	return u.hub.settings(u.networkName(network), channel)
}

// networkName is how a network is called in settings: as it is configured.
func (u *user) networkName(name string) string {
	if u.uplinks[name] != nil {
		return name
	}
	if n, ok := u.config.Network(name); ok {
		return n.Name
	}
	return name
}

// on are the features that are passed on to those who announced them, sorted.
func (s settings) on() []string {
	return slices.Sorted(slices.Values(slices.Concat(mapping.Usual(), s.Optional)))
}

// supported are those that could be, as far as they are known by name.
func supported() []string {
	return slices.Sorted(slices.Values(slices.Concat(mapping.Usual(), mapping.Supported())))
}

// features is what disco#info says of them. XEP-0128
func (q query) features() []*stanza.Element {
	s := q.settings()
	f := form.Of(form.Result, nsFeatures)
	f.Add(
		form.Field{Var: "supported", Kind: form.ListMulti, Values: supported()},
		form.Field{Var: "optional", Kind: form.ListMulti, Values: s.on()},
		form.Field{Var: "required", Kind: form.ListMulti, Values: s.Required},
		form.Field{Var: "groupchat10", Kind: form.Boolean, Values: form.Bool(q.user.groupchat10(q.at) != config.OldOff)},
		form.Field{Var: "carried_to_irc", Kind: form.ListMulti, Values: mapping.CarriedFeatures()},
		form.Field{Var: "max_bytes", Kind: form.TextSingle, Values: []string{strconv.Itoa(maxWeight)}}, // of a message
		form.Field{Var: "max_lines", Kind: form.TextSingle, Values: []string{strconv.Itoa(maxLines)}},
	)
	return []*stanza.Element{f.Element()}
}

// traffic is what a room passes on, to those who announced it.
func traffic(q query, r *iq.Request) {
	answer := stanza.E(nsInfo, "query").Set("node", nsTraffic)
	for _, f := range q.settings().on() {
		answer.Add(feature(f))
	}
	r.Result(answer)
}

// lacks are the features that a room requires and a client has not.
func (s settings) lacks(f mapping.Features) []string {
	return slices.DeleteFunc(slices.Clone(s.Required), f.Has)
}

// lacking is the refusal of a client that lacks features, in its language.
func lacking(missing []string, lang string) *stanza.Error {
	app := stanza.E(nsFeatures, "features-required")
	for _, f := range missing {
		app.Add(stanza.E(nsFeatures, "feature").Set("var", f))
	}
	return &stanza.Error{
		Type: stanza.Modify, Condition: stanza.NotAcceptable, App: app,
		Text: "Your client lacks what this room requires: %s.", Args: []string{featureNames(missing, lang)},
	}
}

func featureNames(list []string, lang string) string {
	var names []string
	for _, f := range list {
		names = append(names, mapping.FeatureName(lang, f))
	}
	return strings.Join(names, ", ")
}

// errSilent is the refusal of a client that does not say what it can do.
var errSilent = &stanza.Error{
	Type: stanza.Wait, Condition: stanza.NotAcceptable,
	Text: "This room requires some abilities of clients, and yours has not said in time what it can do. Try again.",
}

// unfit says why a client may not be in a room that has these settings; nil if it may.
func (c *client) unfit(s settings) *stanza.Error {
	switch missing := s.lacks(c.features); {
	case len(missing) == 0:
		return nil
	case !c.features.Known():
		return errSilent
	default:
		return lacking(missing, c.lang)
	}
}

// more are the features that the room passes on besides the usual ones.
func (r *room) more() []string { return r.up.user.hub.settings(r.up.name, r.channel).Optional }

// operates says whether the user is an operator of the channel.
func (r *room) operates() bool {
	m, ok := r.up.view.Member(r.channel, r.nick())
	if !ok {
		return false
	}
	scene := r.scene()
	_, affiliation := mapping.Standing(m, scene.Channel, scene.Support, scene.Roles)
	return affiliation >= muc.Admin
}

// settingsChanged tells who is in a channel that its settings are others.
func (u *user) settingsChanged(key channelKey, how func(mapping.Class) []mapping.Shown) {
	for _, r := range u.rooms(key) {
		r.tell(r.present(), how)
	}
}

// settingsApply looks at everybody who is in a channel, or waits to be: who lacks what is
// required by now has to go.
func (u *user) settingsApply(key channelKey) {
	for _, r := range u.rooms(key) {
		r.recheck(slices.Concat(r.members, r.queue))
	}
}

// rooms are those of a channel: one, but while a network has not said yet how it folds
// names.
func (u *user) rooms(key channelKey) (out []*room) {
	for _, up := range u.inOrder() {
		for _, r := range up.list() {
			if channelKeyOf(up.name, r.channel) == key {
				out = append(out, r)
			}
		}
	}
	return out
}

// recheck looks at some who are in, or wait to be, with the settings as they are.
func (r *room) recheck(list []*occupant) {
	s := r.up.user.hub.settings(r.up.name, r.channel)
	if len(s.Required) == 0 {
		return
	}
	for _, o := range list {
		if len(s.lacks(o.client.features)) == 0 {
			continue
		}
		if o.old { // there is nobody to ask
			r.dismiss(o, lacking(s.Required, o.client.lang))
			continue
		}
		r.up.user.learn(o.client, o.at, featureTime, func() {
			if err := o.client.unfit(r.up.user.hub.settings(r.up.name, r.channel)); err != nil {
				r.dismiss(o, err)
			}
		})
	}
}

// refuseUnfit looks at those who are about to be let in: what is required may have
// changed since they began to wait. From here on they are told of it.
func (r *room) refuseUnfit() {
	if len(r.queue) == 0 {
		return
	}
	hub, key := r.up.user.hub, r.sharedKey()
	hub.listen(r.up.user, key)
	if r.recheck(slices.Clone(r.queue)); len(r.queue)+len(r.members) == 0 {
		hub.unlisten(r.up.user, key)
	}
}

// dismiss sends an occupant away that the room does not take any more, or refuses it if
// it still waits. XEP-0045 §9.1; the code is one that old clients know as well.
func (r *room) dismiss(o *occupant, err *stanza.Error) {
	if slices.Contains(r.members, o) {
		r.evict(o, o.words(err), muc.StatusKicked)
		r.part("")
	} else {
		r.refuseOne(o, err)
	}
	r.up.updateAway()
}
