//go:build linux

package realtest

import (
	"fmt"
	"testing"
)

// StartProsody starts Prosody 0.12.
func StartProsody(t testing.TB) *XMPPServer {
	t.Helper()
	program := need(t, "prosody", "/usr/bin/prosody")
	// COMPAT Prosody 0.12: its shutdown fails while a client is going (mod_c2s calls a method
	// that is no more), and it stays.
	p := &Process{Name: "prosody", Dir: newDir(t, "prosody"), stays: true}
	port := ports(t, 2)
	p.write(t, "prosody.cfg.lua", fmt.Sprintf(prosodyConfig, p.Dir, port[0], port[1], Domain, Rooms, Component, Secret))
	for _, user := range accounts() {
		p.write(t, "data/"+Domain+"/accounts/"+user+".dat", fmt.Sprintf("return { [\"password\"] = %q; };\n", user))
	}
	p.argv = []string{program, "--config", p.Dir + "/prosody.cfg.lua", "-F"}
	s := &XMPPServer{Process: p, C2S: loopback(port[0]), Component: loopback(port[1])}
	p.ready = []string{s.C2S, s.Component}
	p.run(t)
	return s
}

const prosodyConfig = `
run_as_root = true
daemonize = false
pidfile = "%[1]s/prosody.pid"
data_path = "%[1]s/data"
log = { info = "*console" }
interfaces = { "127.0.0.1" }
modules_enabled = {
	"roster"; "saslauth"; "disco"; "carbons"; "pep"; "private"; "blocklist"; "vcard4"; "vcard_legacy";
	"version"; "time"; "ping"; "mam"; "csi_simple"; "smacks"; "lastactivity";
}
modules_disabled = { "s2s" }
authentication = "internal_plain"
storage = "internal"
c2s_ports = { %[2]d }
c2s_direct_tls_ports = {}
s2s_ports = {}
c2s_require_encryption = false
allow_unencrypted_plain_auth = true
component_ports = { %[3]d }
component_interfaces = { "127.0.0.1" }
http_ports = {}
https_ports = {}

VirtualHost "%[4]s"

Component "%[5]s" "muc"

Component "%[6]s"
	component_secret = "%[7]s"
`
