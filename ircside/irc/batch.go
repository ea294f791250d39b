package irc

import "strings"

// A batch is a group of lines that the server holds together.
// https://ircv3.net/specs/extensions/batch
type batch struct {
	ask    *asked // the command that it answers
	ends   bool   // it has the label itself: its end is an answer's
	split  bool   // it is a netsplit
	quit   []string
	reason string
}

// onBatch opens (+) and closes (-).
func (c *Core) onBatch(in *incoming) {
	name := in.Param(0)
	if len(name) < 2 {
		return
	}
	switch sign, name := name[0], name[1:]; sign {
	case '+':
		c.endBatch(name) // of one that was never ended
		if len(c.batches) < maxBatches {
			in.held = in.ask != nil // its label is answered when the batch ends
			c.batches[strings.Clone(name)] = &batch{
				ask: in.ask, ends: in.held && !in.batched, split: strings.EqualFold(in.Param(1), "netsplit"),
			}
		}
	case '-':
		c.endBatch(name)
	}
}

func (c *Core) endBatch(name string) {
	b := c.batches[name]
	if b == nil {
		return
	}
	delete(c.batches, name)
	if len(b.quit) > 0 {
		c.split -= len(b.quit)
		c.event(Quit{Nicks: b.quit, Reason: b.reason, Split: true})
	}
	if b.ends {
		c.answered(b.ask)
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
	if b := c.batches[in.Tags["batch"]]; b != nil && b.split {
		return b
	}
	return nil
}
