package config

import (
	"net"
	"strings"
)

// openPort is the port for IRC over TLS (RFC 7194), the only one that open networks are
// reached at.
const openPort = "6697"

// Network finds a network by what stands for it in an address, in any case: its name,
// else the host of one of its addresses; of several with that host the first in the
// file. With gateway.open_networks every other host name with a dot in it is a network
// as well, over verified TLS on port 6697 and at public addresses only, with the
// settings of [irc], but no lister.
func (c *Config) Network(name string) (Network, bool) {
	for i := range c.Networks {
		if strings.EqualFold(c.Networks[i].Name, name) {
			return c.Networks[i], true
		}
	}
	for i := range c.Networks {
		for _, a := range c.Networks[i].Addresses {
			if host, _, err := net.SplitHostPort(a); err == nil && strings.EqualFold(host, name) {
				return c.Networks[i], true
			}
		}
	}
	if !c.Gateway.OpenNetworks || !isHostName(name) || !strings.Contains(name, ".") {
		return Network{}, false
	}
	name = strings.ToLower(name)
	n := Network{Name: name, Addresses: []string{net.JoinHostPort(name, openPort)}, IRC: c.IRC, PublicOnly: true}
	n.TLS, n.TLSVerify, n.Lister = true, true, false
	return n, true
}

// isHostName says whether s is a host name as RFC 1123 §2.1 has it, and no IP address.
func isHostName(s string) bool {
	if len(s) > 253 {
		return false
	}
	labels := strings.Split(s, ".")
	for _, label := range labels {
		if len(label) > 63 || strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") || !consistsOf(label, hostCharacter) {
			return false
		}
	}
	return !consistsOf(labels[len(labels)-1], isDigit)
}

// consistsOf says whether s has characters and each is one of those.
func consistsOf(s string, is func(byte) bool) bool {
	for i := range len(s) {
		if !is(s[i]) {
			return false
		}
	}
	return s != ""
}

func isDigit(b byte) bool  { return '0' <= b && b <= '9' }
func isLetter(b byte) bool { return 'a' <= b|0x20 && b|0x20 <= 'z' }

// Underscores are in no host name of the RFC and in some of the world.
func hostCharacter(b byte) bool { return isLetter(b) || isDigit(b) || b == '-' || b == '_' }

// A network's name has to fit into the localpart of an address behind a percent sign.
func nameCharacter(b byte) bool { return hostCharacter(b) || b == '.' }
