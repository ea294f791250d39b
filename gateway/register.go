package gateway

import (
	"isthmus/ircside/irc"
	"isthmus/mapping"
	"isthmus/xmppside/form"
	"isthmus/xmppside/iq"
	"isthmus/xmppside/jid"
	"isthmus/xmppside/muc"
	"isthmus/xmppside/stanza"
)

const nsRegister = "jabber:iq:register" // XEP-0077

// registerTopic is registration with a room: who is not in a channel asks to be let in;
// a nick is reserved for who is logged in to the network by it. XEP-0045 §7.10
func registerTopic(m *iq.Mux[query]) {
	m.Handle("get", nsRegister, "query", nsRegister, getRegister, iq.Room)
	m.Handle("set", nsRegister, "query", nsRegister, setRegister, iq.Room)
	m.Feature(muc.NSRegister, iq.Room)
	m.Feature(muc.NSRequest, iq.Room)
	m.Feature(muc.NSDirect, people...) // XEP-0249 §3
}

// registered is who we are on the network of a room, and whether we are in its channel.
func (q query) registered() (self irc.Person, in bool) {
	up := q.user.known(q.at.Network)
	if up == nil || up.view == nil {
		return irc.Person{}, false
	}
	r, ok := up.rooms.Get(q.at.Name)
	return up.view.Self(), ok && r.open()
}

// getRegister says that we are registered, or what it takes.
func getRegister(q query, r *iq.Request) {
	if err := q.unknown(); err != nil {
		r.Fail(err)
		return
	}
	answer := stanza.E(nsRegister, "query")
	self, in := q.registered()
	switch {
	case in && self.Account != "":
		r.Result(answer.Add(stanza.E(nsRegister, "registered"), stanza.T(nsRegister, "username", mapping.Resource(self.Nick))))
		return
	case in:
		r.Result(answer.Add(stanza.T(nsRegister, "instructions", mapping.Say(r.IQ.Lang, reserving, q.network())),
			q.reserveForm(r.IQ.Lang, self.Nick).Element()))
		return
	}
	nick := self.Nick
	if nick == "" {
		nick = q.user.defaultNick()
	}
	f := mapping.KnockForm(r.IQ.Lang, mapping.Resource(nick))
	r.Result(answer.Add(stanza.T(nsRegister, "instructions", f.Instructions), f.Element()))
}

// reserving is how a nick is reserved: by commands that see to it that a password goes to
// nobody who is only called NickServ.
const reserving = "Nicks are reserved by the network for who is logged in to it. Log in by the command \"identify\" of %s, or have your nick registered by its command \"register-nick\"."

// network is the address that has the commands of the network.
func (q query) network() string {
	j, err := q.user.hub.scheme.JID(mapping.Address{Kind: mapping.Network, Network: q.at.Network})
	if err != nil {
		return q.at.Network
	}
	return j.String()
}

// nickServ is the address of who reserves nicks.
func (q query) nickServ() string {
	j, err := q.user.hub.scheme.JID(mapping.Address{Kind: mapping.Nick, Network: q.at.Network, Name: "NickServ"})
	if err != nil {
		return "NickServ"
	}
	return j.String()
}

// reserveForm says by which nick we are known; there is nothing else to fill in.
func (q query) reserveForm(lang, nick string) *form.Form {
	f := form.Of(form.Ask, muc.NSRegister)
	f.Title = mapping.Say(lang, "Reserve a nick")
	f.Instructions = mapping.Say(lang, reserving, q.network())
	return f.Add(form.Field{
		Var: "muc#register_roomnick", Kind: form.TextSingle, Label: mapping.Say(lang, "Nick"), Values: []string{mapping.Resource(nick)},
	})
}

// setRegister asks to be let in, or for a nick to be reserved.
func setRegister(q query, r *iq.Request) {
	f := form.Parse(r.Payload().Child(form.NS, "x"))
	self, in := q.registered()
	switch err := q.unknown(); {
	case err != nil:
		r.Fail(err)
	case r.Payload().Child(nsRegister, "remove") != nil:
		r.Fail(notAllowed("A nick is given up on the network. Write to %s: DROP.", q.nickServ()))
	case f != nil && f.Type == form.Cancel:
		r.Result()
	case f == nil || f.Type != form.Submit || f.FormType() != "" && f.FormType() != muc.NSRegister:
		r.Fail(badRequest("Fill in the form, and send it."))
	case in:
		q.reserve(r, self, mapping.NickFromResource(f.Value("muc#register_roomnick")))
	default:
		q.knock(r, self, f)
	}
}

// reserve answers a wish for a reserved nick: it is so for who is logged in by it.
func (q query) reserve(r *iq.Request, self irc.Person, nick string) {
	fold := q.user.known(q.at.Network).view.Support().Fold
	switch {
	case self.Account == "":
		r.Fail(&stanza.Error{Type: stanza.Auth, Condition: stanza.RegistrationRequired, Text: reserving, Args: []string{q.network()}})
	case nick != "" && fold(nick) != fold(self.Nick):
		r.Fail(notAllowed("You are logged in as %s. To reserve another nick, take it, and write to %s: GROUP.", self.Account, q.nickServ()))
	default:
		r.Result()
	}
}

// knock asks the operators to let us in.
func (q query) knock(r *iq.Request, self irc.Person, f *form.Form) {
	nick := mapping.NickFromResource(f.Value("muc#register_roomnick"))
	if nick == "" {
		nick = jid.Unescape(q.user.jid.Local())
	}
	if self.Nick != "" && f.Value("muc#register_roomnick") != "" && mapping.Resource(nick) != mapping.Resource(self.Nick) {
		r.Fail(&stanza.Error{
			Type: stanza.Modify, Condition: stanza.NotAcceptable,
			Text: "You are called %s on that network. Leave the nick as it is.", Args: []string{self.Nick},
		})
		return
	}
	q.user.knock(q.at, nick, mapping.KnockReason(f), func(err *stanza.Error) {
		if err != nil {
			r.Fail(err)
			return
		}
		r.Result()
	})
}
