// Package callerrors is the statechart that keeps a storm of call errors from the embedding program: the first is
// announced at once, the rest of a half second as one.
//
// Source: sdk-behaviour section 2 (call-error debounce) and 1.6.8 row 1.
package callerrors

import (
	"time"

	"github.com/hookswitch/hookswitch/fsm"
	"github.com/hookswitch/hookswitch/messages"
)

// The states of the debouncer.
const (
	Quiet      fsm.State = "Quiet"
	Hushed     fsm.State = "Hushed"
	Collecting fsm.State = "Collecting"
)

// hush is how long after a call error the next is held back.
const hush = 500 * time.Millisecond

// Data: the debouncer remembers nothing; one serves all conversations.
type Data struct{}

// Chart is the life of the debouncer. docs/statecharts/callErrors.md is drawn from it.
var Chart = fsm.New("callErrors", "Keeps a storm of call errors from the embedding program.",
	fsm.Initial[Data](Quiet),
	fsm.In[Data](Quiet, "No error in the last half second.",
		on(messages.CallErred{}).Do(announce).Enter(Hushed).Source("2 call-error debounce").Source("1.6.8 row 1")),
	fsm.In[Data](Hushed, "One error was announced just now.",
		on(messages.CallErred{}).Enter(Collecting).Source("2 call-error debounce"),
		fsm.After[Data](hush).Enter(Quiet)),
	fsm.In[Data](Collecting, "More errors came; the last stands for them.",
		on(messages.CallErred{}).Enter(Collecting).Source("2 call-error debounce"),
		fsm.After[Data](hush).Do(announceTrailing).Enter(Quiet)))

func on[E messages.Input](e E) *fsm.Row[Data, E] { return fsm.On[Data](e) }

func announce(d Data, _ messages.CallErred) (Data, messages.Acts) { return d, callError() }

func announceTrailing(d Data, _ messages.TimerFired) (Data, messages.Acts) { return d, callError() }

func callError() messages.Acts {
	return messages.Refused(0, messages.ErrCall, "Call error has occurred")
}
