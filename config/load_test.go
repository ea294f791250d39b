package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

// minimal is the least that a file has to say.
const minimal = `
[component]
domain = "irc.example.org"
secret = "hunter2"
[[network]]
name = "libera"
addresses = ["irc.libera.chat:6697"]
`

// load writes text to a file and loads it.
func load(t *testing.T, text string) (*Config, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "isthmus.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return Load(path)
}

func mustLoad(t *testing.T, text string) *Config {
	t.Helper()
	c, err := load(t, text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// problems are those of an error of Load, each as a string.
func problems(t *testing.T, err error) []string {
	t.Helper()
	var bad *Error
	if !errors.As(err, &bad) {
		t.Fatalf("not an *Error: %v", err)
	}
	all := make([]string, len(bad.Problems))
	for i, p := range bad.Problems {
		all[i] = p.String()
	}
	return all
}

// Some editors begin a file with a byte order mark.
func TestLoadMark(t *testing.T) {
	mustLoad(t, "\ufeff"+minimal)
	if _, err := load(t, "\ufeff\n=\n"); err == nil || !strings.Contains(err.Error(), "line 2: ") {
		t.Errorf("got %v", err)
	}
}

func TestLoadMinimal(t *testing.T) {
	want := Default()
	want.Component.Domain = "irc.example.org"
	want.Component.Secret = NewSecret("hunter2")
	want.Networks = []Network{{Name: "libera", Addresses: []string{"irc.libera.chat:6697"}, IRC: want.IRC}}
	if got := mustLoad(t, minimal); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestLoadInherits(t *testing.T) {
	c := mustLoad(t, `
[component]
domain = "irc.example.org"
secret = "hunter2"
[[network]]
name = "irc.OFTC.net"
addresses = ["irc.oftc.net:6697", "[::1]:6667"]
quit_message = "#Foo[Bar]"
rate = 3
tls = false
ops_are_owners = "never"
[irc]
burst = 77
ping_interval = "5m"
tls_verify = false
[[network]]
name = "plain"
addresses = ["127.0.0.1:6667"]
`)
	first, second := c.IRC, c.IRC
	first.QuitMessage, first.Rate, first.TLS, first.OpsAreOwners = "#Foo[Bar]", 3, false, OwnersNever
	want := []Network{
		{Name: "irc.oftc.net", Addresses: []string{"irc.oftc.net:6697", "[::1]:6667"}, IRC: first},
		{Name: "plain", Addresses: []string{"127.0.0.1:6667"}, IRC: second},
	}
	if !reflect.DeepEqual(c.Networks, want) {
		t.Errorf("got  %+v\nwant %+v", c.Networks, want)
	}
	if c.IRC.Burst != 77 || c.IRC.PingInterval != 5*time.Minute || c.IRC.TLSVerify || !c.IRC.TLS {
		t.Errorf("[irc] is %+v", c.IRC)
	}
}

// TestLoadEnvironment overrides every setting that there is from the environment.
func TestLoadEnvironment(t *testing.T) {
	dir := t.TempDir()
	secret := filepath.Join(dir, "secret")
	if err := os.WriteFile(secret, []byte("from a file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	special := map[string]string{
		"component.address": "localhost:1", "component.domain": "gw.example.net",
		"component.secret": "from the environment", "component.max_stanza": "10001",
		"log.level": "trace", "log.format": "console",
		"gateway.fixed_network": "libera", "gateway.allow": "a.example,*@b.example", "gateway.deny": "c.example", "gateway.admins": "root@a.example",
		"gateway.realname": "", "gateway.ident_secret_file": secret,
		"irc.tls_ca_file": "", "irc.bind_address": "127.0.0.1", "irc.encoding": "koi8-r",
		"irc.fallback_charset": "latin1", "irc.ops_are_owners": "always", "irc.groupchat10": "off", "irc.gc_warn": "refuse",
		"component.queue_bytes": "70000", "store.path": "/elsewhere/isthmus.db", "store.postgres": "postgres://u:p@h/n",
		"gateway.contacts": "mailto:a@example.org,xmpp:b@example.org",
	}
	want := mustLoad(t, minimal)
	walk(reflect.ValueOf(want).Elem(), "", func(key string, v reflect.Value) {
		text, ok := special[key]
		switch {
		case (strings.HasSuffix(key, "secret_file") || key == "store.postgres_file") && !ok, key == "gateway.ident_secret":
			return
		case ok:
		case v.Type() == reflect.TypeFor[time.Duration]():
			text = "77s"
		case v.Kind() == reflect.Bool:
			text = map[bool]string{true: "false", false: "true"}[v.Bool()]
		case v.Kind() == reflect.String:
			text = "other"
		default:
			text = "17"
		}
		t.Setenv("ISTHMUS_"+strings.ToUpper(strings.ReplaceAll(key, ".", "_")), text)
		set(t, key, v, text)
	})
	want.Gateway.IdentSecret = NewSecret("from a file")
	want.Networks[0].IRC = want.IRC
	if got := mustLoad(t, minimal); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

// set puts text into v as the environment should.
func set(t *testing.T, key string, v reflect.Value, text string) {
	t.Helper()
	switch p := v.Addr().Interface().(type) {
	case *Secret:
		*p = NewSecret(text)
	case *time.Duration:
		*p = 77 * time.Second
	case *bool:
		*p = text == "true"
	case *int:
		*p = map[string]int{"17": 17, "10001": 10001, "70000": 70000}[text]
	case *float64:
		*p = 17
	case *[]string:
		*p = strings.Split(text, ",")
	default:
		if v.Kind() != reflect.String {
			t.Fatalf("%s has the type %s", key, v.Type())
		}
		v.SetString(text)
	}
}

func TestLoadEmptyVariable(t *testing.T) {
	t.Setenv("ISTHMUS_COMPONENT_DOMAIN", "")
	if got := mustLoad(t, minimal).Component.Domain; got != "irc.example.org" {
		t.Errorf("domain is %q", got)
	}
}

func TestLoadRefuses(t *testing.T) {
	for name, tc := range map[string]struct {
		text string
		want []string
	}{
		"unknown table":      {"[bogus]\nx = 1\n", []string{"bogus: there is no such setting"}},
		"unknown at the top": {"bogus = 1\n", []string{"bogus: there is no such setting"}},
		"unknown everywhere": {
			"[component]\nsecert = 'x'\nadress = 'y'\n[log]\nlvl = 1\n[gateway]\nx.y = 1\n[irc]\nname = 'n'\n[[network]]\n[[network]]\ntsl = true\n",
			[]string{
				"component.adress: there is no such setting", "component.secert: there is no such setting",
				"gateway.x: there is no such setting", "irc.name: there is no such setting",
				"log.lvl: there is no such setting", "network[1].tsl: there is no such setting",
			},
		},
		"not from a file":     {"[[network]]\nPublicOnly = true\n", []string{"network[0].publiconly: there is no such setting"}},
		"delimiter":           {"'a::b' = 1\n", []string{"a: there is no such setting"}},
		"dotted key":          {"'component.domain' = 'x'\n", []string{"component.domain: there is no such setting"}},
		"no table":            {"component = 1\n", []string{"component: has to be a table"}},
		"no list":             {"[gateway]\nallow = true\n", []string{"gateway.allow: has to be a list"}},
		"one network":         {"[network]\nname = 'x'\n", []string{"network: has to be tables, each headed [[network]]"}},
		"number for a text":   {"[component]\naddress = 5347\n", []string{"component.address: has to be a string"}},
		"number for a switch": {"[irc]\ntls = 1\n", []string{"irc.tls: has to be a bool"}},
		"fraction":            {"[irc]\nburst = 8.5\n", []string{"irc.burst: has to be a whole number"}},
		"time without unit":   {"[irc]\nping_interval = 90\n", []string{`irc.ping_interval: a time needs quotes and a unit, as "30s"`}},
		"time in quotes":      {"[irc]\nping_interval = '90'\n", []string{"irc.ping_interval: time: missing unit in duration"}},
		"word for a number":   {"[irc]\nburst = 'x'\n", []string{"irc.burst: strconv.ParseInt: invalid syntax"}},
		"syntax":              {"\n[component]\ndomain = hunter2\n", []string{"line 3: text needs quotes"}},
		"a bare time":         {"[gateway]\nlinger = 30s # long\n", []string{"line 2: text needs quotes"}},
		"a bare address":      {"[component]\naddress = 127.0.0.1:5347\n", []string{"line 2: text needs quotes"}},
		"a bare name":         {"[component]\ndomain=irc.example.org", []string{"line 2: text needs quotes"}},
		"no value":            {"[component]\ndomain =\n", []string{"line 2: incomplete number"}},
		"a value too many":    {"[gateway]\nbacklog = 5\n= 5\n", []string{"line 3: invalid character at start of key: ="}},
		"no quote":            {"[component]\n\n\nsecret = 'hunter2\n", []string{"line 4: literal strings cannot have new lines"}},
		"key twice":           {"[log]\nlevel = 'info'\n\nlevel = 'warn'\n[irc]\n", []string{"line 4: key level is already defined"}},
		"table twice":         {"[log]\n[irc]\n[log]\n", []string{"line 3: table log already exists"}},
		"no UTF-8":            {"[component]\ndomain = '\xff'\n", []string{"line 2: invalid character"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := load(t, tc.text)
			if got := problems(t, err); !reflect.DeepEqual(got, tc.want) {
				t.Errorf("got  %q\nwant %q", got, tc.want)
			}
		})
	}
}

func TestLoadNoFile(t *testing.T) {
	if _, err := Load(filepath.Join(t.TempDir(), "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error is %v", err)
	}
}

func TestErrorNamesFile(t *testing.T) {
	_, err := load(t, "[component]\nsecert = 1\nadress = 2\n")
	if got := err.Error(); !strings.HasPrefix(got, "configuration /") || !strings.HasSuffix(got, "isthmus.toml: component.adress: there is no such setting; component.secert: there is no such setting") {
		t.Errorf("error is %q", got)
	}
}
