package assemble

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"isthmus/config"
)

// admit lets the component in, says something to it, and reads nothing from then on.
func admit(t *testing.T, server net.Conn, say string) {
	fmt.Fprint(server, "<stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams' from='gw' id='1'>")
	in, tag := bufio.NewReader(server), ""
	for !strings.HasSuffix(tag, "</handshake>") {
		var err error
		if tag, err = in.ReadString('>'); err != nil {
			t.Error(err)
			return
		}
	}
	fmt.Fprint(server, "<handshake/>"+say)
}

// Whoever does not read, the gateway ends within the stop_timeout in force, and the
// moment for what is left to write.
func TestStopInTime(t *testing.T) {
	const joins = "<presence from='ann@x/d' to='#c%net@gw/ann'><x xmlns='http://jabber.org/protocol/muc'/></presence>" +
		"<presence from='bob@x/d' to='#c%net@gw/bob'><x xmlns='http://jabber.org/protocol/muc'/></presence>"
	for name, queue := range map[string]int{"room in the queue": 1 << 20, "a full queue": 1} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				pipe := func(serve func(net.Conn)) func(context.Context, string) (net.Conn, error) {
					return func(context.Context, string) (net.Conn, error) {
						ours, theirs := net.Pipe()
						go serve(theirs)
						return ours, nil
					}
				}
				c := config.Default()
				c.Component.Domain, c.Component.Secret, c.Component.QueueBytes = "gw", config.NewSecret("x"), queue
				c.Networks = []config.Network{{Name: "net", Addresses: []string{"irc.test:6667"}, IRC: c.IRC}}
				c.Networks[0].TLS = false
				g, err := New(c, Options{Net: Net{
					XMPP: pipe(func(server net.Conn) { admit(t, server, joins) }),
					IRC:  pipe(func(net.Conn) {}),
				}, KeepPanics: true}, zerolog.Nop())
				if err != nil {
					t.Fatal(err)
				}
				next := *c
				next.Gateway.StopTimeout = 3 * time.Second
				g.Reload(&next)
				ctx, cancel := context.WithCancel(t.Context())
				ended := make(chan error)
				go func() { ended <- g.Run(ctx) }()
				time.Sleep(5 * time.Second)
				synctest.Wait()
				if !g.component.Up() {
					t.Error("there is no stream")
				}
				began := time.Now()
				cancel()
				err = <-ended
				if took := time.Since(began); err != nil || took < lastWrite || took > next.Gateway.StopTimeout+lastWrite {
					t.Errorf("ended after %v with %v", took, err)
				}
			})
		})
	}
}
