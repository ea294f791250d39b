package mapping

import (
	"strconv"
	"strings"
	"time"

	"isthmus/ircside/irc"
	"isthmus/xmppside/stanza"
)

// NSVCard is the namespace of vCards. XEP-0054 §2
const NSVCard = "vcard-temp"

// VCard is what WHOIS tells of somebody, as a vCard: the name, the nick, and the rest in
// words of a language. It has a size that any stanza takes, whatever the network tells.
func VCard(w irc.Profile, lang string) *stanza.Element {
	name := short(w.Realname)
	if name == "" {
		name = short(w.Nick)
	}
	field := func(local, text string) *stanza.Element { return stanza.T(NSVCard, local, text) }
	return stanza.E(NSVCard, "vCard", field("FN", name), stanza.E(NSVCard, "N", field("GIVEN", name)),
		field("NICKNAME", short(w.Nick)), field("DESC", strings.Join(describe(w, lang), "\n")))
}

// maxTold bounds each thing that a vCard tells, in bytes; the channels together are so
// many.
const maxTold = 300

// short is a text from IRC, without its colours.
func short(text string) string {
	text = Strip(text)
	if len(text) > maxTold {
		text = strings.ToValidUTF8(text[:maxTold], "")
	}
	return text
}

// describe says in lines what a vCard has no field for.
func describe(w irc.Profile, lang string) (lines []string) {
	add := func(is bool, text string, args ...string) {
		if is {
			for i := range args {
				args[i] = short(args[i])
			}
			lines = append(lines, Say(lang, text, args...))
		}
	}
	add(w.Account != "", hatAccount.title, w.Account)
	add(w.Oper, hatOper.title)
	add(w.Bot, hatBot.title)
	add(w.Away, "Away: %s", w.AwayText)
	add(w.Host != "", "Address: %s", w.User+"@"+w.Host)
	add(w.From != "", "Connects from: %s", w.From)
	add(w.Server != "", "Server: %s (%s)", w.Server, w.ServerInfo)
	add(w.Secure, "The connection is encrypted.")
	add(len(w.Channels) > 0, "Channels: %s", some(w.Channels))
	if !w.Signon.IsZero() {
		add(true, "Connected since: %s", w.Signon.UTC().Format("2006-01-02 15:04 MST"))
	}
	if w.HasIdle {
		add(true, "Idle for: %s", hours(w.Idle))
	}
	return lines
}

// some are as many channels as there is room for.
func some(channels []string) string {
	var b strings.Builder
	for i, name := range channels {
		if b.Len()+len(name) > maxTold-20 {
			return b.String() + ", …"
		}
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(name)
	}
	return b.String()
}

// hours is a time in hours, minutes and seconds, as all languages write it: "1:02:03".
func hours(d time.Duration) string {
	pad := func(n int64) string {
		if n < 10 {
			return "0" + strconv.FormatInt(n, 10)
		}
		return strconv.FormatInt(n, 10)
	}
	s := int64(d / time.Second)
	return strconv.FormatInt(s/3600, 10) + ":" + pad(s/60%60) + ":" + pad(s%60)
}
