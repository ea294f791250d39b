package gateway

import (
	"strings"
	"time"

	"isthmus/ircside/irc"
	"isthmus/mapping"
)

// Many networks tell modes, and when a channel was made, also to who is not in it. They are
// asked over the user's own connection, which sees no more than its user may.

const (
	maxGlimpses = 20          // channels that one uplink asks about in a glimpseTime
	glimpseTime = time.Minute // for which an answer is good, be it that there is none
	maxGlances  = 20          // who waits for one answer
)

// A glimpse is what a network says of one such channel.
type glimpse struct {
	seen    mapping.Glimpse
	done    bool // nobody waits any more
	waiting []func()
}

// glance asks a network about a channel, or has done so a while ago; nil: it is not asked.
func (up *uplink) glance(channel string) *glimpse {
	key := strings.Clone(up.view.Support().Fold(channel))
	if g := up.glimpses[key]; g != nil {
		return g
	}
	if len(up.glimpses) >= maxGlimpses {
		return nil
	}
	g := &glimpse{}
	if up.glimpses == nil {
		up.glimpses = map[string]*glimpse{}
	}
	up.glimpses[key] = g
	up.user.after(glimpseTime, func() {
		if up.glimpses[key] == g {
			delete(up.glimpses, key)
		}
	})
	late := up.user.after(lookLimit, g.end)
	up.put(irc.GetModes{Channel: channel}, &question{then: func(*question) {
		late.stop()
		g.end()
	}})
	return g
}

// end answers all that wait for it.
func (g *glimpse) end() {
	waiting := g.waiting
	g.done, g.waiting = true, nil
	for _, then := range waiting {
		then()
	}
}

// then is called once, with what is known by then. A nil glimpse knows nothing.
func (g *glimpse) then(do func(mapping.Glimpse)) {
	switch {
	case g == nil:
		do(mapping.Glimpse{})
	case g.done || len(g.waiting) >= maxGlances:
		do(g.seen)
	default:
		g.waiting = append(g.waiting, func() { do(g.seen) })
	}
}

// glimpsed takes in what is told of a channel that we are not in: it is nothing of what we
// see, nor of a room that is about to be entered.
func (up *uplink) glimpsed(ev irc.Event) bool {
	channel := ""
	switch ev := ev.(type) {
	case irc.Modes:
		if ev.Whole {
			channel = ev.Channel
		}
	case irc.MadeAt:
		channel = ev.Channel
	}
	if channel == "" || len(up.glimpses) == 0 {
		return false
	}
	s := up.view.Support()
	g := up.glimpses[s.Fold(channel)]
	if ch, in := up.view.Channel(channel); g == nil || in && ch.Open {
		return false
	}
	g.seen.Take(ev, s)
	return true
}
