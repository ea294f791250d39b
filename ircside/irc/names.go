package irc

import (
	"iter"
	"slices"
	"strings"
	"unicode"
)

// A CaseMapping says which spellings of a nick or channel are one name
// (ISUPPORT CASEMAPPING). The zero value is RFC 1459's, the default of ISUPPORT.
type CaseMapping uint8

// The case mappings. Unicode stands for those of newer servers (rfc7613, rfc8265):
// near enough, as names that a server holds for different stay apart from one another
// but for letters that PRECIS alone joins.
const (
	RFC1459       CaseMapping = iota // ASCII, and []\^ as {}|~
	RFC1459Strict                    // ASCII, and []\ as {}|
	ASCII
	Unicode
)

// ParseCaseMapping reads the value of CASEMAPPING. A name that it does not know
// is Unicode, which folds all that ASCII does.
func ParseCaseMapping(name string) CaseMapping {
	switch strings.ToLower(name) {
	case "rfc1459", "":
		return RFC1459
	case "rfc1459-strict", "strict-rfc1459":
		return RFC1459Strict
	case "ascii":
		return ASCII
	}
	return Unicode
}

// last is the greatest byte that has a lower case, 32 above it.
func (m CaseMapping) last() byte {
	switch m {
	case RFC1459:
		return '^'
	case RFC1459Strict:
		return ']'
	}
	return 'Z'
}

// Fold brings all spellings of a name to one. It allocates nothing for a name that
// is folded already.
func (m CaseMapping) Fold(name string) string {
	last := m.last()
	for i := range len(name) {
		c := name[i]
		if c >= 0x80 && m == Unicode {
			return strings.Map(unicode.ToLower, name)
		}
		if 'A' <= c && c <= last {
			return m.foldFrom(name, i)
		}
	}
	return name
}

func (m CaseMapping) foldFrom(name string, i int) string {
	if m == Unicode {
		return strings.Map(unicode.ToLower, name)
	}
	last := m.last()
	b := []byte(name)
	for ; i < len(b); i++ {
		if c := b[i]; 'A' <= c && c <= last {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// A Map keeps values by name, whichever way the name is spelt, and the spelling
// that it was last set with. Nobody changes it while iterating.
type Map[V any] struct {
	mapping CaseMapping
	index   map[string]int32 // folded name to entry
	entries []named[V]
}

type named[V any] struct {
	name  string
	value V
}

// NewMap makes an empty map.
func NewMap[V any](m CaseMapping) *Map[V] { return &Map[V]{mapping: m} }

// Len is how many names there are.
func (m *Map[V]) Len() int { return len(m.entries) }

// Get finds a name's value.
func (m *Map[V]) Get(name string) (v V, ok bool) {
	i, ok := m.index[m.mapping.Fold(name)]
	if !ok {
		return v, false
	}
	return m.entries[i].value, true
}

// Set gives a name a value, and this spelling.
func (m *Map[V]) Set(name string, v V) {
	key := m.mapping.Fold(name)
	if i, ok := m.index[key]; ok {
		m.entries[i] = named[V]{name, v}
		return
	}
	if m.index == nil {
		m.index = make(map[string]int32)
	}
	m.index[key] = int32(len(m.entries))
	m.entries = append(m.entries, named[V]{name, v})
}

// Delete takes a name out, if it is in.
func (m *Map[V]) Delete(name string) {
	key := m.mapping.Fold(name)
	i, ok := m.index[key]
	if !ok {
		return
	}
	last := len(m.entries) - 1
	if moved := m.entries[last]; int(i) != last {
		m.entries[i] = moved
		m.index[m.mapping.Fold(moved.name)] = i
	}
	m.entries[last] = named[V]{}
	m.entries = m.entries[:last]
	delete(m.index, key)
}

// All yields spellings and values in the order in which names came in, but that the
// last takes the place of one that is deleted: what order it is depends on nothing
// but what was done to the map.
func (m *Map[V]) All() iter.Seq2[string, V] {
	return func(yield func(string, V) bool) {
		for _, e := range m.entries {
			if !yield(e.name, e.value) {
				return
			}
		}
	}
}

// Sorted yields spellings and values in the order of the folded names.
func (m *Map[V]) Sorted() iter.Seq2[string, V] {
	return func(yield func(string, V) bool) {
		keys := make([]string, 0, len(m.index))
		for key := range m.index {
			keys = append(keys, key)
		}
		slices.Sort(keys)
		for _, key := range keys {
			if e := m.entries[m.index[key]]; !yield(e.name, e.value) {
				return
			}
		}
	}
}

// Refold takes on another case mapping. Of names that are one by now, the value and
// spelling that came in last stay.
func (m *Map[V]) Refold(to CaseMapping) {
	if to == m.mapping {
		return
	}
	old := m.entries
	*m = Map[V]{mapping: to}
	for _, e := range old {
		m.Set(e.name, e.value)
	}
}
