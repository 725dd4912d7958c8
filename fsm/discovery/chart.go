// Package discovery is the statechart of the question for ICE servers that is asked anew while the stream is up: each time
// that it comes up, and every six hours.
//
// The question outlives its stream: it is given up only when its time is over and nobody may ask again, and until then no other
// is asked, on whatever stream. That harms nobody, for each login asks for itself (connection.Discovering).
//
// Source: sdk-behaviour 3.1 step 6 and section 2.
package discovery

import (
	"time"

	"github.com/hookswitch/hookswitch/fsm"
	"github.com/hookswitch/hookswitch/messages"
)

// The states of the question.
const (
	Resting fsm.State = "Resting"
	Asking  fsm.State = "Asking"
)

const (
	patience   = 15 * time.Second // for both answers
	retriesMax = 2
)

// Data is what the question remembers.
type Data struct {
	Domain string `json:"domain,omitempty"`
	// Servers are those of this round, Answers how many of its two questions were answered.
	Servers []messages.ICEServer `json:"servers,omitempty"`
	Answers int                  `json:"answers,omitempty"`
	Retries int                  `json:"retries,omitempty"`
	// Cut: the stream that it was asked on is gone, so no answer is for it, and what is asked again goes nowhere.
	Cut bool `json:"cut,omitempty"`
}

// Chart is the life of the question. docs/statecharts/discovery.md is drawn from it.
var Chart = fsm.New("discovery", "The question for ICE servers that is asked anew while the stream is up.",
	fsm.Initial[Data](Resting),
	fsm.In[Data](Resting, "Nothing is asked.",
		on(messages.RefreshServers{}).Do(begin).Enter(Asking).Source("2 ICE server refresh").Source("3.1 step 6"),
		fsm.Ignore[Data]("nothing is asked", messages.ServersUnreachable{}, messages.IQAnswered{}, messages.Connect{})),
	fsm.In[Data](Asking, "Both answers are due.",
		on(messages.IQAnswered{}).If(cut),
		on(messages.IQAnswered{}).Unless(answered).If(mayRetry).Do(count, askAgain).Enter(Asking).Source("2 ICE server discovery"),
		on(messages.IQAnswered{}).Unless(answered).Enter(Resting).Source("2 ICE server discovery"),
		on(messages.IQAnswered{}).If(bothAnswered).Do(noteServers, tellServers).Enter(Resting).Source("3.1 step 6"),
		on(messages.IQAnswered{}).Do(noteServers),
		fsm.After[Data](patience).If(mayRetryLate).If(cutLate).Do(countLate).Enter(Asking).Source("2 ICE server refresh in flight"),
		fsm.After[Data](patience).If(mayRetryLate).Do(countLate, askAgainLate).Enter(Asking).Source("2 ICE server discovery"),
		fsm.After[Data](patience).Enter(Resting).Source("2 ICE server discovery"),
		on(messages.ServersUnreachable{}).Do(noteCut).Source("2 ICE server refresh in flight"),
		on(messages.Connect{}).Enter(Resting).Source("1.1 ready/initialize again"),
		fsm.Ignore[Data]("who asks meanwhile waits for the same answers", messages.RefreshServers{})))

func on[E messages.Input](e E) *fsm.Row[Data, E] { return fsm.On[Data](e) }
