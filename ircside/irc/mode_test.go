package irc

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// modern is a network with all kinds of modes.
func modern() *Support {
	return DefaultSupport().With([]string{
		"PREFIX=(qaohv)~&@%+", "CHANMODES=beI,k,lj,imnpst", "STATUSMSG=~&@%+", "MODES=4",
		"CHANTYPES=#&", "KICKLEN=20", "TOPICLEN=10", "AWAYLEN=5", "CHANNELLEN=20", "WHOX",
	})
}

// show writes changes as a test reads them: "+o:ann -v:bob +n".
func show(changes []ModeChange) string {
	var out []string
	for _, c := range changes {
		text := string(sign(c.Add)) + string(c.Mode)
		if c.Arg != "" {
			text += ":" + c.Arg
		}
		out = append(out, text)
	}
	return strings.Join(out, " ")
}

func TestParseModes(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{"+", ""},
		{"+n", "+n"},
		{"nt", "+n +t"},
		{"+o ann", "+o:ann"},
		{"+o-v ann bob", "+o:ann -v:bob"},
		{"+ov ann", "+o:ann +v"},
		{"-o", "-o"},
		{"+b", "+b"},
		{"+bb *!*@a *!*@b", "+b:*!*@a +b:*!*@b"},
		{"+bo *!*@a ann", "+b:*!*@a +o:ann"},
		{"+k-l key", "+k:key -l"},
		{"-k+l key 5", "-k:key +l:5"},
		{"-lo ann", "-l -o:ann"},
		{"+zZ ann", "+z +Z"},
		{"+n junk +o ann", "+n +o:ann"},
		{"+o ann -v bob", "+o:ann -v:bob"},
		{"+o +ann -v bob", "+o:+ann -v:bob"},
		{"+o -v bob", "+o:-v"},
		{"++--+n-+", "+n"},
		{"+n!\xff:t", "+n +t"},
		{"+ntkl key 5", "+n +t +k:key +l:5"},
	} {
		if got := show(ParseModes(modern(), strings.Split(c.in, " "))); got != c.want {
			t.Errorf("%q: %q, want %q", c.in, got, c.want)
		}
	}
	if got := ParseModes(modern(), nil); got != nil {
		t.Errorf("nothing: %v", got)
	}
	for mode, want := range map[byte]ModeKind{'q': PrefixMode, 'b': ListMode, 'k': KeyMode, 'j': LimitMode, 's': FlagMode, 'Z': FlagMode} {
		if got := ParseModes(modern(), []string{string(mode), "x"})[0].Kind; got != want {
			t.Errorf("%c is of kind %d, want %d", mode, got, want)
		}
	}
}

func TestFormatModes(t *testing.T) {
	for _, c := range []struct {
		name, in string
		modes    string
		budget   int
		want     string
	}{
		{"nothing", "", "MODES=4", 100, ""},
		{"signs", "+o-v+v-n ann bob carl", "MODES=4", 100, "+o-v+v-n ann bob carl"},
		{"same sign", "+ov ann bob", "MODES=4", 100, "+ov ann bob"},
		{"at most two", "+ooo a b c", "MODES=2", 100, "+oo a b|+o c"},
		{"flags do not count", "+onvt a b", "MODES=2", 100, "+onvt a b"},
		{"no limit but of parameters", "+oooooooooooooo a b c d e f g h i j k l m n", "MODES=", 100, "+ooooooooooooo a b c d e f g h i j k l m|+o n"},
		{"by bytes", "+oo aaaa bbbb", "MODES=4", 13, "+oo aaaa bbbb"},
		{"by bytes, split", "+oo aaaa bbbb", "MODES=4", 12, "+o aaaa|+o bbbb"},
		{"by bytes, sign", "+o-o aaaa bbbb", "MODES=4", 13, "+o aaaa|-o bbbb"},
		{"one does not fit", "+oo aaaa bbbb", "MODES=4", 0, "+o aaaa|+o bbbb"},
		{"a question comes alone", "+bn", "MODES=4", 100, "+bn"},
	} {
		s := modern().With([]string{c.modes})
		var got []string
		for _, line := range FormatModes(s, ParseModes(s, strings.Split(c.in, " ")), c.budget) {
			got = append(got, strings.Join(line, " "))
		}
		if strings.Join(got, "|") != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestFormatModesAfterQuestion(t *testing.T) {
	changes := []ModeChange{{Add: true, Mode: 'b'}, {Add: true, Mode: 'n'}, {Add: true, Mode: 'o', Arg: "ann"}}
	got := fmt.Sprint(FormatModes(modern(), changes, 100))
	if got != "[[+bn] [+o ann]]" {
		t.Error(got)
	}
}

// FuzzModes: any changes, written and read, are the same; no line has more
// parameters than it may have, or more bytes unless it is a single change.
func FuzzModes(f *testing.F) {
	f.Add("+ov-b+k ann bob *!*@h key", 3, 30)
	f.Add("+bo  x +o -b", 1, 9)
	f.Fuzz(func(t *testing.T, in string, modes, budget int) {
		s := modern().With([]string{fmt.Sprintf("MODES=%d", modes)})
		changes := ParseModes(s, strings.Split(in, " "))
		var back []ModeChange
		for _, line := range FormatModes(s, changes, budget) {
			got := ParseModes(s, line)
			if n := len(strings.Join(line, " ")); n > budget && len(got) > 1 {
				t.Errorf("%q has %d bytes", line, n)
			}
			if len(line)-1 > s.Modes || len(line) > maxParams-1 {
				t.Errorf("%q has too many parameters", line)
			}
			back = append(back, got...)
		}
		if !slices.Equal(back, changes) {
			t.Errorf("%q: %q, then %q", in, show(changes), show(back))
		}
	})
}
