//go:build linux

package realtest

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// servicesName is the server that services are on.
const servicesName = "services.test"

// AccountPassword is the password of every account that a script registers.
const AccountPassword = "account-password"

// Services are NickServ and ChanServ on an InspIRCd that was started for them.
type Services struct {
	*Process
	IRC *IRCServer
}

// A ServicesKind is a program that gives a network its services.
type ServicesKind struct {
	Name  string
	Start func(testing.TB, *IRCServer) *Services
}

// ServicesKinds are the services that the gateway is tested against.
func ServicesKinds() []ServicesKind {
	return []ServicesKind{{"anope", StartAnope}, {"atheme", StartAtheme}}
}

// StartAnope starts Anope 2.0 on a server that was started with Services. It is the
// package's own configuration, which root can read, with our connection.
func StartAnope(t testing.TB, irc *IRCServer) *Services {
	t.Helper()
	program := need(t, "anope", "/usr/sbin/anope")
	s := newServices(t, "anope", irc)
	_, port, _ := strings.Cut(irc.link, ":")
	config := fmt.Sprintf(anopeConfig, servicesName, port, s.Dir)
	for _, name := range []string{"nickserv", "chanserv", "operserv"} {
		text, err := os.ReadFile("/etc/anope/" + name + ".conf")
		if err != nil {
			t.Fatal(err)
		}
		s.write(t, "conf/"+name+".conf", tuneAnope(string(text)))
		config += fmt.Sprintf("include { type = \"file\"; name = \"%s.conf\" }\n", name)
	}
	s.write(t, "conf/services.conf", config)
	s.write(t, "conf/motd", "test\n")
	s.write(t, "data/empty", "")
	s.argv = []string{
		program, "--nofork", "--confdir=" + s.Dir + "/conf", "--dbdir=" + s.Dir + "/data", "--logdir=" + s.Dir,
		"--localedir=/usr/share/locale", "--modulesdir=/usr/lib/anope",
	}
	s.start(t)
	return s
}

var (
	anopeDelay = regexp.MustCompile(`(?m)^(\s*)(regdelay|forceemail|accessmax|defaultsessionlimit) = .*`)
	anopeReset = regexp.MustCompile(`(?m)^.*(ns_resetpass|nickserv/resetpass).*\n`)
)

// tuneAnope lets people register at once, and has the services on our server.
func tuneAnope(text string) string {
	text = strings.ReplaceAll(text, "services.host", servicesName)
	text = anopeReset.ReplaceAllString(text, "")
	return anopeDelay.ReplaceAllStringFunc(text, func(line string) string {
		key, _, _ := strings.Cut(line, "=")
		value := map[string]string{"regdelay": "0s", "forceemail": "no", "accessmax": "1024", "defaultsessionlimit": "0"}[strings.TrimSpace(key)]
		return key + "= " + value
	})
}

const anopeConfig = `
define { name = "services.host"; value = "%[1]s" }
uplink { host = "127.0.0.1"; ipv6 = no; ssl = no; port = %[2]s; password = "link" }
serverinfo { name = "%[1]s"; description = "test"; pid = "%[3]s/anope.pid"; motd = "%[3]s/conf/motd" }
module { name = "inspircd3"; use_server_side_mlock = yes; use_server_side_topiclock = yes }
networkinfo {
	networkname = "InspTest"; nicklen = 30; userlen = 12; hostlen = 64; chanlen = 64; modelistsize = 100
	vhost_chars = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-"
	allow_undotted_vhosts = true; disallow_start_or_end = ".-"
}
options {
	casemap = "rfc1459"; strictpasswords = no; badpasslimit = 0; badpasstimeout = 1h
	updatetimeout = 5m; expiretimeout = 30m; readtimeout = 5s; warningtimeout = 4h; timeoutcheck = 3s
	retrywait = 2s; hideprivilegedcommands = yes; hideregisteredcommands = yes
}
log { target = "services.log"; logage = 7; commands = "*"; servers = "*"; users = "*"; other = "*"; rawio = no; debug = no }
mail { usemail = no }
module { name = "help" }
module { name = "m_sasl" }
module { name = "db_flatfile"; database = "anope.db"; keepbackups = 0; fork = no }
module { name = "enc_sha256" }
`

// StartAtheme starts Atheme 7.2 on a server that was started with Services.
func StartAtheme(t testing.TB, irc *IRCServer) *Services {
	t.Helper()
	program := need(t, "atheme-services", "/usr/bin/atheme-services")
	s := newServices(t, "atheme", irc)
	_, port, _ := strings.Cut(irc.link, ":")
	var config strings.Builder
	for _, m := range strings.Fields(athemeModules) {
		fmt.Fprintf(&config, "loadmodule \"modules/%s\";\n", m)
	}
	fmt.Fprintf(&config, athemeConfig, servicesName, irc.ServerName, port)
	s.write(t, "atheme.conf", config.String())
	s.write(t, "data/empty", "")
	s.argv = []string{
		program, "-n", "-c", s.Dir + "/atheme.conf", "-l", s.Dir + "/services.log",
		"-p", s.Dir + "/atheme.pid", "-D", s.Dir + "/data",
	}
	s.start(t)
	return s
}

// COMPAT Atheme: it wants backend/opensex for an empty database.
const athemeModules = `
	protocol/inspircd backend/opensex crypto/pbkdf2v2
	nickserv/main nickserv/access nickserv/cert nickserv/drop nickserv/enforce nickserv/ghost nickserv/group
	nickserv/help nickserv/identify nickserv/info nickserv/login nickserv/logout nickserv/register
	nickserv/set_core nickserv/status saslserv/main saslserv/plain
	chanserv/main chanserv/access chanserv/ban chanserv/drop chanserv/flags chanserv/getkey chanserv/help
	chanserv/info chanserv/invite chanserv/kick chanserv/op chanserv/register chanserv/set_core chanserv/set_mlock
	chanserv/topic chanserv/voice chanserv/unban_self chanserv/xop operserv/main operserv/help
`

const athemeConfig = `
serverinfo {
	name = "%[1]s"; desc = "test"; numeric = "00A"; recontime = 2; netname = "InspTest";
	hidehostsuffix = "users.test"; adminname = "test"; adminemail = "admin@localhost";
	registeremail = "admin@localhost"; mta = "/bin/true"; loglevel = { all; }; maxlogins = 50; maxusers = 0;
	mdlimit = 30; emaillimit = 1000; emailtime = 300; auth = none; casemapping = rfc1459;
};
uplink "%[2]s" { host = "127.0.0.1"; port = %[3]s; send_password = "link"; receive_password = "link"; };
general { permissive_mode; helpchan = "#help"; verbose_wallops; flood_msgs = 0; ratelimit_uses = 0; };
nickserv { nick = "NickServ"; user = "NickServ"; host = "%[1]s"; real = "Nickname Services"; aliases { "ID" = "IDENTIFY"; }; maxnicks = 20; };
chanserv { nick = "ChanServ"; user = "ChanServ"; host = "%[1]s"; real = "Channel Services"; maxchans = 500; aliases {}; };
saslserv { nick = "SaslServ"; user = "SaslServ"; host = "%[1]s"; real = "SASL Authentication Agent"; };
operserv { nick = "OperServ"; user = "OperServ"; host = "%[1]s"; real = "Operator Services"; };
`

func newServices(t testing.TB, kind string, irc *IRCServer) *Services {
	return &Services{Process: &Process{Name: kind, Dir: newDir(t, kind)}, IRC: irc}
}

// start runs them as nobody if we are root, and waits until the network sees ChanServ.
// COMPAT Anope: as root it waits for three seconds first.
func (s *Services) start(t testing.TB) {
	t.Helper()
	if s.user = nobody(t); s.user != nil {
		err := filepath.WalkDir(s.Dir, func(path string, _ os.DirEntry, err error) error {
			if err != nil {
				return err
			}
			return os.Chown(path, int(s.user.Uid), int(s.user.Gid))
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	s.run(t)
	watch := s.IRC.Connect(t, "servwatch")
	watch.Await("ISON NickServ ChanServ", func(l IRCLine) bool {
		return l.Command == "303" && strings.Contains(l.Param(1), "NickServ") && strings.Contains(l.Param(1), "ChanServ")
	})
	watch.Quit()
}

// Register registers an account of the client's nick, and is logged in to it.
func (c *IRCClient) Register(t testing.TB) {
	t.Helper()
	c.Send(fmt.Sprintf("PRIVMSG NickServ :REGISTER %s %s@mail.test", AccountPassword, c.Nick))
	c.Expect("the account", Is("900", c.Nick))
}

// Own registers a channel that the client is operator of with ChanServ.
func (c *IRCClient) Own(t testing.TB, channel string) {
	t.Helper()
	c.Send(fmt.Sprintf("PRIVMSG ChanServ :REGISTER %s test", channel))
	c.Expect("the channel to be registered", func(l IRCLine) bool {
		return l.Command == "NOTICE" && l.Nick() == "ChanServ" && strings.Contains(l.Param(1), "registered")
	})
}
