package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// shows is what a transcript has to hold for a row of the README's tables, which are
// counted on: the functions are 1 to 12, the faults of groupchat 1.0 13 to 17.
var shows = map[string]string{
	"1 list":           `disco#items'><item jid='#\S+%net@gw'`,
	"1 list-pages":     `disco#items'>.*<set xmlns='http://jabber.org/protocol/rsm'><first`,
	"1 list-lister":    `(?s)looker> @label LIST.*QUIT`,
	"2 search":         `jabber:iq:search'><x xmlns='jabber:x:data' type='result'>.*<item>`,
	"2 channelsearch":  `urn:xmpp:channel-search:0:search'>.*<item address='#`,
	"3 room-create":    `<status code='201'/>`,
	"3 room-visit":     `(?s)muc#owner'><x xmlns='jabber:x:data' type='form'>.*ann> @label MODE #new \+i\n`,
	"4 room-destroy":   `(?s)<destroy.*KICK #`,
	"4 room-drop":      `ann> \S+ PRIVMSG ChanServ :?DROP #`,
	"5 join":           `(?s)ann> @label JOIN #c\b.*<status code='110'/>`,
	"5 join-password":  `id='j1' type='error'>.*<not-authorized`,
	"5 join-refused":   `(?s)<not-authorized.*<registration-required|(?s)<registration-required.*<not-authorized`,
	"5 join-nick":      `<status code='110'/>.*<status code='210'/>`,
	"6 room-config":    `(?s)type=['"]submit['"].*ann> @label MODE #c [+-]`,
	"6 room-lists":     `ann> @label MODE #c \+bbeI \S+!`,
	"7 disco":          `disco#info'><identity category='conference'.*muc#roominfo`,
	"7 list":           `disco#info'><identity category='conference'.*muc#roominfo`,
	"8 invite":         `(?s)ann> @label INVITE bob #c.*bob: INVITE ann #|(?s)bob: INVITE ann #.*ann> @label INVITE bob #c`,
	"8 invite-direct":  `(?s)xmlns="jabber:x:conference".*ann> @label INVITE bob #`,
	"8 invited":        `<invite from='`,
	"9 join-nick":      `(?s)> NICK \S+\n.*<status code='303'/>`,
	"9 people":         `nick='\S+'.*<status code='303'/>`,
	"9 join-two":       `<status code='210'/>`,
	"10 features":      `(?s)<value>urn:isthmus:conference-features<.*<body>allow #wb urn:example:poll`,
	"10 features-form": `(?s)\{urn:isthmus:conference-features\}.*<status code='104'/>`,
	"11 roles":         `ann> @label MODE #c \+o`,
	"11 ban":           `ann> @label MODE #c \+b \S`,
	"11 voice":         `(?s)muc#request_allow.*MODE #c \+v`,
	"11 members":       `ann> @label MODE #c \+I \S`,
	"13 members":       `irc.test 473 eve #c`,
	"12 say":           `ann> @label PRIVMSG #c`,
	"12 direct":        `ann> @label PRIVMSG bob`,
	"13 join-refused":  `<registration-required`,
	"13 knock":         `ann> \S* ?KNOCK #`,
	"13 steps":         `ann> .*ChanServ :?INVITE #`,
	"14 room-visit":    `(?s)muc#owner'><x xmlns='jabber:x:data' type='form'>.*ann> @label MODE #new \+i\n`,
	"14 list":          `disco#items'><item jid='#\S+%net@gw'`,
	"15 people":        `<status code='307'/>`,
	"15 old":           `<body>dave has joined</body>`,
	"15 old-german":    `xml:lang='de'><body>\S+ ist da</body>`,
	"16 identity-id":   `<occupant-id xmlns='urn:xmpp:occupant-id:0' id='`,
	"17 features":      `<body>require #WB `,
	"17 caps":          `xmpp< <iq .* type='get'><query xmlns='http://jabber.org/protocol/disco#info' node='`,
	"17 payload":       `<html xmlns='http://jabber.org/protocol/xhtml-im'>`,
	"17 old-ladder":    `xmpp< <iq .* type='get'><query xmlns='http://jabber.org/protocol/disco#info'/>`,
}

// TestShown: each transcript and script that the README's tables of functions and faults
// name is there, the transcript holds something of its row, and no row is without one.
func TestShown(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(readme), "## What is shown\n")
	section, _, _ = strings.Cut(section, "\n## ")
	scripts := scriptNames(t)
	name := regexp.MustCompile("`([^`]+)`")
	rows := 0
	for line := range strings.Lines(section) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if len(cells) != 3 || !strings.Contains(line, "`") {
			continue
		}
		rows++
		for i, exists := range []func(string) bool{isTranscript, func(s string) bool { return slices.Contains(scripts, s) }} {
			names := name.FindAllStringSubmatch(cells[i+1], -1)
			if len(names) == 0 {
				t.Errorf("nothing in column %d shows %s", i+2, cells[0])
			}
			for _, n := range names {
				switch cell := strings.TrimSpace(cells[0]); {
				case !exists(n[1]):
					t.Errorf("%s: there is no %s", cell, n[1])
				case i == 0:
					holds(t, rows, cell, n[1])
				}
			}
		}
	}
	if rows != 12+5 {
		t.Errorf("%d rows, want twelve functions and five faults", rows)
	}
}

func transcript(name string) string {
	return filepath.Join(root, "gateway/gatewaytest/script/testdata", name+".txt")
}

func isTranscript(name string) bool {
	_, err := os.Stat(transcript(name))
	return err == nil
}

// holds says whether a transcript shows what a row is about.
func holds(t *testing.T, row int, cell, name string) {
	t.Helper()
	text, err := os.ReadFile(transcript(name))
	if err != nil {
		t.Fatal(err)
	}
	pattern := shows[fmt.Sprint(row, " ", name)]
	if pattern == "" {
		t.Errorf("%s: what %s shows is not said in shows", cell, name)
	}
	if !regexp.MustCompile(pattern).Match(text) {
		t.Errorf("%s: %s does not show %s", cell, name, pattern)
	}
}

// scriptNames are those in the tables of the tests against real servers.
func scriptNames(t *testing.T) (names []string) {
	t.Helper()
	files, _ := filepath.Glob(filepath.Join(root, "gateway/realtest/*_test.go"))
	entry := regexp.MustCompile(`(?m)^\s*\{"([^"]+)",(?: \w+,)* \w+\},$`)
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range entry.FindAllStringSubmatch(string(text), -1) {
			names = append(names, m[1])
		}
	}
	return names
}
