// Package departure is the statechart of ending one session from our side and waiting until it is over
// (forceTerminateSession, destroy, a reinvite's old session, the fallback of a hang-up).
//
// Source: sdk-behaviour 1.4 forceTerminateSession, 1.6.5 step 5, 1.6.9 steps 3 and 4.
package departure

import (
	"github.com/hookswitch/hookswitch/fsm"
	"github.com/hookswitch/hookswitch/messages"
)

// The states of a departure.
const (
	New     fsm.State = "New"
	Telling fsm.State = "Telling"
	Leaving fsm.State = "Leaving"
	Closing fsm.State = "Closing"
	Gone    fsm.State = "Gone"
)

// Chart is the life of a departure. docs/statecharts/departure.md is drawn from it.
var Chart = fsm.New("departure", "Ending one session from our side, until it is over.",
	initial(New),
	in(New, "Just made.",
		on(messages.Depart{}).Do(note, leave, waitOn).Enter(Telling).Source("1.4 forceTerminateSession")),
	in(Telling, "The session is being told to end; it may do so at once.",
		on(messages.SessionTerminatedSeen{}).If(mine).Do(settleSoon).Enter(Closing).Source("1.4 forceTerminateSession"),
		on(messages.AskNow{}).Enter(Leaving),
		ignore("another session", messages.SessionTerminatedSeen{}),
		ignore("announcements do not matter here", messages.EndAnnounced{})),
	in(Closing, "It ended at once; who waited for its announcement comes first.",
		on(messages.SettleNow{}).Do(settleNow).Enter(Gone),
		ignore("the session is over", messages.SessionTerminatedSeen{}, messages.EndAnnounced{}, messages.AskNow{})),
	in(Leaving, "The session was told to end.",
		on(messages.SessionTerminatedSeen{}).If(mine).Do(settle).Enter(Gone).Source("1.4 forceTerminateSession"),
		ignore("another session", messages.SessionTerminatedSeen{}),
		ignore("announcements do not matter here", messages.EndAnnounced{})),
	final(Gone, "The session is over."),
	ignore("it is the session that counts", messages.ConversationOver{}))

// The words of the chart, bound to its data.
var (
	in      = fsm.In[Data]
	initial = fsm.Initial[Data]
	final   = fsm.Final[Data]
	ignore  = fsm.Ignore[Data]
)

func on[E messages.Input](e E) *fsm.Row[Data, E] { return fsm.On[Data](e) }
