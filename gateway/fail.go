package gateway

import (
	"errors"

	"isthmus/ircside/irc"
	"isthmus/mapping"
	"isthmus/xmppside/muc"
	"isthmus/xmppside/stanza"
)

// refuse is the one place where a Go error becomes an answer: a stanza error as it
// is, a network's refusal by the table of mapping, anything else as our own fault,
// which is logged.
func (u *user) refuse(s *stanza.Stanza, err error) {
	if answerable(s) {
		u.reject(s, u.stanzaError(err, mapping.ForMessage, ""))
	}
}

// answerable says whether a stanza may be answered with an error.
func answerable(s *stanza.Stanza) bool {
	switch s.Type {
	case "error", "result", "unavailable", "probe", "subscribed", "unsubscribe", "unsubscribed":
		return false
	}
	return true
}

// refusal is the error that answers a stanza. That of a join has, as clients want it,
// the muc <x/>. XEP-0045 §7.2.
func refusal(s *stanza.Stanza, err *stanza.Error) *stanza.Stanza {
	answer := s.Refuse(mapping.InLanguage(err, s.Lang))
	if _, join := muc.ParseJoin(s); join {
		enters(answer)
	}
	return answer
}

// Unread is the error that answers a stanza into which nobody has looked, in its sender's
// language. Any presence to an occupant may be an entry, for an old client has nothing in
// it that says so: it is answered as one.
func Unread(s *stanza.Stanza, err *stanza.Error) *stanza.Stanza {
	answer := refusal(s, err)
	if s.Kind == stanza.Presence && s.Type == "" && s.To.Resource() != "" {
		enters(answer)
	}
	return answer
}

// enters has an error be the answer to a join, once.
func enters(answer *stanza.Stanza) {
	if answer.Child(muc.NS, "x") == nil {
		answer.Children = append([]*stanza.Element{stanza.E(muc.NS, "x")}, answer.Children...)
	}
}

// stanzaError words an error for whoever asked for dest on a server that calls
// itself ircd.
func (u *user) stanzaError(err error, dest mapping.Dest, ircd string) *stanza.Error {
	var se *stanza.Error
	var fault irc.Fault
	var closed *irc.CloseError
	switch {
	case errors.As(err, &se):
		return se
	case errors.As(err, &fault):
		return mapping.Fault(fault, dest, ircd)
	case errors.As(err, &closed):
		return mapping.Closed(closed, dest)
	case errors.Is(err, errBusy):
		return &stanza.Error{Type: stanza.Wait, Condition: stanza.ResourceConstraint, Text: "Too much is waiting to be sent to the network. Try again in a while."}
	}
	u.log.Error().Err(err).Msg("request failed")
	return errFailed()
}

var errStopping = &stanza.Error{Type: stanza.Wait, Condition: stanza.ServiceUnavailable, Text: "The gateway is stopping."}

func errFailed() *stanza.Error {
	return &stanza.Error{Type: stanza.Cancel, Condition: stanza.InternalServerError, Text: "The gateway has failed."}
}

// errBusy is a seat that takes no more.
var errBusy = errors.New("the seat is busy")

func badRequest(text string, args ...string) *stanza.Error {
	return &stanza.Error{Type: stanza.Modify, Condition: stanza.BadRequest, Text: text, Args: args}
}

func notIn() *stanza.Error {
	return &stanza.Error{Type: stanza.Modify, Condition: stanza.NotAcceptable, Text: "You are not in this room: join it first."}
}

func timedOut(text string, args ...string) *stanza.Error {
	return &stanza.Error{Type: stanza.Wait, Condition: stanza.RemoteServerTimeout, Text: text, Args: args}
}

// unknownNetwork is said of a network that nobody has configured.
const unknownNetwork = "This gateway knows no network %s."

func notFound(text string, args ...string) *stanza.Error {
	return &stanza.Error{Type: stanza.Cancel, Condition: stanza.ItemNotFound, Text: text, Args: args}
}

func notAllowed(text string, args ...string) *stanza.Error {
	return &stanza.Error{Type: stanza.Cancel, Condition: stanza.NotAllowed, Text: text, Args: args}
}
