package main

import (
	"errors"
	"fmt"
	"io"

	"isthmus/config"
	"isthmus/gateway/store"

	"github.com/spf13/cobra"
)

// checkCommand says everything that is wrong with a configuration, a problem a line,
// in the form of compilers where there is a line to name.
func checkCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Check the configuration",
		Args:  cobra.NoArgs,
	}
	path := configFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		c, err := config.Load(*path)
		var bad *config.Error
		switch {
		case err == nil:
			noteStore(cmd.OutOrStdout(), *path, c.Store)
			fmt.Fprintf(cmd.OutOrStdout(), "%s: OK\n", *path)
			return nil
		case !errors.As(err, &bad):
			return err
		}
		for _, p := range bad.Problems {
			if p.Line > 0 {
				fmt.Fprintf(cmd.OutOrStdout(), "%s:%d: %s\n", *path, p.Line, p.Text)
			} else {
				fmt.Fprintf(cmd.OutOrStdout(), "%s: %s\n", *path, p)
			}
		}
		return fmt.Errorf("problems in the configuration: %d", len(bad.Problems))
	}
	return cmd
}

// noteStore says why serve could not open the store. It is no problem of the
// configuration: it may be another user who runs serve, for whom systemd makes the
// directory.
func noteStore(w io.Writer, path string, c config.Store) {
	if c.Path == "" || !c.Postgres.IsZero() {
		return
	}
	if err := store.Check(c.Path); err != nil {
		fmt.Fprintf(w, "%s: note: store.path: as this user, %v\n", path, err)
	}
}
