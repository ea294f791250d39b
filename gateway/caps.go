package gateway

import (
	"container/list"
	"encoding/json"
	"strings"
	"time"

	"isthmus/mapping"
	"isthmus/xmppside/disco"
	"isthmus/xmppside/jid"
	"isthmus/xmppside/stanza"
)

// What a client can do is known by the hash that its presence announces, if anybody has
// borne out that hash before; else the client is asked, once for all rooms, and again
// when it announces another hash. An answer that no hash bears out holds for that client
// alone. XEP-0115 §6, XEP-0390 §5

const (
	// maxKnownFeatures bounds the hashes that are known, and with disco.MaxBytes the
	// memory that they take.
	maxKnownFeatures = 1000
	// maxTaught is how many hashes one user may add to those, in one stay: somebody who
	// makes them up shall not push out everybody else's.
	maxTaught = 32
	// askTime is how long a client has to say what it can do.
	askTime = 30 * time.Second
)

// knownFeatures are what clients can do, by the hash. The hub's mutex guards it.
type knownFeatures struct {
	byKey map[string]*list.Element
	used  *list.List // of keyFeatures, the one that was used last in front
}

type keyFeatures struct {
	key      string
	features mapping.Features
}

func newKnownFeatures() knownFeatures {
	return knownFeatures{map[string]*list.Element{}, list.New()}
}

// get finds the features of a hash.
func (k *knownFeatures) get(key string) (mapping.Features, bool) {
	e, ok := k.byKey[key]
	if !ok {
		return mapping.Features{}, false
	}
	k.used.MoveToFront(e)
	return e.Value.(keyFeatures).features, true
}

// add takes in a hash, and says which one it forgets for it; "": none.
func (k *knownFeatures) add(key string, f mapping.Features) (forgotten string) {
	if e, ok := k.byKey[key]; ok {
		k.used.MoveToFront(e)
		return ""
	}
	k.byKey[key] = k.used.PushFront(keyFeatures{key, f})
	if k.used.Len() <= maxKnownFeatures {
		return ""
	}
	oldest := k.used.Remove(k.used.Back()).(keyFeatures).key
	delete(k.byKey, oldest)
	return oldest
}

// capable is what a client of those caps can do, if anybody knows.
func (h *Hub) capable(caps disco.Caps) (mapping.Features, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, key := range caps.Keys() {
		if f, ok := h.features.get(key); ok {
			return f, true
		}
	}
	return mapping.Features{}, false
}

// teach takes in what hashes stand for, for everybody, and has it kept.
func (h *Hub) teach(keys []string, f mapping.Features) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, key := range keys {
		if _, known := h.features.get(key); known {
			continue
		}
		text, err := json.Marshal(f.All())
		if gone := h.features.add(key, f); gone != "" {
			_ = h.keeper.replace(KindFeatures, gone, nil) // else it is forgotten at the next start
		}
		if err == nil {
			err = h.keeper.replace(KindFeatures, key, text)
		}
		if err != nil {
			h.log.Debug().Err(err).Msg("what a client can do is not kept")
		}
	}
}

// loadFeatures reads what is kept.
func (h *Hub) loadFeatures() error {
	return h.keeper.each(KindFeatures, maxKnownFeatures, func(key string, text []byte) {
		var list []string
		if err := json.Unmarshal(text, &list); err != nil {
			h.log.Error().Err(err).Str("hash", key).Msg("what a client can do is damaged")
			return
		}
		h.features.add(key, mapping.NewFeatures(list...))
	})
}

// announce takes in what a presence to an address of ours says of its client's
// features. One that says nothing changes nothing, for servers may leave it out.
func (c *client) announce(s *stanza.Stanza) {
	caps := disco.Announced(s)
	if caps.IsZero() || caps == c.caps {
		return
	}
	known := c.asked
	c.caps, c.asked = caps, false
	if f, ok := c.user.hub.capable(caps); ok {
		c.found(f, true)
	} else if known && !c.asking {
		c.user.inspect(c, s.To.Bare())
	}
}

// found ends a question what a client can do.
func (c *client) found(f mapping.Features, verified bool) {
	c.asked, c.verified = true, verified
	if f.Known() {
		c.features = f
	}
	wait := c.waiting
	c.waiting = nil
	for _, then := range wait {
		then()
	}
}

// inspect asks a client what it can do, from an address of ours that it knows, if it was
// not asked since it announced something else.
func (u *user) inspect(c *client, from jid.JID) {
	if c.asked || c.asking {
		return
	}
	c.asking = true
	caps := c.caps
	query := stanza.E(disco.NSInfo, "query").Set("node", caps.QueryNode())
	iq := &stanza.Stanza{Kind: stanza.IQ, Type: "get", From: from, To: c.jid, Children: []*stanza.Element{query}}
	u.ask(iq, askTime, func(answer *stanza.Stanza) {
		c.asking = false
		switch {
		case c.asked: // what it announces now is known
		case c.caps != caps && u.clients[c.jid] == c:
			u.inspect(c, from)
		default:
			c.answered(answer)
		}
	})
}

// answered takes in what a client says that it can do; nil is silence.
func (c *client) answered(answer *stanza.Stanza) {
	if answer == nil || answer.Type != "result" {
		c.found(mapping.Features{}, false)
		return
	}
	info, ok := disco.ParseInfo(answer.Child(disco.NSInfo, "query"), answer.Lang)
	if !ok {
		c.found(mapping.Features{}, false)
		return
	}
	list := make([]string, 0, len(info.Features))
	for _, f := range info.Features {
		if f != "" && !strings.Contains(f, "\n") {
			list = append(list, f)
		}
	}
	f := mapping.NewFeatures(list...) // has strings of its own
	keys := c.caps.Verified(info)
	if c.user.taught += len(keys); c.user.taught <= maxTaught {
		c.user.hub.teach(keys, f)
	}
	c.found(f, len(keys) > 0)
}

// learn calls then once: when it is known what a client can do, or that it does not say,
// or after limit. A client that did not say is asked again.
func (u *user) learn(c *client, from jid.JID, limit time.Duration, then func()) {
	if c.asked && c.features.Known() {
		then()
		return
	}
	done := false
	once := func() {
		if !done {
			done = true
			then()
		}
	}
	c.waiting = append(c.waiting, once)
	u.after(limit, once)
	if !c.asking {
		c.asked = false
		u.inspect(c, from)
	}
}
