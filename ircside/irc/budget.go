package irc

// Budget is how many bytes of text fit in one line as the network will show it to
// others: LINELEN, less CR LF, our prefix (prefixLen is the length of nick!user@host
// as the network shows it; 0 is none), the command and target, and what wraps a CTCP,
// whose verb is given but for an Action's. It is never negative.
func Budget(s *Support, prefixLen int, target string, kind TextKind, verb string) int {
	n := s.LineLen - len("\r\n") - len(kind.command()) - len(" ") - len(target) - len(" :")
	if prefixLen > 0 {
		n -= len(":") + prefixLen + len(" ")
	}
	if before, after := kind.wrap(verb); before != "" {
		n -= len(before) + len(" ") + len(after)
	}
	return max(0, n)
}

// command is what says a kind of text.
func (k TextKind) command() string {
	if k == Notice || k == CTCPReply {
		return "NOTICE"
	}
	return "PRIVMSG"
}

// wrap is what stands before and behind a CTCP's text, which has a space before it
// if there is any; "" for what is no CTCP.
func (k TextKind) wrap(verb string) (before, after string) {
	switch k {
	case Action:
		return "\x01ACTION", "\x01"
	case CTCP, CTCPReply:
		return "\x01" + verb, "\x01"
	}
	return "", ""
}
