package script

import (
	"net"
	"strings"
	"testing"
)

func TestIDs(t *testing.T) {
	r := newRecord(`xmpp> <iq id="mine"/>`)
	got := r.hideIDs(`<iq id='q7-1'/><iq id="mine"/><iq id="q7-2"><stanza-id id='m12'/><o id='q7-1'/></iq>`)
	if want := `<iq id='$1'/><iq id="mine"/><iq id="$2"><stanza-id id='m12'/><o id='$1'/></iq>`; got != want {
		t.Errorf("hidden: %s", got)
	}
	if got := r.input("<iq id='$2'/><iq id='$1'/><b>$3</b>"); got != "<iq id='q7-2'/><iq id='q7-1'/><b>$3</b>" {
		t.Errorf("put back: %s", got)
	}
}

// A wire is known by its nick, and what is random in a line is left out.
func TestWire(t *testing.T) {
	r := newRecord("")
	ours, theirs := net.Pipe()
	defer theirs.Close()
	w := r.wiretap(ours)
	defer w.Close()
	go func() {
		buf := make([]byte, 1000)
		for {
			if _, err := theirs.Read(buf); err != nil {
				return
			}
		}
	}()
	buf := make([]byte, 1000)
	hear := func(text string) {
		go theirs.Write([]byte(text))
		if _, err := w.Read(buf); err != nil {
			t.Fatal(err)
		}
	}
	w.Write([]byte("NICK ann\r\nNICK :an"))
	w.Write([]byte("na\r\n"))
	hear("@time=x :irc.test 001 anna :Welcome\r\n:bob!b@h NICK anna_\r\n:anna!a@h NI")
	hear("CK :annie\r\n")
	w.Write([]byte("@label=x17 JOIN #c\r\n@+a=b;label=2;c PRIVMSG #c :label=3\r\n"))
	lines, _ := r.flush()
	want := "annie> @label JOIN #c\nannie> @+a=b;label;c PRIVMSG #c :label=3"
	if got := strings.Join(lines, "\n"); got != want {
		t.Errorf("got %s", got)
	}
	r.show([]string{"registration"})
	w.Write([]byte("QUIT\r\n"))
	if lines, _ := r.flush(); strings.Join(lines, "\n") != "annie> QUIT" {
		t.Errorf("got %q", lines)
	}
}
