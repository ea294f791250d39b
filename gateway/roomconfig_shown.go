package gateway

import (
	"slices"
	"strings"
	"time"

	"isthmus/mapping"
	"isthmus/xmppside/form"
	"isthmus/xmppside/jid"
)

const (
	// maxShown is how many clients are remembered that were shown the form of one room,
	// and shownTime for how long: it is what somebody may leave a window open for.
	maxShown  = 4
	shownTime = 6 * time.Hour
)

// shownForms are the forms of a room's configuration as clients have them, the oldest
// first. A client sends all of it back, as it was when its window opened: by that alone
// what it changes is told from what others have changed since.
type shownForms []shownForm

type shownForm struct {
	to   jid.JID
	form *form.Form // the values of its fields, and how they are read
	at   time.Time
}

// of is the form that a client was shown last; nil: none is known.
func (s *shownForms) of(client jid.JID) *form.Form {
	*s = slices.DeleteFunc(*s, func(x shownForm) bool { return time.Since(x.at) >= shownTime })
	i := slices.IndexFunc(*s, func(x shownForm) bool { return x.to == client })
	if i < 0 {
		return nil
	}
	return (*s)[i].form
}

// keep remembers what a client is shown.
func (s *shownForms) keep(client jid.JID, f *form.Form) {
	*s = slices.DeleteFunc(*s, func(x shownForm) bool { return x.to == client || time.Since(x.at) >= shownTime })
	if len(*s) >= maxShown {
		*s = slices.Delete(*s, 0, 1)
	}
	*s = append(*s, shownForm{client.Clone(), values(f), time.Now()})
}

// values is no more of a form than it takes to compare another one with it.
func values(f *form.Form) *form.Form {
	v := &form.Form{}
	for _, x := range f.Fields {
		v.Add(form.Field{Var: x.Var, Kind: x.Kind, Values: ownLines(x.Values)})
	}
	return v
}

// ownLines are texts in memory of their own.
func ownLines(lines []string) []string {
	own := make([]string, len(lines))
	for i, line := range lines {
		own[i] = strings.Clone(line)
	}
	return own
}

// changed is a submitted form without what its sender was shown and has left as it was.
// Of the password both fields stay if one of them is another: they are one mode.
func changed(f, shown *form.Form) *form.Form {
	left := map[string]bool{}
	for _, x := range f.Fields {
		was, known := shown.Field(x.Var)
		left[x.Var] = known && x.Same(was)
	}
	_, both := f.Field(mapping.FieldProtected)
	if _, secret := f.Field(mapping.FieldSecret); both && secret {
		same := left[mapping.FieldProtected] && left[mapping.FieldSecret]
		left[mapping.FieldProtected], left[mapping.FieldSecret] = same, same
	}
	out := *f
	out.Fields = slices.DeleteFunc(slices.Clone(f.Fields), func(x form.Field) bool { return left[x.Var] })
	return &out
}

// sent has what was set be what its sender knows: it is still in their window. A choice
// without a value says nothing.
func (c *configuration) sent() {
	if c.shown == nil {
		return
	}
	for i, was := range c.shown.Fields {
		x, there := c.form.Field(was.Var)
		choice := was.Kind == form.Boolean || was.Kind == form.ListSingle
		if there && (len(x.Values) > 0 || !choice) {
			c.shown.Fields[i].Values = ownLines(x.Values)
		}
	}
}

// merged is a list of now, with what the sender of a form has put on it and taken off it.
// Of whom it is not known what they were shown, it is the whole list.
func (c *configuration) merged(now []string, x form.Field) []string {
	was, known := c.shown.Field(x.Var)
	if !known {
		return x.Lines()
	}
	want, shown := x.Lines(), was.Lines()
	out := slices.DeleteFunc(slices.Clone(now), func(line string) bool {
		return slices.Contains(shown, line) && !slices.Contains(want, line)
	})
	for _, line := range want {
		if !slices.Contains(shown, line) && !slices.Contains(out, line) {
			out = append(out, line)
		}
	}
	return out
}
