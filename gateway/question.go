package gateway

import (
	"maps"
	"slices"

	"isthmus/ircside/irc"
	"isthmus/mapping"
)

// maxQuestions bounds what one uplink may have asked its network at a time.
const maxQuestions = 256

// maxLate is how many messages are remembered on a network that does not tell when
// it took one, in case it refuses later.
const maxLate = 32

// A question is a command that is not done. What the network says about it
// gathers here.
type question struct {
	ref     irc.Ref
	then    func(*question) // once, when all has been said
	listed  func(irc.Listed)
	faults  []irc.Fault
	lines   []irc.Line
	entries []irc.Entry
	words   bool     // it is a message, and echoed
	ids     []string // msgids of its lines
	lost    bool     // the link went before the answer
}

// A late is a message on a network that only tells what it refuses.
type late struct {
	ref     irc.Ref
	refused func(error)
}

// maxAnswer bounds the lines of one answer that are kept.
const maxAnswer = 10000

// err is the first refusal, or nil.
func (q *question) err() error {
	switch {
	case len(q.faults) > 0:
		return q.faults[0]
	case q.lost:
		return timedOut("The connection to the network was lost before it answered.")
	}
	return nil
}

// says says whether the echo of a message answers a question, which may be nil.
func (q *question) says() bool { return q != nil && q.words }

// put asks a question: its then is called exactly once.
func (up *uplink) put(cmd irc.Command, q *question) {
	if up.state != linkUp {
		q.lost = true
		q.then(q)
		return
	}
	if len(up.questions) >= maxQuestions {
		q.faults = []irc.Fault{{Numeric: 439, Text: "too many requests at once"}}
		q.then(q)
		return
	}
	up.lastRef++
	q.ref = up.lastRef
	if err := up.seat.Do(cmd, q.ref); err != nil {
		q.faults = []irc.Fault{{Numeric: 439, Text: err.Error()}}
		q.then(q)
		return
	}
	up.questions[q.ref] = q
}

// do gives the network a command that nobody waits for.
func (up *uplink) do(cmd irc.Command) {
	if up.state == linkUp {
		if err := up.seat.Do(cmd, 0); err != nil {
			up.log.Debug().Err(err).Msg("command dropped")
		}
	}
}

// answer takes what the network says about a command.
func (up *uplink) answer(ev irc.Event) {
	switch ev := ev.(type) {
	case irc.Fault:
		up.fault(ev)
	case irc.Answer:
		if q := up.questions[ev.Ref]; q != nil && len(q.lines) < maxAnswer {
			q.lines = append(q.lines, ev.Line)
		}
	case irc.Entry:
		if q := up.questions[ev.Ref]; q != nil && len(q.entries) < maxAnswer {
			q.entries = append(q.entries, ev)
		}
	case irc.Listed:
		if q := up.questions[ev.Ref]; q != nil && q.listed != nil {
			q.listed(ev)
		}
	case irc.Done:
		if q := up.questions[ev.Ref]; q != nil {
			delete(up.questions, ev.Ref)
			q.then(q)
		}
	}
}

func (up *uplink) fault(f irc.Fault) {
	if f.Numeric == 442 {
		defer up.outside(f.Target)
	}
	if !mapping.IsRefusal(f) {
		up.note(f.Text)
		return
	}
	if q := up.questions[f.Ref]; q != nil {
		q.faults = append(q.faults, f)
		return
	}
	if i := slices.IndexFunc(up.late, func(l late) bool { return l.ref == f.Ref && f.Ref != 0 }); i >= 0 {
		refused := up.late[i].refused
		up.late = slices.Delete(up.late, i, i+1)
		refused(f)
		return
	}
	up.log.Debug().Err(f).Msg("refusal of nothing that was asked")
	up.note(f.Text)
}

// remember keeps what to do if a message is refused after all; of the oldest it is
// forgotten.
func (up *uplink) remember(l late) {
	if len(up.late) >= maxLate {
		up.late = slices.Delete(up.late, 0, 1)
	}
	up.late = append(up.late, l)
}

// abandon answers all questions of a seat that is gone.
func (up *uplink) abandon() {
	open := up.questions
	up.questions, up.late, up.glimpses = map[irc.Ref]*question{}, nil, nil
	if up.state != linkClosing {
		up.state = linkWaiting
	}
	for _, ref := range slices.Sorted(maps.Keys(open)) {
		q := open[ref]
		q.lost = true
		q.then(q)
	}
	up.ctcp.abandon()
	up.abandonConsults()
}
