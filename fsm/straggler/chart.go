// Package straggler is the statechart of a login that has lost its stream after it was bound and before it was up, and of
// which the SDK does not let go: it runs beside the login that follows. One such login at a time is looked after.
//
// Source: sdk-behaviour 1.2, and the recordings directed/262 to 265.
package straggler

import (
	"time"

	"github.com/hookswitch/hookswitch/fsm"
	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/messages"
)

// The states of the login.
const (
	Away    fsm.State = "Away"
	Waiting fsm.State = "Waiting"
	Pausing fsm.State = "Pausing"
)

const patience = 15 * time.Second // for the answers that a login needs

// Data is how the login was cut, if it was.
type Data struct {
	Cut *messages.LoginCut `json:"cut,omitempty"`
}

// Chart is the life of the login. docs/statecharts/straggler.md is drawn from it.
var Chart = fsm.New("straggler", "A login that has lost its stream before it was up, and goes on beside the next one.",
	fsm.Initial[Data](Away),
	fsm.In[Data](Away, "There is none.",
		on(messages.LoginWaits{}).Do(begin).Enter(Waiting),
		fsm.Ignore[Data]("no login is looked after", messages.LoginOver{}, messages.LoginCut{}, messages.Connect{})),
	fsm.In[Data](Waiting, "A login waits for an answer, on its stream or without it.",
		on(messages.LoginWaits{}).Unless(goesOn).Do(begin).Enter(Waiting),
		on(messages.LoginWaits{}),
		on(messages.LoginOver{}).Unless(stillWaits).Enter(Away),
		on(messages.LoginOver{}),
		on(messages.LoginCut{}).Unless(cutBefore).Quirk(quirk.LoginOutlivesStream).Do(noteCut).Source("1.2 dialing/bind then lost"),
		on(messages.LoginCut{}),
		fsm.After[Data](patience).If(waitsForPings).Do(tellUp).Enter(Away).Source("1.2 dialing/bind then lost"),
		fsm.After[Data](patience).If(waitsForServers).Do(tellGivenUp).Enter(Pausing).Source("1.2 dialing/bind then lost"),
		fsm.After[Data](patience).Enter(Away),
		on(messages.Connect{}).Enter(Away)),
	fsm.In[Data](Pausing, "It was given up; the next attempt is some time away.",
		fsm.AfterDelay(delay).Do(tellAgain).Enter(Away).Source("1.2 dialing/bind then lost"),
		on(messages.Connect{}).Enter(Away),
		fsm.Ignore[Data]("one such login at a time is looked after", messages.LoginWaits{}, messages.LoginOver{}, messages.LoginCut{})))

func on[E messages.Input](e E) *fsm.Row[Data, E] { return fsm.On[Data](e) }
