// Package gateway is the domain: who is in which room through which connection, and
// what happens then. It knows the vocabularies of both sides and the translation
// between them, and no sockets.
//
// # Words
//
//   - A user is one Jabber user, by bare JID; a client is one of its resources.
//   - A seat is one nick on one IRC network: a session of package ircside.
//   - An uplink is one user on one network: its seat, what that sees (irc.View), and
//     the rooms wanted there. It outlives the seat: a lost link is dialled again.
//   - A room is one channel as one seat sees it, shown to the clients that entered.
//   - An occupant is a client in a room, by the address that it used.
//   - An old client speaks groupchat 1.0: it enters by its presence alone, and is told in
//     lines what others are told in presences. The ladder (ladder.go) tells it from a
//     modern client that has lost track of a room.
//   - An action is something that people have the gateway do, by a word to it or to a
//     network or by an ad-hoc command; a call is one use of it, an errand an ad-hoc
//     command under way.
//   - A question is a command that has been given to the network and is not done; a
//     consult is a command to services, and what they say to it.
//   - A parked presence waits on the ladder; a check is a join that waits until it is
//     known what its client can do (qualify.go); a visit is a request about a channel
//     that nobody of the user's has entered, which we enter for its sake.
//   - The settings of a channel hold for it whoever enters (channel.go): what is passed
//     on, and what is required.
//   - A parcel is what a message holds besides its words while those go by IRC.
//   - A number stands for somebody on a network, the same for all who look (sight.go).
//   - A listing is the public channels of a network, listed once for everybody; the
//     lister is the gateway's own user, who lists where nobody else is connected.
//   - A glimpse is what a network tells of a channel to who is not in it.
//   - A change is one difference in who is where (irc.Change).
//
// # Who owns what
//
// One goroutine a user owns everything of that user: uplinks, views, rooms,
// occupants, questions, and what is remembered of its clients (session.go). All reaches
// it through one mailbox, in order. There is one mutex, the [Hub]'s, round its map of
// users, their departures and nicks, what clients can do by the hash of it (caps.go), the
// listings and who waits for one, what waits for its words to come by IRC and who shows
// which channel (relay.go), the numbers of the people whom anybody sees, the documents
// that wait to be saved and who has any (keep.go); nothing that can wait is done under
// it. The settings of channels (channel.go) are read without it,
// for they are replaced and never changed; who replaces them holds it.
//
// One goroutine of the keeper (keep.go) saves documents. It is there while some wait,
// and ends with [Hub.Stop], which gives it what is left of its time, and half a second
// at least.
//
// # Who waits for whom
//
//	stream reader → user   never: resource-constraint, or the set of departures
//	stream → user          waits, while nothing is read: that it is up, or down
//	timer → user           waits, in a goroutine that ends with the user
//	operator → user        waits, in such a goroutine: [Hub.Reload] and [Hub.Stop] for who
//	                       has to go
//	session → user         waits: TCP pushes back on that one IRC server
//	user → session         never: ErrBusy becomes the wish's error
//	user → user            never: an invitation goes another way, or is refused; who is
//	                       not told that a room is destroyed sees a kick; who
//	                       waits for a listing looks by itself in time; what is said
//	                       without words does not reach whose mailbox is half full;
//	                       that settings have changed is told by a goroutine of its
//	                       own where it is full, which ends with that user
//	user → stream writer   waits: a slow XMPP server slows everybody
//	user → Hub.Stop        waits: for all to be told to stop, which waits for nobody
//	user → keeper          never: of several versions the latest counts
//	user → store           waits, 5 s at the most: once, when it first looks at its session
//	keeper → store         waits, 5 s at the most, and tries again
//	NewHub → store         waits: for the gateway's own secrets, settings, known hashes,
//	                       and who has a session
//
// so there is no cycle.
//
// The package imports mapping, the vocabularies of both sides, config, and no shell.
package gateway
