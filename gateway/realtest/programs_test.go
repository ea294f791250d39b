//go:build e2e && linux

package realtest

import (
	"net"
	"testing"

	"isthmus/xmppside/stanza"
)

// TestClients has people use the room by the programs that they use: those of the
// terminal, for a script can type and read there, and a library. Neither of the former
// has a command to accept an invitation: one joins where it is to.
func TestClients(t *testing.T) {
	x := StartProsody(t)
	n := startPlain(t)
	gateway := startGateway(t, Build(t), x, []network{n})
	for i, s := range []struct {
		name string
		run  func(*testing.T, *pair)
	}{{"profanity", usesProfanity}, {"poezio", usesPoezio}, {"slixmpp", usesSlixmpp}} {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			p := &pair{xmpp: x, irc: n.server, ircd: ircds[n.kind], gateway: gateway, network: n.kind, tag: string(rune('0' + i))}
			p.play(t, s.run)
		})
	}
}

// startPlain starts ircd-hybrid, whose operators are owners.
func startPlain(t *testing.T) network {
	s := StartHybrid(t, IRCOptions{})
	return network{kind: "ircd-hybrid", server: s, slow: s}
}

// account makes one, and says where to log in to.
func (p *pair) account(name string) (account, host, port string) {
	account = p.name(name)
	p.xmpp.register(p.t, account)
	p.users = append(p.users, account)
	host, port, _ = net.SplitHostPort(p.xmpp.C2S)
	return account, host, port
}

func usesProfanity(t *testing.T, p *pair) {
	program := need(t, "profanity-light", "/usr/bin/profanity")
	w := StartTerminals(t)
	alice, host, port := p.account("alice")
	s := w.Open(t, "profanity", program)
	s.Expect(`/help`)
	s.Type("/connect " + alice + "@" + Domain + " server " + host + " port " + port + " tls disable")
	s.Expect(`Enter password`)
	s.Blind(alice)
	s.Expect(`logged in successfully`)

	s.Type("/join " + p.room + " nick " + alice)
	s.Expect(`You have joined the room as ` + alice + `, role: moderator, affiliation: owner`)
	s.Expect(`Room locked`)
	s.Type("/room accept")
	s.Expect(`Room unlocked`)
	erin := p.plain("erin")
	erin.Join(p.channel, "")
	s.Expect(`Participants\n.* ` + erin.Nick)

	s.Type("/subject set made-here")
	erin.Expect("the topic", By(alice, "TOPIC", p.channel, "made-here"))
	s.Type("/room config")
	field := s.Expect(`\[(field\d+)\] Only those with voice may speak: FALSE`)[1]
	s.Expect(`Conversations are logged: no`)
	s.Type("/" + field + " on")
	s.Expect(`Only those with voice may speak: TRUE`)
	s.Type("/form submit")
	erin.Expect("the room moderated", By(alice, "MODE", p.channel, "+m"))
	s.Expect(`Room configuration successful`)
	s.Type("/affiliation set member " + p.private(erin.Nick))
	erin.Expect("voice", By(alice, "MODE", p.channel, "+v", erin.Nick))
	s.Type("/affiliation list member")
	s.Expect(`Affiliation: member\n.* ` + erin.Nick + `%`)
	s.Type("/nick " + alice + "x")
	erin.Expect("the nick", By(alice, "NICK", alice+"x"))
	s.Type("/nick " + alice)
	erin.Expect("the nick", By(alice+"x", "NICK", alice))
	s.Expect(`Moderators\n.* ` + alice + ` *\n`) // in the list of who is in
	s.Type("/kick " + erin.Nick + " enough")
	erin.Expect("the kick", By(alice, "KICK", p.channel, erin.Nick, "enough"))
	s.Expect(erin.Nick + ` has been kicked from the room by ` + alice + `, reason: enough`)
	erin.Join(p.channel, "")
	s.Expect(`Visitors\n.* ` + erin.Nick)
	s.Type("/ban " + erin.Nick + " begone")
	erin.Expect("the ban", By(alice, "MODE", p.channel, "+b"))
	erin.Expect("the kick", By(alice, "KICK", p.channel, erin.Nick, "begone"))
	s.Expect(erin.Nick + ` has been banned from the room by ` + alice + `, reason: begone`)

	carol := p.jabber("carol")
	s.Type("/invite send " + carol.JID.Bare().String() + " come")
	carol.Expect("to be invited", direct(alice, p.room, "come"))
	s.Type("/invite send " + p.private(erin.Nick) + " come")
	erin.Expect("to be invited", By(alice, "INVITE", erin.Nick, p.channel))
	erin.Expect("why", By(alice, "NOTICE", erin.Nick, p.channel+": come"))
	other := p.name("#e")
	erin.Join(other, "")
	erin.Send("INVITE " + alice + " " + other)
	s.Type("/win 1")
	s.Expect(`Use '/join ` + p.address(other) + `' to accept the invitation`)
	s.Type("/join " + p.address(other))
	erin.Expect("alice", By(alice, "JOIN", other))

	s.Type("/cmd exec status " + p.network + "@" + Component)
	s.Type("/win " + p.network + "@" + Component)
	s.Expect(erin.Nick + ` is banned as `)
	s.Expect(`connected as ` + alice)
	s.Type("/win 1")
	erin.Join(p.name("#k"), "")
	erin.Send("MODE " + p.name("#k") + " +k sesame")
	erin.Sync()
	s.Type("/join " + p.address(p.name("#k")))
	s.Expect(`Error joining room .*, reason: not-authorized`)
}

// direct matches an invitation that an account sends by itself. XEP-0249
func direct(account, room, reason string) seen {
	return func(s *stanza.Stanza) bool {
		x := s.Child("jabber:x:conference", "x")
		return s.From.Local() == account && x != nil && x.Attr("jid") == room && x.Attr("reason") == reason
	}
}

func usesPoezio(t *testing.T, p *pair) {
	program := need(t, "poezio", "/usr/bin/poezio")
	w := StartTerminals(t)
	bob, host, port := p.account("bob")
	settings := w.home(t, "poezio", "poezio.cfg", "[Poezio]\njid = "+bob+"@"+Domain+"/poezio\npassword = "+bob+"\ncustom_host = "+host+
		"\ncustom_port = "+port+"\nforce_encryption = false\nauto_reconnect = false\nuse_bookmarks_method = local\n")
	s := w.Open(t, "poezio", program, "-f", settings)
	s.Expect(`Authentication success`)
	s.Keys("/") // in the tab of contacts it opens the line to write in
	s.Expect(`│/ *\n`)
	s.Type("join " + p.room + "/" + bob)
	s.Expect(`You \(` + bob + `\) joined`)
	erin := p.plain("erin")
	erin.Join(p.channel, "")
	s.Expect(erin.Nick + ` \(.*\) joined the room`)
	erin.Say(p.channel, "good morning")
	s.Expect(`good morning`)

	s.Type("good evening")
	erin.Expect("what is said", By(bob, "PRIVMSG", p.channel, "good evening"))
	s.Type("/topic made here")
	erin.Expect("the topic", By(bob, "TOPIC", p.channel, "made here"))
	s.Type("/affiliation " + p.private(erin.Nick) + " member")
	erin.Expect("voice", By(bob, "MODE", p.channel, "+v", erin.Nick))
	s.Type("/kick " + erin.Nick + " enough")
	erin.Expect("the kick", By(bob, "KICK", p.channel, erin.Nick, "enough"))
	s.Expect(erin.Nick + ` has been kicked by ` + bob + ` Reason: enough`)
	erin.Join(p.channel, "")
	s.Expect(`kicked by(?s:.*)` + erin.Nick + ` \(.*\) joined the room`)
	s.Type("/configure")
	for range 1 + s.below(`Topic`, `Only those with voice may speak`) { // the first is its name
		s.Keys("Down")
	}
	s.Keys("Right")
	s.Expect(`Only those with voice may speak +.* True`)
	s.Keys("C-y")
	erin.Expect("the room moderated", By(bob, "MODE", p.channel, "+m"))
	s.Type("/ban " + erin.Nick + " begone")
	erin.Expect("the ban", By(bob, "MODE", p.channel, "+b"))
	erin.Expect("the kick", By(bob, "KICK", p.channel, erin.Nick, "begone"))
	s.Expect(erin.Nick + ` has been banned by ` + bob + ` Reason: begone`)

	carol := p.jabber("carol")
	s.Type("/invite " + carol.JID.Bare().String() + " come")
	carol.Expect("to be invited", mediated("invite", p.room, bob+"@"+Domain, "come"))
	s.Type("/invite " + p.private(erin.Nick) + " come")
	erin.Expect("to be invited", By(bob, "INVITE", erin.Nick, p.channel))
	erin.Expect("why", By(bob, "NOTICE", erin.Nick, p.channel+": come"))
	other := p.name("#e")
	erin.Join(other, "")
	erin.Send("INVITE " + bob + " " + other)
	s.Expect(`You are invited to the room ` + p.address(other))
	s.Type("/join " + p.address(other))
	erin.Expect("bob", By(bob, "JOIN", other))
	s.Expect(`\[` + p.address(other) + `\].*participant`) // it shows that room by now
	s.Type("/ad-hoc " + p.network + "@" + Component)
	s.Expect(`How your connections stand`)
}

// slixmppBot enters a room and, once it is a moderator, has the room moderated by the
// form that it gets, gives somebody voice, says that it is done and leaves.
const slixmppBot = `
import asyncio, sys, slixmpp

account, port, room, nick, other = sys.argv[1:]

class Bot(slixmpp.ClientXMPP):
    def __init__(self):
        super().__init__(account + '/bot', account.split('@')[0])
        for p in 'xep_0030', 'xep_0004', 'xep_0045', 'xep_0115':
            self.register_plugin(p)
        self.rises = asyncio.Event()
        self.add_event_handler('session_start', self.start)
        self.add_event_handler('muc::' + room + '::presence', self.seen)

    def seen(self, presence):
        if presence['from'].resource == nick and presence['muc']['role'] == 'moderator':
            self.rises.set()

    async def start(self, event):
        muc = self['xep_0045']
        self.send_presence()
        await muc.join_muc_wait(room, nick)
        await self.rises.wait()
        form = await muc.get_room_config(room)
        form['type'] = 'submit'
        form.get_fields()['muc#roomconfig_moderatedroom']['value'] = True
        await muc.set_room_config(room, form)
        await muc.set_role(room, other, 'participant')
        self.send_message(mto=room, mbody='done', mtype='groupchat')
        muc.leave_muc(room, nick, msg='bye')

bot = Bot()
bot.connect(('127.0.0.1', int(port)), disable_starttls=True)
bot.process(forever=False)
`

func usesSlixmpp(t *testing.T, p *pair) {
	need(t, "python3-slixmpp", "/usr/lib/python3/dist-packages/slixmpp")
	account, _, port := p.account("bot")
	erin, carol := p.plain("erin"), p.plain("carol")
	erin.Join(p.channel, "")
	carol.Join(p.channel, "")
	bot := &Process{Name: "slixmpp", Dir: newDir(t, "slixmpp")}
	bot.argv = []string{"/usr/bin/python3", "-c", slixmppBot, account + "@" + Domain, port, p.room, account, carol.Nick}
	bot.run(t)
	erin.Expect("the bot", By(account, "JOIN", p.channel))
	erin.Send("MODE " + p.channel + " +o " + account)
	erin.Expect("the room moderated", By(account, "MODE", p.channel, "+m"))
	erin.Expect("voice", By(account, "MODE", p.channel, "+v", carol.Nick))
	erin.Expect("what the bot says", By(account, "PRIVMSG", p.channel, "done"))
	erin.Expect("its end", By(account, "PART", p.channel))
}
