//go:build linux

package realtest

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// StartHybrid starts ircd-hybrid 8.2: CASEMAPPING ascii, few capabilities. It
// refuses to run as root, so it runs as nobody then.
func StartHybrid(t testing.TB, o IRCOptions) *IRCServer {
	t.Helper()
	program := need(t, "ircd-hybrid", "/usr/sbin/ircd-hybrid")
	s, port := newIRCServer(t, "ircd-hybrid", "hybrid.test", cmp.Or(o.NickLen, 15))
	flags, connections := "exceed_limit, can_flood", 10000
	if o.Throttled {
		flags, connections = "exceed_limit", 1
	}
	s.write(t, "ircd.conf", fmt.Sprintf(hybridConfig, s.ServerName, s.Dir, port[0], port[1], s.NickLen, flags, OperPassword, connections))
	s.write(t, "ircd.motd", "Welcome\n")
	s.argv = []string{
		program, "-foreground", "-configfile", s.Dir + "/ircd.conf",
		"-logfile", s.Dir + "/server.log", "-pidfile", s.Dir + "/ircd.pid",
		"-klinefile", s.Dir + "/kline.db", "-dlinefile", s.Dir + "/dline.db",
		"-xlinefile", s.Dir + "/xline.db", "-resvfile", s.Dir + "/resv.db",
	}
	if s.user = nobody(t); s.user != nil {
		files, _ := filepath.Glob(s.Dir + "/*")
		for _, path := range append(files, s.Dir) {
			if err := os.Chown(path, int(s.user.Uid), int(s.user.Gid)); err != nil {
				t.Fatal(err)
			}
		}
	}
	s.withOwnNames(t)
	s.run(t)
	return s
}

const hybridConfig = `
serverinfo {
	name = "%[1]s"; description = "test"; network_name = "HybridTest"; network_description = "test";
	hub = no; default_max_clients = 5000; max_nick_length = %[5]d; max_topic_length = 300;
	rsa_private_key_file = "%[2]s/key.pem"; tls_certificate_file = "%[2]s/cert.pem";
};
admin { name = "test"; description = "test"; email = "<test@localhost>"; };
class {
	name = "users"; ping_time = 90 seconds; number_per_ip_local = 5000; number_per_ip_global = 5000;
	max_number = 5000; sendq = 1 megabytes; recvq = 8000 bytes;
};
class { name = "opers"; ping_time = 90 seconds; number_per_ip_local = 100; max_number = 100; sendq = 1 megabytes; };
listen { host = "127.0.0.1"; port = %[3]d; flags = tls; port = %[4]d; };
auth { user = "*@*"; class = "users"; flags = %[6]s; };
operator {
	name = "oper"; user = "*@*"; password = "%[7]s"; encrypted = no; class = "opers";
	flags = admin, connect, connect:remote, die, globops, kill, kill:remote, kline, module, rehash, restart, set;
};
channel {
	disable_fake_channels = no; enable_extbans = yes; max_channels = 200; max_bans = 100; max_invites = 20;
	max_bans_large = 500; default_join_flood_count = 0; default_join_flood_time = 0;
	invite_client_count = 1000; invite_delay_channel = 0 seconds; knock_client_count = 1000; knock_delay_channel = 0 seconds;
};
general {
	disable_auth = yes; throttle_count = %[8]d; throttle_time = 1 second; anti_nick_flood = no;
	max_monitor = 100; max_accept = 50; anti_spam_exit_message_time = 0; invisible_on_connect = no;
	default_floodcount = 100; pace_wait_simple = 0; pace_wait = 0; max_targets = 4; no_oper_flood = yes;
	caller_id_wait = 1 minute; ping_cookie = no; specials_in_ident = 4;
};
modules { path = "/usr/lib/ircd-hybrid/modules"; path = "/usr/lib/ircd-hybrid/modules/autoload"; };
log { use_logging = yes; };
`
