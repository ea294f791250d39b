package mapping

import (
	"regexp"
	"strconv"
	"time"

	"isthmus/ircside/irc"
)

// pause is how long ircds say that one has to wait: "Please wait 12 seconds", "12 secs".
var pause = regexp.MustCompile(`(?i)\b(\d{1,6}) ?(?:s|secs?|seconds?)\b`)

// Pause is how long the network wants one to wait before the command is given again;
// ok is false if it does not say, or that is not what it refuses.
func Pause(f irc.Fault) (d time.Duration, ok bool) {
	m := pause.FindStringSubmatch(f.Text)
	if m == nil || f.Numeric != 438 && f.Numeric != 439 {
		return 0, false
	}
	seconds, err := strconv.Atoi(m[1])
	return time.Duration(seconds) * time.Second, err == nil && seconds > 0
}
