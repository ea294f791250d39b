//go:build linux

package realtest

import "testing"

// What both XMPP servers serve.
const (
	Domain    = "localhost"            // of the accounts alice, bob and carol, whose passwords are their names
	Rooms     = "conference.localhost" // a chat service of the server's own
	Component = "irc.localhost"        // where the gateway belongs
	Secret    = "component-secret"     // its secret
)

// accounts are the localparts of the accounts.
func accounts() []string { return []string{"alice", "bob", "carol"} }

// An XMPPServer is a running Prosody or ejabberd. Clients log in without TLS.
type XMPPServer struct {
	*Process
	C2S       string // host:port for clients
	Component string // host:port for components
}

// An XMPPKind is a program that serves XMPP.
type XMPPKind struct {
	Name  string
	Start func(testing.TB) *XMPPServer
}

// XMPPKinds are the XMPP servers that the gateway is tested behind.
func XMPPKinds() []XMPPKind {
	return []XMPPKind{{"prosody", StartProsody}, {"ejabberd", StartEjabberd}}
}
