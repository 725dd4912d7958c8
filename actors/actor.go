package actors

import (
	"github.com/asynkron/protoactor-go/actor"

	"github.com/hookswitch/hookswitch/fsm"
	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/messages"
)

// Cell is what an actor needs of the cell that it lives in.
type Cell interface {
	// Quirks are those of the cell's profile.
	Quirks() quirk.Set
	// Stepping says that a machine is about to change: the cell can take it back, and knows whom to blame for a panic. It
	// lends what the step is to be noted in, until Decided.
	Stepping(a *Actor, m Machine) *fsm.Outcome
	// Decided hands over one step of one machine. Told, if not nil, is the view that the root is told before out.Acts.
	Decided(a *Actor, in messages.Input, out *fsm.Outcome, told messages.Input)
	// Lost says that no machine of the actor knows the input.
	Lost(a *Actor, in messages.Input)
}

// Actor is one actor of a cell. It does what its machines decide, and nothing of its own.
type Actor struct {
	Ref messages.Ref
	// Shown has bit i set once machine i has stepped, and so has shown the root its view.
	Shown    uint32
	Kind     string
	Machines []Machine
	Cell     Cell
}

// Receive takes a message from protoactor. Messages about the actor's own life mean nothing to charts.
func (a *Actor) Receive(ctx actor.Context) {
	if in, ok := ctx.Message().(messages.Input); ok {
		a.Handle(in)
	}
}

// Handle lets each machine that knows the input decide, in their order. Receive is for protoactor; whoever runs actors without
// it calls this.
func (a *Actor) Handle(in messages.Input) {
	known := false
	for i, m := range a.Machines {
		if m.Knows(in) {
			known = true
			a.step(i, m, in)
		}
	}
	if !known {
		a.Cell.Lost(a, in)
	}
}

// step lets one machine decide. Its view is told when it is another one than that of before, or the first.
func (a *Actor) step(i int, m Machine, in messages.Input) {
	out := a.Cell.Stepping(a, m)
	shows := a.Ref != messages.Root
	var before, told messages.Input
	if shows && a.Shown&(1<<i) != 0 {
		before = m.View()
	}
	m.Step(a.Cell.Quirks(), in, out)
	if shows {
		a.Shown |= 1 << i
		if after := m.View(); after != before {
			told = after
		}
	}
	if m.Ended() {
		out.Acts = append(out.Acts, messages.Stop{Ref: a.Ref})
	}
	a.Cell.Decided(a, in, out, told)
}
