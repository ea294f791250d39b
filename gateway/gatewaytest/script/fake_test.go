package script

import (
	"bufio"
	"context"
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"

	"isthmus/xmppside/jid"
	"isthmus/xmppside/stanza"
)

func itoa(n int) string { return strconv.Itoa(n) }

// A fake is a gateway of one user in one room, enough to run scripts against.
type fake struct {
	ctx      context.Context
	xmpp     net.Conn
	dialXMPP Dial
	dialIRC  Dial

	mu      sync.Mutex
	irc     net.Conn
	room    jid.JID // with our nick
	client  jid.JID
	others  []string
	deaf    bool
	readers sync.WaitGroup
}

func newFake(ctx context.Context, config string, dialXMPP, dialIRC Dial) (Gateway, error) {
	if !strings.Contains(config, "component.domain = \"gw\"\n") || strings.Contains(config, "\ndomain =") {
		return Gateway{}, errors.New("bad configuration")
	}
	f := &fake{ctx: ctx, dialXMPP: dialXMPP, dialIRC: dialIRC}
	return Gateway{Run: f.run}, nil
}

func (f *fake) run() error {
	stop := context.AfterFunc(f.ctx, func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		if f.deaf {
			time.Sleep(2 * endLimit)
		}
		if f.irc != nil {
			f.irc.Write([]byte("QUIT\r\n"))
			f.irc.Close()
		}
		if f.xmpp != nil {
			f.xmpp.Close()
		}
	})
	defer stop()
	for f.ctx.Err() == nil {
		if f.connect() != nil {
			select {
			case <-f.ctx.Done():
			case <-time.After(10 * time.Second):
			}
		}
	}
	f.readers.Wait()
	return f.ctx.Err()
}

// connect serves one component stream.
func (f *fake) connect() error {
	conn, err := f.dialXMPP(f.ctx, "xmpp.test:5347")
	if err != nil {
		return err
	}
	defer conn.Close()
	f.mu.Lock()
	f.xmpp = conn
	f.mu.Unlock()
	in := bufio.NewReader(conn)
	fmt.Fprint(conn, "<stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams' to='gw'>")
	in.ReadString('>') // the declaration
	head, _ := in.ReadString('>')
	_, id, _ := strings.Cut(head, " id='")
	id, _, _ = strings.Cut(id, "'")
	sum := sha1.Sum([]byte(id + "secret"))
	fmt.Fprint(conn, "<handshake>"+hex.EncodeToString(sum[:])+"</handshake>")
	in.ReadString('>')
	r := stanza.NewReader(in, stanza.Accept, stanza.Limits{})
	for {
		s, err := r.Next()
		if err != nil {
			return err
		}
		f.stanza(s)
	}
}

func (f *fake) send(from jid.JID, kind, typ, id, content string) {
	if typ != "" {
		typ = "' type='" + typ
	}
	fmt.Fprintf(f.xmpp, "<%s from='%s' to='%s%s' id='%s'>%s</%s>", kind, from, f.client, typ, id, content, kind)
}

func (f *fake) stanza(s *stanza.Stanza) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch f.client = s.From; {
	case s.Kind == stanza.Presence && s.Type == "":
		f.room = s.To
		if f.irc == nil {
			f.irc, _ = f.dialIRC(f.ctx, "irc.test:6667")
			f.readers.Go(func() { f.read(bufio.NewReader(f.irc)) })
			fmt.Fprintf(f.irc, "NICK %s\r\nUSER u 0 * :u\r\n", s.To.Resource())
		}
	case s.Kind == stanza.Presence && s.Type == "unavailable":
		fmt.Fprintf(f.irc, "PART %s\r\n", f.channel())
	case s.Kind == stanza.IQ || s.Type == "error":
	case s.ID == "ill":
		fmt.Fprint(f.xmpp, "<a></b>")
	case s.ID == "bad":
		fmt.Fprint(f.irc, "JOIN 0\r\n")
	case s.ID == "twice":
		f.send(f.room, "presence", "", "x", muc("participant", "110"))
	case s.ID == "deaf":
		f.deaf = true
	default:
		text, _ := s.Body()
		fmt.Fprintf(f.irc, "PRIVMSG %s :%s\r\n", f.channel(), text)
		f.send(f.room, "message", "groupchat", s.ID, "<body>"+text+"</body>")
	}
}

func (f *fake) channel() string {
	channel, _, _ := strings.Cut(f.room.Local(), "%")
	return channel
}

func muc(role, code string) string {
	return "<x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='none' role='" + role + "'/><status code='" + code + "'/></x>"
}

func (f *fake) read(in *bufio.Reader) {
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		f.line(strings.Fields(line))
	}
}

func (f *fake) line(words []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	source, _, _ := strings.Cut(strings.TrimPrefix(words[0], ":"), "!")
	from, _ := f.room.WithResource(source)
	random := fmt.Sprintf("r%d", time.Now().UnixNano())
	switch words[1] {
	case "001":
		fmt.Fprintf(f.irc, "JOIN %s\r\n", f.channel())
	case "353":
		f.others = words[5:]
	case "366":
		for _, nick := range f.others {
			from, _ := f.room.WithResource(strings.TrimLeft(nick, ":@"))
			if from != f.room {
				f.send(from, "presence", "", random, muc("participant", "0"))
			}
		}
		f.send(f.room, "presence", "", random, muc("participant", "110"))
		f.send(f.room.Bare(), "message", "groupchat", "same", "<subject/>")
	case "PRIVMSG":
		f.send(from, "message", "groupchat", random, "<body>"+strings.TrimPrefix(strings.Join(words[3:], " "), ":")+"</body>")
	case "PART":
		f.send(from, "presence", "unavailable", random, muc("none", "110"))
	}
}
