// Package request is the statechart of one REST call or IQ: sent, answered, timed out, tried again.
//
// Source: sdk-behaviour section 2 (REST timeout, REST retry, XMPP IQ response).
package request

import (
	"github.com/hookswitch/hookswitch/fsm"
	"github.com/hookswitch/hookswitch/messages"
)

// The states of a request.
const (
	New     fsm.State = "New"
	Sent    fsm.State = "Sent"
	Waiting fsm.State = "Waiting"
	Done    fsm.State = "Done"
)

// Chart is the life of a request. docs/statecharts/request.md is drawn from it.
var Chart = fsm.New("request", "One REST call or IQ, from its being sent to its answer.",
	initial(New),
	in(New, "Just made.",
		on(messages.Perform{}).Do(note, send).Enter(Sent)),
	in(Sent, "On its way; the answer is due.",
		on(messages.HTTPAnswered{}).If(succeeded).Do(passAnswer).Enter(Done).Source("2 REST timeout"),
		on(messages.HTTPAnswered{}).If(worthRetrying).Do(noteDelay).Enter(Waiting).Source("2 REST retry"),
		on(messages.HTTPAnswered{}).Do(passFailure).Enter(Done),
		on(messages.IQAnswered{}).If(iqSucceeded).Do(passIQ).Enter(Done).Source("2 XMPP IQ response"),
		on(messages.IQAnswered{}).Do(passRefusal).Enter(Done),
		fsm.AfterDelay(patience).Do(passTimeout).Enter(Done).Source("2 REST timeout").Source("2 XMPP IQ response"),
		on(messages.StopRetrying{}).If(retrying).Do(passCancelled).Enter(Done).Source("1.1 any/disconnect()")),
	in(Waiting, "Refused for now; it will be sent again.",
		fsm.AfterDelay(retryDelay).Do(sendAgain).Enter(Sent).Source("2 REST retry"),
		on(messages.StopRetrying{}).Do(passCancelled).Enter(Done).Source("1.1 any/disconnect()")),
	final(Done, "Answered, one way or the other."))

// The words of the chart, bound to its data.
var (
	in      = fsm.In[Data]
	initial = fsm.Initial[Data]
	final   = fsm.Final[Data]
	ignore  = fsm.Ignore[Data]
)

func on[E messages.Input](e E) *fsm.Row[Data, E] { return fsm.On[Data](e) }
