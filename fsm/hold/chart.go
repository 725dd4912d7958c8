// Package hold is the statechart of one region of a conversation: whether the user's leg is held, as the platform
// confirms it. Asking is not having: a request is confirmed by a notification, or rolled back by a refusal.
//
// It orders and announces nothing: what it knows is shown by the ladder and by Cell.Actors, where a program that draws a
// button sees a request that is on its way.
//
// Source: sdk-behaviour 1.6.10.
package hold

import (
	"github.com/hookswitch/hookswitch/fsm"
	"github.com/hookswitch/hookswitch/messages"
)

// The states of the region.
const (
	Retrieved         fsm.State = "Retrieved"
	HoldRequested     fsm.State = "HoldRequested"
	Held              fsm.State = "Held"
	RetrieveRequested fsm.State = "RetrieveRequested"
)

// Data: the region remembers nothing but its state.
type Data struct{}

// Chart is the life of the region. docs/statecharts/hold.md is drawn from it.
var Chart = fsm.New("hold", "Whether the user's leg is held: asked for, confirmed, rolled back.",
	fsm.Initial[Data](Retrieved),
	fsm.In[Data](Retrieved, "It is not held.",
		on(messages.HoldOrdered{}).If(asked).Enter(HoldRequested).Source("1.6.10 setConversationHeld"),
		on(messages.HoldSeen{}).If(seen).Enter(Held).Source("1.6.8 row 4"),
		fsm.Ignore[Data]("it is so already", messages.HoldOrdered{}, messages.HoldSeen{}),
		fsm.Ignore[Data]("nothing was asked", messages.HoldRefused{})),
	fsm.In[Data](HoldRequested, "The platform was asked; it has not confirmed.",
		on(messages.HoldSeen{}).If(seen).Enter(Held).Source("1.6.8 row 4"),
		on(messages.HoldRefused{}).Enter(Retrieved).Source("1.6.10 setConversationHeld"),
		on(messages.HoldOrdered{}).Unless(asked).Enter(RetrieveRequested).Source("1.6.10 setConversationHeld"),
		fsm.Ignore[Data]("it was asked already", messages.HoldOrdered{}),
		fsm.Ignore[Data]("that was before the request", messages.HoldSeen{})),
	fsm.In[Data](Held, "It is held.",
		on(messages.HoldOrdered{}).Unless(asked).Enter(RetrieveRequested).Source("1.6.10 setConversationHeld"),
		on(messages.HoldSeen{}).Unless(seen).Enter(Retrieved).Source("1.6.8 row 4"),
		fsm.Ignore[Data]("it is so already", messages.HoldOrdered{}, messages.HoldSeen{}),
		fsm.Ignore[Data]("nothing was asked", messages.HoldRefused{})),
	fsm.In[Data](RetrieveRequested, "The platform was asked to undo it; it has not confirmed.",
		on(messages.HoldSeen{}).Unless(seen).Enter(Retrieved).Source("1.6.8 row 4"),
		on(messages.HoldRefused{}).Enter(Held).Source("1.6.10 setConversationHeld"),
		on(messages.HoldOrdered{}).If(asked).Enter(HoldRequested).Source("1.6.10 setConversationHeld"),
		fsm.Ignore[Data]("it was asked already", messages.HoldOrdered{}),
		fsm.Ignore[Data]("that was before the request", messages.HoldSeen{})))

func on[E messages.Input](e E) *fsm.Row[Data, E] { return fsm.On[Data](e) }

func asked(_ Data, e messages.HoldOrdered) bool { return e.Held }
func seen(_ Data, e messages.HoldSeen) bool     { return e.Held }
