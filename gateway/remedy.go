package gateway

import (
	"time"

	"isthmus/ircside/irc"
	"isthmus/mapping"
	"isthmus/xmppside/muc"
)

// What is done about a refusal before it is told.

const (
	// patience is how long a command waits at the most that was too fast for the network.
	patience = 10 * time.Second
	// tighter is how many bytes less a line holds on a network that finds them too long.
	tighter = 128
)

// ask gives the network a command; then is called exactly once. One that was too fast
// is given once more, if the network says that it will be taken soon.
func (up *uplink) ask(cmd irc.Command, then func(*question)) {
	up.put(cmd, &question{then: func(q *question) {
		if f, refused := q.err().(irc.Fault); refused {
			if d, ok := mapping.Pause(f); ok && d <= patience {
				up.later(d, cmd, then)
				return
			}
		}
		then(q)
	}})
}

// later asks in a while. It is a question until then, so that it is answered if the
// link goes.
func (up *uplink) later(pause time.Duration, cmd irc.Command, then func(*question)) {
	up.lastRef++
	q := &question{ref: up.lastRef, then: then}
	up.questions[q.ref] = q
	up.user.after(pause, func() {
		if up.questions[q.ref] == q {
			delete(up.questions, q.ref)
			up.put(cmd, &question{then: then})
		}
	})
}

// speak is give for the command that a body was made into. A line that the network finds
// too long is said once more in shorter ones, and so are all that follow.
func (up *uplink) speak(cmd irc.Say, body mapping.Styled, taken func(ids []string), refused func(error)) {
	target, short := cmd.Target, len(cmd.Lines) == 1
	up.give(cmd, taken, func(err error) {
		if f, ok := err.(irc.Fault); ok && f.Numeric == 417 && up.tight == 0 && short {
			up.speakShorter(target, body, taken, refused)
			return
		}
		refused(err)
	})
}

func (up *uplink) speakShorter(target string, body mapping.Styled, taken func(ids []string), refused func(error)) {
	up.tight = tighter
	shorter, err := up.command(target, body)
	switch {
	case err != nil:
		refused(err)
	case up.tells():
		up.give(shorter, taken, refused)
	default: // it is shown already
		up.give(shorter, func([]string) {}, refused)
	}
}

// outside sends everybody away from a channel that the network does not see us in (442):
// what is shown of it is wrong.
func (up *uplink) outside(channel string) {
	if up.view == nil {
		return
	}
	r, ok := up.rooms.Get(channel)
	if !ok || !r.open() || r.asked {
		return
	}
	up.log.Warn().Str("channel", r.channel).Msg("the network does not see us in a channel")
	for len(r.members) > 0 {
		r.evict(r.members[len(r.members)-1], "The network does not see you in the channel. Join it again.", muc.StatusTechnical)
	}
	up.do(irc.Part{Channel: r.channel}) // in case it does after all
	up.view.Leave(r.channel)
	r.left()
}
