package config

import (
	"fmt"
	"io"
)

// A Secret is a string that does not print: not by fmt whatever the verb, not as
// JSON, not in a log. The zero Secret is none.
//
// It holds a pointer because fmt does not ask the methods of a value that it finds in
// an unexported field, and shows the address then instead of the string.
type Secret struct{ s *string }

const hidden = "(secret)"

// NewSecret hides s. An empty s gives no secret.
func NewSecret(s string) Secret {
	if s == "" {
		return Secret{}
	}
	return Secret{&s}
}

// Reveal is the secret itself, "" if there is none. Its result is for the peer that
// shares it and never for a log or an error.
func (s Secret) Reveal() string {
	if s.s == nil {
		return ""
	}
	return *s.s
}

// IsZero says whether there is no secret.
func (s Secret) IsZero() bool { return s.s == nil }

// String says that there is a secret, or nothing if there is none.
func (s Secret) String() string {
	if s.s == nil {
		return ""
	}
	return hidden
}

// Format is String for every verb of fmt, for %#v too.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// MarshalText is String, for JSON and whatever else encodes values.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText takes the secret from a configuration.
func (s *Secret) UnmarshalText(text []byte) error {
	*s = NewSecret(string(text))
	return nil
}
