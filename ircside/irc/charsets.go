package irc

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Charsets are how a network writes text, and where else some of its channels are written
// otherwise: what is said in them, and their topics. Names, of whatever, are written as the
// network has them.
type Charsets struct {
	Network Charset
	Channel func(name string) (c Charset, ok bool) // any goroutine may call it; nil: all are alike
}

// channelText is which parameter of a line names the channel that the last one is said in.
var channelText = map[string]int{
	"PRIVMSG": 0, "NOTICE": 0, "TOPIC": 0, "PART": 0, "KICK": 0,
	"322": 1, "332": 1, // RPL_LIST, RPL_TOPIC
}

// maxStatus is how many prefixes (STATUSMSG) a channel may have that a message is for.
const maxStatus = 8

// of is the charset of a line's last parameter, if it is that of a channel.
func (c Charsets) of(l Line) (Charset, bool) {
	i, ok := channelText[l.Command]
	if c.Channel == nil || !ok || i >= len(l.Params)-1 {
		return Charset{}, false
	}
	name := c.Network.word(l.Params[i])
	for range maxStatus {
		if name == "" {
			break
		}
		if found, ok := c.Channel(name); ok {
			return found, true
		}
		if !strings.ContainsRune("~&@%+!", rune(name[0])) {
			break
		}
		name = name[1:]
	}
	return Charset{}, false
}

// DecodeLine is [Charset.DecodeLine], with the text of channels as they write it.
func (c Charsets) DecodeLine(l Line) Line {
	last := len(l.Params) - 1
	if last < 0 || utf8.ValidString(l.Params[last]) {
		return c.Network.DecodeLine(l)
	}
	if own, ok := c.of(l); ok {
		l.Params[last] = own.text(l.Params[last])
	}
	return c.Network.DecodeLine(l)
}

// EncodeLine is [Charset.EncodeLine], with the text of channels as they write it.
func (c Charsets) EncodeLine(l Line) Line {
	last := len(l.Params) - 1
	if last < 0 || isASCII(l.Params[last]) {
		return c.Network.EncodeLine(l)
	}
	own, ok := c.of(l)
	if !ok {
		return c.Network.EncodeLine(l)
	}
	text := string(own.Encode(l.Params[last]))
	l.Params = slices.Clone(l.Params)
	l.Params[last] = ""
	l = c.Network.EncodeLine(l)
	l.Params[last] = text
	return l
}
