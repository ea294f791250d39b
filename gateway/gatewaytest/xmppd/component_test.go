package xmppd

import (
	"context"
	"net"
	"strings"
	"testing"

	"mellium.im/xmpp/component"
	"mellium.im/xmpp/jid"
)

func TestHandshake(t *testing.T) {
	s := start(t, Config{})
	ours, theirs := net.Pipe()
	defer ours.Close()
	s.ServeComponentConn(theirs)
	session, err := component.NewSession(context.Background(), jid.MustParse("irc.localhost"), []byte("secret"), ours)
	if err != nil {
		t.Fatal(err)
	}
	if !s.Connected() {
		t.Error("not connected")
	}
	second := connect(t, s.ServeComponentConn)
	second.shake("secret")
	second.expect("conflict")

	go session.Close()
	buf := make([]byte, 100)
	n, _ := ours.Read(buf)
	if string(buf[:n]) != "</stream:stream>" {
		t.Errorf("got %q", buf[:n])
	}
	if s.Connected() {
		t.Error("still connected")
	}
}

func TestHandshakeRefused(t *testing.T) {
	s := start(t, Config{})
	p := connect(t, s.ServeComponentConn)
	p.shake("wrong")
	p.expect("not-authorized")
	p = connect(t, s.ServeComponentConn)
	p.open(nsComponent, "other.localhost")
	p.expect("host-unknown")
	p = connect(t, s.ServeComponentConn)
	p.open(nsClient, "irc.localhost")
	p.expect("invalid-namespace")
	if s.Connected() {
		t.Error("connected")
	}
}

// offences are what a gateway may write, and what each server makes of it: the
// condition that ends the stream, or what comes back, or "" for delivered.
var offences = []struct {
	name, raw                 string
	strict, prosody, ejabberd string
}{
	{"good", `<message from='irc.localhost' to='u@far'/>`, "", "", ""},
	{"ill-formed", `<message from='irc.localhost' to='u@far'><a></b></message>`, "not-well-formed", "not-well-formed", "not-well-formed"},
	{"bare ampersand", `<message from='irc.localhost' to='u@far'>a & b</message>`, "not-well-formed", "not-well-formed", "not-well-formed"},
	{"undeclared prefix", `<message from='irc.localhost' to='u@far'><x:y/></message>`, "not-well-formed", "not-well-formed", "not-well-formed"},
	{"attribute twice", `<message from='irc.localhost' to='u@far' id='1' id='2'/>`, "not-well-formed", "not-well-formed", "not-well-formed"},
	{"forbidden reference", `<message from='irc.localhost' to='u@far'>&#x0b;</message>`, "not-well-formed", "not-well-formed", "not-well-formed"},
	{"forbidden character", "<message from='irc.localhost' to='u@far'>\x01</message>", "not-well-formed", "not-well-formed", "not-well-formed"},
	{"U+FFFE", "<message from='irc.localhost' to='u@far'>\uFFFE</message>", "not-well-formed", "not-well-formed", "not-well-formed"},
	{"no UTF-8", "<message from='irc.localhost' to='u@far'>\xff</message>", "not-well-formed", "not-well-formed", "not-well-formed"},
	{"U+FFFD", "<message from='irc.localhost' to='u@far'>\uFFFD</message>", "", "", ""},
	{"comment", `<!-- x --><message from='irc.localhost' to='u@far'/>`, "restricted-xml", "restricted-xml", ""},
	{"processing instruction", `<?x y?><message from='irc.localhost' to='u@far'/>`, "restricted-xml", "restricted-xml", ""},
	{"directive", `<!DOCTYPE x><message from='irc.localhost' to='u@far'/>`, "restricted-xml", "restricted-xml", "restricted-xml"},
	{"text", `x<message from='irc.localhost' to='u@far'/>`, "bad-format", "bad-format", "bad-format"},
	{"no stanza", `<foo from='irc.localhost' to='u@far'/>`, "unsupported-stanza-type", "unsupported-stanza-type", "unsupported-stanza-type"},
	{"another domain", `<message from='a@far' to='u@far'/>`, "invalid-from", "invalid-from", "invalid-from"},
	{"no from", `<message to='u@far'/>`, "improper-addressing", "", "improper-addressing"},
	{"no to", `<message from='irc.localhost'/>`, "improper-addressing", "<bad-request", "improper-addressing"},
	{"malformed to", `<message from='irc.localhost' to='a&amp;b@far'/>`, "<jid-malformed", "<jid-malformed", "<bad-request"},
	{"malformed from", `<message from='a&amp;b@irc.localhost' to='u@far'/>`, "<jid-malformed", "<jid-malformed", "<bad-request"},
	{"jabber:client", `<message xmlns='jabber:client' from='irc.localhost' to='u@far'/>`, "<service-unavailable", "<service-unavailable", ""},
	{"too large", `<message from='irc.localhost' to='u@far'>` + strings.Repeat("x", 512<<10) + `</message>`, "policy-violation", "policy-violation", ""},
}

func TestOffences(t *testing.T) {
	for quirk, name := range []string{"strict", "prosody", "ejabberd"} {
		for _, c := range offences {
			t.Run(name+"/"+c.name, func(t *testing.T) {
				s := start(t, Config{Quirk: Quirk(quirk), Played: true})
				p := join(t, s)
				seen := make(chan string, 1)
				s.Tap(func(dir, raw string) {
					if dir == "<" && strings.HasSuffix(c.raw, raw) {
						seen <- raw
					}
				})
				go p.conn.Write([]byte(c.raw + "<iq type='get' id='after' from='irc.localhost' to='localhost'><ping xmlns='urn:xmpp:ping'/></iq>"))
				want := []string{c.strict, c.prosody, c.ejabberd}[quirk]
				switch {
				case want == "":
					p.expect("result", "after")
					<-seen
				case want[0] == '<': // bounced, and the stream goes on
					p.expect("error", want)
					p.expect("result", "after")
				default:
					p.expect("stream:error", want)
					if got := p.next(); got != "END" {
						t.Errorf("got %s after the stream's end", got)
					}
				}
			})
		}
	}
}

func TestInjectDropAndReturn(t *testing.T) {
	s := start(t, Config{Played: true})
	if s.Inject("<a/>") {
		t.Error("injected into nothing")
	}
	p := join(t, s)
	var seen []string
	s.Tap(func(dir, raw string) { seen = append(seen, dir+raw) })
	if !s.Inject("<message from='u@far' to='irc.localhost'/>") {
		t.Error("not injected")
	}
	p.expect("u@far")
	p.write("<presence from='irc.localhost' to='u@far'/> <presence from='irc.localhost' to='v@far'/>")
	p.write("<iq type='get' id='1' from='irc.localhost' to='localhost'><ping xmlns='urn:xmpp:ping'/></iq>")
	p.expect("result")
	s.DropComponent()
	if got := p.next(); got != "END" {
		t.Errorf("got %s", got)
	}
	for s.Connected() {
	}
	join(t, s)
	got := strings.Join(seen[:3], "\n")
	want := "><message from='u@far' to='irc.localhost'/>\n<<presence from='irc.localhost' to='u@far'/>\n<<presence from='irc.localhost' to='v@far'/>"
	if got != want {
		t.Errorf("got %s", got)
	}
}

// A peer that never reads neither stops the server nor keeps it from closing.
func TestPeerThatDoesNotRead(t *testing.T) {
	s := start(t, Config{Played: true})
	join(t, s)
	for range 1000 {
		if !s.Inject("<message from='u@far' to='irc.localhost'>" + strings.Repeat("x", 1000) + "</message>") {
			t.Fatal("gone")
		}
	}
	s.Close()
}

func FuzzParse(f *testing.F) {
	for _, c := range offences {
		f.Add(c.raw)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		a, errA := Parse(raw)
		if errA != nil {
			return
		}
		again := write(a)
		b, errB := Parse(again)
		if errB != nil {
			t.Fatalf("%q was read, and %q is not: %v", raw, again, errB)
		}
		if third := write(b); third != again {
			t.Fatalf("%q became %q", again, third)
		}
	})
}
