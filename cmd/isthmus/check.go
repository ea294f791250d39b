package main

import (
	"errors"
	"fmt"

	"isthmus/config"

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
		_, err := config.Load(*path)
		var bad *config.Error
		switch {
		case err == nil:
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
