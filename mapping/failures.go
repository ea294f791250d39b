package mapping

import (
	"isthmus/ircside/irc"
	"isthmus/xmppside/stanza"
)

// accountRequired is the want of an account. Who has not been let in reaches no services to
// log in with.
var accountRequired = []refusal{
	{dests: of(ForConnection), typ: stanza.Auth, condition: stanza.RegistrationRequired, say: "The network lets in only those who log in. Ask the gateway's operator."},
	{typ: stanza.Auth, condition: stanza.RegistrationRequired, say: "The network wants you to log in first. The command \"identify\" does it."},
}

// failures says what the codes of FAIL are to an XMPP client: by the command and the
// code, else by the code alone. IRCv3 standard-replies.
var failures = map[string][]refusal{
	irc.CodeTimeout: {
		{dests: of(ForMessage, ForSubject), typ: stanza.Wait, condition: stanza.RemoteServerTimeout, say: "The network did not answer in time. It may have taken the message all the same."},
		{typ: stanza.Wait, condition: stanza.RemoteServerTimeout, say: "The network did not answer in time. Try again in a while."},
	},
	"JOIN " + irc.CodeUnsayable: {
		{words: "channel", typ: stanza.Modify, condition: stanza.JIDMalformed, say: "The network can have no channel of that name. Check it."},
		{typ: stanza.Modify, condition: stanza.BadRequest, say: "IRC has no words for that."},
	},
	irc.CodeUnsayable:             always(stanza.Modify, stanza.BadRequest, "IRC has no words for that."),
	"ACCOUNT_REQUIRED":            accountRequired,
	"NEED_REGISTRATION":           accountRequired,
	"ACCOUNT_REQUIRED_TO_CONNECT": always(stanza.Auth, stanza.RegistrationRequired, "The network lets in only those who log in. Ask the gateway's operator."),

	"JOIN CHANNEL_RENAMED":           always(stanza.Cancel, stanza.Gone, "The channel has another name by now. Join it there."),
	"RENAME CHANNEL_NAME_IN_USE":     always(stanza.Cancel, stanza.Conflict, "There is a channel of that name. Choose another."),
	"RENAME CANNOT_RENAME":           always(stanza.Cancel, stanza.NotAllowed, "The network does not let you rename the channel."),
	"REDACT INVALID_TARGET":          always(stanza.Cancel, stanza.NotAllowed, "Nothing can be taken back there."),
	"REDACT REDACT_FORBIDDEN":        always(stanza.Auth, stanza.Forbidden, "The network does not let you take that back."),
	"REDACT REDACT_WINDOW_EXPIRED":   always(stanza.Cancel, stanza.NotAllowed, "That is too old to be taken back."),
	"REDACT UNKNOWN_MSGID":           always(stanza.Cancel, stanza.ItemNotFound, "The network does not know that message."),
	"BATCH MULTILINE_MAX_BYTES":      always(stanza.Modify, stanza.PolicyViolation, "The message is too long for the network. Send it in parts."),
	"BATCH MULTILINE_MAX_LINES":      always(stanza.Modify, stanza.PolicyViolation, "The message has too many lines for the network. Send it in parts."),
	"BATCH MULTILINE_INVALID":        always(stanza.Wait, stanza.InternalServerError, "The gateway sent the message in a way that the network does not take. Try again."),
	"BATCH MULTILINE_INVALID_TARGET": always(stanza.Wait, stanza.InternalServerError, "The gateway sent the message in a way that the network does not take. Try again."),
	"CHATHISTORY INVALID_TARGET":     always(stanza.Cancel, stanza.ItemNotFound, "The network keeps no history of that."),
	"METADATA KEY_NO_PERMISSION":     always(stanza.Auth, stanza.Forbidden, "The network does not let you change that."),
	"METADATA KEY_INVALID":           always(stanza.Modify, stanza.NotAcceptable, "The network has no such setting."),
	"METADATA VALUE_INVALID":         always(stanza.Modify, stanza.NotAcceptable, "The network does not take that value. Check it."),
	"METADATA LIMIT_REACHED":         always(stanza.Wait, stanza.ResourceConstraint, "The network keeps no more of these for you. Remove one first."),
	"METADATA TOO_MANY_SUBS":         always(stanza.Wait, stanza.ResourceConstraint, "The network watches no more of these for you. Remove one first."),
	"METADATA RATE_LIMITED":          always(stanza.Wait, stanza.ResourceConstraint, "That was too fast for the network. Wait a little and try again."),
	"SETNAME INVALID_REALNAME":       always(stanza.Modify, stanza.NotAcceptable, "The network does not take that name. Choose another."),
	"SETNAME CANNOT_CHANGE_REALNAME": always(stanza.Cancel, stanza.NotAllowed, "The network does not let you change that name."),
	"NICK NICKNAME_RESERVED":         always(stanza.Cancel, stanza.Conflict, "That nick is registered. Log in by the command \"identify\" first, or choose another."),

	"INVALID_UTF8":              always(stanza.Modify, stanza.BadRequest, "The network takes nothing but UTF-8."),
	"ACCOUNT_EXISTS":            always(stanza.Cancel, stanza.Conflict, "There is an account of that name. Choose another."),
	"INVALID_CODE":              always(stanza.Auth, stanza.NotAuthorized, "That is not the code. Check it."),
	"BAD_ACCOUNT_NAME":          always(stanza.Modify, stanza.NotAcceptable, "The network does not take that name of an account. Choose another."),
	"WEAK_PASSWORD":             always(stanza.Modify, stanza.NotAcceptable, "The network wants a better password."),
	"INVALID_EMAIL":             always(stanza.Modify, stanza.NotAcceptable, "The network does not take that address. Check it."),
	"UNACCEPTABLE_EMAIL":        always(stanza.Modify, stanza.NotAcceptable, "The network does not take that address. Use another."),
	"ACCOUNT_NAME_MUST_BE_NICK": always(stanza.Modify, stanza.NotAcceptable, "The account must be named as your nick."),
	"TEMPORARILY_UNAVAILABLE":   always(stanza.Wait, stanza.ServiceUnavailable, "The network cannot do that now. Try again later."),
}
