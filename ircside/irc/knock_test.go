package irc

import (
	"strings"
	"testing"
)

// knocks are the Knocked that a core tells after lines of a server.
func knocks(t *testing.T, lines ...string) (out []Knocked) {
	t.Helper()
	d := ready(t, "", "PREFIX=(ohv)@%+")
	for _, l := range lines {
		d.recv(t, l)
	}
	_, events := d.core.Take()
	for _, ev := range events {
		if k, ok := ev.(Knocked); ok {
			out = append(out, k)
		}
	}
	return out
}

// Each ircd has its own way to tell operators of a knock.
func TestKnocked(t *testing.T) {
	eve := Person{Nick: "eve", User: "~e", Host: "h.example"}
	tests := []struct {
		name, line string
		want       Knocked
	}{
		{"charybdis", ":irc.test 710 #c #c eve!~e@h.example :has asked for an invite.", Knocked{"#c", eve, ""}},
		{"ratbox", ":irc.test 710 me #c eve!~e@h.example :has asked for an invite.", Knocked{"#c", eve, ""}},
		{"InspIRCd, numeric", ":irc.test 710 me #c eve!~e@h.example :is KNOCKing: let me (in)", Knocked{"#c", eve, "let me (in)"}},
		{"InspIRCd, notice", ":irc.test NOTICE %#c :User eve is KNOCKing on #c (let me (in))", Knocked{"#c", Person{Nick: "eve"}, "let me (in)"}},
		{"InspIRCd, another case", ":irc.test NOTICE @#C :User eve is KNOCKing on #c (x)", Knocked{"#C", Person{Nick: "eve"}, "x"}},
		{"hybrid", ":irc.test NOTICE %#c :KNOCK: #c (eve [~e@h.example] has asked for an invite)", Knocked{"#c", eve, ""}},
		{"UnrealIRCd", ":irc.test NOTICE @#c :[Knock] by eve!~e@h.example (please)", Knocked{"#c", eve, "please"}},
		{"UnrealIRCd without a reason", ":irc.test NOTICE @#c :[Knock] by eve!~e@h.example (no reason specified)", Knocked{"#c", eve, ""}},
		{"one of our own", ":irc.test NOTICE @#c :[Knock] by eve!~e@h.example (" + noReason + ")", Knocked{"#c", eve, ""}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := knocks(t, tt.line); len(got) != 1 || got[0] != tt.want {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
}

// What is none, or was said by somebody, is none.
func TestNotKnocked(t *testing.T) {
	for _, line := range []string{
		":eve!e@h NOTICE @#c :User eve is KNOCKing on #c (x)",
		":eve!e@h NOTICE @#c :KNOCK: #c (bob [b@h] has asked for an invite)",
		":irc.test NOTICE me :User eve is KNOCKing on #c (x)",
		":irc.test NOTICE @#d :User eve is KNOCKing on #c (x)",
		":irc.test NOTICE @#c :User  is KNOCKing on #c (x)",
		":irc.test NOTICE @#c :User eve bob is KNOCKing on #c (x)",
		":irc.test NOTICE @#c :User #x is KNOCKing on #c (x)",
		":irc.test NOTICE @#c :User e,f is KNOCKing on #c (x)",
		":irc.test NOTICE @#c :User eve is KNOCKing on #c (x",
		":irc.test NOTICE @#c :[Knock] by !@ ()",
		":irc.test NOTICE @#c :",
		":irc.test NOTICE @ :KNOCK",
		":irc.test 710 me #c",
		":irc.test 710 me :#c",
		":irc.test 710 me me eve!e@h :has asked for an invite.",
		":irc.test 710 me #c #c :has asked for an invite.",
		":irc.test 710 me #c " + strings.Repeat("n", 450) + " :has asked for an invite.",
	} {
		if got := knocks(t, line); len(got) != 0 {
			t.Errorf("%s: %+v", line, got)
		}
	}
}

// A knock is answered by 711, a numeric that refuses it, or nothing at all.
func TestKnock(t *testing.T) {
	tests := []struct {
		answer  string
		numeric int
	}{
		{":irc.test 711 me #c :Your KNOCK has been delivered.", 0},
		{":irc.test NOTICE me :KNOCKing on #c", 0},
		{":irc.test 401 me #c :No such channel", 401},
		{":irc.test 403 me #c :No such channel", 403},
		{":irc.test 404 me #c :Cannot send to channel", 404},
		{":irc.test 421 me KNOCK :Unknown command", 421},
		{":irc.test 480 me :Cannot knock on #c (Channel is not invite only!)", 480},
		{":irc.test 712 me #c :Too many KNOCKs (user).", 712},
		{":irc.test 713 me #c :Channel is open.", 713},
		{":irc.test 714 me #c :You are already on that channel.", 714},
		{":irc.test 715 me :KNOCKs are disabled.", 715},
	}
	for _, tt := range tests {
		t.Run(tt.answer, func(t *testing.T) {
			d := ready(t, "")
			d.core.Do(Join{Channel: "#d"}, 6, d.now)
			d.core.Do(Knock{Channel: "#c", Reason: "let me in"}, 7, d.now)
			send, _ := d.core.Take()
			if got := printedLine(send[1].Line); got != "KNOCK #c :let me in" {
				t.Errorf("sent %s", got)
			}
			d.recv(t, tt.answer)
			d.recv(t, ":irc.test PONG irc.test "+send[2].Line.Last())
			_, events := d.core.Take()
			numeric, done := 0, 0
			for _, ev := range events {
				switch ev := ev.(type) {
				case Fault:
					if ev.Ref == 7 {
						numeric = ev.Numeric
					} else {
						t.Errorf("a fault of %d: %+v", ev.Ref, ev)
					}
				case Done:
					done++
				}
			}
			if numeric != tt.numeric || done != 1 {
				t.Errorf("refused by %d, and %d times done", numeric, done)
			}
		})
	}
}

func TestKnockLines(t *testing.T) {
	s := DefaultSupport()
	for _, k := range []Knock{{Channel: "c"}, {Channel: "#c #d"}, {Channel: "#c,#d"}, {Channel: ""}} {
		if _, err := k.lines(s); err == nil {
			t.Errorf("%+v can be said", k)
		}
	}
	for reason, want := range map[string]string{"": noReason, " ": noReason, strings.Repeat("é", 300): strings.Repeat("é", 125)} {
		lines, err := Knock{"#c", reason}.lines(s)
		if err != nil || len(lines) != 1 || lines[0].Last() != want {
			t.Errorf("%q: %v, %v", reason, lines, err)
		}
	}
}
