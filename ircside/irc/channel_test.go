package irc

import (
	"fmt"
	"strings"
	"testing"
)

func TestJoin(t *testing.T) {
	playAll(t, []dialogueCase{
		{"ends with the names", "", "", `
			do 1 JOIN #c key
			>JOIN #c key
			<:ann!u@h JOIN #C
			=About person=(nick=ann user=u host=h) known=4
			<:s 332 ann #C :the topic
			<:s 333 ann #C bob!u@h 1700000000
			<:s MODE #C +nt
			<:s 324 ann #C +ntk key
			<:bob!u@h PRIVMSG #C hi
			=Text from=(nick=bob user=u host=h) target=#C body=hi
			<:s 353 ann @ #C :ann @+bob
			<:s 353 ann @ #C :+carl 
			<:s 366 ann #C :End
			=Joined ref=1 channel=#C members=[/ann ov/bob v/carl] secret=@
			=Topic channel=#C text=the topic
			=TopicBy channel=#C by=bob!u@h at=2023-11-14T22:13:20Z
			=Modes channel=#C by=s changes=[+n +t]
			=Modes channel=#C changes=[+n +t +k:key] whole
			=Done ref=1
			<:s MODE #c -n
			=Modes channel=#c by=s changes=[-n]`},
		{"multi-prefix and userhost-in-names, whatever the spaces", "multi-prefix userhost-in-names", "PREFIX=(qaohv)~&@%+", `
			do 1 JOIN #c
			>JOIN #c
			<:ann!u@h JOIN #c
			=About person=(nick=ann user=u host=h) known=4
			<:s 353 ann = #c :@+ann!u@h  ~&@%+bob!~b@x:y::z +@!no @ dave!half eve!a@b@c
			<:s 366 ann #c :End
			=Joined ref=1 channel=#c members=[ov/ann!u@h qaohv/bob!~b@x:y::z /dave!half@ /eve!a@b@c] secret==
			=Done ref=1`},
		{"extended-join tells of us", "extended-join", "", `
			<:ann!u@h JOIN #c acc :Ann A
			=About person=(nick=ann user=u host=h account=acc realname=Ann A) known=14
			<:s 366 ann #c :End
			=Joined channel=#c
			<:bob!u@h JOIN #c * :Bob B
			=Came channel=#c person=(nick=bob user=u host=h realname=Bob B)
			<@account=zz :carl!u@h JOIN #c
			=Came channel=#c person=(nick=carl user=u host=h account=zz)
			<:dave JOIN #c 0
			=Came channel=#c person=(nick=dave)`},
		{"a refusal", "", "", `
			do 1 JOIN #a
			>JOIN #a
			do 2 JOIN #b
			>JOIN #b
			<:s 473 ann #B :Cannot join channel (+i)
			=Fault ref=2 numeric=473 command=JOIN target=#B text=Cannot join channel (+i)
			=Done ref=2
			<:s 404 ann #a :Cannot send
			=Fault numeric=404 target=#a text=Cannot send
			<:s 461 ann JOIN :Not enough parameters
			=Fault ref=1 numeric=461 command=JOIN target=JOIN text=Not enough parameters
			=Done ref=1`},
		{"a command's numeric that names the channel", labels, "", `
			do 1 JOIN #a
			>@label=1.0 JOIN #a
			<:s 461 ann #a :No way in
			=Fault ref=1 numeric=461 command=JOIN target=#a text=No way in
			=Done ref=1
			<@label=1.0 :s ACK`},
		{"a forward", "", "", `
			do 1 JOIN #a
			>JOIN #a
			<:s 470 ann #a ##a :Forwarding to another channel
			=Fault ref=1 numeric=470 command=JOIN target=#a extra=##a text=Forwarding to another channel
			=Done ref=1
			<:ann!u@h JOIN ##a
			=About person=(nick=ann user=u host=h) known=4
			<:s 353 ann = ##a :ann
			<:s 366 ann ##a :End
			=Joined channel=##a members=[/ann] secret==`},
		{"a forward, labelled", labels, "", `
			do 1 JOIN #a
			>@label=1.0 JOIN #a
			<@label=1.0 :s BATCH +x labeled-response
			<@batch=x :s 470 ann #a ##a :Forwarding
			=Fault ref=1 numeric=470 command=JOIN target=#a extra=##a text=Forwarding
			<@batch=x :ann!u@h JOIN ##a
			=About person=(nick=ann user=u host=h) known=4
			<@batch=x :s 353 ann = ##a :ann
			<@batch=x :s 366 ann ##a :End
			=Joined ref=1 channel=##a members=[/ann] secret==
			<:s BATCH -x
			=Done ref=1`},
		{"the label's end before the names", labels, "", `
			do 1 JOIN #a
			>@label=1.0 JOIN #a
			<@label=1.0 :ann!u@h JOIN #a
			=About person=(nick=ann user=u host=h) known=4
			<:s 353 ann = #a :ann
			<:s 366 ann #a :End
			=Joined ref=1 channel=#a members=[/ann] secret==
			=Done ref=1`},
		{"a channel of our own", "", "", `
			do 1 JOIN #a
			>JOIN #a
			<:ann!u@h JOIN #a
			=About person=(nick=ann user=u host=h) known=4
			<:s MODE #a +nt
			<:s 353 ann = #a :@ann
			<:s 366 ann #a :End
			=Joined ref=1 channel=#a members=[o/ann] secret== created
			=Modes channel=#a by=s changes=[+n +t]
			=Done ref=1`},
		{"a channel of somebody's who is all that we see", "", "", `
			<:ann!u@h JOIN #a
			=About person=(nick=ann user=u host=h) known=4
			<:s 353 ann = #a :@bob
			<:s 366 ann #a :End
			=Joined channel=#a members=[o/bob] secret==`},
		{"who comes and goes before the names are complete", "", "", `
			<:ann!u@h JOIN #c
			=About person=(nick=ann user=u host=h) known=4
			<:s 353 ann = #c :ann bob carl dave eve
			<:fay!u@h JOIN #c
			<:BOB!u@h QUIT :bye
			=Quit nicks=[BOB] reason=bye
			<:Carl!u@h PART #c
			=Went channel=#c nick=Carl
			<:ann!u@h KICK #c dave
			=Went channel=#c nick=dave kick by=ann
			<:Eve!u@h NICK adam
			=Renamed old=Eve new=adam
			<:s 366 ann #c :End
			=Joined channel=#c members=[/ann /adam /fay!u@h] secret==`},
		{"we are kicked, or leave, before the names", "", "", `
			do 1 JOIN #c
			>JOIN #c
			<:ann!u@h JOIN #c
			=About person=(nick=ann user=u host=h) known=4
			<:bob!u@h KICK #C Ann :no
			=Went channel=#C nick=Ann kick by=bob reason=no
			=Done ref=1
			<:s 353 ann = #c :ann bob
			<:s 366 ann #c :End
			do 2 JOIN #c
			>JOIN #c
			do 3 PART #c
			>PART #c
			>PING isthmus-1
			<:ann!u@h JOIN #c
			=About person=(nick=ann user=u host=h) known=4
			<:ann!u@h PART #c
			=Went ref=3 channel=#c nick=ann
			=Done ref=3
			=Done ref=2`},
		{"after the deadline we are in all the same", "", "", `
			do 1 JOIN #c
			>JOIN #c
			tick 60s
			=Fault ref=1 command=JOIN code=TIMEOUT text=no answer from the network
			=Done ref=1
			<:ann!u@h JOIN #c
			=About person=(nick=ann user=u host=h) known=4
			<:s 366 ann #c :End
			=Joined channel=#c`},
		{"names that come late", "", "", `
			do 1 JOIN #c
			>JOIN #c
			<:ann JOIN #c
			tick 60s
			=Fault ref=1 command=JOIN code=TIMEOUT text=no answer from the network
			=Done ref=1
			<:s 353 ann = #c :ann
			<:s 366 ann #c :End
			=Joined channel=#c members=[/ann] secret==`},
		{"JOIN twice", "", "", `
			do 1 JOIN #c
			>JOIN #c
			<:ann JOIN #c
			<:s 353 ann = #c :ghost
			<:ann JOIN #c
			<:s 353 ann = #c :ann
			<:s 366 ann #c :End
			=Joined ref=1 channel=#c members=[/ann] secret==
			=Done ref=1`},
		{"a later NAMES of a channel that we are in", "", "", `
			<:ann JOIN #c
			<:s 366 ann #c :End
			=Joined channel=#c
			<:s 366 ann #c :End
			<:s 353 ann = #c :ann bob
			<:bob MODE #c +m
			=Modes channel=#c by=bob changes=[+m]
			<:carl JOIN #c
			=Came channel=#c person=(nick=carl)
			<:s 366 ann #c :End
			=Joined channel=#c members=[/ann /bob /carl] secret==`},
		{"what is no channel, or not ours", "", "", `
			<:ann JOIN c
			<:ann JOIN
			<:ann JOIN :#a b
			<JOIN #c
			<:ann JOIN :
			<:s 353 ann = #c :ann bob
			<:s 353 ann = #c
			<:s 366 ann #c :End
			<:s 366
			<:s MODE ann +i
			<:s MODE #c
			<:s 324 ann
			<:s 332 ann #c
			<:s 333 ann #c bob yesterday
			<:s 333 ann #c bob -1
			<:s INVITE ann`},
	})
}

func TestChannels(t *testing.T) {
	playAll(t, []dialogueCase{
		{"topics", "", "", `
			<@time=2025-01-01T00:00:00Z :bob!u@h TOPIC #c :new one
			=Topic channel=#c text=new one by=bob at=2025-01-01T00:00:00Z changed
			<:bob!u@h TOPIC #c :
			=Topic channel=#c by=bob changed
			<:s 331 ann #c :No topic is set
			=Topic channel=#c
			<:s 332 ann #c :is
			=Topic channel=#c text=is
			<:s 333 ann #c bob 1700000000
			=TopicBy channel=#c by=bob at=2023-11-14T22:13:20Z`},
		{"modes", "", "", `
			<:bob!u@h MODE #c +o-v+b dave dave *!*@h
			=Modes channel=#c by=bob changes=[+o:dave -v:dave +b:*!*@h]
			<:s 324 ann #c +lk 5 x
			=Modes channel=#c changes=[+l:5 +k:x] whole
			<:s 324 ann #c +
			=Modes channel=#c whole
			<:s 329 ann #c 1700000000
			=MadeAt channel=#c at=2023-11-14T22:13:20Z`},
		{"going", "", "", `
			<:bob!u@h PART #c :bye
			=Went channel=#c nick=bob reason=bye
			<:op!u@h KICK #c bob
			=Went channel=#c nick=bob kick by=op
			<:s KICK #c ann :out
			=Went channel=#c nick=ann kick by=s reason=out`},
		{"invitations", "invite-notify", "", `
			<:bob!u@h INVITE ANN #c
			=Invited channel=#c by=(nick=bob user=u host=h) nick=ANN self
			<:bob!u@h INVITE carl #c
			=Invited channel=#c by=(nick=bob user=u host=h) nick=carl
			do 1 INVITE carl #c
			>INVITE carl #c
			>PING isthmus-1
			<:s 341 ann carl #c
			<:s 443 ann carl #c :is already on channel
			=Fault ref=1 numeric=443 command=INVITE target=carl extra=#c text=is already on channel
			<:s PONG s isthmus-1
			=Done ref=1`},
	})
}

// TestHostileChannels holds what a server can make a Core keep against its bounds.
func TestHostileChannels(t *testing.T) {
	d := ready(t, "")
	for i := range 3 * maxChannels {
		d.recv(t, fmt.Sprintf(":ann JOIN #%d", i))
		d.recv(t, fmt.Sprintf(":s TOPIC #%d :x", i%maxChannels))
	}
	if n := d.core.inside.Len(); n != maxChannels || d.core.load.events != maxHeld {
		t.Errorf("%d channels, %d events", n, d.core.load.events)
	}
	names := ":s 353 ann = #0 :" + strings.Repeat("a ", 7000)
	for range 2 * maxGathered / 256 / 7000 {
		d.recv(t, names)
	}
	if d.core.load.bytes < maxGathered/2 || d.core.load.bytes > 2*maxGathered {
		t.Errorf("%d bytes of names", d.core.load.bytes)
	}
	for i := range maxChannels {
		end := ":s 366 ann #%d :End"
		if i%2 == 0 {
			end = ":ann PART #%d"
		}
		d.recv(t, fmt.Sprintf(end, i))
	}
	if d.core.load != (load{}) || d.core.inside.Len() != maxChannels/2 {
		t.Errorf("left: %+v, %d channels", d.core.load, d.core.inside.Len())
	}
}

func TestHostileBatches(t *testing.T) {
	d := ready(t, "batch")
	for i := range 3 * maxBatches {
		d.recv(t, fmt.Sprintf(":s BATCH +%d netsplit a b", i))
	}
	quits := 0
	count := func() {
		_, tell := d.core.Take()
		for _, ev := range tell {
			quits += len(ev.(Quit).Nicks)
		}
	}
	for i := range 2 * maxSplit {
		d.recv(t, fmt.Sprintf("@batch=%d :n%d QUIT :a b", i%maxBatches, i))
	}
	if count(); len(d.core.batches) != maxBatches || d.core.split != maxSplit || quits != maxSplit {
		t.Errorf("%d batches, %d quits, %d told", len(d.core.batches), d.core.split, quits)
	}
	for i := range 3 * maxBatches {
		d.recv(t, fmt.Sprintf(":s BATCH -%d", i))
	}
	if count(); len(d.core.batches) != 0 || d.core.split != 0 || quits != 2*maxSplit {
		t.Errorf("%d batches, %d quits, %d told", len(d.core.batches), d.core.split, quits)
	}
}
