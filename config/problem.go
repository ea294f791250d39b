package config

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/go-viper/mapstructure/v2"
	"github.com/pelletier/go-toml/v2"
)

// A Problem is one thing that is wrong with a configuration. It never shows a secret.
type Problem struct {
	Line int    // of the file, from 1; 0 if the file as such can be read
	Key  string // as gateway.linger or network[0].rate; "" for a syntax error
	Text string
}

// String is the problem on one line.
func (p Problem) String() string {
	switch {
	case p.Line > 0:
		return fmt.Sprintf("line %d: %s", p.Line, p.Text)
	case p.Key != "":
		return p.Key + ": " + p.Text
	default:
		return p.Text
	}
}

// An Error is everything that is wrong with a configuration.
type Error struct {
	Path     string // of the file; "" if there is none
	Problems []Problem
}

// Error names all problems, on one line.
func (e *Error) Error() string {
	all := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		all[i] = p.String()
	}
	text := strings.Join(all, "; ")
	if e.Path == "" {
		return "configuration: " + text
	}
	return "configuration " + e.Path + ": " + text
}

// syntaxProblem says what is wrong with a text that is no TOML, and where. It does not
// quote the text: the line may be the one with the secret.
func syntaxProblem(text []byte, err error) Problem {
	var syntax *toml.DecodeError
	if !errors.As(err, &syntax) {
		return Problem{Line: clash(text), Text: withoutNoise(err)}
	}
	line, _ := syntax.Position()
	if bare(text, line) {
		return Problem{Line: line, Text: "text needs quotes"}
	}
	return Problem{Line: line, Text: withoutNoise(syntax)}
}

// bare says whether a line sets something to a text without quotes.
func bare(text []byte, line int) bool {
	_, value, _ := strings.Cut(strings.Split(string(text), "\n")[line-1], "=")
	value = strings.TrimSpace(value)
	if value == "" || !isLetter(value[0]) && !isDigit(value[0]) {
		return false
	}
	var ignored any
	return toml.Unmarshal([]byte("x = "+value), &ignored) != nil
}

// clash is the line that defines something for the second time. The parser does not
// tell, so it is the end of the shortest beginning of the text that has the same fault.
func clash(text []byte) int {
	var syntax *toml.DecodeError
	line := 0
	for i, b := range append(text, '\n') {
		if b != '\n' {
			continue
		}
		line++
		var ignored any
		if err := toml.Unmarshal(text[:i], &ignored); err != nil && !errors.As(err, &syntax) {
			return line
		}
	}
	return 0
}

// withoutNoise is what a parser's error says, without the names of packages and without
// the value, which strconv would quote.
func withoutNoise(err error) string {
	text := err.Error()
	if i := strings.LastIndex(text, "toml: "); i >= 0 {
		text = text[i+len("toml: "):]
	}
	text, _, _ = strings.Cut(text, ": strconv.")
	return text
}

// decodeProblems lists what does not fit the types, unknown keys among it.
func decodeProblems(err error) []Problem {
	switch e := err.(type) {
	case interface{ Unwrap() []error }:
		var all []Problem
		for _, one := range e.Unwrap() {
			all = append(all, decodeProblems(one)...)
		}
		return all
	case *mapstructure.DecodeError:
		if inner := (*mapstructure.DecodeError)(nil); errors.As(e.Unwrap(), &inner) {
			return decodeProblems(e.Unwrap())
		}
		return valueProblems(e)
	}
	if inner := errors.Unwrap(err); inner != nil {
		return decodeProblems(inner)
	}
	return []Problem{{Text: err.Error()}}
}

// valueProblems says what is wrong with the value of one key: that has several only if
// it is a table, in which more than one key is unknown.
func valueProblems(e *mapstructure.DecodeError) []Problem {
	key := strings.TrimPrefix(e.Name(), reflect.TypeFor[Config]().String()) // which it calls the top level
	text := e.Unwrap().Error()
	if names, ok := strings.CutPrefix(text, "has invalid keys: "); ok {
		var all []Problem
		for name := range strings.SplitSeq(names, ", ") {
			all = append(all, Problem{Key: strings.TrimPrefix(key+"."+name, "."), Text: "there is no such setting"})
		}
		return all
	}
	var kind *mapstructure.UnconvertibleTypeError
	switch {
	case errors.As(e, &kind):
		text = "has to be a " + kind.Expected.Kind().String()
	case strings.HasPrefix(text, "expected a map or struct"):
		text = "has to be a table"
	case key == "network":
		text = "has to be tables, each headed [[network]]"
	case strings.HasPrefix(text, "source data must be an array"):
		text = "has to be a list"
	}
	return []Problem{{Key: key, Text: text}}
}

// inOrder sorts problems by their keys: the decoder goes through tables as maps.
func inOrder(problems []Problem) []Problem {
	slices.SortStableFunc(problems, func(a, b Problem) int { return strings.Compare(a.Key, b.Key) })
	return problems
}
