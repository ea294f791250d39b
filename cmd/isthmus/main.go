// Command isthmus is the gateway as a program: its commands, the signals, the log and
// the dealings with systemd. isthmus(1) describes it from outside.
//
// It imports everything and nothing imports it. What the gateway consists of is put
// together elsewhere; here it is something that runs until its context ends.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/rs/zerolog"
	"github.com/spf13/cobra"
)

// exitConfig is the status of serve for a configuration that it cannot run with:
// EX_CONFIG of sysexits.h.
const exitConfig = 78

func main() {
	zerolog.TimeFieldFormat = time.RFC3339Nano
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// commands is the table of what the program can do.
func commands() []*cobra.Command {
	return []*cobra.Command{
		serveCommand(newGateway),
		checkCommand(),
		demoCommand(conversation()),
		versionCommand(),
	}
}

// run executes one command line and returns the program's exit status.
func run(args []string, stdout, stderr io.Writer) int {
	root := &cobra.Command{
		Use:               "isthmus",
		Short:             "A gateway between Jabber and IRC",
		Long:              "Isthmus lets Jabber users into the channels of IRC networks, each over an IRC\nconnection of their own.",
		SilenceErrors:     true,
		SilenceUsage:      true,
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
	}
	root.AddCommand(commands()...)
	root.SetHelpCommand(helpCommand())
	version := root.Flags().Bool("version", false, "say which version this is")
	root.RunE = func(cmd *cobra.Command, _ []string) error {
		if *version {
			return sayVersion(stdout)
		}
		return cmd.Help()
	}
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	if err := root.Execute(); err != nil {
		fmt.Fprintln(stderr, "isthmus:", err)
		if bad := (*configError)(nil); errors.As(err, &bad) {
			return exitConfig
		}
		return 1
	}
	return 0
}

// helpCommand is cobra's, but for its status: a command that there is not is an error.
func helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "help [command]",
		Short: "Say how to use the program, or a command",
		RunE: func(cmd *cobra.Command, args []string) error {
			about, rest, err := cmd.Root().Find(args)
			if err != nil {
				return err
			}
			if len(rest) > 0 {
				return fmt.Errorf("unknown command %q for %q", rest[0], about.CommandPath())
			}
			about.InitDefaultHelpFlag()
			return about.Help()
		},
	}
}

// configFlag gives a command the flag that names the configuration file.
func configFlag(cmd *cobra.Command) *string {
	return cmd.Flags().StringP("config", "c", "/etc/isthmus/isthmus.toml", "configuration `file`")
}
