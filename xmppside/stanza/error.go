package stanza

import (
	"cmp"
	"strings"
)

// Stanzas is the namespace of the stanza error conditions. RFC 6120 §8.3.3.
const Stanzas = "urn:ietf:params:xml:ns:xmpp-stanzas"

// An ErrorType says what the sender may do about an error. RFC 6120 §8.3.2.
type ErrorType string

// The types of errors.
const (
	Auth     ErrorType = "auth"
	Cancel   ErrorType = "cancel"
	Continue ErrorType = "continue"
	Modify   ErrorType = "modify"
	Wait     ErrorType = "wait"
)

// A Condition is what went wrong. RFC 6120 §8.3.3.
type Condition string

// The defined conditions.
const (
	BadRequest            Condition = "bad-request"
	Conflict              Condition = "conflict"
	FeatureNotImplemented Condition = "feature-not-implemented"
	Forbidden             Condition = "forbidden"
	Gone                  Condition = "gone"
	InternalServerError   Condition = "internal-server-error"
	ItemNotFound          Condition = "item-not-found"
	JIDMalformed          Condition = "jid-malformed"
	NotAcceptable         Condition = "not-acceptable"
	NotAllowed            Condition = "not-allowed"
	NotAuthorized         Condition = "not-authorized"
	PolicyViolation       Condition = "policy-violation"
	RecipientUnavailable  Condition = "recipient-unavailable"
	Redirect              Condition = "redirect"
	RegistrationRequired  Condition = "registration-required"
	RemoteServerNotFound  Condition = "remote-server-not-found"
	RemoteServerTimeout   Condition = "remote-server-timeout"
	ResourceConstraint    Condition = "resource-constraint"
	ServiceUnavailable    Condition = "service-unavailable"
	SubscriptionRequired  Condition = "subscription-required"
	UndefinedCondition    Condition = "undefined-condition"
	UnexpectedRequest     Condition = "unexpected-request"
)

// legacyCode is the number that old clients know. XEP-0086 §3.
var legacyCode = map[Condition]string{
	BadRequest: "400", Conflict: "409", FeatureNotImplemented: "501", Forbidden: "403",
	Gone: "302", InternalServerError: "500", ItemNotFound: "404", JIDMalformed: "400",
	NotAcceptable: "406", NotAllowed: "405", NotAuthorized: "401", PolicyViolation: "406",
	RecipientUnavailable: "404", Redirect: "302", RegistrationRequired: "407",
	RemoteServerNotFound: "404", RemoteServerTimeout: "504", ResourceConstraint: "500",
	ServiceUnavailable: "503", SubscriptionRequired: "407", UndefinedCondition: "500",
	UnexpectedRequest: "400",
}

// An Error is a stanza error. It is a Go error as well.
type Error struct {
	Type      ErrorType
	Condition Condition
	Lead      string   // a sentence before Text; "": none
	Text      string   // what to tell people; each %s in it is one of Args
	Args      []string // names and the like, which are the same in every language
	Said      string   // what somebody else said about it, behind Text in brackets
	Lang      string   // of Text; "" is written as en
	URI       string   // with gone and redirect: where to
	By        string   // who found it, if not the one who was addressed
	App       *Element // an application's own condition, or nil
}

// Error says it for a log.
func (e *Error) Error() string {
	return string(e.Type) + "/" + string(e.Condition) + ": " + e.Words()
}

// Words is the whole text.
func (e *Error) Words() string {
	text := Fill(e.Text, e.Args...)
	if e.Lead != "" {
		text = e.Lead + " " + text
	}
	switch {
	case e.Said == "":
		return text
	case text == "":
		return e.Said
	}
	return text + " (" + e.Said + ")"
}

// Fill puts arguments in the place of each %s of a text, in order. A text that is
// given none is left as it is.
func Fill(text string, args ...string) string {
	if len(args) == 0 {
		return text
	}
	before, after, ok := strings.Cut(text, "%s")
	if !ok {
		return text
	}
	return before + args[0] + Fill(after, args[1:]...) // what was filled in is not looked through again
}

// Element writes it down, with the code that old clients know (XEP-0086).
func (e *Error) Element() *Element {
	el := (&Element{Local: "error"}).Set("by", e.By).Set("code", legacyCode[e.Condition]).Set("type", string(e.Type))
	el.Add(T(Stanzas, string(e.Condition), e.URI))
	if text := e.Words(); text != "" {
		el.Add(T(Stanzas, "text", text).SetLang(cmp.Or(e.Lang, "en")))
	}
	return el.Add(e.App)
}

// ParseError reads an <error/>. What is missing or unknown, el itself included,
// becomes cancel/undefined-condition.
func ParseError(el *Element) *Error {
	e := &Error{Type: ErrorType(el.Attr("type")), By: el.Attr("by"), Condition: UndefinedCondition}
	switch e.Type {
	case Auth, Cancel, Continue, Modify, Wait:
	default:
		e.Type = Cancel
	}
	for _, c := range el.Children() {
		switch {
		case c.Space == Stanzas && c.Local == "text":
			e.Text, e.Lang = c.Text(), c.Lang()
		case c.Space == Stanzas:
			if _, known := legacyCode[Condition(c.Local)]; known {
				e.Condition = Condition(c.Local)
				e.URI = strings.TrimSpace(c.Text())
			}
		case e.App == nil:
			e.App = c
		}
	}
	return e
}
