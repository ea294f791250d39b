package gateway

import (
	"strings"
	"time"

	"isthmus/mapping"
	"isthmus/xmppside/iq"
	"isthmus/xmppside/stanza"
)

func versionTopic(m *iq.Mux[query]) {
	m.Handle("get", nsVersion, "query", nsVersion, getVersion, ours...)
	m.Handle("get", nsVersion, "query", nsVersion, getPersonVersion, people...)
}

// getVersion is XEP-0092 for the gateway itself.
func getVersion(q query, r *iq.Request) {
	r.Result(stanza.E(nsVersion, "query", stanza.T(nsVersion, "name", "Isthmus"), stanza.T(nsVersion, "version", q.user.hub.version)))
}

// getPersonVersion asks by CTCP VERSION. What is said first passes for the name, for
// both are wanted.
func getPersonVersion(q query, r *iq.Request) {
	q.askPerson(r, "VERSION", func(text string) []*stanza.Element {
		name, version, _ := strings.Cut(mapping.Line(mapping.Strip(text)), " ")
		if name == "" {
			return nil
		}
		return []*stanza.Element{stanza.E(nsVersion, "query", stanza.T(nsVersion, "name", name), stanza.T(nsVersion, "version", version))}
	})
}

func timeTopic(m *iq.Mux[query]) {
	m.Handle("get", nsTime, "time", nsTime, getTime, ours...)
	m.Handle("get", nsTime, "time", nsTime, getPersonTime, people...)
}

// getTime is XEP-0202 for the gateway itself.
func getTime(_ query, r *iq.Request) {
	now := time.Now()
	r.Result(timeElement(now))
}

func timeElement(t time.Time) *stanza.Element {
	return stanza.E(nsTime, "time", stanza.T(nsTime, "tzo", t.Format("-07:00")), stanza.T(nsTime, "utc", t.UTC().Format("2006-01-02T15:04:05Z")))
}

// timeLayouts are how common clients answer CTCP TIME.
var timeLayouts = []string{
	time.RFC3339, time.RFC1123Z, time.RFC1123, time.UnixDate, time.ANSIC, time.RFC850,
	"Mon Jan 2 15:04:05 2006 -0700", "Mon, 02 Jan 2006 15:04:05 -0700", "Mon 02 Jan 2006 15:04:05 -0700",
}

// getPersonTime asks by CTCP TIME; a text that is no time is an error.
func getPersonTime(q query, r *iq.Request) {
	q.askPerson(r, "TIME", func(text string) []*stanza.Element {
		for _, layout := range timeLayouts {
			if t, err := time.Parse(layout, strings.TrimSpace(text)); err == nil {
				return []*stanza.Element{timeElement(t)}
			}
		}
		return nil
	})
}

func (q query) askPerson(r *iq.Request, verb string, word func(string) []*stanza.Element) {
	up, nick, err := q.person(r)
	switch {
	case err != nil:
		r.Fail(err)
	case up.state != linkUp:
		r.Fail(timedOut("The connection to the network is lost at the moment."))
	default:
		up.ctcpAsk(nick, verb, word, r)
	}
}
