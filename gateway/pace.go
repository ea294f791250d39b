package gateway

import "time"

// A pace counts what happens, to stop what happens too often.
type pace struct {
	since time.Time
	n     int
}

// within counts one more; false: it is more than most in a span of time.
func (p *pace) within(most int, span time.Duration) bool { return p.takes(1, most, span) }

// takes counts n more; false: they are more than most in a span of time.
func (p *pace) takes(n, most int, span time.Duration) bool {
	if now := time.Now(); now.Sub(p.since) >= span {
		p.since, p.n = now, 0
	}
	p.n += n
	return p.n <= most
}
