// Package pinger is the statechart of the client's own pings, which find out that the stream is dead.
//
// Source: sdk-behaviour section 2 (client ping period, tolerated missed pings, XMPP IQ response).
package pinger

import (
	"time"

	"github.com/hookswitch/hookswitch/fsm"
	"github.com/hookswitch/hookswitch/messages"
)

// The states of the pinger.
const (
	Off     fsm.State = "Off"
	On      fsm.State = "On"
	Resting fsm.State = "Resting"
	Pinging fsm.State = "Pinging"
)

const (
	period     = 14 * time.Second // after the previous answer
	patience   = 15 * time.Second // for an answer
	toleration = 1                // missed pings that are forgiven
)

// Data counts the missed pings.
type Data struct {
	Missed int `json:"missed,omitempty"`
}

// Chart is the life of the pinger. docs/statecharts/pinger.md is drawn from it.
var Chart = fsm.New("pinger", "The client's own pings, which find out that the stream is dead.",
	fsm.Initial[Data](Off),
	fsm.In[Data](Off, "Nobody pings.",
		on(messages.StartPinging{}).Do(forgive).Enter(Resting),
		fsm.Ignore[Data]("nobody pings", messages.StopPinging{}, messages.IQAnswered{})),
	fsm.In[Data](On, "The stream is up.",
		fsm.Initial[Data](Resting),
		on(messages.StopPinging{}).Enter(Off),
		on(messages.StartPinging{}).Do(forgive).Enter(Resting),
		fsm.In[Data](Resting, "The server has answered; a while later it is asked again.",
			fsm.After[Data](period).Do(ping).Enter(Pinging).Source("2 client ping period"),
			fsm.Ignore[Data]("the answer came too late to count", messages.IQAnswered{})),
		fsm.In[Data](Pinging, "The server was asked.",
			on(messages.IQAnswered{}).If(answered).Do(forgiveAnswered).Enter(Resting).Source("2 client ping period"),
			on(messages.IQAnswered{}).If(tolerated).Do(count).Enter(Resting).Source("2 tolerated missed pings"),
			on(messages.IQAnswered{}).Do(giveUp).Enter(Off).Source("2 tolerated missed pings"),
			fsm.After[Data](patience).If(toleratedLate).Do(countLate).Enter(Resting).Source("2 tolerated missed pings"),
			fsm.After[Data](patience).Do(giveUpLate).Enter(Off).Source("2 tolerated missed pings"))))

func on[E messages.Input](e E) *fsm.Row[Data, E] { return fsm.On[Data](e) }

func answered(_ Data, e messages.IQAnswered) bool      { return e.Condition == "" }
func tolerated(d Data, _ messages.IQAnswered) bool     { return d.Missed < toleration }
func toleratedLate(d Data, _ messages.TimerFired) bool { return d.Missed < toleration }

func forgive(d Data, _ messages.StartPinging) (Data, messages.Acts) { d.Missed = 0; return d, nil }

func forgiveAnswered(d Data, _ messages.IQAnswered) (Data, messages.Acts) {
	d.Missed = 0
	return d, nil
}

func ping(d Data, _ messages.TimerFired) (Data, messages.Acts) {
	return d, messages.Acts{messages.SendPing{}}
}

func count(d Data, _ messages.IQAnswered) (Data, messages.Acts)     { d.Missed++; return d, nil }
func countLate(d Data, _ messages.TimerFired) (Data, messages.Acts) { d.Missed++; return d, nil }

func giveUp(d Data, _ messages.IQAnswered) (Data, messages.Acts)     { return d, lost() }
func giveUpLate(d Data, _ messages.TimerFired) (Data, messages.Acts) { return d, lost() }

func lost() messages.Acts {
	return messages.Acts{messages.Tell{To: messages.ConnectionActor, Msg: messages.PingsLost{}}}
}
