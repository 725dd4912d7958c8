package server

import (
	"fmt"
	"slices"
	"time"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/simulation/stage"
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

// fault is something that is to go wrong once.
type fault struct {
	Agent        string `json:"agent"`
	Phone        string `json:"phone,omitempty"`
	Request      string `json:"request,omitempty" help:"a kind of request, such as patch-held (docs/scenarios.md, REQUEST)"`
	Frame        string `json:"frame,omitempty" help:"or what the platform says over the stream, such as offer (docs/scenarios.md, INPUT)"`
	Status       int    `json:"status,omitempty" help:"with which a request fails"`
	RetryAfter   int    `json:"retryAfter,omitempty" help:"seconds, as the header says them"`
	Milliseconds int    `json:"milliseconds,omitempty" help:"by which an answer or a frame is late"`
	Unanswered   bool   `json:"unanswered,omitempty" help:"a request is done and never answered"`
	Times        *int   `json:"times,omitempty" help:"how often a frame is sent: 0 or 2"`
}

// check says what is wrong with a fault.
func (f fault) check() error {
	late := f.late()
	switch {
	case (f.Request == "") == (f.Frame == ""):
		return wrong("a fault is of a request or of a frame")
	case late < 0 || late > time.Hour || f.RetryAfter < 0 || f.RetryAfter > 3600:
		return wrong("a time is from nothing to an hour")
	case f.Request != "":
		return f.checkRequest(late)
	case f.Status != 0 || f.RetryAfter != 0 || f.Unanswered:
		return wrong("status, retryAfter and unanswered are of a request")
	case f.Times == nil && late == 0:
		return wrong("it does not say what goes wrong: times or milliseconds")
	case f.Times != nil && (*f.Times < 0 || *f.Times > 2):
		return wrong("a frame is sent at most twice")
	default:
		return nil
	}
}

func (f fault) checkRequest(late time.Duration) error {
	switch {
	case f.Times != nil:
		return wrong("times is of a frame")
	case f.Status == 0 && !f.Unanswered && late == 0:
		return wrong("it does not say what goes wrong: status, milliseconds or unanswered")
	default:
		return nil
	}
}

// late is by how much an answer or a frame is late; more than can be said is less than nothing.
func (f fault) late() time.Duration {
	if f.Milliseconds > int(time.Hour/time.Millisecond) {
		return -1
	}
	return time.Duration(f.Milliseconds) * time.Millisecond
}

// tellable are the kinds of what a client is told over its stream.
var tellable = kindsOf(messages.Inputs())

func kindsOf(all []messages.Input) []string {
	kinds := make([]string, len(all))
	for i, in := range all {
		kinds[i] = in.Kind()
	}
	return kinds
}

func (s *Server) addFault(a asked, body fault) (nothing, error) {
	if err := body.check(); err != nil {
		return nothing{}, err
	}
	return onLoop(s, a.ctx(), func() (nothing, error) {
		of, err := s.agentNamed(body.Agent)
		if err != nil {
			return nothing{}, err
		}
		if body.Request != "" {
			return nothing{}, of.failNext(requestFault{
				kind: body.Request, phone: body.Phone, status: body.Status, retryAfter: time.Duration(body.RetryAfter) * time.Second,
				unanswered: body.Unanswered, delay: body.late(),
			})
		}
		c := s.streamOf(of.user, body.Phone)
		if c == nil {
			return nothing{}, notFound("the agent has no such stream")
		}
		return nothing{}, c.disturbNext(frameFault{kind: body.Frame, times: or(body.Times, 1), late: body.late()})
	})
}

// faultsMax is how many faults may wait to happen.
const faultsMax = 100

func (a *agent) failNext(f requestFault) error {
	switch {
	case !slices.Contains(messages.RequestKinds(), messages.RequestKind(f.kind)):
		return fmt.Errorf("%s is no request of the public API, and nothing else can be made to fail here: %w", f.kind, stage.ErrCannot)
	case f.status != 0 && (f.status < 200 || f.status > 599):
		return wrong("a request fails with a status from 200 to 599")
	case len(a.faults) >= faultsMax:
		return conflict("too many faults wait already")
	}
	a.faults = append(a.faults, f)
	return nil
}

func (c *stream) disturbNext(f frameFault) error {
	switch {
	case !slices.Contains(tellable, f.kind):
		return wrong("that is no kind of what a client is told over its stream, such as propose, offer or conversation-notified")
	case len(c.faults) >= faultsMax:
		return conflict("too many faults wait already")
	}
	c.faults = append(c.faults, f)
	return nil
}
