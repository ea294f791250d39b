package gateway

import (
	"slices"
	"time"

	"isthmus/ircside/irc"
	"isthmus/mapping"
	"isthmus/xmppside/muc"
	"isthmus/xmppside/stanza"
)

// missing is what an occupant saw last before the stream went away.
type missing struct {
	view *irc.View
	seq  uint64 // of the words that it was shown
	sees bool   // it was told addresses
	// roles are what else than the view decides about roles.
	roles mapping.RolePolicy
}

// maxOwed bounds the farewells that a user's clients are owed.
const maxOwed = 1000

// streamDown notes what every occupant has seen. IRC goes on; what happens from now
// on is told as the differences, once the stream is back.
func (u *user) streamDown() {
	u.down = true
	for _, up := range u.inOrder() {
		if up.view == nil {
			continue
		}
		var copied *irc.View
		for _, r := range up.list() {
			for _, o := range r.members {
				if o.missing != nil {
					continue // of an earlier loss
				}
				if copied == nil {
					copied = up.view.Clone()
				}
				o.missing = &missing{copied, r.backlog.seq, r.sees, r.roles()}
			}
		}
	}
}

// streamUp finds out who is still there: each client is asked once.
func (u *user) streamUp() {
	u.down = false
	owed := u.owed
	u.owed = nil
	for _, s := range owed {
		u.send(s)
	}
	asked := map[*client]bool{}
	for _, up := range u.inOrder() {
		for _, r := range up.list() {
			r.admit()
			for _, o := range slices.Clone(r.members) {
				if o.missing != nil && !asked[o.client] {
					asked[o.client] = true
					u.findOut(o.client, o)
				}
			}
		}
		u.networkPresence(up)
	}
}

// findOut pings a client and has it catch up, or takes it out. An error that its
// server may send for a client that is merely away decides only if the client said
// that it answers pings; else its next bounce will.
func (u *user) findOut(c *client, o *occupant) {
	iq := &stanza.Stanza{Kind: stanza.IQ, Type: "get", From: o.at, To: c.jid, Children: []*stanza.Element{stanza.E(nsPing, "ping")}}
	u.ask(iq, 30*time.Second, func(answer *stanza.Stanza) {
		if u.down {
			return // and it will be asked again
		}
		gone := false
		if answer != nil && answer.Type == "error" {
			err := answer.Error()
			gone = isGone(err) && (err.Condition != stanza.ServiceUnavailable || c.features.Has(nsPing))
		}
		for _, up := range u.inOrder() {
			for _, r := range up.list() {
				for _, o := range slices.Clone(r.members) {
					switch {
					case o.client != c || o.missing == nil:
					case gone:
						r.evict(o, "You could not be reached.", muc.StatusTechnical)
						r.part("Connection lost")
					default:
						r.catchUp(o)
					}
				}
			}
			up.updateAway()
		}
	})
}

// catchUp tells an occupant what it missed: the differences in who is where, what
// was said, and the subject if it is another.
func (r *room) catchUp(o *occupant) {
	was := o.missing
	o.missing = nil
	old, _ := was.view.Channel(r.channel)
	now, _ := r.up.view.Channel(r.channel)
	scene := r.scene()
	changes := r.up.view.Since(was.view, r.channel)
	if was.sees != r.sees {
		changes = r.retold(changes, nil)
	}
	before := mapping.Scene{Channel: old, Support: was.view.Support(), Roles: was.roles}
	for _, c := range append(changes, r.regraded(before, changes)...) {
		r.send(o, mapping.Presence(scene, o.class(), c))
	}
	for _, w := range r.backlog.since(was.seq) {
		r.show(o, w, true)
	}
	if old.Topic != now.Topic {
		r.subject(o, "")
	}
	if old.Modes != now.Modes || old.Key != now.Key || old.Limit != now.Limit || old.Params != now.Params {
		r.send(o, mapping.Configured(o.class(), muc.StatusConfigChanged))
	}
}

// deliver sends what must not be lost: if there is no stream, once it is back. An IQ's
// answer is not waited for as long.
func (u *user) deliver(s *stanza.Stanza) {
	if s.Kind == stanza.IQ || !u.owe(s) {
		u.send(s)
	}
}

// owe keeps a stanza for when the stream is back; false: there is one, or too much is
// kept.
func (u *user) owe(s *stanza.Stanza) bool {
	if !u.down || len(u.owed) >= maxOwed {
		return false
	}
	u.owed = append(u.owed, s)
	return true
}
