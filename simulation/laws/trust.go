package laws

import (
	"slices"
	"strings"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
)

// mostProceeds is how often a session id is proceeded at most: once, and once more for each of eight repeats.
const mostProceeds = 9

// fromStranger tells whether an input is one that does not count, for it does not come from whom it may: a propose from no
// gateway, a retract from somebody else than the proposer, an accept or reject from another user, an end or a candidate from
// somebody else than the session's far end (attacks.md G3, G4, G6). Of a session that is not known here, it is nothing.
func (c *Checker) fromStranger(in messages.Input) bool {
	switch in := in.(type) {
	case messages.Propose:
		return !isGateway(in.From)
	case messages.Retract:
		return c.isProposed(in.Session) && !c.proposedBy(in.Session, in.From)
	case messages.Accepted:
		return c.own != "" && bare(in.From) != c.own
	case messages.Rejected:
		return c.own != "" && bare(in.From) != c.own
	case messages.Terminate:
		return c.isElsewhere(in.Session, in.From)
	case messages.SessionTerminate:
		return c.isElsewhere(in.Session, in.From)
	case messages.RemoteCandidate:
		return c.isElsewhere(in.Session, in.From)
	case messages.TransportInfo:
		return c.isElsewhere(in.Session, in.From)
	default:
		return false
	}
}

func (c *Checker) isProposed(id messages.SessionID) bool { return len(c.proposes[id]) > 0 }

func (c *Checker) proposedBy(id messages.SessionID, from messages.JID) bool {
	for _, p := range c.proposes[id] {
		if bare(p.From) == bare(from) {
			return true
		}
	}
	return false
}

// isElsewhere tells whether a session is here, and its far end at another address.
func (c *Checker) isElsewhere(id messages.SessionID, from messages.JID) bool {
	here := false
	for _, p := range c.living {
		if p.id == id {
			here = true
			if p.from == bare(from) {
				return false
			}
		}
	}
	return here
}

// isGateway tells whether the domain of an address has the label gjoll.
func isGateway(from messages.JID) bool {
	address := bare(from)
	if _, domain, ok := strings.Cut(address, "@"); ok {
		address = domain
	}
	return slices.Contains(strings.Split(strings.ToLower(address), "."), "gjoll")
}

// leavesStrangersAlone checks that nothing comes of what a stranger said: nothing rings or stops ringing, no session ends,
// and no candidate is taken.
func (c *Checker) leavesStrangersAlone(in messages.Input, outputs []runtime.Output) {
	for _, out := range outputs {
		switch e := out.Effect.(type) {
		case messages.ClosePeer, messages.AddCandidate, messages.SendProceed:
			c.broken(OnlyWhoMay, "%s after a %s from somebody else", out.Effect.Kind(), in.Kind())
		case messages.Announce:
			switch e.Event.(type) {
			case messages.PendingSession, messages.CancelPendingSession, messages.HandledPendingSession, messages.SessionEnded:
				c.broken(OnlyWhoMay, "%s after a %s from somebody else", e.Event.Name(), in.Kind())
			}
		}
	}
}

// countsProceed: a stranger must not make this client send at will.
func (c *Checker) countsProceed(id messages.SessionID) {
	c.noteSession(id)
	delete(c.early, id) // what came before, a phone that has logged in since knows nothing of
	if c.proceeds[id]++; c.proceeds[id] == mostProceeds+1 {
		c.broken(ProceedsAreFew, "session %s is proceeded for the %dth time", id, c.proceeds[id])
	}
}

// countAnew: each answer may be said as often.
func (c *Checker) countAnew(conversation messages.ConversationID) {
	for id, list := range c.proposes {
		if _, counted := c.proceeds[id]; counted && proposedFor(list, conversation) {
			c.proceeds[id] = 0
		}
	}
}

// refusesUnknown: whoever ends a session that is not here is told that there is none (XEP-0166).
func (c *Checker) refusesUnknown(in messages.Input, outputs []runtime.Output) {
	end := in.(messages.SessionTerminate)
	for _, out := range outputs {
		if e, is := out.Effect.(messages.AcknowledgeIQ); is && e.IQ == end.IQ {
			c.broken(UnknownIsRefused, "the end of session %s is acknowledged", end.Session)
		}
	}
}

// endsUnknown tells whether an input ends a session that never came, or that was announced as terminated.
func (c *Checker) endsUnknown(in messages.Input) bool {
	end, is := in.(messages.SessionTerminate)
	stays := func(p *peer) bool { return p.id == end.Session && !p.left }
	return is && c.told.open[end.Session] <= 0 && !slices.ContainsFunc(c.living, stays)
}
