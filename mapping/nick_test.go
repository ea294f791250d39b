package mapping

import (
	"strings"
	"testing"

	"isthmus/ircside/irc"
)

func TestFitNick(t *testing.T) {
	plain, short, wide := &irc.Support{}, &irc.Support{NickLen: 9}, &irc.Support{CaseMapping: irc.Unicode, NickLen: 10}
	tests := []struct {
		name, asked string
		s           *irc.Support
		want        string
	}{
		{"as it is", "Ann[x]\\^{}|_-`9", plain, ""},
		{"accents", "Éloïse", plain, "Eloise"},
		{"loose accents", "E\u0301loise", plain, "Eloise"},
		{"letters with a spelling", "Straße_Ærø", plain, "Strasse_AEro"},
		{"full width", "Ａｎｎ", plain, "Ann"},
		{"space", "ann lee", plain, "ann_lee"},
		{"hostile", "a\x00b\r\nQUIT :x", plain, "a_b__QUIT__x"},
		{"comma and prefix", "@a,b!c*", plain, "_a_b_c_"},
		{"digit first", "4ever", plain, "_4ever"},
		{"hyphen first", "-x", plain, "_-x"},
		{"too long", "constantine", short, "constanti"},
		{"too long, not known", "constantine", plain, ""},
		{"accent at the cut", "constantéxx", short, "constante"},
		{"no letter left", "日本", plain, "user9721"},
		{"nothing", "", plain, "user8261"},
		{"emoji", "😀", plain, "user8256"},
		{"all scripts", "日本é1", wide, "日本é1"},
		{"all scripts, cut", "日本日本", wide, "日本日"},
		{"all scripts, emoji", "日😀", wide, "日_"},
		{"underscores asked for", "___", plain, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			want := tt.want
			if want == "" {
				want = tt.asked
			}
			if got := FitNick(tt.asked, tt.s); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

func TestNickRetry(t *testing.T) {
	known := &irc.Support{NickLen: 6}
	tests := []struct {
		name     string
		asked    string
		s        *irc.Support
		numerics []int
		want     string
	}{
		{"in use", "ann", &irc.Support{}, []int{433, 433, 433, 436, 437}, "ann_ ann__ ann3 ann4 ann5"},
		{"in use, long, length unknown", "constantine", &irc.Support{}, []int{433, 433, 433}, "constantine_ constantine__ constant3"},
		{"in use, length known", "constantine", known, []int{433, 433, 433}, "const_ cons__ const3"},
		{"bad", "Éloïse the second", &irc.Support{}, []int{432, 432, 432, 433}, "Eloise_the_second Eloise_th Eloise_t3 Eloise_t4"},
		{"bad, length known", "Éloïse the second", known, []int{432, 432, 432}, "Eloise Elois2 Elois3"},
		{"the word is bad", "root", &irc.Support{}, []int{432, 432, 432, 432, 432, 432, 432}, "root1 root2 root3 root4 root5 root6 user11737"},
		{"in use, then too long", "constantine", &irc.Support{}, []int{433, 432, 433}, "constantine_ constant2 constant3"},
		{"another numeric", "ann", &irc.Support{}, []int{465}, "ann1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for i, n := range tt.numerics {
				got = append(got, NickRetry(tt.asked, i+1, n, tt.s))
			}
			if all := strings.Join(got, " "); all != tt.want {
				t.Errorf("got  %s\nwant %s", all, tt.want)
			}
		})
	}
}

// Every nick that is tried is one that RFC 2812 allows, they end, and a nick in use
// is not tried twice.
func FuzzNick(f *testing.F) {
	f.Add("Éloïse the 2nd", uint8(9), uint16(0b1010))
	f.Add("\xff\x00 日本", uint8(0), uint16(0))
	f.Fuzz(func(t *testing.T, asked string, length uint8, inUse uint16) {
		s := &irc.Support{NickLen: int(length)}
		check := func(nick string) {
			if nick == "" || strings.Trim(nick, nickCharacters) != "" || isDigit(nick[0]) || nick[0] == '-' || length > 5 && len(nick) > int(length) {
				t.Fatalf("%q for %q, NICKLEN %d", nick, asked, length)
			}
		}
		check(FitNick(asked, s))
		used := map[string]bool{}
		for attempt := 1; ; attempt++ {
			numeric := 432 + int(inUse>>(attempt%16)&1)
			nick := NickRetry(asked, attempt, numeric, s)
			if nick == "" && attempt > nickTries {
				return
			}
			check(nick)
			if length > 5 && numeric == 433 && attempt > 2 {
				if used[nick] {
					t.Fatalf("%q again, for %q", nick, asked)
				}
				used[nick] = true
			}
		}
	})
}

const nickCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789[]\\`_^{|}-"
