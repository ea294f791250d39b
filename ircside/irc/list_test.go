package irc

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestListLines(t *testing.T) {
	all := List{Mask: "*go*", Not: "#x*", Least: 3, Most: 9, Younger: time.Hour, Fresher: 90 * time.Second}
	for _, tt := range []struct {
		name, elist string
		list        List
		want        string
	}{
		{"everything", "", List{}, "LIST"},
		{"no filters", "", all, "LIST"},
		{"all filters", "CMNTU", all, "LIST *go*,!#x*,>2,<10,C<60,T<1"},
		{"lower case", "mu", all, "LIST *go*,>2,<10"},
		{"one channel", "", List{Channel: "#c", Least: 3}, "LIST #c"},
		{"a bad channel", "", List{Channel: "c"}, "channel does not begin as channels of this network do"},
		{"two channels", "", List{Channel: "#a,#b"}, "channel holds a space, a comma or a control character"},
		{"a bad mask", "M", List{Mask: "a,b"}, "mask holds a space, a comma or a control character"},
		{"a bad mask that is not sent", "", List{Not: "a b"}, "mask holds a space, a comma or a control character"},
		{"a condition", "M", List{Mask: "C<5"}, "mask would be another condition"},
		{"another", "M", List{Mask: "!x"}, "mask would be another condition"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			lines, err := tt.list.lines(&Support{ChanTypes: "#", EList: tt.elist, LineLen: defaultLineLen})
			got := fmt.Sprint(err)
			if err == nil {
				got = printedLine(lines[0])
			}
			if got != tt.want || err == nil && len(lines) != 1 {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestLists(t *testing.T) {
	playAll(t, []dialogueCase{
		{"in pieces, other answers in between", "", "SAFELIST", `
			do 1 CHANNELS
			>LIST
			<:s 321 ann Channel :Users  Name
			<:s 322 ann #a 3 :a topic
			=Listed ref=1 channel=#a users=3 topic=a topic
			do 2 WHOIS bob
			>WHOIS bob
			>PING isthmus-1
			<:s 401 ann bob :No such nick
			=Fault ref=2 numeric=401 command=WHOIS target=bob text=No such nick
			<:s PONG s isthmus-1
			=Done ref=2
			<:s 322 ann #b 1 :
			=Listed ref=1 channel=#b users=1
			<:s 323 ann :End of /LIST
			=Done ref=1
			<:s 322 ann #late 1 :x
			<:s 323 ann :End of /LIST`},
		{"modes before the topic", "", "", `
			do 1 CHANNELS
			>LIST
			<:s 322 ann #a 3 :[+nt] [+m] was the topic
			=Listed ref=1 channel=#a users=3 topic=[+m] was the topic modes=nt moded
			<:s 322 ann #b 3 :[+lnt 5]
			=Listed ref=1 channel=#b users=3 modes=lnt moded
			<:s 322 ann #c 3 :[+]
			=Listed ref=1 channel=#c users=3 moded
			<:s 322 ann #d 3 :[+news] today
			=Listed ref=1 channel=#d users=3 topic=today modes=news moded
			<:s 322 ann #e 3 :[+1, +2] sums
			=Listed ref=1 channel=#e users=3 topic=[+1, +2] sums
			<:s 322 ann #f 3 :[+nt]glued
			=Listed ref=1 channel=#f users=3 topic=[+nt]glued
			<:s 322 ann #g 3 :[+nt
			=Listed ref=1 channel=#g users=3 topic=[+nt
			<:s 322 ann #h 3
			=Listed ref=1 channel=#h users=3`},
		{"what is none", "", "", `
			do 1 CHANNELS
			>LIST
			<:s 322 ann * 3 :private
			<:s 322 ann Prv 3 :private
			<:s 322 ann #a
			<:s 322 ann :#a b 3
			<:s 322
			<:s 322 ann #a -7 :x
			=Listed ref=1 channel=#a topic=x
			<:s 322 ann #b 99999999999999999999 :x
			=Listed ref=1 channel=#b users=1048576 topic=x
			<:s 323 ann
			=Done ref=1`},
		{"one channel", "", "", `
			do 1 CHANNELS #a
			>LIST #a
			<:s 323 ann :End
			=Done ref=1`},
		{"too busy", "", "", `
			do 1 CHANNELS
			>LIST
			<:s 263 ann LIST :Server load is temporarily too heavy
			=Fault ref=1 numeric=263 command=LIST target=LIST text=Server load is temporarily too heavy
			=Done ref=1
			<:s 323 ann :End of /LIST`},
		{"too many", "", "", `
			do 1 CHANNELS
			>LIST
			<:s 322 ann #a 3 :x
			=Listed ref=1 channel=#a users=3 topic=x
			<:s 416 ann LIST :output too large, truncated
			=Fault ref=1 numeric=416 command=LIST target=LIST text=output too large, truncated
			=Done ref=1`},
		{"the end of one that was refused", "", "", `
			do 1 CHANNELS
			>LIST
			<:s 321 ann Channel :Users
			<:s 416 ann LIST :output too large, truncated
			=Fault ref=1 numeric=416 command=LIST target=LIST text=output too large, truncated
			=Done ref=1
			do 2 CHANNELS
			>LIST
			<:s 323 ann :End of /LIST
			<:s 321 ann Channel :Users
			<:s 322 ann #a 3 :x
			=Listed ref=2 channel=#a users=3 topic=x
			<:s 323 ann :End of /LIST
			=Done ref=2
			do 3 CHANNELS
			>LIST
			<:s 323 ann :End of /LIST
			=Done ref=3`},
		{"a refusal that is another's", "", "", `
			do 1 CHANNELS
			>LIST
			do 0 TOPIC #c x
			>TOPIC #c x
			<:s 482 ann #c :You're not channel operator
			=Fault numeric=482 target=#c text=You're not channel operator
			<:s 323 ann :End
			=Done ref=1`},
		{"a label", labels, "", `
			do 1 CHANNELS
			>@label=1.0 LIST
			<@label=1.0 :s BATCH +x labeled-response
			<@batch=x :s 321 ann Channel :Users
			<@batch=x :s 322 ann #a 3 :x
			=Listed ref=1 channel=#a users=3 topic=x
			<:s 322 ann #b 3 :nobody's
			<@batch=x :s 323 ann :End
			<:s BATCH -x
			=Done ref=1`},
		{"a raw line is the user's own", "", "", `
			do 1 RAW LIST
			>LIST
			>PING isthmus-1
			<:s 322 ann #a 3 :x
			=Answer ref=1 line=[:s 322 ann #a 3 x]
			<:s 323 ann :End
			=Answer ref=1 line=[:s 323 ann End]
			<:s PONG s isthmus-1
			=Done ref=1`},
		{"ours beside a raw line", "", "", `
			do 1 CHANNELS
			>LIST
			do 2 RAW VERSION
			>VERSION
			>PING isthmus-1
			<:s 322 ann #a 3 :x
			=Listed ref=1 channel=#a users=3 topic=x
			<:s 323 ann :End
			=Done ref=1
			<:s PONG s isthmus-1
			=Done ref=2`},
		{"silence", "", "", `
			do 1 CHANNELS
			>LIST
			tick 29s
			<:s 322 ann #a 3 :x
			=Listed ref=1 channel=#a users=3 topic=x
			tick 29s
			tick 1s
			=Fault ref=1 command=LIST code=TIMEOUT text=no answer from the network
			=Done ref=1`},
	})
}

// A list that never ends does, all the same.
func TestEndlessList(t *testing.T) {
	d := ready(t, "")
	d.core.Do(List{}, 1, d.now)
	d.core.Take()
	for range maxListTime / time.Second {
		if d.recv(t, ":s 322 ann #a 3 :x"); strings.Contains(strings.Join(d.took(), " "), "Done") {
			t.Fatal("it ended at", d.now.Sub(dawn))
		}
		d.now = d.now.Add(time.Second)
		if next := d.core.Next(); !next.IsZero() && !next.After(d.now) {
			d.core.Tick(d.now)
		}
	}
	if got := d.took(); len(got) != 2 || got[1] != "=Done ref=1" {
		t.Errorf("after %v: %q", d.now.Sub(dawn), got)
	}
}

func TestMadeAt(t *testing.T) {
	d := ready(t, "")
	v := NewView("ann", DefaultSupport())
	for _, l := range []string{
		":ann!u@h JOIN #c", ":s 329 ann #c 1700000000", ":s 353 ann = #c :ann", ":s 366 ann #c :End",
		":s 329 ann #c -5", ":s 329 ann #c x", ":s 329 ann #other 1700000001", ":s 329 ann",
	} {
		d.recv(t, l)
	}
	_, tell := d.core.Take()
	for _, ev := range tell {
		v.Apply(ev)
	}
	if ch, _ := v.Channel("#c"); ch.MadeAt != 1700000000 {
		t.Errorf("%+v", ch)
	}
}

func TestOper(t *testing.T) {
	playAll(t, []dialogueCase{{"we are one", "", "", `
		<:s 381 ann :You are now an IRC operator
		=Note from=s text=You are now an IRC operator
		=About person=(nick=ann flags=1) known=16`}})
}
