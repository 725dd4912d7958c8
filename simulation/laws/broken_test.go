package laws_test

import (
	"testing"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
	"github.com/hookswitch/hookswitch/simulation/laws"
)

// The words of the runs below.
const (
	here  messages.ConversationID = "c1"
	sid   messages.SessionID      = "s1"
	agent messages.UserID         = "u1"
	far   messages.JID            = "s1@gjoll.example.org/edge"
)

func step(in messages.Input, effects ...messages.Effect) runtime.Step {
	s := runtime.Step{Input: in}
	for i, e := range effects {
		s.Outputs = append(s.Outputs, runtime.Output{ID: messages.NewEffectID(1, i+1), Effect: e})
	}
	return s
}

func announces(e messages.Event) messages.Effect { return messages.Announce{Event: e} }

func starts() messages.Effect {
	return announces(messages.SessionStarted{Session: messages.SessionSummary{ID: sid, Conversation: here}})
}

func rings() messages.Effect {
	return announces(messages.PendingSession{ID: sid, Conversation: here})
}

func leg(state messages.CallState) messages.Input {
	return messages.ConversationNotified{Conversation: here, Participants: []messages.Participant{
		{User: agent, Calls: []messages.Leg{{State: state}}},
	}}
}

// taken is a call that was answered and whose session has its peer connection.
func taken() []runtime.Step {
	return []runtime.Step{
		step(messages.Propose{Session: sid, Conversation: here, From: far}, rings()),
		step(messages.Answer{Call: 1, Conversation: here}, messages.SendProceed{Session: sid, To: far}, messages.Settle{Call: 1}),
		step(messages.Offer{Session: sid, Conversation: here, From: far}, messages.CreatePeer{Peer: 7},
			starts(), messages.SendAccept{Session: sid}, announces(messages.HandledPendingSession{Conversation: here})),
	}
}

// none are the actors of a client all of whose calls have ended.
var none = []runtime.ActorInfo{{Ref: 1, Kind: "softphone"}}

// breaking are runs that break one law each.
var breaking = []struct {
	law, name string
	steps     []runtime.Step
	left      []runtime.ActorInfo
}{
	{laws.ConsentBeforeMedia, "proceed", []runtime.Step{
		step(messages.Propose{Session: sid, Conversation: here, From: far}, messages.SendProceed{Session: sid}),
	}, nil},
	{laws.ConsentBeforeMedia, "answer of nothing", []runtime.Step{
		step(messages.Answer{Call: 1, Conversation: here}, messages.Settle{Call: 1}),
		step(messages.PageShown{}, messages.Request{Of: messages.PatchState, State: messages.Connected, Conversation: here}),
	}, nil},
	{laws.ConsentBeforeMedia, "microphone without a session", []runtime.Step{
		step(messages.PageShown{}, messages.RequestMicrophone{Peer: 7}),
	}, nil},
	{laws.ConsentBeforeMedia, "microphone that was not given", append(taken(),
		step(messages.PageShown{}, messages.AddMicrophone{Peer: 7}),
	), nil},
	{laws.ConsentBeforeMedia, "session that nobody accepted", append(taken(),
		step(messages.PageShown{}, messages.RequestMicrophone{Peer: 7}),
	), nil},
	{laws.ConsentBeforeMedia, "consent used twice", append(taken(),
		step(messages.Terminate{}, messages.ClosePeer{Peer: 7}),
		step(messages.Offer{Session: sid, Conversation: here, From: far}, messages.CreatePeer{Peer: 8}),
	), nil},
	{laws.ConsentBeforeMedia, "offer of another conversation", append(taken()[:2],
		step(messages.Offer{Session: sid, Conversation: "c2", From: far}, messages.CreatePeer{Peer: 7}),
		step(messages.PageShown{}, announces(messages.HandledPendingSession{Conversation: here})),
	), nil},
	{laws.ConsentBeforeMedia, "offer of somebody else", append(taken()[:2],
		step(messages.Offer{Session: sid, Conversation: here, From: "s2@gjoll.example.org/edge"}, messages.CreatePeer{Peer: 7}),
		step(messages.PageShown{}, announces(messages.HandledPendingSession{Conversation: here})),
	), nil},
	{laws.ConsentBeforeMedia, "session that becomes another call's", append(taken(),
		step(messages.Offer{Session: sid, Conversation: "c2", From: far}, messages.CreatePeer{Peer: 8}),
	), nil},
	{laws.ConsentBeforeMedia, "one answer for two session ids", []runtime.Step{
		step(messages.Propose{Session: sid, Conversation: here, From: far}, rings()),
		step(messages.Answer{Call: 1, Conversation: here}, messages.SendProceed{Session: sid, To: far}, messages.Settle{Call: 1}),
		step(messages.Propose{Session: "s2", Conversation: here, From: far}, messages.SendProceed{Session: "s2", To: far}),
		step(messages.PageShown{}, announces(messages.HandledPendingSession{Conversation: here})),
	}, nil},
	{laws.ConsentBeforeMedia, "proceed to somebody who proposed another call", []runtime.Step{
		step(messages.Propose{Session: sid, Conversation: here, From: far}, rings()),
		step(messages.Propose{Session: sid, Conversation: "c2", From: "s2@gjoll.example.org/edge"}),
		step(messages.Answer{Call: 1, Conversation: here}, messages.SendProceed{Session: sid, To: "s2@gjoll.example.org/edge"}, messages.Settle{Call: 1}),
		step(messages.PageShown{}, announces(messages.HandledPendingSession{Conversation: here})),
	}, nil},
	{laws.ConsentBeforeMedia, "accept message", []runtime.Step{step(messages.PageShown{}, messages.SendAccept{Session: sid})}, nil},
	{laws.OneEndForEachStart, "second end", []runtime.Step{
		step(messages.PageShown{}, announces(messages.SessionEnded{Session: messages.SessionSummary{ID: sid, Conversation: here}})),
	}, nil},
	{laws.OneEndForEachStart, "no end", []runtime.Step{step(messages.PageShown{}, starts())}, none},
	{laws.OneSettlementEach, "rings for ever", []runtime.Step{step(messages.PageShown{}, rings())}, nil},
	{laws.OneSettlementEach, "cancelled out of nothing", []runtime.Step{
		step(messages.PageShown{}, announces(messages.CancelPendingSession{Conversation: here})),
	}, nil},
	{laws.AddedThenRemoved, "removed only", []runtime.Step{
		step(messages.PageShown{}, announces(messages.ConversationUpdate{
			ActiveKnown: true, Removed: []messages.ConversationState{{Conversation: here}},
		})),
	}, nil},
	{laws.AddedThenRemoved, "added only", []runtime.Step{
		step(messages.PageShown{}, announces(messages.ConversationUpdate{
			ActiveKnown: true, Added: []messages.ConversationState{{Conversation: here}},
		})),
	}, none},
	{laws.ActiveIsHeard, "nobody is heard", []runtime.Step{
		step(messages.PageShown{}, announces(messages.ConversationUpdate{ActiveKnown: true, Active: here})),
	}, nil},
	{laws.OneSettlementForCall, "twice", []runtime.Step{
		step(messages.Mute{Call: 3}, messages.Settle{Call: 3}, messages.Settle{Call: 3}),
	}, nil},
	{laws.OneSettlementForCall, "never", []runtime.Step{step(messages.EndSession{Call: 3, Conversation: here})}, nil},
	{laws.NothingAfterTheEnd, "answer of what was closed", append(taken(),
		step(messages.Terminate{}, messages.ClosePeer{Peer: 7}),
		step(messages.PageShown{}, messages.MakeAnswer{Peer: 7}),
	), nil},
	{laws.HandledElsewhere, "goes on ringing", []runtime.Step{
		step(messages.HTTPAnswered{Me: &messages.MeBody{User: agent}}),
		step(leg(messages.Alerting), rings()),
		step(leg(messages.Connected)),
		step(messages.PageShown{}, announces(messages.CancelPendingSession{Conversation: here})),
	}, nil},
	{laws.HandledElsewhere, "first heard of as connected", []runtime.Step{
		step(messages.HTTPAnswered{Me: &messages.MeBody{User: agent}}),
		step(messages.Propose{Session: sid, Conversation: here, From: far}, rings()),
		step(leg(messages.Connected)),
		step(messages.PageShown{}, announces(messages.CancelPendingSession{Conversation: here})),
	}, nil},
	{laws.HandledElsewhere, "starts", []runtime.Step{
		step(messages.HTTPAnswered{Me: &messages.MeBody{User: agent}}),
		step(leg(messages.Alerting), rings()),
		step(leg(messages.Connected), starts(), announces(messages.HandledPendingSession{Conversation: here})),
	}, nil},
	{laws.AcceptAgain, "settles without a microphone", append(taken(),
		step(messages.AcceptSession{Call: 4, Conversation: here}, messages.RequestMicrophone{Peer: 7}),
		step(messages.MicrophoneDenied{Effect: messages.NewEffectID(1, 1)}, messages.Settle{Call: 4, Error: &messages.ErrorInfo{}}),
		step(messages.AcceptSession{Call: 5, Conversation: here}, messages.Settle{Call: 5}),
	), nil},
	{laws.DialledIsOurs, "handled", append([]runtime.Step{
		step(messages.PageShown{}, announces(messages.StationChanged{Station: &messages.StationInfo{LineAppearance: 1}})),
	}, append(taken(),
		step(messages.AcceptSession{Call: 4, Conversation: here}, messages.RequestMicrophone{Peer: 7}),
		step(messages.MicrophoneGranted{Effect: messages.NewEffectID(1, 1)}, messages.AddMicrophone{Peer: 7}, messages.Settle{Call: 4}),
		step(messages.HTTPAnswered{Me: &messages.MeBody{User: agent}}, messages.SendAnswer{Peer: 7}),
		step(messages.HTTPAnswered{Placed: &messages.PlacedCall{Conversation: "c2"}}),
		step(messages.PeerConnectionChanged{Peer: 7, State: messages.PeerConnected}),
		step(messages.ConversationNotified{Conversation: "c2", Participants: []messages.Participant{
			{User: agent, Calls: []messages.Leg{{State: messages.Connected}}},
		}}),
	)...), nil},
	{laws.NothingForEver, "an invitation is left", nil, []runtime.ActorInfo{{Ref: 9, Kind: "invitation"}}},
	{laws.NothingForEver, "a peer connection is open", append(taken(), step(messages.PageShown{}, announces(
		messages.SessionEnded{Session: messages.SessionSummary{ID: sid, Conversation: here}}))), none},
}

// TestLawsCanBreak shows that each law sees a run that breaks it, and that such a run breaks no other.
func TestLawsCanBreak(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, b := range breaking {
		c := laws.New(messages.Options{})
		for i, s := range b.steps {
			s.Seq = uint64(i + 1)
			c.Step(s)
		}
		c.End(true, b.left)
		found := c.Violations()
		if len(found) == 0 {
			t.Errorf("%s, %s: nothing is seen", b.law, b.name)
		}
		for _, v := range found {
			if v.Law != b.law {
				t.Errorf("%s, %s: %s", b.law, b.name, v)
			}
		}
		seen[b.law] = true
	}
	for _, law := range laws.Laws() {
		if !seen[law] {
			t.Errorf("no run breaks %q", law)
		}
	}
}

// TestARunMayStop shows that what is under way when a run simply stops breaks no law.
func TestARunMayStop(t *testing.T) {
	t.Parallel()
	c := laws.New(messages.Options{})
	c.Step(step(messages.EndSession{Call: 3, Conversation: here}, rings()))
	c.End(false, nil)
	if found := c.Violations(); len(found) > 0 {
		t.Errorf("%v", found)
	}
}
