package xmppside

import (
	"encoding/xml"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"isthmus/xmppside/jid"
	"isthmus/xmppside/stanza"
)

// What is known to go wrong with mellium.im/xmpp v0.22.0 where we use it, which is
// component.NewSession and Session.Close, or where others use its Serve. What is not
// imported at all is in imports_test.go.

// survive has the server say something to an open stream, and checks that the stream
// goes on behind it.
func survive(t *testing.T, said string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		b := start(t, nil)
		l := b.up("").read()
		l.say(said)
		l.say("<message from='alice@host.test/desk' to='irc.test' id='last'/>")
		notes := b.told()
		if notes[len(notes)-1] != "message last" || !b.c.Up() {
			t.Errorf("behind %.100s: %q %s", said, notes, b.logged())
		}
		b.stop()
	})
}

const fromAlice = " from='alice@host.test/desk' to='irc.test' id='x'"

// mellium: NewSession does not honour its context: on a silent server 0 of 10 calls
// returned.
func TestHostileSilentServer(t *testing.T) {
	for _, said := range []string{"", "<?xml version='1.0'?>", header, header + "<", header + "<handshake>"} {
		synctest.Test(t, func(t *testing.T) {
			began := time.Now()
			b := start(t, nil)
			l := b.accept().read()
			if said != "" {
				l.say(said)
			}
			time.Sleep(30 * time.Second)
			if !l.isClosed() || !strings.Contains(b.logged(), "handshake: context deadline exceeded") {
				t.Errorf("behind %q and %v: %s", said, time.Since(began), b.logged())
			}
			b.stop()
		})
	}
}

// mellium: neither a session that could not be made, nor one that has ended, closes
// its connection.
func TestHostileOpenSocket(t *testing.T) {
	for _, said := range []string{
		"<nonsense/>", header + "<stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>",
		header + "<handshake/></stream:stream>", header + "<handshake/><stream:error/>", header + "<handshake/>&",
	} {
		synctest.Test(t, func(t *testing.T) {
			b := start(t, nil)
			l := b.accept().read()
			l.say(said)
			if !l.isClosed() {
				t.Errorf("open behind %s", said)
			}
			b.stop()
		})
	}
}

// mellium: encoding/xml reads a start tag of any length, so a peer that is not what
// we take it for could fill the memory before it lets us in.
func TestHostileEndlessHandshake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, nil)
		l := b.accept().read()
		l.say("<stream:stream a='")
		for range 10 {
			l.Conn.Write([]byte(strings.Repeat("x", 1<<14)))
		}
		if !l.isClosed() || !strings.Contains(b.logged(), "too much in the handshake") {
			t.Error(b.logged())
		}
		b.stop()
	})
}

// mellium: Close shares its lock with a writer that is blocked, and blocks as well.
func TestHostileCloseBlocked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, nil)
		b.up("") // which reads nothing from now on
		go func() {
			for b.c.conn.Load() != nil && b.c.conn.Load().put(message("m", 1000).Append) == nil {
			}
		}()
		synctest.Wait()
		began := time.Now()
		b.stop()
		if d := time.Since(began); d > 10*time.Second {
			t.Errorf("ended after %v", d)
		}
	})
}

// mellium: Send after Close returns nil, and writes behind the end of the stream.
func TestHostileSendAfterClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, nil)
		l := b.up("")
		for i := range 10 {
			if i == 5 {
				b.cancel()
				synctest.Wait()
			}
			b.c.Send(message("m", 100))
			synctest.Wait()
		}
		l.read()
		if got, _ := l.took(); strings.Count(got, "</message>") != 5 || !strings.HasSuffix(got, "</message></stream:stream>") {
			t.Errorf("the server was told %s", got)
		}
		b.stop()
	})
}

// mellium: what was encoded before an error or a panic stays, and goes out with the
// next stanza: <message …><message …></message>.
func TestHostileHalfStanza(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, nil)
		l := b.up("").read()
		func() {
			defer func() {
				if recover() == nil {
					t.Error("did not panic")
				}
			}()
			b.c.Send(&stanza.Stanza{Kind: stanza.Message, From: room, To: alice, Children: []*stanza.Element{stanza.T("", "body", "x"), nil}})
		}()
		s := message("whole", 100)
		b.c.Send(s)
		l.wantTook(text(s))
		b.stop()
	})
}

// mellium: Serve takes an IQ without payload for the end of the stream, which
// ejabberd passes on; with mux any client could end everybody's stream.
func TestHostileEmptyIQ(t *testing.T) {
	for _, typ := range []string{"get", "set", "result", "error", "", "nonsense"} {
		survive(t, "<iq type='"+typ+"'"+fromAlice+"/>")
		survive(t, "<iq type='"+typ+"'"+fromAlice+"></iq><iq/>")
	}
}

// mellium: an address that PRECIS refuses, as that of each non-ASCII channel, ends
// Serve; both servers pass them on.
func TestHostileAddress(t *testing.T) {
	for _, to := range []string{"#日本語%net@irc.test", "#é@irc.test", "#😀@irc.test/\u200d", "#שלום@irc.test", "@irc.test", "a@b@c", "irc.test/", "", strings.Repeat("a", 2000) + "@irc.test"} {
		survive(t, "<message from='alice@host.test/desk' to='"+to+"' id='x'><body>hi</body></message>")
		survive(t, "<message to='irc.test' from='"+to+"' id='x'><body>hi</body></message>")
	}
}

// mellium: an answer is known by its id alone; a result from mallory was taken as
// alice's.
func TestHostileForeignAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, nil)
		l := b.up("").read()
		b.ask("a", time.Minute)
		id := l.asked()
		l.answer("result", id, jid.MustParse("mallory@host.test/x"))
		l.say("<message type='result' id='" + id + "' from='" + alice.String() + "' to='irc.test'/>") // CVE-2024-46957
		b.wantTold("up true", "message "+id)
		l.answer("result", id, alice)
		b.wantTold("up true", "message "+id, "a: result")
		b.stop()
	})
}

// mellium: a comment, a processing instruction or a forbidden character ends Serve.
// Inside a stanza it costs that stanza; XML without a stanza's end costs the stream,
// and nothing else.
func TestHostileMarkup(t *testing.T) {
	for _, bad := range []string{"<!-- c -->", "<?pi x?>", "&#0;", "&#x0b;", "\x00", "\x0b", "\ufffe", "\xff\xfe", "<![CDATA[ </message> ]]>", "<x:y/>", "<a b='1' b='2'/>"} {
		survive(t, "<message"+fromAlice+"><body>"+bad+"</body></message>")
	}
	for _, bad := range []string{"<!-- c -->", "<?pi x?>", "<message", "<message></iq>", "<message>&nosuch;</message>", "</message>", "text", "\x00", "<!DOCTYPE x>", "<message from=x>", "<<"} {
		synctest.Test(t, func(t *testing.T) {
			b := start(t, nil)
			l := b.up("").read()
			l.say(bad)
			l.Close()
			time.Sleep(time.Second)
			b.up("").read()
			b.stop()
		})
	}
}

// mellium: a stanza may have any size; a body of 64 MiB cost 130.
func TestHostileHugeStanza(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, nil)
		l := b.up("").read()
		l.say("<message" + fromAlice + "><body>")
		part := strings.Repeat("x", 1<<20)
		before := heap()
		for range 64 {
			l.say(part)
		}
		if grown := int64(heap()) - int64(before); grown > 1<<20 {
			t.Errorf("the heap has grown by %d bytes", grown)
		}
		l.say("</body></message><message" + fromAlice + "/>")
		b.wantTold("up true", "message x")
		if got, _ := l.took(); !strings.Contains(got, "policy-violation") {
			t.Errorf("answered by %s", got)
		}
		b.stop()
	})
}

// mellium: keepalive there is none, so a half-open connection stays for ever.
func TestHostileHalfOpen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, nil)
		l := b.up("").read()
		time.Sleep(5 * time.Minute)
		if !l.isClosed() {
			t.Error("the connection is open")
		}
		b.stop()
	})
}

// mellium: Serve ends with nil on the stream's end, with one error of many on a lost
// connection; each of them is a reason to connect again, within a minute.
func TestHostileAnyEnd(t *testing.T) {
	for _, end := range []func(*link){
		func(l *link) { l.say("</stream:stream>") }, func(l *link) { l.Close() },
		func(l *link) { l.say("<message"); l.Close() }, func(l *link) { l.say("<stream:error/>") },
		func(l *link) {
			l.say("<stream:error><system-shutdown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>")
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			b := start(t, nil)
			end(b.up("").read())
			time.Sleep(time.Minute)
			b.wantTold("up true", "down false")
			l := <-b.conns
			l.Close()
			b.stop()
		})
	}
}

// Both servers end the component's stream for a stanza without from or to, from
// another domain's mouth, with a character that XML forbids, or too large: one user's
// words could cost everybody's stream.
func TestHostileWords(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, nil)
		l := b.up("").read()
		for _, s := range []*stanza.Stanza{
			{Kind: stanza.Message, To: alice}, {Kind: stanza.Message, From: room}, {Kind: stanza.Message, From: alice, To: room},
			{Kind: stanza.Message, From: jid.MustParse("x@sub.irc.test"), To: alice}, message("x", 5000),
		} {
			b.c.Send(s)
		}
		l.wantTook("")
		for _, word := range []string{"\x0b", "\x00", "\ufffe", "\uffff", "\xff", "\xed\xa0\x80", "</body></message>", "]]>", "<!-- x", "<?x", "&", "'\""} {
			b.c.Send(&stanza.Stanza{
				Kind: stanza.Message, Type: word, ID: word, Lang: word, From: room, To: alice,
				Children: []*stanza.Element{stanza.T("", "body", word), stanza.T(word, "x", word).Set("a", word), stanza.E("", word)},
			})
			got, _ := l.took()
			var whole struct{}
			if err := xml.Unmarshal([]byte(got), &whole); err != nil || strings.Count(got, "<") != 6 || !strings.HasSuffix(got, "</message>") {
				t.Errorf("%q came out as %q: %v", word, got, err)
			}
		}
		b.stop()
	})
}

// Prosody refuses a second connection for as long as it holds a dead one of ours for
// alive: conflict is no reason to give up.
func TestHostileConflict(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, nil)
		for range 10 {
			l := <-b.conns
			first := &link{Conn: l, b: b}
			first.until("to='irc.test'>")
			first.say(header)
			first.until("</handshake>")
			first.say("<stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>")
			l.Close()
		}
		b.conns <- <-b.conns
		b.up("").read()
		b.wantTold("up true")
		if n := strings.Count(b.logged(), "another connection holds"); n != 1 {
			t.Errorf("said %d times: %s", n, b.logged())
		}
		b.stop()
	})
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
