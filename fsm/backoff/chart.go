// Package backoff is the statechart of the reconnect delay that is remembered from one connect to the next: it doubles
// with each failure, halves while the stream is up, and is forgotten after an hour.
//
// Source: sdk-behaviour section 2 (initial / minimal reconnect delay).
package backoff

import (
	"time"

	"github.com/hookswitch/hookswitch/fsm"
	"github.com/hookswitch/hookswitch/messages"
)

// The states of the remembered delay.
const (
	Forgotten  fsm.State = "Forgotten"
	Remembered fsm.State = "Remembered"
	Kept       fsm.State = "Kept"
	Due        fsm.State = "Due"
)

const (
	forgetAfter = time.Hour
	keepFactor  = 5               // a delay is kept for five times itself before it halves
	smallest    = 2 * time.Second // below it there is nothing to remember
)

// Data is the remembered delay.
type Data struct {
	Delay     time.Duration `json:"delay,omitempty"`
	Connected bool          `json:"connected,omitempty"`
}

// Chart is the life of the remembered delay. docs/statecharts/backoff.md is drawn from it.
var Chart = fsm.New("backoff", "The reconnect delay that is remembered from one connect to the next.",
	fsm.Initial[Data](Forgotten),
	fsm.In[Data](Forgotten, "Nothing failed of late.",
		on(messages.BackoffRaised{}).Do(raise).Enter(Kept).Source("2 reconnect delay")),
	fsm.In[Data](Remembered, "Something failed.",
		fsm.Initial[Data](Kept),
		fsm.After[Data](forgetAfter).Do(forget).Enter(Forgotten).Source("2 reconnect delay"),
		on(messages.BackoffRaised{}).Do(raise).Enter(Remembered).Source("2 reconnect delay"),
		fsm.In[Data](Kept, "The delay is not to be halved yet.",
			fsm.AfterDelay(keep).If(connected).If(tooSmall).Do(forget).Enter(Forgotten).Source("2 reconnect delay"),
			fsm.AfterDelay(keep).If(connected).Do(halve).Enter(Kept).Source("2 reconnect delay"),
			fsm.AfterDelay(keep).Enter(Due)),
		fsm.In[Data](Due, "It is to be halved as soon as the stream is up.",
			on(messages.BackoffConnected{}).If(tooSmallNow).Do(noteConnected, forgetNow).Enter(Forgotten).Source("2 reconnect delay"),
			on(messages.BackoffConnected{}).Do(noteConnected, halveNow).Enter(Kept).Source("2 reconnect delay"))),
	on(messages.BackoffConnected{}).Do(noteConnected),
	on(messages.BackoffSuspended{}).Do(noteSuspended))

func on[E messages.Input](e E) *fsm.Row[Data, E] { return fsm.On[Data](e) }

func keep(d Data) time.Duration { return keepFactor * d.Delay }

func connected(d Data, _ messages.TimerFired) bool         { return d.Connected }
func tooSmall(d Data, _ messages.TimerFired) bool          { return d.Delay/2 < smallest }
func tooSmallNow(d Data, _ messages.BackoffConnected) bool { return d.Delay/2 < smallest }

func raise(d Data, e messages.BackoffRaised) (Data, messages.Acts) {
	d.Delay = e.Delay
	return d, nil
}

func noteConnected(d Data, _ messages.BackoffConnected) (Data, messages.Acts) {
	d.Connected = true
	return d, nil
}

func noteSuspended(d Data, _ messages.BackoffSuspended) (Data, messages.Acts) {
	d.Connected = false
	return d, nil
}

func forget(d Data, _ messages.TimerFired) (Data, messages.Acts)          { return d.remember(0) }
func forgetNow(d Data, _ messages.BackoffConnected) (Data, messages.Acts) { return d.remember(0) }
func halve(d Data, _ messages.TimerFired) (Data, messages.Acts)           { return d.remember(d.Delay / 2) }
func halveNow(d Data, _ messages.BackoffConnected) (Data, messages.Acts) {
	return d.remember(d.Delay / 2)
}

func (d Data) remember(delay time.Duration) (Data, messages.Acts) {
	d.Delay = delay
	return d, messages.Acts{messages.Tell{To: messages.ConnectionActor, Msg: messages.RememberDelay{Delay: delay}}}
}
