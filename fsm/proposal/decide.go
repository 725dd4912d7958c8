package proposal

import (
	"github.com/hookswitch/hookswitch/fsm"
	"github.com/hookswitch/hookswitch/messages"
)

// Data is what a proposal remembers: the first propose, whatever later ones say.
type Data struct {
	Ref     messages.Ref     `json:"ref"`
	Propose messages.Propose `json:"propose"`
	Repeats int              `json:"repeats,omitempty"`
}

// repeatsMax is how often proceed is repeated for a peer that repeats its propose (attacks.md G7).
const repeatsMax = 8

// View is what the root knows of a proposal.
func View(s fsm.Snapshot[Data]) messages.Input {
	return messages.ProposalView{Ref: s.Data.Ref, Propose: s.Data.Propose, Taken: s.State == Taken, Gone: s.State == Consumed}
}

func unsettled(d Data, _ messages.Propose) bool { return d.Repeats < repeatsMax }

func remember(d Data, e messages.Invited) (Data, messages.Acts) {
	d.Ref, d.Propose = e.Ref, e.Propose
	if d.Propose.OriginalRoom == "" {
		d.Propose.OriginalRoom = d.Propose.From
	}
	return d, nil
}

func raise[E messages.Input](d Data, _ E) (Data, messages.Acts) {
	return d, messages.Acts{messages.Tell{To: messages.Root, Msg: messages.Invited{Propose: d.Propose}}}
}

func sendProceed[E messages.Input](d Data, _ E) (Data, messages.Acts) {
	return d, messages.Acts{messages.SendProceed{Session: d.Propose.Session, To: d.Propose.From}}
}

func countRepeat(d Data, _ messages.Propose) (Data, messages.Acts) {
	d.Repeats++
	return d, nil
}

// giveUp: its session never came, so nobody need wait for it.
func giveUp(d Data, _ messages.TimerFired) (Data, messages.Acts) {
	return d, messages.Acts{messages.Tell{To: messages.Root, Msg: messages.PendingCancelled{Session: d.Propose.Session}}}
}
