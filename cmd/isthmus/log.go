package main

import (
	"io"
	"time"

	"isthmus/config"

	"github.com/rs/zerolog"
)

// newLogger makes the log that is passed down to everything. Its level is the
// process's (setLevel), so that a reload changes it for all that have a copy.
func newLogger(w io.Writer, c config.Log) zerolog.Logger {
	if c.Format == config.LogConsole {
		w = zerolog.ConsoleWriter{Out: w, TimeFormat: time.StampMilli, NoColor: true}
	}
	return zerolog.New(w).With().Timestamp().Logger()
}

// setLevel makes l the least that is logged from now on.
func setLevel(l config.Level) {
	if level, err := zerolog.ParseLevel(string(l)); err == nil { // config has checked it
		zerolog.SetGlobalLevel(level)
	}
}
