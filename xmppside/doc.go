// Package xmppside is the shell round the XMPP vocabularies: the component's one
// stream (XEP-0114), its connection, and our own questions on it.
//
// A [Component] has three goroutines while a stream is up: Run reads it, the
// connection's writer writes what has gathered, the watch asks the server whether
// it is still there, and says goodbye to it in the end. Run starts the other two,
// and waits for their end.
//
// Who waits: the reader waits for nobody ([Handler.HandleStanza] must not), senders
// wait for the writer when its queue is full, the writer has a deadline by which
// the server must have taken something. Who waits when the stream is lost goes on
// before [Handler.StreamDown] is called.
//
// The handshake and the stream's end are mellium.im/xmpp's; in between, stanzas
// are read by package stanza from the buffer under mellium's session, because its
// Serve ends the stream of everybody for what one client sends.
//
// The package imports jid and stanza and nothing else of ours.
package xmppside
