package mapping

import (
	"net/netip"
	"strconv"
	"strings"
	"time"

	"isthmus/ircside/irc"
)

// quietMask silences one person, and nobody who shares their host.
func quietMask(s *irc.Support, p irc.Person) (irc.ModeChange, bool) {
	mask := p.Nick + "!*@*"
	if p.User != "" && p.Host != "" {
		mask = "*!" + p.User + "@" + p.Host
	}
	return quietMode(s, mask)
}

// quietMode silences whom a mask means: a list of its own on charybdis and its
// offspring, an extended ban elsewhere ([irc.QuietMask] reads it).
func quietMode(s *irc.Support, mask string) (irc.ModeChange, bool) {
	quiet := irc.ModeChange{Mode: 'b', Kind: irc.ListMode}
	switch {
	case s.Class('q') == irc.ListMode:
		quiet.Mode, quiet.Arg = 'q', mask
	case s.ExtBanPrefix == '~' && strings.IndexByte(s.ExtBans, 'q') >= 0: // UnrealIRCd
		quiet.Arg = "~q:" + mask
	case s.ExtBanPrefix == 0 && strings.IndexByte(s.ExtBans, 'm') >= 0: // InspIRCd, Ergo
		quiet.Arg = "m:" + mask
	default:
		return quiet, false
	}
	return quiet, true
}

// BanMask is the mask that bans somebody and as few others as may be: by the account
// if the network bans those; by the user name on a host that many share, which are
// ours (the host that we are seen with, "" if unknown) and those of web gateways; by
// the host else, of IPv6 by the network of 64 bits. Who is known by the nick alone is
// banned by that.
func BanMask(p irc.Person, s *irc.Support, ours string) string {
	switch {
	case irc.AccountMask(s, p.Account) != "":
		return irc.AccountMask(s, p.Account)
	case p.Host == "":
		return p.Nick + "!*@*"
	case p.User != "" && (strings.EqualFold(p.Host, ours) || isShared(p.Host)):
		return "*!" + p.User + "@" + p.Host
	}
	return hostMask(p.Host)
}

// hostMask means a host, of IPv6 its network of 64 bits.
func hostMask(host string) string {
	if ip, err := netip.ParseAddr(host); err == nil && ip.Is6() && !ip.Is4In6() {
		if network, err := ip.WithZone("").Prefix(64); err == nil {
			return "*!*@" + network.String()
		}
	}
	return "*!*@" + host
}

// A BanKind says what a mask that bans somebody is made of.
type BanKind string

// The kinds of masks.
const (
	BanAsSuits   BanKind = "" // see [BanMask]
	BanByAccount BanKind = "account"
	BanByHost    BanKind = "host"
	BanByUser    BanKind = "user" // with the host
	BanByNick    BanKind = "nick"
)

// BanKinds are all but the first, the narrowest last.
func BanKinds() []BanKind { return []BanKind{BanByAccount, BanByHost, BanByUser, BanByNick} }

// MaskBy is the mask of a kind that bans somebody; "" if too little is known of them, or the
// network has none of the kind.
func MaskBy(kind BanKind, p irc.Person, s *irc.Support) string {
	switch {
	case kind == BanByAccount:
		return irc.AccountMask(s, p.Account)
	case kind == BanByHost && p.Host != "":
		return hostMask(p.Host)
	case kind == BanByUser && p.Host != "" && p.User != "":
		return "*!" + p.User + "@" + p.Host
	case kind == BanByNick && p.Nick != "":
		return p.Nick + "!*@*"
	}
	return ""
}

// isShared tells the cloaks of gateways by their first part, as networks write them.
func isShared(host string) bool {
	return strings.HasPrefix(host, "gateway/") || strings.HasPrefix(host, "web/") || strings.Contains(host, "/web/")
}

// BanTime reads how long a ban is to last, if a reason begins with that: "90m and no
// longer". Weeks, days, hours, minutes and seconds are understood, up to a year.
func BanTime(reason string) (d time.Duration, rest string) {
	word, rest, _ := strings.Cut(strings.TrimSpace(reason), " ")
	if len(word) < 2 || len(word) > 9 {
		return 0, reason
	}
	unit, ok := map[byte]time.Duration{
		'w': 7 * 24 * time.Hour, 'd': 24 * time.Hour, 'h': time.Hour, 'm': time.Minute, 's': time.Second,
	}[word[len(word)-1]]
	n, err := strconv.ParseUint(word[:len(word)-1], 10, 31)
	if !ok || err != nil || n == 0 {
		return 0, reason
	}
	const year = 365 * 24 * time.Hour
	if n > uint64(year/unit) {
		return year, strings.TrimSpace(rest)
	}
	return time.Duration(n) * unit, strings.TrimSpace(rest)
}

// Listed tells who has put somebody on a list of bans, or on the one of who is let in,
// by which mask that was done: it may mean others as well.
func Listed(class Class, channel, name, mask string, ban bool) Shown {
	text := "%s is let in as %s."
	if ban {
		text = "%s is banned as %s."
	}
	return class.told(channel, Say(class.Lang, text, Strip(name), Strip(mask)))
}

// LeftListed tells who has ended a membership by which mask that somebody is let in all the
// same.
func LeftListed(class Class, channel, name, mask string) Shown {
	return class.told(channel, Say(class.Lang, "%s is still let in by %s, which means others as well.", Strip(name), Strip(mask)))
}
