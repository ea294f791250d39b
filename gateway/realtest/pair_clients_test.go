//go:build e2e && linux

package realtest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"isthmus/xmppside/stanza"
)

// A guest is a Jabber user with an account of their own, who wants to go by the same
// name on IRC.
type guest struct {
	*XMPPClient
	p    *pair
	nick string
}

// jabber logs somebody in who is in no room yet.
func (p *pair) jabber(name string) *guest {
	p.t.Helper()
	account := p.name(name)
	p.xmpp.register(p.t, account)
	p.users = append(p.users, account)
	return p.resource(account, "desk")
}

// resource logs an account in by another resource.
func (p *pair) resource(account, resource string) *guest {
	p.t.Helper()
	return &guest{p.xmpp.Login(p.t, account, resource), p, account}
}

// register makes an account whose password is its name.
func (s *XMPPServer) register(t testing.TB, account string) {
	t.Helper()
	if s.Name == "ejabberd" {
		register(t, s.ready[2], account)
		return
	}
	s.write(t, "data/"+Domain+"/accounts/"+account+".dat", fmt.Sprintf("return { [\"password\"] = %q; };\n", account))
}

// member is a Jabber user in the script's room.
func (p *pair) member(name string) *guest {
	p.t.Helper()
	g := p.jabber(name)
	g.JoinRoom(p.room, g.nick, "")
	return g
}

// plain is an ordinary IRC user in no channel yet.
func (p *pair) plain(name string) *IRCClient {
	p.t.Helper()
	return p.irc.Connect(p.t, p.name(name))
}

// founder is an ordinary IRC user who has made the script's channel, and is its
// operator.
func (p *pair) founder(name string) *IRCClient {
	p.t.Helper()
	c := p.plain(name)
	c.Join(p.channel, "")
	return c
}

// in is an occupant's address in the script's room.
func (p *pair) in(nick string) string { return p.room + "/" + nick }

// private is somebody's address outside of rooms.
func (p *pair) private(nick string) string { return nick + "%" + p.network + "@" + Component }

// lastID is the id of what was sent last.
func (c *XMPPClient) lastID() string { return "id-" + strconv.Itoa(c.ids) }

// admin asks for roles and affiliations to be changed, and sees to it that the
// answer is the only one. XEP-0045 §9
func (g *guest) admin(items string) *stanza.Stanza {
	g.t.Helper()
	answer := g.IQ("set", g.p.room, `<query xmlns="http://jabber.org/protocol/muc#admin">`+items+`</query>`)
	g.Never("another answer", g.p.room, answerTo(answer.ID))
	return answer
}

// done fails unless an IQ has succeeded.
func done(t *testing.T, answer *stanza.Stanza) {
	t.Helper()
	if answer.Type != "result" {
		t.Fatalf("%s is answered by %v", answer.ID, answer.Error())
	}
}

// failed fails unless a stanza is an error of a condition with a text.
func failed(t *testing.T, answer *stanza.Stanza, typ stanza.ErrorType, condition stanza.Condition) {
	t.Helper()
	switch e := answer.Error(); {
	case e == nil:
		t.Fatalf("%+v is no error", answer)
	case e.Type != typ || e.Condition != condition || e.Text == "":
		t.Fatalf("error %s, %s, %q; want %s, %s and a text", e.Type, e.Condition, e.Text, typ, condition)
	}
}

// A seen matches stanzas.
type seen = func(*stanza.Stanza) bool

// all matches what each of several matches.
func all(matches ...seen) seen {
	return func(s *stanza.Stanza) bool {
		return !slices.ContainsFunc(matches, func(m seen) bool { return !m(s) })
	}
}

// codes matches a stanza with all these status codes, and none if there are none.
func codes(want ...string) seen {
	return func(s *stanza.Stanza) bool {
		var got []string
		for _, e := range s.Child(nsMUCUser, "x").Children() {
			if e.Local == "status" {
				got = append(got, e.Attr("code"))
			}
		}
		slices.Sort(got)
		return slices.Equal(got, want)
	}
}

// standing matches a presence that gives a role and an affiliation.
func standing(role, affiliation string) seen {
	return func(s *stanza.Stanza) bool {
		i := Item(s)
		return i.Attr("role") == role && i.Attr("affiliation") == affiliation
	}
}

// show matches a presence that is here (""), away and so on.
func show(want string) seen {
	return func(s *stanza.Stanza) bool { return s.Child("", "show").Text() == want }
}

// exactly matches a full address: isFrom of a bare one matches its resources too.
func exactly(from string) seen {
	return func(s *stanza.Stanza) bool { return s.From.String() == from }
}

// subject matches a message that is a room's subject.
func subject(from, text string) seen {
	return func(s *stanza.Stanza) bool {
		got, _ := s.Subject()
		return isSubject(s) && got == text && s.From.String() == from
	}
}

// bounced matches the error that answers a message.
func bounced(id string) seen {
	return func(s *stanza.Stanza) bool { return s.Kind == stanza.Message && s.Type == "error" && s.ID == id }
}

// meet has everything that is under way between a guest and an IRC user in the
// script's channel arrive, both ways: each hears a last word of the other.
func (p *pair) meet(g *guest, c *IRCClient) {
	p.t.Helper()
	word := "that was " + g.newID()
	c.Say(p.channel, word)
	g.Expect("a last word", Body("groupchat", p.in(c.Nick), word))
	word = "and " + g.newID()
	g.Say(p.room, word)
	c.Expect("a last word", Is("PRIVMSG", p.channel, word))
	g.Expect("its reflection", Body("groupchat", p.in(g.nick), word))
}

// awaitOffline asks until nobody has a nick any more. That is all there is to see
// when somebody quits who is in no channel.
func (c *IRCClient) awaitOffline(nick string) {
	c.t.Helper()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(Patience); time.Now().Before(deadline); <-tick.C {
		c.Send("ISON " + nick)
		if strings.TrimSpace(c.Expect("who is on", Is("303")).Param(1)) == "" {
			return
		}
	}
	c.t.Fatalf("%s does not quit", nick)
}
