package mapping

import (
	"regexp"
	"strconv"
	"time"

	"isthmus/ircside/irc"
)

// pause is how ircds say how long one has to wait: "Please wait 12 seconds", "12 secs", "1
// minute and 5 seconds".
var pause = regexp.MustCompile(`(?i)\b(\d{1,6}) ?(s|secs?|seconds?|mins?|minutes?|hours?)\b`)

// pausing are the refusals of what is too fast: a nick or a target after another, coming
// back after a kick, a name that is held back for a while.
var pausing = map[int]bool{437: true, 438: true, 439: true, 495: true, 500: true}

// Pause is how long the network wants one to wait before the command is given again;
// ok is false if it does not say, or that is not what it refuses.
func Pause(f irc.Fault) (d time.Duration, ok bool) {
	if !pausing[f.Numeric] {
		return 0, false
	}
	for _, m := range pause.FindAllStringSubmatch(f.Text, maxUnits) {
		n, _ := strconv.Atoi(m[1]) // digits, and few
		unit := time.Second
		switch m[2][0] | 0x20 {
		case 'm':
			unit = time.Minute
		case 'h':
			unit = time.Hour
		}
		d += time.Duration(n) * unit
	}
	return d, d > 0
}

// maxUnits is in how many units a pause is told.
const maxUnits = 3
