package platform

import (
	"slices"

	"github.com/hookswitch/hookswitch/messages"
)

// keeps tells whether a session that carries no call stays for the next one.
func (p *Platform) keeps(s *Session) bool {
	if !s.answered || !s.user.Associated || !p.persistent(s) {
		return false
	}
	earlier := func(o *Session) bool { return o.live() && !o.replaced && o.answeredAs < s.answeredAs }
	return p.options.Keep == KeepEvery || !s.replaced && !slices.ContainsFunc(s.user.sessions, earlier)
}

// persistent tells whether a session belongs to a persistent connection; shared, whether all calls are to share it.
func (p *Platform) persistent(s *Session) bool {
	return s.user.Station.Persistent && (p.options.Migration == AsNow || s.began.Persistent)
}

func (p *Platform) shared(s *Session) bool {
	return s.user.Station.LineAppearance == 1 && (p.options.Migration == AsNow || s.began.LineAppearance == 1)
}

// idle ends a session that nobody needs for long. A call in between begins the time anew.
func (p *Platform) idle(s *Session) {
	s.idles++
	since := s.idles
	if p.options.Idle > 0 {
		p.clock.After(p.options.Idle, func() {
			if s.idles == since {
				p.endIdle(s)
			}
		})
	}
}

// expectAnswer ends a session whose client took it and never answers: its machine may be gone.
func (p *Platform) expectAnswer(s *Session) {
	if p.options.AnswerPatience > 0 {
		p.clock.After(p.options.AnswerPatience, func() {
			if !s.answered {
				p.Terminate(s, "timeout")
			}
		})
	}
}

// expectTaken takes the propose of a persistent connection back that no client takes.
func (p *Platform) expectTaken(s *Session) {
	if p.options.AnswerPatience > 0 {
		p.clock.After(p.options.AnswerPatience, func() {
			if s.phone == "" && !s.Ended {
				p.retract(s, p.options.EdgeDelay)
			}
		})
	}
}

// Media takes note that the media of a session flows, or has stopped. It does not notice media that never began.
func (p *Platform) Media(id messages.SessionID, flows bool) {
	s := p.session(id)
	if s == nil || s.flows == flows {
		return
	}
	s.flows = flows
	s.stops++
	since := s.stops
	if !flows && p.options.MediaPatience > 0 && !p.silent {
		p.clock.After(p.options.MediaPatience, func() {
			if s.stops == since {
				p.Terminate(s, "failed-transport")
			}
		})
	}
}

// strand takes care of the calls of a session that has ended: those that are up or that the user dialled are over, and one
// that rings is proposed anew.
func (p *Platform) strand(s *Session) {
	for _, l := range p.carried(s) {
		if l.State == messages.Alerting && !l.outbound {
			p.propose(p.newSession(s.user, l.conversation, l), false)
			continue
		}
		p.finish(l, true)
	}
}

// proposeWaiting tells a client that has just connected of the calls that were ringing then, if they still do.
func (p *Platform) proposeWaiting(to *Stream) {
	if p.options.ProposeAgain == 0 || p.silent {
		return
	}
	var missed []*Session
	for _, l := range to.user.legs {
		if s := l.Session; s != nil && s.proposed && s.phone == "" {
			missed = append(missed, s)
		}
	}
	p.clock.After(p.options.ProposeAgain, func() {
		for _, s := range missed {
			if s.phone == "" && !s.Ended && !to.closed {
				to.tell(p.proposeTo(s, to))
			}
		}
	})
}
