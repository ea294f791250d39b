package config

import (
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// maxSecret is the longest secret that a file may hold, in bytes.
const maxSecret = 4096

// readSecrets puts the content of each secret's file where the secret belongs.
// Relative paths begin at dir. A variable for either of the two settings of a secret
// overrides both: what the file says of the other must not contradict it.
func (c *Config) readSecrets(dir string) []Problem {
	var problems []Problem
	read := func(key string, secret *Secret, path *string) {
		variable := EnvPrefix + "_" + strings.ToUpper(strings.ReplaceAll(key, ".", "_"))
		given, named := os.Getenv(variable) != "", os.Getenv(variable+"_FILE") != ""
		if given && !named {
			*path = ""
		} else if named && !given {
			*secret = Secret{}
		}
		if *path == "" {
			return
		}
		if !secret.IsZero() {
			problems = append(problems, Problem{Key: key, Text: "is given, and " + key + "_file too: one of them has to go"})
			return
		}
		*path = absolute(dir, *path)
		text, err := readSecret(*path)
		if err != nil {
			problems = append(problems, Problem{Key: key + "_file", Text: err.Error()})
		}
		*secret = NewSecret(text)
	}
	read("component.secret", &c.Component.Secret, &c.Component.SecretFile)
	read("store.postgres", &c.Store.Postgres, &c.Store.PostgresFile)
	if c.Store.Path != StoreMemory {
		c.Store.Path = absolute(dir, c.Store.Path)
	}
	read("gateway.ident_secret", &c.Gateway.IdentSecret, &c.Gateway.IdentSecretFile)
	c.IRC.TLSCAFile = absolute(dir, c.IRC.TLSCAFile)
	for i := range c.Networks {
		n := &c.Networks[i]
		read(networkKey(i, "password"), &n.Password, &n.PasswordFile)
		n.TLSCAFile = absolute(dir, n.TLSCAFile)
	}
	return problems
}

// readSecret is the content of a file without the end of its line.
func readSecret(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxSecret+1))
	if err != nil {
		return "", err
	}
	secret := strings.TrimRight(string(text), "\r\n")
	switch {
	case secret == "":
		return "", fmt.Errorf("%s is empty", path)
	case len(text) > maxSecret:
		return "", fmt.Errorf("%s has more than %d bytes", path, maxSecret)
	case strings.ContainsAny(secret, "\r\n\x00"):
		return "", fmt.Errorf("%s has more than one line", path)
	}
	return secret, nil
}

// checkCAFile says why the file does not serve as a list of certificates, "" if it does.
func checkCAFile(path string) string {
	text, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return path + " does not exist"
	case err != nil:
		return err.Error()
	case !x509.NewCertPool().AppendCertsFromPEM(text):
		return path + " has no certificate in PEM form"
	}
	return ""
}

// absolute is path as seen from dir; an empty path stays so.
func absolute(dir, path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}
