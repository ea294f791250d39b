package ircd

import (
	"maps"
	"slices"
	"strings"
)

// splitCaps makes a set of "name" and "name=value".
func splitCaps(caps []string) map[string]string {
	set := map[string]string{}
	for _, c := range caps {
		name, value, _ := strings.Cut(c, "=")
		set[name] = value
	}
	return set
}

// capCommand is CAP. IRCv3 capability-negotiation.
func (s *Server) capCommand(c *client, l line) {
	switch sub := strings.ToUpper(l.param(0)); sub {
	case "LS":
		s.capLS(c, l.param(1))
	case "LIST":
		s.capLines(c, "LIST", slices.Sorted(maps.Keys(c.caps)))
	case "REQ":
		s.capREQ(c, l.param(1))
	case "END":
		c.negotiating = false
		s.register(c)
	default:
		s.violation(c, "unknown CAP "+sub)
		s.reply(c, "410", l.param(0), "Invalid CAP command")
	}
}

func (s *Server) capLS(c *client, version string) {
	c.negotiating = !c.registered
	if len(version) > 3 || len(version) == 3 && version >= "302" {
		c.cap302 = true
		if _, offered := s.caps["cap-notify"]; offered {
			c.caps["cap-notify"] = true // implied, and not to be given up
		}
	}
	s.capLines(c, "LS", s.offers(c, slices.Sorted(maps.Keys(s.caps))))
}

// offers are capabilities as this client may see them.
func (s *Server) offers(c *client, names []string) []string {
	var out []string
	for _, name := range names {
		if value := s.caps[name]; value != "" && c.cap302 {
			name += "=" + value
		}
		out = append(out, name)
	}
	return out
}

// capLines sends names in as many lines as they take. Those of LS and LIST mark with
// "*" that more come, which only a client of version 302 knows.
func (s *Server) capLines(c *client, sub string, names []string) {
	const room = 400
	for at, size := 0, 0; at < len(names) && c.cap302; at++ {
		if size += len(names[at]) + 1; size > room && at > 0 {
			head := []string{c.name(), sub}
			if sub == "LS" || sub == "LIST" {
				head = append(head, "*")
			}
			s.send(c, s.says("CAP", append(head, strings.Join(names[:at], " "))...))
			names, at, size = names[at:], -1, 0
		}
	}
	s.send(c, s.says("CAP", c.name(), sub, strings.Join(names, " ")))
}

// capREQ grants all that was asked for, or nothing.
func (s *Server) capREQ(c *client, names string) {
	c.negotiating = !c.registered
	granted := maps.Clone(c.caps)
	for _, name := range strings.Fields(names) {
		bare, off := strings.CutPrefix(name, "-")
		_, offered := s.caps[bare]
		switch {
		case !offered:
			s.violation(c, "CAP REQ of "+bare+", which is not offered")
			fallthrough
		case off && bare == "cap-notify" && c.cap302:
			s.send(c, s.says("CAP", c.name(), "NAK", names))
			return
		case off:
			delete(granted, bare)
		default:
			granted[bare] = true
		}
	}
	s.send(c, s.says("CAP", c.name(), "ACK", names))
	c.caps = granted
}

// SetCaps changes what is offered from now on, and says CAP NEW and CAP DEL to who
// wants to know.
func (s *Server) SetCaps(caps []string) {
	s.do(func() {
		old := s.caps
		s.caps = splitCaps(caps)
		var came, went []string
		for _, name := range slices.Sorted(maps.Keys(s.caps)) {
			if value, had := old[name]; !had || value != s.caps[name] {
				came = append(came, name)
			}
		}
		for _, name := range slices.Sorted(maps.Keys(old)) {
			if _, has := s.caps[name]; !has {
				went = append(went, name)
			}
		}
		for _, c := range slices.Clone(s.clients) {
			s.tellCaps(c, came, went)
		}
	})
}

func (s *Server) tellCaps(c *client, came, went []string) {
	notify := c.caps["cap-notify"]
	for _, name := range went {
		delete(c.caps, name)
	}
	if notify && len(went) > 0 {
		s.capLines(c, "DEL", went)
	}
	if notify && len(came) > 0 {
		s.capLines(c, "NEW", s.offers(c, came))
	}
}
