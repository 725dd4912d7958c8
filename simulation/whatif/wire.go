package whatif

import (
	"regexp"
	"time"

	"github.com/hookswitch/hookswitch/fsm/conversation"
	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/simulation/scenario"
)

var plain = regexp.MustCompile(`^[A-Za-z0-9._-]+$`)

// word is a word that a scenario can say, or "".
func word(text string) string {
	if plain.MatchString(text) {
		return text
	}
	return ""
}

// notifiedAfter and toldAfter are how long what the platform did took to get here: by a notification, and from the edge.
func (r *reader) notifiedAfter() time.Duration { return r.platform.NotifyDelay + r.platform.WireDelay }
func (r *reader) toldAfter() time.Duration     { return r.platform.EdgeDelay + r.platform.WireDelay }

// signalled takes what gateways and other clients say about sessions.
func (r *reader) signalled(in messages.Input) {
	switch in := in.(type) {
	case messages.Propose:
		r.proposed(in)
	case messages.Retract:
		r.retracted(in.Session)
	case messages.Accepted:
		r.takenElsewhere(in.Session, scenario.Answer)
	case messages.Rejected:
		r.takenElsewhere(in.Session, scenario.Reject)
	case messages.Offer:
		r.described(in.Session, in.Conversation, messages.SDPOverXMPP, in.Reinvite)
	case messages.SessionInitiate:
		r.described(in.Session, "", messages.Jingle, false)
	case messages.Terminate:
		r.terminated(in.Session, in.Reason)
	case messages.SessionTerminate:
		r.terminated(in.Session, in.Reason)
	case messages.Proceeded, messages.SASLFailed, messages.RemoteCandidate, messages.UnknownRPC, messages.TransportInfo, messages.SessionAccept, messages.JingleAction,
		messages.PeerRefused, messages.UnknownTopic, messages.UnknownFrame:
		r.cannot("%s", in.Kind())
	}
}

// begins adds how a call begins. told is how long the news took to get here.
func (r *reader) begins(c *call, told time.Duration) {
	c.begun = true
	if c.outbound {
		r.approximates("%s is placed by another program of the user; it is played as dialled here", c.name)
		r.did(told, scenario.Statement{Verb: scenario.Dial, Phone: atDesk, Call: c.name})
		return
	}
	r.ringsInOrder(c, told)
	r.did(told, scenario.Statement{Verb: scenario.Calls, Call: c.name, Agent: theAgent, Flag: r.before.auto[c.id]})
}

// ringsInOrder adds what makes a call's notification and its propose come in the recorded order, where it is not the usual
// one.
func (r *reader) ringsInOrder(c *call, told time.Duration) {
	rung := r.before.rung[c.id]
	if rung[1] == 0 {
		return
	}
	late := func(kind messages.Input, by time.Duration) {
		do := scenario.Statement{Verb: scenario.NextDelayed, Phone: atDesk, Word: kind.Kind(), Duration: round(by) + time.Millisecond}
		r.did(told, do)
	}
	usual := r.platform.EdgeDelay - r.platform.NotifyDelay // so long after the notification the propose comes
	switch {
	case rung[0] == 0:
		r.did(told, scenario.Statement{Verb: scenario.NextDropped, Phone: atDesk, Word: messages.ConversationNotified{}.Kind()})
	case rung[0] < rung[1] && usual < 0:
		late(messages.Propose{}, r.log.Entries[rung[1]-1].At-r.log.Entries[rung[0]-1].At-usual)
	case rung[0] > rung[1] && usual >= 0:
		late(messages.ConversationNotified{}, r.log.Entries[rung[0]-1].At-r.log.Entries[rung[1]-1].At+usual)
	}
}

// proposed takes a propose: of a new call, of one that rings already, or of a persistent connection.
func (r *reader) proposed(in messages.Propose) {
	c, s := r.call(in.Conversation), r.session(in.Session)
	again := s.proposed
	s.proposed, s.call = true, c
	switch {
	case c.name == "" && !again:
		r.did(r.toldAfter(), scenario.Statement{Verb: scenario.EdgeConnects, Agent: theAgent})
	case c.name == "":
		r.cannot("a persistent connection is proposed again")
	case again && !s.taken && !c.over:
		r.did(r.toldAfter(), scenario.Statement{Verb: scenario.EdgeReproposes, Call: c.name})
	case again, c.over:
		r.cannot("%s is proposed again after it was taken or over", c.name)
	case c.session == "" || c.session == in.Session:
		c.session = in.Session
		if !c.begun {
			c.outbound = c.outbound || r.before.dialled[c.id]
			r.begins(c, r.toldAfter())
		}
	default:
		r.proposedAnew(c, in)
	}
}

// proposedAnew takes the propose of a call under another session id.
func (r *reader) proposedAnew(c *call, in messages.Propose) {
	old := r.session(c.session)
	switch {
	case old.call != c: // it was to be taken on the shared session
		r.cannot("%s gets a session of its own, though one could carry it", c.name)
	case old.taken:
		r.cannot("%s is proposed under another session id after it was taken", c.name)
	case !old.ended:
		r.did(r.toldAfter(), scenario.Statement{Verb: scenario.NextDropped, Phone: atDesk, Word: messages.Retract{}.Kind()})
		r.did(r.toldAfter(), scenario.Statement{Verb: scenario.EdgeReroutes, Call: c.name})
	}
	c.session = in.Session
}

// retracted takes a propose being withdrawn: the call is over, or comes again.
func (r *reader) retracted(id messages.SessionID) {
	s := r.session(id)
	c := s.call
	if c == nil || s.ended {
		return
	}
	s.ended = true
	switch {
	case c.name == "" || c.over || c.ended || c.elsewhere:
	case r.before.proposedAgain(c.id, r.now):
		r.did(r.toldAfter(), scenario.Statement{Verb: scenario.EdgeReroutes, Call: c.name})
	default:
		r.hangsUp(c, r.toldAfter())
	}
}

// hangsUp adds that the far end has hung up, or given up.
func (r *reader) hangsUp(c *call, told time.Duration) {
	c.over = true
	r.did(told, scenario.Statement{Verb: scenario.HangUp, Call: c.name})
}

// takenElsewhere takes that a client of the user's has a session: this one, whose own message came back, or another.
func (r *reader) takenElsewhere(id messages.SessionID, verb scenario.Verb) {
	s := r.session(id)
	if s.ours && verb == scenario.Answer || s.call == nil || s.call.name == "" {
		return
	}
	if s.call.over || s.call.elsewhere {
		return
	}
	r.elsewhere(s.call, verb, r.platform.WireDelay)
}

// elsewhere adds that another client of the user's takes or rejects a call.
func (r *reader) elsewhere(c *call, verb scenario.Verb, told time.Duration) {
	c.elsewhere, r.others = true, true
	if verb == scenario.Answer { // proceed, offer, accept
		told += r.toldAfter() + 2*r.platform.WireDelay
	}
	r.did(told, scenario.Statement{Verb: verb, Phone: atOther, Call: c.name})
}

// described takes an offer or a session-initiate: of a new session, of one that takes the place of another, or anew.
func (r *reader) described(id messages.SessionID, about messages.ConversationID, how messages.Signalling, reinvite bool) {
	s := r.session(id)
	if s.call == nil && about != "" {
		s.call = r.call(about)
	}
	defer func() {
		if !s.offered {
			s.signalling = how
		}
		s.offered = true
		if s.call != nil && s.call.session == "" {
			s.call.session = id
		}
	}()
	c := s.call
	switch {
	case c == nil || c.name == "" && reinvite:
		r.cannot("an offer of a session of no call")
	case reinvite:
		c.session = id
		r.did(r.toldAfter(), scenario.Statement{Verb: scenario.EdgeReinvites, Phone: atDesk, Call: c.name})
	case !s.offered && !s.proposed:
		r.cannot("an offer that nobody proposed")
	case s.offered && s.signalling == how:
		if on := r.on(id); len(on) > 0 {
			r.did(r.toldAfter(), scenario.Statement{Verb: scenario.EdgeRenews, Phone: atDesk, Call: on[0].name})
			return
		}
		r.cannot("a session that carries no call is described anew")
	}
}

// terminated takes the end of a session by the far end: with its calls, without any, or because this client wanted it.
func (r *reader) terminated(id messages.SessionID, reason string) {
	s := r.session(id)
	if s.ended {
		return
	}
	s.ended = true
	on := r.on(id)
	if len(on) == 0 {
		if s.ours && !r.endedLately(id) {
			r.did(r.toldAfter(), scenario.Statement{Verb: scenario.EdgeIdles, Agent: theAgent})
		}
		return
	}
	if reason != "" && reason != "success" {
		for _, c := range on {
			c.over = true
		}
		r.did(r.toldAfter(), scenario.Statement{Verb: scenario.EdgeEnds, Call: on[0].name, Phone: atDesk, Word: word(reason)})
		return
	}
	for _, c := range on {
		if c.ended {
			c.over = true
			continue
		}
		r.hangsUp(c, r.toldAfter())
	}
}

// endedLately tells whether the last call of a session has just ended, so that the session ends for that.
func (r *reader) endedLately(id messages.SessionID) bool {
	if !r.station.PersistentConnection() {
		return true
	}
	for _, c := range r.calls {
		if c.session == id && c.over && c.ended {
			return false
		}
	}
	return false
}

// conversation takes a notification: how the user's own leg stands now.
func (r *reader) conversation(in messages.ConversationNotified) {
	me, found := conversation.PickParticipant(in.Participants, r.before.me, "")
	if !found {
		r.cannot("a notification of a conversation that the user is not in")
		return
	}
	leg, found := conversation.PickLeg(me.Calls)
	if !found {
		return
	}
	c := r.call(in.Conversation)
	if !c.begun {
		if leg.State.Class() == messages.EndedClass {
			return
		}
		c.outbound = leg.Outbound() || leg.State == messages.Contacting
		r.begins(c, r.notifiedAfter())
	}
	was := c.leg
	c.leg = leg
	r.changed(c, was, leg)
}

// changed adds what makes a leg change that this client did not ask for.
func (r *reader) changed(c *call, was, is messages.Leg) {
	switch {
	case c.name == "" || c.over && is.State.Class() == messages.EndedClass:
		return
	case is.State.Class() == messages.EndedClass:
		r.legEnded(c, is)
		return
	case is.Failed && !was.Failed:
		c.over = true
		r.did(r.notifiedAfter(), scenario.Statement{Verb: scenario.FailTo, Call: c.name, Word: "error"})
		return
	case c.over:
		r.cannot("%s goes on after its end", c.name)
	case is.State.Class() == messages.ConnectedClass && was.State.Class() == messages.PendingClass && !c.answered && !c.elsewhere && !c.outbound:
		r.elsewhere(c, scenario.Answer, r.notifiedAfter())
	}
	if is.Muted.True() != was.Muted.True() && is.Muted.True() != c.muted {
		r.cannot("%s is muted or unmuted by another program", c.name)
	}
	if is.Confined.True() != was.Confined.True() {
		r.cannot("%s is confined, or no more", c.name)
	}
	if is.Held.True() != was.Held.True() && is.Held.True() != c.held && !r.heldForAnother(c, is) {
		r.cannot("%s is held or retrieved by another program", c.name)
	}
	c.held, c.muted = is.Held.True(), is.Muted.True()
}

// heldForAnother tells whether a call is held because another one was taken or retrieved under line appearance 1.
func (r *reader) heldForAnother(c *call, is messages.Leg) bool {
	if !is.Held.True() || r.station.LineAppearance > 1 || r.platform.HoldOthers != "platform" {
		return false
	}
	for _, other := range r.calls {
		if other != c && !other.over && other.name != "" {
			return true
		}
	}
	return false
}

func (r *reader) legEnded(c *call, is messages.Leg) {
	c.over = true
	switch {
	case c.ended:
	case is.Failed:
		r.did(r.notifiedAfter(), scenario.Statement{Verb: scenario.FailTo, Call: c.name, Word: "error"})
	default:
		r.did(r.notifiedAfter(), scenario.Statement{Verb: scenario.HangUp, Call: c.name})
	}
}
