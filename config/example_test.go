package config

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"text/template"
)

// TestExampleIsDefault decodes the example as it is: what it sets has the default.
func TestExampleIsDefault(t *testing.T) {
	c, problems := decode(Example)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	for _, list := range []*[]string{&c.Gateway.Allow, &c.Gateway.Deny, &c.Gateway.Admins, &c.Gateway.Contacts} {
		if len(*list) == 0 {
			*list = nil // [] in the file
		}
	}
	if want := Default(); !reflect.DeepEqual(c, want) {
		t.Errorf("got  %+v\nwant %+v", c, want)
	}
}

var setting = regexp.MustCompile(`^(#?)([a-z0-9_]+) = |^#?\[+([a-z]+)\]`)

// TestExampleIsComplete finds each key in the example, as a comment only what has no
// default, and nothing else.
func TestExampleIsComplete(t *testing.T) {
	var want, got []string
	walk(reflect.ValueOf(Default()).Elem(), "", func(key string, v reflect.Value) {
		if v.Type() == reflect.TypeFor[Secret]() || strings.HasSuffix(key, "secret_file") || key == "store.postgres_file" || key == "component.domain" {
			key += " as a comment"
		}
		want = append(want, key)
	})
	for _, key := range []string{"name", "addresses", "password", "password_file"} {
		want = append(want, "network."+key+" as a comment")
	}
	table := ""
	for line := range strings.Lines(string(Example)) {
		switch m := setting.FindStringSubmatch(line); {
		case m == nil:
		case m[3] != "":
			table = m[3]
		case m[1] != "":
			got = append(got, table+"."+m[2]+" as a comment")
		default:
			got = append(got, table+"."+m[2])
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// TestExampleFilledIn takes the comment signs away, as an operator would.
func TestExampleFilledIn(t *testing.T) {
	text := regexp.MustCompile(`(?m)^#((domain|name|addresses) = |\[\[)`).ReplaceAllString(string(Example), "$1")
	c := mustLoad(t, strings.Replace(text, `#secret = ""`, `secret = "hunter2"`, 1))
	if len(c.Networks) != 1 || c.Networks[0].Name != "example" || c.Networks[0].IRC != Default().IRC {
		t.Errorf("networks are %+v", c.Networks)
	}
}

func TestBenchTemplate(t *testing.T) {
	tmpl, err := template.ParseFiles("bench.toml.tmpl")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "gateway.cfg")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	err = tmpl.Execute(f, struct {
		Domain, Secret, IRCHost, Dir string
		XMPPPort, IRCPort            int
	}{"gw.localhost", "s", "127.0.0.1", t.TempDir(), 5347, 6667})
	if err != nil {
		t.Fatal(err)
	}
	c, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	n, ok := c.Network("127.0.0.1")
	if !ok || n.TLS || n.ConnectInterval != 0 || n.Rate < 1e5 || n.Addresses[0] != "127.0.0.1:6667" || c.Component.Address != "127.0.0.1:5347" {
		t.Errorf("got %+v", c)
	}
}
