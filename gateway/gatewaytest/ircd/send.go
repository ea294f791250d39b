package ircd

import (
	"strconv"
	"strings"
)

// labelled collects the answers to a command that came with a label.
type labelled struct {
	label   string
	answers []message
}

// send says something to a client, or keeps it until its command is answered.
func (s *Server) send(c *client, m message) {
	if m.at.IsZero() {
		m.at = s.config.Now()
	}
	if c.labelled != nil {
		c.labelled.answers = append(c.labelled.answers, m)
		return
	}
	s.write(c, m)
}

// write puts a message on the wire. Only write and its caller flushLabel do.
func (s *Server) write(c *client, m message) {
	if c.gone {
		return
	}
	if !c.out.put(m.text(c.caps)) {
		c.out.abort()
		s.detach(c, "Max SendQ exceeded")
	}
}

// flushLabel sends the answers to a labelled command: alone, as a batch, or ACK.
func (s *Server) flushLabel(c *client) {
	l := c.labelled
	c.labelled = nil
	server := func(command string, params ...string) message {
		return message{source: s.config.Name, at: s.config.Now(), command: command, params: params}
	}
	switch len(l.answers) {
	case 0:
		m := server("ACK")
		m.label = l.label
		s.write(c, m)
	case 1:
		l.answers[0].label = l.label
		s.write(c, l.answers[0])
	default:
		id := s.newBatch()
		open := server("BATCH", "+"+id, "labeled-response")
		open.label = l.label
		s.write(c, open)
		for _, m := range l.answers {
			if m.batch == "" {
				m.batch = id
			}
			s.write(c, m)
		}
		s.write(c, server("BATCH", "-"+id))
	}
}

func (s *Server) newBatch() string {
	s.lastBatch++
	return "b" + strconv.Itoa(s.lastBatch)
}

func (s *Server) newID() string {
	s.lastID++
	return "m" + strconv.Itoa(s.lastID)
}

// says is a message of the server's own.
func (s *Server) says(command string, params ...string) message {
	return message{source: s.config.Name, command: command, params: params}
}

// reply sends a numeric.
func (s *Server) reply(c *client, numeric string, params ...string) {
	s.send(c, s.says(numeric, append([]string{c.name()}, params...)...))
}

// fail sends a standard reply, or its text as a notice to who does not know those.
func (s *Server) fail(c *client, command, code, text string) {
	if c.caps["standard-replies"] {
		s.send(c, s.says("FAIL", command, code, text))
		return
	}
	s.send(c, s.says("NOTICE", c.name(), text))
}

// toChannel says something to those in a channel whom from can see.
func (s *Server) toChannel(ch *channel, from *client, m message) {
	for c := range ch.members { // each wire is its own: no order to keep
		if c.far == from.far {
			s.send(c, m)
		}
	}
}

// toPeers says something once to each who shares a channel with c, and for whom
// choose holds if given; not to c.
func (s *Server) toPeers(c *client, m message, choose func(*client) bool) {
	for _, peer := range s.peers(c) {
		if choose == nil || choose(peer) {
			s.send(peer, m)
		}
	}
}

// peers are those who share a channel with c and are on its side of a split, c not
// among them.
func (s *Server) peers(c *client) []*client {
	var out []*client
	for _, peer := range s.users() {
		if peer != c && peer.far == c.far && s.share(c, peer) {
			out = append(out, peer)
		}
	}
	return out
}

// list sends words in as many numerics as they need: params come before them, in each.
func (s *Server) list(c *client, numeric string, params, words []string) {
	room := maxBody - 2 - len(s.says(numeric, append([]string{c.name()}, params...)...).body()) - len(" :")
	var at, size int
	for i, w := range words {
		if size+len(w)+1 > room && i > at {
			s.reply(c, numeric, append(params[:len(params):len(params)], strings.Join(words[at:i], " "))...)
			at, size = i, 0
		}
		size += len(w) + 1
	}
	if at < len(words) {
		s.reply(c, numeric, append(params[:len(params):len(params)], strings.Join(words[at:], " "))...)
	}
}
