package whatif

import (
	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/simulation/scenario"
)

// The announcements that actions answer.
func rings(call string) anchor {
	return anchor{name: messages.PendingSession{}.Name(), call: call}
}
func starts(call string) anchor {
	return anchor{name: messages.SessionStarted{}.Name(), call: call}
}
func isTaken(call string) anchor {
	return anchor{name: messages.ConversationUpdate{}.Name(), call: call, up: true}
}

// latest is the last announcement of a kind so far, rather than the first.
func (r *reader) latest(a anchor) anchor {
	for _, e := range r.events {
		if e.Call == a.call && e.Name == a.name {
			a.nth++
		}
	}
	a.nth = max(a.nth-1, 0)
	return a
}

// requested takes a request of the application.
func (r *reader) requested(in messages.Requested) {
	switch in := in.(type) {
	case messages.Initialize:
		if e, _ := r.here(); r.byHand || e.At > r.before.initialized {
			r.asks(scenario.Statement{Verb: scenario.LogIn, Phone: atDesk})
		}
	case messages.Disconnect:
		r.asks(scenario.Statement{Verb: scenario.Disconnect, Phone: atDesk})
	case messages.Destroy:
		r.asks(scenario.Statement{Verb: scenario.LogOut, Phone: atDesk})
		for _, c := range r.calls {
			c.ended = true
		}
	case messages.Dial:
		r.dials()
	case messages.TerminateSession:
		r.terminates(in)
	case messages.Answer, messages.Decline, messages.AcceptSession, messages.EndSession, messages.Hold, messages.Mute:
		r.requestedOfCall(in)
	default:
		r.wire(in)
		r.request = len(r.acts) - 1
	}
}

// requestedOfCall takes a request about a call.
func (r *reader) requestedOfCall(in messages.Requested) {
	do, id, session := statementOf(in)
	c := r.about(id, session)
	if c == nil || c.name == "" {
		r.cannot("%s of no call that is known", do.Verb)
		return
	}
	do.Phone, do.Call = atDesk, c.name
	ringing, started, taken := r.latest(rings(c.name)), r.latest(starts(c.name)), isTaken(c.name)
	switch in.(type) {
	case messages.Answer:
		r.asks(do, ringing)
	case messages.Decline:
		c.ended = true
		r.asks(do, ringing)
	case messages.AcceptSession:
		r.asks(do, started, ringing)
	case messages.EndSession:
		c.ended = true
		r.asks(do, taken, started, ringing)
	default:
		r.asks(do, taken, started, ringing)
	}
}

// statementOf is what a request about a call asks for, and which one it names.
func statementOf(in messages.Requested) (do scenario.Statement, c messages.ConversationID, s messages.SessionID) {
	switch in := in.(type) {
	case messages.Answer:
		return scenario.Statement{Verb: scenario.Answer}, in.Conversation, in.Session
	case messages.Decline:
		return scenario.Statement{Verb: scenario.Reject}, in.Conversation, in.Session
	case messages.AcceptSession:
		return scenario.Statement{Verb: scenario.AcceptSession}, in.Conversation, ""
	case messages.EndSession:
		return scenario.Statement{Verb: scenario.End}, in.Conversation, ""
	case messages.Hold:
		if in.Held {
			return scenario.Statement{Verb: scenario.Hold}, in.Conversation, ""
		}
		return scenario.Statement{Verb: scenario.Retrieve}, in.Conversation, ""
	case messages.Mute:
		if in.Muted {
			return scenario.Statement{Verb: scenario.Mute}, in.Conversation, ""
		}
		return scenario.Statement{Verb: scenario.Unmute}, in.Conversation, ""
	default:
		return scenario.Statement{}, "", ""
	}
}

// about is the call that a request names: by its conversation, or by the session that rang last for one.
func (r *reader) about(id messages.ConversationID, s messages.SessionID) *call {
	if id != "" {
		return r.call(id)
	}
	var found *call
	for _, c := range r.calls {
		if s != "" && c.session == s && c.name != "" {
			found = c
		}
	}
	if found == nil && s != "" {
		found = r.session(s).call
	}
	return found
}

// dials takes a call being placed. Its conversation is told by the answer; one that was never told is a call of its own.
func (r *reader) dials() {
	e, _ := r.here()
	id := messages.ConversationID("")
	for _, out := range e.Step.Outputs {
		if q, is := out.Effect.(messages.Request); is && q.Of == messages.PostCall {
			id = r.before.placed[out.ID]
		}
	}
	if id == "" {
		id = messages.ConversationID("dialled in vain " + e.At.String())
	}
	c := r.call(id)
	c.outbound, c.begun = true, true
	r.asks(scenario.Statement{Verb: scenario.Dial, Phone: atDesk, Call: c.name})
}

// terminates takes the end of a session by the application.
func (r *reader) terminates(in messages.TerminateSession) {
	on := r.on(in.Session)
	if len(on) == 0 {
		r.cannot("the application ends a session that carries no call")
		return
	}
	for _, c := range on {
		c.ended = true
	}
	do := scenario.Statement{Verb: scenario.Terminate, Phone: atDesk, Call: on[0].name, Word: word(in.Reason)}
	r.asks(do, isTaken(on[0].name), r.latest(starts(on[0].name)))
}
