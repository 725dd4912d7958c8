// Package watchdog is the statechart that finds out, after a sleep of the machine, that a session's peer connection died
// without a word.
//
// Source: sdk-behaviour 1.7 (2 s watchdog) and section 2 (session/PC sync watchdog).
package watchdog

import (
	"time"

	"github.com/hookswitch/hookswitch/fsm"
	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/messages"
)

// The states of a watchdog.
const (
	Off      fsm.State = "Off"
	Watching fsm.State = "Watching"
	Retired  fsm.State = "Retired"
)

// period is how often the watchdog looks; a look that comes more than another period late means that the machine slept.
const period = 2 * time.Second

// Data is what a watchdog remembers.
type Data struct {
	Ref   messages.Ref       `json:"ref"`
	Phase messages.PeerPhase `json:"phase,omitempty"`
}

// Chart is the life of a watchdog. docs/statecharts/watchdog.md is drawn from it.
var Chart = fsm.New("watchdog", "Finds out, after a sleep, that a peer connection died without a word.",
	fsm.Initial[Data](Off),
	fsm.In[Data](Off, "The peer connection was never connected.",
		on(messages.OpenSession{}).Do(note),
		on(messages.PeerConnectionChanged{}).If(connected).Do(notePhase).Enter(Watching).Source("2 watchdog"),
		on(messages.PeerConnectionChanged{}).Do(notePhase),
		on(messages.CloseMedia{}).Enter(Retired)),
	fsm.In[Data](Watching, "It was connected.",
		on(messages.PeerConnectionChanged{}).If(connected).Do(notePhase).Enter(Watching).Source("2 watchdog"),
		on(messages.PeerConnectionChanged{}).Do(notePhase),
		on(messages.CloseMedia{}).Quirk(quirk.WatchdogOutlivesSession).Do(noteClosed),
		on(messages.CloseMedia{}).Corrected(quirk.WatchdogOutlivesSession).Enter(Retired),
		fsm.After[Data](period).If(late).If(dead).Do(lose).Enter(Watching).Source("1.7 watchdog"),
		fsm.After[Data](period).Enter(Watching).Source("2 watchdog")),
	fsm.In[Data](Retired, "The peer connection is closed; there is nothing to watch.",
		fsm.Ignore[Data]("it is closed", messages.PeerConnectionChanged{}, messages.CloseMedia{})))

func on[E messages.Input](e E) *fsm.Row[Data, E] { return fsm.On[Data](e) }

func connected(_ Data, e messages.PeerConnectionChanged) bool {
	return e.State == messages.PeerConnected
}

func late(_ Data, e messages.TimerFired) bool { return e.Late > period }

func dead(d Data, _ messages.TimerFired) bool {
	return d.Phase == messages.PeerFailed || d.Phase == messages.PeerClosed
}

func note(d Data, e messages.OpenSession) (Data, messages.Acts) {
	d.Ref = e.Ref
	return d, nil
}

func notePhase(d Data, e messages.PeerConnectionChanged) (Data, messages.Acts) {
	d.Phase = e.State
	return d, nil
}

func noteClosed(d Data, _ messages.CloseMedia) (Data, messages.Acts) {
	d.Phase = messages.PeerClosed
	return d, nil
}

func lose(d Data, _ messages.TimerFired) (Data, messages.Acts) {
	return d, messages.Acts{messages.Tell{To: d.Ref, Msg: messages.MediaLost{Reason: "success", Late: true}}}
}
