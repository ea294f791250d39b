package irc

import "strings"

// onText takes PRIVMSG and NOTICE. CTCP is in both: requests in one, answers in
// the other.
func (c *Core) onText(in *incoming) {
	if len(in.Params) < 2 {
		return
	}
	t := Text{
		From: in.from(), Body: in.Last(), ID: in.Tags["msgid"], At: in.time(),
		Server: c.isServer(in.Source),
	}
	t.Status, t.Target = c.support.SplitStatus(in.Param(0))
	if t.Server {
		if in.Command != "NOTICE" || !c.knockNotice(in.Param(0), t.Body) {
			c.event(Note{From: in.Source.Name, Text: t.Body})
		}
		return
	}
	if in.Command == "NOTICE" {
		t.Kind = Notice
	}
	t.ctcp()
	for name, value := range in.Tags {
		if strings.HasPrefix(name, "+") {
			if t.Tags == nil {
				t.Tags = map[string]string{}
			}
			t.Tags[name] = value
		}
	}
	if c.isEcho(in, &t) {
		t.Self = true
		c.echo(in, &t)
		return
	}
	c.event(t)
}

// isServer tells a server: it has a dot in its name, as no nick has, or nobody else
// can be heard yet.
func (c *Core) isServer(s Source) bool {
	return s.User == "" && s.Host == "" && (s.Name == "" || strings.Contains(s.Name, ".") || c.phase < phaseMOTD)
}

// isEcho tells what we said from what others say. What we say to ourselves comes
// twice where there are echoes; labels tell which of the two is the echo.
func (c *Core) isEcho(in *incoming, t *Text) bool {
	switch {
	case !c.isMe(t.From.Nick):
		return false
	case !c.isMe(t.Target):
		return true
	case c.caps.Has(CapLabeledResponse):
		return in.ask != nil
	}
	return c.caps.Has(CapEchoMessage) && c.echoed(in, t) != nil
}

// ctcp unwraps \x01VERB text\x01; the last \x01 may be missing.
func (t *Text) ctcp() {
	body, ok := strings.CutPrefix(t.Body, "\x01")
	if !ok || body == "" {
		return
	}
	body = strings.TrimSuffix(body, "\x01")
	verb, rest, _ := strings.Cut(body, " ")
	t.Verb, t.Body = strings.ToUpper(verb), rest
	switch {
	case t.Kind == Notice:
		t.Kind = CTCPReply
	case t.Verb == "ACTION":
		t.Kind, t.Verb = Action, ""
	default:
		t.Kind = CTCP
	}
}
