package server

import (
	"slices"
	"time"
)

// frameFault is what happens to the next frame of a kind that the platform sends to a client.
type frameFault struct {
	kind  string
	times int           // how often it is sent: 0, 1 or 2
	late  time.Duration // how much later; what follows overtakes it
}

// disturbed takes the fault that is to happen to a frame of a kind, if there is one.
func (c *stream) disturbed(kind string) (times int, late time.Duration) {
	at := slices.IndexFunc(c.faults, func(f frameFault) bool { return f.kind == kind })
	if at < 0 {
		return 1, 0
	}
	f := c.faults[at]
	c.faults = slices.Delete(c.faults, at, at+1)
	return f.times, f.late
}

// requestFault is what happens to the next request of a kind.
type requestFault struct {
	kind       string
	phone      string // of the user's phones, or "" for any
	status     int    // the answer's; the platform does nothing then
	retryAfter time.Duration
	unanswered bool          // though it is done
	delay      time.Duration // of the answer
}

// takeRequestFault takes the fault that is to happen to a request, or nil. It is the loop's.
func (s *Server) takeRequestFault(of *account, kind string) *requestFault {
	a := s.agents[of.user]
	if a == nil {
		return nil
	}
	at := slices.IndexFunc(a.faults, func(f requestFault) bool {
		return f.kind == kind && (f.phone == "" || of.phone == "" || f.phone == of.phone)
	})
	if at < 0 {
		return nil
	}
	f := a.faults[at]
	a.faults = slices.Delete(a.faults, at, at+1)
	return &f
}
