package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"isthmus/gateway"
)

var _ gateway.Documents = (*Store)(nil)

// All the SQL there is about documents.
const (
	selectDocument = `SELECT body FROM documents WHERE kind = $1 AND name = $2`
	selectKeys     = `SELECT name FROM documents WHERE kind = $1`
	upsertDocument = `INSERT INTO documents (kind, name, body, saved) VALUES ($1, $2, $3, $4)
		ON CONFLICT (kind, name) DO UPDATE SET body = excluded.body, saved = excluded.saved`
	deleteDocument = `DELETE FROM documents WHERE kind = $1 AND name = $2`
	deleteOld      = `DELETE FROM documents WHERE kind = $1 AND saved < $2`
)

// Load gives a document's text; nil without an error: there is none.
func (s *Store) Load(ctx context.Context, kind gateway.Kind, key string) ([]byte, error) {
	if err := gateway.CheckKey(kind, key); err != nil {
		return nil, err
	}
	var text []byte
	err := s.read.QueryRowContext(ctx, selectDocument, string(kind), key).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return text, err
}

// Save puts documents in the place of those with their keys, in one transaction.
func (s *Store) Save(ctx context.Context, docs ...gateway.Document) error {
	for _, d := range docs {
		if err := d.Check(); err != nil {
			return err
		}
	}
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // does nothing after the commit
	upsert, err := tx.PrepareContext(ctx, upsertDocument)
	if err != nil {
		return err
	}
	defer func() { _ = upsert.Close() }() // it ends with tx
	now := time.Now().UnixMicro()
	for _, d := range docs {
		if _, err := upsert.ExecContext(ctx, string(d.Kind), d.Key, string(d.Text), now); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// Delete forgets a document, if there is one.
func (s *Store) Delete(ctx context.Context, kind gateway.Kind, key string) error {
	if err := gateway.CheckKey(kind, key); err != nil {
		return err
	}
	_, err := s.write.ExecContext(ctx, deleteDocument, string(kind), key)
	return err
}

// Keys lists those of a kind, in the order of their bytes: databases have others.
func (s *Store) Keys(ctx context.Context, kind gateway.Kind) ([]string, error) {
	rows, err := s.read.QueryContext(ctx, selectKeys, string(kind))
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // rows.Err has what matters
	var keys []string
	for rows.Next() {
		var key string
		if err := rows.Scan(&key); err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys, rows.Err()
}

// Expire forgets what of a kind was not saved since then.
func (s *Store) Expire(ctx context.Context, kind gateway.Kind, before time.Time) error {
	_, err := s.write.ExecContext(ctx, deleteOld, string(kind), before.UnixMicro())
	return err
}
