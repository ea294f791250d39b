package gateway

import (
	"slices"
	"strings"

	"isthmus/mapping"
	"isthmus/xmppside/form"
	"isthmus/xmppside/iq"
	"isthmus/xmppside/jid"
	"isthmus/xmppside/stanza"
)

// An action is something that people have the gateway do: by a word that they write to
// it or to a network, or by the ad-hoc command of the same name.
type action struct {
	name    string     // the word, and the node of the command
	title   string     // what it does
	at      []iq.Place // where it is; words are written to the gateway or a network
	args    []arg
	allowed func(*user) bool // nil: anybody may
	run     func(*call)      // ends with one say, tell or fail
}

// An arg is what an action has to be told: a field of the form, a word behind the
// action's. What the address says already is not asked: "channel" at a room, "nick" at
// an occupant.
type arg struct {
	name     string
	label    string
	kind     form.Kind
	optional bool
	rest     bool                      // in words, it is all that is left
	inForm   bool                      // in words there is none
	stage    int                       // of the command; the first is 0
	value    func(*call) string        // what stands there at first; nil: nothing
	choose   func(*call) []form.Option // of a list
	asked    func(*call) bool          // whether a form asks for it; nil: it does
	check    func(*call) string        // what is wrong with it in a form, in English; nil: nothing ever is
}

// actions are all of them, in the order of the help: each topic has its own. Help is the
// first.
func actions() []action {
	return slices.Concat(consoleActions(), browseActions(), featureActions(), knockActions(), serviceActions(), stepActions(), manageActions())
}

// actionsAt are those that a user may have done at a place.
func actionsAt(u *user, at iq.Place) []action {
	return slices.DeleteFunc(actions(), func(a action) bool { return !a.is(at) || !a.may(u) })
}

func (a action) is(at iq.Place) bool { return slices.Contains(a.at, at) }

func (a action) may(u *user) bool { return a.allowed == nil || a.allowed(u) }

// usage is how an action is written in words.
func (a action) usage() string {
	words := []string{a.name}
	for _, g := range a.args {
		if g.inForm {
			continue
		}
		word := strings.ToUpper(g.name)
		if g.optional {
			word = "[" + word + "]"
		}
		words = append(words, word)
	}
	return strings.Join(words, " ")
}

// A call is one use of an action. It is answered once.
type call struct {
	user   *user
	at     mapping.Address
	client jid.JID
	lang   string
	action action
	args   map[string]string
	reply  func(outcome)
	done   bool
}

// An outcome is what a call is answered with: lines that are in the language of whoever
// asked, or what went wrong.
type outcome struct {
	lines []string
	err   *stanza.Error
}

// call begins the use of an action at an address, which says some arguments.
func (u *user) call(a action, at mapping.Address, client jid.JID, lang string) *call {
	c := &call{user: u, at: at, client: client, lang: strings.Clone(lang), action: a, args: map[string]string{}}
	switch {
	case at.Kind == mapping.Channel:
		c.args["channel"] = at.Name
		if at.Occupant != "" {
			c.args["nick"] = at.Occupant
		}
	case at.Kind == mapping.Nick:
		c.args["nick"] = at.Name
	}
	return c
}

// language is that in which to answer a stanza: its own, else that of its sender's
// presence.
func (u *user) language(s *stanza.Stanza) string {
	if c := u.clients[s.From]; s.Lang == "" && c != nil {
		return mapping.Language(c.lang)
	}
	return mapping.Language(s.Lang)
}

// lang is the language of what is told to no client in particular: that of one which is
// here.
func (u *user) lang() string {
	var first *client
	for _, c := range u.clients {
		if c.lang != "" && (first == nil || c.jid.String() < first.jid.String()) {
			first = c
		}
	}
	if first == nil {
		return mapping.English
	}
	return first.lang
}

// addressed says whether the address says an argument.
func (c *call) addressed(g arg) bool {
	return g.name == "channel" && c.at.Kind == mapping.Channel ||
		g.name == "nick" && (c.at.Kind == mapping.Channel && c.at.Occupant != "" || c.at.Kind == mapping.Nick)
}

// words is a text of ours in the language of whoever asked.
func (c *call) words(text string, args ...string) string { return mapping.Say(c.lang, text, args...) }

// say answers with a text of ours.
func (c *call) say(text string, args ...string) { c.tell(c.words(text, args...)) }

// tell answers with lines that are in the right language already.
func (c *call) tell(lines ...string) { c.end(outcome{lines: lines}) }

// fail answers with what went wrong. Its language is that of whoever asked.
func (c *call) fail(err error, dest mapping.Dest) {
	c.end(outcome{err: mapping.InLanguage(c.user.stanzaError(err, dest, c.ircd()), c.lang)})
}

func (c *call) end(o outcome) {
	if !c.done {
		c.done = true
		c.reply(o)
	}
}

// uplink is the user's connection to the network; nil if there is none.
func (c *call) uplink() *uplink { return c.user.known(c.at.Network) }

// online is the uplink that can be spoken to now; if there is none, the call is
// answered by that.
func (c *call) online() *uplink {
	up := c.uplink()
	if up == nil || up.state != linkUp {
		c.say("Not connected.")
		return nil
	}
	return up
}

func (c *call) ircd() string {
	if up := c.uplink(); up != nil {
		return up.ircd()
	}
	return ""
}
