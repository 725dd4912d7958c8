// Package proposal is the statechart of a propose as the streaming layer remembers it, by session id.
//
// The far end repeats a propose until someone proceeds. Whoever proceeds once, proceeds again each time.
// Source: sdk-behaviour 1.5, layer 1.
package proposal

import (
	"time"

	"github.com/hookswitch/hookswitch/fsm"
	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/messages"
)

// The states of a proposal.
const (
	New      fsm.State = "New"
	Offered  fsm.State = "Offered"
	Taken    fsm.State = "Taken"
	Consumed fsm.State = "Consumed"
)

// How long a proposal may wait to be taken, and for its session once it is.
const (
	offeredAtMost = 10 * time.Minute
	takenAtMost   = 2 * time.Minute
)

// Chart is the life of a proposal. docs/statecharts/proposal.md is drawn from it.
var Chart = fsm.New("proposal", "A propose as the streaming layer remembers it, by session id.",
	initial(New),
	in(New, "Just made.",
		on(messages.Invited{}).Do(remember, raise).Enter(Offered).Source("1.5 none/propose")),
	in(Offered, "The far end waits for a proceed.",
		on(messages.Propose{}).Corrected(quirk.ProposalsKept).Do(raise).Enter(Offered),
		on(messages.Propose{}).Quirk(quirk.ProposalsKept).Do(raise).Source("1.5 offered/propose"),
		on(messages.TakeProposal{}).Do(sendProceed).Enter(Taken).Source("1.5 offered/acceptRtcSession"),
		on(messages.ForgetProposal{}).Enter(Consumed).Source("1.5 any/retract").Source("1.5 offered/session-initiate"),
		fsm.After[Data](offeredAtMost).Corrected(quirk.ProposalsKept).Enter(Consumed)),
	in(Taken, "This client has sent its proceed.",
		on(messages.Propose{}).Quirk(quirk.ProceedRepeated).Do(sendProceed).Source("1.5 proceeded/propose"),
		on(messages.Propose{}).Corrected(quirk.ProceedRepeated).If(unsettled).Do(sendProceed, countRepeat),
		on(messages.TakeProposal{}).Do(sendProceed).Source("1.5 proceeded/acceptRtcSession"),
		on(messages.ForgetProposal{}).Enter(Consumed).Source("1.5 any/retract").Source("1.5 proceeded/session-initiate"),
		fsm.After[Data](takenAtMost).Corrected(quirk.ProposalsKept).Do(giveUp).Enter(Consumed),
		ignore("proceed was sent often enough; a peer that goes on asking is not answered", messages.Propose{})),
	final(Consumed, "Withdrawn, or turned into a session."))

// The words of the chart, bound to its data.
var (
	in      = fsm.In[Data]
	initial = fsm.Initial[Data]
	final   = fsm.Final[Data]
	ignore  = fsm.Ignore[Data]
)

func on[E messages.Input](e E) *fsm.Row[Data, E] { return fsm.On[Data](e) }
