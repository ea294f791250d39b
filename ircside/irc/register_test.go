package irc

import (
	"testing"
	"time"
)

const hello = `
	>CAP LS 302
	>NICK ann
	>USER u 0 * :Ann A.`

func TestRegister(t *testing.T) {
	for _, c := range []struct{ name, script string }{
		{"no CAP at all", hello + `
			<:s NOTICE * :*** Looking up your host
			=Note from=s text=*** Looking up your host
			<:s 001 ann :Hi
			=Note from=s text=Hi
			<:s 375 ann :- s -
			=Note from=s text=- s -
			<:s 376 ann :End
			=Registered nick=ann`},
		{"CAP unknown", hello + `
			<:s 421 * CAP :Unknown command
			=Fault numeric=421 target=CAP text=Unknown command
			<:s 001 ann_x :Hi
			=Note from=s text=Hi
			<:s 422 ann_x :No MOTD
			=Registered nick=ann_x`},
		{"nothing is offered", hello + `
			<:s CAP * LS :
			>CAP END`},
		{"nothing of ours is offered", hello + `
			<:s CAP * LS :sasl=PLAIN draft/x
			>CAP END`},
		{"a list of one line without a colon", hello + `
			<:s CAP * LS chghost
			>CAP REQ chghost
			<:s CAP * ACK chghost
			>CAP END`},
		{"a list of several lines", hello + `
			<:s CAP * LS * :multi-prefix sasl=PLAIN,EXTERNAL batch
			<:s CAP * LS * :labeled-response
			<:s CAP * LS :server-time cap-notify
			>CAP REQ :multi-prefix server-time batch labeled-response cap-notify
			<:s CAP ann ACK :multi-prefix server-time batch labeled-response cap-notify
			>CAP END
			<:s 001 ann :Hi
			=Note from=s text=Hi
			<:s 005 ann PREFIX=(qo)!@ CASEMAPPING=ascii :are supported
			<:s 005 ann NICKLEN=5 :are supported
			<:s 376 ann :End
			=Registered nick=ann caps=multi-prefix server-time batch labeled-response cap-notify`},
		{"an acknowledgement in two lines, with modifiers", hello + `
			<:s CAP * LS :chghost away-notify setname
			>CAP REQ :away-notify chghost setname
			<:s CAP * ACK :=chghost ~setname
			<:s CAP * ACK :away-notify
			>CAP END
			<:s 001 ann :Hi
			=Note from=s text=Hi
			<:s 422 ann :No
			=Registered nick=ann caps=away-notify chghost setname`},
		{"no labels without batches", hello + `
			<:s CAP * LS :labeled-response echo-message
			>CAP REQ echo-message
			<:s CAP * ACK :echo-message labeled-response
			>CAP END
			<:s 001 ann :Hi
			=Note from=s text=Hi
			<:s 422 ann :No
			=Registered nick=ann caps=echo-message`},
		{"a whole list refused for one name", hello + `
			<:s CAP * LS :batch chghost labeled-response
			>CAP REQ :chghost batch labeled-response
			<:s CAP * NAK :chghost batch labeled-response
			>CAP REQ chghost
			>CAP REQ batch
			>CAP REQ labeled-response
			<:s CAP * ACK :chghost
			<:s CAP * NAK :batch
			<:s CAP * ACK :labeled-response
			>CAP END
			<:s 001 ann :Hi
			=Note from=s text=Hi
			<:s 422 ann :No
			=Registered nick=ann caps=chghost`},
		{"a refusal that names only the bad one", hello + `
			<:s CAP * LS :batch chghost
			>CAP REQ :chghost batch
			<:s CAP * NAK :chghost
			>CAP REQ chghost
			>CAP REQ batch
			<:s CAP * NAK :chghost
			<:s CAP * ACK :batch
			>CAP END`},
		{"refusals that name nothing", hello + `
			<:s CAP * LS :batch chghost
			>CAP REQ :chghost batch
			<:s CAP * NAK :
			>CAP REQ chghost
			>CAP REQ batch
			<:s CAP * NAK :
			>CAP END
			<:s CAP * NAK :`},
		{"what was not asked for is not granted", hello + `
			<:s CAP * ACK :echo-message
			>CAP END
			<:s 001 ann :Hi
			=Note from=s text=Hi
			<:s 422 ann :No
			=Registered nick=ann`},
		{"nicks are tried until one is taken", hello + `
			<:s 433 * ann :in use
			>NICK ann_
			<:s 432 * ann_ :bad
			>NICK ann__
			<:s 001 ann__ :Hi
			=Note from=s text=Hi
			<:s 422 ann__ :No
			=Registered nick=ann__`},
		{"the host's password is wrong", hello + `
			<:s 464 * :Password incorrect
			=Fault numeric=464 text=Password incorrect
			<:s ERROR :Closing Link: (Bad Password)
			=Note from=s text=Closing Link: (Bad Password)
			close gone
			=Closed reason=7 text=Password incorrect`},
		{"it is a ban, whatever ERROR says", hello + `
			<:s 465 * :You are banned: go away
			=Fault numeric=465 text=You are banned: go away
			<:s ERROR :Closing Link: bye
			=Note from=s text=Closing Link: bye
			close gone
			=Closed reason=6 text=Closing Link: bye`},
		{"a ban is announced", hello + `
			<:s 466 * :You will be banned from this server
			=Fault numeric=466 text=You will be banned from this server
			<:s ERROR :Closing Link: bye
			=Note from=s text=Closing Link: bye
			close gone
			=Closed reason=6 text=Closing Link: bye`},
		{"a ban is announced, and comes later than we do", hello + `
			<:s 466 * :You will be banned from this server
			=Fault numeric=466 text=You will be banned from this server
			<:s 001 ann :Hi
			=Note from=s text=Hi
			close gone
			=Closed text=gone`},
		{"the user name is refused", hello + `
			<:s 468 ann :Your username is invalid.
			=Fault numeric=468 text=Your username is invalid.
			<:s 468 ann :Connect with your real username, in lowercase.
			close gone
			=Closed reason=9 text=Your username is invalid.`},
		{"the end before the welcome", hello + `
			close the network closed the connection
			=Closed reason=9 text=the network closed the connection`},
		{"words to us before the welcome are no conversation's", hello + `
			<:s 020 * :Please wait while we process your connection.
			=Note from=s text=Please wait while we process your connection.
			<:s 353 ann = #c :bob
			<:s 366 ann #c :End
			<PING :12345
			>PONG 12345`},
	} {
		t.Run(c.name, func(t *testing.T) { newDialogue().play(t, c.script) })
	}
}

func TestRegisterGivesUp(t *testing.T) {
	d := newDialogue()
	d.play(t, hello+`
		<:s 433 * ann :in use
		>NICK ann_
		<:s 433 * ann_ :in use
		>NICK ann__
		<:s 437 * ann__ :not now
		=Fault numeric=437 target=ann__ text=not now
		<:s 437 * ann__ :not now`)
	if dead := d.core.Dead(); dead == nil || dead.Reason != CloseUnregister || !dead.Temporary() {
		t.Errorf("dead: %v", dead)
	}
	c := NewCore(Identity{Nick: "ann", User: "u"}, dawn)
	c.Recv(Line{Command: "433"}, dawn)
	if c.Dead() == nil {
		t.Error("with nothing to try")
	}
}

func TestPassword(t *testing.T) {
	c := NewCore(Identity{Nick: "ann", User: "u", Password: ":a b"}, dawn)
	send, _ := c.Take()
	if len(send) != 4 || printedLine(send[1].Line) != "PASS ::a b" || !send[1].Urgent {
		t.Errorf("%v", send)
	}
}

func TestAfterRegistration(t *testing.T) {
	playAll(t, []dialogueCase{
		{"a nick in use", "", "", `
			do 1 NICK bob
			>NICK bob
			>PING isthmus-1
			<:s 433 ann bob :in use
			=Fault ref=1 numeric=433 command=NICK target=bob text=in use
			<:s PONG s isthmus-1
			=Done ref=1`},
		{"OPER's password, which ends nothing", "", "", `
			<:s 464 ann :Password incorrect
			=Fault numeric=464 text=Password incorrect
			close gone
			=Closed text=gone`},
		{"support changes, and is taken back", "", "NICKLEN=9", `
			<:s 005 ann -NICKLEN CASEMAPPING=ascii :are supported
			=Supports
			<:s 005 ann
			<:s 004 ann s ircd-1 iow beI
			=Note from=s text=s ircd-1 iow beI`},
		{"capabilities come and go", "batch cap-notify", "", `
			<:s CAP ann NEW :labeled-response sasl
			>CAP REQ labeled-response
			<:s CAP ann ACK :labeled-response
			=Supports caps=batch labeled-response cap-notify
			<:s CAP ann NEW :labeled-response
			<:s CAP ann DEL :batch
			=Supports caps=cap-notify
			<:s CAP ann NEW :chghost setname
			>CAP REQ :chghost setname
			<:s CAP ann NAK :chghost setname
			>CAP REQ chghost
			>CAP REQ setname
			<:s CAP ann NAK :chghost
			<:s CAP ann ACK :setname
			=Supports caps=setname cap-notify
			<:s CAP ann LIST :setname cap-notify`},
		{"a second welcome", "", "", `
			<:s 001 bob :Hi
			<:s 376 bob :End`},
	})
}

func TestClearedSupport(t *testing.T) {
	d := ready(t, "", "NICKLEN=9", "PREFIX=(v)+")
	if s := d.core.Support(); s.NickLen != 9 || s.Rank('o') >= 0 {
		t.Fatalf("%+v", s)
	}
	d.recv(t, ":s 005 ann -NICKLEN -PREFIX :are supported")
	if s := d.core.Support(); s.NickLen != 0 || s.Rank('o') != 0 {
		t.Errorf("%+v", s)
	}
}

// TestFarewells are last words of servers as they word them.
func TestFarewells(t *testing.T) {
	for text, want := range map[string]CloseReason{
		"Closing Link: 127.0.0.1 (Your host is trying to (re)connect too fast -- throttled)":         CloseThrottled,
		"Closing Link: ann[1.2.3.4] (Reconnecting too fast, throttled.)":                             CloseThrottled,
		"Closing link: (u@h) [Z-lined: Your IP range has been attempting to connect too many times]": CloseThrottled,
		"Closing Link: [1.2.3.4] (Too many unknown connections from your IP; Throttled)":             CloseThrottled,
		"Connection refused, too many connections from your IP address":                              CloseThrottled,
		"Closing Link: h (Too many host connections (local))":                                        CloseThrottled,
		"Closing Link: h (Session limit exceeded)":                                                   CloseThrottled,
		"Closing Link: h (*** Banned )":                                                              CloseBanned,
		"Closing Link: h (K-Lined)":                                                                  CloseBanned,
		"Closing link: (u@h) [G-lined: spam]":                                                        CloseBanned,
		"Closing Link: h (User has been banned from net (abuse))":                                    CloseBanned,
		"Closing Link: h (AKILL active)":                                                             CloseBanned,
		"Closing Link: h (Server shutting down)":                                                     CloseShutdown,
		"Server going down":                                                                          CloseShutdown,
		"Closing Link: h (Server Terminating. Received SIGTERM)":                                     CloseShutdown,
		"Server restarting":                                                                          CloseShutdown,
		"Closing Link: h (Ping timeout: 120 seconds)":                                                CloseLost,
		"Closing Link: h (Excess Flood)":                                                             CloseLost,
		"Closing Link: h (Killed (oper (enough)))":                                                   CloseLost,
		"": CloseLost,
	} {
		d := ready(t, "")
		d.recv(t, ":s ERROR :"+text)
		d.core.Close(&CloseError{Reason: CloseLost, Text: "end of file"})
		_, tell := d.core.Take()
		err := tell[len(tell)-1].(Closed).Err
		if err.Reason != want || (err.Wait > 0) != (want == CloseThrottled) {
			t.Errorf("%q: %d, wait %v", text, err.Reason, err.Wait)
		}
		if wantText := text; err.Text != wantText && !(text == "" && err.Text == "end of file") {
			t.Errorf("%q: text %q", text, err.Text)
		}
		if err.Temporary() != (want != CloseBanned && want != ClosePassword) {
			t.Errorf("%q: temporary", text)
		}
	}
}

// TestCloseReasons holds what a session ends with against all that it may know.
func TestCloseReasons(t *testing.T) {
	lost := &CloseError{Reason: CloseLost, Text: "eof"}
	for _, c := range []struct {
		name  string
		lines []string
		err   *CloseError
		want  CloseReason
	}{
		{"lost early", nil, lost, CloseUnregister},
		{"TLS", nil, &CloseError{Reason: CloseTLS}, CloseTLS},
		{"no name", nil, &CloseError{Reason: CloseDNS}, CloseDNS},
		{"lost at the MOTD", []string{"001 ann :Hi"}, lost, CloseLost},
		{"an error early", []string{"ERROR :Bad user info"}, lost, CloseUnregister},
		{"throttled early", []string{"ERROR :throttled"}, lost, CloseThrottled},
		{"463", []string{"463 * :Your host is not among the privileged"}, lost, CloseBanned},
		{"465 without a text", []string{"465 *"}, lost, CloseBanned},
		{"464, then more", []string{"464 * :no", "433 * ann :in use"}, lost, ClosePassword},
	} {
		d := newDialogue()
		for _, l := range c.lines {
			d.recv(t, l)
		}
		d.core.Close(c.err)
		_, tell := d.core.Take()
		if got := tell[len(tell)-1].(Closed); got.Err == nil || got.Err.Reason != c.want {
			t.Errorf("%s: %+v", c.name, got.Err)
		}
	}
}

func TestServerTime(t *testing.T) {
	for stamp, want := range map[string]time.Time{
		"2025-06-07T08:09:10.123Z":      time.Date(2025, 6, 7, 8, 9, 10, 123e6, time.UTC),
		"2025-06-07T08:09:10Z":          time.Date(2025, 6, 7, 8, 9, 10, 0, time.UTC),
		"2025-06-07T10:09:10.123+02:00": time.Date(2025, 6, 7, 8, 9, 10, 123e6, time.UTC),
		"":                              dawn, "yesterday": dawn, "2025-06-07T23:59:60.000Z": dawn,
		"0001-01-01T00:00:00Z": dawn, "99999-01-01T00:00:00Z": dawn,
	} {
		in := incoming{Line: Line{Tags: map[string]string{"time": stamp}}, now: dawn}
		if got := in.time(); !got.Equal(want) {
			t.Errorf("%q: %v", stamp, got)
		}
	}
	if in := (incoming{now: dawn}); !in.time().Equal(dawn) {
		t.Error("without a tag")
	}
}
