//go:build linux

package realtest

import (
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
)

// StartEjabberd starts ejabberd 23.01. Its virtual machine is started as ourselves
// and without a node name, so that neither epmd, which would listen on every
// interface, nor a cookie, nor the user ejabberd is needed.
func StartEjabberd(t testing.TB) *XMPPServer {
	t.Helper()
	beam := need(t, "ejabberd", "/usr/lib/*/ejabberd-*/ebin")
	erl := need(t, "ejabberd", "/usr/lib/erlang/bin/erl")
	p := &Process{Name: "ejabberd", Dir: newDir(t, "ejabberd")}
	port := ports(t, 3)
	p.write(t, "ejabberd.yml", fmt.Sprintf(ejabberdConfig, port[0], port[1], port[2], Domain, Rooms, Component, Secret))
	p.env = []string{
		"EJABBERD_CONFIG_PATH=" + p.Dir + "/ejabberd.yml",
		"EJABBERD_LOG_PATH=" + p.Dir + "/ejabberd-own.log",
		"ERL_LIBS=" + filepath.Dir(filepath.Dir(beam)),
		"ERL_CRASH_DUMP=" + p.Dir + "/crash.log",
		"HOME=" + p.Dir,
	}
	p.argv = []string{erl, "+K", "true", "-noinput", "-mnesia", "dir", `"` + p.Dir + `/data"`, "-s", "ejabberd"}
	s := &XMPPServer{Process: p, C2S: loopback(port[0]), Component: loopback(port[1])}
	p.ready = []string{s.C2S, s.Component, loopback(port[2])}
	p.run(t)
	for _, user := range accounts() {
		register(t, loopback(port[2]), user)
	}
	return s
}

// register makes an account by ejabberd's HTTP API.
func register(t testing.TB, api, user string) {
	t.Helper()
	transport := &http.Transport{DisableKeepAlives: true} // and without a proxy
	body := fmt.Sprintf(`{"user":%q,"host":%q,"password":%[1]q}`, user, Domain)
	answer, err := (&http.Client{Transport: transport, Timeout: Patience}).Post(
		"http://"+api+"/api/register", "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("ejabberd registers %s: %s", user, answer.Status)
	}
}

const ejabberdConfig = `
hosts: [%[4]s]
loglevel: info
auth_method: internal
auth_password_format: plain
default_db: mnesia
s2s_access: none
acl:
  local: {user_regexp: ""}
  loopback: {ip: [127.0.0.0/8]}
access_rules:
  local: {allow: local}
  c2s: {allow: all}
api_permissions:
  "from loopback": {from: [mod_http_api], who: {access: {allow: loopback}}, what: "*"}
listen:
  - {port: %[1]d, ip: "127.0.0.1", module: ejabberd_c2s, max_stanza_size: 262144, access: c2s}
  - {port: %[2]d, ip: "127.0.0.1", module: ejabberd_service, access: all, hosts: {%[6]s: {password: "%[7]s"}}}
  - {port: %[3]d, ip: "127.0.0.1", module: ejabberd_http, request_handlers: {/api: mod_http_api}}
modules:
  mod_admin_extra: {}
  mod_blocking: {}
  mod_caps: {}
  mod_carboncopy: {}
  mod_disco: {extra_domains: [%[6]s]}
  mod_http_api: {}
  mod_last: {}
  mod_mam: {default: always, assume_mam_usage: true}
  mod_muc: {host: %[5]s, access_create: local}
  mod_offline: {}
  mod_ping: {}
  mod_privacy: {}
  mod_private: {}
  mod_pubsub: {plugins: [flat, pep]}
  mod_roster: {}
  mod_stream_mgmt: {}
  mod_time: {}
  mod_vcard: {}
  mod_version: {}
`
