package config

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"time"

	"github.com/go-viper/mapstructure/v2"
	"github.com/spf13/viper"
)

// EnvPrefix begins the name of each environment variable that overrides a setting:
// ISTHMUS_COMPONENT_SECRET is component.secret. Lists are separated by commas there.
// A [[network]] cannot be overridden. An empty variable counts as none. A variable for a
// secret overrides the setting of a file for it too, and the other way round.
const EnvPrefix = "ISTHMUS"

// delimiter separates the parts of a key inside viper. It is not the usual dot, at
// which viper would take host names apart.
const delimiter = "::"

// Load reads the configuration file at path, lets the environment override it, reads
// the files that it names for secrets (relative to its own directory) and checks the
// whole. What is wrong with the content is an *Error with all problems that can be
// told at once; other errors are of the file system.
func Load(path string) (*Config, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the configuration: %w", err)
	}
	c, problems := decode(bytes.TrimPrefix(text, []byte("\ufeff"))) // some editors begin with it
	if len(problems) == 0 {
		problems = append(c.readSecrets(filepath.Dir(path)), c.problems()...)
	}
	if len(problems) > 0 {
		return nil, &Error{Path: path, Problems: problems}
	}
	return c, nil
}

// decode makes a Config of a file's text and the environment, unchecked.
//
// It decodes twice: the first pass gives [irc] and the number of networks, the second
// puts each [[network]] over a copy of [irc], so that a key that is absent inherits.
func decode(text []byte) (*Config, []Problem) {
	v := viper.NewWithOptions(
		viper.KeyDelimiter(delimiter),
		viper.EnvKeyReplacer(strings.NewReplacer(delimiter, "_")),
	)
	v.SetConfigType("toml")
	v.SetEnvPrefix(EnvPrefix)
	c := Default()
	walk(reflect.ValueOf(c).Elem(), "", func(key string, _ reflect.Value) {
		_ = v.BindEnv(strings.ReplaceAll(key, ".", delimiter)) // fails only without a key
	})
	if err := v.ReadConfig(bytes.NewReader(text)); err != nil {
		return nil, []Problem{syntaxProblem(text, err)}
	}
	if err := v.UnmarshalExact(c, strict); err != nil {
		return nil, inOrder(decodeProblems(err))
	}
	for i := range c.Networks {
		c.Networks[i] = Network{IRC: c.IRC}
	}
	if err := v.UnmarshalExact(c, strict); err != nil {
		return nil, inOrder(decodeProblems(err))
	}
	for i := range c.Networks {
		c.Networks[i].Name = strings.ToLower(c.Networks[i].Name)
	}
	return c, nil
}

// strict makes the decoder take a value only for what it is. Strings become other
// things because the environment has nothing else.
func strict(d *mapstructure.DecoderConfig) {
	d.WeaklyTypedInput = false
	d.DecodeHook = mapstructure.ComposeDecodeHookFunc(
		refuse,
		mapstructure.TextUnmarshallerHookFunc(),
		mapstructure.StringToTimeDurationHookFunc(),
		mapstructure.StringToSliceHookFunc(","),
		mapstructure.StringToBasicTypeHookFunc(),
	)
}

// refuse turns down what the decoder would bend into shape.
func refuse(from, to reflect.Value) (any, error) {
	number := from.CanInt() || from.CanFloat()
	switch {
	case to.Type() == reflect.TypeFor[Secret]() && from.Kind() != reflect.String:
		return nil, errors.New("has to be a string")
	case to.Type() == reflect.TypeFor[time.Duration]() && number && from.Type() != to.Type():
		return nil, errors.New("a time needs quotes and a unit, as \"30s\"")
	case to.CanInt() && from.CanFloat():
		return nil, errors.New("has to be a whole number")
	}
	return from.Interface(), nil
}

// walk visits every setting of v, a struct, with its key. Networks are left out: their
// settings have no fixed key.
func walk(v reflect.Value, prefix string, visit func(key string, v reflect.Value)) {
	for field, value := range v.Fields() {
		key := prefix + field.Tag.Get("mapstructure")
		switch {
		case field.Type == reflect.TypeFor[[]Network]():
		case field.Type.Kind() == reflect.Struct && field.Type != reflect.TypeFor[Secret]():
			walk(value, key+".", visit)
		default:
			visit(key, value)
		}
	}
}
