package mapping

import (
	"strings"

	"isthmus/xmppside/stanza"
)

// A ServiceReply is what a line of ChanServ's comes to.
type ServiceReply uint8

// The replies.
const (
	ServiceWords     ServiceReply = iota // nothing that is known: more may come
	ServiceDone                          // it is as was asked
	ServiceTwice                         // the command again, with the channel twice
	ServiceKey                           // the command again, with a key behind it
	ServiceNoChannel                     // the channel is not registered
	ServiceRefusal                       // it is not done: see [ServiceError]
)

// A serviceRow is what services say in English, without formatting and in lower case:
// all words, separated by bars, are in the line.
type serviceRow struct {
	words     string
	reply     ServiceReply
	condition stanza.Condition
	say       string
}

const (
	notLetByServices = "The services of the network do not let you do that."
	logInFirst       = "Log in to the network first."
	tryServicesLater = "The services of the network cannot do that now. Try again later."
)

// serviceRows are the answers of Anope 2.0 and 2.1 and Atheme 7.2 to DROP and
// REGISTER. The first that fits is the one.
var serviceRows = []serviceRow{
	{words: "has been dropped", reply: ServiceDone},                                     // both
	{words: "registered under your account", reply: ServiceDone},                        // Anope
	{words: "is now registered to", reply: ServiceDone},                                 // Atheme
	{words: "enter the channel name twice", reply: ServiceTwice},                        // Anope 2.0
	{words: "confirm|drop #", reply: ServiceKey},                                        // Atheme, Anope 2.1
	{words: "isn't registered", reply: ServiceNoChannel},                                // Anope
	{words: "is not registered", reply: ServiceNoChannel},                               // Atheme
	{words: "access denied", say: notLetByServices},                                     // Anope
	{words: "not authorized", say: notLetByServices},                                    // Atheme
	{words: "held; it cannot be dropped", say: notLetByServices},                        // Atheme
	{words: "closed; it cannot be dropped", say: notLetByServices},                      // Atheme
	{words: "is suspended", say: notLetByServices},                                      // Anope
	{words: "restricted from registering", say: notLetByServices},                       // Atheme
	{words: "local channels", say: notLetByServices},                                    // Anope
	{words: "password authentication required", condition: stanza.RegistrationRequired}, // Anope
	{words: "must be logged into an account", condition: stanza.RegistrationRequired},   // Anope
	{words: "need to be identified", condition: stanza.RegistrationRequired},            // Anope
	{words: "not logged in", condition: stanza.RegistrationRequired},                    // Atheme
	{words: "must register your nick", condition: stanza.RegistrationRequired},          // Anope
	{words: "confirm your account", condition: stanza.RegistrationRequired},             // Anope
	{words: "verify your email", condition: stanza.RegistrationRequired},                // Atheme
	{words: "already registered", condition: stanza.Conflict},                           // both
	{words: "must be a channel operator", condition: stanza.Forbidden},                  // both
	{words: "doesn't exist", condition: stanza.ItemNotFound},                            // Anope
	{words: "must exist", condition: stanza.ItemNotFound},                               // Atheme
	{words: "must be in", condition: stanza.ItemNotFound},                               // Atheme
	{words: "too many channels", condition: stanza.ResourceConstraint},                  // Atheme
	{words: "limit of", condition: stanza.ResourceConstraint},                           // Anope
	{words: "temporarily disabled", condition: stanza.ServiceUnavailable},               // Anope
	{words: "too busy", condition: stanza.ServiceUnavailable},                           // Atheme
	{words: "please wait", condition: stanza.ServiceUnavailable},                        // both
	{words: "invalid key", condition: stanza.UnexpectedRequest},                         // Atheme
	{words: "unknown command", condition: stanza.FeatureNotImplemented},                 // Anope
	{words: "invalid command", condition: stanza.FeatureNotImplemented},                 // Atheme
	{words: "not a valid channel", condition: stanza.JIDMalformed},                      // Anope
}

// serviceErrors are the errors of rows that have but a condition.
var serviceErrors = map[stanza.Condition]refusal{
	"":                           {typ: stanza.Cancel, condition: stanza.NotAllowed, say: notLetByServices},
	stanza.RegistrationRequired:  {typ: stanza.Auth, say: logInFirst},
	stanza.Conflict:              {typ: stanza.Cancel, say: "The channel is registered already."},
	stanza.Forbidden:             {typ: stanza.Auth, say: "Only operators of the channel may do that. Ask one of them."},
	stanza.ItemNotFound:          {typ: stanza.Cancel, say: "Join the channel first."},
	stanza.ResourceConstraint:    {typ: stanza.Wait, say: "You have as many channels as the network lets you register."},
	stanza.ServiceUnavailable:    {typ: stanza.Wait, say: tryServicesLater},
	stanza.UnexpectedRequest:     {typ: stanza.Wait, say: tryServicesLater},
	stanza.FeatureNotImplemented: {typ: stanza.Cancel, say: "The services of the network do not know that command."},
	stanza.JIDMalformed:          {typ: stanza.Modify, say: "The network takes no such name. Check it."},
}

// Service reads a line of ChanServ's about a channel. key is what it wants to hear
// behind a command that is to be confirmed.
func Service(line, channel string) (reply ServiceReply, key string) {
	row, ok := serviceRowOf(line)
	switch {
	case !ok:
		return ServiceWords, ""
	case row.reply == ServiceWords:
		return ServiceRefusal, ""
	case row.reply == ServiceKey:
		if key = confirmation(line, channel); key == "" {
			return ServiceWords, ""
		}
	}
	return row.reply, key
}

// ServiceError is the error for a line that refuses, or that nobody knows.
func ServiceError(line string) *stanza.Error {
	row, ok := serviceRowOf(line)
	if !ok {
		return refusal{typ: stanza.Cancel, condition: stanza.UndefinedCondition, say: "The gateway does not understand what the services of the network say."}.error(told(line))
	}
	r := serviceErrors[row.condition]
	if row.condition != "" {
		r.condition = row.condition
	}
	return r.error(told(line))
}

func serviceRowOf(line string) (serviceRow, bool) {
	text := strings.ToLower(Strip(line))
	for _, row := range serviceRows {
		if !oneOf(row.words, func(w string) bool { return !strings.Contains(text, w) }) {
			return row, true
		}
	}
	return serviceRow{}, false
}

// confirmation is the word behind "DROP #channel": "/msg ChanServ DROP #channel 1f:2e".
func confirmation(line, channel string) string {
	words := strings.Fields(Strip(line))
	for i := len(words) - 3; i >= 0; i-- {
		if strings.EqualFold(words[i], "DROP") && strings.EqualFold(words[i+1], channel) {
			return strings.Trim(words[i+2], ".\"'")
		}
	}
	return ""
}
