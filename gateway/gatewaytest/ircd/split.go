package ircd

// The two servers of a netsplit, as networks that hide theirs word it.
const splitHub, splitLeaf = "*.net", "*.split"

// Split cuts the network in two: the named users, and who was there already, are on
// the far side. The two sides see each other quit, in a batch where negotiated. Each
// goes on by itself; of modes and topics that change meanwhile only the side where
// they were changed is told. IRCv3 netsplit.
func (s *Server) Split(nicks ...string) {
	s.do(func() {
		far := map[*client]bool{}
		for _, nick := range nicks {
			far[s.nicks[s.fold(nick)]] = true
		}
		s.divide(func(c *client) bool { return c.far || far[c] })
	})
}

// Unsplit joins the two sides of a netsplit again: they see each other join, in a
// batch where negotiated. IRCv3 netjoin.
func (s *Server) Unsplit() {
	s.do(func() { s.divide(func(*client) bool { return false }) })
}

// divide puts everybody on a side, and shows each who is gone by that, and who is back.
func (s *Server) divide(far func(*client) bool) {
	was := map[*client]bool{}
	for _, c := range s.users() {
		was[c], c.far = c.far, far(c)
	}
	s.across("netsplit", func(viewer, c *client) bool {
		return was[viewer] == was[c] && viewer.far != c.far
	}, func(viewer, c *client, batch string) {
		m := c.says("QUIT", splitHub+" "+splitLeaf)
		m.batch = batch
		s.send(viewer, m)
	}, nil)
	s.across("netjoin", func(viewer, c *client) bool {
		return was[viewer] != was[c] && viewer.far == c.far
	}, s.rejoin, s.regain)
}

// across shows each user those that it is about and who share a channel: in one batch,
// and what comes after it, if anything.
func (s *Server) across(batch string, about func(viewer, c *client) bool,
	show func(viewer, c *client, batch string), after func(viewer, c *client),
) {
	users := s.users()
	for _, viewer := range users {
		var them []*client
		for _, c := range users {
			if about(viewer, c) && s.share(viewer, c) {
				them = append(them, c)
			}
		}
		id := ""
		if len(them) > 0 && viewer.caps["batch"] {
			id = s.newBatch()
			s.send(viewer, s.says("BATCH", "+"+id, batch, splitHub, splitLeaf))
		}
		for _, c := range them {
			show(viewer, c, id)
		}
		if id != "" {
			s.send(viewer, s.says("BATCH", "-"+id))
		}
		for _, c := range them {
			if after != nil {
				after(viewer, c)
			}
		}
	}
}
