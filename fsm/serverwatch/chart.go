// Package serverwatch is the statechart that waits for the server's own pings, where the server has agreed to ping.
//
// Source: sdk-behaviour section 2 (server-monitor silence).
package serverwatch

import (
	"time"

	"github.com/hookswitch/hookswitch/fsm"
	"github.com/hookswitch/hookswitch/messages"
)

// The states of the watch.
const (
	Off       fsm.State = "Off"
	Listening fsm.State = "Listening"
)

// silence is how long nothing may come from the server.
const silence = 70 * time.Second

// Data: the watch remembers nothing.
type Data struct{}

// Chart is the life of the watch. docs/statecharts/serverWatch.md is drawn from it.
var Chart = fsm.New("serverWatch", "Waits for the server's own pings.",
	fsm.Initial[Data](Off),
	fsm.In[Data](Off, "The server does not ping.",
		on(messages.WatchServer{}).Enter(Listening).Source("2 server-monitor silence"),
		fsm.Ignore[Data]("nobody listens", messages.FrameSeen{}, messages.StopPinging{})),
	fsm.In[Data](Listening, "Something must come from the server now and then.",
		on(messages.FrameSeen{}).Enter(Listening).Source("2 server-monitor silence"),
		on(messages.WatchServer{}).Enter(Listening),
		on(messages.StopPinging{}).Enter(Off),
		fsm.After[Data](silence).Do(giveUp).Enter(Off).Source("2 server-monitor silence")))

func on[E messages.Input](e E) *fsm.Row[Data, E] { return fsm.On[Data](e) }

func giveUp(d Data, _ messages.TimerFired) (Data, messages.Acts) {
	return d, messages.Acts{messages.Tell{To: messages.ConnectionActor, Msg: messages.PingsLost{}}}
}
