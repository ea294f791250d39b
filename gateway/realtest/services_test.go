//go:build e2e && linux

package realtest

import (
	"fmt"
	"strings"
	"testing"

	"isthmus/xmppside/stanza"
)

// servicesScripts are what only a network with services shows.
var servicesScripts = []script{
	{"registered", scriptRegistered},
	{"register", scriptRegister},
	{"drop", scriptDrop},
	{"steps", scriptSteps},
	{"login", scriptLogin},
	{"ban by account", scriptBanAccount},
}

// TestServices plays them on InspIRCd with each kind of services, behind each XMPP
// server.
func TestServices(t *testing.T) {
	program := Build(t)
	var networks []network
	for _, kind := range ServicesKinds() {
		n := network{kind: kind.Name, ircd: "inspircd"}
		n.server, n.missing = started(t, func(t testing.TB) *IRCServer {
			irc := StartInspIRCd(t, IRCOptions{Services: true})
			kind.Start(t, irc)
			return irc
		})
		networks = append(networks, n)
	}
	playAll(t, program, networks, servicesScripts)
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

// isService says whether services say something outside of rooms. Prosody folds the
// names of senders, ejabberd does not.
func isService(s *stanza.Stanza, nick string) bool {
	name, _, _ := strings.Cut(s.From.Local(), "%")
	return s.Kind == stanza.Message && strings.EqualFold(name, nick)
}

// account registers an account of a guest's nick, and is logged in to it.
func (g *guest) account() {
	g.t.Helper()
	g.Message("chat", g.p.private("NickServ"), "REGISTER "+AccountPassword+" "+g.nick+"@mail.test")
	g.Expect("the account", func(s *stanza.Stanza) bool {
		body, _ := s.Body()
		return isService(s, "NickServ") && strings.Contains(body, "registered")
	})
}

// owned has ChanServ register the script's channel, by a word to the gateway.
func (g *guest) owned() {
	g.t.Helper()
	network := g.p.network + "@" + Component
	g.Message("chat", network, "register "+g.p.channel+" what it is about")
	g.Expect("the channel to be registered", func(s *stanza.Stanza) bool {
		body, _ := s.Body()
		return isFrom(s, network) && strings.Contains(body, "registered")
	})
}

// scriptRegister: who has made a room registers it, if they are logged in; what services
// say to that is no conversation.
func scriptRegister(t *testing.T, p *pair) {
	alice := p.member("alice")
	network := p.network + "@" + Component
	alice.Message("chat", network, "register "+p.channel)
	refused := alice.Expect("to be refused", func(s *stanza.Stanza) bool { return s.Kind == stanza.Message && isFrom(s, network) })
	t.Log(refused.Body())
	alice.account()
	alice.owned()
	alice.Never("a word of ChanServ", p.room, func(s *stanza.Stanza) bool { return isService(s, "ChanServ") })
	bob := p.plain("bob")
	bob.Send("PRIVMSG ChanServ :INFO " + p.channel)
	bob.Expect("its founder", func(l IRCLine) bool { return l.Command == "NOTICE" && strings.Contains(l.Param(1), alice.nick) })
}

// scriptDrop: a registered room that is destroyed is not registered any more.
func scriptDrop(t *testing.T, p *pair) {
	alice, bob := p.member("alice"), p.member("bob")
	alice.account()
	alice.owned()
	erin := p.plain("erin")
	erin.Join(p.channel, "")
	erin.Send("MODE " + p.channel)
	t.Log(erin.Expect("the modes", Is("324")))
	query := `<query xmlns="` + nsOwner + `"><destroy><reason>over</reason></destroy></query>`
	failed(t, bob.IQ("set", p.room, query), stanza.Auth, stanza.Forbidden)
	done(t, alice.IQ("set", p.room, query))
	for _, g := range []*guest{alice, bob} {
		g.Expect("the end", all(Presence("unavailable", p.in(g.nick)), codes("110"), destroyed("", "over")))
	}
	erin.Expect("to be sent away", By(alice.nick, "KICK", p.channel, erin.Nick, "over"))
	alice.Never("a word of ChanServ", p.network+"@"+Component, func(s *stanza.Stanza) bool { return isService(s, "ChanServ") })
	erin.Send("PRIVMSG ChanServ :INFO " + p.channel)
	erin.Expect("it to be unknown", func(l IRCLine) bool {
		return l.Command == "NOTICE" && (strings.Contains(l.Param(1), "isn't registered") || strings.Contains(l.Param(1), "is not registered"))
	})
}

// scriptBanAccount: who is logged in is banned by the account, whatever they are called.
func scriptBanAccount(t *testing.T, p *pair) {
	dave, alice := p.founder("dave"), p.member("alice")
	dave.Send("MODE " + p.channel + " +o " + alice.nick)
	alice.Expect("to be operator", standing("moderator", p.ircd.op))
	erin := p.plain("erin")
	erin.Register(t)
	erin.Join(p.channel, "")
	alice.Expect("erin", Presence("", p.in(erin.Nick)))
	done(t, alice.admin(fmt.Sprintf(`<item nick="%s" affiliation="outcast"/>`, erin.Nick)))
	dave.Expect("the ban", By(alice.nick, "MODE", p.channel, "+b", "R:"+erin.Nick))
	erin.Expect("her kick", Is("KICK", p.channel, erin.Nick))
	erin.Send("NICK " + p.name("erica"))
	erin.Expect("her other nick", By(erin.Nick, "NICK"))
	erin.Send("JOIN " + p.channel)
	erin.Expect("to be banned all the same", Is("474", "*", p.channel))
	done(t, alice.admin(fmt.Sprintf(`<item jid="%s" affiliation="none"/>`, Escape("$"+erin.Nick+"%"+p.network+"@"+Component))))
	dave.Expect("the ban lifted", By(alice.nick, "MODE", p.channel, "-b", "R:"+erin.Nick))
	erin.Send("JOIN " + p.channel)
	erin.Expect("to be let in", Is("366", "*", p.channel))
}

// told asks the network for something in words, and wants an answer with some of these in it.
func (g *guest) told(command string, words ...string) {
	g.t.Helper()
	network := g.p.network + "@" + Component
	g.Message("chat", network, command)
	answer := g.Expect("an answer to "+command, func(s *stanza.Stanza) bool { return s.Kind == stanza.Message && isFrom(s, network) })
	body, _ := answer.Body()
	for _, w := range words {
		if strings.Contains(body, w) {
			return
		}
	}
	g.t.Errorf("%s: %q", command, body)
}

// scriptSteps: the steps that the texts of errors name let the founder of a channel back
// in, whatever keeps others out.
func scriptSteps(t *testing.T, p *pair) {
	alice := p.member("alice")
	alice.told("register-nick "+AccountPassword+" "+alice.nick+"@mail.test", "registered")
	alice.owned()
	alice.Message("chat", p.private("ChanServ"), "SET "+p.channel+" MLOCK +nt") // Atheme locks keys out
	alice.told("unban-me "+p.channel, "")                                       // by whose answer it has done that
	bob := p.plain("bob")
	bob.Join(p.channel, "")
	alice.told("op "+p.channel+" "+bob.Nick, "Done.")
	mode := func(change string) {
		bob.Send("MODE " + p.channel + " " + change)
		bob.Expect("the mode", By(bob.Nick, "MODE", p.channel))
	}
	alice.Leave(p.room, alice.nick)
	mode("+k sesame")
	alice.refused("", stanza.Auth, stanza.NotAuthorized)
	alice.told("get-key "+p.channel, "kept for an hour")
	alice.JoinRoom(p.room, alice.nick, "")
	alice.Leave(p.room, alice.nick)
	mode("-k+i sesame")
	alice.refused("", stanza.Auth, stanza.RegistrationRequired)
	alice.told("invite-me "+p.channel, "invited")
	alice.JoinRoom(p.room, alice.nick, "")
	alice.Leave(p.room, alice.nick)
	mode("-i+b " + alice.nick + "!*@*")
	alice.refused("", stanza.Auth, stanza.Forbidden)
	alice.told("unban-me "+p.channel, "unbanned", "Unbanned", "removed")
	alice.JoinRoom(p.room, alice.nick, "")
}

// scriptLogin: who was refused for want of a login is invited after it, and let in.
func scriptLogin(t *testing.T, p *pair) {
	dave, alice := p.founder("dave"), p.jabber("alice")
	dave.Send("MODE " + p.channel + " +R")
	dave.Expect("the mode", By(dave.Nick, "MODE", p.channel, "+R"))
	alice.refused("", stanza.Auth, stanza.RegistrationRequired)
	alice.told("register-nick "+AccountPassword+" "+alice.nick+"@mail.test", "registered")
	alice.Expect("to be invited", mediated("invite", p.room, p.network+"@"+Component, "You are logged in as "+alice.nick+" now."))
	alice.JoinRoom(p.room, alice.nick, "")
	p.meet(alice, dave)
}
