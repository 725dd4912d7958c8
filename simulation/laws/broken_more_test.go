package laws_test

import (
	"slices"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
	"github.com/hookswitch/hookswitch/simulation/laws"
)

// asked is a run after which a session was accepted, up to its answer's making.
func asked() []runtime.Step {
	return append(taken(), step(messages.AcceptSession{Call: 4, Conversation: here}, messages.RequestMicrophone{Peer: 7}))
}

func sdkError(message string) messages.Effect {
	return announces(messages.SDKError{Error: messages.ErrorInfo{Type: messages.ErrCall, Message: message}})
}

// candidate comes before the offer.
var candidate = messages.RemoteCandidate{Session: sid, From: far, Candidate: "candidate:1"}

func init() {
	breaking = append(breaking, breakingTold...)
	breaking = append(breaking, breakingMedia...)
}

// breakingTold break the laws of what is told, and to whom it listens.
var breakingTold = []struct {
	law, name string
	steps     []runtime.Step
	left      []runtime.ActorInfo
}{
	{laws.SessionsEndOnce, "terminated twice", append(taken(),
		step(messages.PageShown{}, announces(messages.SessionTerminated{Session: sid})),
		step(messages.PageShown{}, announces(messages.SessionTerminated{Session: sid})),
	), nil},
	{laws.SessionsEndOnce, "active after it was told to end", append(taken(),
		step(messages.PageShown{}, messages.SendTerminate{Session: sid, Peer: 7}),
		step(messages.PageShown{}, announces(messages.SessionStateChanged{Session: sid, State: "active"})),
	), nil},
	{laws.OnlyWhoMay, "a stranger's retract", []runtime.Step{
		step(messages.Propose{Session: sid, Conversation: here, From: far}, rings()),
		step(messages.Retract{Session: sid, From: "x@gjoll.example.org/edge"}, announces(messages.CancelPendingSession{Session: sid, Conversation: here})),
	}, nil},
	{laws.OnlyWhoMay, "no gateway", []runtime.Step{
		step(messages.Propose{Session: sid, Conversation: here, From: "x@evil.example/gjoll"}, rings()),
		step(messages.PageShown{}, announces(messages.CancelPendingSession{Session: sid, Conversation: here})),
	}, nil},
	{laws.OnlyWhoMay, "a stranger's end", append(taken(),
		step(messages.Terminate{Session: sid, From: "x@gjoll.example.org/edge"}, messages.ClosePeer{Peer: 7}),
	), nil},
	{laws.ProceedsAreFew, "for ever", append(taken()[:2], append(
		slices.Repeat([]runtime.Step{step(messages.PageShown{}, messages.SendProceed{Session: sid, To: far})}, 9),
		step(messages.PageShown{}, announces(messages.HandledPendingSession{Conversation: here})))...), nil},
	{laws.AddressIsKept, "another one", []runtime.Step{
		step(messages.IQAnswered{Bound: "ann@org.example/here"}),
		step(messages.StreamFeatures{}, messages.SendBind{}),
	}, nil},
	{laws.WhoLeavesIsGone, "connects again", []runtime.Step{
		step(messages.Disconnect{Call: 3}, messages.Settle{Call: 3}),
		step(messages.PageShown{}, announces(messages.StreamConnected{Reconnect: true})),
	}, nil},
	{laws.ConcurrencyIsTold, "not told", []runtime.Step{
		step(messages.PageShown{}, announces(messages.StationChanged{Station: &messages.StationInfo{LineAppearance: 100}})),
	}, nil},
	{laws.UpdatesNameCalls, "a session only", []runtime.Step{
		step(messages.PageShown{}, announces(messages.ConversationUpdate{ActiveKnown: true, Current: []messages.ConversationState{{Session: sid}}})),
	}, nil},
	{laws.UpdatesListLive, "one that is over", []runtime.Step{
		step(messages.PageShown{}, announces(messages.ConversationUpdate{
			ActiveKnown: true, Current: []messages.ConversationState{{Conversation: here, Call: &messages.Leg{State: messages.Terminated}}},
		})),
	}, nil},
	{laws.ErrorsAreTyped, "a text", []runtime.Step{step(messages.PageShown{}, announces(messages.LegacyError{Message: "no"}))}, nil},
	{laws.ErrorsAreTyped, "an accident", []runtime.Step{
		step(messages.Mute{Call: 3}, messages.Settle{Call: 3, Error: &messages.ErrorInfo{Name: "TypeError", Message: "Cannot read properties of undefined"}}),
	}, nil},
	{laws.InactiveIsNoError, "told as one", []runtime.Step{
		step(messages.ConversationNotified{Conversation: here, Participants: []messages.Participant{
			{User: agent, Calls: []messages.Leg{{Failed: true, ErrorCode: "error.ininedgecontrol.session.inactive"}}},
		}}, sdkError("Call error has occurred")),
	}, nil},
	{laws.OneFetchEach, "two", []runtime.Step{
		step(messages.StationNotified{Action: "Associated"}, messages.Request{Of: messages.GetStation}, messages.Request{Of: messages.GetStation}),
	}, nil},
	{laws.UnknownIsRefused, "acknowledged", []runtime.Step{
		step(messages.SessionTerminate{IQ: "x", Session: sid, From: far}, messages.AcknowledgeIQ{IQ: "x", To: far}),
	}, nil},
}

// breakingMedia break the laws of peer connections, and of what is held for them.
var breakingMedia = []struct {
	law, name string
	steps     []runtime.Step
	left      []runtime.ActorInfo
}{
	{laws.WhoEndsTakesBack, "a microphone after the end", append(asked(),
		step(messages.PageShown{}, messages.SendTerminate{Session: sid, Peer: 7}),
		step(messages.MicrophoneGranted{Effect: messages.NewEffectID(1, 1)}, messages.AddMicrophone{Peer: 7}, messages.Settle{Call: 4}),
	), nil},
	{laws.AcceptedIsAnswered, "by nobody", append(taken(),
		step(messages.PageShown{}, messages.SendAnswer{Peer: 7}),
	), nil},
	{laws.FailureIsTold, "to nobody", append(asked(),
		step(messages.MicrophoneDenied{Effect: messages.NewEffectID(1, 1)}),
		step(messages.PageShown{}, messages.Settle{Call: 4, Error: &messages.ErrorInfo{}}),
	), nil},
	{laws.FailureIsTold, "as a success", append(asked(),
		step(messages.MicrophoneDenied{Effect: messages.NewEffectID(1, 1)}, messages.Settle{Call: 4}),
	), nil},
	{laws.FailedMediaEnds, "stays", append(taken(),
		step(messages.PeerConnectionChanged{Peer: 7, State: messages.PeerFailed}),
	), nil},
	{laws.CandidatesAreUsed, "lost", append(append(taken()[:2:2], step(candidate)), append(asked()[2:],
		step(messages.MicrophoneGranted{Effect: messages.NewEffectID(1, 1)}, messages.AddMicrophone{Peer: 7}, messages.SendAnswer{Peer: 7}, messages.Settle{Call: 4}),
	)...), nil},
	{laws.ReplacedByAnother, "by itself", append(taken(),
		step(messages.PageShown{}, messages.SendTerminate{Session: sid, Peer: 7, Reason: "alternative-session"}),
	), nil},
	{laws.HeldForACall, "for none", append(taken(),
		step(messages.PageShown{}, messages.Request{Of: messages.PatchHeld, Conversation: here, Value: true}),
	), nil},
	{laws.HeldForACall, "without a name", append(taken(),
		step(messages.PageShown{}, messages.Request{Of: messages.PatchHeld, Value: true}),
	), nil},
	{laws.AnsweredIsOurs, "not started", append([]runtime.Step{
		step(messages.PageShown{}, announces(messages.StationChanged{Station: &messages.StationInfo{LineAppearance: 1}})),
	}, append(asked(),
		step(messages.MicrophoneGranted{Effect: messages.NewEffectID(1, 1)}, messages.AddMicrophone{Peer: 7}, messages.Settle{Call: 4}),
		step(messages.HTTPAnswered{Me: &messages.MeBody{User: agent}}, messages.SendAnswer{Peer: 7}),
		step(messages.PeerConnectionChanged{Peer: 7, State: messages.PeerConnected}),
		step(messages.PageShown{}, announces(messages.PendingSession{ID: sid, Conversation: "c2"})),
		step(messages.Answer{Call: 5, Conversation: "c2"}, messages.Request{Of: messages.PatchState, State: messages.Connected, Conversation: "c2"}, messages.Settle{Call: 5}),
		step(messages.ConversationNotified{Conversation: "c2", Participants: []messages.Participant{
			{User: agent, Calls: []messages.Leg{{State: messages.Connected}}},
		}}, announces(messages.HandledPendingSession{Session: sid, Conversation: "c2"})),
	)...), nil},
}
