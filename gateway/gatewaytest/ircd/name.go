package ircd

import "strings"

// fold brings a nick or channel to one case, as CASEMAPPING says.
func (s *Server) fold(name string) string {
	top := byte('^') // rfc1459: {}|~ are the lower case of []\^
	switch s.support["CASEMAPPING"] {
	case "ascii":
		top = 'Z'
	case "strict-rfc1459", "rfc1459-strict":
		top = ']'
	}
	b := []byte(name)
	for i, c := range b {
		if c >= 'A' && c <= top {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// isChannel says whether a name begins as channels do.
func (s *Server) isChannel(name string) bool {
	return name != "" && strings.IndexByte(s.support["CHANTYPES"], name[0]) >= 0
}

// validChannel says whether a channel may have that name. RFC 2812 §1.3.
func (s *Server) validChannel(name string) bool {
	return s.isChannel(name) && len(name) > 1 && len(name) <= s.support.number("CHANNELLEN") &&
		!strings.ContainsAny(name, " ,\x07\x00\r\n")
}

// validNick says whether somebody may be called that. RFC 2812 §2.3.1, but for the
// length.
func validNick(nick string) bool {
	for i := range len(nick) {
		switch c := nick[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', strings.IndexByte("[]\\`_^{|}", c) >= 0:
		case i > 0 && (c >= '0' && c <= '9' || c == '-'):
		default:
			return false
		}
	}
	return nick != ""
}

// matches is IRC's wildcard match: * and ?, in the server's case.
func (s *Server) matches(mask, name string) bool {
	return glob(s.fold(mask), s.fold(name))
}

// glob goes back to the last star only, so it takes len(mask)·len(name) at most.
func glob(mask, name string) bool {
	star, again, m := -1, 0, 0
	for n := 0; n < len(name); {
		switch {
		case m < len(mask) && mask[m] == '*':
			star, again = m, n
			m++
		case m < len(mask) && (mask[m] == '?' || mask[m] == name[n]):
			m++
			n++
		case star >= 0:
			again++
			m, n = star+1, again
		default:
			return false
		}
	}
	return strings.Trim(mask[m:], "*") == ""
}

// fullMask completes a ban mask to nick!user@host.
func fullMask(mask string) string {
	nick, rest, bang := strings.Cut(mask, "!")
	if !bang {
		if strings.Contains(mask, "@") {
			nick, rest = "*", mask
		} else {
			rest = "*@*"
		}
	}
	user, host, at := strings.Cut(rest, "@")
	if !at {
		host = "*"
	}
	or := func(s string) string {
		if s == "" {
			return "*"
		}
		return s
	}
	return or(nick) + "!" + or(user) + "@" + or(host)
}
