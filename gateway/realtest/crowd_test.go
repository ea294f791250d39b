//go:build e2e && linux

package realtest

import (
	"bufio"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"
)

// The crowd of each IRC server: so many users in a channel of their own, who only
// answer pings. The first has operator's rank, the last is away.
const (
	crowdSize    = 300
	crowdChannel = "#crowd"
)

// crowdNick is the nick of one of the crowd.
func crowdNick(i int) string { return fmt.Sprintf("c%03d", i) }

// gatherCrowd fills a server's crowdChannel. The crowd stays until the test ends.
func gatherCrowd(t *testing.T, s *IRCServer) {
	t.Helper()
	in := make(chan error, crowdSize)
	await := func(n int) {
		for range n {
			if err := <-in; err != nil {
				t.Fatalf("the crowd: %v", err)
			}
		}
	}
	joinCrowd(t, s, crowdNick(0), "", in)
	await(1) // whose channel it is
	for i := 1; i < crowdSize-1; i++ {
		joinCrowd(t, s, crowdNick(i), "", in)
	}
	joinCrowd(t, s, crowdNick(crowdSize-1), "AWAY :asleep\r\n", in)
	await(crowdSize - 1)
}

// joinCrowd connects one of the crowd, who says first before joining, and says on in
// when it is in the channel, or why it is not. It returns when the server has begun
// to talk to it: ngIRCd lets no more than ten connections wait for that.
func joinCrowd(t *testing.T, s *IRCServer, nick, first string, in chan<- error) {
	t.Helper()
	conn, err := net.DialTimeout("tcp", s.Addr, Patience)
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.SetReadDeadline(time.Now().Add(Patience))
	send := func(lines string) { _, _ = conn.Write([]byte(lines)) }
	send("CAP LS\r\nNICK " + nick + "\r\nUSER " + nick + " 0 * :" + nick + "\r\nCAP END\r\n")
	r := bufio.NewReader(conn)
	_, _ = r.Peek(1) // a failure shows below
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		joined := false
		for {
			raw, err := r.ReadString('\n')
			if err != nil {
				if !joined {
					in <- fmt.Errorf("%s is not in: %w", nick, err)
				}
				return
			}
			switch line := parseIRC(strings.TrimRight(raw, "\r\n")); {
			case line.Command == "PING":
				send("PONG :" + line.Param(0) + "\r\n")
			case line.Command == "001":
				send(first + "JOIN " + crowdChannel + "\r\n")
			case line.Command == "366" && !joined:
				joined = true
				_ = conn.SetReadDeadline(time.Time{})
				in <- nil
			}
		}
	}()
	t.Cleanup(func() {
		_ = conn.Close()
		<-ended
	})
}
