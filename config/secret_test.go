package config

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

const hunter = "hunter2" // the secret that must not be seen

func TestSecretNeverPrints(t *testing.T) {
	type inside struct{ unexported Secret }
	s := NewSecret(hunter)
	full := Default()
	full.Component.Secret, full.Gateway.IdentSecret = s, s
	full.Networks, full.Store.Postgres = []Network{{Password: s}}, s
	outputs := map[string]string{"String": s.String(), "Error": (&Error{Problems: full.problems()}).Error()}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%p", "%T", "%20.9s"} {
		outputs["secret "+verb] = fmt.Sprintf(verb, s)
		outputs["pointer "+verb] = fmt.Sprintf(verb, &s)
		outputs["config "+verb] = fmt.Sprintf(verb, full)
		outputs["field "+verb] = fmt.Sprintf(verb, inside{s})
	}
	encoded, err := json.Marshal(full)
	if err != nil {
		t.Fatal(err)
	}
	outputs["JSON"] = string(encoded)
	for name, out := range outputs {
		if strings.Contains(out, hunter) || strings.Contains(strings.ToLower(out), fmt.Sprintf("%x", hunter)) {
			t.Errorf("%s shows it: %s", name, out)
		}
	}
	for _, got := range []string{outputs["secret %v"], outputs["secret %#v"], outputs["secret %x"], s.String()} {
		if got != "(secret)" {
			t.Errorf("printed as %q", got)
		}
	}
	if strings.Count(string(encoded), `"(secret)"`) != 4 {
		t.Errorf("JSON is %s", encoded)
	}
}

func TestSecretReveals(t *testing.T) {
	for _, s := range []string{"", hunter} {
		got := NewSecret(s)
		if got.Reveal() != s || got.IsZero() != (s == "") || (got.String() == "") != (s == "") {
			t.Errorf("%q: reveals %q, zero %v, prints %q", s, got.Reveal(), got.IsZero(), got)
		}
	}
}

// TestErrorsHideSecrets makes every mistake around a secret that the parsers know.
func TestErrorsHideSecrets(t *testing.T) {
	for _, value := range []string{
		"hunter2", "'hunter2", `"hunter2`, `"\hunter2"`, "['hunter2']", "{a = 'hunter2'}", "'x' hunter2", `"hunter2` + "\x00\"",
		`"""hunter2`, "'x'\nsecret = 'hunter2'", "1979-05-27T07:32:00Z hunter2", `"hunter2\u00"`, "=hunter2", "''hunter2'",
	} {
		for _, key := range []string{"[component]\nsecret", "[gateway]\nident_secret", "[store]\npostgres", "[[network]]\npassword"} {
			_, err := load(t, key+" = "+value+"\n")
			if err == nil || strings.Contains(err.Error(), hunter) {
				t.Errorf("%s = %s: %v", key, value, err)
			}
		}
	}
	const number = "123456789012345678901"
	if _, err := load(t, "[component]\nsecret = "+number+"\n"); err == nil || strings.Contains(err.Error(), number) {
		t.Errorf("a number: %v", err)
	}
}

func TestSecretFiles(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{
		"good": "hunter2\r\n", "empty": "\n", "lines": "a\nb\n", "nul": "a\x00b", "long": strings.Repeat("x", maxSecret+1), "isthmus.toml": "",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(dir, "isthmus.toml")
	try := func(component string) (*Config, error) {
		text := strings.Replace(minimal, `secret = "hunter2"`, component, 1) + "password_file = '" + filepath.Join(dir, "good") + "'\n"
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return Load(path)
	}
	c, err := try(`secret_file = "good"`)
	if err != nil {
		t.Fatal(err)
	}
	if c.Component.Secret.Reveal() != hunter || c.Networks[0].Password.Reveal() != hunter || c.Component.SecretFile != filepath.Join(dir, "good") {
		t.Errorf("read %q and %q from %s", c.Component.Secret.Reveal(), c.Networks[0].Password.Reveal(), c.Component.SecretFile)
	}
	for component, want := range map[string]string{
		`secret_file = "none"`:                  "component.secret_file: open " + dir + "/none: no such file or directory",
		`secret_file = "empty"`:                 "component.secret_file: " + dir + "/empty is empty",
		`secret_file = "lines"`:                 "component.secret_file: " + dir + "/lines has more than one line",
		`secret_file = "nul"`:                   "component.secret_file: " + dir + "/nul has more than one line",
		`secret_file = "long"`:                  "component.secret_file: " + dir + "/long has more than 4096 bytes",
		"secret = 'a'\nsecret_file = 'good'":    "component.secret: is given, and component.secret_file too: one of them has to go",
		"secret_file = ''":                      "component.secret: is missing: set it, or secret_file, or the variable ISTHMUS_COMPONENT_SECRET",
		"secret = 'a'\n[irc]\ntls_ca_file='ca'": "irc.tls_ca_file: " + dir + "/ca does not exist",
		"secret='a'\n[irc]\ntls_ca_file='good'": "irc.tls_ca_file: " + dir + "/good has no certificate in PEM form",
	} {
		_, err := try(component)
		if got := problems(t, err); !reflect.DeepEqual(got, []string{want}) {
			t.Errorf("%s:\ngot  %q\nwant %q", component, got, want)
		}
	}
}

// TestSecretVariables: what the environment says of a secret replaces all that the file
// says of it.
func TestSecretVariables(t *testing.T) {
	const variable = "ISTHMUS_COMPONENT_SECRET"
	named := filepath.Join(t.TempDir(), "named")
	if err := os.WriteFile(named, []byte("of the file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ file, secret, secretFile, want, fault string }{
		"a secret for a secret": {`secret = "a"`, "b", "", "b", ""},
		"a secret for a file":   {`secret_file = "none"`, "b", "", "b", ""},
		"a file for a secret":   {`secret = "a"`, "", named, "of the file", ""},
		"a file for a file":     {`secret_file = "none"`, "", named, "of the file", ""},
		"both":                  {"", "b", named, "", "component.secret: is given, and component.secret_file too: one of them has to go"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv(variable, c.secret)
			t.Setenv(variable+"_FILE", c.secretFile)
			got, err := load(t, strings.Replace(minimal, `secret = "hunter2"`, c.file, 1))
			switch {
			case c.fault != "":
				if all := problems(t, err); !reflect.DeepEqual(all, []string{c.fault}) {
					t.Errorf("got %q", all)
				}
			case err != nil:
				t.Error(err)
			case got.Component.Secret.Reveal() != c.want:
				t.Errorf("got %q, want %q", got.Component.Secret.Reveal(), c.want)
			}
		})
	}
}
