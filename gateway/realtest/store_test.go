//go:build e2e && linux

package realtest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"isthmus/gateway"
	"isthmus/gateway/store"
	"isthmus/gateway/store/storetest"
)

// connect opens the store until the test ends. A server that has just begun to accept
// may still say that it starts up.
func (p *Postgres) connect(t *testing.T) *store.Store {
	t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(Patience); ; <-tick.C {
		s, err := store.OpenPostgres(t.Context(), p.URL)
		switch {
		case err == nil:
			t.Cleanup(func() { _ = s.Close() })
			return s
		case !strings.Contains(err.Error(), "57P03") || time.Now().After(deadline): // cannot_connect_now
			t.Fatal(err)
		}
	}
}

// The store does on PostgreSQL what it does on SQLite.
func TestPostgres(t *testing.T) {
	p := StartPostgres(t)
	t.Run("documents", func(t *testing.T) { storetest.Documents(t, p.connect(t)) })
	t.Run("later", func(t *testing.T) { storetest.Expect(t, p.connect(t), "late", "k", "y") })
	t.Run("restart", func(t *testing.T) {
		s := p.connect(t)
		p.Restart(t)
		p.connect(t)
		storetest.Expect(t, s, "late", "k", "y")
	})
	t.Run("away", func(t *testing.T) {
		s := p.connect(t)
		p.Stop(t)
		defer p.Start(t)
		ctx, cancel := context.WithTimeout(t.Context(), Patience)
		defer cancel()
		err := s.Save(ctx, storetest.Doc("late", "k", "z"))
		if err == nil || errors.Is(err, context.DeadlineExceeded) || strings.Contains(err.Error(), Secret) {
			t.Error(err)
		}
	})
	t.Run("wrong password", func(t *testing.T) {
		_, err := store.OpenPostgres(t.Context(), strings.Replace(p.URL, Secret, "hunter2", 1))
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Error(err)
		}
	})
}

// What the first version has written there is read by this one.
func TestPostgresFirstVersion(t *testing.T) {
	p := StartPostgres(t)
	_ = p.connect(t).Close()
	db, err := sql.Open("pgx", p.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if _, err := db.Exec("DROP TABLE documents, goose_db_version"); err != nil {
		t.Fatal(err)
	}
	first, err := goose.NewProvider(goose.DialectPostgres, db, os.DirFS("../store/testdata/first"))
	if err == nil {
		_, err = first.Up(t.Context())
	}
	if err == nil {
		_, err = db.Exec(`INSERT INTO documents (kind, name, body, saved) VALUES ('session', 'ann@x', '{"stays":[]}', 1700000000000000)`)
	}
	if err != nil {
		t.Fatal(err)
	}
	storetest.Expect(t, p.connect(t), gateway.KindSession, "ann@x", `{"stays":[]}`)
}

// The gateway keeps its key and who was in a room, on either database, from one process
// to the next; after a kill too.
func TestKept(t *testing.T) {
	program := Build(t)
	x, irc := StartProsody(t), StartInspIRCd(t, IRCOptions{})
	p := StartPostgres(t)
	p.connect(t)
	file := filepath.Join(newDir(t, "kept"), "isthmus.db")
	for name, setting := range map[string]string{"sqlite": fmt.Sprintf("path = %q", file), "postgres": fmt.Sprintf("postgres = %q", p.URL)} {
		t.Run(name, func(t *testing.T) {
			config := fmt.Sprintf("[component]\naddress = %q\ndomain = %q\nsecret = %q\n[store]\n%s\n[irc]\ntls = false\n[[network]]\nname = \"net\"\naddresses = [%q]\n",
				x.Component, Component, Secret, setting, irc.Addr)
			gw := StartGateway(t, program, config)
			alice := x.Login(t, "alice", "desk")
			alice.AwaitComponent(Component)
			room := "#kept%net@" + Component
			alice.JoinRoom(room, "ann", "")
			look := func() (key, session string) {
				open, at := store.OpenFile, file
				if name == "postgres" {
					open, at = store.OpenPostgres, p.URL
				}
				s, err := open(t.Context(), at)
				if err != nil {
					t.Fatal(err)
				}
				defer func() { _ = s.Close() }()
				k, err := s.Load(t.Context(), gateway.KindSecret, "occupant")
				d, err2 := s.Load(t.Context(), gateway.KindSession, alice.JID.Bare().String())
				if err := errors.Join(err, err2); err != nil {
					t.Fatal(err)
				}
				return string(k), string(d)
			}
			tick := time.NewTicker(50 * time.Millisecond)
			defer tick.Stop()
			key, session := look()
			for deadline := time.Now().Add(Patience); session == "" && time.Now().Before(deadline); key, session = look() {
				<-tick.C
			}
			gw.Kill(t)
			gw.Start(t)
			gw.awaitLog(t, streamUp, 2) // what is sent before may stay without any answer
			alice.AwaitComponent(Component)
			key2, session2 := look()
			if key == "" || key2 != key || !strings.Contains(session, room) || session2 != session {
				t.Errorf("key %q, then %q; session %s, then %s", key, key2, session, session2)
			}
			alice.JoinRoom(room, "ann", "")
			alice.Leave(room, "ann")
			for deadline := time.Now().Add(Patience); session != "" && time.Now().Before(deadline); _, session = look() {
				<-tick.C
			}
			if session != "" {
				t.Errorf("there is still %s", session)
			}
			if status := gw.Stop(t); status != 0 {
				t.Errorf("status %d", status)
			}
			if strings.Contains(gw.Log(t), p.URL) {
				t.Error("the log has the password")
			}
			alice.Logout()
		})
	}
}
