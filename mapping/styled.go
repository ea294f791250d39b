package mapping

import (
	"slices"
	"strings"
	"unicode"
)

// Styled is text, and how its characters look.
type Styled struct {
	text string
	runs []run
}

// A run begins where characters look different from those before; what comes before the
// first is plain.
type run struct {
	at    int // in bytes
	style style
}

// Plain is text that looks like nothing in particular.
func Plain(text string) Styled { return Styled{text: text} }

// String is the text alone.
func (s Styled) String() string { return s.text }

// IsPlain says whether nothing in the text looks different from the rest.
func (s Styled) IsPlain() bool { return len(s.runs) == 0 }

// Weight is how many bytes of memory the look takes, about.
func (s Styled) Weight() int { return 24 * len(s.runs) }

// A stylist writes styled text piece by piece.
type stylist struct {
	text strings.Builder
	runs []run
	last style
}

func (w *stylist) write(text string, look style) {
	if text == "" {
		return
	}
	if look != w.last {
		w.runs = append(w.runs, run{w.text.Len(), look})
		w.last = look
	}
	w.text.WriteString(text)
}

func (w *stylist) styled() Styled { return Styled{w.text.String(), w.runs} }

// after is the text behind a plain one.
func (s Styled) after(before string) Styled {
	runs := slices.Clone(s.runs)
	for i := range runs {
		runs[i].at += len(before)
	}
	return Styled{before + s.text, runs}
}

// before is the text before a plain one.
func (s Styled) before(after string) Styled {
	if n := len(s.runs); n > 0 && after != "" && s.runs[n-1].style != (style{}) {
		s.runs = append(slices.Clip(s.runs), run{len(s.text), style{}})
	}
	s.text += after
	return s
}

// from is the text from a place on.
func (s Styled) from(at int) Styled {
	out := Styled{text: s.text[at:]}
	if look := s.at(at); look != (style{}) {
		out.runs = append(out.runs, run{0, look})
	}
	for _, p := range s.runs[s.runsTo(at):] {
		out.runs = append(out.runs, run{p.at - at, p.style})
	}
	return out
}

// runsTo is how many runs begin at a place or before.
func (s Styled) runsTo(at int) int {
	i, _ := slices.BinarySearchFunc(s.runs, at, func(p run, at int) int {
		if p.at <= at {
			return -1
		}
		return 1
	})
	return i
}

// at is how the character at a place looks.
func (s Styled) at(at int) style {
	if i := s.runsTo(at); i > 0 {
		return s.runs[i-1].style
	}
	return style{}
}

// each goes through a part of the text, by what looks the same.
func (s Styled) each(from, to int, yield func(text string, look style) bool) {
	i := s.runsTo(from)
	for from < to {
		end, look := to, style{}
		if i > 0 {
			look = s.runs[i-1].style
		}
		if i < len(s.runs) {
			end = min(end, s.runs[i].at)
		}
		if from < end && !yield(s.text[from:end], look) {
			return
		}
		from = max(from, end)
		i++
	}
}

// clean is the text as IRC may have it: see the function of that name.
func (s Styled) clean() Styled {
	if s.IsPlain() {
		s.text = clean(s.text)
		return s
	}
	var w stylist
	s.each(0, len(s.text), func(text string, look style) bool {
		w.write(clean(text), look)
		return true
	})
	return w.styled()
}

// leastBudget is how long a line must be to hold codes besides words.
const leastBudget = 64

// Lines splits the text as [Split] does. Each line has the codes that make it look as it
// shall by itself, whatever line comes before or after it; they count as its bytes.
func (s Styled) Lines(budget, limit int) (lines []string, rest bool) {
	if s.IsPlain() || budget < leastBudget {
		return Split(s.text, budget, limit)
	}
	for text := s.text; text != ""; {
		at := len(s.text) - len(text)
		line, after := cutLine(text)
		text = after
		for strings.TrimSpace(line) != "" {
			if limit > 0 && len(lines) == limit {
				return lines, true
			}
			end := at + len(line)
			head, more := cutWords(line, s.room(at, end, budget))
			if !strings.HasPrefix(line, head) { // without an indent
				trimmed := strings.TrimLeftFunc(line, unicode.IsSpace)
				at += len(line) - len(trimmed)
				line = trimmed
				continue
			}
			lines = append(lines, s.coded(at, at+len(head)))
			line, at = more, end-len(more)
		}
	}
	return lines, false
}

// room is how many bytes of a part of the text go into a line with their codes.
func (s Styled) room(from, to, budget int) (n int) {
	var codes [32]byte
	var now style
	most := budget - 1 // for the code that ends them all
	s.each(from, from+min(to-from, budget), func(text string, look style) bool {
		most -= len(appendChange(codes[:0], now, look, text))
		if most <= n {
			return false
		}
		now = look
		n = min(n+len(text), most)
		return n < most
	})
	return n
}

// coded is a part of the text with codes.
func (s Styled) coded(from, to int) string {
	var b []byte
	var now style
	s.each(from, to, func(text string, look style) bool {
		b = appendChange(b, now, look, text)
		b = append(b, text...)
		now = look
		return true
	})
	return string(appendChange(b, now, style{}, ""))
}

// codes reads text from IRC: what [Strip] leaves of it, and what the codes say.
func codes(s string) Styled {
	var w stylist
	var now style
	for s != "" {
		i := strings.IndexFunc(s, isStripped)
		if i < 0 {
			w.write(s, now)
			break
		}
		w.write(s[:i], now)
		n, instead := control(s[i:])
		w.write(instead, now)
		now = now.coded(s[i : i+n])
		s = s[i+n:]
	}
	return w.styled()
}

// coded is the style after a code, with its digits.
func (s style) coded(code string) style {
	switch code[0] {
	case resetCode:
		return style{}
	case colourCode, hexColourCode:
		read := paletteColour
		if code[0] == hexColourCode {
			read = hexColour
		}
		fore, back, both := strings.Cut(code[1:], ",")
		if fore == "" {
			s.fore, s.back = 0, 0
			return s
		}
		s.fore = read(fore)
		if both {
			s.back = read(back)
		}
		return s
	}
	for _, t := range toggles {
		if code[0] == t.code {
			s.marks ^= t.mark
		}
	}
	return s
}
