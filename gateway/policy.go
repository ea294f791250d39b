package gateway

import (
	"cmp"
	"slices"
	"strings"

	"isthmus/config"
	"isthmus/mapping"
	"isthmus/xmppside/form"
	"isthmus/xmppside/iq"
	"isthmus/xmppside/stanza"
)

// How the settings of a channel are seen and changed: by the form of its owners, and by
// commands for those whose client has no such form.

// featureActions are about what a channel passes on and requires.
func featureActions() []action {
	at := []iq.Place{iq.Network, iq.Room}
	channel := arg{name: "channel", label: "Channel", kind: form.TextSingle}
	what := arg{name: "feature", label: "Feature", kind: form.TextSingle, rest: true}
	rule := arg{name: "rule", label: "Rule", kind: form.ListSingle, choose: func(c *call) []form.Option { return oldRules(c.lang) }}
	return []action{
		{name: "features", title: "What a channel passes on between Jabber users, and requires of them", at: at, run: (*call).showFeatures, args: []arg{channel}},
		{name: "allow", title: "Pass a feature on in a channel", at: at, args: []arg{channel, what}, run: func(c *call) { c.changeLists(true, addFeature, keepList) }},
		{name: "disallow", title: "Pass a feature on no more", at: at, args: []arg{channel, what}, run: func(c *call) { c.changeLists(true, dropFeature, keepList) }},
		{name: "require", title: "Require a feature of whoever enters a channel through this gateway", at: at, args: []arg{channel, what}, run: func(c *call) { c.changeLists(false, keepList, addFeature) }},
		{name: "unrequire", title: "Require a feature no more", at: at, args: []arg{channel, what}, run: func(c *call) { c.changeLists(false, keepList, dropFeature) }},
		{name: "oldclients", title: "Let clients of groupchat 1.0 into a channel: off, auto, on or default", at: at, args: []arg{channel, rule}, run: (*call).changeOld},
	}
}

// oldRules are the rules for old clients to choose from, in a language.
func oldRules(lang string) []form.Option {
	return []form.Option{
		{Label: mapping.Say(lang, "As the network has it"), Value: "default"},
		{Label: mapping.Say(lang, "None"), Value: string(config.OldOff)},
		{Label: mapping.Say(lang, "Those that are not known to be modern clients"), Value: string(config.OldAuto)},
		{Label: mapping.Say(lang, "All that may be old clients"), Value: string(config.OldOn)},
	}
}

func addFeature(list []string, f string) []string { return append(slices.Clone(list), f) }
func keepList(list []string, _ string) []string   { return list }
func dropFeature(list []string, f string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(other string) bool { return other == f })
}

// channel is the one that a call is about; ok is false for no channel, which the call is
// answered by.
func (c *call) channel() (name string, ok bool) {
	name = c.args["channel"]
	room, err := c.user.hub.scheme.JID(mapping.Address{Kind: mapping.Channel, Network: c.at.Network, Name: name})
	if err == nil {
		if at, bad := c.user.hub.scheme.Parse(room); bad == nil && at.Kind == mapping.Channel && at.Occupant == "" {
			return at.Name, true
		}
	}
	c.fail(notFound("That is no channel: %s.", cutText(name, maxFeature)), mapping.ForMessage)
	return "", false
}

// showFeatures says what a channel passes on and requires.
func (c *call) showFeatures() {
	name, ok := c.channel()
	if !ok {
		return
	}
	s := c.user.settings(c.at.Network, name)
	c.tell(
		c.words("%s passes on: %s", name, strings.Join(s.on(), " ")),
		c.words("It could pass on, too: %s", strings.Join(dropAll(supported(), s.on()), " ")),
		c.words("It requires: %s", cmp.Or(strings.Join(s.Required, " "), "-")),
	)
}

func dropAll(list, gone []string) []string {
	return slices.DeleteFunc(list, func(f string) bool { return slices.Contains(gone, f) })
}

// changeLists changes what a channel passes on, or requires.
func (c *call) changeLists(passes bool, optional, required func([]string, string) []string) {
	f := strings.TrimSpace(c.args["feature"])
	if passes && slices.Contains(mapping.Usual(), f) {
		c.say("Every room passes this on: %s.", f)
		return
	}
	c.change(func(s settings) (settings, *stanza.Error) {
		var err, err2 *stanza.Error
		s.Optional, err = optionalList(optional(s.Optional, f))
		s.Required, err2 = featureList(required(s.Required, f))
		if err == nil {
			err = err2
		}
		return s, err
	})
}

func (c *call) changeOld() {
	c.change(func(s settings) (_ settings, err *stanza.Error) {
		s.Groupchat10, err = oldRule(c.args["rule"])
		return s, err
	})
}

// change changes the settings of the channel that a call is about, if whoever calls may.
func (c *call) change(change func(settings) (settings, *stanza.Error)) {
	name, ok := c.channel()
	if !ok {
		return
	}
	u := c.user
	if !u.governs(c.at.Network, name) {
		c.fail(errNotOperator, mapping.ForMessage)
		return
	}
	if err := u.set(u.networkName(c.at.Network), name, change); err != nil {
		c.fail(err, mapping.ForMessage)
		return
	}
	c.showFeatures()
}

var errNotOperator = &stanza.Error{
	Type: stanza.Auth, Condition: stanza.Forbidden, Text: "Only the operators of the channel may do this, and the admins of the gateway.",
}

// Fields of the form of the owners.
const (
	fieldOptional = "{" + nsFeatures + "}optional"
	fieldRequired = "{" + nsFeatures + "}required"
	fieldOld      = "{" + nsFeatures + "}groupchat10"
)

// featureFields are what the form of the owners asks about features: nothing of who may
// not change them, as half-operators, who see the form as well.
func (r *room) featureFields(lang string) []form.Field {
	if !r.up.user.governs(r.up.name, r.channel) {
		return nil
	}
	s := r.up.user.hub.settings(r.up.name, r.channel)
	say := func(text string) string { return mapping.Say(lang, text) }
	return []form.Field{
		{Var: fieldOptional, Kind: form.TextMulti, Values: s.Optional, Label: say("Features that are passed on besides the usual ones"),
			Desc: say("A namespace in each line. It reaches those whose client has announced it.")},
		{Var: fieldRequired, Kind: form.TextMulti, Values: s.Required, Label: say("Features that a client has to have to enter")},
		{Var: fieldOld, Kind: form.ListSingle, Values: []string{cmp.Or(s.Groupchat10, "default")}, Label: say("Clients of groupchat 1.0 that may enter"),
			Options: oldRules(lang)},
	}
}

// featureSetters read the featureFields of a submitted form.
var featureSetters = []struct {
	field string
	set   func(*configuration, *settings, form.Field) *stanza.Error
}{
	{fieldOptional, func(c *configuration, s *settings, x form.Field) (err *stanza.Error) {
		s.Optional, err = optionalList(c.merged(s.Optional, x))
		return err
	}},
	{fieldRequired, func(c *configuration, s *settings, x form.Field) (err *stanza.Error) {
		s.Required, err = featureList(c.merged(s.Required, x))
		return err
	}},
	{fieldOld, func(_ *configuration, s *settings, x form.Field) (err *stanza.Error) {
		s.Groupchat10, err = oldRule(x.Value())
		return err
	}},
}

// planFeatures has the settings changed as a submitted form says. What is not in it stays
// as it is.
func (r *room) planFeatures(c *configuration) {
	read := func(s *settings, bad func(field string, err *stanza.Error)) (fields int) {
		for _, f := range featureSetters {
			x, there := c.form.Field(f.field)
			if !there {
				continue
			}
			fields++
			if err := f.set(c, s, x); err != nil {
				bad(f.field, err)
			}
		}
		return fields
	}
	bad := func(field string, err *stanza.Error) { c.problem(field, err.Text, err.Args...) }
	if !r.up.user.governs(r.up.name, r.channel) {
		for _, f := range featureSetters {
			if _, there := c.form.Field(f.field); there {
				bad(f.field, errNotOperator)
			}
		}
		return
	}
	if read(&settings{}, bad) == 0 {
		return
	}
	c.steps = append(c.steps, step{fieldOptional, func(done func(error)) {
		err := r.up.user.set(r.up.name, r.channel, func(s settings) (settings, *stanza.Error) {
			read(&s, func(string, *stanza.Error) {}) // it was read before
			return s, nil
		})
		if err != nil {
			done(err)
			return
		}
		done(nil)
	}})
}
