package mapping

import (
	"fmt"
	"testing"
)

// All that IRC can show is written so that it is read again as it was, from whatever came
// before, and whatever text follows.
func TestChanges(t *testing.T) {
	var all []style
	colours := [][2]colour{{}, {palette[4], 0}, {palette[12], 0}, {palette[4], palette[12]}, {palette[0], palette[1]}}
	for m := marks(0); m < 1<<len(toggles); m++ {
		for _, c := range colours {
			all = append(all, style{m, c[0], c[1]})
		}
	}
	for _, from := range all {
		for _, to := range all {
			for _, text := range []string{"x", "1", ",1", ",", "12,3"} {
				b := append(appendChange(nil, style{}, from, "-"), '-')
				b = append(appendChange(b, from, to, text), text...)
				got := codes(string(b))
				if got.text != "-"+text || got.at(0) != from || got.at(1) != to || len(got.runs) > 2 {
					t.Fatalf("from %v to %v before %q: %q", from, to, text, b)
				}
			}
			if end := appendChange(nil, to, style{}, ""); len(end) > 1 {
				t.Fatalf("%v ends by %q", to, end)
			}
		}
	}
}

// Of no client all text is black on black. A background alone is nothing to IRC.
func TestOnIRC(t *testing.T) {
	for _, c := range []struct{ css, want string }{
		{"color: red", "\x0304x\x0f"}, {"color: black", "x"}, {"color: #fff", "x"}, {"background-color: red", "x"},
		{"color: black; background-color: red", "\x0301,04x\x0f"}, {"font-weight: bold; color: #010101", "\x02x\x02"},
		{"color: #00f; font-weight: bold", "\x0312\x02x\x0f"},
	} {
		s := Styled{"x", []run{{0, style{}.declared(c.css)}}}
		if got := s.coded(0, 1); got != c.want {
			t.Errorf("%s: %q", c.css, got)
		}
	}
}

// A number of mIRC's is a colour, and of the first sixteen each is nearest to itself.
func TestPalette(t *testing.T) {
	if len(palette) != 99 {
		t.Fatalf("%d colours", len(palette))
	}
	for n := range 100 {
		for _, digits := range []string{fmt.Sprint(n), fmt.Sprintf("%02d", n)} {
			got := codes("\x03" + digits + "x")
			if want := paletteColour(digits); got.text != "x" || got.at(0).fore != want || want == 0 && n != 99 {
				t.Errorf("%s: %v", digits, got)
			}
		}
		if n < everywhere && palette[n].number() != n {
			t.Errorf("%d is %d", n, palette[n].number())
		}
	}
	for name, want := range map[string]int{
		"aqua": 11, "black": 1, "blue": 12, "brown": 5, "cyan": 11, "fuchsia": 13, "gray": 14, "green": 3, "grey": 14,
		"lime": 9, "magenta": 13, "maroon": 5, "navy": 2, "olive": 7, "orange": 7, "pink": 15, "purple": 6, "red": 4,
		"silver": 15, "teal": 10, "white": 0, "yellow": 8,
	} {
		if got := cssColour(name).number(); got != want {
			t.Errorf("%s is %d, want %d", name, got, want)
		}
	}
	if len(colourNames) != 22 {
		t.Error("a name has no test")
	}
}

func TestCSS(t *testing.T) {
	const red, blue = isColour | 0xff0000, isColour | 0x0000ff
	for _, c := range []struct {
		css  string
		want style
	}{
		{"", style{}}, {";;:", style{}}, {"font-weight", style{}}, {"font-weight: bold", style{marks: bold}},
		{"FONT-WEIGHT:Bolder;", style{marks: bold}}, {"font-weight: 700", style{marks: bold}}, {"font-weight: 400", style{}},
		{"font-weight: 99999999999999999999", style{}}, {"font-weight: bold; font-weight: normal", style{}},
		{"font-style: italic", style{marks: italic}}, {"font-style:oblique", style{marks: italic}}, {"font-style: normal", style{}},
		{"text-decoration: underline", style{marks: underline}}, {"text-decoration: line-through", style{marks: struck}},
		{"text-decoration: underline line-through", style{marks: underline | struck}}, {"text-decoration: none", style{}},
		{"font-family: Courier New, serif", style{marks: mono}}, {"font-family: monospace", style{marks: mono}}, {"font-family: Arial", style{}},
		{"color: red", style{fore: red}}, {"color:#F00", style{fore: red}}, {"color: #ff0000", style{fore: red}}, {"color: rgb(255, 0, 0)", style{fore: red}},
		{"color: red; background-color: blue", style{fore: red, back: blue}}, {"color: red; color: nonsense", style{fore: red}},
		{"color: #", style{}}, {"color: #ff", style{}}, {"color: #ggg", style{}}, {"color: #+f0000", style{}}, {"color: #-12345", style{}},
		{"color: rgb(256,0,0)", style{}}, {"color: rgb(-1,0,0)", style{}}, {"color: rgb(1,2)", style{}}, {"color: rgb(", style{}}, {"color: rgb(1,2,3,4)", style{}},
		{"color: #é", style{}}, {"color: #0é", style{}}, {"position: absolute; width: 1e9px", style{}},
	} {
		if got := (style{}).declared(c.css); got != c.want {
			t.Errorf("%q: %v", c.css, got)
		}
	}
}
