package xmppd

import (
	"strings"
	"testing"
)

func TestLoginRefused(t *testing.T) {
	s := start(t, Config{})
	p := connect(t, s.ServeClientConn)
	p.open(nsClient, "localhost")
	if features := p.next(); strings.Contains(features, "PLAIN") {
		t.Errorf("passwords in the clear: %s", features)
	}
	p.plain("alice", "a")
	p.expect("encryption-required")
	p.startTLS()
	p.expect("PLAIN")
	for _, wrong := range [][2]string{{"alice", ""}, {"nobody", ""}} {
		p.plain(wrong[0], wrong[1])
		p.expect("not-authorized")
	}
	p.plain("alice", "c")
	p.expect("policy-violation")

	p = connect(t, s.ServeClientConn)
	p.open(nsClient, "elsewhere")
	p.expect("host-unknown")
	p = connect(t, s.ServeClientConn)
	p.open(nsClient, "localhost")
	p.next()
	p.write("<message to='bob@localhost'/>")
	p.expect("not-authorized")
}

func TestPlainWithoutTLS(t *testing.T) {
	s := start(t, Config{Plain: true})
	p := connect(t, s.ServeClientConn)
	p.open(nsClient, "localhost")
	p.expect("<starttls", "PLAIN")
	p.write("<auth xmlns='" + nsSASL + "' mechanism='PLAIN'/>") // no initial response
	p.expect("challenge")
	p.write("<response xmlns='" + nsSASL + "'>AGFsaWNlAGE=</response>")
	p.expect("success")
	p.open(nsClient, "localhost")
	p.expect("bind")
	p.write("<iq type='set' id='b'><bind xmlns='" + nsBind + "'/></iq>")
	p.expect("alice@localhost/")
}

func TestBindTwice(t *testing.T) {
	s := start(t, Config{})
	old := client(t, s, "alice", "a", "desk")
	client(t, s, "alice", "a", "desk").available()
	old.expect("conflict")
}

// What clients ask when they log in.
func TestServices(t *testing.T) {
	s := start(t, Config{Contact: true})
	p := client(t, s, "alice", "a", "desk")
	for _, c := range []struct{ name, to, typ, payload, want string }{
		{"session", "", "set", "<session xmlns='" + nsSession + "'/>", "result"},
		{"roster", "", "get", "<query xmlns='jabber:iq:roster'/>", "jid='irc.localhost'"},
		{"server", "localhost", "get", "<query xmlns='" + nsInfo + "'/>", "category='server'"},
		{"items", "localhost", "get", "<query xmlns='" + nsItems + "'/>", "jid='irc.localhost'"},
		{"ping", "localhost", "get", "<ping xmlns='urn:xmpp:ping'/>", "result"},
		{"version", "localhost", "get", "<query xmlns='jabber:iq:version'/>", "xmppd"},
		{"account", "alice@localhost", "get", "<query xmlns='" + nsInfo + "'/>", "category='account'"},
		{"another account", "bob@localhost", "get", "<query xmlns='" + nsInfo + "'/>", "service-unavailable"},
		{"no account", "eve@localhost", "get", "<query xmlns='" + nsInfo + "'/>", "service-unavailable"},
		{"no vcard", "", "get", "<vCard xmlns='vcard-temp'/>", "<vCard"},
		{"set vcard", "", "set", "<vCard xmlns='vcard-temp'><FN>Alice</FN></vCard>", "result"},
		{"vcard", "", "get", "<vCard xmlns='vcard-temp'/>", "<FN>Alice"},
		{"set private", "", "set", "<query xmlns='jabber:iq:private'><s xmlns='x'>kept</s></query>", "result"},
		{"private", "", "get", "<query xmlns='jabber:iq:private'><s xmlns='x'/></query>", "kept"},
		{"carbons", "", "set", "<enable xmlns='urn:xmpp:carbons:2'/>", "service-unavailable"},
		{"mam", "", "set", "<query xmlns='urn:xmpp:mam:2'/>", "service-unavailable"},
		{"away resource", "bob@localhost/x", "get", "<ping xmlns='urn:xmpp:ping'/>", "service-unavailable"},
		{"elsewhere", "far", "get", "<ping xmlns='urn:xmpp:ping'/>", "remote-server-not-found"},
		{"gateway", "irc.localhost", "get", "<ping xmlns='urn:xmpp:ping'/>", "service-unavailable"},
		{"malformed", "a b@localhost", "get", "<ping xmlns='urn:xmpp:ping'/>", "jid-malformed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			to := ""
			if c.to != "" {
				to = " to='" + c.to + "'"
			}
			p.write("<iq type='" + c.typ + "' id='" + c.name + "'" + to + ">" + c.payload + "</iq>")
			p.expect(c.want, "id='"+c.name+"'")
		})
	}
}

func TestMessages(t *testing.T) {
	s := start(t, Config{})
	gateway := join(t, s)
	alice := client(t, s, "alice", "a", "desk")
	bob := client(t, s, "bob", "b", "phone")
	for _, c := range []struct {
		name, to, typ string
		bob           bool   // he gets it
		answer        string // or alice gets that
	}{
		{"full", "bob@localhost/phone", "chat", true, ""},
		{"bare, not available", "bob@localhost", "chat", false, "service-unavailable"},
		{"another resource", "bob@localhost/x", "groupchat", false, "service-unavailable"},
		{"no account", "eve@localhost", "chat", false, "service-unavailable"},
		{"server", "localhost", "chat", false, "service-unavailable"},
	} {
		t.Run(c.name, func(t *testing.T) {
			alice.write("<message type='" + c.typ + "' to='" + c.to + "' from='alice@localhost/desk'><body>x</body></message>")
			if c.bob {
				bob.expect("alice@localhost/desk")
			} else {
				alice.expect("error", c.answer)
			}
		})
	}
	bob.available()
	alice.write("<message type='chat' to='bob@localhost'><body>hi</body></message>")
	bob.expect("hi")
	alice.write("<message to='#c%net@irc.localhost' type='groupchat'><body>hi</body></message>")
	gateway.expect("alice@localhost/desk", "hi")
	gateway.write("<message from='#c%net@irc.localhost/bob' to='alice@localhost/desk' type='groupchat' id='7'><body>ho</body></message>")
	alice.expect("ho")
	gateway.write("<message from='#c%net@irc.localhost/bob' to='alice@localhost/gone' type='groupchat' id='8'><body>ho</body></message>")
	gateway.expect("error", "alice@localhost/gone", "service-unavailable", "id='8'")
	alice.write("<message from='eve@localhost'/>")
	alice.expect("invalid-from")
}

// A room is told when a client that entered it ends, however it ends.
func TestDirectedPresence(t *testing.T) {
	s := start(t, Config{})
	gateway := join(t, s)
	for name, end := range map[string]func(*peer){
		"cut":         func(p *peer) { p.conn.Close() },
		"closed":      func(p *peer) { p.write("</stream:stream>") },
		"unavailable": func(p *peer) { p.write("<presence type='unavailable'/>") },
	} {
		t.Run(name, func(t *testing.T) {
			p := client(t, s, "alice", "a", "desk")
			p.available()
			p.write("<presence to='#a%net@irc.localhost/ann'/>")
			gateway.expect("alice@localhost/desk", "#a%net@irc.localhost/ann")
			p.write("<presence to='#b%net@irc.localhost/ann'/>")
			gateway.expect("#b%net@irc.localhost/ann")
			p.write("<presence to='#b%net@irc.localhost/ann' type='unavailable'/>")
			gateway.expect("#b%net@irc.localhost/ann", "unavailable")
			end(p)
			gateway.expect("#a%net@irc.localhost/ann", "unavailable")
			gateway.write("<message from='#a%net@irc.localhost/bob' to='alice@localhost/desk' type='groupchat' id='" + name + "'/>")
			if name == "unavailable" {
				p.expect("<presence", "unavailable")
				p.expect("<message", "id='unavailable'") // it is still there
			} else {
				gateway.expect("service-unavailable")
			}
		})
	}
}

func TestSubscription(t *testing.T) {
	s := start(t, Config{})
	gateway := join(t, s)
	alice := client(t, s, "alice", "a", "desk")
	alice.available()
	alice.write("<presence type='subscribe' to='irc.localhost'/>")
	alice.expect("jabber:iq:roster", "ask='subscribe'")
	gateway.expect("subscribe", "from='alice@localhost'")
	gateway.write("<presence type='subscribed' from='irc.localhost' to='alice@localhost'/>")
	alice.expect("subscription='to'")
	alice.expect("subscribed", "irc.localhost")
	gateway.write("<presence type='subscribe' from='irc.localhost' to='alice@localhost'/>")
	alice.expect("type='subscribe'")
	alice.write("<presence type='subscribed' to='irc.localhost'/>")
	alice.expect("subscription='both'")
	gateway.expect("type='subscribed'")
	gateway.expect("<presence", "alice@localhost/desk")
	gateway.write("<presence type='probe' from='irc.localhost' to='alice@localhost'/>")
	gateway.expect("<presence", "alice@localhost/desk")
	gateway.write("<presence type='probe' from='irc.localhost' to='bob@localhost'/>")
	gateway.expect("unsubscribed", "bob@localhost")

	second := client(t, s, "alice", "a", "phone")
	second.write("<presence/>")
	second.expect("alice@localhost/phone")
	second.expect("alice@localhost/desk")
	alice.expect("alice@localhost/phone")
	gateway.expect("alice@localhost/phone")
	gateway.expect("probe", "alice@localhost/phone")
	second.write("<iq type='set' id='r'><query xmlns='jabber:iq:roster'><item jid='irc.localhost' subscription='remove'/></query></iq>")
	second.expect("subscription='remove'")
	second.expect("result")
	gateway.expect("unsubscribe")
}

func TestComponentAway(t *testing.T) {
	s := start(t, Config{})
	alice := client(t, s, "alice", "a", "desk")
	alice.write("<presence to='#a%net@irc.localhost/ann' id='1'/>")
	alice.expect("error", "service-unavailable", "type='wait'")
	alice.write("<presence to='#a%net@irc.localhost/ann' type='unavailable'/><iq id='2' type='result' to='irc.localhost'/>")
	alice.write("<message to='irc.localhost' type='error'/><message to='irc.localhost'/>")
	alice.expect("message", "service-unavailable")
}
