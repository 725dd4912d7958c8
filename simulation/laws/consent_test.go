package laws_test

import (
	"testing"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
	"github.com/hookswitch/hookswitch/simulation/laws"
)

// TestAcceptingOneSessionAcceptsNoOther: a session took the place of an accepted one, was accepted on its own, and found no
// microphone. That another call is accepted allows it none.
func TestAcceptingOneSessionAcceptsNoOther(t *testing.T) {
	t.Parallel()
	const other, otherCall = messages.SessionID("s2"), messages.ConversationID("c2")
	before := append(taken(),
		step(messages.AcceptSession{Call: 4, Conversation: here}, messages.RequestMicrophone{Peer: 7}, messages.Settle{Call: 4}),
		step(messages.Offer{Session: sid, Conversation: here, From: far}, messages.CreatePeer{Peer: 8}),
		step(messages.PageShown{}, messages.RequestMicrophone{Peer: 8}),
		step(messages.MicrophoneDenied{Effect: messages.NewEffectID(1, 1), Name: "NotAllowedError"}),
		step(messages.Propose{Session: other, Conversation: otherCall, From: far}, announces(messages.PendingSession{ID: other, Conversation: otherCall})),
		step(messages.Answer{Call: 5, Conversation: otherCall}, messages.SendProceed{Session: other, To: far}, messages.Settle{Call: 5}),
		step(messages.Offer{Session: other, Conversation: otherCall, From: far}, messages.CreatePeer{Peer: 9}),
		step(messages.AcceptSession{Call: 6, Conversation: otherCall}, messages.RequestMicrophone{Peer: 9}, messages.Settle{Call: 6}),
	)
	if found := unconsented(before); len(found) > 0 {
		t.Fatalf("before: %v", found)
	}
	if found := unconsented(append(before, step(messages.PageShown{}, messages.RequestMicrophone{Peer: 8}))); len(found) != 1 {
		t.Errorf("the session whose microphone failed asks again: %v", found)
	}
}

// TestOneIDForTwoCalls: a far end proposes one session id for two calls, and the user answers by that id. Nobody can tell from
// outside which is meant, so either may begin; a call that was not answered may not.
func TestOneIDForTwoCalls(t *testing.T) {
	t.Parallel()
	const there, unanswered = messages.ConversationID("c2"), messages.ConversationID("c3")
	before := []runtime.Step{
		step(messages.Propose{Session: sid, Conversation: here, From: far}, rings()),
		step(messages.Propose{Session: sid, Conversation: there, From: far}),
		step(messages.Answer{Call: 1, Session: sid}, messages.SendProceed{Session: sid, To: far}, messages.Settle{Call: 1}),
		step(messages.Propose{Session: sid, Conversation: unanswered, From: far}),
	}
	for conversation, want := range map[messages.ConversationID]int{here: 0, there: 0, unanswered: 1} {
		offer := step(messages.Offer{Session: sid, Conversation: conversation, From: far}, messages.CreatePeer{Peer: 7})
		if found := unconsented(append(before[:len(before):len(before)], offer)); len(found) != want {
			t.Errorf("an offer for %s: %v", conversation, found)
		}
	}
}

// unconsented are the violations of the law of consent in a run.
func unconsented(steps []runtime.Step) (found []laws.Violation) {
	o := messages.DefaultOptions()
	o.AutoConnectSessions = false
	c := laws.New(o)
	for _, s := range steps {
		c.Step(s)
	}
	for _, v := range c.Violations() {
		if v.Law == laws.ConsentBeforeMedia {
			found = append(found, v)
		}
	}
	return found
}
