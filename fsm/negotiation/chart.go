// Package negotiation is the statechart of accepting one session once: the microphone, the answer, its acknowledgement.
// A renegotiation is the same without the microphone. A session may be accepted more than once, so each has its own.
//
// Source: sdk-behaviour 1.6.6 steps 4 to 7 and 1.7.
package negotiation

import (
	"time"

	"github.com/hookswitch/hookswitch/fsm"
	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/messages"
)

// The states of a negotiation.
const (
	New        fsm.State = "New"
	Arming     fsm.State = "Arming"
	Retrying   fsm.State = "Retrying"
	Armed      fsm.State = "Armed"
	Describing fsm.State = "Describing"
	Answering  fsm.State = "Answering"
	Made       fsm.State = "Made"
	Answered   fsm.State = "Answered"
	Ending     fsm.State = "Ending"
	Done       fsm.State = "Done"
)

// ackTimeout is how long the far end may take to acknowledge the answer (sdk-behaviour section 2, XMPP IQ response).
const ackTimeout = 15 * time.Second

// Chart is the life of a negotiation. docs/statecharts/negotiation.md is drawn from it.
var Chart = fsm.New("negotiation", "Accepting one session once: the microphone, the answer, its acknowledgement.",
	initial(New),
	in(New, "Just made.",
		on(messages.StartAcceptance{}).Do(note, askMicrophone).Enter(Arming).Source("1.6.6 step 4"),
		on(messages.StartRenegotiation{}).Do(noteDescription, describe).Enter(Describing).Source("1.7 offer same ICE")),
	in(Arming, "The microphone was asked for.",
		on(messages.MicrophoneGranted{}).Do(askWhetherOn).Enter(Armed).Source("1.6.6 step 5"),
		on(messages.MicrophoneDenied{}).If(forbidden).Do(refuseMedia).Enter(Done).Source("1.6.6 step 4 failure").Source("7.1 permission error"),
		on(messages.MicrophoneDenied{}).Do(askMicrophoneAgain).Enter(Retrying).Source("7.1 retry chain")),
	in(Retrying, "It failed, and not for want of permission; the system's default is tried.",
		on(messages.MicrophoneGranted{}).Do(askWhetherOn).Enter(Armed).Source("7.1 retry chain"),
		on(messages.MicrophoneDenied{}).Do(refuseMedia).Enter(Done).Source("7.1 retry chain")),
	in(Armed, "There is a microphone; is the session still there?",
		on(messages.GoOn{}).If(peerClosed).Do(failClosed).Enter(Done).Source("1.6.6 step 5"),
		on(messages.GoOn{}).If(overJingle).If(sessionEnded).Corrected(quirk.EndedJingleAnswered).Do(failClosed).Enter(Done),
		on(messages.GoOn{}).If(overJingle).If(sessionEnded).Quirk(quirk.EndedJingleAnswered).Do(addMicrophone, attach, accept, makeAnswer).Enter(Answering).Source("1.7 Jingle accept after its end"),
		on(messages.GoOn{}).If(sessionEnded).Corrected(quirk.LeavingSessionAnswered).Do(failClosed).Enter(Done),
		on(messages.GoOn{}).If(sessionEnded).Quirk(quirk.LeavingSessionAnswered).Do(addMicrophone, attach, accept, makeAnswer).Enter(Answering).Source("1.6.6 step 6").Source("1.6.6 step 7"),
		on(messages.GoOn{}).Do(addMicrophone, attach, accept, makeAnswer).Enter(Answering).Source("1.6.6 step 6").Source("1.6.6 step 7")),
	in(Describing, "The new description is being set.",
		on(messages.PeerDone{}).If(unaccepted).Corrected(quirk.RenegotiationAnswersForUser).Do(noteDescribed).Enter(Done),
		on(messages.PeerDone{}).Do(acceptDescribed, makeAnswerDescribed).Enter(Answering).Source("1.7 offer same ICE"),
		on(messages.PeerRejected{}).Do(failRejected).Enter(Done)),
	in(Answering, "The answer is being made.",
		on(messages.PeerDone{}).Corrected(quirk.LeavingSessionAnswered).Do(keepAnswer, askWhetherStillOn).Enter(Made),
		on(messages.PeerDone{}).If(doneOverJingle).Quirk(quirk.LeavingSessionAnswered).Do(keepAnswer, sendAnswerDone, settleDone).Enter(Done).Source("1.6.6 step 7"),
		on(messages.PeerDone{}).Quirk(quirk.LeavingSessionAnswered).Do(keepAnswer, sendAnswerDone).Enter(Answered).Source("1.6.6 step 7").Source("1.7 pending/accept"),
		on(messages.PeerRejected{}).If(rejectedOverJingle).Do(endFailed, settleSoon).Enter(Ending).Source("1.7 Jingle answer could not be created"),
		on(messages.PeerRejected{}).Do(failRejected).Enter(Done).Source("1.7 pending/accept")),
	in(Made, "There is an answer; is the session still there?",
		on(messages.GoOn{}).If(over).Do(failClosed).Enter(Done),
		on(messages.GoOn{}).If(overJingle).Do(sendAnswer, settleSent).Enter(Done),
		on(messages.GoOn{}).Do(sendAnswer).Enter(Answered)),
	in(Answered, "The answer was sent; the far end has not acknowledged it.",
		on(messages.IQAnswered{}).If(acknowledged).Do(settleAcknowledged).Enter(Done).Source("1.7 acceptSession settles"),
		on(messages.IQAnswered{}).Do(failRefused).Enter(Done).Source("1.7 acceptSession settles"),
		fsm.After[Data](ackTimeout).Do(failSilent).Enter(Done).Source("2 XMPP IQ response")),
	in(Ending, "The answer could not be made, and the session was ended for it.",
		on(messages.SettleNow{}).Corrected(quirk.JingleFailureResolves).Do(failEnded).Enter(Done),
		on(messages.SettleNow{}).Quirk(quirk.JingleFailureResolves).Do(settleRejected).Enter(Done).Source("1.7 Jingle answer could not be created")),
	final(Done, "Settled."))

// The words of the chart, bound to its data.
var (
	in      = fsm.In[Data]
	initial = fsm.Initial[Data]
	final   = fsm.Final[Data]
)

func on[E messages.Input](e E) *fsm.Row[Data, E] { return fsm.On[Data](e) }
