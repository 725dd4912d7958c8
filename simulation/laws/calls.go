package laws

import (
	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
)

// The laws of what a call is taken for.
const (
	UpDoesNotRing     = "a call does not ring on the session on which it is up"
	VoicemailIsNobody = "a call that only the user's voicemail has is none of the user's"
	OwnRingStops      = "a notification stops no other call's ringing"
	DescribedAsSaid   = "a session whose description was promised over XMPP is not made by a session-initiate"
)

// upRings: the call has started on a session that lives, was announced last as connected, and rings on the same session
// (STREAM-1241). On another one it may have come back.
func (c *Checker) upRings(e messages.PendingSession) {
	if c.upAs[e.Conversation] && c.started[start{e.ID, e.Conversation}] && c.live(e.ID) {
		c.broken(UpDoesNotRing, "conversation %s rings on session %s, and is up there", e.Conversation, e.ID)
	}
}

// noteUp notes which calls were announced as connected.
func (c *Checker) noteUp(current []messages.ConversationState) {
	clear(c.upAs)
	for _, s := range current {
		c.upAs[s.Conversation] = s.Call != nil && s.Call.State.Class() == messages.ConnectedClass
	}
}

// takenForWhatItIs checks what came of an input that can be taken for something else (STREAM-978, STREAM-582).
func (c *Checker) takenForWhatItIs(in messages.Input, outputs []runtime.Output) {
	switch in := in.(type) {
	case messages.ConversationNotified:
		if c.onlyVoicemail(in) && c.added[in.Conversation] {
			c.broken(VoicemailIsNobody, "conversation %s is announced as the user's", in.Conversation)
		}
		for _, out := range outputs {
			if e, is := out.Effect.(messages.Announce); is {
				c.stopsItsOwn(in.Conversation, e.Event)
			}
		}
	case messages.SessionInitiate:
		for _, out := range outputs {
			if _, makes := out.Effect.(messages.CreatePeer); makes && c.promisedOverXMPP(in) {
				c.broken(DescribedAsSaid, "session %s has a peer connection", in.Session)
			}
		}
	}
}

// stopsItsOwn checks that what is notified of a call stops no ringing but its own: several may ring under one session id.
func (c *Checker) stopsItsOwn(notified messages.ConversationID, event messages.Event) {
	stopped := notified
	switch e := event.(type) {
	case messages.CancelPendingSession:
		stopped = e.Conversation
	case messages.HandledPendingSession:
		stopped = e.Conversation
	}
	if stopped != notified {
		c.broken(OwnRingStops, "conversation %s stops ringing, and %s was notified", stopped, notified)
	}
}

// onlyVoicemail tells whether the user's voicemail is in a conversation, and the user is not.
func (c *Checker) onlyVoicemail(in messages.ConversationNotified) (voicemail bool) {
	for _, p := range in.Participants {
		for _, l := range p.Calls {
			switch {
			case p.User != c.me || c.me == "" || l.State.Class() == messages.EndedClass:
			case p.Purpose == "voicemail":
				voicemail = true
			default:
				return false
			}
		}
	}
	return voicemail
}

// promisedOverXMPP tells whether all that was proposed of a session was to be described over XMPP.
func (c *Checker) promisedOverXMPP(in messages.SessionInitiate) bool {
	proposes := c.proposes[in.Session]
	for _, p := range proposes {
		if !p.SDPOverXMPP {
			return false
		}
	}
	return len(proposes) > 0
}
