package assemble

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"isthmus/config"
	"isthmus/gateway"
	"isthmus/ircside/irc"
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

// Networks of users' choice do not gather for ever: one without a session goes.
func TestForget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := config.Default()
		c.Component.Domain = "gw"
		g, err := New(c, Options{Net: Net{IRC: func(ctx context.Context, address string) (net.Conn, error) {
			if address == "held:6697" {
				<-ctx.Done()
			}
			return nil, errors.New("refused")
		}}}, zerolog.Nop())
		if err != nil {
			t.Fatal(err)
		}
		open := func(name string, chosen bool) gateway.Seat {
			n := config.Network{Name: name, Addresses: []string{name + ":6697"}, IRC: c.IRC, PublicOnly: chosen}
			seat, err := g.open(n, irc.Identity{Nick: "ann"}, zerolog.Nop(), func([]irc.Event) {})
			if err != nil {
				t.Fatal(err)
			}
			return seat
		}
		open("configured", false)
		held := open("held", true)
		for i := range 2*maxOpen + 1 {
			open(fmt.Sprint("host", i), true)
			synctest.Wait()
			if len(g.networks) > maxOpen {
				t.Fatalf("%d networks", len(g.networks))
			}
		}
		if g.networks["configured"] == nil || g.networks["held"] == nil || g.networks["held"].sessions != 1 {
			t.Error("one that is needed is forgotten")
		}
		held.Abort()
		synctest.Wait()
		if n := g.networks["held"].sessions; n != 0 {
			t.Errorf("%d sessions behind the end", n)
		}
	})
}
