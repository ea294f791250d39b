package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net"
	"strings"
	"time"

	"isthmus/gateway/gatewaytest/ircd"
	"isthmus/mapping"
	"isthmus/xmppside/jid"
	"isthmus/xmppside/stanza"
)

// A scene is a part of the conversation, under the words that introduce it.
type scene struct {
	title string
	act   func(*drama)
}

// A drama is a conversation under way. Its methods do something as one of the people,
// or wait for what one of them is to see, and print it; after the first thing that did
// not come they do nothing. It belongs to one goroutine.
type drama struct {
	stage *stage
	page  *page
	ctx   context.Context // of the conversation: each method of the script needs it

	alice *jabber
	names roster                  // of the room, as alice has been told
	told  []*stanza.Stanza        // all that alice has been told
	irc   map[string]*ircd.Client // by nick
	came  int                     // expectations that were met
	ids   int
	err   error
}

// perform plays the script. The error says what did not come, or that ctx has ended.
func (d *drama) perform(ctx context.Context, script []scene) error {
	limited, cancel := context.WithTimeout(ctx, demoLimit)
	defer cancel()
	d.ctx, d.names, d.irc = limited, roster{}, map[string]*ircd.Client{}
	for i, s := range script {
		d.page.title(i+1, s.title)
		if s.act(d); d.err != nil {
			break
		}
	}
	if ctx.Err() != nil {
		return errors.New("interrupted")
	}
	return d.err
}

// dismiss ends all clients that there still are.
func (d *drama) dismiss() {
	if d.alice != nil {
		d.alice.close()
	}
	for _, c := range d.irc {
		quit(c)
	}
}

// note says something that nobody says.
func (d *drama) note(text string) {
	if d.err == nil {
		d.page.note(text)
	}
}

// fail says what did not come, and what came in its place.
func (d *drama) fail(who, what string, err error, came []string) {
	d.err = fmt.Errorf("%s does not see %s: %w", who, what, err)
	if len(came) > 0 {
		d.err = fmt.Errorf("%w; what came instead:\n  %s", d.err, strings.Join(came, "\n  "))
	}
}

// patience is a context for one expectation.
func (d *drama) patience() (context.Context, context.CancelFunc) {
	return context.WithTimeout(d.ctx, demoPatience)
}

// logsIn has alice log in to her Jabber server.
func (d *drama) logsIn() {
	if d.err != nil {
		return
	}
	ctx, cancel := d.patience()
	defer cancel()
	if d.alice, d.err = login(ctx, d.stage.xmppAddr, "alice"); d.err == nil {
		d.page.left(did, "logs in as alice@"+demoHost)
	}
}

// logsOut ends alice's client.
func (d *drama) logsOut() {
	if d.err == nil {
		d.page.left(did, "logs out")
		d.alice.close()
		d.alice = nil
	}
}

// sends has alice's client send a stanza to the room, or to somebody in it, and prints
// it in the words of does. It gives the stanza's id.
func (d *drama) sends(does, occupant string, s *stanza.Stanza) (id string) {
	if d.err != nil {
		return ""
	}
	d.ids++
	s.ID = fmt.Sprintf("demo-%d", d.ids)
	if s.To, d.err = jid.MustParse(demoRoom).WithResource(occupant); d.err == nil {
		d.page.left(did, does)
		d.err = d.alice.send(s)
	}
	return s.ID
}

// aliceSees waits for a stanza and prints what a client makes of it.
func (d *drama) aliceSees(what string, match func(*stanza.Stanza) bool) {
	if d.err != nil {
		return
	}
	ctx, cancel := d.patience()
	defer cancel()
	came, err := d.alice.expect(ctx, match)
	d.told = append(d.told, came...)
	if err != nil {
		var words []string
		for _, s := range came {
			words = append(words, string(s.Append(nil)))
		}
		d.fail("alice", what, err, words)
		return
	}
	for _, s := range came[:len(came)-1] {
		d.names.tell(s) // keeps what it says about who is there
	}
	d.came++
	if text := d.names.tell(came[len(came)-1]); text != "" {
		d.page.left(saw, text)
	}
}

// comes has somebody connect to the IRC server.
func (d *drama) comes(nick string) {
	if d.err != nil {
		return
	}
	ctx, cancel := d.patience()
	defer cancel()
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", d.stage.ircAddr)
	if err != nil {
		d.err = err
		return
	}
	d.irc[nick] = ircd.Dial(conn, nick)
	d.sees(nick, "the server's welcome", " 001 ")
}

// types has somebody on IRC type that, as people do in an IRC client.
func (d *drama) types(nick, typed string) {
	if d.err != nil {
		return
	}
	shown := typed
	if nick != demoBob {
		shown = nick + ": " + typed
	}
	d.page.right(did, shown)
	d.err = d.irc[nick].Send(lineOf(typed))
}

// sees waits for a line that holds all the parts. What bob sees is printed as an IRC
// client shows it.
func (d *drama) sees(nick, what string, parts ...string) {
	if d.err != nil {
		return
	}
	ctx, cancel := d.patience()
	defer cancel()
	until, _ := ctx.Deadline()
	defer context.AfterFunc(d.ctx, func() { _ = d.irc[nick].Close() })() // its Expect knows no context
	line, err := d.irc[nick].Expect(ircd.Containing(parts...), time.Until(until))
	if err != nil {
		var came []string
		for {
			line, none := d.irc[nick].Expect(ircd.Containing(), 0)
			if none != nil {
				break
			}
			came = append(came, mapping.Strip(line))
		}
		d.fail(nick, what, err, came)
		return
	}
	d.came++
	if text := tellLine(line); text != "" && nick == demoBob {
		d.page.right(saw, text)
	}
}

// cut drops the gateway's connection to the IRC server, and waits for it to notice:
// what it is told before goes to a connection that is no more, and is refused.
func (d *drama) cut() {
	if d.err != nil {
		return
	}
	ctx, cancel := d.patience()
	defer cancel()
	noticed := d.stage.journal.next(logLost)
	d.stage.irc.Drop(demoAlice)
	d.page.note("The IRC server drops the connection without a word.")
	select {
	case <-noticed:
		d.came++
	case <-ctx.Done():
		d.fail("the gateway", "the loss of its connection", ctx.Err(), nil)
	}
}

// goes ends somebody's connection to the IRC server.
func (d *drama) goes(nick string) {
	if d.err == nil {
		quit(d.irc[nick])
		delete(d.irc, nick)
	}
}

// quit ends a client on IRC.
func quit(c *ircd.Client) {
	_ = c.Send("QUIT :The demo is over") // nobody is left to care if it fails
	_ = c.Close()
}

// watch prints what bob sees until ctx ends.
func (d *drama) watch(ctx context.Context) {
	bob := d.irc[demoBob]
	if bob == nil {
		<-ctx.Done()
		return
	}
	defer context.AfterFunc(ctx, func() { quit(bob) })()
	for {
		line, err := bob.Expect(ircd.Containing(), math.MaxInt64)
		if err != nil {
			<-ctx.Done() // the rest stays up without him
			return
		}
		if text := tellLine(line); text != "" {
			d.page.live(text)
		}
	}
}
