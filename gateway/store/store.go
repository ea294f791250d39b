// Package store keeps what outlives the process: documents, in a file of SQLite or in a
// PostgreSQL database. There is one text of SQL for both: numbered parameters, TEXT and
// BIGINT only, times in microseconds.
//
// A [Store] may be used by several goroutines; it has no state of its own besides the
// connections. The schema is made and changed by numbered migrations, which are never
// edited once they were released. The package imports package gateway, for the types,
// and the drivers.
package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the driver sqlite
)

// Memory as a path is a database that ends with the process.
const Memory = ":memory:"

//go:embed migrations/*.sql
var migrations embed.FS

// A Store is a database that is open. It is a gateway.Documents.
type Store struct {
	write *sql.DB // SQLite: one connection, for there is one writer
	read  *sql.DB // PostgreSQL and Memory: the same as write
}

// most are the connections to a database that takes several.
const most = 4

// OpenFile opens a file of SQLite, which it makes if there is none, readable by this
// user alone. Its directory has to be there. Next to it SQLite keeps two more, with the
// suffixes -wal and -shm.
func OpenFile(ctx context.Context, path string) (*Store, error) {
	s, err := openSQLite(path)
	if err != nil {
		return nil, err
	}
	return s.migrated(ctx, goose.DialectSQLite3, "SQLite database "+path)
}

func openSQLite(path string) (*Store, error) {
	if path != Memory {
		if err := Check(path); err != nil {
			return nil, err
		}
		f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return nil, err
		}
		if err := f.Close(); err != nil {
			return nil, err
		}
	}
	write, err := sql.Open("sqlite", source(path))
	if err != nil {
		return nil, err
	}
	write.SetMaxOpenConns(1)
	if path == Memory { // each connection would have another
		return &Store{write, write}, nil
	}
	read, err := sql.Open("sqlite", source(path))
	if err != nil {
		return nil, errors.Join(err, write.Close())
	}
	read.SetMaxOpenConns(most)
	return &Store{write, read}, nil
}

// source is how the driver wants a path. A commit is safe from a crash of the process;
// the last ones before a failure of power may be lost, and nothing else.
func source(path string) string {
	escaped := strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(path)
	return "file:" + escaped + "?_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)&_txlock=immediate"
}

// OpenPostgres opens a PostgreSQL database at a URL, as postgres://user:password@host/name.
// Errors do not show the password.
func OpenPostgres(ctx context.Context, url string) (*Store, error) {
	c, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, errors.New("the address of the PostgreSQL database is malformed") // err may quote it
	}
	// A connection of before a restart of the server is noticed only when it is used.
	ping := func(context.Context, stdlib.ShouldPingParams) bool { return true }
	db := stdlib.OpenDB(*c, stdlib.OptionShouldPing(ping))
	db.SetMaxOpenConns(most)
	s := &Store{db, db}
	var encoding string
	if err := db.QueryRowContext(ctx, "SHOW server_encoding").Scan(&encoding); err != nil {
		return nil, errors.Join(fmt.Errorf("PostgreSQL database %s: %w", c.Database, err), s.Close())
	}
	if encoding != "UTF8" {
		return nil, errors.Join(fmt.Errorf("PostgreSQL database %s: its encoding is %s and has to be UTF8", c.Database, encoding), s.Close())
	}
	return s.migrated(ctx, goose.DialectPostgres, "PostgreSQL database "+c.Database)
}

// migrated brings the schema up to date. An error closes the store.
func (s *Store) migrated(ctx context.Context, dialect goose.Dialect, what string) (*Store, error) {
	if err := s.migrate(ctx, dialect); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", what, err), s.Close())
	}
	return s, nil
}

func (s *Store) migrate(ctx context.Context, dialect goose.Dialect) error {
	dir, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(dialect, s.write, dir, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return err
	}
	now, newest, err := p.GetVersions(ctx)
	if err != nil {
		return err
	}
	if now > newest {
		return fmt.Errorf("its schema is version %d, of a newer program: this one knows %d", now, newest)
	}
	_, err = p.Up(ctx)
	return err
}

// Close ends all connections.
func (s *Store) Close() error {
	if s.read == s.write {
		return s.write.Close()
	}
	return errors.Join(s.read.Close(), s.write.Close())
}

// Check says why there can be no database at a path, and what to do; nil if there can.
// It leaves nothing behind.
func Check(path string) error {
	if path == Memory {
		return nil
	}
	dir := filepath.Dir(path)
	const remedy = "let there be a directory that the user who runs isthmus may write to, or set store.path to a file elsewhere (empty: nothing is kept)"
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s does not exist: %s", dir, remedy)
	case err == nil && !info.IsDir():
		return fmt.Errorf("%s is no directory: %s", dir, remedy)
	case err != nil:
		return fmt.Errorf("%w: %s", err, remedy)
	}
	f, err := os.CreateTemp(dir, ".isthmus-*")
	if err != nil {
		return fmt.Errorf("%s cannot be written to: %s", dir, remedy)
	}
	_ = f.Close() // nothing was written
	if err := os.Remove(f.Name()); err != nil {
		return err
	}
	switch info, err := os.Stat(path); {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s is no file", path)
	}
	f, err = os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return fmt.Errorf("%s cannot be written to: let the user who runs isthmus own it", path)
	}
	return f.Close()
}
