package gateway

import (
	"fmt"
	"strconv"

	"isthmus/ircside/irc"
	"isthmus/mapping"
	"isthmus/xmppside/form"
	"isthmus/xmppside/iq"
	"isthmus/xmppside/muc"
	"isthmus/xmppside/stanza"
)

func ownerTopic(m *iq.Mux[query]) {
	m.Handle("get", muc.NSOwner, "query", "", getOwner, iq.Room)
	m.Handle("set", muc.NSOwner, "query", "", setOwner, iq.Room)
}

// A fieldProvider has fields in the form of a room's configuration.
type fieldProvider struct {
	// fields are how things stand, worded for people who read lang.
	fields func(r *room, lang string) []form.Field
	// plan notes what a submitted form comes to, or what in it cannot be: see
	// configuration. What is not in the form stays as it is.
	plan func(r *room, c *configuration)
}

// fieldProviders are all who have, in the order of the form.
var fieldProviders = []fieldProvider{
	{(*room).modeFields, (*room).planModes},
	{(*room).memberFields, (*room).planMembers},
	{(*room).listFields, (*room).planLists},
	{(*room).featureFields, (*room).planFeatures},
	{(*room).policyFields, (*room).planPolicy},
}

const (
	maxFields  = 200 // of a submitted form
	maxChanges = 200 // that one form may come to, or one IQ ask for
)

// A configuration is a submitted form under way.
type configuration struct {
	request  *iq.Request
	form     *form.Form // what its sender has changed
	shown    *form.Form // what they were shown; nil: that is not known
	wishes   []mapping.Wish
	problems []mapping.Problem // what cannot be, or could not be set
	steps    []step
	seen     []irc.ModeChange // what we have changed since
	kind     *stanza.Error    // of the first refusal
}

// A step is what is done besides changes of modes. done is called once.
type step struct {
	field string
	do    func(done func(error))
}

// problem notes that a field cannot be as it was submitted.
func (c *configuration) problem(field, text string, args ...string) {
	c.problems = append(c.problems, mapping.Problem{Field: field, Text: text, Args: args})
}

// failed notes that a field could not be set.
func (c *configuration) failed(field string, err *stanza.Error) {
	if c.kind == nil || c.kind == errNotTaken {
		c.kind = err
	}
	c.problems = append(c.problems, mapping.Problem{Field: field, Text: err.Text, Args: err.Args, Said: err.Said})
}

// errNotTaken is a mode that is not set, and nobody says why.
var errNotTaken = &stanza.Error{Type: stanza.Modify, Condition: stanza.NotAcceptable, Text: "The network has not taken it."}

// getOwner answers with the form of a room's configuration. XEP-0045 §10.1.3, §10.2.
func getOwner(q query, request *iq.Request) {
	q.owned(request, func(r *room) {
		r.readLists(mapping.Lists(r.up.view.Support()), func(map[byte]error) { r.showConfig(request) })
	})
}

// showConfig answers with the form, without the lists if it would be too long.
func (r *room) showConfig(request *iq.Request) {
	if !r.open() {
		request.Fail(timedOut("The connection to the network was lost before it answered."))
		return
	}
	f := r.configForm(request.IQ.Lang)
	answer := muc.OwnerForm(f.Element())
	if len(answer.Append(nil)) > r.up.user.space() {
		r.lists = nil
		f = r.configForm(request.IQ.Lang)
		answer = muc.OwnerForm(f.Element())
	}
	if len(answer.Append(nil)) > r.up.user.space() {
		request.Fail(&stanza.Error{Type: stanza.Wait, Condition: stanza.ResourceConstraint, Text: "The list is too long to be sent."})
		return
	}
	r.shown.keep(request.IQ.From, f)
	request.Result(answer)
}

func (r *room) configForm(lang string) *form.Form {
	f := form.Of(form.Ask, muc.NSRoomConfig)
	f.Title = r.channel
	f.Instructions = mapping.Say(lang, "What is changed here are modes of the channel, which the network may refuse.")
	for _, p := range fieldProviders {
		f.Add(p.fields(r, lang)...)
	}
	return f
}

// setOwner takes a submitted form, gives up what was not configured yet, or destroys a
// room.
func setOwner(q query, request *iq.Request) {
	wish, err := muc.ParseOwner(request.Payload(), true)
	if err != nil {
		request.Fail(q.user.stanzaError(err, mapping.ForAdmin, ""))
		return
	}
	switch wish.Wish {
	case muc.OwnerCancel:
		q.cancel(request)
	case muc.OwnerDestroy:
		q.owned(request, func(r *room) { r.destroy(request, wish.Destroy) })
	default:
		f := form.Parse(wish.Form)
		if len(f.Fields) == 0 && q.instant(request) {
			return
		}
		q.owned(request, func(r *room) { r.configure(request, f) })
	}
}

// cancel leaves a room as it is. One that the sender has just made is no more, and we
// stay for nobody who has not entered. XEP-0045 §10.1.3
func (q query) cancel(request *iq.Request) {
	if r, o := q.user.occupancy(request.IQ, q.at); r != nil {
		switch {
		case o != nil && o.made && len(r.members) == 1 && r.up.view.Size(r.channel) == 1:
			r.dissolve(muc.Destroy{})
		case len(r.members) == 0:
			r.unkeep()
			r.part("")
		}
	}
	request.Result()
}

// instant takes a room as it is, if its sender is in: that asks for nothing.
// XEP-0045 §10.1.2
func (q query) instant(request *iq.Request) bool {
	_, o := q.user.occupancy(request.IQ, q.at)
	if o == nil {
		return false
	}
	o.made = false // and is not given up any more
	request.Result()
	return true
}

// configure sets what a submitted form changes. An empty one takes the room as it is.
// What its sender was shown and sends back is no change, whoever has changed that since.
// XEP-0045 §10.1.2, §10.2.
func (r *room) configure(request *iq.Request, f *form.Form) {
	r.made = false
	for _, o := range r.members {
		o.made = false // and is not given up any more
	}
	shown := r.shown.of(request.IQ.From)
	c := &configuration{request: request, form: changed(f, shown), shown: shown}
	switch kind := f.FormType(); {
	case len(f.Fields) == 0:
		request.Result()
	case kind != "" && kind != muc.NSRoomConfig:
		request.Fail(badRequest("This is no form of a room's configuration."))
	case len(f.Fields) > maxFields:
		request.Fail(badRequest("There are too many fields in the form."))
	case r.config != nil:
		request.Fail(&stanza.Error{Type: stanza.Wait, Condition: stanza.ResourceConstraint, Text: "The room is being configured. Try again in a while."})
	default:
		r.config = c
		r.readLists(r.named(c.form), func(failed map[byte]error) { r.prepare(c, failed) })
	}
}

// prepare has all fields read, and carries out what they come to, if all of them can be.
func (r *room) prepare(c *configuration, failed map[byte]error) {
	if !r.open() {
		r.answer(c, timedOut("The connection to the network was lost before it answered."))
		return
	}
	for _, l := range r.named(c.form) {
		if err := failed[l.Mode]; err != nil {
			c.failed(l.Field, r.up.user.stanzaError(err, mapping.ForAdmin, r.up.ircd()))
		}
	}
	for _, p := range fieldProviders {
		p.plan(r, c)
	}
	switch {
	case len(c.problems) > 0:
		r.conclude(c)
	case len(c.wishes) > maxChanges:
		r.answer(c, tooManyChanges())
	default:
		r.carryOut(c)
	}
}

func tooManyChanges() *stanza.Error {
	return &stanza.Error{Type: stanza.Modify, Condition: stanza.PolicyViolation, Text: "These are too many changes at once."}
}

// carryOut changes the modes, in as few lines as can be, then does the steps.
func (r *room) carryOut(c *configuration) {
	if len(c.wishes) == 0 {
		r.next(c, c.steps)
		return
	}
	changes := make([]irc.ModeChange, len(c.wishes))
	for i, w := range c.wishes {
		changes[i] = w.ModeChange
	}
	r.up.ask(irc.SetModes{Channel: r.channel, Changes: changes}, func(q *question) {
		r.judge(c, q)
		r.next(c, c.steps)
	})
}

// judge finds which wishes have not come true, and why.
func (r *room) judge(c *configuration, q *question) {
	ch, _ := r.up.view.Channel(r.channel)
	member := func(nick string) (irc.Member, bool) { return r.up.view.Member(r.channel, nick) }
	told := map[string]bool{}
	for _, w := range mapping.Unmet(c.wishes, ch, member, c.seen) {
		if told[w.Field] {
			continue
		}
		err := error(errNotTaken)
		f, blamed := mapping.BlameFor(w, c.wishes, q.faults)
		switch {
		case blamed:
			err = f
		case q.lost:
			err = q.err()
		case w.Kind == irc.ListMode:
			continue // it is there already, as the network spells it
		}
		told[w.Field] = true
		c.failed(w.Field, r.up.user.stanzaError(err, mapping.ForAdmin, r.up.ircd()))
	}
}

// next does the steps one after the other, then answers.
func (r *room) next(c *configuration, steps []step) {
	if len(steps) == 0 {
		r.conclude(c)
		return
	}
	steps[0].do(func(err error) {
		if err != nil {
			c.failed(steps[0].field, r.up.user.stanzaError(err, mapping.ForAdmin, r.up.ircd()))
		}
		r.next(c, steps[1:])
	})
}

// conclude answers a submitted form: what failed is named. XEP-0045 §10.1.3
func (r *room) conclude(c *configuration) {
	if len(c.problems) == 0 {
		r.answer(c, nil)
		return
	}
	if c.kind == nil {
		c.kind = &stanza.Error{Type: stanza.Modify, Condition: stanza.NotAcceptable}
	}
	r.answer(c, mapping.Refused(c.problems, c.kind, c.request.IQ.Lang))
}

func (r *room) answer(c *configuration, err *stanza.Error) {
	r.config = nil
	if err != nil {
		c.request.Fail(err)
		return
	}
	c.sent()
	c.request.Result()
}

func (r *room) policy() mapping.RoomPolicy {
	g := r.up.user.config.Gateway
	return mapping.RoomPolicy{NonAnonymous: g.PublishJIDs, History: r.ownHistory(g.Backlog), Backlog: g.Backlog}
}

// modeFields are the channel's own modes, and its topic.
func (r *room) modeFields(lang string) []form.Field {
	ch, _ := r.up.view.Channel(r.channel)
	return mapping.ConfigFields(ch, r.up.view.Support(), r.policy(), lang)
}

func (r *room) planModes(c *configuration) {
	ch, _ := r.up.view.Channel(r.channel)
	wishes, problems := mapping.ConfigWishes(ch, r.up.view.Support(), r.policy(), c.form)
	c.wishes, c.problems = append(c.wishes, wishes...), append(c.problems, problems...)
	r.planTopic(c, ch.Topic)
}

func (r *room) planTopic(c *configuration, now string) {
	x, there := c.form.Field(mapping.FieldRoomDesc)
	text := mapping.Line(x.Value())
	if !there || text == mapping.Line(mapping.Strip(now)) {
		return
	}
	if most := r.up.view.Support().TopicLen; most > 0 && len(text) > most {
		c.problem(x.Var, "That is too long: it may have %s bytes.", strconv.Itoa(most))
		return
	}
	c.steps = append(c.steps, step{x.Var, func(done func(error)) {
		r.up.ask(irc.SetTopic{Channel: r.channel, Text: text}, func(q *question) { done(q.err()) })
	}})
}

// configured tells all who are in that the channel's modes are others by now.
// XEP-0045 §10.2.1.
func (up *uplink) configured(ev irc.Modes) {
	r, ok := up.rooms.Get(ev.Channel)
	if !ok {
		return
	}
	r.note(ev)
	ch, _ := up.view.Channel(r.channel)
	was := r.modes
	r.modes = fmt.Sprintf("+%s %s %s %s", ch.Modes, ch.Key, ch.Limit, ch.Params)
	switch {
	case was == "" && !ev.Whole:
		r.modes = "" // not all of them are known before they are told
	case was != "" && was != r.modes:
		r.tellConfig(muc.StatusConfigChanged)
	}
}

// tellConfig tells all who are in that something about the room has changed.
func (r *room) tellConfig(code muc.Status) {
	r.tell(r.present(), func(class mapping.Class) []mapping.Shown { return mapping.Configured(class, code) })
}

// note keeps what we have changed ourselves while a form is being set.
func (r *room) note(ev irc.Modes) {
	if r.config != nil && r.up.view.Support().Fold(ev.By) == r.up.view.Support().Fold(r.nick()) {
		r.config.seen = append(r.config.seen, ev.Changes...)
	}
}
