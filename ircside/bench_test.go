package ircside

import (
	"bufio"
	"context"
	"net"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/time/rate"

	"isthmus/ircside/irc"
)

// benchSession is a registered session; events go to sink.
func benchSession(b *testing.B, sink func([]irc.Event)) (*Session, net.Conn, *bufio.Reader) {
	b.Helper()
	conns := make(chan net.Conn, 1)
	n := &Network{
		Addresses: []string{"x:1"}, Rate: rate.Inf, RegisterTimeout: time.Hour, WriteTimeout: time.Minute, ConnectTimeout: time.Minute,
		Dial: func(context.Context, string) (net.Conn, error) {
			ours, theirs := net.Pipe()
			conns <- theirs
			return ours, nil
		},
	}
	up := make(chan struct{})
	s := n.Open(irc.Identity{Nick: "ann", User: "u", Realname: "r"}, zerolog.Nop(), func(events []irc.Event) {
		for _, ev := range events {
			if _, ok := ev.(irc.Registered); ok {
				close(up)
			}
		}
		sink(events)
	})
	b.Cleanup(s.Abort)
	peer := <-conns
	r := bufio.NewReader(peer)
	for range 3 {
		if _, err := r.ReadSlice('\n'); err != nil {
			b.Fatal(err)
		}
	}
	peer.Write([]byte(":s 001 ann :hi\r\n:s 422 ann :none\r\n"))
	<-up
	return s, peer, r
}

// A line that arrives alone, to its event.
func BenchmarkLineToEvent(b *testing.B) {
	said := make(chan struct{}, 1)
	_, peer, _ := benchSession(b, func(events []irc.Event) {
		if _, ok := events[0].(irc.Text); ok {
			said <- struct{}{}
		}
	})
	line := []byte("@time=2024-01-01T00:00:00.000Z;msgid=abc :bob!b@host PRIVMSG #channel :hello, how are you all today?\r\n")
	b.ReportAllocs()
	for b.Loop() {
		peer.Write(line)
		<-said
	}
}

// A wish, to its line at the server.
func BenchmarkDoToLine(b *testing.B) {
	s, _, r := benchSession(b, func([]irc.Event) {})
	say := irc.Say{Target: "#channel", Lines: []string{"hello, how are you all today?"}}
	b.ReportAllocs()
	for b.Loop() {
		if err := s.Do(say, 0); err != nil {
			b.Fatal(err)
		}
		if _, err := r.ReadSlice('\n'); err != nil {
			b.Fatal(err)
		}
	}
}
