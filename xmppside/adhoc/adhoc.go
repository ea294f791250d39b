// Package adhoc is the vocabulary of ad-hoc commands (XEP-0050): what a client asks for
// and what it is answered, stage by stage. Which commands there are, and how far a
// session has come, is the business of whoever answers.
//
// Requests and answers belong to whoever holds them. The package does no IO and imports
// form and stanza.
package adhoc

import (
	"isthmus/xmppside/form"
	"isthmus/xmppside/stanza"
)

// NS is the namespace of commands, and the node under which disco#items lists them.
const NS = "http://jabber.org/protocol/commands"

// What disco#info calls the list and each command in it. XEP-0050 §2.2
const (
	Category = "automation"
	ListType = "command-list"
	NodeType = "command-node"
)

// An Action is what a client wants of a command.
type Action string

// The actions. XEP-0050 §3.4
const (
	Execute  Action = "execute"
	Cancel   Action = "cancel"
	Prev     Action = "prev"
	Next     Action = "next"
	Complete Action = "complete"
)

// A Request is what a client sends.
type Request struct {
	Node    string
	Session string // "": a new one
	Action  Action
	Lang    string     // of the element; that of the IQ is preferred
	Form    *form.Form // filled in; nil if there is none
}

// Parse reads a <command/>. A form of the type cancel counts as submitted (§3.5.1).
// Errors are *stanza.Error. XEP-0050 §2.4, §4.1
func Parse(e *stanza.Element) (Request, error) {
	r := Request{Node: e.Attr("node"), Session: e.Attr("sessionid"), Action: Action(e.Attr("action")), Lang: e.Lang()}
	switch r.Action {
	case "":
		r.Action = Execute
	case Execute, Cancel, Prev, Next, Complete:
	default:
		return Request{}, refusal(stanza.Modify, stanza.BadRequest, "malformed-action", "There is no such action of a command.")
	}
	switch {
	case r.Node == "":
		return Request{}, refusal(stanza.Cancel, stanza.ItemNotFound, "", "Say which command is meant.")
	case r.Session == "" && r.Action != Execute: // nothing has begun yet
		return Request{}, BadAction()
	}
	r.Form = form.Parse(e.Child(form.NS, "x"))
	return r, nil
}

// A Status says how far a command has come. XEP-0050 §3.6
type Status string

// The statuses.
const (
	Executing Status = "executing"
	Completed Status = "completed"
	Canceled  Status = "canceled"
)

// A NoteKind says how a note is meant. XEP-0050 §3.6
type NoteKind string

// The kinds of notes.
const (
	Info    NoteKind = "info"
	Warning NoteKind = "warn"
	Failure NoteKind = "error" // it is done, and has failed
)

// A Note is something said to whoever runs a command.
type Note struct {
	Kind NoteKind
	Text string
}

// An Answer is what a client gets.
type Answer struct {
	Node, Session string
	Lang          string
	Status        Status
	Notes         []Note
	Form          *form.Form // to be filled in, or what came out; nil: none
	Actions       []Action   // of Prev, Next and Complete, those allowed next
	Default       Action     // what execute means: one of Actions
}

// Element writes it down. XEP-0050 §2.4
func (a Answer) Element() *stanza.Element {
	e := stanza.E(NS, "command").Set("node", a.Node).Set("sessionid", a.Session).Set("status", string(a.Status)).SetLang(a.Lang)
	if len(a.Actions) > 0 {
		actions := stanza.E(NS, "actions").Set("execute", string(a.Default))
		for _, each := range []Action{Prev, Next, Complete} { // in the order of the schema
			if a.Allows(each) {
				actions.Add(stanza.E(NS, string(each)))
			}
		}
		e.Add(actions)
	}
	if a.Form != nil {
		e.Add(a.Form.Element())
	}
	for _, n := range a.Notes {
		e.Add(stanza.T(NS, "note", n.Text).Set("type", string(n.Kind)))
	}
	return e
}

// Allows says whether an action is among those allowed next.
func (a Answer) Allows(action Action) bool {
	for _, other := range a.Actions {
		if other == action {
			return true
		}
	}
	return false
}

// BadAction is for an action that this stage does not have.
func BadAction() *stanza.Error {
	return refusal(stanza.Modify, stanza.BadRequest, "bad-action", "The command cannot do that at this stage.")
}

// BadSession is for a session that there is not, or somebody else's.
func BadSession() *stanza.Error {
	return refusal(stanza.Modify, stanza.BadRequest, "bad-sessionid", "There is no such session of the command. Begin again.")
}

// BadPayload is for a form that will not do; text says why.
func BadPayload(text string, args ...string) *stanza.Error {
	e := refusal(stanza.Modify, stanza.BadRequest, "bad-payload", text)
	e.Args = args
	return e
}

// Expired is for a session that was left alone for too long.
func Expired() *stanza.Error {
	return refusal(stanza.Cancel, stanza.NotAllowed, "session-expired", "The session of the command has ended meanwhile. Begin again.")
}

// refusal is an error with a condition of the protocol's own. XEP-0050 §4.1
func refusal(typ stanza.ErrorType, c stanza.Condition, own, text string) *stanza.Error {
	e := &stanza.Error{Type: typ, Condition: c, Text: text}
	if own != "" {
		e.App = stanza.E(NS, own)
	}
	return e
}
