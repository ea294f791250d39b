package irc

// What each command is about, to find it again by an answer.

func (c Join) verb() string     { return "JOIN" }
func (c Part) verb() string     { return "PART" }
func (c Say) verb() string      { return c.Kind.command() }
func (c Nick) verb() string     { return "NICK" }
func (c SetTopic) verb() string { return "TOPIC" }
func (c Kick) verb() string     { return "KICK" }
func (c SetModes) verb() string { return "MODE" }
func (c GetModes) verb() string { return "MODE" }
func (c TimedBan) verb() string { return "TBAN" }
func (c GetList) verb() string  { return "MODE" }
func (c Invite) verb() string   { return "INVITE" }
func (c Away) verb() string     { return "AWAY" }
func (c Who) verb() string      { return "WHO" }
func (c Whois) verb() string    { return "WHOIS" }
func (c QuitCmd) verb() string  { return "QUIT" }

func (c Raw) verb() string {
	l, _ := ParseLine([]byte(c.Line))
	return l.Command
}

func (c Join) target() string     { return c.Channel }
func (c Part) target() string     { return c.Channel }
func (c Say) target() string      { return c.Target }
func (c Nick) target() string     { return c.Nick }
func (c SetTopic) target() string { return c.Channel }
func (c Kick) target() string     { return c.Channel + " " + c.Nick }
func (c SetModes) target() string { return c.Channel }
func (c GetModes) target() string { return c.Channel }
func (c TimedBan) target() string { return c.Channel }
func (c GetList) target() string  { return c.Channel }
func (c Invite) target() string   { return c.Nick + " " + c.Channel }
func (c Away) target() string     { return "" }
func (c Who) target() string      { return c.Mask }
func (c Whois) target() string    { return c.Nick }
func (c Raw) target() string      { return "" }
func (c QuitCmd) target() string  { return "" }
