//go:build linux

package realtest

import (
	"fmt"
	"math/rand/v2"
	"net"
	"testing"
)

// Ports are taken from below the range that the kernel gives to outgoing
// connections: else one of those might hold the port of a server that restarts.
const lowestPort, highestPort = 20000, 32000

// ports are n free ports of loopback.
func ports(t testing.TB, n int) []int {
	t.Helper()
	free := make([]int, 0, n)
	for tries := 0; len(free) < n; tries++ {
		port := lowestPort + rand.IntN(highestPort-lowestPort)
		l, err := net.Listen("tcp", loopback(port))
		if err == nil {
			defer func() { _ = l.Close() }() // all at the end, so that they differ
			free = append(free, port)
		} else if tries > 1000 {
			t.Fatalf("no free port: %v", err)
		}
	}
	return free
}

// loopback is the address of a port.
func loopback(port int) string { return fmt.Sprintf("127.0.0.1:%d", port) }
