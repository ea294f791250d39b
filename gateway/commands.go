package gateway

import (
	"slices"
	"strings"
	"time"

	"isthmus/mapping"
	"isthmus/xmppside/adhoc"
	"isthmus/xmppside/form"
	"isthmus/xmppside/iq"
	"isthmus/xmppside/jid"
	"isthmus/xmppside/stanza"
)

const (
	// maxErrands is how many commands one user may have under way.
	maxErrands = 16
	// errandTime is how long a command waits for the next stage.
	errandTime = 15 * time.Minute
)

// An errand is an ad-hoc command under way, a session of XEP-0050. It is its client's, at one address.
type errand struct {
	id      string
	at      jid.JID
	call    *call
	stage   int
	until   time.Time
	answers adhoc.Answer // what was said last
}

// commandsTopic is XEP-0050: each action is a command where it can be.
func commandsTopic(m *iq.Mux[query]) {
	for _, at := range everywhere {
		some := false
		for _, a := range actions() {
			if a.is(at) {
				some = true
				m.Node(nsInfo, a.name, commandInfo, at)
			}
		}
		if some {
			m.Handle("set", adhoc.NS, "command", adhoc.NS, runCommand, at)
			m.Node(nsItems, adhoc.NS, listCommands, at)
			m.Node(nsInfo, adhoc.NS, commandListInfo, at)
		}
	}
}

// listCommands is disco#items of the commands that whoever asks may use. XEP-0050 §2.2
func listCommands(q query, r *iq.Request) {
	answer, lang := stanza.E(nsItems, "query").Set("node", adhoc.NS), q.user.language(r.IQ)
	for _, a := range actionsAt(q.user, place(q.at)) {
		answer.Add(stanza.E(nsItems, "item").Set("jid", r.IQ.To.String()).Set("node", a.name).Set("name", mapping.Say(lang, a.title)))
	}
	r.Result(answer)
}

// commandListInfo is disco#info of the list.
func commandListInfo(q query, r *iq.Request) {
	name := mapping.Say(q.user.language(r.IQ), "Commands")
	r.Result(stanza.E(nsInfo, "query", identity(adhoc.Category, adhoc.ListType, name)).Set("node", adhoc.NS))
}

// commandInfo is disco#info of one command. XEP-0050 §2.2
func commandInfo(q query, r *iq.Request) {
	a, err := q.command(r.Payload().Attr("node"))
	if err != nil {
		r.Fail(err)
		return
	}
	title := mapping.Say(q.user.language(r.IQ), a.title)
	r.Result(stanza.E(nsInfo, "query", identity(adhoc.Category, adhoc.NodeType, title), feature(adhoc.NS), feature(form.NS)).Set("node", a.name))
}

// command is the action of a node. Errors: item-not-found, forbidden.
func (q query) command(node string) (action, *stanza.Error) {
	for _, a := range actions() {
		if a.name != node || !a.is(place(q.at)) {
			continue
		}
		if !a.may(q.user) {
			return action{}, &stanza.Error{Type: stanza.Auth, Condition: stanza.Forbidden, Text: "You may not use this command."}
		}
		return a, nil
	}
	return action{}, notFound("There is no such command here.")
}

// runCommand takes one step of a command. XEP-0050 §2.4
func runCommand(q query, r *iq.Request) {
	request, err := adhoc.Parse(r.Payload())
	if err != nil {
		r.Fail(q.user.stanzaError(err, mapping.ForAdmin, ""))
		return
	}
	if request.Session != "" {
		q.user.step(request, r)
		return
	}
	a, refused := q.command(request.Node)
	if refused != nil {
		r.Fail(refused)
		return
	}
	lang := q.user.language(r.IQ)
	if r.IQ.Lang == "" && request.Lang != "" {
		lang = mapping.Language(request.Lang)
	}
	s := &errand{id: newID(), at: r.IQ.To, call: q.user.call(a, q.at, r.IQ.From, lang), stage: -1}
	s.call.reply = func(outcome) {}
	q.user.keepErrand(s)
	q.user.forward(s, r)
}

// keepErrand keeps an errand for the next stage, and forgets the oldest if there are
// too many.
func (u *user) keepErrand(s *errand) {
	if len(u.errands) >= maxErrands {
		u.errands = slices.Delete(u.errands, 0, 1)
	}
	u.errands = append(u.errands, s)
	u.touch(s)
}

// touch has an errand wait anew.
func (u *user) touch(s *errand) {
	s.until = time.Now().Add(errandTime)
	if !u.sweeping {
		u.sweeping = true
		u.after(errandTime, u.sweep)
	}
}

// sweep forgets errands some time after they have expired, so that who comes back too
// late learns why it is gone.
func (u *user) sweep() {
	now := time.Now()
	u.errands = slices.DeleteFunc(u.errands, func(s *errand) bool { return now.Sub(s.until) >= errandTime })
	if u.sweeping = len(u.errands) > 0; u.sweeping {
		u.after(errandTime, u.sweep)
	}
}

func (u *user) dropErrand(s *errand) {
	u.errands = slices.DeleteFunc(u.errands, func(other *errand) bool { return other == s })
}

// step goes on with an errand.
func (u *user) step(request adhoc.Request, r *iq.Request) {
	i := slices.IndexFunc(u.errands, func(s *errand) bool {
		return s.id == request.Session && s.at == r.IQ.To && s.call.client == r.IQ.From && s.call.action.name == request.Node
	})
	if i < 0 {
		r.Fail(adhoc.BadSession())
		return
	}
	s := u.errands[i]
	action := request.Action
	if action == adhoc.Execute {
		action = s.answers.Default
	}
	switch {
	case !time.Now().Before(s.until):
		u.dropErrand(s)
		r.Fail(adhoc.Expired())
	case action == adhoc.Cancel:
		u.dropErrand(s)
		r.Result(adhoc.Answer{Node: s.call.action.name, Session: s.id, Lang: s.call.lang, Status: adhoc.Canceled}.Element())
	case !s.answers.Allows(action):
		r.Fail(adhoc.BadAction())
	case action == adhoc.Prev:
		u.touch(s)
		s.ask(s.before(), r)
	default:
		u.touch(s)
		missing, wrong := s.take(request.Form)
		if missing != "" {
			r.Fail(adhoc.BadPayload("%s is missing.", missing))
			return
		}
		if wrong != "" {
			r.Fail(adhoc.BadPayload(wrong))
			return
		}
		u.forward(s, r)
	}
}

// forward asks what the next stage has to be told; behind the last the action is run.
func (u *user) forward(s *errand, r *iq.Request) {
	if next := s.after(); next >= 0 {
		s.ask(next, r)
		return
	}
	u.dropErrand(s)
	s.call.reply = func(o outcome) { r.Result(s.result(o, u.space()).Element()) }
	s.call.action.run(s.call)
}

// fields are the arguments that a stage asks for: those that the address does not say.
func (s *errand) fields(stage int) (out []arg) {
	for _, g := range s.call.action.args {
		if g.stage == stage && !s.call.addressed(g) && (g.asked == nil || g.asked(s.call)) {
			out = append(out, g)
		}
	}
	return out
}

// after is the next stage with a field; -1: there is none.
func (s *errand) after() int {
	for _, g := range s.call.action.args {
		if g.stage > s.stage && len(s.fields(g.stage)) > 0 {
			return g.stage
		}
	}
	return -1
}

// before is the last stage with a field before this one; -1: there is none.
func (s *errand) before() int {
	for stage := s.stage - 1; stage >= 0; stage-- {
		if len(s.fields(stage)) > 0 {
			return stage
		}
	}
	return -1
}

// ask shows the form of a stage.
func (s *errand) ask(stage int, r *iq.Request) {
	s.stage = stage
	f := form.Of(form.Ask, "")
	f.Title = s.call.words(s.call.action.title)
	for _, g := range s.fields(stage) {
		f.Add(g.field(s.call))
	}
	a := adhoc.Answer{Node: s.call.action.name, Session: s.id, Lang: s.call.lang, Status: adhoc.Executing, Form: f, Default: adhoc.Complete}
	if s.after() >= 0 {
		a.Default = adhoc.Next
	}
	a.Actions = []adhoc.Action{a.Default}
	if s.before() >= 0 {
		a.Actions = append(a.Actions, adhoc.Prev)
	}
	s.answers = a
	r.Result(a.Element())
}

// field is how an argument is asked for, with what it is by now.
func (g arg) field(c *call) form.Field {
	f := form.Field{Var: g.name, Kind: g.kind, Label: c.words(g.label), Required: !g.optional}
	value := c.args[g.name]
	if value == "" && g.value != nil {
		value = g.value(c)
	}
	if value != "" && g.kind != form.TextPrivate {
		f.Values = []string{value}
	}
	if g.choose != nil {
		f.Options = g.choose(c)
	}
	return f
}

// take reads the form of the stage that was shown; missing is the label of a field that has
// to be filled in, wrong what is wrong with one that is.
func (s *errand) take(f *form.Form) (missing, wrong string) {
	c := s.call
	for _, g := range c.action.args {
		if c.addressed(g) || g.stage != s.stage {
			continue
		}
		field, there := f.Field(g.name)
		if there {
			c.args[g.name] = mapping.Line(strings.TrimSpace(brief(strings.Join(field.Values, "\n"))))
		}
		if c.args[g.name] == "" && !g.optional && missing == "" {
			missing = c.words(g.label)
		}
		if c.args[g.name] != "" && g.check != nil && wrong == "" {
			wrong = g.check(c)
		}
	}
	return missing, wrong
}

// result is the last answer. What has several lines is a form, for a note has one.
func (s *errand) result(o outcome, space int) adhoc.Answer {
	a := adhoc.Answer{Node: s.call.action.name, Session: s.id, Lang: s.call.lang, Status: adhoc.Completed}
	switch {
	case o.err != nil: // XEP-0050 §3.6
		a.Notes = []adhoc.Note{{Kind: adhoc.Failure, Text: o.err.Words()}}
	case len(o.lines) == 1:
		a.Notes = []adhoc.Note{{Kind: adhoc.Info, Text: cutText(o.lines[0], space)}}
	default:
		f := form.Of(form.Result, "")
		f.Title = s.call.words(s.call.action.title)
		text := cutText(strings.Join(o.lines, "\n"), space/2)
		a.Form = f.Add(form.Field{Var: "text", Kind: form.TextMulti, Label: f.Title, Values: strings.Split(text, "\n")})
	}
	return a
}
