package irc

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// What a Who asks for by WHOX: token, channel, user, host, nick, flags, account,
// real name. https://ircv3.net/specs/extensions/whox
const (
	whoxToken  = "715"
	whoxFields = "%tcuhnfar," + whoxToken
)

// relayed is room for our prefix in a line that the network repeats to others, for
// those that do not cut it anew.
const relayed = 110

func (c Join) lines(s *Support) ([]Line, error) {
	if err := checkChannel(s, c.Channel); err != nil {
		return nil, err
	}
	if c.Key == "" {
		return oneLine(s, "JOIN", c.Channel)
	}
	if err := checkWord("key", c.Key); err != nil {
		return nil, err
	}
	return oneLine(s, "JOIN", c.Channel, c.Key)
}

func (c Part) lines(s *Support) ([]Line, error) {
	if err := checkChannel(s, c.Channel); err != nil {
		return nil, err
	}
	return withReason(s, 0, c.Reason, "PART", c.Channel)
}

func (c Say) lines(s *Support) ([]Line, error) {
	if err := checkTarget(s, c.Target); err != nil {
		return nil, err
	}
	target := c.Target
	if c.Status != 0 {
		if strings.IndexByte(s.StatusMsg, c.Status) < 0 || !s.IsChannel(target) {
			return nil, &UnsayableError{"target", "is no rank of a channel"}
		}
		target = string(rune(c.Status)) + target
	}
	wrapped := c.Kind == CTCP || c.Kind == CTCPReply
	if wrapped && !isCommand(c.Verb) {
		return nil, &UnsayableError{"CTCP", "has no verb"}
	}
	texts := c.Lines
	if wrapped && len(texts) == 0 {
		texts = []string{""}
	}
	if len(texts) == 0 {
		return nil, &UnsayableError{"message", "is empty"}
	}
	room := Budget(s, 0, target, c.Kind, c.Verb)
	out := make([]Line, 0, len(texts))
	for i, text := range texts {
		text = cut(strings.ReplaceAll(text, "\x01", ""), room)
		if text == "" && (c.Kind == Privmsg || c.Kind == Notice) {
			return nil, &UnsayableError{"message", "is empty"}
		}
		l := Line{Command: c.Kind.command(), Params: []string{target, c.body(text)}}
		if i == 0 {
			l.Tags = c.Tags
		}
		out = append(out, l)
	}
	return checked(s, out...)
}

// body wraps the text of a CTCP.
func (c Say) body(text string) string {
	before, after := c.Kind.wrap(c.Verb)
	if before != "" && text != "" {
		before += " "
	}
	return before + text + after
}

func (c Nick) lines(s *Support) ([]Line, error) {
	if err := checkNick(s, c.Nick); err != nil {
		return nil, err
	}
	return oneLine(s, "NICK", c.Nick)
}

func (c SetTopic) lines(s *Support) ([]Line, error) {
	if err := checkChannel(s, c.Channel); err != nil {
		return nil, err
	}
	return withText(s, s.TopicLen, c.Text, "TOPIC", c.Channel)
}

func (c Kick) lines(s *Support) ([]Line, error) {
	if err := checkChannel(s, c.Channel); err != nil {
		return nil, err
	}
	if err := checkNick(s, c.Nick); err != nil {
		return nil, err
	}
	return withReason(s, s.KickLen, c.Reason, "KICK", c.Channel, c.Nick)
}

func (c SetModes) lines(s *Support) ([]Line, error) {
	if err := checkChannel(s, c.Channel); err != nil {
		return nil, err
	}
	changes := make([]ModeChange, len(c.Changes))
	for i, change := range c.Changes {
		kind := s.Class(change.Mode)
		if kind == KeyMode && !change.Add && change.Arg == "" {
			change.Arg = "*" // most servers take any parameter to remove a key, but want one
		}
		if err := checkMode(kind, change); err != nil {
			return nil, err
		}
		changes[i] = change
	}
	budget := s.LineLen - relayed - len("MODE ") - len(c.Channel) - len(" \r\n")
	var out []Line
	for _, params := range FormatModes(s, changes, budget) {
		out = append(out, Line{Command: "MODE", Params: append([]string{c.Channel}, params...)})
	}
	return checked(s, out...)
}

// checkMode refuses what would read as another change, or as several.
func checkMode(kind ModeKind, c ModeChange) error {
	switch {
	case !isAlnum(c.Mode):
		return &UnsayableError{"mode", "is not a letter"}
	case !kind.takes(c.Add), c.Arg == "" && kind == ListMode:
		return nil
	case kind == ListMode && strings.HasPrefix(c.Arg, ":"), strings.ContainsAny(c.Arg, " "):
		return &UnsayableError{"mode's parameter", "holds a space or a leading colon"}
	case kind == ListMode:
		return nil
	}
	return checkWord("mode's parameter", c.Arg)
}

func (c TimedBan) lines(s *Support) ([]Line, error) {
	if err := checkChannel(s, c.Channel); err != nil {
		return nil, err
	}
	if err := checkMode(ListMode, ModeChange{Add: true, Mode: 'b', Kind: ListMode, Arg: c.Mask}); err != nil {
		return nil, err
	}
	switch timedBans(s) {
	case "TBAN":
		return oneLine(s, "TBAN", c.Channel, strconv.Itoa(int(c.For/time.Second)), c.Mask)
	case "MODE":
		minutes := max(1, int((c.For+time.Minute-1)/time.Minute))
		return oneLine(s, "MODE", c.Channel, "+b", "~t:"+strconv.Itoa(minutes)+":"+c.Mask)
	}
	return nil, &UnsayableError{"ban", "cannot end by itself on this network"}
}

// HasTimedBans says whether a network may have bans that end by themselves: InspIRCd by a
// module, UnrealIRCd always.
func HasTimedBans(s *Support) bool { return timedBans(s) != "" }

// timedBans is the command that sets them. https://www.unrealircd.org/docs/Extended_bans,
// https://docs.inspircd.org/4/modules/timedbans/
func timedBans(s *Support) string {
	switch {
	case strings.HasPrefix(s.Version, "InspIRCd"):
		return "TBAN"
	case strings.HasPrefix(s.Version, "Unreal") && s.ExtBanPrefix == '~' && strings.IndexByte(s.ExtBans, 't') >= 0:
		return "MODE"
	}
	return ""
}

func (c GetModes) lines(s *Support) ([]Line, error) {
	if err := checkChannel(s, c.Channel); err != nil {
		return nil, err
	}
	return oneLine(s, "MODE", c.Channel)
}

func (c GetList) lines(s *Support) ([]Line, error) {
	if err := checkChannel(s, c.Channel); err != nil {
		return nil, err
	}
	if s.Class(c.Mode) != ListMode {
		return nil, &UnsayableError{"mode", "is no list on this network"}
	}
	return oneLine(s, "MODE", c.Channel, "+"+string(rune(c.Mode)))
}

func (c Invite) lines(s *Support) ([]Line, error) {
	if err := checkNick(s, c.Nick); err != nil {
		return nil, err
	}
	if err := checkChannel(s, c.Channel); err != nil {
		return nil, err
	}
	return oneLine(s, "INVITE", c.Nick, c.Channel)
}

func (c Away) lines(s *Support) ([]Line, error) {
	return withReason(s, s.AwayLen, c.Text, "AWAY")
}

func (c Who) lines(s *Support) ([]Line, error) {
	check := checkNick
	if s.IsChannel(c.Mask) {
		check = checkChannel
	}
	if err := check(s, c.Mask); err != nil {
		return nil, err
	}
	if !s.IsChannel(c.Mask) && (c.Mask == "0" || strings.ContainsAny(c.Mask, "*?")) {
		return nil, &UnsayableError{"nick", "would be many"}
	}
	if s.WHOX {
		return oneLine(s, "WHO", c.Mask, whoxFields)
	}
	return oneLine(s, "WHO", c.Mask)
}

func (c Whois) lines(s *Support) ([]Line, error) {
	if err := checkNick(s, c.Nick); err != nil {
		return nil, err
	}
	if c.Far { // RFC 2812 §3.6.2: a nick stands for its server
		return oneLine(s, "WHOIS", c.Nick, c.Nick)
	}
	return oneLine(s, "WHOIS", c.Nick)
}

func (c Raw) lines(s *Support) ([]Line, error) {
	if strings.ContainsAny(c.Line, "\r\n") {
		return nil, &UnsayableError{"line", "holds a line break"}
	}
	l, err := ParseLine([]byte(c.Line))
	switch {
	case err == ErrTooLong:
		return nil, err
	case err != nil:
		return nil, &UnsayableError{"line", "is no command"}
	case l.Source != Source{}:
		return nil, &UnsayableError{"line", "names a source"}
	}
	return checked(s, l)
}

func (c QuitCmd) lines(s *Support) ([]Line, error) {
	return withReason(s, 0, c.Reason, "QUIT")
}

// withReason is withText, or the bare command where there is no text.
func withReason(s *Support, most int, text, command string, params ...string) ([]Line, error) {
	if text == "" {
		return oneLine(s, command, params...)
	}
	return withText(s, most, text, command, params...)
}

// withText is one line that ends with text, cut to what the network takes: most
// bytes unless that is 0, and what fits in a line.
func withText(s *Support, most int, text, command string, params ...string) ([]Line, error) {
	room := s.LineLen - len(command) - len(" :\r\n")
	for _, p := range params {
		room -= len(" ") + len(p)
	}
	if most > 0 {
		room = min(room, most)
	}
	return oneLine(s, command, append(params, cut(text, room))...)
}

func oneLine(s *Support, command string, params ...string) ([]Line, error) {
	return checked(s, Line{Command: command, Params: params})
}

// checked prints lines to see that they can be, so that a command is refused before
// any of its lines is sent.
func checked(s *Support, lines ...Line) ([]Line, error) {
	var room [defaultLineLen]byte
	for _, l := range lines {
		if _, err := l.Append(room[:0], s.LineLen); err != nil {
			return nil, err
		}
	}
	return lines, nil
}

// cut shortens text to at most n bytes, never inside a character.
func cut(text string, n int) string {
	if len(text) <= n {
		return text
	}
	n = max(n, 0)
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}
