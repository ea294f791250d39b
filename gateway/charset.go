package gateway

import (
	"cmp"
	"strings"

	"isthmus/config"
	"isthmus/ircside/irc"
	"isthmus/mapping"
	"isthmus/xmppside/form"
	"isthmus/xmppside/stanza"
)

// charsets says how channels of a network are written that are written otherwise than it:
// that is among their settings. Sessions call it on goroutines of their own.
func (h *Hub) charsets(network, encoding string) func(channel string) (irc.Charset, bool) {
	return func(channel string) (irc.Charset, bool) {
		s := h.settings(network, channel)
		if s.Encoding == "" && s.Fallback == "" {
			return irc.Charset{}, false
		}
		c, err := irc.NewCharset(cmp.Or(s.Encoding, encoding), s.Fallback)
		return c, err == nil
	}
}

// charsetFields are what the form of the owners asks about how a channel is written.
func charsetFields(s settings, lang string) (out []form.Field) {
	for _, f := range [...]struct{ name, is string }{{mapping.FieldEncoding, s.Encoding}, {mapping.FieldFallback, s.Fallback}} {
		x := form.Field{Var: f.name, Kind: form.TextSingle, Label: mapping.FieldLabel(f.name, lang)}
		if f.is != "" {
			x.Values = []string{f.is}
		}
		out = append(out, x)
	}
	return out
}

// charsetName reads the name of a character set as it is kept; "" is the network's.
func charsetName(x form.Field) (string, *stanza.Error) {
	name := strings.ToLower(strings.TrimSpace(x.Value()))
	if name == "" && len(x.Values) <= 1 {
		return "", nil
	}
	charset, err := irc.NewCharset(name, "")
	if err != nil || len(x.Values) > 1 || !config.IsCharset(name) || charset.Lengthens() {
		return "", badRequest("That is no character set that IRC can be written in.")
	}
	return strings.Clone(name), nil
}
