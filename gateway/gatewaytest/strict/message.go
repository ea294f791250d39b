package strict

import "isthmus/xmppside/stanza"

const (
	nsMUC   = "http://jabber.org/protocol/muc"
	nsUser  = "http://jabber.org/protocol/muc#user"
	nsDelay = "urn:xmpp:delay"
)

var (
	roles        = []string{"none", "visitor", "participant", "moderator"}
	affiliations = []string{"outcast", "none", "member", "admin", "owner"}
)

// A user is what muc#user says. XEP-0045 §7.2.
type user struct {
	items                   int
	role, affiliation, nick string
	codes                   map[string]bool
	looks                   string // all that is said of them, but for status codes
	plain                   string // of that, what an old client knows
}

func parseUser(s *stanza.Stanza) user {
	u := user{codes: map[string]bool{}}
	var rest, plain []*stanza.Element
	for _, e := range s.Children {
		if e.Space != nsUser || e.Local != "x" {
			rest, plain = append(rest, e), append(plain, e)
			continue
		}
		for _, c := range e.Children() {
			switch c.Local {
			case "item":
				u.items++
				u.role, u.affiliation, u.nick = c.Attr("role"), c.Attr("affiliation"), c.Attr("nick")
				rest = append(rest, c)
			case "status":
				u.codes[c.Attr("code")] = true
			default:
				rest = append(rest, c)
			}
		}
	}
	u.looks, u.plain = canonical(rest), canonical(plain)
	return u
}

// configured says whether a status is one of the room's configuration. XEP-0045 §10.2.1
func (u user) configured() bool {
	return u.codes["104"] || u.codes["170"] || u.codes["171"] || u.codes["172"] || u.codes["173"]
}

// message judges a message.
func (c *Checker) message(s *stanza.Stanza) {
	switch s.Type {
	case "error":
		q := question{s.To, s.From, s.ID}
		if c.said[q]--; c.said[q] < 0 {
			c.violate(s, "error for a message that nobody sent")
		}
		if s.Error() == nil {
			c.violate(s, "no error in it")
		}
		if r := c.room(s.To, s.From); r != nil && r.old && r.state == live {
			r.refusals++
		}
	case "groupchat":
		r := c.room(s.To, s.From)
		switch {
		case r == nil || r.state == absent:
			c.violate(s, "message of a room that the client is not in")
		default:
			if why := r.heard(s); why != "" {
				c.violate(s, why)
			} else if why := r.who.said(s, s.Child(nsDelay, "delay") != nil); why != "" && s.From.Resource() != "" {
				c.violate(s, why)
			}
		}
	case "", "normal", "chat", "headline":
		if s.From.Resource() == "" || s.Type == "headline" {
			return
		}
		switch r := c.room(s.To, s.From); {
		case r == nil || r.state != live:
			c.violate(s, "private message out of a room that the client is not in")
		case r.old && s.Child(nsUser, "x") != nil:
			c.violate(s, "muc#user in a message to an old client")
		}
	default:
		c.violate(s, "message of type "+s.Type)
	}
}

// heard judges a groupchat message. XEP-0045 §7.2.13 to §7.2.15.
func (r *room) heard(s *stanza.Stanza) string {
	_, body := s.Body()
	_, subject := s.Subject()
	nick := s.From.Resource()
	_, present := r.members[nick]
	_, before := r.before[nick]
	delayed := s.Child(nsDelay, "delay") != nil
	u := parseUser(s)
	switch {
	case r.old:
		return r.heardOld(s)
	case u.configured() && (nick != "" || u.items > 0 || body || subject):
		return "a change of the room's configuration with more in it"
	case body && !subject && nick == "" && r.before == nil && !r.knock:
		return "a line of the room's own for a client that is shown presences"
	case r.state == joining && r.before == nil && subject:
		return "subject before self-presence"
	case r.state == joining && r.before == nil:
		return "message before self-presence"
	case subject && body:
		return "" // a chat line to some clients, and to none a subject
	case r.state == history && subject:
		r.state = live
	case r.state == history && !delayed:
		return "live message before the subject"
	case subject, delayed, nick == "":
	case !present && !before:
		return "message from " + nick + ", who is not in the room"
	}
	return ""
}
