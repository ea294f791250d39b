package main

import (
	"fmt"
	"io"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// versionCommand says what was built, from what, and by which compiler.
func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Say which version this is",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return sayVersion(cmd.OutOrStdout())
		},
	}
}

// sayVersion prints what this build knows of itself.
func sayVersion(w io.Writer) error {
	info, _ := debug.ReadBuildInfo()
	return printVersion(w, info)
}

// printVersion prints what a build knows of itself; info is nil if that is nothing.
func printVersion(w io.Writer, info *debug.BuildInfo) error {
	if info == nil {
		_, err := fmt.Fprintln(w, "isthmus (unknown)")
		return err
	}
	settings := map[string]string{}
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	text := "isthmus " + info.Main.Version
	if r := settings["vcs.revision"]; r != "" {
		text += " revision " + r[:min(len(r), 12)]
	}
	if settings["vcs.modified"] == "true" {
		text += " with changes"
	}
	_, err := fmt.Fprintln(w, text, info.GoVersion)
	return err
}
