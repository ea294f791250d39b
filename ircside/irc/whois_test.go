package irc

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

// Each numeric in the forms that servers send.
func TestParseWhois(t *testing.T) {
	s := DefaultSupport().With([]string{"PREFIX=(qaohv)~&@%+", "CHANTYPES=#&", "are"})
	for _, c := range []struct {
		name, lines string
		want        Profile
	}{
		{"who", "311 me Ann a h.example * :Ann A", Profile{Nick: "Ann", User: "a", Host: "h.example", Realname: "Ann A"}},
		{"server", "312 me ann irc.test :A server", Profile{Server: "irc.test", ServerInfo: "A server"}},
		{"operator", "313 me ann :is an IRC operator", Profile{Oper: true}},
		{"idle", "317 me ann 90 1000000000 :seconds idle, signon time", Profile{Idle: 90 * time.Second, HasIdle: true, Signon: time.Unix(1000000000, 0)}},
		{"idle alone", "317 me ann 90 :seconds idle", Profile{Idle: 90 * time.Second, HasIdle: true}},
		{"idle, garbage", "317 me ann soon -7 :seconds idle", Profile{}},
		{"idle, huge", "317 me ann 99999999999999999999 9999999999999999 :x", Profile{}},
		{"channels", "319 me ann :@#a +#b ~&#c #a !@#d|319 me ann :#e", Profile{Channels: []string{"#a", "#b", "#c", "#d", "#e"}}},
		{"local channel", "319 me ann :&x @&y", Profile{Channels: []string{"&x", "&y"}}},
		{"account", "330 me ann Anna :is logged in as", Profile{Account: "Anna"}},
		{"no account", "330 me ann 0 :is logged in as", Profile{}},
		{"nick is registered", "307 me ann :is a registered nick", Profile{Account: "ann"}},
		{"both", "330 me ann Anna :is|307 me ann :is a registered nick", Profile{Account: "Anna"}},
		{"bot", "335 me ann :is a bot", Profile{Bot: true}},
		{"actually", "338 me ann 192.0.2.7 :actually using host", Profile{From: "192.0.2.7"}},
		{"actually, with a user", "338 me ann a@h 192.0.2.7 :Actual user@host, Actual IP", Profile{From: "192.0.2.7"}},
		{"actually, text alone", "338 me ann :is actually somewhere", Profile{}},
		{"connecting", "378 me ann :is connecting from a@h 192.0.2.7", Profile{From: "192.0.2.7"}},
		{"service", "310 me ann :is a Network Service on Net", Profile{Service: true}},
		{"service of OFTC", "309 me ann :is a Network Service", Profile{Service: true}},
		{"helper", "310 me ann :is available for help.", Profile{}},
		{"secure", "671 me ann :is using a secure connection", Profile{Secure: true}},
		{"away", "301 me ann :out", Profile{Away: true, AwayText: "out"}},
		{"another", "311 me bob b h * :Bob|313 me bob :is", Profile{}},
		{"short", "311|311 me|312 me ann|319 me ann|378 me ann|317 me ann|330 me ann|338 me ann", Profile{}},
		{"unknown", "320 me ann :is special|318 me ann :End|not a numeric", Profile{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var lines []Line
			for _, text := range strings.Split(c.lines, "|") {
				lines = append(lines, parsed(t, []string{":s " + text})...)
			}
			got, _ := ParseWhois(s, "ann", lines)
			if c.want.Nick == "" {
				c.want.Nick = "ann"
			}
			if c.name == "short" {
				got.Channels, got.Realname = nil, ""
			}
			if !reflect.DeepEqual(got, c.want) {
				t.Errorf("got  %+v\nwant %+v", got, c.want)
			}
		})
	}
	if _, ok := ParseWhois(s, "ann", nil); ok {
		t.Error("nothing tells of somebody")
	}
	many := Line{Command: "319", Params: []string{"me", "ann", strings.Repeat("#x", 1)}}
	var lines []Line
	for i := range 4 * maxProfile {
		many.Params = []string{"me", "ann", "#" + strings.Repeat("x", 1+i%300) + string(rune('a'+i/300))}
		lines = append(lines, many)
	}
	if w, _ := ParseWhois(s, "ann", lines); len(w.Channels) != maxProfile {
		t.Errorf("%d channels", len(w.Channels))
	}
}

// Who is a service is said by servers: what people choose themselves does not count, nor
// what they may have a name server say of their address.
func TestIsService(t *testing.T) {
	s := DefaultSupport()
	for _, c := range []struct {
		lines string
		want  bool
	}{
		{"311 me NickServ services services.example * :Network Services|312 me NickServ irc.example :services.example|301 me NickServ :services", false},
		{"312 me NickServ notservices.example :Services", false},
		{"312 me NickServ * :Services", false},
		{"310 me NickServ :is available for help.", false},
		{"310 me other :is a service", false},
		{"313 me NickServ :is a Network Service", true},
		{"310 me nickserv :is an IRC service", true},
		{"312 me NickServ services.example :Services", true},
		{"312 me NickServ eu.Services.example :x", true},
		{"", false},
	} {
		var lines []Line
		for _, text := range strings.Split(c.lines, "|") {
			if l, err := ParseLine([]byte(text)); err == nil {
				lines = append(lines, l)
			}
		}
		if w, _ := ParseWhois(s, "NickServ", lines); w.IsService() != c.want {
			t.Errorf("%s: %+v", c.lines, w)
		}
	}
}
