package ircd

import (
	"slices"
	"strings"
	"time"
)

// Limits of a line in bytes, CR LF among them: RFC 1459 §2.3, and what message-tags
// allows a client for its tags, with '@' and the space.
const (
	maxBody = 512
	maxTags = 4096
)

// A line is what a client sent.
type line struct {
	tags    map[string]string
	command string // upper case
	params  []string
}

// param is the i-th parameter, or "".
func (l line) param(i int) string {
	if i < len(l.params) {
		return l.params[i]
	}
	return ""
}

// parse reads a line without its end as generously as servers do. What is not as it
// should be comes as the problem; the command of a line without one is "".
func parse(text string) (l line, problem string) {
	note := func(p string) {
		if problem == "" {
			problem = p
		}
	}
	if rest, ok := strings.CutPrefix(text, "@"); ok {
		tags, after, _ := strings.Cut(rest, " ")
		var bad string
		if l.tags, bad = parseTags(tags); bad != "" {
			note(bad)
		}
		text = after
	}
	if strings.HasPrefix(text, ":") {
		note("a client gave a source")
		_, text, _ = strings.Cut(text, " ")
	}
	words, bad := splitWords(text)
	if bad != "" {
		note(bad)
	}
	if len(words) == 0 {
		note("no command")
		return l, problem
	}
	l.command, l.params = strings.ToUpper(words[0]), words[1:]
	if !isCommand(l.command) {
		note("command is not a word")
	}
	if len(l.params) > 15 {
		note("more than 15 parameters")
		l.params = l.params[:15]
	}
	return l, problem
}

// splitWords takes the command and its parameters apart.
func splitWords(text string) (words []string, problem string) {
	for first := true; text != ""; first = false {
		if trailing, ok := strings.CutPrefix(text, ":"); ok && !first {
			return append(words, trailing), problem
		}
		word, rest, more := strings.Cut(text, " ")
		if word == "" || more && rest == "" {
			problem = "a space too many"
		}
		if word != "" {
			words = append(words, word)
		}
		text = rest
	}
	return words, problem
}

func isCommand(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return (r < 'A' || r > 'Z') && (r < '0' || r > '9')
	})
}

// parseTags reads what stands between '@' and the space.
func parseTags(s string) (tags map[string]string, problem string) {
	tags = map[string]string{}
	for tag := range strings.SplitSeq(s, ";") {
		key, value, _ := strings.Cut(tag, "=")
		if name := strings.TrimPrefix(key, "+"); name == "" || strings.Contains(name, "+") {
			problem = "a tag without a name"
			continue
		}
		tags[key] = unescape(value)
	}
	return tags, problem
}

// The escapes of message-tags, in pairs.
var escapes = []string{`\`, `\\`, ";", `\:`, " ", `\s`, "\r", `\r`, "\n", `\n`}

func escape(s string) string { return strings.NewReplacer(escapes...).Replace(s) }

// unescape drops the backslash of an escape that is none, and a lone one at the end.
func unescape(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' {
			b.WriteByte(s[i])
			continue
		}
		if i++; i == len(s) {
			break
		}
		if at := slices.Index(escapes, s[i-1:i+1]); at%2 == 1 {
			b.WriteString(escapes[at-1])
		} else {
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

// A message is what the server says, before it is cut down to what one client
// negotiated.
type message struct {
	source  string
	account string            // of the source
	id      string            // msgid
	batch   string            // the batch it is in
	label   string            // the command that it answers
	tags    map[string]string // client-only tags
	at      time.Time
	command string
	params  []string
}

// text is the line for a client with these capabilities, with its end, cut to what a
// line may hold as ircds do it: anywhere.
func (m message) text(caps map[string]bool) string {
	var tags []string
	tag := func(on bool, key, value string) {
		if on && value != "" {
			tags = append(tags, key+"="+escape(value))
		}
	}
	tag(caps["account-tag"], "account", m.account)
	tag(caps["batch"], "batch", m.batch)
	tag(caps["labeled-response"], "label", m.label)
	tag(caps["message-tags"], "msgid", m.id)
	tag(caps["server-time"], "time", m.at.UTC().Format("2006-01-02T15:04:05.000Z"))
	if caps["message-tags"] {
		for key, value := range m.tags {
			if value != "" {
				key += "=" + escape(value)
			}
			tags = append(tags, key)
		}
	}
	slices.Sort(tags)

	body := m.body()
	if len(body) > maxBody-2 {
		body = body[:maxBody-2]
	}
	if len(tags) > 0 {
		body = "@" + strings.Join(tags, ";") + " " + body
	}
	return body + "\r\n"
}

// body is the line without tags and end, however long.
func (m message) body() string {
	var b strings.Builder
	if m.source != "" {
		b.WriteString(":" + m.source + " ")
	}
	b.WriteString(m.command)
	for i, p := range m.params {
		switch last := i == len(m.params)-1; {
		case !last:
			p = middle(p)
		case isText(m.command, i) || p != middle(p):
			p = ":" + p
		}
		b.WriteString(" " + p)
	}
	return b.String()
}

// middle makes a parameter that may stand before others of anything that a client
// said.
func middle(p string) string {
	if p = strings.ReplaceAll(p, " ", "_"); p == "" || p[0] == ':' {
		return "*"
	}
	return p
}

// isText says whether the i-th and last parameter is text, which servers always put
// behind a colon.
func isText(command string, i int) bool {
	switch command {
	case "PRIVMSG", "NOTICE", "TOPIC", "QUIT", "KICK", "AWAY", "ERROR", "SETNAME":
		return true
	case "PART":
		return i == 1
	case "CAP", "332", "353", "372", "301", "319", "303":
		return true
	}
	return false
}
