package script

import (
	"context"
	"os"
	"testing"

	"github.com/rs/zerolog"

	"isthmus/cmd/assemble"
	"isthmus/config"
	"isthmus/gateway/store"
)

// assembled is the gateway itself: real shells, real hub, pipes for sockets.
func assembled(ctx context.Context, toml string, dialXMPP, dialIRC Dial) (Gateway, error) {
	c, err := load(toml)
	if err != nil {
		return Gateway{}, err
	}
	log := zerolog.Nop()
	if os.Getenv("ISTHMUS_TRACE") != "" {
		log = zerolog.New(os.Stderr)
	}
	g, err := assemble.New(c, assemble.Options{
		Net: assemble.Net{XMPP: dialXMPP, IRC: dialIRC}, Version: "test", KeepPanics: true,
		Documents: store.NewNotebook(),
	}, log)
	if err != nil {
		return Gateway{}, err
	}
	reload := func(toml string) error {
		c, err := load(toml)
		if err == nil {
			g.Reload(c)
		}
		return err
	}
	return Gateway{Run: func() error { return g.Run(ctx) }, Reload: reload}, nil
}

// load reads a configuration as the program does.
func load(toml string) (*config.Config, error) {
	f, err := os.CreateTemp("", "isthmus-*.toml")
	if err != nil {
		return nil, err
	}
	defer os.Remove(f.Name())
	if _, err := f.WriteString(toml); err != nil {
		return nil, err
	}
	if err := f.Close(); err != nil {
		return nil, err
	}
	return config.Load(f.Name())
}

func TestTranscripts(t *testing.T) { golden(t, "testdata/*.txt", assembled) }
