package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"time"
	"unicode/utf8"

	"isthmus/mapping"
)

// The widths of the columns: 80 characters in all, with what is between them.
const (
	leftWidth  = 37
	rightWidth = 40
)

// A style is how text looks on a terminal: a parameter of SGR, ECMA-48 §8.3.117.
type style string

const (
	plain style = ""
	bold  style = "1"
	dim   style = "2"
	red   style = "31"
	cyan  style = "36"
	green style = "32"
)

// A mark is what precedes words in somebody's column, and says what they are to them.
type mark string

const (
	did mark = "> " // typed or clicked it
	saw mark = "  " // has it on the screen
)

// in is the style of a column's words.
func (m mark) in(column style) style {
	if m == did {
		return column
	}
	return plain
}

// A page is what the demo prints: two columns, what alice's Jabber client shows and
// what bob's IRC client shows. It belongs to one goroutine.
type page struct {
	out    io.Writer
	colour bool
}

// newPage prints in colours on a terminal, unless NO_COLOR is set (https://no-color.org).
func newPage(out io.Writer) *page {
	file, ok := out.(*os.File)
	if !ok || os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb" {
		return &page{out: out}
	}
	info, err := file.Stat()
	return &page{out: out, colour: err == nil && info.Mode()&os.ModeCharDevice != 0}
}

// paint gives text a style.
func (p *page) paint(s style, text string) string {
	if !p.colour || s == plain || text == "" {
		return text
	}
	return "\x1b[" + string(s) + "m" + text + "\x1b[0m"
}

// say prints text as it stands.
func (p *page) say(text string) { fmt.Fprintln(p.out, text) }

// prologue says who is who.
func (p *page) prologue() {
	p.say(p.paint(bold, "Isthmus: a Jabber user in an IRC channel"))
	p.say(`
This program holds an XMPP server, an IRC server and, between them, the gateway
as it would run between yours, all on loopback. Alice has a Jabber client, Bob
an IRC client. What they do comes after a >, the rest is what they see.
`)
	p.row(cyan, "ALICE, on Jabber", green, "BOB, on IRC")
	p.say(strings.Repeat("─", leftWidth) + "─┼─" + strings.Repeat("─", rightWidth))
}

// title begins a scene.
func (p *page) title(n int, text string) {
	if n > 1 {
		p.row(plain, "", plain, "")
	}
	for i, line := range wrap(text, leftWidth+rightWidth) {
		number := "   "
		if i == 0 {
			number = fmt.Sprintf("%d. ", n) // there are fewer than ten
		}
		p.say(p.paint(bold, number+line))
	}
}

// note prints what the gateway or a server does.
func (p *page) note(text string) {
	lead := "   -- "
	for _, line := range wrap(text, leftWidth+rightWidth-3) {
		p.say(p.paint(dim, lead+line))
		lead = "      "
	}
}

// left prints into alice's column.
func (p *page) left(m mark, text string) {
	lead := m
	for _, line := range wrap(text, leftWidth-len(m)) {
		p.row(m.in(cyan), string(lead)+line, plain, "")
		lead = saw
	}
}

// right prints into bob's column.
func (p *page) right(m mark, text string) {
	lead := m
	for _, line := range wrap(text, rightWidth-len(m)) {
		p.row(plain, "", m.in(green), string(lead)+line)
		lead = saw
	}
}

// row prints a line of both columns.
func (p *page) row(ls style, left string, rs style, right string) {
	pad := strings.Repeat(" ", max(leftWidth-utf8.RuneCountInString(left), 0))
	p.say(strings.TrimRight(p.paint(ls, left)+pad+" │ "+p.paint(rs, right), " "))
}

// live prints what bob sees when the conversation is over.
func (p *page) live(text string) {
	p.say(p.paint(dim, time.Now().Format("15:04:05")+" bob sees ") + mapping.Strip(text))
}

// missing says what did not come, and what the gateway logged.
func (p *page) missing(err error, log []string) {
	p.say("\n" + p.paint(red, "This did not go as it should: "+err.Error()))
	if len(log) > 0 {
		p.say("The gateway's log:\n  " + strings.Join(log, "\n  "))
	}
}

// epilogue says that all went well.
func (p *page) epilogue(came int, took time.Duration) {
	p.say(strings.Repeat("─", leftWidth) + "─┴─" + strings.Repeat("─", rightWidth))
	p.say(fmt.Sprintf("Everything came as it should, %d things in %.1f seconds.", came, took.Seconds()))
}

// invitation says how to come in with clients of one's own.
func (p *page) invitation(s *stage) {
	ircHost, ircPort, _ := net.SplitHostPort(s.ircAddr)
	xmppHost, xmppPort, _ := net.SplitHostPort(s.xmppAddr)
	p.say("\n" + p.paint(bold, "Now you. The servers stay up until Ctrl-C."))
	p.say(fmt.Sprintf(`
%s
  server    %s, port %s, no TLS
  channel   %s
  irssi     irssi -c %s -p %s -n dave
            /join %s

%s
  account   alice@%s, password alice; bob and carol likewise
  server    %s, port %s, STARTTLS with a self-signed certificate, or no TLS
  room      %s
  profanity /connect alice@%s server %s port %s tls trust
            /join %s

Bob is still in the channel. What he sees is printed here:
`,
		p.paint(green, "With any IRC client"), ircHost, ircPort, demoChannel, ircHost, ircPort, demoChannel,
		p.paint(cyan, "With any Jabber client"), demoHost, xmppHost, xmppPort, demoRoom, demoHost, xmppHost, xmppPort, demoRoom))
}

// wrap breaks text between words into lines of that many characters at most, and what
// has no spaces where it must; at least one line.
func wrap(text string, width int) []string {
	var lines []string
	line := []rune(mapping.Strip(text))
	for len(line) > width {
		at := width
		for at > width/2 && line[at] != ' ' {
			at--
		}
		if line[at] != ' ' {
			at = width
		}
		lines = append(lines, string(line[:at]))
		line = []rune(strings.TrimLeft(string(line[at:]), " "))
	}
	return append(lines, string(line))
}
