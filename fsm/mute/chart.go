// Package mute is the statechart of one region of a conversation: whether the user's leg is muted, as the platform
// confirms it. Asking is not having: a request is confirmed by a notification, or rolled back by a refusal.
//
// It orders and announces nothing: what it knows is shown by the ladder and by Cell.Actors, where a program that draws a
// button sees a request that is on its way.
//
// Source: sdk-behaviour 1.6.10.
package mute

import (
	"github.com/hookswitch/hookswitch/fsm"
	"github.com/hookswitch/hookswitch/messages"
)

// The states of the region.
const (
	Unmuted         fsm.State = "Unmuted"
	MuteRequested   fsm.State = "MuteRequested"
	Muted           fsm.State = "Muted"
	UnmuteRequested fsm.State = "UnmuteRequested"
)

// Data: the region remembers nothing but its state.
type Data struct{}

// Chart is the life of the region. docs/statecharts/mute.md is drawn from it.
var Chart = fsm.New("mute", "Whether the user's leg is muted: asked for, confirmed, rolled back.",
	fsm.Initial[Data](Unmuted),
	fsm.In[Data](Unmuted, "It is not muted.",
		on(messages.MuteOrdered{}).If(asked).Enter(MuteRequested).Source("1.6.10 setAudioMute"),
		on(messages.MuteSeen{}).If(seen).Enter(Muted).Source("1.6.8 row 4"),
		fsm.Ignore[Data]("it is so already", messages.MuteOrdered{}, messages.MuteSeen{}),
		fsm.Ignore[Data]("nothing was asked", messages.MuteRefused{})),
	fsm.In[Data](MuteRequested, "The platform was asked; it has not confirmed.",
		on(messages.MuteSeen{}).If(seen).Enter(Muted).Source("1.6.8 row 4"),
		on(messages.MuteRefused{}).Enter(Unmuted).Source("1.6.10 setAudioMute"),
		on(messages.MuteOrdered{}).Unless(asked).Enter(UnmuteRequested).Source("1.6.10 setAudioMute"),
		fsm.Ignore[Data]("it was asked already", messages.MuteOrdered{}),
		fsm.Ignore[Data]("that was before the request", messages.MuteSeen{})),
	fsm.In[Data](Muted, "It is muted.",
		on(messages.MuteOrdered{}).Unless(asked).Enter(UnmuteRequested).Source("1.6.10 setAudioMute"),
		on(messages.MuteSeen{}).Unless(seen).Enter(Unmuted).Source("1.6.8 row 4"),
		fsm.Ignore[Data]("it is so already", messages.MuteOrdered{}, messages.MuteSeen{}),
		fsm.Ignore[Data]("nothing was asked", messages.MuteRefused{})),
	fsm.In[Data](UnmuteRequested, "The platform was asked to undo it; it has not confirmed.",
		on(messages.MuteSeen{}).Unless(seen).Enter(Unmuted).Source("1.6.8 row 4"),
		on(messages.MuteRefused{}).Enter(Muted).Source("1.6.10 setAudioMute"),
		on(messages.MuteOrdered{}).If(asked).Enter(MuteRequested).Source("1.6.10 setAudioMute"),
		fsm.Ignore[Data]("it was asked already", messages.MuteOrdered{}),
		fsm.Ignore[Data]("that was before the request", messages.MuteSeen{})))

func on[E messages.Input](e E) *fsm.Row[Data, E] { return fsm.On[Data](e) }

func asked(_ Data, e messages.MuteOrdered) bool { return e.Muted }
func seen(_ Data, e messages.MuteSeen) bool     { return e.Muted }
