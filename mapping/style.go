package mapping

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
)

// A style is how characters look. The zero style is plain.
type style struct {
	marks      marks
	fore, back colour
}

// marks are the parts of a style that are there or not.
type marks uint8

const (
	bold marks = 1 << iota
	italic
	underline
	struck
	mono
	reverse
)

// toggles are the codes of the marks, which begin and end them, in the order in which
// they are written. https://modern.ircdocs.horse/formatting
var toggles = [...]struct {
	mark marks
	code byte
}{{bold, 0x02}, {italic, 0x1d}, {underline, 0x1f}, {struck, 0x1e}, {mono, 0x11}, {reverse, 0x16}}

const resetCode = 0x0f

// A colour is red, green and blue, a byte each, and a bit that says that there is one.
// The zero colour is that of whoever reads.
type colour uint32

const isColour colour = 1 << 24

// String is the colour as CSS has it.
func (c colour) String() string { return fmt.Sprintf("#%06x", uint32(c&^isColour)) }

// hexColour reads six hexadecimal digits; anything else is none.
func hexColour(digits string) colour {
	n, err := strconv.ParseUint(digits, 16, 32)
	if err != nil || len(digits) != 6 {
		return 0
	}
	return colour(n) | isColour
}

// palette are the colours of mIRC by number. The first sixteen are what all clients
// have, as mIRC shows them; of the others everybody shows the same.
// https://modern.ircdocs.horse/formatting#colors
var palette = func() (out []colour) {
	for _, digits := range strings.Fields(`
		ffffff 000000 00007f 009300 ff0000 7f0000 9c009c fc7f00 ffff00 00fc00 009393 00ffff 0000fc ff00ff 7f7f7f d2d2d2
		470000 472100 474700 324700 004700 00472c 004747 002747 000047 2e0047 470047 47002a
		740000 743a00 747400 517400 007400 007449 007474 004074 000074 4b0074 740074 740045
		b50000 b56300 b5b500 7db500 00b500 00b571 00b5b5 0063b5 0000b5 7500b5 b500b5 b5006b
		ff0000 ff8c00 ffff00 b2ff00 00ff00 00ffa0 00ffff 008cff 0000ff a500ff ff00ff ff0098
		ff5959 ffb459 ffff71 cfff60 6fff6f 65ffc9 6dffff 59b4ff 5959ff c459ff ff66ff ff59bc
		ff9c9c ffd39c ffff9c e2ff9c 9cff9c 9cffdb 9cffff 9cd3ff 9c9cff dc9cff ff9cff ff94d3
		000000 131313 282828 363636 4d4d4d 656565 818181 9f9f9f bcbcbc e2e2e2 ffffff`) {
		out = append(out, hexColour(digits))
	}
	return out
}()

// everywhere is how many of the palette all clients know.
const everywhere = 16

// paletteColour is a colour by mIRC's number; 99, and whatever has none, is that of the
// reader.
func paletteColour(digits string) colour {
	if n, err := strconv.Atoi(digits); err == nil && n < len(palette) {
		return palette[n]
	}
	return 0
}

// number is that of the colour that is nearest among those that everybody has.
func (c colour) number() (nearest int) {
	least := -1
	for i, p := range palette[:everywhere] {
		sum := 0
		for shift := 0; shift < 24; shift += 8 {
			d := int(c>>shift&0xff) - int(p>>shift&0xff)
			sum += d * d
		}
		if least < 0 || sum < least {
			nearest, least = i, sum
		}
	}
	return nearest
}

// colourNames are those of CSS 1 §6.3, and a few that are as old.
var colourNames = map[string]string{
	"aqua": "00ffff", "black": "000000", "blue": "0000ff", "brown": "a52a2a", "cyan": "00ffff",
	"fuchsia": "ff00ff", "gray": "808080", "green": "008000", "grey": "808080", "lime": "00ff00",
	"magenta": "ff00ff", "maroon": "800000", "navy": "000080", "olive": "808000", "orange": "ffa500",
	"pink": "ffc0cb", "purple": "800080", "red": "ff0000", "silver": "c0c0c0", "teal": "008080",
	"white": "ffffff", "yellow": "ffff00",
}

// cssColour reads a colour as CSS has it; zero for what is none.
func cssColour(value string) colour {
	if digits, ok := strings.CutPrefix(value, "#"); ok {
		if len(digits) == 3 {
			digits = string([]byte{digits[0], digits[0], digits[1], digits[1], digits[2], digits[2]})
		}
		return hexColour(digits)
	}
	if list, ok := strings.CutPrefix(value, "rgb("); ok {
		parts := strings.Split(strings.TrimSuffix(list, ")"), ",")
		c := isColour
		for i := 0; i < 3 && len(parts) == 3; i++ {
			n, err := strconv.ParseUint(strings.TrimSpace(parts[i]), 10, 8)
			if err != nil {
				return 0
			}
			c |= colour(n) << (16 - 8*i)
		}
		if len(parts) == 3 {
			return c
		}
	}
	return hexColour(colourNames[value])
}

// maxDeclarations bounds how much of a style attribute is read.
const maxDeclarations = 64

// declared is a style with what an attribute declares besides. XEP-0071 §6.2
func (s style) declared(css string) style {
	for range maxDeclarations {
		var one string
		var more bool
		one, css, more = strings.Cut(css, ";")
		name, value, _ := strings.Cut(lowerASCII(one), ":")
		s = s.declare(strings.TrimSpace(name), strings.TrimSpace(value))
		if !more {
			break
		}
	}
	return s
}

func (s style) declare(name, value string) style {
	switch name {
	case "font-weight":
		n, err := strconv.Atoi(value)
		s.marks = s.marks.with(bold, value == "bold" || value == "bolder" || err == nil && n >= 600)
	case "font-style":
		s.marks = s.marks.with(italic, value == "italic" || value == "oblique")
	case "text-decoration": // which is drawn through what is within as well: "none" ends nothing
		s.marks = s.marks.with(underline, s.marks&underline != 0 || strings.Contains(value, "underline"))
		s.marks = s.marks.with(struck, s.marks&struck != 0 || strings.Contains(value, "line-through"))
	case "font-family":
		s.marks = s.marks.with(mono, strings.Contains(value, "mono") || strings.Contains(value, "courier"))
	case "color":
		s.fore = cmp.Or(cssColour(value), s.fore)
	case "background-color":
		s.back = cmp.Or(cssColour(value), s.back)
	}
	return s
}

// common is what two styles have in common.
func (s style) common(other style) style {
	if s.marks &= other.marks; s.fore != other.fore || s.back != other.back {
		s.fore, s.back = 0, 0
	}
	return s
}

func (m marks) with(mark marks, on bool) marks {
	if on {
		return m | mark
	}
	return m &^ mark
}

// onIRC is a style as far as IRC has it. Black or white alone is what a client writes
// all text in, not what somebody chose: there may be readers with a background of that
// very colour. A background alone is nothing to mIRC.
func (s style) onIRC() style {
	if s.fore == 0 || s.back == 0 && s.fore.number() <= 1 {
		s.fore, s.back = 0, 0
	}
	return s
}

// appendChange appends the codes that make one style another before some text. They
// never run into the text: a colour has two digits always, and what looks like its
// background is kept apart.
func appendChange(b []byte, from, to style, text string) []byte {
	from, to = from.onIRC(), to.onIRC()
	switch {
	case from == to:
		return b
	case to == style{} && from.fore == 0 && from.marks&(from.marks-1) == 0: // of one mark its own code
	case to == style{}, from.fore != 0 && to.fore == 0, from.back != 0 && to.back == 0:
		b, from = append(b, resetCode), style{} // for who is told no colour takes digits that follow
	}
	guarded := true
	if to.fore != from.fore || to.back != from.back {
		b = fmt.Appendf(b, "%c%02d", colourCode, to.fore.number())
		if guarded = to.back != 0; guarded {
			b = fmt.Appendf(b, ",%02d", to.back.number())
		}
	}
	for _, t := range toggles {
		if (from.marks^to.marks)&t.mark != 0 {
			b, guarded = append(b, t.code), true
		}
	}
	if !guarded && text != "" && text[0] == ',' {
		b = append(b, toggles[0].code, toggles[0].code)
	}
	return b
}
