package strict

import (
	"fmt"
	"slices"

	"isthmus/xmppside/jid"
	"isthmus/xmppside/stanza"
)

// A state is how far a client is in a room. XEP-0045 §7.1 has the order: others,
// self, history, subject, and then whatever happens.
type state uint8

const (
	absent  state = iota // not in, or not any more
	joining              // asked to come in; others' presences arrive
	history              // self-presence came, the subject did not yet
	live
)

// A room is what one client believes of one room.
type room struct {
	state   state
	knock   bool // joining without the muc element: it may be turned away
	old     bool // it came in so: it speaks groupchat 1.0
	leaving bool // said that it goes, and was not told yet that it is gone
	bounced bool // something came back from it: it may be sent away, once
	excused bool // the stream was lost: what was under way may come, or not
	asked   string
	self    string            // our nick
	members map[string]string // nick → its presence, as a comparable string
	before  map[string]string // while a join is repeated: those of the last one
	renames map[string]bool   // new nicks that 303 announced
	ids     []string          // of presences that an error may answer
	who     identities

	past     int // messages of the history that an old client was sent
	refusals int // errors for messages of an old client, which lines have to follow
}

func (c *Checker) room(client, address jid.JID) *room { return c.rooms[place{client, address.Bare()}] }

// presenceSent follows what a client asks for.
func (c *Checker) presenceSent(s *stanza.Stanza) {
	if s.To.IsZero() || s.To.Resource() == "" && s.Type != "unavailable" {
		return
	}
	at := place{s.From, s.To.Bare()}
	r := c.rooms[at]
	switch s.Type {
	case "error":
		c.bounced(s)
	case "unavailable":
		if r != nil && r.state != absent {
			r.leaving = true
		}
	case "probe":
		if r == nil {
			return
		}
		if _, present := r.members[s.To.Resource()]; present {
			r.members[s.To.Resource()] = "asked for" // whatever the answer is, it is news
		}
	case "":
		if r == nil {
			r = &room{}
			c.rooms[at] = r
		}
		r.ids = append(r.ids, s.ID)
		if entering := s.Child(nsMUC, "x") != nil; entering || r.state == absent {
			r.enter(s.To.Resource(), !entering)
		}
	}
}

func (r *room) enter(nick string, knock bool) {
	in := r.state == history || r.state == live
	if in {
		r.before = r.members
	}
	r.who.again(in)
	r.state, r.asked, r.knock, r.leaving = joining, nick, knock, false
	r.old, r.past, r.refusals = false, 0, 0
	r.bounced, r.excused = false, false
	r.members, r.renames = map[string]string{}, map[string]bool{}
}

// gone lists the errors by which a server says that a resource is not there any
// more. XEP-0045 §18.1.2; service-unavailable is what servers really send.
var gone = []stanza.Condition{
	stanza.Gone, stanza.ItemNotFound, stanza.RecipientUnavailable, stanza.Redirect,
	stanza.RemoteServerNotFound, stanza.RemoteServerTimeout, stanza.ServiceUnavailable,
}

// bounced is an error for a message or a presence of the gateway's: the client
// has left.
func (c *Checker) bounced(s *stanza.Stanza) {
	err := s.Error()
	if r := c.room(s.From, s.To); r != nil && err != nil && slices.Contains(gone, err.Condition) {
		r.bounced = r.state != absent
		r.state, r.leaving = absent, false
	}
}

func (r *room) lost() {
	clear(r.renames)
	r.excused = r.leaving || r.state == joining
	if r.state == history {
		r.state = live
	}
}

func (r *room) pending() []string {
	var out []string
	switch {
	case r.excused:
	case r.state == joining:
		out = append(out, "the join was never answered")
	case r.leaving:
		out = append(out, "the departure was never confirmed")
	case r.state == history:
		out = append(out, "no subject ended the join")
	}
	if r.refusals > 0 {
		out = append(out, "a message was refused by an error alone, which old clients do not show")
	}
	for nick := range r.renames {
		out = append(out, "nobody came as "+nick+", whom 303 announced")
	}
	return out
}

// presence judges a presence.
func (c *Checker) presence(s *stanza.Stanza) {
	r := c.room(s.To, s.From)
	switch {
	case s.Type == "error":
		c.refused(s, r)
	case s.From.Resource() == "" || s.Type != "" && s.Type != "unavailable":
		// the gateway or a network as a contact
	case r != nil && r.bounced && s.Type == "unavailable" && parseUser(s).codes["110"]:
		r.bounced = false
	case r == nil || r.state == absent:
		c.violate(s, "presence of a room that the client is not in")
	case s.Type == "":
		if why := r.came(s); why != "" {
			c.violate(s, why)
		}
		if why := r.who.came(s, c.anew); why != "" {
			c.violate(s, why)
		}
	default:
		next := ""
		if u := parseUser(s); u.codes["303"] {
			next = u.nick
		}
		why := r.who.went(s, next)
		if other := r.went(s); other != "" {
			why = other
		}
		if why != "" {
			c.violate(s, why)
		}
	}
}

// refused is the answer to a join, or to a change of nick.
func (c *Checker) refused(s *stanza.Stanza, r *room) {
	switch {
	case s.Error() == nil:
		c.violate(s, "no error in it")
	case s.From.Resource() == "": // for a presence without a nick, of which there is no record
		return
	case r == nil || len(r.ids) == 0:
		c.violate(s, "error for a presence that nobody sent")
	case !slices.Contains(r.ids, s.ID):
		c.violate(s, fmt.Sprintf("error without the id of the presence that it answers, one of %q", r.ids))
	default:
		at := slices.Index(r.ids, s.ID)
		r.ids = slices.Delete(r.ids, at, at+1)
	}
	if r != nil && r.state == joining && r.knock && s.Error() != nil {
		if why := readable(s); why != "" {
			c.violate(s, why)
		}
	}
	if r != nil && r.state == joining {
		r.state, r.leaving = absent, false
		if r.before != nil { // a join that was repeated in vain: still in
			r.state, r.members, r.before = live, r.before, nil
			r.who.of = r.who.before
		}
	}
}

// answers says whether a presence has the id of one that the client sent.
func (r *room) answers(id string) bool {
	at := slices.Index(r.ids, id)
	if at >= 0 {
		r.ids = slices.Delete(r.ids, at, at+1)
	}
	return at >= 0
}

// came judges a presence that is there.
func (r *room) came(s *stanza.Stanza) string {
	nick, u := s.From.Resource(), parseUser(s)
	self := u.codes["110"]
	switch {
	case u.items != 1:
		return "not exactly one item"
	case !slices.Contains(roles, u.role) || u.role == "none":
		return "present with the role " + u.role
	case !slices.Contains(affiliations, u.affiliation) || u.affiliation == "outcast":
		return "present with the affiliation " + u.affiliation
	case u.affiliation == "owner" && u.role != "moderator", u.affiliation == "admin" && u.role != "moderator":
		return "an " + u.affiliation + " who is but " + u.role
	case u.codes["303"] || u.codes["307"] || u.codes["301"]:
		return "present with the status of a departure"
	case u.codes["201"] && !(self && u.role == "moderator"):
		return "201 to somebody who did not make the room"
	case u.codes["210"] && !(self && (r.state == joining || r.answers(s.ID))):
		return "210 where neither a join nor a wish for another nick is answered"
	case r.state == history:
		return "presence between self-presence and subject"
	case u.codes["210"] && (r.old || r.knock):
		return "another nick for a client that does not know 210"
	}
	looks := u.looks
	if r.old || r.knock {
		looks = u.plain
	}
	was, present := r.members[nick]
	r.members[nick] = looks
	delete(r.renames, nick)
	switch {
	case r.state == joining && present && r.before == nil:
		return "twice in one join"
	case r.state == joining && self:
		return r.entered(nick, u)
	case r.state == joining:
		return ""
	case self != (nick == r.self):
		return "110 and nick do not fit: the client is " + r.self
	case present && was == looks && !u.codes["210"]:
		return "presence that tells nothing new"
	}
	return ""
}

// entered is self-presence: all others are known.
func (r *room) entered(nick string, u user) string {
	r.state, r.self, r.before, r.ids = history, nick, nil, nil
	if r.knock {
		r.state, r.old, r.knock = live, true, false // nothing ends its history
	}
	switch {
	case nick != r.asked && !u.codes["210"]:
		return "another nick than " + r.asked + ", and no 210"
	case nick == r.asked && u.codes["210"]:
		return "210, and the nick is the one asked for"
	}
	return ""
}

// went judges a departure, or the first half of a rename.
func (r *room) went(s *stanza.Stanza) string {
	nick, u := s.From.Resource(), parseUser(s)
	self := u.codes["110"]
	_, present := r.members[nick]
	_, before := r.before[nick]
	delete(r.members, nick)
	delete(r.before, nick)
	switch {
	case r.state == joining && self && (r.knock || r.leaving):
		r.state, r.leaving = absent, false
		return ""
	case r.state == joining && self && r.before == nil:
		return "departure as the answer to a join"
	case u.items != 1:
		return "not exactly one item"
	case !self && s.Child(nsUser, "x").Child(nsUser, "destroy") != nil: // XEP-0045 §10.9
		return "the room is destroyed for somebody else"
	case !present && !before:
		return "somebody leaves who never came"
	case r.state != joining && self != (nick == r.self):
		return "110 and nick do not fit: the client is " + r.self
	case r.state == history && !self:
		return "presence between self-presence and subject"
	case u.codes["303"]:
		return r.renamed(u, self)
	case u.role != "none":
		return "absent with the role " + u.role
	case !slices.Contains(affiliations, u.affiliation):
		return "absent with the affiliation " + u.affiliation
	}
	switch {
	case self && r.state == joining: // out, and the repeated join is now the first
		r.before = nil
	case self:
		r.state, r.leaving, r.ids = absent, false, nil
	}
	return ""
}

func (r *room) renamed(u user, self bool) string {
	if _, taken := r.members[u.nick]; taken {
		return "renamed to somebody who is there: " + u.nick
	}
	if u.nick == "" {
		return "303 without the new nick"
	}
	r.renames[u.nick] = true
	if self {
		r.self, r.ids = u.nick, nil
	}
	return ""
}
