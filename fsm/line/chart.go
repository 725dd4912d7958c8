// Package line is the statechart of the one session that line appearance 1 or a persistent connection shares among
// conversations: the SDK's activeSession.
//
// Source: sdk-behaviour 1.6.1.
package line

import (
	"github.com/hookswitch/hookswitch/fsm"
	"github.com/hookswitch/hookswitch/messages"
)

// The states of the line.
const (
	None         fsm.State = "None"
	Taken        fsm.State = "Taken"
	Establishing fsm.State = "Establishing"
	Idle         fsm.State = "Idle"
	InUse        fsm.State = "InUse"
	Lost         fsm.State = "Lost"
)

// Chart is the life of the line. docs/statecharts/line.md is drawn from it.
var Chart = fsm.New("line", "The one session that line appearance 1 or a persistent connection shares among conversations.",
	initial(None),
	in(None, "No session is shared.",
		on(messages.LineTaken{}).If(live).Do(take).Enter(Idle).Source("1.6.1 a handed-over session"),
		on(messages.LineTaken{}).Do(take).Enter(Establishing).Source("1.6.1 unset/acceptSession"),
		on(messages.LineReleased{}).Do(release).Source("1.6.1 otherwise"),
		ignore("there is no shared session", messages.LineUsed{}, messages.LineMedia{})),
	in(Taken, "A session is shared.",
		initial(Establishing),
		in(Establishing, "Its media has not flowed yet.",
			on(messages.LineMedia{}).If(connected).Enter(Idle),
			on(messages.LineUsed{}).Do(noteUse),
			ignore("it is not connected yet", messages.LineMedia{})),
		in(Idle, "Media flows and no conversation uses it.",
			on(messages.LineUsed{}).If(used).Do(noteUse).Enter(InUse),
			on(messages.LineMedia{}).Unless(connected).Enter(Lost),
			ignore("nothing changes", messages.LineUsed{}, messages.LineMedia{})),
		in(InUse, "Media flows and a conversation uses it.",
			on(messages.LineUsed{}).Unless(used).Do(noteUse).Enter(Idle),
			on(messages.LineMedia{}).Unless(connected).Enter(Lost),
			ignore("nothing changes", messages.LineUsed{}, messages.LineMedia{})),
		in(Lost, "Media flowed and does not any more.",
			on(messages.LineMedia{}).If(connected).Enter(Idle),
			on(messages.LineUsed{}).Do(noteUse),
			ignore("it is lost already", messages.LineMedia{})),
		on(messages.LineTaken{}).If(live).Do(take).Enter(Idle).Source("1.6.1 current terminates, another is active"),
		on(messages.LineTaken{}).Do(take).Enter(Establishing).Source("1.6.1 set/acceptSession not live"),
		on(messages.LineReleased{}).Do(release).Enter(None).Source("1.6.1 otherwise")))

// The words of the chart, bound to its data.
var (
	in      = fsm.In[Data]
	initial = fsm.Initial[Data]
	ignore  = fsm.Ignore[Data]
)

func on[E messages.Input](e E) *fsm.Row[Data, E] { return fsm.On[Data](e) }
