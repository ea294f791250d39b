package irc

import "strings"

// What a server can make a Core and a View keep has bounds, for not every server is
// a friend. They are far beyond what real networks hold.
const (
	maxChannels = 1024     // that one session is in
	maxGathered = 32 << 20 // bytes of NAMES that wait for their 366, in all channels
	maxHeld     = 1024     // events that wait for NAMES, in all channels
	maxBatches  = 64       // that are open; lines of others count as outside of any
	maxSplit    = 8192     // quits that wait for the end of their batch
	maxName     = 400      // bytes of a nick or channel: longer ones fit in no line of 512
	maxKept     = 512      // bytes of a text that a View keeps of a person
	maxBans     = 16       // bans that a View remembers, to tell a kick from a ban's
	maxPlaces   = 1 << 18  // members of all channels of a View: who comes then is not seen
)

// maxLate bounds how many messages are remembered on a network that does not say
// whether it took them, so that a late refusal finds the one that it means.
const maxLate = 32

// isName tells what can be a nick or a channel, so that nothing that a server says
// makes up members without a name.
func isName(s string) bool {
	return s != "" && len(s) <= maxName && strings.IndexByte(s, ' ') < 0
}

// same says whether two names are one. It allocates nothing where a case mapping
// is a matter of bytes.
func (s *Support) same(a, b string) bool {
	if s.CaseMapping == Unicode {
		return a == b || s.Fold(a) == s.Fold(b)
	}
	if len(a) != len(b) {
		return false
	}
	last := s.CaseMapping.last()
	for i := range len(a) {
		if a[i] != b[i] && lower(a[i], last) != lower(b[i], last) {
			return false
		}
	}
	return true
}

func lower(b, last byte) byte {
	if 'A' <= b && b <= last {
		return b + 'a' - 'A'
	}
	return b
}
