// Package hangup is the statechart of an endSession: the order to the platform, and the end of the session that it waits for.
//
// Source: sdk-behaviour 1.6.9.
package hangup

import (
	"time"

	"github.com/hookswitch/hookswitch/fsm"
	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/messages"
)

// The states of a hang-up.
const (
	New       fsm.State = "New"
	Ordering  fsm.State = "Ordering"
	Waiting   fsm.State = "Waiting"
	Confirmed fsm.State = "Confirmed"
	Over      fsm.State = "Over"
	Failed    fsm.State = "Failed"
	Leaving   fsm.State = "Leaving"
	Done      fsm.State = "Done"
)

// deadline is how long a hang-up that the platform took may wait for the end.
const deadline = 30 * time.Second

// Chart is the life of a hang-up. docs/statecharts/hangup.md is drawn from it.
var Chart = fsm.New("hangup", "What an endSession waits for.",
	initial(New),
	in(New, "Just made.",
		on(messages.HangUp{}).Do(note, order).Enter(Ordering).Source("1.6.9 step 1")),
	in(Ordering, "The user's participant is being found.",
		on(messages.OrderPlaced{}).Enter(Waiting).Source("1.6.9 step 2"),
		on(messages.OrderFailed{}).Do(wantFallback).Enter(Failed).Source("1.6.9 step 1"),
		ignore("nothing was ordered yet, so this end is not ours", messages.EndAnnounced{}, messages.SessionTerminatedSeen{})),
	in(Waiting, "Ordered; neither has the platform answered nor the session ended.",
		on(messages.OrderDone{}).Enter(Confirmed).Source("1.6.9 step 2"),
		on(messages.EndAnnounced{}).If(mine).Enter(Over).Source("1.6.9 step 2"),
		on(messages.SessionTerminatedSeen{}).If(ofMySession).Corrected(quirk.HangUpHangs).Enter(Over),
		on(messages.ConversationOver{}).If(ofMyConversation).Corrected(quirk.HangUpHangs).Enter(Over),
		on(messages.OrderFailed{}).Do(wantFallback).Enter(Failed).Source("1.6.9 step 3"),
		ignore("another session or conversation", messages.EndAnnounced{}),
		ignore("what counts is the announcement", messages.SessionTerminatedSeen{})),
	in(Confirmed, "The platform took it; the session has not ended.",
		on(messages.EndAnnounced{}).If(mine).Do(settle).Enter(Done).Source("1.6.9 step 2"),
		on(messages.SessionTerminatedSeen{}).If(ofMySession).Corrected(quirk.HangUpHangs).Do(settle).Enter(Done),
		on(messages.ConversationOver{}).If(ofMyConversation).Corrected(quirk.HangUpHangs).Do(settle).Enter(Done),
		fsm.After[Data](deadline).Corrected(quirk.HangUpHangs).Do(refuseLate).Enter(Done),
		ignore("another session or conversation", messages.EndAnnounced{}),
		ignore("what counts is the announcement", messages.SessionTerminatedSeen{})),
	in(Over, "The session has ended; the platform has not answered.",
		on(messages.OrderDone{}).Do(settle).Enter(Done).Source("1.6.9 step 2"),
		on(messages.OrderFailed{}).Corrected(quirk.HangUpHangs).Do(settle).Enter(Done),
		on(messages.OrderFailed{}).Quirk(quirk.HangUpHangs).Do(wantFallback).Enter(Failed).Source("1.6.9 step 3"),
		ignore("it has ended already", messages.EndAnnounced{}, messages.SessionTerminatedSeen{})),
	in(Failed, "The platform refused; may the session itself be ended?",
		on(messages.Fallback{}).If(allowed).Do(leave).Enter(Leaving).Source("1.6.9 step 3").Source("1.6.9 step 4"),
		on(messages.Fallback{}).Do(refuse).Enter(Done).Source("1.6.9 step 5"),
		on(messages.Departed{}).Corrected(quirk.HangUpHangs).Do(settle).Enter(Done),
		ignore("it is being decided what to do", messages.EndAnnounced{}, messages.SessionTerminatedSeen{})),
	in(Leaving, "The session was told to end.",
		on(messages.Departed{}).Do(settle).Enter(Done).Source("1.6.9 step 4"),
		fsm.After[Data](deadline).Corrected(quirk.HangUpHangs).Do(refuseLate).Enter(Done),
		ignore("the departure waits for it", messages.EndAnnounced{}, messages.SessionTerminatedSeen{})),
	final(Done, "Settled."),
	ignore("what counts is the announcement", messages.ConversationOver{}))

// The words of the chart, bound to its data.
var (
	in      = fsm.In[Data]
	initial = fsm.Initial[Data]
	final   = fsm.Final[Data]
	ignore  = fsm.Ignore[Data]
)

func on[E messages.Input](e E) *fsm.Row[Data, E] { return fsm.On[Data](e) }
