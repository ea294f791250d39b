//go:build unix

package xmppside

import (
	"net"
	"syscall"
	"testing"
)

// noDelay asks the kernel.
func noDelay(t *testing.T, c *net.TCPConn) (on bool) {
	t.Helper()
	raw, err := c.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var v int
	var got error
	if err := raw.Control(func(fd uintptr) {
		v, got = syscall.GetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_NODELAY)
	}); err != nil || got != nil {
		t.Fatal(err, got)
	}
	return v != 0
}
