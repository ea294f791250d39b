package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/pelletier/go-toml/v2"
)

// saying are the packages that say something to people: all of the domain, the
// translation and the vocabulary of XMPP.
var saying = []string{"gateway", "mapping", "xmppside"}

// sentence is what can only be a text of ours, wherever it stands.
var sentence = regexp.MustCompile(`^[A-Z][A-Za-z']* .*[.:?!]$`)

// noText are sentences that nobody reads who uses the gateway, and why.
var noText = map[string]string{}

// TestTexts: everything that a person may read is in every catalogue, and no catalogue
// holds what is said nowhere. A text is found by where it goes: into the Text or the
// Lead of a stanza.Error, or to mapping.Say, by whatever helpers; besides, all that is a
// sentence is one.
func TestTexts(t *testing.T) {
	f := findTexts(t)
	for _, lang := range []string{"de"} {
		known := map[string]string{}
		names, err := filepath.Glob(filepath.Join(root, "mapping", lang, "*.toml"))
		if err != nil || len(names) == 0 {
			t.Fatal(lang, names, err)
		}
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			words := map[string]string{}
			if err := toml.Unmarshal(text, &words); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			for english := range words {
				if other := known[english]; other != "" {
					t.Errorf("%q is in %s and in %s: take one out", english, other, filepath.Base(name))
				}
				known[english] = filepath.Base(name)
				if !f.literals[english] {
					t.Errorf("%s: %q is said nowhere any more: take it out, or write it as the source has it", name, english)
				}
			}
		}
		for _, english := range slices.Sorted(maps.Keys(f.texts)) {
			if known[english] == "" && noText[english] == "" {
				t.Errorf("%s: no %s for it. Add to the file of its topic in mapping/%s/:\n%q = \"…\"", f.texts[english], lang, lang, english)
			}
		}
	}
}

func TestFindTexts(t *testing.T) {
	f := &finder{fset: token.NewFileSet()}
	const source = `package p
const inConst = "const"
var table = []row{{"positional", "no text"}, {does: "named"}}
type row struct { does, name string }
func helper(n int, text string, args ...string) error { return &stanza.Error{Text: text} }
func why() string { return "returned" }
func use(r row) {
	helper(1, "direct")
	helper(1, inConst)
	mapping.Say(lang, r.does)
	w := why()
	helper(1, w)
	mapping.Say(lang, map[string]string{"key": "of a map"}[x])
	other("A sentence.", "no sentence")
	_ = &stanza.Error{Lead: "lead " + "joined", Said: "said"}
}`
	file, err := parser.ParseFile(f.fset, "p.go", source, 0)
	if err != nil {
		t.Fatal(err)
	}
	f.add("p", file)
	f.find()
	got := slices.Sorted(maps.Keys(f.texts))
	want := []string{"A sentence.", "const", "direct", "lead joined", "named", "of a map", "positional", "returned"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

// findTexts reads the packages that say something.
func findTexts(t *testing.T) *finder {
	t.Helper()
	f := &finder{fset: token.NewFileSet()}
	for _, top := range saying {
		err := filepath.WalkDir(filepath.Join(root, top), func(name string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case d.IsDir() && (d.Name() == "gatewaytest" || d.Name() == "realtest"):
				return filepath.SkipDir
			case d.IsDir(), !strings.HasSuffix(name, ".go"), strings.HasSuffix(name, "_test.go"):
				return nil
			}
			file, err := parser.ParseFile(f.fset, name, nil, 0)
			if err == nil {
				f.add(file.Name.Name, file)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	f.find()
	return f
}

// A finder finds the texts of packages by where they go. It knows no types: functions,
// fields and constants are what their names say, package by package.
type finder struct {
	fset     *token.FileSet
	files    []source
	texts    map[string]string // and where they are
	literals map[string]bool   // every constant text that there is

	consts  map[string]ast.Expr // p.name
	structs map[string][]string // p.name → its fields
	strings map[string]bool     // p.field: it is a string
	params  map[string]bool     // p.function.3: its parameter of that number is a text
	fields  map[string]bool     // p.field is one
	returns map[string]bool     // p.function returns one
	more    bool                // something new was learnt
}

type source struct {
	pkg  string
	file *ast.File
}

func (f *finder) add(pkg string, file *ast.File) { f.files = append(f.files, source{pkg, file}) }

// find goes over everything until nothing new is learnt.
func (f *finder) find() {
	f.texts, f.literals = map[string]string{}, map[string]bool{}
	f.consts, f.structs = map[string]ast.Expr{}, map[string][]string{}
	f.strings = map[string]bool{}
	f.params = map[string]bool{"mapping.Say.1": true, "mapping.word.1": true}
	f.fields, f.returns = map[string]bool{}, map[string]bool{}
	for _, s := range f.files {
		f.declared(s)
	}
	for f.more = true; f.more; {
		f.more = false
		for _, s := range f.files {
			for _, decl := range s.file.Decls {
				f.walk(s.pkg, decl)
			}
		}
	}
}

// declared takes note of constants and structs.
func (f *finder) declared(s source) {
	ast.Inspect(s.file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ValueSpec:
			for i, name := range n.Names {
				if i < len(n.Values) {
					f.consts[s.pkg+"."+name.Name] = n.Values[i]
				}
			}
		case *ast.TypeSpec:
			if st, ok := n.Type.(*ast.StructType); ok {
				for _, field := range st.Fields.List {
					for _, name := range field.Names {
						f.structs[s.pkg+"."+n.Name.Name] = append(f.structs[s.pkg+"."+n.Name.Name], name.Name)
						f.strings[s.pkg+"."+name.Name] = f.strings[s.pkg+"."+name.Name] || isString(field.Type)
					}
				}
			}
		}
		return true
	})
}

// walk looks at one declaration.
func (f *finder) walk(pkg string, decl ast.Decl) {
	in, _ := decl.(*ast.FuncDecl)
	ast.Inspect(decl, func(n ast.Node) bool {
		switch n := n.(type) {
		case ast.Expr:
			if text, ok := constant(n); ok {
				f.literals[text] = true
				if sentence.MatchString(text) {
					f.text(n, text)
				}
			}
		}
		switch n := n.(type) {
		case *ast.CompositeLit:
			if n.Type != nil { // else whoever holds it has looked
				f.composite(pkg, in, n, n.Type)
			}
		case *ast.CallExpr:
			name := called(pkg, n.Fun)
			for i, arg := range n.Args {
				if f.params[name+"."+strconv.Itoa(i)] {
					f.sink(pkg, in, arg)
				}
			}
		case *ast.ReturnStmt:
			if in != nil && f.returns[pkg+"."+in.Name.Name] && len(n.Results) > 0 {
				f.sink(pkg, in, n.Results[0])
			}
		}
		return true
	})
}

// composite looks at what a literal of a type holds; inside it the types of elements
// may be left out.
func (f *finder) composite(pkg string, in *ast.FuncDecl, n *ast.CompositeLit, of ast.Expr) {
	typ := typeName(pkg, of)
	for i, e := range n.Elts {
		value, field := e, ""
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			value = kv.Value
			if key, ok := kv.Key.(*ast.Ident); ok {
				field = key.Name
			}
		} else if names := f.structs[typ]; i < len(names) {
			field = names[i]
		}
		if c, ok := value.(*ast.CompositeLit); ok && c.Type == nil {
			f.composite(pkg, in, c, element(of))
		}
		isError := typ == "stanza.Error" && (field == "Text" || field == "Lead")
		if field != "" && !strings.HasPrefix(typ, "irc.") && (isError || f.fields[pkg+"."+field]) {
			f.sink(pkg, in, value)
		}
	}
}

// sink takes in that an expression is a text for people.
func (f *finder) sink(pkg string, in *ast.FuncDecl, e ast.Expr) {
	if text, ok := constant(e); ok {
		f.text(e, text)
		return
	}
	switch e := e.(type) {
	case *ast.Ident:
		f.name(pkg, in, e.Name)
	case *ast.SelectorExpr:
		if f.strings[pkg+"."+e.Sel.Name] {
			f.learn(f.fields, pkg+"."+e.Sel.Name)
		}
		if x, ok := e.X.(*ast.Ident); ok {
			if c := f.consts[x.Name+"."+e.Sel.Name]; c != nil {
				f.sink(x.Name, nil, c)
			}
		}
	case *ast.CallExpr:
		if x, ok := e.Fun.(*ast.Ident); ok {
			f.learn(f.returns, pkg+"."+x.Name)
		}
	case *ast.IndexExpr:
		f.sink(pkg, in, e.X)
	case *ast.CompositeLit: // a table of texts
		if x, ok := element(e.Type).(*ast.Ident); !ok || x.Name != "string" {
			return
		}
		for _, x := range e.Elts {
			if kv, ok := x.(*ast.KeyValueExpr); ok {
				x = kv.Value
			}
			f.sink(pkg, in, x)
		}
	}
}

// name is sink for a parameter, a variable or a constant.
func (f *finder) name(pkg string, in *ast.FuncDecl, name string) {
	if c := f.consts[pkg+"."+name]; c != nil {
		f.sink(pkg, nil, c)
	}
	if in == nil {
		return
	}
	i := 0
	for _, field := range in.Type.Params.List {
		for _, p := range field.Names {
			if p.Name == name && isString(field.Type) {
				f.learn(f.params, pkg+"."+in.Name.Name+"."+strconv.Itoa(i))
			}
			i++
		}
	}
	ast.Inspect(in.Body, func(n ast.Node) bool {
		if a, ok := n.(*ast.AssignStmt); ok {
			for i, left := range a.Lhs {
				if x, ok := left.(*ast.Ident); ok && x.Name == name {
					if right := a.Rhs[min(i, len(a.Rhs)-1)]; !mentions(right, name) {
						f.sink(pkg, in, right)
					}
				}
			}
		}
		return true
	})
}

func isString(e ast.Expr) bool {
	x, ok := e.(*ast.Ident)
	return ok && x.Name == "string"
}

func (f *finder) learn(set map[string]bool, key string) {
	if !set[key] {
		set[key], f.more = true, true
	}
}

func (f *finder) text(at ast.Expr, text string) {
	if text != "" && text != "%s" && f.texts[text] == "" {
		p := f.fset.Position(at.Pos())
		f.texts[text] = fmt.Sprintf("%s:%d", strings.TrimPrefix(p.Filename, root+"/"), p.Line)
	}
}

// mentions says whether a name is in an expression.
func mentions(e ast.Expr, name string) (found bool) {
	ast.Inspect(e, func(n ast.Node) bool {
		x, ok := n.(*ast.Ident)
		found = found || ok && x.Name == name
		return true
	})
	return found
}

// constant is the text of a literal, or of several with + between.
func constant(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind == token.STRING {
			s, err := strconv.Unquote(e.Value)
			return s, err == nil
		}
	case *ast.BinaryExpr:
		a, okA := constant(e.X)
		b, okB := constant(e.Y)
		return a + b, okA && okB && e.Op == token.ADD
	}
	return "", false
}

// called is the name of a function or method that is called: of a method, that of one
// in this package.
func called(pkg string, fun ast.Expr) string {
	switch fun := fun.(type) {
	case *ast.Ident:
		return pkg + "." + fun.Name
	case *ast.SelectorExpr:
		if x, ok := fun.X.(*ast.Ident); ok && x.Obj == nil && !slices.Contains([]string{"u", "r", "c", "q", "up", "o"}, x.Name) {
			return x.Name + "." + fun.Sel.Name
		}
		return pkg + "." + fun.Sel.Name
	}
	return ""
}

// typeName is what a literal is of, with its package.
func typeName(pkg string, e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return pkg + "." + e.Name
	case *ast.SelectorExpr:
		if x, ok := e.X.(*ast.Ident); ok {
			return x.Name + "." + e.Sel.Name
		}
	}
	return ""
}

// element is what the elements of a list or a map are; nil if that is not known.
func element(e ast.Expr) ast.Expr {
	switch e := e.(type) {
	case *ast.ArrayType:
		return e.Elt
	case *ast.MapType:
		return e.Value
	}
	return nil
}
