package irc

import (
	"strconv"
	"strings"
	"time"
)

// maxListTime is how long a LIST may take, however much still comes.
const maxListTime = 3 * time.Minute

// List asks which channels there are: Listed for each, then Done. What the network has
// no filter for (ELIST) is not asked for, so whoever asks filters as well. The zero List
// is all channels. https://modern.ircdocs.horse/#list-message
type List struct {
	Channel     string        // only this one, which every network can be asked for; the rest is not looked at
	Mask, Not   string        // names that match the one, and not the other; * and ? are wild (M, N)
	Least, Most int           // users; 0: no bound (U)
	Younger     time.Duration // since the channel was made less than this, in whole minutes; 0: no bound (C)
	Fresher     time.Duration // since its topic changed; likewise (T)
}

// MarkBot marks us as a program, where the network has a mode for that (BOT). It is said
// by whoever reads along or looks around by itself.
// https://ircv3.net/specs/extensions/bot-mode
type MarkBot struct{ Nick string }

func (c MarkBot) verb() string   { return "MODE" }
func (c MarkBot) target() string { return c.Nick }

func (c MarkBot) lines(s *Support) ([]Line, error) {
	if s.Bot == 0 {
		return nil, nil
	}
	if err := checkNick(s, c.Nick); err != nil {
		return nil, err
	}
	return oneLine(s, "MODE", c.Nick, "+"+string(rune(s.Bot)))
}

// Listed is a channel of the network's list.
type Listed struct {
	Ref     Ref
	Channel string
	Users   int
	Topic   string // without the modes that some networks put before it
	Modes   string // letters of flag modes, where the network puts them before the topic
	Moded   bool   // it does
}

func (Listed) event() {}

func (c List) verb() string   { return "LIST" }
func (c List) target() string { return c.Channel }

func (c List) lines(s *Support) ([]Line, error) {
	if c.Channel != "" {
		if err := checkChannel(s, c.Channel); err != nil {
			return nil, err
		}
		return oneLine(s, "LIST", c.Channel)
	}
	filters, err := c.filters(s)
	if err != nil || len(filters) == 0 {
		return []Line{{Command: "LIST"}}, err
	}
	return oneLine(s, "LIST", strings.Join(filters, ","))
}

// filters are the conditions that the network knows.
func (c List) filters(s *Support) (out []string, err error) {
	add := func(kind byte, condition string) {
		if strings.IndexByte(s.EList, kind) >= 0 || strings.IndexByte(s.EList, kind|0x20) >= 0 {
			out = append(out, condition)
		}
	}
	for _, mask := range []string{c.Mask, c.Not} {
		if mask == "" {
			continue
		}
		if err := checkWord("mask", mask); err != nil {
			return nil, err
		}
		if mask[0] == '!' || strings.ContainsAny(mask, "<>") {
			return nil, &UnsayableError{"mask", "would be another condition"}
		}
	}
	if c.Mask != "" {
		add('M', c.Mask)
	}
	if c.Not != "" {
		add('N', "!"+c.Not)
	}
	if c.Least > 0 {
		add('U', ">"+strconv.Itoa(c.Least-1))
	}
	if c.Most > 0 {
		add('U', "<"+strconv.Itoa(c.Most+1))
	}
	if c.Younger > 0 {
		add('C', "C<"+strconv.Itoa(int(c.Younger/time.Minute)))
	}
	if c.Fresher > 0 {
		add('T', "T<"+strconv.Itoa(int(c.Fresher/time.Minute)))
	}
	return out, nil
}

// onListed is 322: channel users :topic. What has no name, as private channels have
// none on some networks ("*", "Prv"), is not told. RFC 2812 §5.1, RFC 1459 §4.2.6
func (c *Core) onListed(in *incoming) {
	if len(in.Params) < 3 || !isName(in.Param(1)) || !c.support.IsChannel(in.Param(1)) {
		return
	}
	a := c.listing(in)
	if a == nil {
		return
	}
	a.begun = true
	a.deadline = c.heard.Add(c.id.AnswerAfter)
	if a.limit.Before(a.deadline) {
		a.deadline = a.limit
	}
	l := Listed{Ref: a.ref, Channel: in.Param(1), Users: number(in.Param(2), 0)}
	if len(in.Params) > 3 {
		l.Topic = in.Last()
	}
	l.splitModes()
	c.event(l)
}

// splitModes takes off "[+nt] ".
// COMPAT InspIRCd, ircd-hybrid, UnrealIRCd: a channel's modes stand before its topic.
func (l *Listed) splitModes() {
	rest, ok := strings.CutPrefix(l.Topic, "[+")
	if !ok {
		return
	}
	modes, topic, ok := strings.Cut(rest, "]")
	letters, _, _ := strings.Cut(modes, " ") // a limit may follow
	if !ok || topic != "" && topic[0] != ' ' || only(letters, isAlnum) != letters {
		return // it is what somebody wrote
	}
	l.Topic, l.Modes, l.Moded = strings.TrimPrefix(topic, " "), letters, true
}

func (c *Core) onListStart(in *incoming) {
	if a := c.listing(in); a != nil {
		a.begun = true
	}
}

// onListEnd is 323. A label's own end comes later. Some servers end a list that they have
// refused as well: that is not the end of the next.
func (c *Core) onListEnd(in *incoming) {
	a := c.listing(in)
	if a == nil || in.ask != nil {
		return
	}
	stray := c.refused && !a.begun
	if c.refused = false; !stray {
		c.finish(a.ref)
	}
}

// listing is the LIST that a line is of: by label, else the oldest. Nil: none, or a
// user's own raw line.
func (c *Core) listing(in *incoming) *asked {
	if in.ask != nil {
		if in.ask.verb == "LIST" && !in.ask.raw {
			return in.ask
		}
		return nil
	}
	for _, a := range c.answers.list {
		if a.verb == "LIST" && !a.raw && !a.labelled {
			return a
		}
	}
	return nil
}
