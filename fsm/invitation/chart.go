// Package invitation is the statechart of an invitation: a propose that reached the client, or its mocked twin, which a
// notification makes when the call is to be heard on the shared session.
//
// Source: sdk-behaviour 1.4 (onPropose, onCancel, onHandled), 1.6.2, 1.6.3, 1.6.4 and row 5a of 1.6.8.
package invitation

import (
	"time"

	"github.com/hookswitch/hookswitch/fsm"
	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/messages"
)

// The states of an invitation.
const (
	New          fsm.State = "New"
	Open         fsm.State = "Open"
	AwaitingDial fsm.State = "AwaitingDial"
	Silent       fsm.State = "Silent"
	Ringing      fsm.State = "Ringing"
	Proceeding   fsm.State = "Proceeding"
	Ordered      fsm.State = "Ordered"
	Settled      fsm.State = "Settled"
)

// dialWait is how long a propose waits for the answer of a call that is being placed; ringsAtMost is how long anything may
// ring (design section 6).
const (
	dialWait    = 30 * time.Second
	ringsAtMost = 10 * time.Minute
)

// Chart is the life of an invitation. docs/statecharts/invitation.md is drawn from it.
var Chart = fsm.New("invitation", "A propose that reached the client, or its mocked twin.",
	initial(New),
	in(New, "Just made.",
		on(messages.Invited{}).If(swallowed).Do(remember).Enter(Silent).Source("1.6.2 priv none"),
		on(messages.Invited{}).If(eager).Quirk(quirk.EagerAnywhere).Do(remember, wantProceed).Enter(Silent).Source("1.6.2 priv auto"),
		on(messages.Invited{}).If(eager).Corrected(quirk.EagerAnywhere).If(persistent).Do(remember, wantProceed).Enter(Silent),
		on(messages.Invited{}).If(autoAnswered).Quirk(quirk.AutoAnswerFromWire).Do(remember, announce, wantProceed).Enter(Ringing).
			Source("1.6.2 auto answer").Source("1.6.2 priv event auto answer"),
		on(messages.Invited{}).If(autoAnswered).Corrected(quirk.AutoAnswerFromWire).If(consented).Do(remember, announce, wantProceed).Enter(Ringing),
		on(messages.Invited{}).If(autoAnswered).Corrected(quirk.AutoAnswerFromWire).If(dialling).Do(remember).Enter(AwaitingDial),
		on(messages.Invited{}).Do(remember, announce).Enter(Ringing).
			Source("1.6.2 no auto answer").Source("1.6.2 disableAutoAnswer").Source("1.6.2 priv event"),
		on(messages.Ring{}).Do(mock, announce).Enter(Ringing).Source("1.6.8 row 5a")),
	in(AwaitingDial, "It may be the call that is being placed: the platform has not said so yet.",
		on(messages.CallPlaced{}).If(placedThis).Do(announce, wantProceed).Enter(Ringing),
		on(messages.CallPlaced{}).If(placedLast).Do(announce).Enter(Ringing),
		fsm.AfterInPlace[Data](dialWait).Do(announce).Enter(Ringing),
		on(messages.InvitationHandled{}).Enter(Settled),
		on(messages.InvitationCancelled{}).Enter(Settled),
		on(messages.InvitedAgain{}).Do(rename),
		on(messages.ProceedNow{}).Do(announce, takeProposal).Enter(Proceeding),
		on(messages.DeclineNow{}).Do(announce, orderDecline).Enter(Ringing),
		ignore("other calls are being placed", messages.CallPlaced{})),
	in(Open, "Somebody may still take it.",
		initial(Ringing),
		in(Silent, "A private call: nobody was told of it.",
			on(messages.ProceedNow{}).If(shared).Do(orderAnswer).Enter(Ordered),
			on(messages.ProceedNow{}).Do(takeProposal).Enter(Proceeding).Source("1.6.3 otherwise")),
		in(Ringing, "The user was told and has not answered.",
			on(messages.ProceedNow{}).If(shared).Do(orderAnswer).Enter(Ordered).Source("1.6.3 live shared session"),
			on(messages.ProceedNow{}).Do(takeProposal).Enter(Proceeding).Source("1.6.3 otherwise"),
			on(messages.InvitedAgain{}).If(dialledHere).Unless(sameSession).Corrected(quirk.AutoAnswerFromWire).Do(rename, wantProceed)),
		in(Proceeding, "Proceed was sent; the session is on its way.",
			on(messages.ProceedNow{}).If(shared).Do(orderAnswer).Enter(Ordered),
			on(messages.ProceedNow{}).Do(takeProposal).Source("1.6.3 otherwise"),
			on(messages.InvitedAgain{}).Unless(sameSession).If(unannounced).Corrected(quirk.PendingsOutliveCalls).Do(inviteAnew).Enter(Settled),
			on(messages.InvitedAgain{}).Unless(sameSession).Corrected(quirk.PendingsOutliveCalls).Do(announceLost, inviteAnew).Enter(Settled)),
		in(Ordered, "The answer was ordered by REST.",
			on(messages.ProceedNow{}).If(shared).Do(orderAnswer).Source("1.6.3 live shared session"),
			on(messages.ProceedNow{}).Corrected(quirk.ProceedRepeated).Do(takeProposal).Enter(Proceeding),
			on(messages.ProceedNow{}).Quirk(quirk.ProceedRepeated).Do(takeProposal).Source("1.6.3 otherwise"),
			on(messages.InvitedAgain{}).Unless(sameSession).Do(rename, wantProceed).Source("1.4 onPropose accepted")),
		on(messages.InvitedAgain{}).Unless(sameSession).Do(rename).Source("1.4 onPropose not accepted"),
		on(messages.DeclineNow{}).Do(orderDecline).Source("1.6.4"),
		fsm.AfterInPlace[Data](ringsAtMost).Corrected(quirk.PendingsOutliveCalls).Do(announceExpired).Enter(Settled),
		on(messages.InvitationHandled{}).If(unannounced).Corrected(quirk.HandledNeedsEcho).Enter(Settled),
		on(messages.InvitationHandled{}).Do(announceHandled).Enter(Settled).Source("1.4 onHandledPendingSession"),
		on(messages.InvitationCancelled{}).If(unannounced).Corrected(quirk.HandledNeedsEcho).Enter(Settled),
		on(messages.InvitationCancelled{}).Do(announceCancelled).Enter(Settled).Source("1.4 onCancelPendingSession"),
		ignore("the far end repeats its propose until it is taken", messages.InvitedAgain{}),
		ignore("it rings already, whoever placed it", messages.CallPlaced{})),
	final(Settled, "Taken by some client, or withdrawn; the embedding program was told."))

// The words of the chart, bound to its data.
var (
	in      = fsm.In[Data]
	initial = fsm.Initial[Data]
	final   = fsm.Final[Data]
	ignore  = fsm.Ignore[Data]
)

func on[E messages.Input](e E) *fsm.InPlace[Data, E] { return fsm.OnInPlace[Data](e) }
