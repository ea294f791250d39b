package gateway

import (
	"strconv"
	"strings"
	"time"

	"golang.org/x/time/rate"

	"isthmus/ircside/irc"
	"isthmus/mapping"
	"isthmus/xmppside/iq"
	"isthmus/xmppside/stanza"
)

// ctcp is what an uplink asks and is asked by CTCP.
type ctcp struct {
	asked []*ctcpQuestion
	limit *rate.Limiter // of what others make us answer
}

// maxCTCP is how many questions may be open at a time.
const maxCTCP = 32

type ctcpQuestion struct {
	nick, verb string // nick folded
	answer     func(text string)
	fail       func(*stanza.Error)
}

func newCTCP() ctcp {
	return ctcp{limit: rate.NewLimiter(rate.Every(3*time.Second), 4)}
}

// ctcpAsk asks somebody's client; word makes the answer of what it says, nil if it
// is of no use. The request is answered within the deadline whatever happens.
func (up *uplink) ctcpAsk(nick, verb string, word func(string) []*stanza.Element, r *iq.Request) {
	if len(up.ctcp.asked) >= maxCTCP {
		r.Fail(&stanza.Error{Type: stanza.Wait, Condition: stanza.ResourceConstraint, Text: "Too many questions at once."})
		return
	}
	q := &ctcpQuestion{
		nick: up.view.Support().Fold(nick), verb: verb,
		answer: func(text string) {
			payload := word(text)
			if payload == nil && verb != "PING" {
				r.Fail(&stanza.Error{Type: stanza.Cancel, Condition: stanza.FeatureNotImplemented, Text: "The answer means nothing.", Said: mapping.Strip(text)})
				return
			}
			r.Result(payload...)
		},
		fail: r.Fail,
	}
	up.ctcp.asked = append(up.ctcp.asked, q)
	body := ""
	if verb == "PING" {
		body = strconv.FormatInt(time.Now().Unix(), 10)
	}
	up.give(irc.Say{Target: nick, Kind: irc.CTCP, Verb: verb, Lines: []string{body}}, func([]string) {}, func(err error) {
		if up.ctcp.remove(q) {
			q.fail(up.user.stanzaError(err, mapping.ForMessage, up.ircd()))
		}
	})
	up.user.after(up.user.config.Gateway.AnswerTimeout, func() {
		if up.ctcp.remove(q) {
			q.fail(timedOut("Their client has not answered."))
		}
	})
}

// remove takes a question off the list; false: it has its answer.
func (c *ctcp) remove(q *ctcpQuestion) bool {
	for i, other := range c.asked {
		if other == q {
			c.asked = append(c.asked[:i], c.asked[i+1:]...)
			return true
		}
	}
	return false
}

// abandon answers what was asked through a link that is gone.
func (c *ctcp) abandon() {
	open := c.asked
	c.asked = nil
	for _, q := range open {
		q.fail(timedOut("The connection to the network was lost before they answered."))
	}
}

// ctcpReply finds who asked.
func (up *uplink) ctcpReply(t irc.Text) {
	nick := up.view.Support().Fold(t.From.Nick)
	for _, q := range up.ctcp.asked {
		if q.nick == nick && q.verb == t.Verb {
			up.ctcp.remove(q)
			q.answer(t.Body)
			return
		}
	}
}

// ctcpRequest answers what others ask, within a limit, and never with who the user
// is on Jabber.
func (up *uplink) ctcpRequest(t irc.Text) {
	if t.Self || !up.ctcp.limit.Allow() {
		return
	}
	switch t.Verb {
	case "VERSION":
		up.tellVersion(t.From.Nick)
	case "PING":
		up.ctcpAnswer(t.From.Nick, "PING", t.Body)
	case "TIME":
		up.ctcpAnswer(t.From.Nick, "TIME", time.Now().UTC().Format(time.RFC1123Z))
	case "CLIENTINFO":
		up.ctcpAnswer(t.From.Nick, "CLIENTINFO", "ACTION CLIENTINFO PING TIME VERSION")
	case "DCC":
		up.ctcpAnswer(t.From.Nick, "ERRMSG", "DCC is not supported")
	}
}

func (up *uplink) ctcpAnswer(nick, verb, text string) {
	up.do(irc.Say{Target: nick, Kind: irc.CTCPReply, Verb: verb, Lines: []string{mapping.Line(text)}})
}

// tellVersion asks a client of the user's what it is, if one says that it answers
// that. XEP-0092
func (up *uplink) tellVersion(nick string) {
	ours := "Isthmus " + up.user.hub.version
	for _, r := range up.list() {
		for _, o := range r.members {
			if !o.client.features.Has(nsVersion) {
				continue
			}
			iq := &stanza.Stanza{Kind: stanza.IQ, Type: "get", From: o.at, To: o.client.jid, Children: []*stanza.Element{stanza.E(nsVersion, "query")}}
			up.user.ask(iq, up.user.config.Gateway.AnswerTimeout, func(answer *stanza.Stanza) {
				up.ctcpAnswer(nick, "VERSION", strings.TrimSpace(clientVersion(answer)+" "+ours))
			})
			return
		}
	}
	up.ctcpAnswer(nick, "VERSION", ours)
}

// clientVersion is the name and version of a client, without its system.
func clientVersion(answer *stanza.Stanza) string {
	if answer == nil || answer.Type != "result" {
		return ""
	}
	query := answer.Child(nsVersion, "query")
	text := query.Child(nsVersion, "name").Text() + " " + query.Child(nsVersion, "version").Text()
	if text = mapping.Line(strings.TrimSpace(text)); text != "" {
		text += " through"
	}
	return text
}

func seconds(d time.Duration) string { return strconv.FormatInt(int64(d/time.Second), 10) }
