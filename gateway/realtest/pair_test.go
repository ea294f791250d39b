//go:build e2e && linux

package realtest

import (
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
)

// scripts are what every pair has to show, each seen from both sides.
var scripts = []script{
	{"join", scriptJoin},
	{"two", scriptTwo},
	{"resource", scriptResource},
	{"nearest nick", scriptNearest},
	{"crowd", scriptCrowd},
	{"quit", scriptQuit},
	{"key", scriptKey},
	{"ban", scriptBan},
	{"invite", scriptInvite},
	{"invite both ways", scriptInviteBoth},
	{"knock", scriptKnock},
	{"voice request", scriptVoice},
	{"full", scriptFull},
	{"bad name", scriptBadName},
	{"forward", scriptForward},
	{"nick", scriptNick},
	{"bad nick", scriptBadNick},
	{"kick", scriptKick},
	{"away", scriptAway},
	{"occupant id", scriptOccupantID},
	{"vcard", scriptVCard},
	{"modes", scriptModes},
	{"admin", scriptAdmin},
	{"outcast", scriptOutcast},
	{"members", scriptMembers},
	{"quiet", scriptQuiet},
	{"silenced", scriptSilenced},
	{"subject", scriptSubject},
	{"create", scriptCreate},
	{"configure", scriptConfigure},
	{"destroy", scriptDestroy},
	{"talk", scriptTalk},
	{"me", scriptMe},
	{"long", scriptLong},
	{"format", scriptFormat},
	{"features", scriptFeatures},
	{"private", scriptPrivate},
	{"rank", scriptRank},
	{"list", scriptList},
	{"search", scriptSearch},
	{"non-ASCII channel", scriptNonASCII},
	{"pace", scriptPace},
}

// A pair is an XMPP server and an IRC server with the gateway between them, as one
// script has them: with a channel, and names of accounts and nicks, that are its own.
type pair struct {
	t       *testing.T
	xmpp    *XMPPServer
	irc     *IRCServer
	ircd    ircd
	gateway *Process
	network string // as addresses have it
	paced   string // a network at the default pace, whose server throttles
	slow    *IRCServer
	tag     string // ends all names of the script: "7"
	users   []string
	channel string // "#c7"
	room    string // "#c7%network@irc.localhost"
}

// An ircd is what scripts have to know about a program that serves IRC.
type ircd struct {
	op         string // affiliation of channel operators
	awayNotify bool   // it tells when somebody is away
	reserve    string // what an operator sends so that a nick is refused (432)
	cuts       bool   // it cuts nicks that are too long, where others refuse them
	knock      bool   // it has KNOCK
	quiets     bool   // it silences by a mask
	colourless string // channel modes under which there is no formatting
	curt       bool   // it drops the last words of who has just come
	ranks      bool   // one can speak to those of a rank,
	rankOnly   bool   // if one is of it
}

var ircds = map[string]ircd{
	"inspircd":    {op: "admin", awayNotify: true, quiets: true, knock: true, ranks: true, colourless: "cS", reserve: "QLINE %s 0 :reserved"},
	"ngircd":      {op: "admin"},
	"ircd-hybrid": {op: "owner", awayNotify: true, knock: true, cuts: true, curt: true, colourless: "c", ranks: true, rankOnly: true},
}

// TestPairs plays every script on every pair of servers. All pairs of an XMPP server
// have one gateway, and all of an IRC server have that.
func TestPairs(t *testing.T) {
	program := Build(t)
	var networks []network
	for _, kind := range IRCKinds() {
		networks = append(networks, startNetwork(t, kind))
	}
	playAll(t, program, networks, scripts)
}

// A script is what is played on a pair.
type script struct {
	name string
	run  func(*testing.T, *pair)
}

// playAll plays scripts on every pair of an XMPP server and one of the networks.
func playAll(t *testing.T, program string, networks []network, scripts []script) {
	var names atomic.Int64
	for _, kind := range XMPPKinds() {
		x, why := started(t, kind.Start)
		var gateway *Process
		if why == "" {
			gateway = startGateway(t, program, x, networks)
		}
		for _, n := range networks {
			t.Run(kind.Name+"-"+n.kind, func(t *testing.T) {
				if why+n.missing != "" {
					t.Skip(why, n.missing)
				}
				t.Parallel()
				for _, s := range scripts {
					t.Run(s.name, func(t *testing.T) {
						t.Parallel()
						p := &pair{
							xmpp: x, irc: n.server, slow: n.slow, ircd: ircds[n.ircd], gateway: gateway,
							network: n.kind, paced: "paced-" + n.kind, tag: strconv.FormatInt(names.Add(1), 36),
						}
						p.play(t, s.run)
					})
				}
			})
		}
	}
}

// play runs a script.
func (p *pair) play(t *testing.T, script func(*testing.T, *pair)) {
	p.t = t
	p.channel = p.name("#c")
	p.room = p.address(p.channel)
	t.Cleanup(func() {
		if t.Failed() {
			p.showGateway()
		}
	})
	script(t, p)
}

// name is a nick, channel or account that no other script has: "alice" is "alice7".
// Names have to be short: ngIRCd takes nicks of 9 characters.
func (p *pair) name(name string) string { return name + p.tag }

// address is that of a channel on the pair's network.
func (p *pair) address(channel string) string { return channel + "%" + p.network + "@" + Component }

// showGateway logs what the gateway logged about the script's users: at its level
// trace that is all that went to and came from IRC.
func (p *pair) showGateway() {
	var lines []string
	for line := range strings.Lines(p.gateway.Log(p.t)) {
		for _, user := range p.users {
			if strings.Contains(line, `"user":"`+user+"@") {
				lines = append(lines, line)
			}
		}
	}
	p.t.Logf("the gateway:\n%s", tail([]byte(strings.Join(lines, "")), 32<<10))
}

// A network is an IRC server that throttles nobody, and one that does.
type network struct {
	kind, ircd   string
	missing      string // why there is none
	server, slow *IRCServer
}

func startNetwork(t *testing.T, kind IRCKind) network {
	n := network{kind: kind.Name, ircd: kind.Name}
	n.server, n.missing = started(t, func(t testing.TB) *IRCServer { return kind.Start(t, IRCOptions{}) })
	if n.missing == "" {
		n.slow = kind.Start(t, IRCOptions{Throttled: true})
		gatherCrowd(t, n.server)
	}
	return n
}

// started starts a server; missing says why it cannot be, without ending the test.
func started[S any](t *testing.T, start func(testing.TB) S) (server S, missing string) {
	defer func() {
		if r := recover(); r != nil {
			skip, ok := r.(skipped)
			if !ok {
				panic(r)
			}
			missing = string(skip)
		}
	}()
	return start(unskipped{t}), ""
}

// An unskipped is a test that goes on without what is missing.
type unskipped struct{ *testing.T }

type skipped string

func (unskipped) Skipf(format string, args ...any) { panic(skipped(fmt.Sprintf(format, args...))) }

// pacedFrom is where a gateway connects from at the default pace.
var pacedFrom = map[string]string{"prosody": "127.0.0.2", "ejabberd": "127.0.0.3"}

// startGateway starts a gateway with two networks for each that is there. It has to
// end well: a data race would show in its status, a panic in its log.
func startGateway(t *testing.T, program string, x *XMPPServer, networks []network) *Process {
	t.Helper()
	var config strings.Builder
	fmt.Fprintf(&config, "[component]\naddress = %q\ndomain = %q\nsecret = %q\n", x.Component, Component, Secret)
	config.WriteString("[log]\nlevel = \"trace\"\n[gateway]\nlist_interval = \"1s\"\n")
	for _, n := range networks {
		if n.missing != "" {
			continue
		}
		config.WriteString(networkConfig(n.kind, n.server) + "rate = 10000.0\nburst = 10000\nconnect_interval = \"0s\"\nlister = true\nlister_nick = \"looker\"\n")
		if n.slow == nil {
			continue
		}
		// Who throttles counts by address: the gateway has one of its own.
		config.WriteString(networkConfig("paced-"+n.kind, n.slow) + fmt.Sprintf("bind_address = %q\n", pacedFrom[x.Name]))
	}
	gateway := StartGateway(t, program, config.String())
	t.Cleanup(func() {
		if status := gateway.Stop(t); status != 0 {
			t.Errorf("the gateway's exit status is %d", status)
		}
		for line := range strings.Lines(gateway.Log(t)) {
			if strings.Contains(line, `"level":"error"`) {
				t.Errorf("the gateway logs %s", line)
			}
		}
	})
	x.Login(t, "alice", "desk").AwaitComponent(Component)
	return gateway
}

func networkConfig(name string, s *IRCServer) string {
	_, port, _ := strings.Cut(s.TLSAddr, ":")
	return fmt.Sprintf("[[network]]\nname = %q\naddresses = [\"localhost:%s\"]\ntls_ca_file = %q\n", name, port, s.CAFile)
}
