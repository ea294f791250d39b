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
	gather := func(from, to int) {
		for i := from; i < to; i++ {
			joinCrowd(t, s, crowdNick(i), i == crowdSize-1, in)
		}
		for range to - from {
			if err := <-in; err != nil {
				t.Fatalf("the crowd: %v", err)
			}
		}
	}
	gather(0, 1) // whose channel it is
	gather(1, crowdSize)
}

// joinCrowd connects one of the crowd, and says on in when it is in the channel, or
// why it is not.
func joinCrowd(t *testing.T, s *IRCServer, nick string, away bool, in chan<- error) {
	t.Helper()
	conn, err := net.DialTimeout("tcp", s.Addr, Patience)
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.SetReadDeadline(time.Now().Add(Patience))
	ended := make(chan struct{})
	t.Cleanup(func() {
		_ = conn.Close()
		<-ended
	})
	send := func(lines ...string) { _, _ = conn.Write([]byte(strings.Join(lines, "\r\n") + "\r\n")) }
	go func() {
		defer close(ended)
		r, joined := bufio.NewReader(conn), false
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
				send("PONG :" + line.Param(0))
			case line.Command == "001" && away:
				send("AWAY :asleep", "JOIN "+crowdChannel)
			case line.Command == "001":
				send("JOIN " + crowdChannel)
			case line.Command == "366" && !joined:
				joined = true
				_ = conn.SetReadDeadline(time.Time{})
				in <- nil
			}
		}
	}()
	send("NICK "+nick, "USER "+nick+" 0 * :"+nick)
}
