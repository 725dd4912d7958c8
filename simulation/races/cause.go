package races

import (
	"slices"

	"github.com/hookswitch/hookswitch/fsm/conversation"
	"github.com/hookswitch/hookswitch/messages"
)

// cause is what an input comes of: any of several things that the client did. None: it comes of itself.
type cause []deed

// done tells whether an input with this cause can come by now.
func (c cause) done(r *run) bool {
	return len(c) == 0 || slices.ContainsFunc(c, func(d deed) bool { _, done := r.done[d]; return done })
}

// The announcements that people answer.
func rings(c messages.ConversationID) string  { return "announced ringing " + string(c) }
func starts(c messages.ConversationID) string { return "announced started " + string(c) }
func taken(c messages.ConversationID) string  { return "announced connected " + string(c) }

const ready = "announced ready"

// witness looks at the inputs of the log as they came, and finds what each comes of.
type witness struct {
	*run
	me       messages.UserID
	legs     map[messages.ConversationID]messages.Leg
	proposed map[messages.ConversationID]messages.SessionID
	placed   map[messages.ConversationID]messages.EffectID // the request that placed a call
}

// newWitness looks ahead for what answers tell late: who the user is, and which calls were dialled here.
func newWitness(r *run, log []Input, me messages.UserID) *witness {
	w := &witness{
		run: r, me: me, legs: map[messages.ConversationID]messages.Leg{}, proposed: map[messages.ConversationID]messages.SessionID{},
		placed: map[messages.ConversationID]messages.EffectID{},
	}
	for _, in := range log {
		answer, is := in.Input.(messages.HTTPAnswered)
		if !is {
			continue
		}
		if answer.Me != nil && w.me == "" {
			w.me = answer.Me.User
		}
		if answer.Placed != nil {
			w.placed[answer.Placed.Conversation] = answer.Effect
		}
	}
	return w
}

// causeOf is what an input comes of that is about to be told.
func (w *witness) causeOf(in messages.Input) cause {
	if id, is := answered(in); is {
		return w.asking(id)
	}
	if peer, is := peerOf(in); is {
		return w.making(peer)
	}
	switch in := in.(type) {
	case messages.Requested:
		return w.answering(in)
	case messages.ConversationNotified:
		return w.showing(in)
	case messages.Propose:
		w.proposed[in.Conversation] = in.Session
		return w.placing(in.Conversation)
	case messages.Accepted:
		return w.latest("send-accept " + string(in.Session))
	case messages.Terminate:
		return w.latest("send-terminate "+string(in.Session), "send-proceed "+string(in.Session))
	case messages.SessionTerminate:
		return w.latest("send-terminate "+string(in.Session), "send-proceed "+string(in.Session))
	case messages.Offer, messages.SessionInitiate, messages.RemoteCandidate, messages.TransportInfo, messages.SessionInfo:
		session, _ := sessionOf(in)
		return w.latest("send-proceed " + string(session))
	default:
		return nil
	}
}

// asking is the question with an id, if the client asked it.
func (w *witness) asking(id messages.EffectID) cause {
	if asked, known := w.names[id]; known {
		return cause{asked}
	}
	return nil
}

// making is the making of a peer connection that speaks.
func (w *witness) making(peer messages.Ref) cause {
	if made, known := w.makers[peer]; known {
		return cause{made}
	}
	return nil
}

// latest is the last deed so far of the first of these that were done at all.
func (w *witness) latest(whats ...string) cause {
	for _, what := range whats {
		if n := w.times[what]; n > 0 {
			return cause{nth(what, n-1)}
		}
	}
	return nil
}

// placing is the request that placed a call.
func (w *witness) placing(c messages.ConversationID) cause {
	if id, dialled := w.placed[c]; dialled {
		return w.asking(id)
	}
	return nil
}

// answering is the announcement that the application answered with a request: people take what rings, and hold what they
// were shown as connected.
func (w *witness) answering(in messages.Requested) cause {
	var c messages.ConversationID
	switch in := in.(type) {
	case messages.Initialize, messages.Disconnect, messages.Destroy:
		return nil
	case messages.Answer:
		return w.latest(rings(w.about(in.Conversation, in.Session)))
	case messages.Decline:
		return w.latest(rings(w.about(in.Conversation, in.Session)))
	case messages.AcceptSession:
		return w.latest(starts(in.Conversation), rings(in.Conversation))
	case messages.EndSession:
		c = in.Conversation
	case messages.Hold:
		c = in.Conversation
	case messages.Mute:
		c = in.Conversation
	case messages.TerminateSession:
		c = w.about("", in.Session)
	}
	return w.latest(taken(c), starts(c), rings(c), ready)
}

// about is the conversation that a request names, by its session if need be.
func (w *witness) about(c messages.ConversationID, s messages.SessionID) messages.ConversationID {
	if c != "" {
		return c
	}
	return w.carries[s]
}

// showing is what the client asked for that a notification shows as done: a call that was placed, taken, held, muted or
// ended.
func (w *witness) showing(in messages.ConversationNotified) (by cause) {
	me, _ := conversation.PickParticipant(in.Participants, w.me, "")
	is, found := conversation.PickLeg(me.Calls)
	if !found {
		return nil
	}
	was, known := w.legs[in.Conversation]
	w.legs[in.Conversation] = is
	id := in.Conversation
	if !known {
		by = append(by, w.placing(id)...)
	}
	if is.Held.True() != was.Held.True() {
		by = append(by, w.latest(requestText(messages.Request{Of: messages.PatchHeld, Conversation: id, Value: is.Held.True()}))...)
	}
	if is.Muted.True() != was.Muted.True() {
		by = append(by, w.latest(requestText(messages.Request{Of: messages.PatchMuted, Conversation: id, Value: is.Muted.True()}))...)
	}
	if is.State.Class() == was.State.Class() {
		return by
	}
	session := string(w.proposed[id])
	state := func(s messages.CallState) string {
		return requestText(messages.Request{Of: messages.PatchState, Conversation: id, State: s})
	}
	switch is.State.Class() {
	case messages.ConnectedClass:
		by = append(by, w.latest(state(messages.Connected), "send-proceed "+session)...)
	case messages.EndedClass:
		voicemail := requestText(messages.Request{Of: messages.PostVoicemail, Conversation: id})
		by = append(by, w.latest(state(messages.Disconnected), voicemail, "send-terminate "+session)...)
	}
	return by
}
