package form

import (
	"slices"
	"strings"
)

// Same says whether a submitted field has the values of one that was asked, whose Kind
// says how they are read: clients write true for 1, leave white space, change the order of
// a list, and give an empty text no value or an empty one.
func (x Field) Same(asked Field) bool {
	switch asked.Kind {
	case Boolean:
		is, ok := x.Bool()
		was, known := asked.Bool()
		return ok && known && is == was && len(x.Values) == 1
	case TextMulti, JIDMulti, ListMulti:
		return slices.Equal(sorted(x.Lines()), sorted(asked.Lines()))
	}
	return len(x.Values) <= 1 && len(asked.Values) <= 1 && strings.TrimSpace(x.Value()) == strings.TrimSpace(asked.Value())
}

func sorted(lines []string) []string {
	slices.Sort(lines)
	return slices.Compact(lines)
}
