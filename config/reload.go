package config

import (
	"reflect"
	"slices"
	"strings"
)

// fixed are the settings, or tables of them, that hold until the program ends: those
// that the addresses and names which people know already are made of, and those of the
// link that is up.
func fixed() []string {
	return []string{
		"component.", "log.format", "store.",
		"gateway.fixed_network", "gateway.ident_secret", "gateway.ident_secret_file",
	}
}

// Next is the configuration in effect when next was loaded while the program runs with
// c: next, but for what cannot change without a restart. The keys of such settings
// that do differ are returned, in the order of the file. Neither c nor next is changed.
func (c *Config) Next(next *Config) (*Config, []string) {
	effective := *next
	var kept []string
	now := map[string]reflect.Value{}
	walk(reflect.ValueOf(c).Elem(), "", func(key string, v reflect.Value) { now[key] = v })
	walk(reflect.ValueOf(&effective).Elem(), "", func(key string, v reflect.Value) {
		holds := slices.ContainsFunc(fixed(), func(f string) bool {
			return key == f || strings.HasSuffix(f, ".") && strings.HasPrefix(key, f)
		})
		if holds && !reflect.DeepEqual(v.Interface(), now[key].Interface()) {
			v.Set(now[key])
			kept = append(kept, key)
		}
	})
	return &effective, kept
}
