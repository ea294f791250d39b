package stanza

import (
	"bufio"
	"io"
	"strings"
	"testing"

	"isthmus/xmppside/jid"
)

// A message of 444 bytes, as a server routes it, and the presence of an occupant.
const (
	benchMessage = `<message type='groupchat' id='b1946ac9-2c1d-4f3e-9a53-7b0d6f0c7d11' xml:lang='en'` +
		` to='#channel%irc.example.org@gateway.example.org' from='someone@example.com/gajim.QW3K1Z'>` +
		`<body>I have tried it with both, and it does the same thing here: nothing at all</body>` +
		`<origin-id xmlns='urn:xmpp:sid:0' id='b1946ac9-2c1d-4f3e-9a53-7b0d6f0c7d11'/>` +
		`<markable xmlns='urn:xmpp:chat-markers:0'/>` +
		`<active xmlns='http://jabber.org/protocol/chatstates'/></message>`
	benchPresence = `<presence from='#channel%irc.example.org@gateway.example.org/nick' to='someone@example.com/gajim.QW3K1Z'>` +
		`<x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='member' role='participant'` +
		` jid='~user%host@gateway.example.org'/><status code='110'/></x></presence>`
)

// An endless reader says the same again and again.
type endless struct {
	text string
	pos  int
}

func (e *endless) Read(p []byte) (int, error) {
	n := copy(p, e.text[e.pos:])
	e.pos = (e.pos + n) % len(e.text)
	return n, nil
}

func BenchmarkRead(b *testing.B) {
	for _, c := range []struct{ name, text string }{
		{"message", benchMessage},
		{"entities", strings.Replace(benchMessage, "both, and it", "both; don&apos;t", 1)},
		{"presence", benchPresence},
		{"skipped", "<message><body>" + strings.Repeat("x", 1<<20) + "</body></message>"},
	} {
		b.Run(c.name, func(b *testing.B) {
			r := NewReader(bufio.NewReaderSize(&endless{text: c.text}, 64<<10), Accept, Limits{})
			b.SetBytes(int64(len(c.text)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := r.Next(); (err != nil) != (c.name == "skipped") {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkAppend(b *testing.B) {
	to := jid.MustParse("other@example.net/phone")
	for _, c := range []struct{ name, text string }{{"message", benchMessage}, {"presence", benchPresence}} {
		s, err := NewReader(bufio.NewReader(io.MultiReader(strings.NewReader(c.text))), Accept, Limits{}).Next()
		if err != nil {
			b.Fatal(err)
		}
		buf := make([]byte, 0, 1024)
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				buf = s.Append(buf[:0])
			}
		})
		b.Run(c.name+" for another", func(b *testing.B) {
			b.ReportAllocs()
			children := s.AppendChildren(nil)
			for b.Loop() {
				buf = s.AppendTo(buf[:0], to, children)
			}
		})
	}
}
