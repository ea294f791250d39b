//go:build e2e && linux

package realtest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"isthmus/xmppside/form"
	"isthmus/xmppside/stanza"
)

const (
	nsOwner = nsMUC + "#owner"
	config  = "muc#roomconfig_"
)

// ownerForm asks for the form of a room's configuration.
func (g *guest) ownerForm(room string) *form.Form {
	g.t.Helper()
	answer := g.IQ("get", room, `<query xmlns="`+nsOwner+`"/>`)
	f := form.Parse(answer.Child(nsOwner, "query").Child(form.NS, "x"))
	if answer.Type != "result" || f == nil {
		g.t.Fatalf("no form: %v", answer.Error())
	}
	return f
}

// described is what the form says about a field.
func (g *guest) described(room, field string) string {
	g.t.Helper()
	answer := g.IQ("get", room, `<query xmlns="`+nsOwner+`"/>`)
	for _, x := range answer.Child(nsOwner, "query").Child(form.NS, "x").Children() {
		if x.Attr("var") == field {
			return x.Child(form.NS, "desc").Text()
		}
	}
	return ""
}

// configure submits fields of it, each a name and values, separated by spaces.
func (g *guest) configure(room string, fields ...string) *stanza.Stanza {
	g.t.Helper()
	var b strings.Builder
	for _, field := range fields {
		name, values, _ := strings.Cut(field, " ")
		fmt.Fprintf(&b, `<field var="%s">`, Escape(name))
		for v := range strings.SplitSeq(values, " ") {
			fmt.Fprintf(&b, "<value>%s</value>", Escape(v))
		}
		b.WriteString("</field>")
	}
	return g.IQ("set", room, `<query xmlns="`+nsOwner+`"><x xmlns="jabber:x:data" type="submit">`+b.String()+`</x></query>`)
}

// configured matches the message that says that a room's configuration has changed.
func configured(room string) seen {
	return func(s *stanza.Stanza) bool {
		return s.Kind == stanza.Message && s.From.String() == room && HasCode(s, "104")
	}
}

// features are what disco#info says of a room.
func (g *guest) features(room string) (out []string) {
	const ns = "http://jabber.org/protocol/disco#info"
	for _, f := range g.IQ("get", room, `<query xmlns="`+ns+`"/>`).Child(ns, "query").Children() {
		if f.Local == "feature" {
			out = append(out, f.Attr("var"))
		}
	}
	return out
}

func has(t *testing.T, list []string, want ...string) {
	t.Helper()
	for _, w := range want {
		if !slices.Contains(list, w) {
			t.Errorf("%s is not among %q", w, list)
		}
	}
}

// scriptCreate: the join that makes a channel says so; a room is configured on being
// made, given up, and made without being entered.
func scriptCreate(t *testing.T, p *pair) {
	alice, erin := p.jabber("alice"), p.plain("erin")
	welcome := alice.JoinRoom(p.room, alice.nick, "")
	made := all(codes("110", "201"), standing("moderator", "owner")) // whatever ranks the network has
	if !slices.ContainsFunc(welcome, made) {
		t.Error("the room is not new, or not hers")
	}
	bob := p.jabber("bob")
	if slices.ContainsFunc(bob.JoinRoom(p.room, bob.nick, ""), func(s *stanza.Stanza) bool { return HasCode(s, "201") }) {
		t.Error("the room is new to another, too")
	}
	done(t, alice.configure(p.room, "FORM_TYPE http://jabber.org/protocol/muc#roomconfig", config+"membersonly 1"))
	alice.Expect("to be told", configured(p.room))
	bob.Expect("to be told", configured(p.room))
	erin.Send("JOIN " + p.channel)
	erin.Expect("to need an invitation", Is("473", "*", p.channel))

	given := p.address(p.name("#up"))
	alice.JoinRoom(given, alice.nick, "")
	done(t, alice.IQ("set", given, `<query xmlns="`+nsOwner+`"><x xmlns="jabber:x:data" type="cancel"/></query>`))
	alice.Expect("the room to be no more", all(Presence("unavailable", given), codes("110"), destroyed("", "")))

	afar := p.address(p.name("#afar"))
	has(t, fieldNames(alice.ownerForm(afar)), config+"moderatedroom", config+"roomsecret", "irc#bans")
	done(t, alice.configure(afar, config+"moderatedroom 1", config+"changesubject 1"))
	erin.Join(p.name("#afar"), "")
	erin.Say(p.name("#afar"), "may I?")
	erin.Expect("not to be heard", Is("404", "*", p.name("#afar")))
	alice.JoinRoom(afar, alice.nick, "")
	has(t, alice.features(afar), "muc_moderated", "muc_open", "muc_unsecured", "muc_public")
}

func fieldNames(f *form.Form) (names []string) {
	for _, x := range f.Fields {
		names = append(names, x.Var)
	}
	return names
}

// destroyed matches a presence that says that a room is no more.
func destroyed(other, reason string) seen {
	return func(s *stanza.Stanza) bool {
		d := s.Child(nsMUCUser, "x").Child(nsMUCUser, "destroy")
		return d != nil && d.Attr("jid") == other && d.Child(nsMUCUser, "reason").Text() == reason
	}
}

// scriptConfigure: the form is the channel's modes, both ways.
func scriptConfigure(t *testing.T, p *pair) {
	dave, alice := p.founder("dave"), p.member("alice")
	failed(t, alice.IQ("get", p.room, `<query xmlns="`+nsOwner+`"/>`), stanza.Auth, stanza.Forbidden)
	dave.Send("MODE " + p.channel + " +o " + alice.nick)
	alice.Expect("to be operator", standing("moderator", p.ircd.op))
	f := alice.ownerForm(p.room)
	was, _ := f.Field(config + "changesubject")
	t.Logf("fields: %q", fieldNames(f))

	done(t, alice.configure(p.room, config+"membersonly 1", config+"moderatedroom 1", config+"maxusers 20",
		config+"passwordprotectedroom 1", config+"roomsecret s3cret", config+"publicroom 0", config+"changesubject "+was.Value()))
	dave.Expect("the modes", By(alice.nick, "MODE", p.channel))
	alice.Expect("to be told", configured(p.room))
	has(t, alice.features(p.room), "muc_membersonly", "muc_moderated", "muc_passwordprotected", "muc_hidden", "muc_temporary")
	dave.Send("MODE " + p.channel)
	modes := dave.Expect("the modes", Is("324", "*", p.channel))
	for _, letter := range "imkls" {
		if !strings.ContainsRune(modes.Param(2), letter) {
			t.Errorf("no +%c in %v", letter, modes)
		}
	}

	done(t, alice.configure(p.room, config+"roomsecret other", config+"maxusers none", config+"membersonly 0"))
	f = alice.ownerForm(p.room)
	for name, want := range map[string]string{"roomsecret": "other", "maxusers": "none", "membersonly": "0", "moderatedroom": "1", "publicroom": "0"} {
		if got := f.Value(config + name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	done(t, alice.configure(p.room, config+"passwordprotectedroom 0", config+"publicroom 1", config+"moderatedroom 0"))
	has(t, alice.features(p.room), "muc_open", "muc_unmoderated", "muc_unsecured", "muc_public")

	done(t, alice.configure(p.room, config+"roomdesc topics"))
	alice.Expect("the topic", subject(p.in(alice.nick), "topics"))
	done(t, alice.configure(p.room, "irc#bans bad!*@* worse!*@*", "irc#exceptions good!*@*"))
	f = alice.ownerForm(p.room)
	if bans, _ := f.Field("irc#bans"); len(bans.Values) != 2 {
		t.Errorf("bans: %+v", bans)
	}
	set(t, alice.described(p.room, "irc#bans"), alice.nick, "bad!*@*", "worse!*@*")
	set(t, alice.described(p.room, "irc#exceptions"), alice.nick, "good!*@*")
	done(t, alice.configure(p.room, "irc#bans bad!*@*", "irc#exceptions"))
	if bans, _ := alice.ownerForm(p.room).Field("irc#bans"); !slices.Equal(bans.Values, []string{"bad!*@*"}) {
		t.Errorf("bans: %+v", bans)
	}
	p.toggle(alice, f)

	done(t, alice.configure(p.room, config+"lang de-AT", "muc#maxhistoryfetch 5"))
	f = alice.ownerForm(p.room)
	if f.Value(config+"lang") != "de-AT" || f.Value("muc#maxhistoryfetch") != "5" {
		t.Errorf("language %q, history %q", f.Value(config+"lang"), f.Value("muc#maxhistoryfetch"))
	}
	if mode, moded := f.Field("irc#history"); moded && !strings.HasPrefix(mode.Value(), "5:") {
		t.Errorf("the mode of history is %q", mode.Value())
	}
	done(t, alice.configure(p.room, config+"lang", "muc#maxhistoryfetch"))
	if x, broadcast := f.Field(config + "presencebroadcast"); broadcast && x.Kind == form.ListMulti {
		done(t, alice.configure(p.room, config+"presencebroadcast moderator"))
		if x, _ := alice.ownerForm(p.room).Field("irc#auditorium"); x.Value() != "1" {
			t.Error("it is no auditorium")
		}
	}
}

// set holds that a text says of each mask, in whatever order, that by has set it just
// now: all servers tell who and when.
func set(t *testing.T, text, by string, masks ...string) {
	t.Helper()
	entries := strings.Split(text, "; ")
	if len(entries) != len(masks) {
		t.Errorf("of %q: %q", masks, text)
	}
	for _, mask := range masks {
		start := mask + " by " + by + " on "
		i := slices.IndexFunc(entries, func(e string) bool { return strings.HasPrefix(e, start) })
		if i < 0 {
			t.Errorf("no %q in %q", start, text)
			continue
		}
		at, err := time.Parse("2006-01-02 15:04", strings.TrimPrefix(entries[i], start))
		if ago := time.Since(at); err != nil || ago < 0 || ago > time.Minute+Patience {
			t.Errorf("%q: %v ago (%v)", entries[i], ago, err)
		}
	}
}

// toggle turns every flag of the form on and off again. What the network refuses is
// named.
func (p *pair) toggle(g *guest, f *form.Form) {
	for _, x := range f.Fields {
		now, ok := x.Bool()
		if !ok || x.Kind != form.Boolean && x.Kind != "" || strings.HasPrefix(x.Var, config) {
			continue
		}
		for _, on := range []bool{!now, now} {
			answer := g.configure(p.room, x.Var+" "+form.Bool(on)[0])
			if answer.Type == "result" {
				if y, _ := g.ownerForm(p.room).Field(x.Var); y.Value() != form.Bool(on)[0] {
					p.t.Errorf("%s is %q, want %v", x.Var, y.Value(), on)
				}
				continue
			}
			p.t.Logf("%s: %v", x.Var, answer.Error())
			if !strings.Contains(answer.Error().Text, ": ") {
				p.t.Errorf("the field is not named: %v", answer.Error())
			}
			break
		}
	}
}

// scriptDestroy: everybody is sent away, and told where to.
func scriptDestroy(t *testing.T, p *pair) {
	alice := p.member("alice")
	bob, erin := p.member("bob"), p.plain("erin")
	erin.Join(p.channel, "")
	alice.Expect("erin", Presence("", p.in(erin.Nick)))
	other := p.address(p.name("#new"))
	query := fmt.Sprintf(`<query xmlns="%s"><destroy jid="%s"><reason>over</reason></destroy></query>`, nsOwner, Escape(other))
	failed(t, bob.IQ("set", p.room, query), stanza.Auth, stanza.Forbidden)
	done(t, alice.IQ("set", p.room, query))
	for _, g := range []*guest{alice, bob} {
		g.Expect("the end", all(Presence("unavailable", p.in(g.nick)), codes("110"), destroyed(other, "over")))
	}
	if kick := erin.Expect("to be sent away", By(alice.nick, "KICK", p.channel, erin.Nick)); kick.Param(2) != "over (go to "+p.name("#new")+")" {
		t.Errorf("kicked with %q", kick.Param(2))
	}
	erin.Join(p.channel, "")
	erin.Sync()
}
