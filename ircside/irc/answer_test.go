package irc

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

const labels = "batch labeled-response"

func TestLabels(t *testing.T) {
	playAll(t, []dialogueCase{
		{"a single line", labels, "", `
			do 5 TOPIC #c hi
			>@label=5.0 TOPIC #c hi
			<@label=5.0 :ann!u@h TOPIC #c :hi
			=Topic ref=5 channel=#c text=hi by=ann changed
			=Done ref=5`},
		{"nothing changes", labels, "", `
			do 36 MODE #c +t
			>@label=10.0 MODE #c +t
			<@label=10.0 :s ACK
			=Done ref=36`},
		{"a batch", labels, "", `
			do 1 WHOIS bob
			>@label=1.0 WHOIS bob
			<@label=1.0 :s BATCH +x labeled-response
			<@batch=x :s 311 ann bob u h * :Bob B
			=Answer ref=1 line=[@batch=x :s 311 ann bob u h * :Bob B]
			<:carl!u@h PRIVMSG ann :between
			=Text from=(nick=carl user=u host=h) target=ann body=between
			<@batch=x :s 301 ann bob :gone
			=Answer ref=1 line=[@batch=x :s 301 ann bob gone]
			<:s 301 ann bob :gone
			=Answer ref=1 line=[:s 301 ann bob gone]
			<:s 254 ann 3 :channels formed
			=Note from=s text=3 channels formed
			<:s BATCH -x
			=Done ref=1
			<:s 301 ann bob :gone
			=AwayReply nick=bob text=gone
			=About person=(nick=bob awaytext=gone away) known=1`},
		{"a batch of another kind has the label itself", labels, "", `
			do 1 RAW FOO
			>@label=1.0 FOO
			<@label=1.0 :s BATCH +x chathistory #c
			<:s BATCH -x
			=Done ref=1`},
		{"a batch in a batch", labels, "", `
			do 1 WHOIS bob
			>@label=1.0 WHOIS bob
			<@label=1.0 :s BATCH +x labeled-response
			<@batch=x :s BATCH +y labeled-response
			<@batch=y :s 671 ann bob :is secure
			=Answer ref=1 line=[@batch=y :s 671 ann bob :is secure]
			<:s BATCH -y
			<:s BATCH -x
			=Done ref=1`},
		{"a batch that is begun twice, and ended twice", labels, "", `
			do 1 WHOIS bob
			>@label=1.0 WHOIS bob
			<@label=1.0 :s BATCH +x labeled-response
			<:s BATCH +x netsplit
			=Done ref=1
			<:s BATCH -x
			<:s BATCH -x
			<:s BATCH +
			<:s BATCH`},
		{"a refusal", labels, "", `
			do 1 KICK #c bob
			>@label=1.0 KICK #c bob
			<@label=1.0 :s 482 ann #c :You're no operator
			=Fault ref=1 numeric=482 command=KICK target=#c text=You're no operator
			=Done ref=1`},
		{"several lines of one command", labels, "MODES=1", `
			do 1 MODE #c +o-v bob carl
			>@label=1.0 MODE #c +o bob
			>@label=1.1 MODE #c -v carl
			<@label=1.1 :s ACK
			<@label=1.0 :ann!u@h MODE #c +o bob
			=Modes ref=1 channel=#c by=ann changes=[+o:bob]
			=Done ref=1
			<@label=1.0 :s ACK`},
		{"an unlabelled refusal is of what was not labelled", labels, "", `
			do 1 MODE #c +t
			>@label=1.0 MODE #c +t
			do 0 MODES #c
			>MODE #c
			<:s 442 ann #c :You're not on that channel
			=Fault numeric=442 target=#c text=You're not on that channel
			<@label=1.0 :s ACK
			=Done ref=1`},
		{"labels that are nobody's", labels, "", `
			<@label=1.0 :s ACK
			<@label=zz.9 :s ACK
			<@label=!!.9 :s ACK
			<@label=7 :s ACK
			<@label=99999999999999999.1 :s ACK`},
		{"a command that nobody waits for has none", labels, "", `
			do 0 TOPIC #c hi
			>TOPIC #c hi`},
		{"silence", labels, "", `
			do 1 WHOIS bob
			>@label=1.0 WHOIS bob
			do 2 JOIN #c
			>@label=2.0 JOIN #c
			tick 29999ms
			tick 1ms
			=Fault ref=1 command=WHOIS code=TIMEOUT text=no answer from the network
			=Done ref=1
			<@label=1.0 :s ACK
			tick 30s
			=Fault ref=2 command=JOIN code=TIMEOUT text=no answer from the network
			=Done ref=2`},
		{"a label of a command that was not labelled", "batch", "", `
			do 1 WHOIS bob
			>WHOIS bob
			>PING isthmus-1
			<@label=1.0 :s ACK
			<:s PONG s isthmus-1
			=Done ref=1`},
	})
}

func TestPings(t *testing.T) {
	playAll(t, []dialogueCase{
		{"a PONG is the end", "", "", `
			do 1 MODE #c +o bob
			>MODE #c +o bob
			>PING isthmus-1
			do 2 WHOIS bob
			>WHOIS bob
			>PING isthmus-2
			do 0 AWAY
			>AWAY
			<:s 401 ann bob :No such nick
			=Fault ref=2 numeric=401 command=WHOIS target=bob text=No such nick
			<:s PONG s isthmus-2
			=Done ref=2
			<:s PONG s isthmus-2
			<:s PONG s isthmus
			<:s PONG
			<:s PONG s :isthmus-1
			=Done ref=1`},
		{"who has no rank names nick and channel in any order", "", "", `
			do 1 MODE #c +o bob
			>MODE #c +o bob
			>PING isthmus-1
			<:s 441 ann bob #C :They aren't on that channel
			=Fault ref=1 numeric=441 command=MODE target=bob extra=#C text=They aren't on that channel
			<:s 401 ann dave :No such nick
			=Fault ref=1 numeric=401 command=MODE target=dave text=No such nick
			<:s 482 ann #d :No operator
			=Fault numeric=482 target=#d text=No operator
			<:s PONG s isthmus-1
			=Done ref=1`},
		{"numerics that name the command", "", "", `
			do 1 INVITE bob #c
			>INVITE bob #c
			>PING isthmus-1
			do 2 KICK #c bob
			>KICK #c bob
			>PING isthmus-2
			<:s 421 ann KICK :Unknown command
			=Fault ref=2 numeric=421 command=KICK target=KICK text=Unknown command
			<:s 263 ann invite :Wait
			=Fault ref=1 numeric=263 command=INVITE target=invite text=Wait
			<:s 461 ann MODE :Not enough parameters
			=Fault numeric=461 target=MODE text=Not enough parameters
			<:s 421 ann FOO :Unknown command
			=Fault numeric=421 target=FOO text=Unknown command`},
		{"of two that name it the older", "", "", `
			do 1 TOPIC #c a
			>TOPIC #c a
			>PING isthmus-1
			do 2 TOPIC #c b
			>TOPIC #c b
			>PING isthmus-2
			<:s 482 ann #c :No
			=Fault ref=1 numeric=482 command=TOPIC target=#c text=No
			<:s PONG s isthmus-1
			=Done ref=1
			<:s 482 ann #c :No
			=Fault ref=2 numeric=482 command=TOPIC target=#c text=No
			<:s PONG s isthmus-2
			=Done ref=2`},
		{"our own doing has its ref", "", "", `
			do 1 PART #c bye
			>PART #c bye
			>PING isthmus-1
			do 2 NICK bob
			>NICK bob
			>PING isthmus-2
			do 3 KICK #d carl
			>KICK #d carl
			>PING isthmus-3
			<:ann!u@h PART #C :bye
			=Went ref=1 channel=#C nick=ann reason=bye
			=Done ref=1
			<:ann!u@h NICK bob
			=Renamed ref=2 old=ann new=bob
			=Done ref=2
			<:bob!u@h KICK #d CARL :out
			=Went ref=3 channel=#d nick=CARL kick by=bob reason=out
			<:s PONG s isthmus-3
			=Done ref=3
			<:s PONG s isthmus-2`},
		{"silence", "", "", `
			do 1 TOPIC #c a
			>TOPIC #c a
			>PING isthmus-1
			tick 30s
			=Fault ref=1 command=TOPIC code=TIMEOUT text=no answer from the network
			=Done ref=1
			<:s PONG s isthmus-1`},
		{"numerics without a meaning are an answer's, or a note", "", "", `
			<:s 265 ann 3 5 :Current users
			=Note from=s text=3 5 Current users
			do 1 WHOIS bob
			>WHOIS bob
			>PING isthmus-1
			<:s 317 ann bob 5 1 :idle
			=Answer ref=1 line=[:s 317 ann bob 5 1 idle]
			<:s 318 ann bob :End
			=Answer ref=1 line=[:s 318 ann bob End]
			<:s PONG s isthmus-1
			=Done ref=1
			<:s 318 ann bob :End
			=Note from=s text=bob End
			<:s 999
			=Note from=s
			<:s FOO bar`},
		{"a raw line, answered by numerics of all kinds", "", "", `
			do 1 RAW MODE #c b
			>MODE #c b
			>PING isthmus-1
			<:s 367 ann #c *!*@h bob 5
			=Answer ref=1 line=[:s 367 ann #c *!*@h bob 5]
			=Entry ref=1 channel=#c mode=b mask=*!*@h by=bob at=1970-01-01T00:00:05Z
			<:s 351 ann ircd-1 :v
			=Answer ref=1 line=[:s 351 ann ircd-1 v]
			<:s 442 ann #d :not there
			=Fault numeric=442 target=#d text=not there
			<:s 472 ann x :unknown mode
			=Fault ref=1 numeric=472 command=MODE target=x text=unknown mode
			<:s PONG s isthmus-1
			=Done ref=1
			<:s 367 ann #c *!*@h
			=Entry channel=#c mode=b mask=*!*@h`},
		{"who a list's entries are for", "", "CHANMODES=beIq,k,l,imn EXCEPTS=e INVEX", `
			do 1 LIST #c e
			>MODE #c +e
			>PING isthmus-1
			<:s 348 ann #C *!*@x
			=Entry ref=1 channel=#C mode=e mask=*!*@x
			<:s 349 ann #c :End
			<:s PONG s isthmus-1
			=Done ref=1
			do 2 LIST #c q
			>MODE #c +q
			>PING isthmus-2
			<:s 728 ann #c q m!*@* bob 1700000000
			=Entry ref=2 channel=#c mode=q mask=m!*@* by=bob at=2023-11-14T22:13:20Z
			<:s 729 ann #c q :End
			<:s 346 ann #c i!*@* bob :99999999999999
			=Entry ref=2 channel=#c mode=I mask=i!*@* by=bob
			<:s 728 ann
			<:s 728 ann #c
			<:s 367 ann #c`},
	})
}

func TestSay(t *testing.T) {
	playAll(t, []dialogueCase{
		{"labels and echoes", "batch echo-message labeled-response", "", `
			do 1 SAY #c a|b
			>@label=1.0 PRIVMSG #c a
			>@label=1.1 PRIVMSG #c b
			<@label=1.0;msgid=x :ann!u@h PRIVMSG #c a
			=Text ref=1 from=(nick=ann user=u host=h) self target=#c body=a id=x
			<@msgid=z :ann!u@h PRIVMSG #c a
			=Text from=(nick=ann user=u host=h) self target=#c body=a id=z
			<@label=1.1;msgid=y :ann!u@h PRIVMSG #c b
			=Text ref=1 from=(nick=ann user=u host=h) self target=#c body=b id=y
			=Done ref=1`},
		{"labels alone", labels, "", `
			do 1 SAY #c a
			>@label=1.0 PRIVMSG #c a
			<@label=1.0 :s ACK
			=Done ref=1`},
		{"a refused line among taken ones, labelled", labels, "", `
			do 1 SAY #c a|b
			>@label=1.0 PRIVMSG #c a
			>@label=1.1 PRIVMSG #c b
			<@label=1.0 :s 404 ann #c :No
			=Fault ref=1 numeric=404 command=PRIVMSG target=#c text=No
			<@label=1.1 :s ACK
			=Done ref=1`},
		{"echoes alone", "echo-message", "", `
			do 1 SAY #c a|b
			>PRIVMSG #c a
			>PRIVMSG #c b
			do 2 NOTICE #C c
			>NOTICE #C c
			<:ann!u@h NOTICE #C c
			=Text ref=2 kind=1 from=(nick=ann user=u host=h) self target=#C body=c
			=Done ref=2
			<:ann!u@h PRIVMSG #c a
			=Text ref=1 from=(nick=ann user=u host=h) self target=#c body=a
			<:bob!u@h PRIVMSG #c a
			=Text from=(nick=bob user=u host=h) target=#c body=a
			<:ann!u@h PRIVMSG #d a
			=Text from=(nick=ann user=u host=h) self target=#d body=a
			<:s 404 ann #c :No
			=Fault ref=1 numeric=404 command=PRIVMSG target=#c text=No
			=Done ref=1
			<:ann!u@h PRIVMSG #c b
			=Text from=(nick=ann user=u host=h) self target=#c body=b`},
		{"to ourselves, with echoes", "echo-message", "", `
			do 1 SAY ann hi
			>PRIVMSG ann hi
			<:ann!u@h PRIVMSG ann hi
			=Text ref=1 from=(nick=ann user=u host=h) self target=ann body=hi
			=Done ref=1
			<:ann!u@h PRIVMSG ann hi
			=Text from=(nick=ann user=u host=h) target=ann body=hi`},
		{"to ourselves, with labels", labels, "", `
			do 1 SAY ann hi
			>@label=1.0 PRIVMSG ann hi
			<:ann!u@h PRIVMSG ann hi
			=Text from=(nick=ann user=u host=h) target=ann body=hi
			<@label=1.0 :ann!u@h PRIVMSG ann hi
			=Text ref=1 from=(nick=ann user=u host=h) self target=ann body=hi
			=Done ref=1`},
		{"silence where echoes are promised", "echo-message", "", `
			do 1 SAY #c a
			>PRIVMSG #c a
			tick 30s
			=Fault ref=1 command=PRIVMSG code=TIMEOUT text=no answer from the network
			=Done ref=1`},
		{"lines that wait for the pace are no silence", labels, "", `
			do 1 SAY #c a|b|c
			>@label=1.0 PRIVMSG #c a
			>@label=1.1 PRIVMSG #c b
			>@label=1.2 PRIVMSG #c c
			tick 20s
			<@label=1.0 :s ACK
			tick 20s
			<@label=1.1 :s ACK
			tick 20s
			<@label=1.2 :s ACK
			=Done ref=1`},
		{"neither: silence is success", "", "", `
			do 1 SAY #c a
			>PRIVMSG #c a
			tick 30s
			=Done ref=1
			<:s 404 ann #c :No
			=Fault numeric=404 target=#c text=No`},
		{"neither: the newest is refused, each line, told once", "", "", `
			do 1 SAY #c a
			>PRIVMSG #c a
			do 2 SAY #c b|c
			>PRIVMSG #c b
			>PRIVMSG #c c
			do 3 SAY #d d
			>PRIVMSG #d d
			<:s 404 ann #c :No
			=Fault ref=2 numeric=404 command=PRIVMSG target=#c text=No
			<:s 404 ann #c :No
			=Done ref=2
			<:s 404 ann #c :No
			=Fault ref=1 numeric=404 command=PRIVMSG target=#c text=No
			=Done ref=1
			<:s 404 ann #c :No
			=Fault numeric=404 target=#c text=No
			<:s 412 ann :No text to send
			=Fault ref=3 numeric=412 command=PRIVMSG text=No text to send
			=Done ref=3`},
		{"neither: a PONG behind them is the end", "", "", `
			do 1 SAY #c a
			>PRIVMSG #c a
			do 2 TOPIC #c b
			>TOPIC #c b
			>PING isthmus-1
			do 3 SAY #c c
			>PRIVMSG #c c
			<:s 482 ann #c :No
			=Fault ref=2 numeric=482 command=TOPIC target=#c text=No
			<:s PONG s isthmus-1
			=Done ref=1
			=Done ref=2`},
		{"neither: a nick that another command named", "", "", `
			do 1 SAY bob a
			>PRIVMSG bob a
			do 2 WHOIS bob
			>WHOIS bob
			>PING isthmus-1
			<:s 401 ann bob :No such nick
			=Fault ref=2 numeric=401 command=WHOIS target=bob text=No such nick
			<:s 401 ann carl :No such nick
			=Fault numeric=401 target=carl text=No such nick`},
		{"from another client of ours", "", "", `
			do 1 SAY #c a
			>PRIVMSG #c a
			<:ann!u@h PRIVMSG #c a
			=Text from=(nick=ann user=u host=h) self target=#c body=a`},
		{"nobody waits", "echo-message", "", `
			do 0 SAY #c a
			>PRIVMSG #c a
			<:s 404 ann #c :No
			=Fault numeric=404 target=#c text=No`},
		{"echoes are withdrawn", "echo-message cap-notify", "", `
			do 1 SAY #c a
			>PRIVMSG #c a
			<:s CAP ann DEL :echo-message
			=Supports caps=cap-notify
			do 2 SAY #c b
			>PRIVMSG #c b
			<:ann!u@h PRIVMSG #c b
			=Text ref=1 from=(nick=ann user=u host=h) self target=#c body=b
			=Done ref=1
			tick 30s
			=Done ref=2`},
	})
}

// Who waits for refusals only is told nothing else, unless the network does tell the end.
func TestOnlyRefusals(t *testing.T) {
	for caps, ends := range map[string]int{"": 0, "echo-message": 1, labels: 1} {
		d := ready(t, caps)
		d.core.Do(Say{Target: "#c", Lines: []string{"x"}, OnlyRefusals: true}, 1, d.now)
		d.core.Do(Say{Target: "#c", Lines: []string{"y"}, OnlyRefusals: true}, 2, d.now)
		d.recv(t, ":s 404 ann #c :No")
		for next := d.core.Next(); !next.IsZero() && len(d.core.answers.list) > 0; next = d.core.Next() {
			d.core.Tick(next)
		}
		_, tell := d.core.Take()
		count := map[string]int{}
		for _, ev := range tell {
			count[fmt.Sprintf("%T", ev)]++
		}
		if count["irc.Done"] != 2*ends || count["irc.Fault"] == 0 {
			t.Errorf("%q: %v", caps, tell)
		}
	}
}

// TestLateAreBounded says more than is remembered: the oldest are done with.
func TestLateAreBounded(t *testing.T) {
	d := ready(t, "")
	for i := range 5 * maxLate {
		d.core.Do(Say{Target: "#c", Lines: []string{"x"}}, Ref(i+1), d.now)
	}
	_, tell := d.core.Take()
	if len(tell) != 4*maxLate || len(d.core.answers.list) != maxLate {
		t.Fatalf("%d done, %d left", len(tell), len(d.core.answers.list))
	}
	for i, ev := range tell {
		if ev != (Event)(Done{Ref(i + 1)}) {
			t.Errorf("%d: %v", i, ev)
		}
	}
}

func TestStandardReplies(t *testing.T) {
	playAll(t, []dialogueCase{
		{"by its label", labels, "", `
			do 1 NICK bob
			>@label=1.0 NICK bob
			<@label=1.0 :s FAIL NICK NICKNAME_RESERVED bob :Taken
			=Fault ref=1 command=NICK code=NICKNAME_RESERVED target=bob text=Taken
			=Done ref=1`},
		{"by its verb and name", "standard-replies", "", `
			do 1 JOIN #a
			>JOIN #a
			do 2 JOIN #b
			>JOIN #b
			<:s FAIL JOIN NO #B x :Not you
			=Fault ref=2 command=JOIN code=NO target=#B extra=x text=Not you
			=Done ref=2
			<:s FAIL JOIN NO #c :Not there
			=Fault command=JOIN code=NO target=#c text=Not there
			<:s FAIL join NO :Nowhere
			=Fault ref=1 command=JOIN code=NO text=Nowhere
			=Done ref=1
			<:s FAIL JOIN NO :Nowhere
			=Fault command=JOIN code=NO text=Nowhere`},
		{"behind a PING, and late", "standard-replies", "", `
			do 1 TOPIC #a x
			>TOPIC #a x
			>PING isthmus-1
			do 2 SAY bob x
			>PRIVMSG bob x
			<:s FAIL TOPIC NO #a :No
			=Fault ref=1 command=TOPIC code=NO target=#a text=No
			<:s FAIL PRIVMSG NO bob :No
			=Fault ref=2 command=PRIVMSG code=NO target=bob text=No
			=Done ref=2
			<:s PONG s isthmus-1
			=Done ref=1`},
		{"remarks", "standard-replies", "", `
			<:s WARN REHASH CERTS :Careful
			=Note from=s text=REHASH CERTS Careful
			<:s NOTE * OPER_MESSAGE :Hello
			=Note from=s text=* OPER_MESSAGE Hello
			<:oper!u@h WALLOPS :Hello all
			=Note from=oper text=Hello all
			<:s FAIL JOIN NO`},
	})
}

// What a number says in its text alone is read there.
func TestFaultChannels(t *testing.T) {
	playAll(t, []dialogueCase{
		{"nobody changes nicks there", "", "", `
			do 1 NICK bob
			>NICK bob
			>PING isthmus-1
			<:s 447 ann :Can't change nickname while on #c (+N is set)
			=Fault ref=1 numeric=447 command=NICK extra=#c text=Can't change nickname while on #c (+N is set)
			<:s PONG s isthmus-1
			=Done ref=1`},
		{"a forbidden channel that sends elsewhere", "", "", `
			do 1 JOIN #c
			>JOIN #c
			<:s 926 ann #c :Channel #c is forbidden, redirecting to #d: Be: nice
			=Fault ref=1 numeric=926 command=JOIN target=#c extra=#d text=Channel #c is forbidden, redirecting to #d: Be: nice
			=Done ref=1`},
		{"one that does not", "", "", `
			do 1 JOIN #c
			>JOIN #c
			<:s 926 ann #c :Channel #c is forbidden: redirecting to #d: no
			=Fault ref=1 numeric=926 command=JOIN target=#c text=Channel #c is forbidden: redirecting to #d: no
			=Done ref=1
			do 2 JOIN #c
			>JOIN #c
			<:s 926 ann #c :Channel #c is forbidden, redirecting to d: no
			=Fault ref=2 numeric=926 command=JOIN target=#c text=Channel #c is forbidden, redirecting to d: no
			=Done ref=2`},
	})
}

// TestEveryRefEnds drops, doubles and shuffles what a network answers: a command is
// never done twice, none is after Closed, and each is by its deadline.
func TestEveryRefEnds(t *testing.T) {
	asks := strings.Fields("JOIN+#a PART+#b SAY+#a+x|y|z SAY+ann+x NOTICE+bob+x NICK+ann2 TOPIC+#a+x KICK+#a+bob " +
		"MODE+#a++o+bob MODES+#a LIST+#a+b INVITE+bob+#a AWAY+x WHO+#a WHOIS+bob RAW+VERSION RAW+JOIN+#a JOIN+#c")
	for _, caps := range []string{"", "echo-message", labels, "batch echo-message labeled-response"} {
		for seed := range uint64(60) {
			random := newRandom(seed)
			d := ready(t, caps)
			d.core.id.PingAfter = 0
			done, given := map[Ref]int{}, map[Ref]bool{}
			var ref Ref
			var answers []string
			count := func() {
				send, tell := d.core.Take()
				for _, o := range send {
					answers = append(answers, answersTo(o.Line)...)
				}
				for _, ev := range tell {
					if ev, ok := ev.(Done); ok {
						done[ev.Ref]++
						if done[ev.Ref] > 1 || !given[ev.Ref] {
							t.Fatalf("caps %q, seed %d: %v is done %d times", caps, seed, ev.Ref, done[ev.Ref])
						}
					}
				}
			}
			for range 60 {
				ref++
				given[ref] = true
				d.core.Do(command(t, d.core.Support(), strings.ReplaceAll(asks[random.IntN(len(asks))], "+", " ")), ref, d.now)
				count()
				for len(answers) > 0 && random.IntN(4) > 0 {
					i := random.IntN(min(len(answers), 6))
					if random.IntN(6) > 0 {
						d.recv(t, answers[i])
					}
					if random.IntN(6) > 0 {
						answers = slices.Delete(answers, i, i+1)
					}
					count()
				}
				d.now = d.now.Add(time.Duration(random.IntN(3000)) * time.Millisecond)
				d.core.Tick(d.now)
				count()
			}
			if seed%2 == 0 {
				for next := d.core.Next(); !next.IsZero(); next = d.core.Next() {
					d.core.Tick(next)
					count()
				}
				if len(done) != len(given) {
					t.Fatalf("caps %q, seed %d: %d of %d are done", caps, seed, len(done), len(given))
				}
			}
			d.core.Close(nil)
			d.core.Take()
			for _, a := range answers {
				d.recv(t, a)
			}
			d.core.Tick(d.now.Add(time.Hour))
			if send, tell := d.core.Take(); len(send)+len(tell) > 0 {
				t.Fatalf("after Closed: %v, %v", send, tell)
			}
		}
	}
}

// answersTo is what a network may answer to a line, of which not all make sense.
func answersTo(l Line) []string {
	tag, in := "", ""
	if label := l.Tags["label"]; label != "" {
		tag, in = "@label="+label+" ", "@batch="+label+" "
	}
	a, b := l.Param(0), l.Param(1)
	switch l.Command {
	case "PING":
		return []string{":s PONG s " + a}
	case "JOIN":
		return []string{
			tag + ":s BATCH +" + l.Tags["label"] + " labeled-response", in + ":ann!u@h JOIN " + a,
			in + ":s 353 ann = " + a + " :ann @bob", in + ":s 366 ann " + a + " :End", ":s BATCH -" + l.Tags["label"],
			tag + ":s 473 ann " + a + " :Invited only", ":ann!u@h KICK " + a + " ann",
		}
	case "PRIVMSG", "NOTICE":
		return []string{tag + ":ann!u@h " + l.Command + " " + a + " :" + b, tag + ":s 404 ann " + a + " :No"}
	case "NICK", "PART":
		return []string{tag + ":ann!u@h " + l.Command + " " + a}
	case "WHOIS":
		return []string{in + ":s 311 ann " + a + " u h * :r", in + ":s 318 ann " + a + " :End", tag + ":s ACK"}
	}
	return []string{tag + ":s ACK", tag + ":s 482 ann " + a + " :No", fmt.Sprintf("%s:s 461 ann %s :No", tag, l.Command)}
}
