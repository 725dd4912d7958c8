// Package order is the statechart of one order about the user's own leg: find the user's participant, then ask the platform.
//
// Source: sdk-behaviour 1.6.3, 1.6.4, 1.6.9, 1.6.10 and 3.6.
package order

import (
	"github.com/hookswitch/hookswitch/fsm"
	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/messages"
)

// The states of an order.
const (
	New      fsm.State = "New"
	Located  fsm.State = "Located"
	Locating fsm.State = "Locating"
	Asking   fsm.State = "Asking"
	Done     fsm.State = "Done"
)

// Chart is the life of an order. docs/statecharts/order.md is drawn from it.
var Chart = fsm.New("order", "One order about the user's own leg: find the participant, then ask the platform.",
	initial(New),
	in(New, "Just made.",
		on(messages.Order{}).If(dialling).Do(note, dial).Enter(Asking).Source("3.6 POST calls"),
		on(messages.Order{}).If(located).Do(note, askLater).Enter(Located).Source("1.6.3 live shared session").Source("1.6.10 setAudioMute").Source("1.6.10 setConversationHeld").Source("1.6.4"),
		on(messages.Order{}).Do(note, locate).Enter(Locating).Source("3.6 GET conversation")),
	in(Located, "The participant is known; what cannot wait goes first.",
		on(messages.AskNow{}).Do(ask).Enter(Asking)),
	in(Locating, "The conversation is being read, to find the user's participant.",
		on(messages.RequestDone{}).If(foundMe).Do(noteMe, askNow).Enter(Asking).Source("1.6.9 step 1"),
		on(messages.RequestDone{}).If(answering).Corrected(quirk.StumblesOverAbsentUser).Do(refuseNobody).Enter(Done),
		on(messages.RequestDone{}).If(declining).Corrected(quirk.StumblesOverAbsentUser).Do(refuseNobody).Enter(Done),
		on(messages.RequestDone{}).If(answering).Quirk(quirk.StumblesOverAbsentUser).Do(failForID).Enter(Done).Source("1.6.3 no participant"),
		on(messages.RequestDone{}).If(declining).Quirk(quirk.StumblesOverAbsentUser).Do(failForPurpose).Enter(Done).Source("1.6.4"),
		on(messages.RequestDone{}).If(muting).Do(announceNobody, refuseMute).Enter(Done).Source("1.6.10 setAudioMute"),
		on(messages.RequestDone{}).If(holding).Do(announceNobody, refuseHold).Enter(Done).Source("1.6.10 setConversationHeld"),
		on(messages.RequestDone{}).Do(announceNobody, tellFailed).Enter(Done).Source("1.6.9 step 1"),
		on(messages.RequestFailed{}).If(mutingFailed).Do(announceHTTP, refuseMuteFailed).Enter(Done).Source("1.6.10 setAudioMute"),
		on(messages.RequestFailed{}).If(holdingFailed).Do(announceHTTP, refuseHoldFailed).Enter(Done).Source("1.6.10 setConversationHeld"),
		on(messages.RequestFailed{}).If(hangingUpFailed).Do(announceHTTP, tellOrderFailed).Enter(Done).Source("1.6.9 step 1"),
		on(messages.RequestFailed{}).Do(announceHTTP, passError).Enter(Done).Source("3.6 errors")),
	in(Asking, "The platform was asked.",
		on(messages.RequestFailed{}).If(diallingFailed).Do(announceHTTP, tellNotPlaced, passError).Enter(Done).Source("3.6 errors"),
		on(messages.RequestDone{}).If(hangingUp).Do(tellDone).Enter(Done).Source("1.6.9 step 2"),
		on(messages.RequestDone{}).If(dialled).Do(tellPlaced, settle).Enter(Done).Source("3.6 POST calls"),
		on(messages.RequestDone{}).Do(settle).Enter(Done).Source("1.6.3 live shared session").Source("1.6.10 setAudioMute"),
		on(messages.RequestFailed{}).If(mutingFailed).Do(announceHTTP, refuseMuteFailed).Enter(Done).Source("1.6.10 setAudioMute"),
		on(messages.RequestFailed{}).If(holdingFailed).Do(announceHTTP, refuseHoldFailed).Enter(Done).Source("1.6.10 setConversationHeld"),
		on(messages.RequestFailed{}).If(hangingUpFailed).Do(announceHTTP, tellOrderFailed).Enter(Done).Source("1.6.9 step 3"),
		on(messages.RequestFailed{}).Do(announceHTTP, passError).Enter(Done).Source("3.6 errors")),
	final(Done, "Settled."))

// The words of the chart, bound to its data.
var (
	in      = fsm.In[Data]
	initial = fsm.Initial[Data]
	final   = fsm.Final[Data]
)

func on[E messages.Input](e E) *fsm.Row[Data, E] { return fsm.On[Data](e) }
