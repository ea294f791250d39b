package gateway

import (
	"strings"

	"isthmus/mapping"
	"isthmus/xmppside/form"
	"isthmus/xmppside/stanza"
)

// Fields of the form of the owners that are settings of the channel, and no modes: they
// hold for all who enter through the gateway, and are its operators' to change.

// policyFields are what the form asks about them.
func (r *room) policyFields(lang string) []form.Field {
	s := r.settings()
	x := form.Field{Var: mapping.FieldLang, Kind: form.TextSingle, Label: mapping.FieldLabel(mapping.FieldLang, lang)}
	if s.Lang != "" {
		x.Values = []string{s.Lang}
	}
	return append([]form.Field{x, {
		Var: mapping.FieldComings, Kind: form.Boolean, Values: form.Bool(!s.NoComings), Label: mapping.FieldLabel(mapping.FieldComings, lang),
	}}, charsetFields(s, lang)...)
}

// policySetters read the policyFields of a submitted form, and what it says of history as
// far as that is no mode.
var policySetters = []struct {
	field string
	set   func(*room, *configuration, *settings, form.Field) *stanza.Error
}{
	{mapping.FieldLang, func(_ *room, _ *configuration, s *settings, x form.Field) *stanza.Error {
		tag := strings.TrimSpace(x.Value())
		if len(x.Values) > 1 || tag != "" && !mapping.IsLanguageTag(tag) {
			return badRequest("That is no language. Write it as en or de-AT.")
		}
		s.Lang = strings.Clone(tag)
		return nil
	}},
	{mapping.FieldComings, func(_ *room, _ *configuration, s *settings, x form.Field) *stanza.Error {
		on, ok := x.Bool()
		switch {
		case len(x.Values) == 0: // it says nothing
		case !ok || len(x.Values) > 1:
			return badRequest("The value is 1 or 0.")
		default:
			s.NoComings = !on
		}
		return nil
	}},
	{mapping.FieldEncoding, func(_ *room, _ *configuration, s *settings, x form.Field) (err *stanza.Error) {
		s.Encoding, err = charsetName(x)
		return err
	}},
	{mapping.FieldFallback, func(_ *room, _ *configuration, s *settings, x form.Field) (err *stanza.Error) {
		s.Fallback, err = charsetName(x)
		return err
	}},
	{mapping.FieldHistory, func(r *room, c *configuration, s *settings, _ form.Field) *stanza.Error {
		n, given, ok := mapping.HistoryWish(c.form)
		moded := mapping.KnowsHistory(r.up.view.Support())
		switch {
		case !given || !ok: // or a problem, which planModes has noted
		case !moded && n == r.policy().History: // it is so already
		case n < 0, n > 0 && moded: // nobody has said, or the mode does
			s.History = nil
		default:
			s.History = &n
		}
		return nil
	}},
}

// readPolicy changes settings as a submitted form says. What is not in it stays as it is.
// It says which field changed something first; "": none did.
func (r *room) readPolicy(c *configuration, s *settings, bad func(field string, err *stanza.Error)) (first string) {
	for _, f := range policySetters {
		x, there := c.form.Field(f.field)
		if !there {
			continue
		}
		was := *s
		if err := f.set(r, c, s, x); err != nil {
			bad(f.field, err)
		}
		if first == "" && !s.equal(was) {
			first = f.field
		}
	}
	return first
}

// planPolicy has the settings changed, if whoever asks may.
func (r *room) planPolicy(c *configuration) {
	now := r.settings()
	first := r.readPolicy(c, &now, func(field string, err *stanza.Error) { c.problem(field, err.Text, err.Args...) })
	switch {
	case first == "":
		return
	case !r.up.user.governs(r.up.name, r.channel):
		c.failed(first, errNotOperator)
		return
	}
	c.steps = append(c.steps, step{first, func(done func(error)) {
		err := r.up.user.set(r.up.name, r.channel, func(s settings) (settings, *stanza.Error) {
			r.readPolicy(c, &s, func(string, *stanza.Error) {}) // it was read before
			return s, nil
		})
		if err != nil {
			done(err)
			return
		}
		done(nil)
	}})
}

// historyMost is how much of what was said before anybody is told at the most: what the
// channel says, as far as it is kept.
func (r *room) historyMost() int {
	kept := r.up.user.config.Gateway.Backlog
	if r.up.view != nil {
		if ch, ok := r.up.view.Channel(r.channel); ok {
			if n, ok := mapping.HistoryLimit(ch, r.up.view.Support()); ok {
				return min(n, kept)
			}
		}
	}
	return r.ownHistory(kept)
}

// ownHistory is the same where no mode says it.
func (r *room) ownHistory(kept int) int {
	if n := r.settings().History; n != nil {
		return min(max(*n, 0), kept)
	}
	return kept
}
