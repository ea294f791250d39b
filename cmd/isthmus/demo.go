package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"
)

const (
	// demoLimit is how long a whole conversation may take; it takes about two seconds,
	// most of which the gateway waits before it dials a lost link again.
	demoLimit = 8 * time.Second
	// demoPatience is how long one thing may take to come.
	demoPatience = 4 * time.Second
)

// demoCommand plays a conversation through the whole gateway, between servers that are
// part of the program. Its status is 0 if all came that the script expects.
func demoCommand(script []scene) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Play a conversation through the gateway, with nothing installed",
		Long: "Plays a conversation through the gateway, between an XMPP server and an IRC server\n" +
			"that are part of the program, and prints both sides. Then it stays up for clients of\n" +
			"your own until Ctrl-C. All of it is on loopback.",
		Args: cobra.NoArgs,
	}
	once := cmd.Flags().Bool("once", false, "end after the conversation")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
		defer stop()
		defer context.AfterFunc(ctx, stop)() // a second signal ends the program at once
		return demo(ctx, cmd.OutOrStdout(), script, *once)
	}
	return cmd
}

// demo plays the script and, unless it is for once, stays up until ctx ends.
func demo(ctx context.Context, out io.Writer, script []scene, once bool) (err error) {
	begin := time.Now()
	s, err := openStage(!once)
	if err != nil {
		return fmt.Errorf("setting the stage: %w", err)
	}
	defer func() { err = errors.Join(err, s.close()) }()

	d := &drama{stage: s, page: newPage(out)}
	defer d.dismiss()
	d.page.prologue()
	if err := d.perform(ctx, script); err != nil {
		d.page.missing(err, s.journal.lines())
		return fmt.Errorf("the conversation broke off: %w", err)
	}
	d.page.epilogue(d.came, time.Since(begin))
	if once {
		return nil
	}
	d.page.invitation(s)
	d.watch(ctx)
	d.page.say("\nGoodbye.")
	return nil
}
