// Package invitation is the statechart of an invitation: a propose that reached the client, or its mocked twin, which a
// notification makes when the call is to be heard on the shared session.
//
// Source: sdk-behaviour 1.4 (onPropose, onCancel, onHandled), 1.6.2, 1.6.3, 1.6.4 and row 5a of 1.6.8.
package invitation

import (
	"github.com/hookswitch/hookswitch/fsm"
	"github.com/hookswitch/hookswitch/messages"
)

// The states of an invitation.
const (
	New        fsm.State = "New"
	Open       fsm.State = "Open"
	Silent     fsm.State = "Silent"
	Ringing    fsm.State = "Ringing"
	Proceeding fsm.State = "Proceeding"
	Ordered    fsm.State = "Ordered"
	Settled    fsm.State = "Settled"
)

// Chart is the life of an invitation. docs/statecharts/invitation.md is drawn from it.
var Chart = fsm.New("invitation", "A propose that reached the client, or its mocked twin.",
	initial(New),
	in(New, "Just made.",
		on(messages.Invited{}).If(swallowed).Do(remember).Enter(Silent).Source("1.6.2 priv none"),
		on(messages.Invited{}).If(eager).Do(remember, wantProceed).Enter(Silent).Source("1.6.2 priv auto"),
		on(messages.Invited{}).If(autoAnswered).Do(remember, announce, wantProceed).Enter(Ringing).
			Source("1.6.2 auto answer").Source("1.6.2 priv event auto answer"),
		on(messages.Invited{}).Do(remember, announce).Enter(Ringing).
			Source("1.6.2 no auto answer").Source("1.6.2 disableAutoAnswer").Source("1.6.2 priv event"),
		on(messages.Ring{}).Do(mock, announce).Enter(Ringing).Source("1.6.8 row 5a")),
	in(Open, "Somebody may still take it.",
		initial(Ringing),
		in(Silent, "A private call: nobody was told of it.",
			on(messages.ProceedNow{}).If(shared).Do(orderAnswer).Enter(Ordered),
			on(messages.ProceedNow{}).Do(takeProposal).Enter(Proceeding).Source("1.6.3 otherwise")),
		in(Ringing, "The user was told and has not answered.",
			on(messages.ProceedNow{}).If(shared).Do(orderAnswer).Enter(Ordered).Source("1.6.3 live shared session"),
			on(messages.ProceedNow{}).Do(takeProposal).Enter(Proceeding).Source("1.6.3 otherwise")),
		in(Proceeding, "Proceed was sent; the session is on its way.",
			on(messages.ProceedNow{}).If(shared).Do(orderAnswer).Enter(Ordered),
			on(messages.ProceedNow{}).Do(takeProposal).Source("1.6.3 otherwise")),
		in(Ordered, "The answer was ordered by REST.",
			on(messages.ProceedNow{}).If(shared).Do(orderAnswer).Source("1.6.3 live shared session"),
			on(messages.ProceedNow{}).Do(takeProposal).Source("1.6.3 otherwise"),
			on(messages.InvitedAgain{}).Unless(sameSession).Do(rename, wantProceed).Source("1.4 onPropose accepted")),
		on(messages.InvitedAgain{}).Unless(sameSession).Do(rename).Source("1.4 onPropose not accepted"),
		on(messages.DeclineNow{}).Do(orderDecline).Source("1.6.4"),
		on(messages.InvitationHandled{}).Do(announceHandled).Enter(Settled).Source("1.4 onHandledPendingSession"),
		on(messages.InvitationCancelled{}).Do(announceCancelled).Enter(Settled).Source("1.4 onCancelPendingSession"),
		ignore("the far end repeats its propose until it is taken", messages.InvitedAgain{})),
	final(Settled, "Taken by some client, or withdrawn; the embedding program was told."))

// The words of the chart, bound to its data.
var (
	in      = fsm.In[Data]
	initial = fsm.Initial[Data]
	final   = fsm.Final[Data]
	ignore  = fsm.Ignore[Data]
)

func on[E messages.Input](e E) *fsm.Row[Data, E] { return fsm.On[Data](e) }
