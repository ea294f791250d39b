//go:build linux

package realtest

import (
	"cmp"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// The two servers of an InspIRCd network.
const (
	hubName  = "hub.inspircd.test"
	leafName = "leaf.inspircd.test"
)

// StartInspIRCd starts InspIRCd 3.15 with every IRCv3 module that Debian ships.
func StartInspIRCd(t testing.TB, o IRCOptions) *IRCServer {
	t.Helper()
	return startInspIRCd(t, o, hubName, "1HB", "")
}

// StartLeaf starts a second InspIRCd and links it to hub: the end of either is a
// netsplit for the users of the other. After a restart they are linked again once
// AwaitLink returns.
func StartLeaf(t testing.TB, hub *IRCServer, o IRCOptions) *IRCServer {
	t.Helper()
	_, port, _ := strings.Cut(hub.link, ":")
	leaf := startInspIRCd(t, o, leafName, "1LF", fmt.Sprintf(`
<link name="%s" ipaddr="127.0.0.1" port="%s" sendpass="link" recvpass="link">
<autoconnect period="1" server="%[1]s">
`, hubName, port))
	leaf.AwaitLink(t)
	return leaf
}

// AwaitLink waits until the leaf and its hub are linked.
func (s *IRCServer) AwaitLink(t testing.TB) {
	t.Helper()
	c := s.Connect(t, "linkwatch")
	defer c.Quit()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	isLink := func(l IRCLine) bool { return l.Command == "364" || l.Command == "365" }
	for deadline := time.Now().Add(Patience); time.Now().Before(deadline); <-tick.C {
		c.Send("LINKS")
		links := 0
		for c.Expect("an answer to LINKS", isLink).Command == "364" {
			links++
		}
		if links > 1 {
			return
		}
	}
	t.Fatalf("%s found no other server", s.ServerName)
}

func startInspIRCd(t testing.TB, o IRCOptions, name, id, more string) *IRCServer {
	t.Helper()
	program := need(t, "inspircd", "/usr/sbin/inspircd")
	s, port := newIRCServer(t, "inspircd", name, cmp.Or(o.NickLen, 30))
	s.link = loopback(port[2])
	s.ready = append(s.ready, s.link)
	flood := `threshold="1000" commandrate="1000000" fakelag="no"`
	if o.Throttled {
		flood = `threshold="10" commandrate="1000" fakelag="yes"`
	}
	var modules strings.Builder
	if o.Services {
		more += fmt.Sprintf(inspircdServices, servicesName)
	}
	for _, m := range strings.Fields(inspircdModules) {
		fmt.Fprintf(&modules, "<module name=%q>\n", m)
	}
	s.write(t, "inspircd.conf", fmt.Sprintf(inspircdConfig, name, id, s.Dir, port[0], port[1], port[2],
		flood, OperPassword, s.NickLen, leafName)+modules.String()+more)
	s.argv = []string{program, "--config=" + s.Dir + "/inspircd.conf", "--nofork", "--nopid"}
	if os.Getuid() == 0 {
		s.argv = append(s.argv, "--runasroot")
	}
	s.run(t)
	return s
}

// Both sides of a link need the same modules.
const inspircdModules = `
	ssl_gnutls spanningtree
	cap ircv3 ircv3_accounttag ircv3_batch ircv3_capnotify ircv3_chghost ircv3_ctctags ircv3_echomessage
	ircv3_invitenotify ircv3_labeledresponse ircv3_msgid ircv3_servertime namesx uhnames starttls
	services_account hostcycle monitor watch setname botmode callerid deaf knock silence userip
	banexception inviteexception muteban gecosban timedbans redirect remove
	blockcolor stripcolor noctcp nonotice nokicks sslmodes sslinfo messageflood joinflood nickflood
	kicknorejoin delayjoin auditorium allowinvite exemptchanops repeat hideoper opermodes customprefix
	chghost sethost setident chgident chgname check cloaking chanhistory md5 sha256 globops
	sajoin sapart sanick samode satopic sakick saquit denychans
`

// COMPAT Anope: it wants hidechans.
const inspircdServices = `
<link name="%[1]s" ipaddr="127.0.0.1" port="1" allowmask="127.0.0.0/8" sendpass="link" recvpass="link">
<uline server="%[1]s" silent="yes">
<module name="sasl"><sasl target="%[1]s" requiressl="no">
<module name="hidechans"><module name="svshold"><module name="mlock"><module name="rmode"><module name="topiclock">
`

const inspircdConfig = `
<config format="xml">
<server name="%[1]s" description="test" network="InspTest" id="%[2]s">
<admin name="test" nick="test" email="test@localhost">
<path configdir="%[3]s" datadir="%[3]s" logdir="%[3]s" runtimedir="%[3]s">
<bind address="127.0.0.1" port="%[4]d" type="clients">
<bind address="127.0.0.1" port="%[5]d" type="clients" sslprofile="test">
<bind address="127.0.0.1" port="%[6]d" type="servers">
<sslprofile name="test" provider="gnutls" certfile="%[3]s/cert.pem" keyfile="%[3]s/key.pem" hash="sha256">
<connect name="test" allow="*" timeout="30" pingfreq="120" softsendq="65536" hardsendq="4194304" recvq="8192"
	localmax="5000" globalmax="5000" maxchans="200" useident="no" resolvehostnames="no" %[7]s>
<class name="all" commands="*" privs="*" usermodes="*" chanmodes="*" snomasks="*">
<type name="NetAdmin" classes="all">
<oper name="oper" password="%[8]s" host="*@*" type="NetAdmin">
<channels users="200" opers="200">
<options allowmismatch="yes" prefixquit="Quit: " syntaxhints="no" defaultmodes="not" casemapping="rfc1459">
<performance softlimit="10000" clonesonconnect="no" quietbursts="yes" somaxconn="128">
<security hideserver="" userstats="Pu" announceinvites="dynamic" restrictbannedusers="yes">
<limits maxnick="%[9]d" maxchan="64" maxmodes="20" maxident="12" maxhost="64" maxquit="255" maxtopic="307"
	maxkick="255" maxreal="130" maxaway="200" maxline="512">
<log method="file" type="* -USERINPUT -USEROUTPUT" level="default" target="server.log">
<whowas groupsize="10" maxgroups="10000" maxkeep="3d">
<insane hostmasks="no" ipmasks="no" nickmasks="no" trigger="95.5">
<timesync enable="no">
<link name="%[10]s" ipaddr="127.0.0.1" port="1" allowmask="127.0.0.0/8" sendpass="link" recvpass="link">
<monitor maxentries="100">
<badchan name="#denied*" redirect="#elsewhere" reason="Not here">
<cloak mode="half" key="0123456789abcdef0123456789abcdef" domainparts="3" prefix="test-">
<chanhistory bots="yes" enableumode="yes" maxlines="50" prefixmsg="no">
<customprefix name="founder" letter="q" prefix="~" rank="50000" ranktoset="50000">
<customprefix name="admin" letter="a" prefix="&amp;" rank="40000" ranktoset="50000">
<customprefix name="halfop" letter="h" prefix="%%" rank="20000" ranktoset="30000">
`
