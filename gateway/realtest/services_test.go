//go:build e2e && linux

package realtest

import (
	"strconv"
	"testing"
)

// servicesScripts are what only a network with services shows.
var servicesScripts = []struct {
	name string
	run  func(*testing.T, *pair)
}{
	{"registered", scriptRegistered},
}

// TestServices plays them on InspIRCd with each kind of services, behind each XMPP
// server.
func TestServices(t *testing.T) {
	program := Build(t)
	var networks []network
	for _, kind := range ServicesKinds() {
		n := network{kind: kind.Name}
		n.server, n.missing = started(t, func(t testing.TB) *IRCServer {
			irc := StartInspIRCd(t, IRCOptions{Services: true})
			kind.Start(t, irc)
			return irc
		})
		networks = append(networks, n)
	}
	for _, kind := range XMPPKinds() {
		x, why := started(t, kind.Start)
		var gateway *Process
		if why == "" {
			gateway = startGateway(t, program, x, networks)
		}
		for i, n := range networks {
			t.Run(kind.Name+"-"+n.kind, func(t *testing.T) {
				if why+n.missing != "" {
					t.Skip(why, n.missing)
				}
				t.Parallel()
				for j, s := range servicesScripts {
					t.Run(s.name, func(t *testing.T) {
						t.Parallel()
						p := &pair{
							xmpp: x, irc: n.server, ircd: ircds["inspircd"], gateway: gateway,
							network: n.kind, tag: kind.Name[:1] + strconv.Itoa(i) + strconv.FormatInt(int64(j), 36),
						}
						p.play(t, s.run)
					})
				}
			})
		}
	}
}

// scriptRegistered: a channel that its founder has registered, and services that act in it.
func scriptRegistered(t *testing.T, p *pair) {
	dave := p.plain("dave")
	dave.Register(t)
	dave.Join(p.channel, "")
	dave.Own(t, p.channel)
	alice := p.member("alice")
	dave.Send("PRIVMSG ChanServ :VOICE " + p.channel + " " + alice.nick)
	alice.Expect("voice by ChanServ", all(Presence("", p.in(alice.nick)), standing("participant", "member")))
	p.meet(alice, dave)
}
