package main

import (
	"errors"
	"strings"

	"isthmus/xmppside/muc"
	"isthmus/xmppside/stanza"
)

// The people on IRC, and alice, who has the same nick there.
const (
	demoAlice   = "alice"
	demoBob     = "bob"
	demoMallory = "mallory"
)

// conversation is the script of the demo.
func conversation() []scene {
	return []scene{
		{"Bob is in a channel on IRC. Alice enters it as a group chat.", entering},
		{"They talk.", talking},
		{"Bob makes Alice a channel operator: on Jabber her role changes.", promoting},
		{"Somebody is a nuisance. Alice kicks, from her client's menu.", kicking},
		{"Alice's connection to IRC is cut. Her client is told nothing of it.", cutting},
		{"They talk in private.", whispering},
		{"Alice leaves.", leaving},
	}
}

func entering(d *drama) {
	d.comes(demoBob)
	d.types(demoBob, "/join "+demoChannel)
	d.sees(demoBob, "himself in the channel", ":bob!", " JOIN "+demoChannel)
	d.logsIn()
	d.sends("joins "+demoRoom, demoAlice, &stanza.Stanza{Kind: stanza.Presence, Children: []*stanza.Element{stanza.E(muc.NS, "x")}})
	d.aliceSees("bob in the room", here(demoBob, muc.Moderator))
	d.aliceSees("herself in the room", func(s *stanza.Stanza) bool {
		return here(demoAlice, muc.Participant)(s) && hasStatus(s, muc.StatusSelf)
	})
	d.aliceSees("the subject, which ends a join", subject)
	d.sees(demoBob, "alice come", ":alice!", " JOIN "+demoChannel)
}

func talking(d *drama) {
	d.says("Hello from Jabber!")
	d.types(demoBob, "Hi! You look like one of us.")
	d.aliceSees("bob's words", words(demoBob, "Hi! You look like one of us."))
	d.says("/me waves across")
	d.types(demoBob, "/me waves back")
	d.aliceSees("bob wave", words(demoBob, "/me waves back"))
}

func promoting(d *drama) {
	d.types(demoBob, "/op "+demoAlice)
	d.sees(demoBob, "the mode change", ":bob!", " MODE ", "+o alice")
	d.aliceSees("herself as a moderator", here(demoAlice, muc.Moderator))
}

func kicking(d *drama) {
	const advert, reason = "BUY CHEAP GOLD!!!", "spam"
	d.comes(demoMallory)
	d.types(demoMallory, "/join "+demoChannel)
	d.sees(demoBob, "mallory come", ":mallory!", " JOIN ")
	d.aliceSees("mallory come", here(demoMallory, muc.Participant))
	d.types(demoMallory, advert)
	d.sees(demoBob, "mallory's words", ":mallory!", advert)
	d.aliceSees("mallory's words", words(demoMallory, advert))
	kick := muc.Item{Nick: demoMallory, Role: muc.RoleNone, Reason: reason}
	id := d.sends("kicks mallory: "+reason, "", &stanza.Stanza{
		Kind: stanza.IQ, Type: "set", Children: []*stanza.Element{muc.AdminQuery([]muc.Item{kick})},
	})
	d.sees(demoBob, "the kick", ":alice!", " KICK ", demoMallory, reason)
	d.sees(demoMallory, "the kick", ":alice!", " KICK ", demoMallory, reason)
	d.aliceSees("mallory kicked", func(s *stanza.Stanza) bool {
		return gone(demoMallory)(s) && hasStatus(s, muc.StatusKicked)
	})
	d.aliceSees("that her request was met", func(s *stanza.Stanza) bool {
		return s.Kind == stanza.IQ && s.ID == id && s.Type == "result"
	})
	d.goes(demoMallory)
}

func cutting(d *drama) {
	const held = "Is this thing on?"
	before := len(d.told)
	d.cut()
	d.sees(demoBob, "alice's connection end", ":alice!", " QUIT ")
	d.speak(held)
	d.note("Her words wait until the gateway is back, in a moment. Operators are not remembered by IRC: her role is all that changes for her.")
	d.sees(demoBob, "alice return", ":alice!", " JOIN ")
	d.aliceSees("her role change, for IRC forgets it", here(demoAlice, muc.Participant))
	d.sees(demoBob, "what waited", ":alice!", " PRIVMSG ", held)
	d.aliceSees("her own words", words(demoAlice, held))
	d.types(demoBob, "It is.")
	d.aliceSees("bob's words", words(demoBob, "It is."))
	for _, s := range d.told[min(before, len(d.told)):] {
		if d.err == nil && (s.Type == "unavailable" || s.Type == "error") {
			d.err = errors.New("alice was to notice nothing, and was sent " + string(s.Append(nil)))
		}
	}
}

func whispering(d *drama) {
	d.sends("to bob alone: where are we?", demoBob, message("chat", "where are we?"))
	d.sees(demoBob, "alice's private words", ":alice!", " PRIVMSG bob ", "where are we?")
	d.types(demoBob, "/msg "+demoAlice+" in a program")
	d.aliceSees("bob's private words", func(s *stanza.Stanza) bool {
		body, _ := s.Body()
		return s.Type == "chat" && s.From.Resource() == demoBob && body == "in a program"
	})
}

func leaving(d *drama) {
	d.sends("leaves the room", demoAlice, &stanza.Stanza{Kind: stanza.Presence, Type: "unavailable"})
	d.aliceSees("herself out of the room", func(s *stanza.Stanza) bool {
		return gone(demoAlice)(s) && hasStatus(s, muc.StatusSelf)
	})
	d.sees(demoBob, "alice leave", ":alice!", " PART "+demoChannel)
	d.logsOut()
}

// says has alice say something in the room, which bob and she are to see.
func (d *drama) says(text string) {
	d.speak(text)
	d.sees(demoBob, "alice's words", ":alice!", " PRIVMSG "+demoChannel, strings.TrimPrefix(text, "/me "))
	d.aliceSees("her own words", words(demoAlice, text))
}

// speak has alice say something in the room.
func (d *drama) speak(text string) { d.sends(text, "", message("groupchat", text)) }

func message(typ, text string) *stanza.Stanza {
	return &stanza.Stanza{Kind: stanza.Message, Type: typ, Children: []*stanza.Element{stanza.T("", "body", text)}}
}

// here matches the presence of somebody in the room with a role.
func here(nick string, role muc.Role) func(*stanza.Stanza) bool {
	return func(s *stanza.Stanza) bool {
		return s.Kind == stanza.Presence && s.Type == "" && s.From.Resource() == nick && roleIn(s) == role
	}
}

// gone matches the presence of somebody who goes.
func gone(nick string) func(*stanza.Stanza) bool {
	return func(s *stanza.Stanza) bool {
		return s.Kind == stanza.Presence && s.Type == "unavailable" && s.From.Resource() == nick
	}
}

// words matches what somebody says in the room.
func words(nick, text string) func(*stanza.Stanza) bool {
	return func(s *stanza.Stanza) bool {
		body, _ := s.Body()
		return s.Kind == stanza.Message && s.Type == "groupchat" && s.From.Resource() == nick && body == text
	}
}

// subject matches the room's subject, even an empty one.
func subject(s *stanza.Stanza) bool {
	_, is := s.Subject()
	return is && s.Type == "groupchat"
}
