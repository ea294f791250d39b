package irc

import "strings"

// maxBatches bounds how many batches a server may have open: a hostile one opens
// them for ever. Lines of a batch that is not kept count as outside of any.
const maxBatches = 64

// A batch is a group of lines that the server holds together.
// https://ircv3.net/specs/extensions/batch
type batch struct {
	kind   string
	ask    *asked   // of the command that it answers, as labelled
	quit   []string // of a netsplit
	reason string
}

// onBatch opens (+) and closes (-).
func (c *Core) onBatch(in *incoming) {
	name := in.Param(0)
	if len(name) < 2 {
		return
	}
	switch name[0] {
	case '+':
		if len(c.batches) < maxBatches {
			c.batches[name[1:]] = &batch{kind: strings.ToLower(in.Param(1)), ask: in.ask}
		}
		in.held = in.ask != nil // its label is answered when the batch ends
	case '-':
		b := c.batches[name[1:]]
		if b == nil {
			return
		}
		delete(c.batches, name[1:])
		if len(b.quit) > 0 {
			c.event(Quit{Nicks: b.quit, Reason: b.reason, Split: true})
		}
		if b.ask != nil && b.kind == "labeled-response" {
			c.answered(b.ask)
		}
	}
}

// openBatch finds the command that a line of a batch answers.
func (c *Core) openBatch(in *incoming) {
	if b := c.batches[in.Tags["batch"]]; b != nil && b.ask != nil {
		in.ask, in.ref = b.ask, b.ask.ref
		in.batched = true
	}
}

// splitBatch is the netsplit that a QUIT belongs to, or nil.
func (c *Core) splitBatch(in *incoming) *batch {
	if b := c.batches[in.Tags["batch"]]; b != nil && b.kind == "netsplit" {
		return b
	}
	return nil
}
