//go:build linux

package realtest

import (
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"testing"
)

// withOwnNames gives a program a name server that knows no name, at once, in place
// of the machine's. COMPAT ircd-hybrid: it looks up the name of every client and
// waits at least four seconds for each answer that is lost.
//
// That takes root and the right to mount, as in most containers; without them
// nothing changes but that the tests may be slow. The program runs as nobody then.
func (p *Process) withOwnNames(t testing.TB) {
	t.Helper()
	if os.Getuid() != 0 || exec.Command("unshare", "--mount", "true").Run() != nil {
		return
	}
	// Any address of loopback; another run may have taken one.
	ip := fmt.Sprintf("127.53.%d.%d", rand.IntN(256), 1+rand.IntN(254))
	conn, err := net.ListenPacket("udp", ip+":53")
	if err != nil {
		t.Logf("no name server for %s: %v", p.Name, err)
		return
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		answerNone(conn)
	}()
	t.Cleanup(func() {
		_ = conn.Close()
		<-done
	})
	p.write(t, "resolv.conf", "nameserver "+ip+"\n")
	p.argv = append([]string{
		"unshare", "--mount", "/bin/sh", "-c",
		`mount --bind "$0" /etc/resolv.conf; exec setpriv --reuid=nobody --regid=nogroup --clear-groups --pdeathsig=KILL -- "$@"`,
		p.Dir + "/resolv.conf",
	}, p.argv...)
	p.user = nil // setpriv sees to it
}

// answerNone answers every query with NXDOMAIN. RFC 1035 §4.1.1.
func answerNone(conn net.PacketConn) {
	packet := make([]byte, 512)
	for {
		n, from, err := conn.ReadFrom(packet)
		if err != nil {
			return // closed
		}
		if n >= 12 {
			packet[2] |= 0x80 // QR: an answer
			packet[3] = 0x83  // RA, NXDOMAIN
			_, _ = conn.WriteTo(packet[:n], from)
		}
	}
}
