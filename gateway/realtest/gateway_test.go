//go:build e2e && linux

package realtest

import (
	"fmt"
	"strings"
	"testing"
)

// TestGateway has one user of each side meet in a channel, on every pair of servers.
func TestGateway(t *testing.T) {
	program := Build(t)
	for _, x := range XMPPKinds() {
		for _, i := range IRCKinds() {
			t.Run(x.Name+" and "+i.Name, func(t *testing.T) {
				testGateway(t, program, x.Start(t), i.Start(t, IRCOptions{}))
			})
		}
	}
}

func testGateway(t *testing.T, program string, x *XMPPServer, i *IRCServer) {
	_, port, _ := strings.Cut(i.TLSAddr, ":")
	gw := StartGateway(t, program, fmt.Sprintf(`
[component]
address = %q
domain = %q
secret = %q

[[network]]
name = "test"
addresses = ["localhost:%s"]
tls_ca_file = %q
`, x.Component, Component, Secret, port, i.CAFile))
	const room = "#lounge%test@" + Component
	alice, dave := x.Login(t, "alice", "desk"), i.Connect(t, "dave")
	alice.AwaitComponent(Component)
	dave.Join("#lounge", "")
	alice.JoinRoom(room, "alice", "")
	dave.Expect("alice", By("alice", "JOIN"))
	alice.Say(room, "hello")
	dave.Expect("alice's words", By("alice", "PRIVMSG", "#lounge", "hello"))
	dave.Say("#lounge", "welcome")
	alice.Expect("dave's words", Body("groupchat", room+"/dave", "welcome"))
	if status := gw.Stop(t); status != 0 {
		t.Errorf("exit status %d", status)
	}
	alice.Expect("to be sent away", Presence("unavailable", room+"/alice"))
	dave.Expect("alice to go", By("alice", "QUIT"))
}
