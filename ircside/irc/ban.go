package irc

import (
	"net/netip"
	"slices"
	"strings"
)

// A ban is who set which mask.
type ban struct{ by, mask string }

// banned takes in a +b or -b.
func (ch *channel) banned(m ModeChange, by string) {
	if m.Mode != 'b' || m.Arg == "" {
		return
	}
	ch.bans = slices.DeleteFunc(ch.bans, func(b ban) bool { return b.mask == m.Arg })
	if !m.Add {
		return
	}
	if len(ch.bans) >= maxBans {
		ch.bans = slices.Delete(ch.bans, 0, 1)
	}
	ch.bans = append(ch.bans, ban{strings.Clone(by), strings.Clone(m.Arg)})
}

// bannedBy says whether somebody who is kicked was banned by the same actor before.
func (ch *channel) bannedBy(s *Support, actor string, p Person) bool {
	return slices.ContainsFunc(ch.bans, func(b ban) bool { return b.by == actor && MatchMask(s, b.mask, p) })
}

// exempted takes in that a mask of those who need no invitation comes or goes.
func (ch *channel) exempted(s *Support, m ModeChange, by string) {
	if m.Mode != or(s.Invex, 'I') || m.Kind != ListMode || m.Arg == "" {
		return
	}
	ch.Exempt = remembered(s, ch.Exempt, m.Arg, m.Add)
	if m.Add {
		return
	}
	if len(ch.unlist) >= maxBans {
		ch.unlist = slices.Delete(ch.unlist, 0, 1)
	}
	ch.unlist = append(ch.unlist, ban{strings.Clone(by), strings.Clone(m.Arg)})
}

// unlistedBy says whether somebody who is kicked was taken off that list by the same actor
// before.
func (ch *channel) unlistedBy(s *Support, actor string, p Person) bool {
	return slices.ContainsFunc(ch.unlist, func(b ban) bool { return b.by == actor && MatchMask(s, b.mask, p) })
}

// MatchMask says whether a ban mask names a person: nick!user@host with * and ?,
// folded as the network does, or with a network of addresses for a host; or the
// extended ban of an account. What is not known of a person matches nothing but *.
func MatchMask(s *Support, mask string, p Person) bool {
	if account, ok := AccountOf(s, mask); ok {
		return p.Account != "" && Glob(s.Fold(account), s.Fold(p.Account), aByte)
	}
	if at := strings.LastIndexByte(mask, '@'); at >= 0 {
		if network, err := netip.ParsePrefix(mask[at+1:]); err == nil {
			host, err := netip.ParseAddr(p.Host)
			return err == nil && network.Contains(host.Unmap()) && Glob(s.Fold(mask[:at]), s.Fold(p.Nick+"!"+p.User), aByte)
		}
	}
	return Glob(s.Fold(mask), s.Fold(p.Nick+"!"+p.User+"@"+p.Host), aByte)
}

// AccountMask is the extended ban of an account; "" where the network has none.
func AccountMask(s *Support, account string) string {
	names := accountBans(s)
	if len(names) == 0 || account == "" {
		return ""
	}
	prefix := ""
	if s.ExtBanPrefix != 0 {
		prefix = string(rune(s.ExtBanPrefix))
	}
	return prefix + names[0] + ":" + account
}

// accountBans are the names of the extended ban of an account. Many networks have one and
// do not name it: what stands in EXTBAN is only a letter, and which that is depends on
// their software. https://ircv3.net/specs/extensions/account-extban
func accountBans(s *Support) []string {
	if len(s.AccountExtBan) > 0 {
		return s.AccountExtBan
	}
	has := func(letter byte) bool { return strings.IndexByte(s.ExtBans, letter) >= 0 }
	switch {
	case s.ExtBanPrefix == 0 && strings.HasPrefix(s.Version, "InspIRCd") && has('R'):
		return []string{"R"}
	case s.ExtBanPrefix == '$' && has('a'): // charybdis and its offspring, ircd-hybrid
		return []string{"a"}
	case s.ExtBanPrefix == '~' && has('a'): // UnrealIRCd
		return []string{"a", "account"}
	}
	return nil
}

// AccountOf is the account that an extended ban is about: "~account:ann".
func AccountOf(s *Support, mask string) (account string, ok bool) {
	for _, name := range accountBans(s) {
		prefix := name + ":"
		if s.ExtBanPrefix != 0 {
			prefix = string(rune(s.ExtBanPrefix)) + prefix
		}
		if account, ok = strings.CutPrefix(mask, prefix); ok {
			account, _, _ = strings.Cut(account, "!") // servers may make a mask of it
			return account, account != ""
		}
	}
	return "", false
}

// Glob matches a pattern in which * is any text and ? one character, as long as char says
// of what is left of the text. It takes time linear in the product of the lengths.
func Glob(pattern, text string, char func(rest string) int) bool {
	star, mark := -1, 0
	i, j := 0, 0
	for j < len(text) {
		switch {
		case i < len(pattern) && pattern[i] == '*':
			star, mark = i, j
			i++
		case i < len(pattern) && pattern[i] == '?':
			i++
			j += char(text[j:])
		case i < len(pattern) && pattern[i] == text[j]:
			i++
			j++
		case star >= 0:
			mark++
			i, j = star+1, mark
		default:
			return false
		}
	}
	return strings.Trim(pattern[i:], "*") == ""
}

// aByte is a character as servers match masks.
func aByte(string) int { return 1 }
