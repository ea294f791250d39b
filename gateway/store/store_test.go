package store

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pressly/goose/v3"
	"go.uber.org/goleak"

	"isthmus/gateway"
	"isthmus/gateway/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// open opens a file until the test ends.
func open(t testing.TB, path string) *Store {
	t.Helper()
	s, err := OpenFile(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestDocuments(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a ?b=%41#c.db")
	t.Run("file", func(t *testing.T) { storetest.Documents(t, open(t, file)) })
	t.Run("the same file later", func(t *testing.T) { storetest.Expect(t, open(t, file), "late", "k", "y") })
	t.Run("memory", func(t *testing.T) { storetest.Documents(t, open(t, Memory)) })
	t.Run("notebook", func(t *testing.T) { storetest.Documents(t, NewNotebook()) })
	entries, err := os.ReadDir(filepath.Dir(file))
	if err != nil || len(entries) != 1 || entries[0].Name() != filepath.Base(file) {
		t.Errorf("there is %v, %v", entries, err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("its mode is %v, %v", info.Mode(), err)
	}
}

// Each has a life of its own.
func TestMemoryIsPrivate(t *testing.T) {
	one, two := open(t, Memory), open(t, Memory)
	if err := one.Save(t.Context(), storetest.Doc("k", "k", "x")); err != nil {
		t.Fatal(err)
	}
	storetest.Expect(t, two, "k", "k", "")
}

// A second process may look into the file while the first writes.
func TestTwoAtOnce(t *testing.T) {
	file := filepath.Join(t.TempDir(), "isthmus.db")
	one, two := open(t, file), open(t, file)
	for _, s := range []*Store{one, two, one} {
		if err := s.Save(t.Context(), storetest.Doc("k", "k", "x")); err != nil {
			t.Fatal(err)
		}
	}
	storetest.Expect(t, two, "k", "k", "x")
}

// What the first version has written is read by this one, and the migration that
// made it is what it was.
func TestFirstVersion(t *testing.T) {
	first := os.DirFS("testdata/first")
	frozen, err := fs.ReadFile(first, "00001_documents.sql")
	if err != nil {
		t.Fatal(err)
	}
	now, err := migrations.ReadFile("migrations/00001_documents.sql")
	if err != nil || string(now) != string(frozen) {
		t.Errorf("a released migration was changed, %v", err)
	}
	file := filepath.Join(t.TempDir(), "isthmus.db")
	s, err := openSQLite(file)
	if err != nil {
		t.Fatal(err)
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, s.write, first)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Up(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, err = s.write.Exec(`INSERT INTO documents (kind, name, body, saved) VALUES ('session', 'ann@x', '{"stays":[]}', 1700000000000000)`)
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	storetest.Expect(t, open(t, file), gateway.KindSession, "ann@x", `{"stays":[]}`)
}

// A database of a newer program is left alone.
func TestNewerVersion(t *testing.T) {
	file := filepath.Join(t.TempDir(), "isthmus.db")
	s, err := OpenFile(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.write.Exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, 1)`)
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenFile(t.Context(), file); err == nil || !strings.Contains(err.Error(), "of a newer program") {
		t.Error(err)
	}
}

func TestOpenFails(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"text": strings.Repeat("no database\n", 100)} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for path, want := range map[string]string{
		dir + "/none/isthmus.db": dir + "/none does not exist: let there be a directory",
		dir + "/text/isthmus.db": dir + "/text is no directory: let there be a directory",
		dir:                      dir + " is no file",
		dir + "/text":            "SQLite database " + dir + "/text: ",
		"/proc/isthmus.db":       "/proc cannot be written to: let there be a directory",
	} {
		s, err := OpenFile(t.Context(), path)
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v", path, err)
		}
		if s != nil {
			_ = s.Close()
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Errorf("%v is left, %v", left, err)
	}
}

// No error of PostgreSQL shows the password.
func TestPostgresErrors(t *testing.T) {
	for _, url := range []string{
		"postgres://isthmus:hunter2@127.0.0.1:1/isthmus?sslmode=disable", "postgres://isthmus:hunter2@127.0.0.1:x/isthmus",
		"postgres://isthmus:hunter2@[::1/isthmus", "hunter2", "postgres://u:hunter2@127.0.0.1:1/x?connect_timeout=hunter2", "postgres://u:hunter2%zz@h/x",
	} {
		s, err := OpenPostgres(t.Context(), url)
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", url, err)
		}
		if s != nil {
			_ = s.Close()
		}
	}
}

func BenchmarkSave(b *testing.B) {
	for name, n := range map[string]int{"1": 1, "100": 100} {
		b.Run(name, func(b *testing.B) {
			s := open(b, filepath.Join(b.TempDir(), "isthmus.db"))
			var docs []gateway.Document
			for i := range n {
				docs = append(docs, storetest.Doc(gateway.KindSession, strings.Repeat("k", i+1), strings.Repeat("x", 200)))
			}
			for b.Loop() {
				if err := s.Save(b.Context(), docs...); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkLoad(b *testing.B) {
	s := open(b, filepath.Join(b.TempDir(), "isthmus.db"))
	for b.Loop() {
		if _, err := s.Load(b.Context(), gateway.KindSession, "ann@x"); err != nil {
			b.Fatal(err)
		}
	}
}
