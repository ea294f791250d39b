package main

import (
	"runtime/debug"

	"github.com/rs/zerolog"

	"isthmus/cmd/assemble"
	"isthmus/config"
)

// newGateway puts the gateway together.
func newGateway(c *config.Config, log zerolog.Logger) (gateway, error) {
	return assemble.New(c, assemble.Options{Version: programVersion()}, log)
}

// programVersion is what XEP-0092 tells: the module's, as the build has it.
func programVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
