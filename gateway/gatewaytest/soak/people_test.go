package soak

import (
	"bufio"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing/synctest"

	"isthmus/xmppside/stanza"
)

// A person is an IRC user on the good server.
type person struct {
	conn net.Conn
	mu   sync.Mutex
	said map[string]int // texts heard since the last forget
}

// person connects an IRC user, who joins channels.
func (r *rig) person(nick string, channels ...string) *person {
	ours, theirs := net.Pipe()
	p := &person{conn: ours, said: map[string]int{}}
	go r.irc.ServeConn(theirs) // ends with the connection
	go p.read()                // likewise
	p.say("NICK %s", nick)
	p.say("USER %s 0 * :%s", nick, nick)
	for _, c := range channels {
		p.say("JOIN %s", c)
	}
	synctest.Wait()
	return p
}

func (p *person) say(format string, args ...any) { fmt.Fprintf(p.conn, format+"\r\n", args...) }

func (p *person) read() {
	for in := bufio.NewScanner(p.conn); in.Scan(); {
		source, rest, _ := strings.Cut(in.Text(), " ")
		if source == "PING" {
			go p.say("PONG %s", rest)
			continue
		}
		command, rest, _ := strings.Cut(rest, " ")
		_, text, _ := strings.Cut(rest, " :")
		switch nick, _, _ := strings.Cut(strings.TrimPrefix(source, ":"), "!"); {
		case command != "PRIVMSG":
		case text == "\x01VERSION\x01":
			go p.say("NOTICE %s :\x01VERSION person\x01", nick)
		case text == "\x01PING\x01":
			go p.say("NOTICE %s :\x01PING\x01", nick)
		default:
			p.mu.Lock()
			p.said[text]++
			p.mu.Unlock()
		}
	}
}

// heard says how often a text came, and forgets all texts.
func (p *person) heard(text string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := p.said[text]
	p.said = map[string]int{}
	return n
}

// join is the presence with which a client enters a room.
func join(client, room, nick string) string {
	return fmt.Sprintf("<presence from='%s' to='%s/%s' id='join'><x xmlns='http://jabber.org/protocol/muc'><history maxstanzas='0'/></x></presence>", client, room, nick)
}

func leave(client, room string) string {
	return fmt.Sprintf("<presence from='%s' to='%s/x' type='unavailable'/>", client, room)
}

func say(client, room, id, text string) string {
	return fmt.Sprintf("<message from='%s' to='%s' type='groupchat' id='%s'><body>%s</body></message>", client, room, id, text)
}

// A canary talks in a channel of its own, where nobody else comes.
type canary struct {
	rig  *rig
	bird *person
	turn int
	seen map[string]int // texts that the client got; guarded by the rig's mutex
}

const (
	canaryJID  = "canary@x/cage"
	canaryRoom = "#canary%net@gw"
)

func (r *rig) canary() *canary {
	c := &canary{rig: r, bird: r.person("bird", "#canary"), seen: map[string]int{}}
	r.send(join(canaryJID, canaryRoom, "canary"))
	return c
}

// hear is for the rig's listen.
func (c *canary) hear(s *stanza.Stanza) {
	if s.To.String() == canaryJID && s.Type == "groupchat" {
		if body, ok := s.Body(); ok {
			c.seen[s.From.Resource()+": "+body]++
		}
	}
}

// sing says something in both directions; it has to come once, and the first also back.
func (c *canary) sing() {
	c.rig.t.Helper()
	c.turn++
	out, in := fmt.Sprintf("out %d", c.turn), fmt.Sprintf("in %d", c.turn)
	c.bird.say("PRIVMSG #canary :%s", in)
	c.rig.send(say(canaryJID, canaryRoom, out, out))
	c.rig.mu.Lock()
	defer c.rig.mu.Unlock()
	if n, back, from := c.bird.heard(out), c.seen["canary: "+out], c.seen["bird: "+in]; n != 1 || back != 1 || from != 1 {
		c.rig.t.Fatalf("the canary is silent in turn %d: to IRC %d times, back %d, from IRC %d", c.turn, n, back, from)
	}
	clear(c.seen)
}
