package irc

import "strings"

// checkWord refuses what would be no parameter, or several, or several targets.
func checkWord(what, word string) error {
	switch {
	case word == "":
		return &UnsayableError{what, "is empty"}
	case word[0] == ':':
		return &UnsayableError{what, "begins with a colon"}
	case strings.ContainsAny(word, " ,\a\r\n\x00"):
		return &UnsayableError{what, "holds a space, a comma or a control character"}
	}
	return nil
}

// checkChannel refuses what is not one channel: JOIN 0 would leave all.
func checkChannel(s *Support, name string) error {
	if err := checkWord("channel", name); err != nil {
		return err
	}
	switch {
	case !s.IsChannel(name):
		return &UnsayableError{"channel", "does not begin as channels of this network do"}
	case s.ChannelLen > 0 && len(name) > s.ChannelLen:
		return &UnsayableError{"channel", "is too long"} // some servers would cut it to another
	}
	return nil
}

// checkNick refuses what is not one nick. Whether it is a good one, the server tells.
func checkNick(s *Support, nick string) error {
	if err := checkWord("nick", nick); err != nil {
		return err
	}
	if nick[0] == '$' || s.IsChannel(nick) || s.isRank(nick[0]) {
		return &UnsayableError{"nick", "begins as no nick does"}
	}
	return nil
}

// checkTarget refuses what a message is not for: masks of servers ($*), ranks of a
// channel (@#c).
func checkTarget(s *Support, target string) error {
	for i := 0; i < len(target) && s.isRank(target[i]); i++ {
		if s.IsChannel(target[i+1:]) {
			return &UnsayableError{"target", "is a rank of a channel"}
		}
	}
	if s.IsChannel(target) {
		return checkChannel(s, target)
	}
	return checkNick(s, target)
}

// isRank tells the symbol of a prefix mode or of STATUSMSG.
func (s *Support) isRank(symbol byte) bool {
	_, ok := s.PrefixOf(symbol)
	return ok || strings.IndexByte(s.StatusMsg, symbol) >= 0
}
