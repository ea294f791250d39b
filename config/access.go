package config

import "strings"

// Allowed says whether somebody may use the gateway, by their bare JID. A pattern
// with an @ is held against the whole JID, one without against its domain; * stands
// for any characters and ? for one byte; case does not matter. Whoever Deny has is not
// allowed, and where Allow has any pattern, whoever it lacks is not either.
func (g *Gateway) Allowed(bareJID string) bool {
	return !listed(g.Deny, bareJID) && (len(g.Allow) == 0 || listed(g.Allow, bareJID))
}

// IsAdmin says whether somebody may change what holds for everybody who uses the
// gateway, by their bare JID, as one of the patterns in Admins.
func (g *Gateway) IsAdmin(bareJID string) bool { return listed(g.Admins, bareJID) }

func listed(patterns []string, bareJID string) bool {
	bareJID = strings.ToLower(bareJID)
	domain := bareJID[strings.LastIndexByte(bareJID, '@')+1:]
	for _, p := range patterns {
		p = strings.ToLower(p)
		if strings.Contains(p, "@") && glob(p, bareJID) || glob(p, domain) {
			return true
		}
	}
	return false
}

// glob matches without path.Match's brackets and backslashes, which mean something
// else in a JID (XEP-0106). It goes back to the last star only, which is enough.
func glob(pattern, s string) bool {
	star, mark := -1, 0
	p := 0
	for i := 0; i < len(s); {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, i
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == s[i]):
			p++
			i++
		case star >= 0:
			mark++
			p, i = star+1, mark
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}
