// Package mapping translates between IRC and XMPP: addresses, nicks, ranks,
// refusals, text.
//
// Each file is one topic, with both directions in it. The package has no state: its
// functions take values of one vocabulary, what they need to know about the network
// ([irc.Support]) and the operator's wishes, and return values of the other.
// Nothing here does IO, reads the clock or keeps what it was given, so everything
// may be called from any goroutine.
//
// It imports ircside/irc and the vocabularies jid, stanza and muc below xmppside,
// and nothing else of ours.
package mapping
