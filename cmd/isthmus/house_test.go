package main

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const root = "../.."

// A pkg is what `go list` tells of a package of ours.
type pkg struct {
	ImportPath, Dir string
	Imports         []string
	GoFiles         []string
}

func packages(t *testing.T) []pkg {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Dir,Imports,GoFiles", "./...")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var list []pkg
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return list
		} else if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
}

// mayImport says which packages of ours a package may import: those that match. The
// first row that fits a package counts. Two sentences to remember: the sides never
// import each other or anything above; the domain imports vocabularies, never shells.
var mayImport = []struct {
	pkg  string
	ours []string
}{
	{"isthmus/cmd/*", []string{"*"}},
	{"isthmus/config", nil},
	{"isthmus/ircside", []string{"isthmus/ircside/irc"}},
	{"isthmus/ircside/irc", nil},
	{"isthmus/xmppside", []string{"isthmus/xmppside/jid", "isthmus/xmppside/stanza"}},
	{"isthmus/xmppside/jid", nil},
	{"isthmus/xmppside/muc", []string{"isthmus/xmppside/jid", "isthmus/xmppside/stanza", "isthmus/xmppside/form"}},
	{"isthmus/xmppside/disco", []string{"isthmus/xmppside/jid", "isthmus/xmppside/stanza", "isthmus/xmppside/form"}},
	{"isthmus/xmppside/adhoc", []string{"isthmus/xmppside/jid", "isthmus/xmppside/stanza", "isthmus/xmppside/form"}},
	{"isthmus/xmppside/stanza", []string{"isthmus/xmppside/jid"}},
	{"isthmus/xmppside/*", []string{"isthmus/xmppside/jid", "isthmus/xmppside/stanza"}},
	{"isthmus/mapping", []string{"isthmus/ircside/irc", "isthmus/xmppside/*"}},
	{"isthmus/gateway/store", []string{"isthmus/gateway"}},
	{"isthmus/gateway/store/storetest", []string{"isthmus/gateway"}},
	{"isthmus/gateway", []string{"isthmus/mapping", "isthmus/ircside/irc", "isthmus/xmppside/*", "isthmus/config"}},
	{"isthmus/gateway/gatewaytest/*", []string{"isthmus/gateway/gatewaytest/*", "isthmus/xmppside/*", "isthmus/ircside/irc", "isthmus/mapping", "isthmus/config"}},
	{"isthmus/gateway/realtest", []string{"isthmus/xmppside/*", "isthmus/ircside/irc", "isthmus/mapping"}},
}

// pure is what the packages that do no IO must not import themselves.
var pure = []string{"net", "net/http", "os", "os/exec", "database/sql", "sync", "sync/atomic", "context"}

func isPure(name string) bool {
	return name == "isthmus/mapping" || name == "isthmus/ircside/irc" || strings.HasPrefix(name, "isthmus/xmppside/")
}

func match(pattern, name string) bool {
	ok, _ := path.Match(pattern, name)
	return ok || strings.HasSuffix(pattern, "/*") && strings.HasPrefix(name, strings.TrimSuffix(pattern, "*"))
}

func TestImports(t *testing.T) {
	for _, p := range packages(t) {
		for _, imported := range p.Imports {
			if why := forbidden(p.ImportPath, imported); why != "" {
				t.Errorf("%s imports %s: %s", p.ImportPath, imported, why)
			}
		}
	}
}

// forbidden says why a package must not import another; "" if it may.
func forbidden(name, imported string) string {
	switch {
	case imported == "testing" && strings.Contains(name, "gatewaytest"):
		return "the servers of the tests are part of the program"
	case isPure(name) && slices.Contains(pure, imported):
		return "it does no IO and has no concurrency"
	case name == "isthmus/gateway" && (imported == "net" || imported == "net/http"):
		return "the domain knows no sockets"
	case !strings.HasPrefix(imported, "isthmus/"):
		return ""
	}
	for _, row := range mayImport {
		if !match(row.pkg, name) {
			continue
		}
		for _, ok := range row.ours {
			if ok == "*" || match(ok, imported) {
				return ""
			}
		}
		return "imports go one way"
	}
	return "no rule knows this package: give it one"
}

func TestForbidden(t *testing.T) {
	for _, c := range []struct {
		name, imported string
		bad            bool
	}{
		{"isthmus/ircside/irc", "isthmus/xmppside/jid", true},
		{"isthmus/xmppside", "isthmus/gateway", true},
		{"isthmus/gateway", "isthmus/ircside", true},
		{"isthmus/gateway", "isthmus/ircside/irc", false},
		{"isthmus/mapping", "net", true},
		{"isthmus/mapping", "strings", false},
		{"isthmus/gateway/gatewaytest/ircd", "testing", true},
		{"isthmus/elsewhere", "isthmus/config", true},
	} {
		if got := forbidden(c.name, c.imported) != ""; got != c.bad {
			t.Errorf("%s imports %s: forbidden is %v", c.name, c.imported, got)
		}
	}
}

// TestPure looks for what the pure packages must not do besides: start goroutines
// and read the clock.
func TestPure(t *testing.T) {
	for _, p := range packages(t) {
		if !isPure(p.ImportPath) {
			continue
		}
		for _, name := range p.GoFiles {
			file := parse(t, filepath.Join(p.Dir, name))
			ast.Inspect(file, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.GoStmt:
					t.Errorf("%s/%s starts a goroutine", p.ImportPath, name)
				case *ast.SelectorExpr:
					if x, ok := n.X.(*ast.Ident); ok && x.Name == "time" && n.Sel.Name == "Now" {
						t.Errorf("%s/%s reads the clock", p.ImportPath, name)
					}
				}
				return true
			})
		}
	}
}

func parse(t *testing.T, name string) *ast.File {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// TestPackageDocs: every package has one doc comment, that says whose its state is
// and what it may import.
func TestPackageDocs(t *testing.T) {
	for _, p := range packages(t) {
		var docs []string
		for _, name := range p.GoFiles {
			if doc := parse(t, filepath.Join(p.Dir, name)).Doc.Text(); doc != "" {
				docs = append(docs, doc)
			}
		}
		if len(docs) != 1 {
			t.Errorf("%s has %d package docs", p.ImportPath, len(docs))
			continue
		}
		if !strings.Contains(docs[0], "import") {
			t.Errorf("the doc of %s does not say what it imports", p.ImportPath)
		}
	}
}

// topLevel is all that the tree has at its top.
var topLevel = []string{
	".ci", ".git", ".gitignore", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "Makefile", "README.md",
	"cmd", "config", "gateway", "go.mod", "go.sum", "ircside", "mapping", "staticcheck.conf", "xmppside",
}

func TestTopLevel(t *testing.T) {
	out, err := exec.Command("git", "-C", root, "ls-files").Output()
	if err != nil {
		t.Fatal(err)
	}
	for name := range strings.FieldsSeq(string(out)) {
		if top, _, _ := strings.Cut(name, "/"); !slices.Contains(topLevel, top) {
			t.Errorf("%s does not belong at the top", top)
		}
	}
}

// TestSizes prints the largest files and functions, which are smells to look at, and
// fails on what nobody could read any more.
func TestSizes(t *testing.T) {
	const fileLimit, functionLimit = 500, 100
	type size struct {
		lines int
		name  string
	}
	var files, functions []size
	total := 0
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return err
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, name, text, 0)
		if err != nil {
			return err
		}
		short := strings.TrimPrefix(name, root+"/")
		lines := strings.Count(string(text), "\n")
		total += lines
		files = append(files, size{lines, short})
		for _, decl := range file.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok {
				n := set.Position(f.End()).Line - set.Position(f.Pos()).Line + 1
				functions = append(functions, size{n, short + " " + f.Name.Name})
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	report := func(what string, list []size, limit int) {
		slices.SortFunc(list, func(a, b size) int { return b.lines - a.lines })
		for i, s := range list {
			if i < 5 {
				t.Logf("%s: %d lines: %s", what, s.lines, s.name)
			}
			if s.lines > limit {
				t.Errorf("%s of %d lines: %s", what, s.lines, s.name)
			}
		}
	}
	report("file", files, fileLimit)
	report("function", functions, functionLimit)
	t.Logf("%d lines in %d files, %d functions, median function %d", total, len(files), len(functions), functions[len(functions)/2].lines)
}
