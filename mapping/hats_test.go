package mapping

import (
	"strings"
	"testing"

	"isthmus/ircside/irc"
)

func TestHats(t *testing.T) {
	full := irc.DefaultSupport().With([]string{"PREFIX=(Yqaohv)!~&@%+", "are"})
	old := irc.DefaultSupport().With([]string{"PREFIX=(Ovo)!+@", "are"})
	for _, c := range []struct {
		name string
		m    irc.Member
		s    *irc.Support
		want string
	}{
		{"nobody in particular", irc.Member{}, full, ""},
		{"founder", irc.Member{Modes: "q"}, full, "Founder"},
		{"all ranks, highest first", irc.Member{Modes: "qaohv"}, full, "Founder, Admin, Operator, Half-operator, Voice"},
		{"creator", irc.Member{Modes: "O"}, old, "Creator"},
		{"InspIRCd's mark", irc.Member{Modes: "Yo"}, full, "Operator, IRC operator"},
		{"IRC operator by WHO too", irc.Member{Modes: "Y", Person: irc.Person{Flags: irc.FlagOper}}, full, "IRC operator"},
		{"IRC operator without a rank", irc.Member{Person: irc.Person{Flags: irc.FlagOper}}, full, "IRC operator"},
		{"unknown rank", irc.Member{Modes: "x"}, full, ""},
		{"rank that the network has not", irc.Member{Modes: "q"}, old, ""},
		{"bot", irc.Member{Person: irc.Person{Flags: irc.FlagBot}}, full, "Bot"},
		{"service", irc.Member{Person: irc.Person{Nick: "ChanServ", Host: "services.example"}}, full, "Service"},
		{"service's nick elsewhere", irc.Member{Person: irc.Person{Nick: "ChanServ", Host: "evil.example"}}, full, ""},
		{"service's host, another nick", irc.Member{Person: irc.Person{Nick: "eve", Host: "services.example"}}, full, ""},
		{"account", irc.Member{Person: irc.Person{Account: "ann"}}, full, "Registered as ann"},
		{"hostile account", irc.Member{Person: irc.Person{Account: "a\x02\x00%s'<\xff"}}, full, "Registered as a%s'<\ufffd"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var titles []string
			uris := map[string]bool{}
			for _, h := range Hats(c.m, c.s, "en").Children() {
				titles = append(titles, h.Attr("title"))
				if uri := h.Attr("uri"); uris[uri] || !strings.HasPrefix(uri, hatURI) || h.Lang() != "en" {
					t.Errorf("uri %q, language %q", uri, h.Lang())
				}
				uris[h.Attr("uri")] = true
			}
			if got := strings.Join(titles, ", "); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
	if h := Hats(irc.Member{Modes: "q"}, full, "de-AT").Children()[0]; h.Attr("title") != "Gründer" || h.Lang() != "de" {
		t.Error(h)
	}
	if Hats(irc.Member{}, full, "") != nil {
		t.Error("an empty wardrobe")
	}
}

// What a moderator is told as an address, and that it is read back.
func TestPseudonym(t *testing.T) {
	s := Scheme{Domain: "gw"}
	sup := irc.DefaultSupport()
	charybdis := sup.With([]string{"EXTBAN=$,ajrxz", "are"})
	for _, c := range []struct {
		p    irc.Person
		want string
	}{
		{irc.Person{Nick: "ann"}, "ann%net@gw/ann"},
		{irc.Person{Nick: "ann", Account: "Anna"}, "$anna%net@gw/ann"},
		{irc.Person{Nick: "a+n"}, ""},
		{irc.Person{Nick: "ann", Account: "a b"}, "ann%net@gw/ann"},
	} {
		if got := s.Pseudonym("net", c.p); !strings.EqualFold(got.String(), c.want) {
			t.Errorf("%+v is %q, want %q", c.p, got, c.want)
		}
	}
	for _, c := range []struct {
		mask    string
		s       *irc.Support
		account string
	}{
		{"$ann", sup, "ann"}, {"$a", sup, "a"}, {"$a", charybdis, ""}, {"$b", charybdis, "b"},
		{"$a:ann", charybdis, ""}, {"$", sup, ""}, {"$a!b@c", sup, ""}, {"$~a", charybdis, ""}, {"*!*@h", sup, ""},
	} {
		if got, ok := (Address{Kind: Mask, Name: c.mask}).Account(c.s); got != c.account || ok != (c.account != "") {
			t.Errorf("%q is the account %q", c.mask, got)
		}
	}
}
