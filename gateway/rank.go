package gateway

import (
	"slices"

	"isthmus/mapping"
	"isthmus/xmppside/stanza"
)

// rankMessage is a message to those of a rank in a channel, as @#channel, from somebody who
// is in it: others than its operators do not see it. Any other mask means nobody.
// https://modern.ircdocs.horse/#statusmsg-parameter
func (u *user) rankMessage(s *stanza.Stanza, at mapping.Address) {
	up := u.known(at.Network)
	var rank byte
	var channel string
	if up != nil && up.view != nil {
		rank, channel = up.view.Support().SplitStatus(at.Name)
	}
	if rank == 0 {
		u.refuse(s, notFound("That is a mask: write to a nick or a channel."))
		return
	}
	r, ok := up.rooms.Get(channel)
	switch {
	case !ok || !slices.ContainsFunc(r.members, func(o *occupant) bool { return o.client.jid == s.From }):
		u.refuse(s, notIn())
		return
	case !r.open():
		u.refuse(s, timedOut("The connection to the network is lost at the moment."))
		return
	}
	text := mapping.Carried(s.Children, mapping.Reference{}, true)
	if !r.takesFormatting() {
		text = mapping.Plain(text.String())
	}
	cmd, err := up.command(at.Name, text)
	if err != nil {
		u.refuse(s, err)
		return
	}
	cmd.Target, cmd.Status = channel, rank
	up.speak(cmd, text, func([]string) {}, func(err error) {
		u.reject(s, u.stanzaError(err, mapping.ForMessage, up.ircd()))
	})
}
