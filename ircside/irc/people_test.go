package irc

import "testing"

func TestPeople(t *testing.T) {
	playAll(t, []dialogueCase{
		{"quits", "", "", `
			<:bob!u@h QUIT :Quit: bye
			=Quit nicks=[bob] reason=Quit: bye
			<:bob!u@h QUIT
			=Quit nicks=[bob]
			<:bob!u@h QUIT :hub.example.net leaf.example.net
			=Quit nicks=[bob] reason=hub.example.net leaf.example.net split`},
		{"quits that nobody wished", "", "", `
			<:bob!u@h QUIT :Ping timeout
			=Quit nicks=[bob] reason=Ping timeout lost
			<:bob!u@h QUIT :Ping timeout: 121 seconds
			=Quit nicks=[bob] reason=Ping timeout: 121 seconds lost
			<:bob!u@h QUIT :Read error: 104 (Connection reset by peer)
			=Quit nicks=[bob] reason=Read error: 104 (Connection reset by peer) lost
			<:bob!u@h QUIT :Write error: connection closed
			=Quit nicks=[bob] reason=Write error: connection closed lost
			<:bob!u@h QUIT :Remote host closed the connection
			=Quit nicks=[bob] reason=Remote host closed the connection lost
			<:bob!u@h QUIT :Max SendQ exceeded
			=Quit nicks=[bob] reason=Max SendQ exceeded lost
			<:bob!u@h QUIT :Excess Flood
			=Quit nicks=[bob] reason=Excess Flood lost
			<:bob!u@h QUIT :Killed (oper (be gone))
			=Quit nicks=[bob] reason=Killed (oper (be gone)) lost`},
		{"quits that somebody did", "", "", `
			<:bob!u@h QUIT :Quit: Ping timeout
			=Quit nicks=[bob] reason=Quit: Ping timeout
			<:bob!u@h QUIT :Ping timeouts are no fun
			=Quit nicks=[bob] reason=Ping timeouts are no fun
			<:bob!u@h QUIT :killed by boredom
			=Quit nicks=[bob] reason=killed by boredom
			<:bob!u@h QUIT :Client Quit
			=Quit nicks=[bob] reason=Client Quit`},
		{"a netsplit's batch", "batch", "", `
			<:s BATCH +x netsplit hub.example leaf.example
			<@batch=x :bob!u@h QUIT :hub.example leaf.example
			<:dave!u@h QUIT :bye
			=Quit nicks=[dave] reason=bye
			<@batch=x :carl!u@h QUIT :hub.example leaf.example
			<:s BATCH -x
			=Quit nicks=[bob carl] reason=hub.example leaf.example split
			<:s BATCH +y netjoin hub.example leaf.example
			<@batch=y :bob!u@h JOIN #c
			=Came channel=#c person=(nick=bob user=u host=h)
			<:s BATCH -y`},
		{"nicks", "", "", `
			<:bob!u@h NICK carl
			=Renamed old=bob new=carl
			<:ANN!u@h NICK ann2
			=Renamed old=ANN new=ann2
			<:ann!u@h PRIVMSG bob x
			=Text from=(nick=ann user=u host=h) target=bob body=x
			<:ann2!u@h PRIVMSG bob x
			=Text from=(nick=ann2 user=u host=h) self target=bob body=x
			<:ann2!u@h NICK
			<:ann2!u@h NICK :a b`},
		{"our nick, from the new one", labels, "", `
			do 1 NICK ann2
			>@label=1.0 NICK ann2
			<@label=1.0 :ann2!u@h NICK ann2
			=Renamed ref=1 old=ann new=ann2
			=Done ref=1`},
		{"what is new about them", "", "", `
			<:bob!u@h AWAY :out to lunch
			=About person=(nick=bob user=u host=h awaytext=out to lunch away) known=1
			<:bob!u@h AWAY
			=About person=(nick=bob user=u host=h) known=1
			<:bob!u@h ACCOUNT bobby
			=About person=(nick=bob user=u host=h account=bobby) known=2
			<:bob!u@h ACCOUNT *
			=About person=(nick=bob user=u host=h) known=2
			<:bob!u@h CHGHOST v w
			=About person=(nick=bob user=v host=w) known=4
			<:bob!u@h CHGHOST v
			<:bob!u@h SETNAME :Bob the Builder
			=About person=(nick=bob user=u host=h realname=Bob the Builder) known=8`},
		{"our host", "", "", `
			<:s 396 ann cloak.example :is now your hidden host
			=About person=(nick=ann host=cloak.example) known=4
			<:s 396 ann user@cloak.example :is now your hidden host
			=About person=(nick=ann user=user host=cloak.example) known=4
			<:s 396 ann :now you are hidden
			<:s 396 ann`},
		{"away", "", "", `
			do 1 AWAY gone
			>AWAY gone
			>PING isthmus-1
			<:s 306 ann :You have been marked as being away
			<:s PONG s isthmus-1
			=Done ref=1
			<:s 305 ann :back
			<:s 301 ann bob :out
			=AwayReply nick=bob text=out
			=About person=(nick=bob awaytext=out away) known=1
			<:s 301 ann
			do 2 WHOIS bob
			>WHOIS bob
			>PING isthmus-2
			<:s 301 ann bob :out
			=Answer ref=2 line=[:s 301 ann bob out]
			<:s 301 ann carl :out
			=AwayReply nick=carl text=out
			=About person=(nick=carl awaytext=out away) known=1`},
		{"away, with labels", labels, "", `
			do 1 SAY bob x
			>@label=1.0 PRIVMSG bob x
			<@label=1.0 :s BATCH +1 labeled-response
			<@batch=1 :s 301 ann bob :out
			=AwayReply nick=bob text=out
			=About person=(nick=bob awaytext=out away) known=1
			<@batch=1 :ann!u@h PRIVMSG bob x
			=Text ref=1 from=(nick=ann user=u host=h) self target=bob body=x
			<:s BATCH -1
			=Done ref=1
			do 2 WHOIS bob
			>@label=2.0 WHOIS bob
			<@label=2.0 :s 301 ann bob :out
			=Answer ref=2 line=[@label=2.0 :s 301 ann bob out]
			=Done ref=2`},
		{"WHO", "", "BOT=B", `
			do 1 WHO #c
			>WHO #c
			>PING isthmus-1
			<:s 352 ann #c u h s bob H@ :0 Bob B
			=About person=(nick=bob user=u host=h realname=Bob B) known=29
			<:s 352 ann #c u h s carl G*B+ :3
			=About person=(nick=carl user=u host=h away flags=3) known=29
			<:s 352 ann #c u h s Bob
			<:s 315 ann #c :End
			<:s PONG s isthmus-1
			=Done ref=1`},
		{"WHOX", "", "WHOX BOT=B", `
			do 1 WHO #c
			>WHO #c %tcuhnfar,715
			>PING isthmus-1
			<:s 354 ann 715 #c u h bob HB acc :Bob B
			=About person=(nick=bob user=u host=h account=acc realname=Bob B flags=2) known=31
			<:s 354 ann 715 #c u h carl G* 0 :
			=About person=(nick=carl user=u host=h away flags=1) known=31
			<:s 354 ann 716 #c u h carl G* 0 :x
			<:s 354 ann 715 #c
			<:s 354 ann
			<:s PONG s isthmus-1
			=Done ref=1`},
	})
}

func TestIsSplit(t *testing.T) {
	for reason, want := range map[string]bool{
		"hub.example.net leaf.example.net": true, "*.net *.split": true, "a.b c-d.e_f": true,
		"": false, "a.b": false, "a.b c": false, "see you. later.": false, "bye. bye.": false,
		".a b.c": false, "a.b c.d e.f": false, "a.b  c.d": false, "a.b c.d!": false, "é.b c.d": false,
	} {
		if isSplit(reason) != want {
			t.Errorf("%q", reason)
		}
	}
}

func TestText(t *testing.T) {
	playAll(t, []dialogueCase{
		{"kinds", "", "", `
			<:bob!u@h PRIVMSG ann :hi there
			=Text from=(nick=bob user=u host=h) target=ann body=hi there
			<:bob!u@h NOTICE ann hi
			=Text kind=1 from=(nick=bob user=u host=h) target=ann body=hi
			<:bob!u@h PRIVMSG #c :␁ACTION waves␁
			=Text kind=2 from=(nick=bob user=u host=h) target=#c body=waves
			<:bob!u@h PRIVMSG ann :␁ping 1 2␁
			=Text kind=3 from=(nick=bob user=u host=h) target=ann verb=PING body=1 2
			<:bob!u@h PRIVMSG ann ␁VERSION
			=Text kind=3 from=(nick=bob user=u host=h) target=ann verb=VERSION
			<:bob!u@h NOTICE ann :␁VERSION x 1␁
			=Text kind=4 from=(nick=bob user=u host=h) target=ann verb=VERSION body=x 1
			<:bob!u@h NOTICE ann :␁ACTION x␁
			=Text kind=4 from=(nick=bob user=u host=h) target=ann verb=ACTION body=x
			<:bob!u@h PRIVMSG ann ␁
			=Text from=(nick=bob user=u host=h) target=ann body=␁
			<:bob!u@h PRIVMSG ann ␁␁
			=Text kind=3 from=(nick=bob user=u host=h) target=ann
			<:bob!u@h PRIVMSG ann
			<:bob!u@h TAGMSG ann`},
		{"whom it is for", "", "STATUSMSG=@+", `
			<:bob!u@h PRIVMSG @#c ops
			=Text from=(nick=bob user=u host=h) target=#c status=@ body=ops
			<:bob!u@h PRIVMSG @+#c all
			=Text from=(nick=bob user=u host=h) target=#c status=+ body=all
			<:ann!u@h PRIVMSG @#c mine
			=Text from=(nick=ann user=u host=h) self target=#c status=@ body=mine`},
		{"tags", "", "", `
			<@msgid=m1;time=2025-01-01T00:00:00.5Z;account=acc;+typing=active;+x;y=z :bob!u@h PRIVMSG #c hi
			=Text from=(nick=bob user=u host=h account=acc) target=#c body=hi id=m1 at=2025-01-01T00:00:00Z tags=map[+typing:active +x:]`},
		{"servers", "", "", `
			<:irc.example NOTICE ann :*** hello
			=Note from=irc.example text=*** hello
			<NOTICE AUTH :*** hello
			=Note text=*** hello
			<:irc.example NOTICE $$* :to all
			=Note from=irc.example text=to all
			<:a.nick!u@h NOTICE ann hi
			=Text kind=1 from=(nick=a.nick user=u host=h) target=ann body=hi
			<:NickServ NOTICE ann hi
			=Text kind=1 from=(nick=NickServ) target=ann body=hi`},
	})
}
