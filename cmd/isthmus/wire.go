package main

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/rs/zerolog"

	"isthmus/cmd/assemble"
	"isthmus/config"
	"isthmus/gateway/store"
)

// newGateway puts the gateway together, on the store of the configuration.
func newGateway(c *config.Config, log zerolog.Logger) (gateway, error) {
	o := assemble.Options{Version: programVersion(), Wrote: tuneProcessors()}
	docs, err := openStore(c.Store)
	if err != nil {
		return nil, err
	}
	if docs == nil {
		log.Info().Msg("there is no store: nothing outlives the program")
		return assemble.New(c, o, log)
	}
	o.Documents = docs
	gw, err := assemble.New(c, o, log)
	if err != nil {
		return nil, errors.Join(err, docs.Close())
	}
	return &storing{gw, docs}, nil
}

// storing is a gateway that has a store to itself.
type storing struct {
	*assemble.Gateway
	store *store.Store
}

// Run closes the store behind the gateway.
func (s *storing) Run(ctx context.Context) error {
	return errors.Join(s.Gateway.Run(ctx), s.store.Close())
}

// openTimeout is how long a database may take to open, and to be brought up to date.
const openTimeout = time.Minute

// openStore opens what the configuration names; nil: it names nothing.
func openStore(c config.Store) (*store.Store, error) {
	ctx, cancel := context.WithTimeout(context.Background(), openTimeout)
	defer cancel()
	switch {
	case !c.Postgres.IsZero():
		s, err := store.OpenPostgres(ctx, c.Postgres.Reveal())
		if err != nil {
			return nil, &outage{fmt.Errorf("store.postgres: %w", err)}
		}
		return s, nil
	case c.Path != "":
		s, err := store.OpenFile(ctx, c.Path)
		if err != nil {
			return nil, fmt.Errorf("store.path: %w", err)
		}
		return s, nil
	}
	return nil, nil
}

// programVersion is what XEP-0092 tells: the module's, as the build has it.
func programVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
