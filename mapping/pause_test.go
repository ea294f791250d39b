package mapping

import (
	"testing"
	"time"

	"isthmus/ircside/irc"
)

func TestPause(t *testing.T) {
	for _, c := range []struct {
		numeric int
		text    string
		want    time.Duration
	}{
		{438, "Nick change too fast. Please wait 12 seconds.", 12 * time.Second},
		{438, "Nick change too fast. Please wait 3 sec.", 3 * time.Second},
		{438, "Please wait 40s to change nick", 40 * time.Second},
		{439, "Target change too fast. Please wait 104 seconds", 104 * time.Second},
		{439, "Please wait 1 Second", time.Second},
		{439, "Please wait while we process your connection", 0},
		{439, "0 seconds", 0}, {439, "99999999999 seconds", 0}, {439, "12 secrets", 0}, {439, "", 0},
		{404, "Please wait 12 seconds", 0},
	} {
		got, ok := Pause(irc.Fault{Numeric: c.numeric, Text: c.text})
		if got != c.want && ok || ok != (c.want > 0) {
			t.Errorf("%d %q: %v, %v", c.numeric, c.text, got, ok)
		}
	}
}
