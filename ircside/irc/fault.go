package irc

import (
	"fmt"
	"time"
)

// A Fault is a refusal: an error numeric, an IRCv3 FAIL, or silence until the
// deadline. It is an event, and an error.
type Fault struct {
	Ref     Ref
	Numeric int    // 0 for FAIL and for a time-out
	Command string // the command that failed, upper case; "" if unknown
	Code    string // of a FAIL, as BAD_KEY; or CodeTimeout, CodeUnsayable
	Target  string // channel or nick that it is about; "" if none
	Extra   string // second parameter where a numeric has one: the forward of 470 and 926, the nick of 441
	Text    string
}

// The codes of faults that no network sent.
const (
	CodeTimeout   = "TIMEOUT"   // silence until the deadline
	CodeUnsayable = "UNSAYABLE" // IRC has no words for the command
)

// Error says it as a log wants it.
func (f Fault) Error() string {
	switch {
	case f.Code != "":
		return fmt.Sprintf("%s %s %s: %s", f.Command, f.Code, f.Target, f.Text)
	default:
		return fmt.Sprintf("%s %03d %s: %s", f.Command, f.Numeric, f.Target, f.Text)
	}
}

// A CloseReason says why a session ended.
type CloseReason uint8

// Why sessions end.
const (
	CloseLost       CloseReason = iota // read or write error, end of file, ERROR
	CloseSilent                        // ping timeout
	CloseDNS                           // no address for the host
	CloseRefused                       // nobody accepts at any address
	CloseTLS                           // certificate or handshake
	CloseThrottled                     // "trying to reconnect too fast"
	CloseBanned                        // 465, K-line, …: trying again is pointless
	ClosePassword                      // 464: trying again is pointless
	CloseShutdown                      // the server says that it stops
	CloseUnregister                    // registration took too long or was refused
	CloseProtocol                      // the peer does not speak IRC
)

// A CloseError says why a session ended and whether to try again.
type CloseError struct {
	Reason CloseReason
	Text   string
	Wait   time.Duration // at least so long before another try; 0: the usual
}

// Error says it for people.
func (e *CloseError) Error() string { return e.Text }

// Temporary says whether trying again makes sense.
func (e *CloseError) Temporary() bool {
	return e.Reason != CloseBanned && e.Reason != ClosePassword
}
