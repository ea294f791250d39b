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
		{437, "You must wait 5 seconds after being kicked to rejoin (+J is set)", 5 * time.Second},
		{437, "Nick/channel is temporarily unavailable", 0},
		{437, "You must wait for 1 minute and 5 seconds after being kicked to rejoin (+J is set)", 65 * time.Second},
		{439, "Wait 2 hours", 2 * time.Hour}, {439, "Wait 10 mins", 10 * time.Minute},
		{495, "You must wait 7 seconds after being kicked to rejoin (+J)", 7 * time.Second},
		{500, "Too many join requests. Please wait a while and try again.", 0},
		{500, "Please wait 4 seconds", 4 * time.Second},
		{404, "Please wait 12 seconds", 0},
	} {
		got, ok := Pause(irc.Fault{Numeric: c.numeric, Text: c.text})
		if got != c.want && ok || ok != (c.want > 0) {
			t.Errorf("%d %q: %v, %v", c.numeric, c.text, got, ok)
		}
	}
}
