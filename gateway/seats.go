package gateway

import "isthmus/xmppside/jid"

// find is a user who is here; nil if they are not. What is theirs belongs to their
// goroutine: tell them by tryPost.
func (h *Hub) find(bare jid.JID) *user {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.users[bare]
}

// seat is the nick by which a user is on a network, for other users to know; "" if they
// are not.
func (h *Hub) seat(bare jid.JID, network string) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	if u := h.users[bare]; u != nil {
		return u.nicks[network]
	}
	return ""
}

// seated tells others by which nick we are on a network.
func (up *uplink) seated() {
	nick := ""
	if up.state == linkUp {
		nick = up.view.Self().Nick
	}
	if up.nick == nick {
		return
	}
	up.nick = nick
	u := up.user
	u.hub.mu.Lock()
	defer u.hub.mu.Unlock()
	if nick == "" {
		delete(u.nicks, up.name)
	} else {
		u.nicks[up.name] = nick
	}
}
