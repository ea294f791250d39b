package gateway

import (
	"isthmus/ircside/irc"
	"isthmus/mapping"
	"isthmus/xmppside/form"
)

// maxEntries is how many entries a list may have that is shown.
const maxEntries = 500

// readLists asks for lists, which r.lists has then but for those that err tells of.
func (r *room) readLists(lists []mapping.ListField, then func(failed map[byte]error)) {
	r.lists = map[byte][]irc.Entry{}
	failed := map[byte]error{}
	left := 1
	done := func() {
		if left--; left == 0 {
			then(failed)
		}
	}
	for _, l := range lists {
		left++
		r.up.ask(irc.GetList{Channel: r.channel, Mode: l.Mode}, func(q *question) {
			if err := q.err(); err != nil {
				failed[l.Mode] = err
			} else {
				r.lists[l.Mode] = q.entries
			}
			done()
		})
	}
	done()
}

// named are the lists that a form has a field of.
func (r *room) named(f *form.Form) (out []mapping.ListField) {
	for _, l := range mapping.Lists(r.up.view.Support()) {
		if _, there := f.Field(l.Field); there {
			out = append(out, l)
		}
	}
	return out
}

// listFields are the channel's lists, one mask a line, with who set them.
func (r *room) listFields(lang string) (out []form.Field) {
	for _, l := range mapping.Lists(r.up.view.Support()) {
		entries, read := r.lists[l.Mode]
		if !read || len(entries) > maxEntries {
			continue // part of a list would pass for all of it
		}
		x := form.Field{Var: l.Field, Kind: form.TextMulti, Label: mapping.FieldLabel(l.Field, lang)}
		for _, e := range entries {
			x.Values = append(x.Values, mapping.Strip(e.Mask))
		}
		x.Desc = mapping.EntriesBy(entries, lang)
		out = append(out, x)
	}
	return out
}

// planLists adds and removes entries. Only those are removed that the sender was shown,
// and only those are added that they were not: others may have come and gone since.
func (r *room) planLists(c *configuration) {
	s := r.up.view.Support()
	for _, l := range r.named(c.form) {
		entries, read := r.lists[l.Mode]
		if !read {
			continue
		}
		x, _ := c.form.Field(l.Field)
		was, known := c.shown.Field(l.Field)
		shown := was.Lines()
		now := make([]string, 0, len(entries))
		for _, e := range entries {
			now = append(now, mapping.Strip(e.Mask))
		}
		if !known {
			shown = now
		}
		wishes, problem := mapping.ListWishes(s, l, now, shown, x.Lines())
		c.wishes = append(c.wishes, wishes...)
		if problem != nil {
			c.problems = append(c.problems, *problem)
		}
	}
}
