package laws_test

import (
	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
	"github.com/hookswitch/hookswitch/simulation/laws"
)

// heard is a run after which a call is up.
func heard() []runtime.Step {
	return append(taken(), step(messages.HTTPAnswered{Me: &messages.MeBody{User: agent}}), step(leg(messages.Connected), announces(added(here))))
}

func added(conversation messages.ConversationID) messages.ConversationUpdate {
	all := []messages.ConversationState{{Conversation: conversation, Call: &messages.Leg{State: messages.Connected}}}
	return messages.ConversationUpdate{ActiveKnown: true, Active: conversation, Current: all, Added: all}
}

func init() {
	breaking = append(breaking, breakingCalls...)
}

// breakingCalls break the laws of what a call is taken for.
var breakingCalls = []struct {
	law, name string
	steps     []runtime.Step
	left      []runtime.ActorInfo
}{
	{laws.UpDoesNotRing, "by a late notification", append(heard(),
		step(leg(messages.Alerting), rings()),
		step(messages.PageShown{}, announces(messages.CancelPendingSession{Conversation: here})),
	), nil},
	{laws.VoicemailIsNobody, "taken for the agent", append(heard(),
		step(messages.ConversationNotified{Conversation: here, Participants: []messages.Participant{
			{User: agent, Calls: []messages.Leg{{State: messages.Disconnected}}},
			{User: agent, Purpose: "voicemail", Calls: []messages.Leg{{State: messages.Connected}}},
		}}),
	), nil},
	{laws.OwnRingStops, "another one's", []runtime.Step{
		step(messages.Propose{Session: sid, Conversation: here, From: far}, rings()),
		step(messages.ConversationNotified{Conversation: "c2"}, announces(messages.CancelPendingSession{Session: sid, Conversation: here})),
	}, nil},
	{laws.DescribedAsSaid, "both", []runtime.Step{
		step(messages.Propose{Session: sid, Conversation: here, From: far, SDPOverXMPP: true}, rings()),
		step(messages.Answer{Call: 1, Conversation: here}, messages.SendProceed{Session: sid, To: far}, messages.Settle{Call: 1}),
		step(messages.SessionInitiate{Session: sid, From: far, IQ: "1"}, messages.CreatePeer{Peer: 7},
			starts(), announces(messages.HandledPendingSession{Conversation: here})),
	}, nil},
}
