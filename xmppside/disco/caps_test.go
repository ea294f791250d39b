package disco

import (
	"bufio"
	"os"
	"slices"
	"strings"
	"testing"

	"isthmus/xmppside/stanza"
)

// read reads XML that stands in a stanza.
func read(t *testing.T, xml string) *stanza.Stanza {
	t.Helper()
	in := bufio.NewReader(strings.NewReader("<presence from='a@b/c' to='d@e'>" + xml + "</presence>"))
	s, err := stanza.NewReader(in, stanza.Client, stanza.Limits{}).Next()
	if err != nil {
		t.Fatalf("%s: %v", xml, err)
	}
	return s
}

func info(t *testing.T, xml string) Info {
	t.Helper()
	i, ok := ParseInfo(read(t, xml).Child(NSInfo, "query"), "")
	if !ok {
		t.Fatalf("no answer: %s", xml)
	}
	return i
}

func file(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(text))
}

const query = "<query xmlns='http://jabber.org/protocol/disco#info'>"

// XEP-0115 §5.2
const exodus = query + `<identity category='client' type='pc' name='Exodus 0.9.1'/>
	<feature var='http://jabber.org/protocol/muc'/><feature var='http://jabber.org/protocol/caps'/>
	<feature var='http://jabber.org/protocol/disco#items'/><feature var='http://jabber.org/protocol/disco#info'/></query>`

// XEP-0115 §5.3
const psi = query + `<identity xml:lang='en' category='client' name='Psi 0.11' type='pc'/>
	<identity xml:lang='el' category='client' name='Ψ 0.11' type='pc'/>
	<feature var='http://jabber.org/protocol/caps'/><feature var='http://jabber.org/protocol/disco#info'/>
	<feature var='http://jabber.org/protocol/disco#items'/><feature var='http://jabber.org/protocol/muc'/>
	<x xmlns='jabber:x:data' type='result'><field var='FORM_TYPE' type='hidden'><value>urn:xmpp:dataforms:softwareinfo</value></field>
	<field var='ip_version' type='text-multi'><value>ipv6</value><value>ipv4</value></field>
	<field var='os'><value>Mac</value></field><field var='os_version'><value>10.5.1</value></field>
	<field var='software'><value>Psi</value></field><field var='software_version'><value>0.11</value></field></x></query>`

const (
	exodusVer = "QgayPKawpkPSDYmwT/WM94uAlu0="
	psiVer    = "q07IKJEyjvHSyhy//CH0CxmKi8w="
)

func ver(value string) string {
	return "<c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='n' ver='" + value + "'/>"
}

func set(hashes ...string) string {
	xml := "<c xmlns='urn:xmpp:caps'>"
	for i := 0; i < len(hashes); i += 2 {
		xml += "<hash xmlns='urn:xmpp:hashes:2' algo='" + hashes[i] + "'>" + hashes[i+1] + "</hash>"
	}
	return xml + "</c>"
}

// The examples of both XEPs.
func TestVerified(t *testing.T) {
	for _, c := range []struct {
		name, announced, answer string
		keys                    int
	}{
		{"0115 simple", ver(exodusVer), exodus, 1},
		{"0115 complex", ver(psiVer), psi, 1},
		{"0390 simple", set("sha-256", "kzBZbkqJ3ADrj7v08reD1qcWUwNGHaidNUgD7nHpiw8=", "sha3-256", "79mdYAfU9rEdTOcWDO7UEAt6E56SUzk/g6TnqUeuD9Q="), file(t, "bombus.xml"), 2},
		{"0390 complex", set("sha-256", "u79ZroNJbdSWhdSp311mddz44oHHPsEBntQ5b1jqBSY=", "sha3-256", "XpUJzLAc93258sMECZ3FJpebkzuyNXDzRNwQog8eycg="), file(t, "tkabber.xml"), 2},
		{"in the order of languages", ver("0HO0LfAGrLLt99FMMnbyqoBytcg="), query + `<identity category='client' type='pc' xml:lang='de-AT' name='B'/>
			<identity category='client' type='pc' xml:lang='de' name='A'/><feature var='urn:a'/></query>`, 1},
		{"another hash", ver(psiVer), exodus, 0},
		{"one true, one forged", set("sha-256", "kzBZbkqJ3ADrj7v08reD1qcWUwNGHaidNUgD7nHpiw8=", "sha3-256", "XpUJzLAc93258sMECZ3FJpebkzuyNXDzRNwQog8eycg="), file(t, "bombus.xml"), 1},
		{"both kinds", ver(exodusVer) + set("sha-256", "AAAA"), exodus, 1},
		{"a version, no hash", "<c xmlns='http://jabber.org/protocol/caps' node='n' ver='0.9'/>", exodus, 0},
		{"an algorithm that nobody knows", "<c xmlns='http://jabber.org/protocol/caps' hash='md2' node='n' ver='0.9'/>", exodus, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Announced(read(t, c.announced)).Verified(info(t, c.answer)); len(got) != c.keys {
				t.Errorf("verified: %q", got)
			}
		})
	}
}

// What could be read in two ways is verified in none, whatever its hash is. XEP-0115
// §5.4 and its security considerations
func TestAmbiguous(t *testing.T) {
	id := "<identity category='client' type='pc'/>"
	soft := "<field var='FORM_TYPE' type='hidden'><value>urn:xmpp:dataforms:softwareinfo</value></field>"
	for name, rest := range map[string]string{
		"a separator within a feature":   id + "<feature var='a&lt;b'/>",
		"a separator within a name":      "<identity category='client' type='pc' name='x&lt;a'/>",
		"a feature as an identity":       "<identity category='http:' lang='jabber.org' name='protocol/caps'/>",
		"no identity":                    "<feature var='client/pc//Exodus 0.9.1'/>",
		"an identity twice":              id + id,
		"a feature twice":                id + "<feature var='a'/><feature var='a'/>",
		"features as a form":             id + "<feature var='a'/><x xmlns='jabber:x:data'><field var='FORM_TYPE' type='hidden'><value>b</value></field></x>",
		"a form twice":                   id + "<x xmlns='jabber:x:data'>" + soft + "</x><x xmlns='jabber:x:data'>" + soft + "</x>",
		"a form of two types":            id + "<x xmlns='jabber:x:data'><field var='FORM_TYPE' type='hidden'><value>urn:xmpp:dataforms:softwareinfo</value><value>b</value></field></x>",
		"a separator within a form":      id + "<x xmlns='jabber:x:data'>" + soft + "<field var='os'><value>a&lt;b</value></field></x>",
		"a separator within a field":     id + "<x xmlns='jabber:x:data'>" + soft + "<field var='a&lt;b'/></x>",
		"a slash within a category":      "<identity category='client/pc' type='x'/>",
		"a separator within a language":  "<identity category='client' type='x' xml:lang='en/x'/>",
		"a category that is not there":   "<identity type='x'/>",
		"a form type that names nothing": id + "<x xmlns='jabber:x:data'><field var='FORM_TYPE' type='hidden'/></x>",
	} {
		if text, ok := info(t, query+rest+"</query>").verification(); ok {
			t.Errorf("%s: %s", name, text)
		}
	}
}

// A form that says not what it is, is left out of the old hash and spoils the new one.
func TestUntypedForm(t *testing.T) {
	for _, form := range []string{
		"<x xmlns='jabber:x:data'/>",
		"<x xmlns='jabber:x:data'><field var='FORM_TYPE'><value>x</value></field></x>",
	} {
		i := info(t, strings.Replace(exodus, "</query>", form+"</query>", 1))
		if !i.matchesVer(Hash{"sha-1", exodusVer}) {
			t.Errorf("spoilt by %s", form)
		}
		if _, ok := i.input(""); ok {
			t.Errorf("hashed with %s", form)
		}
	}
	for _, strange := range []string{
		"<y xmlns='z'/>", "<x xmlns='jabber:x:data'><reported/></x>",
		"<x xmlns='jabber:x:data'><field var='FORM_TYPE' type='hidden'><value>x</value></field><field/></x>",
	} {
		if _, ok := info(t, query+strange+"</query>").input(""); ok {
			t.Errorf("hashed with %s", strange)
		}
	}
}

// A language that is inherited counts or does not.
func TestLanguage(t *testing.T) {
	own := info(t, query+"<identity category='client' type='pc' xml:lang='de'/></query>")
	inherited, _ := ParseInfo(read(t, query+"<identity category='client' type='pc'/></query>").Child(NSInfo, "query"), "de")
	for _, lang := range []string{"", "de"} {
		text, _ := inherited.input(lang)
		h := Hash{Algorithm: "sha-256"}
		h.Value = h.Of(text)
		if !inherited.matches(h) {
			t.Errorf("not as %q", lang)
		}
		if own.matches(h) != (lang == "de") {
			t.Errorf("another language: %q", lang)
		}
	}
}

func TestAnnounced(t *testing.T) {
	long := strings.Repeat("x", maxName+1)
	for _, c := range []struct {
		name, xml, node string
		keys            []string
	}{
		{"nothing", "", "", nil},
		{"0115", ver("v"), "n#v", []string{"0115 sha-1 v"}},
		{"0390", set("sha-256", " a "), "urn:xmpp:caps#sha-256.a", []string{"0390 sha-256 a"}},
		{"both", set("sha-256", "a") + ver("v"), "n#v", []string{"0390 sha-256 a", "0115 sha-1 v"}},
		{"a version", "<c xmlns='http://jabber.org/protocol/caps' node='n' ver='0.9'/>", "", nil},
		{"no ver", "<c xmlns='http://jabber.org/protocol/caps' node='n' hash='sha-1'/>", "", nil},
		{"no node", "<c xmlns='http://jabber.org/protocol/caps' hash='sha-1' ver='v'/>", "#v", []string{"0115 sha-1 v"}},
		{"long", ver(long) + set("sha-256", long), "", nil},
		{"many", set("md5", "z", "sha-1", "a", "sha-256", "b", "sha-512", "c"), "urn:xmpp:caps#sha-1.a", []string{"0390 sha-1 a", "0390 sha-256 b"}},
		{"garbage", "<c xmlns='urn:xmpp:caps'>x<hash/><hash xmlns='urn:xmpp:hashes:2'/></c>", "", nil},
	} {
		caps := Announced(read(t, c.xml))
		if got := caps.Keys(); !slices.Equal(got, c.keys) || caps.QueryNode() != c.node {
			t.Errorf("%s: %q %q", c.name, got, caps.QueryNode())
		}
		if caps != Announced(read(t, c.xml)) {
			t.Errorf("%s does not equal itself", c.name)
		}
	}
	if !(Caps{}).IsZero() || Announced(read(t, ver("v"))).IsZero() {
		t.Error("IsZero")
	}
}

func TestParseInfo(t *testing.T) {
	i := info(t, psi)
	if len(i.Identities) != 2 || len(i.Features) != 4 || len(i.Forms) != 1 || i.Identities[1] != (Identity{"client", "pc", "el", "Ψ 0.11"}) {
		t.Errorf("%+v", i)
	}
	again, ok := ParseInfo(i.Element("x"), "")
	if !ok || !again.matchesVer(Hash{"sha-1", psiVer}) || i.Element("x").Attr("node") != "x" {
		t.Errorf("written: %s", i.Element("x").Append(nil))
	}
	if _, ok := ParseInfo(nil, ""); ok {
		t.Error("nothing is an answer")
	}
	if _, ok := ParseInfo(stanza.E("x", "query"), ""); ok {
		t.Error("anything is an answer")
	}
	many := stanza.E(NSInfo, "query")
	for range MaxFeatures {
		many.Add(stanza.E(NSInfo, "feature").Set("var", "x"))
	}
	if _, ok := ParseInfo(many, ""); !ok {
		t.Error("many features")
	}
	if _, ok := ParseInfo(many.Add(stanza.E(NSInfo, "feature")), ""); ok {
		t.Error("too many features")
	}
	large := stanza.E(NSInfo, "query", stanza.E(NSInfo, "feature").Set("var", strings.Repeat("x", MaxBytes+1)))
	if _, ok := ParseInfo(large, ""); ok {
		t.Error("a feature beyond measure")
	}
}

// Nothing that an answer holds can make the hashing fail.
func FuzzInfo(f *testing.F) {
	f.Add(exodus, ver(exodusVer))
	f.Add(psi, set("sha-256", "a"))
	f.Add(query+"<x xmlns='jabber:x:data'><field/></x></query>", "")
	f.Fuzz(func(t *testing.T, answer, announced string) {
		in := bufio.NewReader(strings.NewReader("<presence>" + announced + answer + "</presence>"))
		s, err := stanza.NewReader(in, stanza.Client, stanza.Limits{}).Next()
		if err != nil {
			return
		}
		if i, ok := ParseInfo(s.Child(NSInfo, "query"), "en"); ok {
			caps := Announced(s)
			for _, key := range caps.Verified(i) {
				if !slices.Contains(caps.Keys(), key) {
					t.Errorf("verified %q, announced %q", key, caps.Keys())
				}
			}
		}
	})
}
