package irc

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"
)

// dawn is when every dialogue begins.
var dawn = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// A dialogue drives a Core by a script. Each line is a step:
//
//	<LINE    the server sends it
//	do REF COMMAND WORDS…    see command; "|" stands between lines of a message
//	tick 30s    time passes, and Tick is called if Next says so
//	close TEXT    the connection ends
//	>LINE    what must be sent by then, and nothing else; !LINE if urgent
//	=EVENT   what must be told by then, and nothing else
//
// ␁ is a 0x01.
type dialogue struct {
	core   *Core
	now    time.Time
	urgent bool // to write '!' before urgent lines
}

// nicks is how dialogues retry: ann_, then ann__, then no more.
func nicks(attempt, _ int, _ *Support) string {
	if attempt > 2 {
		return ""
	}
	return "ann" + strings.Repeat("_", attempt)
}

func newDialogue() *dialogue {
	id := Identity{
		Nick: "ann", User: "u", Realname: "Ann A.", Retry: nicks,
		PingAfter: 2 * time.Minute, PingTimeout: 30 * time.Second,
	}
	return &dialogue{core: NewCore(id, dawn), now: dawn}
}

// ready is a dialogue with a network that has let ann in, grants caps, and says
// tokens in 005.
func ready(t testing.TB, caps string, tokens ...string) *dialogue {
	t.Helper()
	d := newDialogue()
	lines := []string{":s CAP * LS :" + caps, ":s CAP * ACK :" + caps, ":s 001 ann :Hi"}
	if len(tokens) > 0 {
		lines = append(lines, ":s 005 ann "+strings.Join(tokens, " ")+" :are supported")
	}
	for _, l := range append(lines, ":s 376 ann :End") {
		d.recv(t, l)
	}
	d.core.Take()
	if d.core.phase != phaseReady || caps != d.core.caps.String() {
		t.Fatalf("phase %d, caps %q", d.core.phase, d.core.caps)
	}
	return d
}

func (d *dialogue) recv(t testing.TB, line string) {
	t.Helper()
	l, err := ParseLine([]byte(strings.ReplaceAll(line, "␁", "\x01")))
	if err != nil {
		t.Fatalf("%q: %v", line, err)
	}
	d.core.Recv(l, d.now)
}

// play runs a script to its end.
func (d *dialogue) play(t *testing.T, script string) {
	t.Helper()
	var want []string
	step := "the beginning"
	check := func(next string) {
		t.Helper()
		if got := d.took(); strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Fatalf("after %s\ngot  %s\nwant %s", step, strings.Join(got, "\n     "), strings.Join(want, "\n     "))
		}
		step, want = next, nil
	}
	for _, line := range strings.Split(strings.TrimSpace(script), "\n") {
		line = strings.TrimSpace(line)
		switch line[0] {
		case '>', '!', '=':
			want = append(want, strings.ReplaceAll(line, "␁", "\x01"))
			continue
		}
		check(line)
		d.step(t, line)
	}
	check("")
}

func (d *dialogue) step(t *testing.T, line string) {
	t.Helper()
	verb, rest, _ := strings.Cut(line, " ")
	switch {
	case line[0] == '<':
		d.recv(t, line[1:])
	case verb == "do":
		number, rest, _ := strings.Cut(rest, " ")
		ref, err := strconv.Atoi(number)
		if err != nil {
			t.Fatal(err)
		}
		d.core.Do(command(t, d.core.Support(), rest), Ref(ref), d.now)
	case verb == "tick":
		by, err := time.ParseDuration(rest)
		if err != nil {
			t.Fatal(err)
		}
		d.now = d.now.Add(by)
		if next := d.core.Next(); !next.IsZero() && !next.After(d.now) {
			d.core.Tick(d.now)
		}
	case verb == "close":
		d.core.Close(&CloseError{Reason: CloseLost, Text: rest})
	default:
		t.Fatalf("no step: %s", line)
	}
}

// command is "JOIN #c key" and so on as a Command.
func command(t testing.TB, s *Support, words string) Command {
	verb, rest, _ := strings.Cut(words, " ")
	a, b, _ := strings.Cut(rest, " ")
	nick, reason, _ := strings.Cut(b, " ")
	switch verb {
	case "JOIN":
		return Join{a, b}
	case "PART":
		return Part{a, b}
	case "SAY":
		return Say{Target: a, Lines: strings.Split(b, "|")}
	case "NOTICE":
		return Say{Target: a, Kind: Notice, Lines: strings.Split(b, "|")}
	case "NICK":
		return Nick{a}
	case "TOPIC":
		return SetTopic{a, b}
	case "KICK":
		return Kick{a, nick, reason}
	case "MODE":
		return SetModes{a, ParseModes(s, strings.Fields(b))}
	case "MODES":
		return GetModes{a}
	case "LIST":
		return GetList{a, b[0]}
	case "CHANNELS":
		return List{Channel: rest}
	case "INVITE":
		return Invite{a, b}
	case "KNOCK":
		return Knock{Channel: rest}
	case "TBAN":
		seconds, mask, _ := strings.Cut(b, " ")
		n, _ := strconv.Atoi(seconds)
		return TimedBan{a, mask, time.Duration(n) * time.Second}
	case "AWAY":
		return Away{rest}
	case "WHO":
		return Who{a}
	case "WHOIS":
		return Whois{Nick: a}
	case "RAW":
		return Raw{rest}
	case "QUIT":
		return QuitCmd{rest}
	}
	t.Fatalf("no command: %s", words)
	return nil
}

// took is what the core has to send and tell, as a script has it.
func (d *dialogue) took() []string {
	var out []string
	send, tell := d.core.Take()
	for _, o := range send {
		sign := ">"
		if o.Urgent && d.urgent {
			sign = "!"
		}
		out = append(out, sign+printedLine(o.Line))
	}
	for _, ev := range tell {
		out = append(out, "="+d.event(ev))
	}
	return out
}

func printedLine(l Line) string {
	b, err := l.Append(nil, MaxLine)
	if err != nil {
		return err.Error()
	}
	return strings.TrimSuffix(string(b), "\r\n")
}

// event prints an event: its type, and those fields that are not zero.
func (d *dialogue) event(ev Event) string {
	v := reflect.ValueOf(ev)
	return strings.TrimSpace(v.Type().Name() + " " + strings.Join(d.fields(v), " "))
}

func (d *dialogue) fields(v reflect.Value) []string {
	var out []string
	for i := range v.NumField() {
		f, name := v.Field(i), strings.ToLower(v.Type().Field(i).Name)
		if f.IsZero() || f.Type() == reflect.TypeFor[*Support]() {
			continue
		}
		switch x := f.Interface().(type) {
		case time.Time:
			if !x.Equal(d.now) {
				out = append(out, name+"="+x.UTC().Format(time.RFC3339))
			}
		case byte:
			out = append(out, fmt.Sprintf("%s=%c", name, x))
		case bool:
			out = append(out, name)
		case Line:
			out = append(out, name+"=["+printedLine(x)+"]")
		case Person:
			out = append(out, name+"=("+strings.Join(d.fields(f), " ")+")")
		case *CloseError:
			out = append(out, d.fields(f.Elem())...)
		case []Member:
			var all []string
			for _, m := range x {
				all = append(all, m.Modes+"/"+m.Mask())
			}
			out = append(out, fmt.Sprintf("%s=%v", name, all))
		case []ModeChange:
			out = append(out, name+"=["+show(x)+"]")
		default:
			out = append(out, fmt.Sprintf("%s=%v", name, x))
		}
	}
	return out
}

// A dialogueCase is a script with a name, on a network with caps and tokens.
type dialogueCase struct{ name, caps, tokens, script string }

func playAll(t *testing.T, cases []dialogueCase) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			ready(t, c.caps, strings.Fields(c.tokens)...).play(t, c.script)
		})
	}
}

func TestKeepAlive(t *testing.T) {
	d := ready(t, "")
	d.urgent = true
	d.play(t, `
		tick 119s
		tick 1s
		!PING isthmus
		tick 29s
		<:s PONG s isthmus
		tick 119s
		tick 1s
		!PING isthmus
		tick 10s
		<PING :a b
		!PONG :a b
		tick 1000s
		!PING isthmus
		tick 29s`)
	if d.core.Dead() != nil {
		t.Error("it is given up before the answer's time is over")
	}
	d.step(t, "tick 1s")
	if dead := d.core.Dead(); dead == nil || dead.Reason != CloseSilent {
		t.Errorf("dead: %v", dead)
	}
	d.play(t, `
		close gone
		=Closed reason=1 text=the server has stopped answering`)
}

func TestNoKeepAlive(t *testing.T) {
	c := NewCore(Identity{Nick: "ann", User: "u"}, dawn)
	if next := c.Next(); !next.IsZero() {
		t.Errorf("next: %v", next)
	}
	c.Take()
	c.Tick(dawn.Add(time.Hour))
	if send, tell := c.Take(); len(send) != 0 || tell != nil || c.Dead() != nil {
		t.Errorf("%v, %v, %v", send, tell, c.Dead())
	}
}

// TestNothingAfterClosed does all that can be done to a session that has ended.
func TestNothingAfterClosed(t *testing.T) {
	d := ready(t, "batch labeled-response")
	d.play(t, `
		do 1 WHOIS bob
		>@label=1.0 WHOIS bob
		do 2 JOIN #c
		>@label=2.0 JOIN #c
		close gone
		=Closed text=gone
		close again
		do 3 WHOIS bob
		do 4 SAY bob,cat x
		do 5 QUIT
		<@label=1.0 :s ACK
		<:x!y@z PRIVMSG ann :words
		<PING x
		tick 10m`)
	if !d.core.Next().IsZero() {
		t.Error("a session that has ended waits for something")
	}
}

func TestQuit(t *testing.T) {
	d := ready(t, "")
	d.urgent = true
	d.play(t, `
		do 1 WHOIS bob
		>WHOIS bob
		>PING isthmus-1
		do 2 QUIT bye now
		!QUIT :bye now
		<:s ERROR :Closing Link: ann (Quit: K-lined, ha ha)
		=Note from=s text=Closing Link: ann (Quit: K-lined, ha ha)
		close the network closed the connection
		=Closed`)
}

func TestUnsayable(t *testing.T) {
	d := ready(t, "")
	for _, c := range []Command{Join{"0", ""}, Say{Target: "a,b", Lines: []string{"x"}}, Raw{"A\nB"}, Kick{"#c", "$x", ""}} {
		d.core.Do(c, 7, d.now)
		d.core.Do(c, 0, d.now)
		send, tell := d.core.Take()
		if len(tell) != 2 {
			t.Fatalf("%v: %v", c, tell)
		}
		f, ok := tell[0].(Fault)
		if !ok || f.Ref != 7 || f.Code != CodeUnsayable || f.Text == "" || tell[1] != (Event)(Done{7}) || len(send) != 0 {
			t.Errorf("%v: %v, %v", c, send, tell)
		}
	}
	if !d.core.Next().Equal(d.now.Add(2 * time.Minute)) {
		t.Error("an answer is awaited")
	}
}
