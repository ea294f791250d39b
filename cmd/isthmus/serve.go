package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"isthmus/config"

	"github.com/coreos/go-systemd/v22/daemon"
	"github.com/rs/zerolog"
	"github.com/spf13/cobra"
)

// A gateway is what serve runs: the assembled one, or one that a test plays.
type gateway interface {
	// Run serves until ctx ends and returns when everybody has been told.
	Run(ctx context.Context) error
	// Reload puts another configuration into effect, for what can change by then.
	Reload(c *config.Config)
}

// A builder makes a gateway.
type builder func(*config.Config, zerolog.Logger) (gateway, error)

// goodbye is how much longer than gateway.stop_timeout, which the gateway itself keeps,
// serve waits for its end.
const goodbye = 2 * time.Second

// twice is how long after the first signal to end a second one is the same wish:
// timeout(1) and others signal a program and its process group.
const twice = time.Second

// serveCommand runs a gateway until a signal ends it.
func serveCommand(build builder) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run the gateway",
		Args:  cobra.NoArgs,
	}
	path := configFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		signals := make(chan os.Signal, 4)
		signal.Notify(signals, syscall.SIGHUP, syscall.SIGINT, syscall.SIGTERM)
		defer signal.Stop(signals)
		cfg, err := config.Load(*path)
		if err != nil {
			return &configError{err}
		}
		setLevel(cfg.Log.Level)
		log := newLogger(cmd.ErrOrStderr(), cfg.Log)
		gw, err := build(cfg, log)
		if out := (*outage)(nil); errors.As(err, &out) {
			return err
		} else if err != nil {
			return &configError{err}
		}
		tuneMemory()
		s := &service{path: *path, cfg: cfg, gateway: gw, log: log, notify: notifySystemd}
		return s.run(signals)
	}
	return cmd
}

// A configError is one that no restart mends.
type configError struct{ error }

func (e *configError) Unwrap() error { return e.error }

// An outage is an error that may be over at the next start.
type outage struct{ error }

func (e *outage) Unwrap() error { return e.error }

// notifySystemd tells the service manager of a state, if there is one that listens.
func notifySystemd(state string) {
	_, _ = daemon.SdNotify(false, state) // a manager that is gone needs no news
}

// A service is a gateway under way. It belongs to the goroutine of run.
type service struct {
	path     string         // of the configuration
	cfg      *config.Config // in effect
	gateway  gateway
	log      zerolog.Logger
	notify   func(state string)
	stopping bool
}

// run serves until a signal asks for the end, and returns nil after a good one.
func (s *service) run(signals <-chan os.Signal) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- s.gateway.Run(ctx) }() // ends with ctx, or with the process
	alive, stop := watchdog()
	defer stop()
	var overdue <-chan time.Time
	var asked time.Time

	s.log.Info().Str("domain", s.cfg.Component.Domain).Msg("started")
	s.notify(daemon.SdNotifyReady)
	for {
		select {
		case err := <-ended:
			return s.end(err)
		case sig := <-signals:
			switch {
			case s.stopping && sig != syscall.SIGHUP && time.Since(asked) < twice:
			case s.stopping && sig != syscall.SIGHUP:
				return errors.New("a second signal cut the goodbyes short")
			case sig == syscall.SIGHUP:
				s.reload()
			default:
				s.log.Info().Stringer("signal", sig).Msg("stopping")
				s.stopping, asked = true, time.Now()
				s.notify(daemon.SdNotifyStopping)
				cancel()
				overdue = time.After(s.cfg.Gateway.StopTimeout + goodbye)
			}
		case <-overdue:
			return fmt.Errorf("the gateway did not end within %v", s.cfg.Gateway.StopTimeout+goodbye)
		case <-alive:
			s.notify(daemon.SdNotifyWatchdog)
		}
	}
}

// end judges how the gateway ended.
func (s *service) end(err error) error {
	switch {
	case s.stopping && (err == nil || errors.Is(err, context.Canceled)):
		s.log.Info().Msg("stopped")
		return nil
	case err == nil:
		return errors.New("the gateway ended by itself")
	default:
		return fmt.Errorf("the gateway ended: %w", err)
	}
}

// reload reads the configuration again. A bad one changes nothing.
func (s *service) reload() {
	if s.stopping {
		return
	}
	s.notify(daemon.SdNotifyReloading + "\n" + daemon.SdNotifyMonotonicUsec())
	defer s.notify(daemon.SdNotifyReady)
	next, err := config.Load(s.path)
	if err != nil {
		s.log.Error().Err(err).Msg("configuration not reloaded")
		return
	}
	next, kept := s.cfg.Next(next)
	if err := next.Validate(); err != nil { // what is kept may not go with what is new
		s.log.Error().Err(err).Strs("kept", kept).Msg("configuration not reloaded")
		return
	}
	for _, key := range kept {
		s.log.Warn().Str("key", key).Msg("setting changes at a restart only")
	}
	s.cfg = next
	setLevel(next.Log.Level)
	s.gateway.Reload(next)
	s.log.Info().Msg("configuration reloaded")
}

// watchdog ticks when the service manager wants a sign of life, twice as often as it
// has to be; without such a manager never.
func watchdog() (<-chan time.Time, func()) {
	interval, err := daemon.SdWatchdogEnabled(false)
	if err != nil || interval <= 0 {
		return nil, func() {}
	}
	t := time.NewTicker(max(interval/2, time.Millisecond))
	return t.C, t.Stop
}
