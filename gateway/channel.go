package gateway

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"

	"isthmus/config"
	"isthmus/ircside/irc"
	"isthmus/mapping"
	"isthmus/xmppside/muc"
	"isthmus/xmppside/stanza"
)

// What a channel passes on, and what it requires of who enters, holds for the channel on
// its network, not for one user's view of it: else two users in one channel would be in
// different rooms. So it is the hub's. The values are never changed, and neither is the
// map that everybody reads: another takes its place, under the hub's mutex, which costs
// nobody more than that. (An actor of its own would serialize the same few changes, and
// have to end.)

// settings are what holds for a channel whoever enters it. The zero settings are those
// of a channel of which nobody has said anything.
type settings struct {
	Optional    []string `json:"optional,omitempty"`    // features that are passed on besides the usual ones, sorted
	Required    []string `json:"required,omitempty"`    // of whoever enters, sorted
	Groupchat10 string   `json:"groupchat10,omitempty"` // a config.OldRule; "": as the network has it
	Lang        string   `json:"lang,omitempty"`        // of the conversation, a language tag
	History     *int     `json:"history,omitempty"`     // messages that who enters is told at the most; nil: all that are kept
	NoComings   bool     `json:"no_comings,omitempty"`  // old clients are not told in lines who comes and goes
	Encoding    string   `json:"encoding,omitempty"`    // what is said is written in; "": as the network has it
	Fallback    string   `json:"fallback,omitempty"`    // what is no UTF-8 is read in; "": as it is written
	By          string   `json:"by,omitempty"`          // who said something of it first, a bare JID; "": an admin
}

// A channelKey is a channel on its network. Two that some networks take for one channel
// are one, so that who is not connected need not know how this network folds names.
type channelKey struct{ network, channel string }

func channelKeyOf(network, channel string) channelKey {
	return channelKey{network, irc.RFC1459.Fold(irc.Unicode.Fold(channel))}
}

// sharedKey is the room's, made again when the network spells its channel otherwise.
func (r *room) sharedKey() channelKey {
	if r.keyOf != r.channel {
		r.keyOf, r.shared = r.channel, channelKeyOf(r.up.name, r.channel)
	}
	return r.shared
}

// document is the key under which the settings are kept.
func (k channelKey) document() string { return k.network + " " + k.channel }

const (
	maxChannels = 10000 // that have settings
	// Of networks that nobody has configured, where everybody may be an operator.
	maxOpenChannels = 1000
	// That one user made have settings: whoever makes a channel is its operator.
	maxOwnChannels = 20
	maxInList      = 50  // features in one list
	maxFeature     = 200 // bytes of one
)

// settings are those of a channel. They may be read from any goroutine.
func (h *Hub) settings(network, channel string) settings {
	if all := h.channels.Load(); all != nil && len(*all) > 0 {
		return (*all)[channelKeyOf(network, channel)]
	}
	return settings{}
}

// settings are those of the room's channel.
func (r *room) settings() settings {
	if all := r.up.user.hub.channels.Load(); all != nil && len(*all) > 0 {
		return (*all)[r.sharedKey()]
	}
	return settings{}
}

// loadSettings reads what is kept.
func (h *Hub) loadSettings() error {
	all := map[channelKey]settings{}
	err := h.keeper.each(KindChannel, maxChannels, func(key string, text []byte) {
		var s settings
		network, channel, ok := strings.Cut(key, " ")
		if err := json.Unmarshal(text, &s); err != nil || !ok {
			h.log.Error().Err(err).Str("channel", key).Msg("settings of a channel are damaged")
			return
		}
		if s.equal(settings{}) {
			_ = h.keeper.drop(KindChannel, key)
			return
		}
		all[channelKey{network, channel}] = s
	})
	h.channels.Store(&all)
	return err
}

// Changes that a user may make in a time, for each is told to everybody in the channel.
const (
	manySettings = 30
	settingsTime = time.Minute
)

// set is [Hub.set] for somebody who may do so, but not too often.
func (u *user) set(network, channel string, change func(settings) (settings, *stanza.Error)) *stanza.Error {
	if !u.changes.within(manySettings, settingsTime) {
		return tooMuch()
	}
	by := u.jid.String()
	if u.config.Gateway.IsAdmin(by) {
		by = ""
	}
	return u.hub.set(network, channel, func(s settings) (settings, *stanza.Error) {
		now, err := change(s)
		if now.By = s.By; s.equal(settings{}) {
			now.By = by
		}
		return now, err
	})
}

// set changes the settings of a channel, for everybody: change says what they are to be,
// or why not. Who shows the channel is told; who waits to enter it is looked at then.
func (h *Hub) set(network, channel string, change func(settings) (settings, *stanza.Error)) *stanza.Error {
	key := channelKeyOf(network, channel)
	was, now, err := h.swap(key, change)
	if err != nil || now.equal(was) {
		return err
	}
	listeners, how := h.others(nil, key), mapping.FeaturesChanged
	if now.passes(was) {
		how = func(class mapping.Class) []mapping.Shown { return mapping.Configured(class, muc.StatusConfigChanged) }
	}
	tell(listeners, func(u *user) { u.settingsChanged(key, how) })
	tell(listeners, func(u *user) { u.settingsApply(key) }) // all are told before anybody has to go
	return nil
}

// tell has users do something, and waits for nobody.
func tell(users []*user, do func(*user)) {
	for _, u := range users {
		m := mail{call: func() { do(u) }}
		if !u.tryPost(m) {
			go u.post(m)
		}
	}
}

// swap puts another map in the place of the one that everybody reads.
func (h *Hub) swap(key channelKey, change func(settings) (settings, *stanza.Error)) (was, now settings, err *stanza.Error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	all := *h.channels.Load()
	was, known := all[key]
	now, err = change(was)
	switch {
	case err != nil:
		return was, was, err
	case now.equal(was):
		return was, was, nil
	case !known:
		if err := h.tooManySettings(key, now, all); err != nil {
			return was, was, err
		}
	}
	text, bad := json.Marshal(now)
	if now.equal(settings{}) {
		text = nil
	}
	if bad == nil {
		bad = h.keeper.replace(KindChannel, key.document(), text)
	}
	if bad != nil {
		h.log.Error().Err(bad).Msg("settings of a channel not saved")
		return was, was, &stanza.Error{Type: stanza.Wait, Condition: stanza.ResourceConstraint, Text: "The settings could not be saved. Try again in a while."}
	}
	all = maps.Clone(all)
	if text == nil {
		delete(all, key)
	} else {
		all[key] = now
	}
	h.channels.Store(&all)
	return was, now, nil
}

// tooManySettings says why another channel may have no settings; nil if it may.
func (h *Hub) tooManySettings(key channelKey, now settings, all map[channelKey]settings) *stanza.Error {
	own := 0
	for _, s := range all {
		if s.By == now.By && s.By != "" {
			own++
		}
	}
	text := ""
	switch {
	case own >= maxOwnChannels:
		text = "You have given as many channels settings of their own as you may. Put those of another back to what they were first."
	case len(all) >= maxChannels, h.isOpen(key.network) && h.openSettings(all) >= maxOpenChannels:
		text = "Too many channels have settings of their own."
	default:
		return nil
	}
	return &stanza.Error{Type: stanza.Wait, Condition: stanza.ResourceConstraint, Text: text}
}

// isOpen says whether a network is not configured, but of a user's choice.
func (h *Hub) isOpen(network string) bool {
	return !slices.ContainsFunc(h.config.Load().Networks, func(n config.Network) bool { return n.Name == network })
}

// openSettings counts the channels of such networks.
func (h *Hub) openSettings(all map[channelKey]settings) (n int) {
	for key := range all {
		if h.isOpen(key.network) {
			n++
		}
	}
	return n
}

// equal leaves open by whom they are.
func (s settings) equal(other settings) bool {
	history := s.History == other.History || s.History != nil && other.History != nil && *s.History == *other.History
	return history && s.Lang == other.Lang && s.NoComings == other.NoComings &&
		s.Encoding == other.Encoding && s.Fallback == other.Fallback && s.passes(other)
}

// passes says whether the same is passed on, and required, as by others.
func (s settings) passes(other settings) bool {
	return s.Groupchat10 == other.Groupchat10 && slices.Equal(s.Optional, other.Optional) && slices.Equal(s.Required, other.Required)
}

// featureList is a list of features as it is kept: in order, each once.
func featureList(list []string) ([]string, *stanza.Error) {
	list = slices.Compact(slices.Sorted(slices.Values(list)))
	if len(list) > maxInList {
		return nil, badRequest("That is too many features.")
	}
	for i, f := range list {
		if f == "" || len(f) > maxFeature || strings.ContainsFunc(f, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }) {
			return nil, badRequest("That names no feature: %s.", cutText(f, maxFeature))
		}
		list[i] = strings.Clone(f)
	}
	return list, nil
}

// optionalList is a list of features to pass on; the usual ones go without saying.
func optionalList(list []string) ([]string, *stanza.Error) {
	usual := mapping.Usual()
	list = slices.DeleteFunc(slices.Clone(list), func(f string) bool { return slices.Contains(usual, f) })
	for _, f := range list {
		if !mapping.MayPass(f) {
			return nil, badRequest("No room passes this on: %s.", cutText(f, maxFeature))
		}
	}
	return featureList(list)
}

// oldRule reads a rule for old clients; "" is the network's.
func oldRule(text string) (string, *stanza.Error) {
	switch text {
	case "", "default":
		return "", nil
	case string(config.OldOff), string(config.OldAuto), string(config.OldOn):
		return strings.Clone(text), nil
	}
	return "", badRequest("Old clients are let in by one of these rules: off, auto, on, default.")
}

// governs says whether a user may change the settings of a channel: its operators may, as
// the user's own view has it, and the admins of the gateway.
func (u *user) governs(network, channel string) bool {
	if u.config.Gateway.IsAdmin(u.jid.String()) {
		return true
	}
	up := u.known(network)
	if up == nil || up.view == nil || up.state != linkUp {
		return false
	}
	r, ok := up.rooms.Get(channel)
	if !ok {
		return false
	}
	return r.operates()
}
