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
		if d, ok := soon(q.err()); ok {
			up.later(d, func() { up.put(cmd, &question{then: then}) }, then)
			return
		}
		then(q)
	}})
}

// soon says when a command that was too fast will be taken, if that is soon.
func soon(err error) (time.Duration, bool) {
	f, _ := err.(irc.Fault)
	d, ok := mapping.Pause(f)
	return d, ok && d <= patience
}

// later has do called in a while. It is a question until then, so that it is answered if
// the link goes: by lost.
func (up *uplink) later(pause time.Duration, do func(), lost func(*question)) {
	up.lastRef++
	q := &question{ref: up.lastRef, then: lost}
	up.questions[q.ref] = q
	up.user.after(pause, func() {
		if up.questions[q.ref] == q {
			delete(up.questions, q.ref)
			do()
		}
	})
}

// speak is give for the command that a body was made into. A line that the network finds
// too long is said once more in shorter ones, and so are all that follow; one that was too
// fast is said again when it will be taken, unless something else was said there since,
// for then it would come in the wrong order.
func (up *uplink) speak(cmd irc.Say, body mapping.Styled, taken func(ids []string), refused func(error)) {
	target, single := cmd.Target, len(cmd.Lines) == 1
	var turn uint64
	up.give(cmd, taken, func(err error) {
		f, _ := err.(irc.Fault)
		pause, fast := soon(err)
		// Where the network does not tell what it has taken, it may mean what was said before.
		sure := up.tells() || up.spoken.isLast(up.fold(target), turn) && up.spoken.alone(up.fold(target))
		switch {
		case f.Numeric == 417 && !sure:
			up.tight = tighter
			refused(err)
		case !single || !sure:
			refused(err)
		case f.Numeric == 417 && up.tight == 0:
			up.speakShorter(cmd, body, taken, refused)
		case fast && up.spoken.isLast(up.fold(target), turn):
			up.later(pause, func() {
				if !up.spoken.isLast(up.fold(target), turn) || !up.reaches(target) {
					refused(err)
					return
				}
				up.sayAgain(cmd, taken, refused)
			}, func(q *question) { refused(q.err()) })
		default:
			refused(err)
		}
	})
	turn = up.spoken.turn
}

func (up *uplink) speakShorter(cmd irc.Say, body mapping.Styled, taken func(ids []string), refused func(error)) {
	up.tight = tighter
	shorter, err := up.command(cmd.Target, body)
	if err != nil {
		refused(err)
		return
	}
	shorter.Status = cmd.Status
	up.sayAgain(shorter, taken, refused)
}

// sayAgain is give for what has been refused. Where the network does not tell what it has
// taken it is shown already.
func (up *uplink) sayAgain(cmd irc.Say, taken func(ids []string), refused func(error)) {
	if !up.tells() {
		taken = func([]string) {}
	}
	up.give(cmd, taken, refused)
}

// maxSpoken is of how many targets it is remembered when something was said there last.
const maxSpoken = 256

// A spoken tells in which order things were said to each target, as long as it remembers.
type spoken struct {
	turn uint64               // of what was said last
	last map[string]utterance // by folded target
}

// An utterance is what was said to a target last.
type utterance struct {
	turn       uint64
	at, before time.Time // when, and when what was said before that
}

func (s *spoken) note(target string) {
	if s.last == nil || len(s.last) >= maxSpoken {
		s.last = map[string]utterance{}
	}
	s.turn++
	s.last[target] = utterance{s.turn, time.Now(), s.last[target].at}
}

// isLast says whether nothing was said to a target since that turn.
func (s *spoken) isLast(target string, turn uint64) bool {
	return turn != 0 && s.last[target].turn == turn
}

// alone says whether what was said last to a target followed nothing that may still be
// refused.
func (s *spoken) alone(target string) bool {
	last := s.last[target]
	return last.at.Sub(last.before) > patience
}

func (up *uplink) fold(name string) string { return up.view.Support().Fold(name) }

// reaches says whether a target can still be spoken to: one does not speak in a channel
// that one has left meanwhile.
func (up *uplink) reaches(target string) bool {
	ch, ok := up.view.Channel(target)
	return ok && ch.Open || !up.view.Support().IsChannel(target)
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
