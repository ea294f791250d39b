//go:build linux

package realtest

import (
	"cmp"
	"fmt"
	"os"
	"testing"
)

// StartNgIRCd starts ngIRCd 26.1: nicknames of 9 characters, one capability.
// Debian's package conflicts with ircd-hybrid's, so it may be unpacked in the cache
// instead of installed.
func StartNgIRCd(t testing.TB, o IRCOptions) *IRCServer {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	program := need(t, "ngircd", "/usr/sbin/ngircd", cache+"/isthmus-test/ngircd/usr/sbin/ngircd")
	s, port := newIRCServer(t, "ngircd", "ngircd.test", cmp.Or(o.NickLen, 9))
	penalty := 0
	if o.Throttled {
		penalty = -1
	}
	s.write(t, "ngircd.conf", fmt.Sprintf(ngircdConfig, s.ServerName, s.Dir, port[0], port[1],
		os.Getuid(), os.Getgid(), s.NickLen, penalty, OperPassword))
	s.argv = []string{program, "-n", "-f", s.Dir + "/ngircd.conf"}
	s.run(t)
	return s
}

const ngircdConfig = `
[Global]
	Name = %[1]s
	Info = test
	Network = NgTest
	Listen = 127.0.0.1
	Ports = %[3]d
	MotdPhrase = "Welcome"
	AdminInfo1 = test
	AdminEMail = test@localhost
	PidFile = %[2]s/ngircd.pid
	ServerUID = %[5]d
	ServerGID = %[6]d
[Limits]
	MaxConnections = 0
	MaxConnectionsIP = 0
	MaxJoins = 0
	MaxNickLength = %[7]d
	MaxPenaltyTime = %[8]d
[Options]
	DNS = no
	Ident = no
	PAM = no
	OperCanUseMode = yes
[SSL]
	CertFile = %[2]s/cert.pem
	KeyFile = %[2]s/key.pem
	Ports = %[4]d
[Operator]
	Name = oper
	Password = %[9]s
`
