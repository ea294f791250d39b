package xmppside

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// What goes wrong in libraries and does not touch us, because nothing in the module
// imports it, tests included, or uses it, tests apart:
//
//	mellium.im/xmpp/mux       a remote user ends the stream: an IQ without payload, an
//	                          address that PRECIS refuses, an error that is not sent
//	mellium.im/xmpp           Serve: one stanza at a time, a panic that is not
//	                          recovered, answers known by id alone, io.EOF for an empty
//	                          IQ; Send: its context is ignored, it flushes each stanza
//	                          and starts a goroutine for it; Encode: loses xml:lang,
//	                          half a stanza stays behind an error; SetCloseDeadline:
//	                          races with Serve; UnmarshalIQ in a handler: deadlock
//	mellium.im/xmpp/jid       Escape and Unescape: wrong, and panic; Parse and New with
//	                          PRECIS: refuse non-ASCII channels (golang/go#17383). Our
//	                          own domain alone goes through New
//	mellium.im/xmpp/disco     items without node are merged, Info drops forms, Info.Hash
//	                          panics for an empty form
//	mellium.im/xmpp/history   Query marshals a nil form
//	mellium.im/xmpp/muc       Item by value loses its addresses
//	mellium.im/xmpp/form      loses fields that it does not know
//	mellium.im/xmpp/commands  needs Serve and mux
//	mellium.im/xmpp/stanza,   stanzas without from: ejabberd ends the component's stream
//	ping, version, xtime, …
//	gopkg.in/irc.v4           Client: PONG waits for the pace, 001 without parameters
//	                          panics; Reader and Conn: lines of any length;
//	                          ParseMessage: panics on "@x "; Message.String, Writer: write
//	                          line breaks as they come; Tracker, ISupportTracker: lose
//	                          who is where
//
// allowed is what may be used: by import path, the names. "" allows all.
var allowed = map[string]string{
	"mellium.im/xmpp":           "Session",
	"mellium.im/xmpp/component": "NewSession NSAccept",
	"mellium.im/xmpp/jid":       "New",
	"mellium.im/xmpp/stream":    "Error",
	"mellium.im/sasl":           "",
	"gopkg.in/irc.v4":           "ParseTagValue EncodeTagValue",
}

// callable are the methods of a Session that may be called.
const callable = "Close"

func TestImports(t *testing.T) {
	fset, seen := token.NewFileSet(), map[string]bool{}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") {
			return err
		}
		f, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		names := imports(f)
		problems := []string{}
		for _, lib := range names {
			seen[lib] = true
			if _, ok := allowed[lib]; !ok {
				problems = append(problems, "imports "+lib)
			}
		}
		if !strings.HasSuffix(path, "_test.go") {
			problems = append(problems, uses(f, names)...)
		}
		for _, problem := range problems {
			t.Errorf("%s %s", path, problem)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"mellium.im/xmpp", "mellium.im/xmpp/component", "gopkg.in/irc.v4"} {
		if !seen[path] {
			t.Errorf("nobody imports %s: does this test look in the right place?", path)
		}
	}
}

// imports are the libraries that a file imports, by the name that they have there.
func imports(f *ast.File) map[string]string {
	names := map[string]string{}
	for _, i := range f.Imports {
		path, _ := strconv.Unquote(i.Path.Value)
		if !strings.HasPrefix(path, "mellium.im/") && !strings.HasPrefix(path, "gopkg.in/irc") {
			continue
		}
		name := strings.TrimSuffix(path[strings.LastIndex(path, "/")+1:], ".v4")
		if i.Name != nil {
			name = i.Name.Name
		}
		names[name] = path
	}
	return names
}

// uses is what a file uses of the libraries that it should not.
func uses(f *ast.File, names map[string]string) (problems []string) {
	ast.Inspect(f, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		x, ok := sel.X.(*ast.Ident)
		if !ok {
			return true
		}
		may := allowed[names[x.Name]]
		if names["xmpp"] != "" && x.Name == "session" {
			may = callable
		}
		if may != "" && !slices.Contains(strings.Fields(may), sel.Sel.Name) {
			problems = append(problems, "uses "+x.Name+"."+sel.Sel.Name)
		}
		return true
	})
	return problems
}
