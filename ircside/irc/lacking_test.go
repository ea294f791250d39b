package irc

import "testing"

func TestLacking(t *testing.T) {
	playAll(t, []dialogueCase{
		{"an unknown command is not sent again", "", "", `
			do 1 KNOCK #c
			>KNOCK #c :may I come in?
			>PING isthmus-1
			<:s 421 ann KNOCK :Unknown command
			=Fault ref=1 numeric=421 command=KNOCK target=KNOCK text=Unknown command
			<:s PONG s isthmus-1
			=Done ref=1
			do 2 KNOCK #d
			=Fault ref=2 numeric=421 command=KNOCK target=KNOCK text=Unknown command
			=Done ref=2
			do 0 KNOCK #d
			do 3 RAW KNOCK #d
			>KNOCK #d
			>PING isthmus-2
			<:s 421 ann KNOCK :Unknown command
			=Fault ref=3 numeric=421 command=KNOCK target=KNOCK text=Unknown command`},
		{"of a line of the user's own nothing is remembered", "", "", `
			do 1 RAW KNOCK #d
			>KNOCK #d
			>PING isthmus-1
			<:s 421 ann KNOCK :Unknown command
			=Fault ref=1 numeric=421 command=KNOCK target=KNOCK text=Unknown command
			<:s PONG s isthmus-1
			=Done ref=1
			do 2 KNOCK #c
			>KNOCK #c :may I come in?
			>PING isthmus-2`},
		{"nor of a command that all networks have", "", "", `
			do 1 INVITE bob #c
			>INVITE bob #c
			>PING isthmus-1
			<:s 421 ann INVITE :Unknown command
			=Fault ref=1 numeric=421 command=INVITE target=INVITE text=Unknown command
			<:s PONG s isthmus-1
			=Done ref=1
			do 2 INVITE bob #c
			>INVITE bob #c
			>PING isthmus-2`},
		{"nor of what nobody asked for", "", "", `
			<:s 421 ann KNOCK :Unknown command
			=Fault numeric=421 target=KNOCK text=Unknown command
			<:s 472 ann s :is unknown mode char to me
			=Fault numeric=472 target=s text=is unknown mode char to me
			do 1 KNOCK #c
			>KNOCK #c :may I come in?
			>PING isthmus-1`},
	})
}

func TestLackingTimedBans(t *testing.T) {
	d := ready(t, "")
	d.core.support = d.core.support.With004([]string{"irc.test", "InspIRCd-4"})
	d.play(t, `
		do 1 TBAN #c 60 *!*@h
		>TBAN #c 60 *!*@h
		>PING isthmus-1
		<:s 421 ann TBAN :Unknown command
		=Fault ref=1 numeric=421 command=TBAN target=TBAN text=Unknown command
		<:s PONG s isthmus-1
		=Done ref=1
		do 2 TBAN #c 60 *!*@i
		=Fault ref=2 numeric=421 command=TBAN target=TBAN text=Unknown command
		=Done ref=2`)
}

// A mode that the network does not know is listed no more, whatever 005 comes later. One
// with a parameter stays, for its lines are read by that, and a rank does.
func TestLackingMode(t *testing.T) {
	d := ready(t, "", "CHANMODES=be,k,l,imnS", "PREFIX=(ohv)@%+")
	d.play(t, `
		do 1 MODE #c +S
		>MODE #c +S
		>PING isthmus-1
		<:s 472 ann S :is unknown mode char to me
		=Supports
		=Fault ref=1 numeric=472 command=MODE target=S text=is unknown mode char to me
		<:s PONG s isthmus-1
		=Done ref=1
		do 2 MODE #c +he bob *!*@h
		>MODE #c +he bob *!*@h
		>PING isthmus-2
		<:s 472 ann h :is unknown mode char to me
		=Fault ref=2 numeric=472 command=MODE target=h text=is unknown mode char to me
		<:s 472 ann e :is unknown mode char to me
		=Fault ref=2 numeric=472 command=MODE target=e text=is unknown mode char to me
		<:s 005 ann NICKLEN=9 :are supported
		=Supports`)
	s := d.core.Support()
	if s.Lists('S', FlagMode) || !s.Lists('m', FlagMode) || !s.Lists('e', ListMode) || !s.Lists('h', PrefixMode) || s.NickLen != 9 {
		t.Errorf("%q and %v are listed", s.ChanModes, s.Prefixes)
	}
}
